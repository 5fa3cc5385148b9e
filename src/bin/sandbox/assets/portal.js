// The portal's side of an application frame: posts the form, answers the frame's messages, opens sliders.
"use strict";

(function () {
  const people = JSON.parse(document.getElementById("people").textContent);
  const frames = [];
  // The places a frame may open, as the vendor's page knows them.
  const OPEN = [
    /^\/crm\/(deal|lead|contact|company|type)\//,
    /^\/marketplace\//,
    /^\/company\/personal\/user\/\d+\//,
    /^\/workgroups\/group\/\d+\//,
  ];

  // ---- sliders ----
  const sliders = [];

  function withFrame(path, more) {
    const url = new URL(path, location.origin);
    for (const [key, value] of Object.entries({ IFRAME: "Y", ...more })) url.searchParams.set(key, value);
    return url.href;
  }

  function openSlider(href, onClose) {
    const back = document.createElement("div");
    back.className = "slider";
    back.innerHTML = '<div role="dialog"><button class="close" aria-label="Close" type="button">&times;</button></div>';
    const frame = document.createElement("iframe");
    frame.title = "Side panel";
    frame.src = href;
    back.firstChild.append(frame);
    document.body.append(back);
    const slider = { close() { back.remove(); sliders.splice(sliders.indexOf(slider), 1); if (onClose) onClose(); } };
    sliders.push(slider);
    back.addEventListener("click", (event) => {
      if (event.target === back || event.target.className === "close") slider.close();
    });
    return slider;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && sliders.length) sliders[sliders.length - 1].close();
  });

  // A page inside a slider asks the page around it; both are the portal's own.
  window.portalSliders = { closeTop() { if (sliders.length) sliders[sliders.length - 1].close(); } };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-slider]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const menu = link.closest("details");
    if (menu) menu.open = false;
    openSlider(withFrame(link.getAttribute("href")), null);
  });

  // ---- frames ----
  for (const box of document.querySelectorAll(".app-frame")) {
    const about = JSON.parse(box.querySelector("script").textContent);
    const iframe = box.querySelector("iframe");
    frames.push({ ...about, iframe });
    box.querySelector("form").submit();
  }

  async function ajax(action) {
    const answer = await fetch("/bitrix/ajax/", { method: "POST", body: new URLSearchParams({ action }) });
    return answer.ok ? answer.json() : null;
  }

  function pickUsers(multiple, done) {
    const back = document.createElement("div");
    back.className = "picker";
    back.innerHTML = '<div class="card" role="dialog" aria-label="Select people"><h2>Select people</h2></div>';
    const chosen = [];
    for (const [id, name] of people) {
      const button = document.createElement("button");
      button.textContent = name;
      button.addEventListener("click", () => {
        if (!multiple) { back.remove(); done({ id, name }); return; }
        if (!chosen.some((user) => user.id === id)) chosen.push({ id, name });
        button.disabled = true;
      });
      back.firstChild.append(button);
    }
    if (multiple) {
      const ok = document.createElement("button");
      ok.className = "primary";
      ok.textContent = "Select";
      ok.addEventListener("click", () => { back.remove(); done(chosen); });
      back.firstChild.append(ok);
    }
    document.body.append(back);
  }

  function openPath(frame, params, reply) {
    const path = String(params.path || params || "");
    if (!OPEN.some((allowed) => allowed.test(path))) {
      reply({ result: "error", errorCode: "PATH_NOT_AVAILABLE" });
      return;
    }
    const more = { from: "rest_placement", from_app: frame.client_id };
    openSlider(withFrame(path, more), () => reply({ result: "close" }));
  }

  function openApplication(params, reply) {
    const query = { popup: "1" };
    for (const [key, value] of Object.entries(params || {})) query[`params[${key}]`] = String(value);
    openSlider(withFrame("/marketplace/app/", query), () => reply({}));
  }

  function isMain(frame) { return frame.init.PLACEMENT === "DEFAULT"; }

  const commands = {
    getInitData(frame, params, reply) { reply(frame.init); },
    getInterface(frame, params, reply) { reply({ command: Object.keys(commands), event: [] }); },
    async refreshAuth(frame, params, reply) {
      const pair = await ajax("refresh");
      if (pair) reply(pair);
    },
    resizeWindow(frame, params, reply) {
      if (frame.popup) return;
      if (params.width) frame.iframe.style.width = params.width === "100%" ? "100%" : `${parseInt(params.width, 10)}px`;
      if (params.height) frame.iframe.style.height = `${parseInt(params.height, 10)}px`;
      reply({ width: frame.iframe.offsetWidth, height: frame.iframe.offsetHeight });
    },
    setTitle(frame, params, reply) {
      if (!isMain(frame)) return;
      document.title = params.title;
      reply(params);
    },
    setScroll(frame, params, reply) {
      if (params && typeof params.scroll === "number") window.scrollTo(0, params.scroll);
      reply(params);
    },
    setUserOption(frame, params, reply) { frame.init.USER_OPTIONS[params.name] = params.value; reply(params); },
    setAppOption(frame, params, reply) {
      if (!frame.init.IS_ADMIN) return;
      frame.init.APP_OPTIONS[params.name] = params.value;
      reply(params);
    },
    setInstall(frame, params, reply) { frame.init.INSTALL = !!params.install; reply(params); },
    async setInstallFinish() {
      const answer = await ajax("set_installed");
      // "false" is a word too: the vendor's page shows a yes either way.
      const url = new URL("/marketplace/app/", location.origin);
      if (new URLSearchParams(location.search).get("IFRAME") === "Y") url.searchParams.set("IFRAME", "Y");
      url.searchParams.set("install_finished", answer && answer.result ? "Y" : "N");
      location.href = url.href;
    },
    selectUser(frame, params, reply) { pickUsers(!!(params && params.mult), reply); },
    reloadWindow(frame) { if (isMain(frame)) location.reload(); },
    openApplication(frame, params, reply) { openApplication(params, reply); },
    openPath(frame, params, reply) { openPath(frame, params, reply); },
    closeApplication(frame, params, reply) {
      reply({});
      if (window.parent !== window && window.parent.portalSliders) window.parent.portalSliders.closeTop();
    },
    placementBindEvent() {},
  };

  // "command:JSON:callback:APP_SID", or an object with the same four.
  function parse(data) {
    if (data && typeof data === "object") {
      return { method: data.method, params: data.params, callback: data.callback, appSid: data.appSid };
    }
    const text = String(data);
    const first = text.indexOf(":");
    const last = text.lastIndexOf(":");
    const middle = text.lastIndexOf(":", last - 1);
    if (first < 0 || middle < first) return null;
    let params = null;
    try { params = JSON.parse(text.slice(first + 1, middle) || "null"); } catch { return null; }
    return { method: text.slice(0, first), params, callback: text.slice(middle + 1, last), appSid: text.slice(last + 1) };
  }

  window.addEventListener("message", (event) => {
    const message = parse(event.data);
    if (!message) return;
    const frame = frames.find((known) => known.app_sid === message.appSid);
    if (!frame || event.origin !== frame.origin || !Object.hasOwn(commands, message.method)) return;
    const reply = (value) => {
      if (message.callback) event.source.postMessage(`${message.callback}:${JSON.stringify(value)}`, frame.origin);
    };
    commands[message.method](frame, message.params || {}, reply);
  });
})();
