// A stand-in for the script that Bitrix24 gives to applications: the same names, the same messages, own code.
"use strict";

(function () {
  if (window.BX24) return;
  const [domain, protocol, appSid] = window.name.split("|");
  const query = new URLSearchParams(location.search);
  const portal = {
    domain: domain || query.get("DOMAIN") || "",
    scheme: (protocol || query.get("PROTOCOL")) === "1" ? "https" : "http",
    appSid: appSid || query.get("APP_SID") || "",
  };
  const waiting = new Map();
  let counter = 0;
  let state = null;
  let asked = false;
  let expires = 0;
  const onInit = [];
  const onInstall = [];

  function send(command, params, callback, persistent) {
    if (window.parent === window || !portal.domain) return;
    let id = "";
    if (callback) {
      id = `cb${++counter}${Math.random().toString(36).slice(2, 8)}`;
      waiting.set(id, { callback, persistent });
    }
    const text = params === undefined || params === null ? "" : JSON.stringify(params);
    window.parent.postMessage(`${command}:${text}:${id}:${portal.appSid}`, `${portal.scheme}://${portal.domain}`);
  }

  window.addEventListener("message", (event) => {
    if (event.origin !== `${portal.scheme}://${portal.domain}` || typeof event.data !== "string") return;
    const at = event.data.indexOf(":");
    const entry = waiting.get(event.data.slice(0, at));
    if (!entry) return;
    if (!entry.persistent) waiting.delete(event.data.slice(0, at));
    let value = null;
    try { value = JSON.parse(event.data.slice(at + 1)); } catch { return; }
    entry.callback(value);
  });

  function keepAuth(data) {
    state.AUTH_ID = data.AUTH_ID;
    state.REFRESH_ID = data.REFRESH_ID;
    expires = Date.now() + Number(data.AUTH_EXPIRES) * 1000;
  }

  function begin() {
    if (asked) return;
    asked = true;
    send("getInitData", {}, (data) => {
      state = data;
      keepAuth(data);
      if (data.INSTALL) onInstall.splice(0).forEach((callback) => callback());
      onInit.splice(0).forEach((callback) => callback());
    });
  }

  function whenReady(callback) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", callback, { once: true });
    else setTimeout(callback, 0);
  }

  // Parameters the way PHP reads them, so that a call needs no preflight.
  function flatten(prefix, value, out) {
    if (value !== null && typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) flatten(prefix ? `${prefix}[${key}]` : key, inner, out);
    } else if (value !== undefined) {
      out.append(prefix, value === null ? "" : String(value));
    }
    return out;
  }

  const api = {
    init(callback) {
      if (state) { callback(); return; }
      if (callback) onInit.push(callback);
      whenReady(begin);
    },
    ready(callback) { whenReady(callback); },
    install(callback) {
      if (state) { if (state.INSTALL) callback(); return; }
      onInstall.push(callback);
      whenReady(begin);
    },
    installFinish() { send("setInstallFinish", { value: true }); },
    getAuth() {
      if (!state || Date.now() > expires) return false;
      return {
        access_token: state.AUTH_ID,
        refresh_token: state.REFRESH_ID,
        domain: portal.domain,
        member_id: state.MEMBER_ID,
        // Here, and only here, a moment in milliseconds.
        expires_in: expires,
      };
    },
    refreshAuth(callback) {
      send("refreshAuth", {}, (data) => { keepAuth(data); if (callback) callback(api.getAuth()); });
    },
    getScrollSize() {
      const root = document.documentElement;
      return { scrollWidth: root.scrollWidth, scrollHeight: Math.max(root.scrollHeight, root.offsetHeight) };
    },
    resizeWindow(width, height, callback) { send("resizeWindow", { width, height }, callback); },
    fitWindow(callback) { send("resizeWindow", { width: "100%", height: api.getScrollSize().scrollHeight }, callback); },
    setTitle(title, callback) { send("setTitle", { title: String(title) }, callback); },
    scrollParentWindow(scroll, callback) { send("setScroll", { scroll: Number(scroll) }, callback); },
    reloadWindow(callback) { send("reloadWindow", {}, callback); },
    openPath(path, callback) { send("openPath", { path }, callback); },
    openApplication(params, callback) { send("openApplication", params || {}, callback); },
    closeApplication(callback) { send("closeApplication", {}, callback); },
    selectUser(callback) { send("selectUser", { mult: false }, callback); },
    selectUsers(callback) { send("selectUser", { mult: true }, callback); },
    isAdmin() { return !!(state && state.IS_ADMIN); },
    getLang() { return state ? state.LANG : query.get("LANG") || "en"; },
    getDomain() { return portal.domain; },
    userOption: {
      get(name) { return state && state.USER_OPTIONS[name]; },
      set(name, value, callback) { send("setUserOption", { name, value }, callback); },
    },
    appOption: {
      get(name) { return state && state.APP_OPTIONS[name]; },
      set(name, value, callback) { send("setAppOption", { name, value }, callback); },
    },
    placement: {
      info() { return { placement: state ? state.PLACEMENT : "", options: state ? state.PLACEMENT_OPTIONS : {} }; },
      getInterface(callback) { send("getInterface", {}, callback); },
      call(command, params, callback) { send(command, params, callback); },
      bindEvent(event, callback) { send("placementBindEvent", { event }, callback, true); },
    },
    async callMethod(method, params, callback) {
      const body = flatten("", { ...params, auth: state && state.AUTH_ID }, new URLSearchParams());
      const answer = await fetch(`${portal.scheme}://${portal.domain}/rest/${method}`, { method: "POST", body });
      const data = await answer.json();
      if (!callback) return;
      callback({
        data: () => data.result,
        error: () => (data.error ? `${data.error}: ${data.error_description || ""}` : undefined),
        total: () => data.total,
        more: () => data.next !== undefined,
      });
    },
  };

  window.BX24 = api;
})();
