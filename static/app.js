// Every action on a page is a plain form first. This script makes them quicker and keeps the page where it is.
"use strict";
(() => {
  const page = document.querySelector("main[data-page]");
  if (!page) return;
  const live = document.getElementById("live");
  const notice = document.getElementById("notice");
  let session = document.querySelector('meta[name="handback-session"]')?.content ?? "";

  const within = (promise, ms) =>
    Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, null))]);

  // --- Bitrix24's own script: it may be absent, late, or never answer --------------------------------------------
  let bx = null;
  const bitrix = new Promise((resolve) => {
    const start = () => window.BX24?.init(() => resolve((bx = window.BX24)));
    if (window.BX24) start();
    else document.querySelector("script[data-bx24]")?.addEventListener("load", start);
  });
  bitrix.then(() => {
    if (page.dataset.finish === "true") bx.installFinish();
    let timer = 0;
    new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => bx.fitWindow(), 100);
    }).observe(document.body);
  });

  // --- Asking the server -----------------------------------------------------------------------------------------
  async function post(url, body, type) {
    const headers = { "X-Session": session, "X-Fragment": "row", Accept: "text/html" };
    if (type) headers["Content-Type"] = type;
    try {
      const answer = await fetch(url, { method: "POST", headers, body });
      return { ok: answer.ok, status: answer.status, text: await answer.text() };
    } catch {
      return { ok: false, status: 0, text: "" };
    }
  }

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  const errorOf = (doc) => doc.querySelector("[data-error]")?.dataset.error;

  /** Asks; when the session has ended, renews it once through Bitrix24 and asks again. */
  async function ask(url, body, type) {
    let answer = await post(url, body, type);
    let doc = parse(answer.text);
    if (answer.status === 401 && errorOf(doc) === "session_ended" && (await renewed())) {
      if (body instanceof URLSearchParams) body.set("session", session);
      answer = await post(url, body, type);
      doc = parse(answer.text);
    }
    return { ...answer, doc };
  }

  let renewal = null;
  function renewed() {
    renewal ??= renew().finally(() => (renewal = null));
    return renewal;
  }

  async function renew() {
    if (!(await within(bitrix, 3000))) return false;
    await within(new Promise((resolve) => bx.refreshAuth(resolve)), 5000);
    const token = bx.getAuth()?.access_token;
    if (!token) return false;
    const answer = await post("/session", new URLSearchParams({ session, access_token: token }));
    if (!answer.ok) return false;
    try {
      session = JSON.parse(answer.text).session || session;
    } catch {
      // The session lives on under its old token.
    }
    for (const field of document.querySelectorAll('input[name="session"]')) field.value = session;
    return true;
  }

  /** Says what went wrong, beside the thing that it is about. */
  function complain(answer, near) {
    const words = [...answer.doc.querySelectorAll("[data-error] h1, [data-error] .advice, [data-error] .hint")];
    const ended = answer.status === 401 && errorOf(answer.doc) === "session_ended";
    notice.textContent = ended
      ? notice.dataset.ended
      : words.map((one) => one.textContent).join(". ") ||
        (answer.status === 0 ? notice.dataset.offline : notice.dataset.failed);
    // What stands in the way can be looked at.
    notice.append(...answer.doc.querySelectorAll('[data-error] form[action^="/bulk"]'));
    (near ?? page).append(notice);
    notice.hidden = false;
  }

  // --- Rows ------------------------------------------------------------------------------------------------------
  let panel = page.querySelector("[data-panel]");
  const rowsOf = (id) => [...page.querySelectorAll(`[data-task-id="${CSS.escape(id)}"]`)];
  const rowOf = (id) => rowsOf(id).find((row) => !panel?.contains(row));
  const wordsOf = (state) => state.textContent.replace(/\d+/g, "").trim();
  const reasons = new Map();

  /** Puts what became of a task into its row. A row that says the same already is left alone: it may have the focus. */
  function show(fresh, always) {
    const row = rowOf(fresh.dataset.taskId);
    const state = fresh.querySelector(".state");
    const old = row?.querySelector(".state");
    if (!old || !state) return;
    const same = row.dataset.outcome === fresh.dataset.outcome && wordsOf(old) === wordsOf(state);
    if (same && !always) return;
    const focused = old.contains(document.activeElement);
    row.dataset.outcome = fresh.dataset.outcome;
    if (fresh.dataset.decisionId) row.dataset.decisionId = fresh.dataset.decisionId;
    else delete row.dataset.decisionId;
    old.replaceWith(state);
    const pick = row.querySelector(":scope > .pick");
    if (pick) pick.disabled = !state.querySelector("details.return");
    if (pick?.disabled) pick.checked = false;
    const reason = state.querySelector("textarea");
    if (reason && !reason.value) reason.value = reasons.get(row.dataset.taskId) ?? "";
    if (focused) (state.querySelector("button") ?? state).focus({ preventScroll: true });
    if (!same) announce(row, state);
    count(state);
    tellDock();
  }

  // What is said politely: of many rows at once not each, but what is said of all of them.
  let spoken = [];
  function say(words, ofAll) {
    if (!spoken.length) {
      setTimeout(() => {
        const few = spoken.length > 4 ? spoken.filter((one) => one.ofAll) : spoken;
        if (few.length) live.textContent = few.map((one) => one.words).join(" ");
        spoken = [];
      }, 50);
    }
    spoken.push({ words, ofAll });
  }

  function announce(row, state) {
    const words = [...state.querySelectorAll(".outcome, .delivery, .closed")].map((one) => one.textContent);
    const title = row.querySelector("h1, h3")?.textContent.trim() ?? "";
    if (words.length) say(`\u2068${title}\u2069: ${words.join(". ")}.`);
  }

  // --- The countdown of what is held -----------------------------------------------------------------------------
  let ticking = 0;
  function count(root) {
    for (const one of root.querySelectorAll("[data-left]")) one.due = performance.now() + one.dataset.left * 1000;
    ticking ||= setInterval(() => {
      const held = page.querySelectorAll("[data-left]");
      if (!held.length) ticking = clearInterval(ticking) ?? 0;
      for (const one of held) {
        const left = Math.max(0, Math.ceil((one.due - performance.now()) / 1000));
        one.textContent = one.dataset.words.replace("{n}", left);
        if (!left) over(one);
      }
    }, 250);
  }

  /** The server holds the window; when it is over here, it is over there. */
  function over(one) {
    one.textContent = one.dataset.over;
    delete one.dataset.left;
    const place = one.closest(".state, .buttons");
    for (const form of place?.querySelectorAll('form[data-action^="undo"]') ?? []) {
      if (form.contains(document.activeElement)) (place.closest(".panel")?.querySelector("h1") ?? place).focus();
      form.remove();
    }
  }

  // --- Deciding --------------------------------------------------------------------------------------------------
  async function decide(form, row) {
    if (row.dataset.busy) return;
    row.dataset.busy = "1";
    notice.hidden = true;
    const buttons = [...row.querySelectorAll(".state button, summary")];
    for (const one of buttons) one.setAttribute("aria-disabled", "true");
    const body = new URLSearchParams(new FormData(form));
    if (body.get("reason")) reasons.set(row.dataset.taskId, body.get("reason"));
    const answer = await ask(form.getAttribute("action"), body);
    delete row.dataset.busy;
    for (const one of buttons) one.removeAttribute("aria-disabled");
    const fresh = answer.doc.querySelector("[data-task-id]");
    if (panel?.contains(row)) await look();
    else if (fresh) show(fresh, true);
    if (!fresh && !answer.ok) complain(answer, row);
    if (row.dataset.outcome === "held") decided.push(row);
    watch();
  }

  // A double click is one press. Its second click falls on whatever has come to that place in between.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest?.("button, summary, a")) event.preventDefault();
  }, true);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const row = form.closest("[data-task-id]");
    const path = form.getAttribute("action");
    if (path === "/undo-all") {
      event.preventDefault();
      undoAll(form);
    } else if (path.startsWith("/bulk")) {
      event.preventDefault();
      inPanel(form, path, event.submitter);
    } else if (path === "/queue" && panel?.contains(form) && page.querySelector(".lists")) {
      event.preventDefault();
      closePanel();
    } else if (row && form.dataset.action) {
      event.preventDefault();
      decide(form, row);
    } else if (form.classList.contains("connect")) {
      // Some browsers hold the portal's sign-in page, to which this leads, against our form-action.
      event.preventDefault();
      location.assign(`/connect?${new URLSearchParams(new FormData(form))}`);
    }
  });

  document.addEventListener("toggle", (event) => {
    const details = event.target;
    if (!details.matches("details.return[open]")) return;
    offer(details).focus();
  }, true);

  /** Puts the ready reasons before the words; answers the field for these. */
  function offer(place) {
    const words = place.querySelector("textarea");
    if (words && !place.querySelector(".choices")) {
      words.previousElementSibling.before(document.getElementById("choices")?.content.cloneNode(true) ?? "");
    }
    return words;
  }

  // Ready reasons: one key, or one click, and the words may be changed. Their code goes with them.
  function choose(button) {
    const form = button.closest("form");
    const words = form.querySelector("textarea");
    words.value = button.querySelector("span").textContent;
    form.querySelector('[name="reason_code"]').value = button.dataset.code;
    words.focus();
  }

  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-code]");
    if (button) choose(button);
  });

  page.addEventListener("keydown", (event) => {
    const words = event.target;
    if (!words.matches("details.return textarea, #bulk-reason") || words.value || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = words.form.querySelectorAll("[data-code]")[Number(event.key) - 1];
    if (button) (event.preventDefault(), choose(button));
  });

  document.addEventListener("keydown", (event) => {
    const details = event.target.closest?.("details.return[open]");
    if (details && event.key === "Escape") {
      details.open = false;
      details.querySelector("summary").focus();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      (details?.querySelector("form") ?? event.target.closest?.(".choose"))?.requestSubmit();
    }
  });

  // R opens the return form of the row that has the focus, else of the first one; A accepts the one that has it. X chooses
  // a row; R and A are then about all that are chosen. Z takes the last decision back. Never while somebody types, never
  // with a modifier.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (keyForMany(event.key.toLowerCase())) return event.preventDefault();
    if (panel) return;
    const focused = document.activeElement?.closest("[data-task-id]");
    const row = focused ?? page.querySelector(".list:not([hidden]) [data-task-id]:has(details.return)") ??
      page.querySelector("[data-task-id]");
    const key = event.key.toLowerCase();
    const details = key === "r" && row?.querySelector("details.return");
    const accept = key === "a" && focused?.querySelector('form[data-action="approve"]');
    if (details) details.open = true;
    else if (accept) accept.requestSubmit();
    else return;
    event.preventDefault();
  });

  // --- How decisions stand ---------------------------------------------------------------------------------------
  let watching = false;
  async function watch() {
    if (watching) return;
    watching = true;
    for (let pause = 1000, asked = 1; ; asked += 1) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const asking = [...page.querySelectorAll("[data-decision-id]")].filter((row) => !panel?.contains(row));
      const ids = asking.map((row) => row.dataset.decisionId);
      if (!ids.length) break;
      if (document.hidden || panel) continue;
      const answer = await ask("/decisions", JSON.stringify({ ids }), "application/json");
      for (const fresh of answer.ok ? answer.doc.querySelectorAll("[data-task-id]") : []) show(fresh, false);
      // Who waits for a minute and more waits for Bitrix24: no need to hurry.
      pause = answer.ok ? (asked < 60 ? 1000 : 5000) : Math.min(pause * 2, 15000);
      if (answer.status === 401) {
        complain(answer);
        break;
      }
    }
    watching = false;
  }

  // --- The rest of a long list -----------------------------------------------------------------------------------
  const idOf = (row) => row.dataset.taskId;
  const inUse = (row) =>
    row.dataset.outcome !== "waiting" || row.dataset.busy || row.contains(document.activeElement) ||
    row.querySelector("details[open], .pick:checked");

  // Thousands of forms at once bring a browser to its knees: the rest waits until somebody comes to the end of the list.
  const SHOWN = 200;
  const later = new Map();

  function further(place) {
    const rows = later.get(place.previousElementSibling)?.splice(0, SHOWN) ?? [];
    const focused = place.contains(document.activeElement);
    place.previousElementSibling.append(...rows);
    place.hidden = !later.get(place.previousElementSibling)?.length;
    if (focused) rows[0]?.querySelector("button").focus();
  }

  function furthers() {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) further(entry.target);
    });
    for (const place of page.querySelectorAll(".further")) {
      place.querySelector("button").addEventListener("click", () => further(place));
      seen.observe(place);
    }
  }

  /** The fresh rows, except where a person is at work: those rows stay, and stay where they are. */
  function merge(list, fresh) {
    const rows = [...fresh.children];
    let before = null;
    for (const old of list.children) {
      if (inUse(old)) {
        const at = rows.findIndex((row) => idOf(row) === idOf(old));
        if (at >= 0) rows[at] = old;
        else rows.splice(rows.findIndex((row) => idOf(row) === before) + 1, 0, old);
      }
      before = idOf(old);
    }
    const needed = rows.findLastIndex(inUse) + 1;
    later.set(list, rows.splice(Math.max(SHOWN, list.children.length, needed)));
    const focus = document.activeElement;
    list.replaceChildren(...rows);
    list.nextElementSibling.hidden = !later.get(list).length;
    if (document.activeElement !== focus) focus.focus({ preventScroll: true });
  }

  function renewLists(fresh) {
    const lists = page.querySelector(".lists");
    lists.dataset.complete = fresh.dataset.complete;
    const lead = page.querySelector("[data-count]");
    lead.dataset.count = fresh.dataset.total;
    lead.textContent = fresh.dataset.title;
    for (const section of fresh.querySelectorAll(".list")) {
      const old = document.getElementById(section.id);
      const tab = page.querySelector(`[data-tab="${section.id}"]`);
      for (const place of [old, tab]) place.querySelector(".count").textContent = section.dataset.total;
      old.querySelector(".empty")?.remove();
      const empty = section.querySelector(".empty");
      if (empty) old.querySelector(".rows").before(empty);
      merge(old.querySelector(".rows"), section.querySelector(".rows"));
    }
    if (fresh.dataset.complete === "true") page.querySelector(".more")?.remove();
    tellDock();
  }

  async function complete(tries) {
    const answer = await ask("/queue/rows", new URLSearchParams({ session }));
    const fresh = answer.ok ? answer.doc.querySelector(".lists") : null;
    if (fresh) renewLists(fresh);
    if (fresh?.dataset.complete !== "true" && tries > 1 && answer.status !== 401) {
      setTimeout(complete, 2000, tries - 1);
    }
  }

  // --- Tabs out of the links to both lists -----------------------------------------------------------------------
  function tabs(bar) {
    const links = [...bar.querySelectorAll("a")];
    const select = (chosen) => {
      for (const link of links) {
        link.setAttribute("aria-selected", link === chosen);
        link.tabIndex = link === chosen ? 0 : -1;
        document.getElementById(link.dataset.tab).hidden = link !== chosen;
      }
      tellDock();
    };
    bar.setAttribute("role", "tablist");
    page.classList.add("tabbed");
    for (const link of links) {
      link.setAttribute("role", "tab");
      link.setAttribute("aria-controls", link.dataset.tab);
      document.getElementById(link.dataset.tab).setAttribute("role", "tabpanel");
      link.addEventListener("click", (event) => (event.preventDefault(), select(link)));
    }
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (document.dir === "rtl" ? -1 : 1);
      const next = step && links.at((links.indexOf(event.target) + step) % links.length);
      if (next) (select(next), next.focus());
    });
    const filled = (link) => document.querySelector(`#${link.dataset.tab} .row`);
    select(links.find((link) => link.hash === location.hash) ?? links.find(filled) ?? links[0]);
  }

  // --- Many at once: choosing ------------------------------------------------------------------------------------
  const dock = page.querySelector(".dock");
  const decided = [];
  const picked = () => [...page.querySelectorAll(".rows > .row > .pick:checked")];
  const pickable = () => [...page.querySelectorAll(".list:not([hidden]) > .rows > .row > .pick:enabled")];
  const MOST = 500;

  /** How many are chosen, and what can be done with them. */
  function tellDock() {
    if (!dock) return;
    const [words, n, shown] = [dock.querySelector(".picked"), picked().length, pickable()];
    words.dataset.idle ??= words.textContent;
    words.textContent = n ? words.dataset.words.replace("{n}", n) : words.dataset.idle;
    for (const button of dock.querySelectorAll('[name="action"]')) button.hidden = !n;
    const all = dock.querySelector('[data-pick="all"]');
    all.hidden = !shown.length;
    all.setAttribute("aria-pressed", shown.length > 0 && shown.slice(0, MOST).every((one) => one.checked));
    const held = page.querySelectorAll('.row[data-outcome="held"] [data-left]').length > 1;
    dock.querySelector('[data-action="undo-all"]').hidden = !held;
    dock.classList.toggle("wanted", n > 0 || held);
    float();
  }

  // Bitrix24 makes the frame as high as the page, and nothing sticks to the foot of the screen: what can be seen of the
  // page tells where that is.
  let seenTo = Infinity;
  function float() {
    const shift = Number(dock.dataset.shift ?? 0);
    const below = dock.classList.contains("wanted") ? dock.getBoundingClientRect().bottom + shift - seenTo : 0;
    dock.dataset.shift = Math.max(0, Math.round(below));
    dock.style.translate = below > 0 ? `0 ${-dock.dataset.shift}px` : "";
  }

  if (dock) {
    const seen = new IntersectionObserver((entries) => {
      seenTo = entries.at(-1).intersectionRect.bottom - 8;
      if (entries.at(-1).isIntersecting) float();
    }, { threshold: Array.from({ length: 1001 }, (_, n) => n / 1000) });
    seen.observe(page);
  }

  function toggle(pick) {
    pick.checked = !pick.checked;
    tellDock();
  }

  function pickAll() {
    const [shown, all] = [pickable().slice(0, MOST), dock.querySelector('[data-pick="all"]')];
    const want = all.getAttribute("aria-pressed") !== "true";
    for (const pick of shown) pick.checked = want;
    tellDock();
    say(dock.querySelector(".picked").textContent, true);
  }

  page.addEventListener("change", (event) => event.target.matches(".pick") && tellDock());
  dock?.querySelector('[data-pick="all"]').addEventListener("click", pickAll);

  page.addEventListener("keydown", (event) => {
    const step = event.target.matches(".pick") && { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = step ? [...(event.target.closest(".rows, ol")?.querySelectorAll(".pick:enabled") ?? [])] : [];
    const next = all[all.indexOf(event.target) + step];
    if (next) (event.preventDefault(), next.focus());
  });

  /** True when the key meant something. */
  function keyForMany(key) {
    if (key === "z") return undoLast();
    if (panel || !dock) return false;
    const button = picked().length && { r: "return", a: "approve" }[key];
    if (button) return (dock.querySelector(`[value="${button}"]`).click(), true);
    const row = document.activeElement?.closest(".row");
    const pick = key === "x" && (row ? row.querySelector(":scope > .pick:enabled") : pickable()[0]);
    if (!pick) return false;
    if (!row) pick.focus();
    return (toggle(pick), true);
  }

  function undoLast() {
    const all = panel?.querySelector('[data-action="undo-all"]');
    const form = all ?? decided.findLast((row) => row.isConnected && row.dataset.outcome === "held")
      ?.querySelector('[data-action="undo"]');
    form?.requestSubmit();
    return Boolean(form);
  }

  async function undoAll(form) {
    const body = new URLSearchParams(new FormData(form));
    if (!body.get("bulk_id")) {
      body.delete("decision_id");
      for (const row of page.querySelectorAll('.row[data-outcome="held"]')) body.append("decision_id", row.dataset.decisionId);
    }
    const answer = await ask("/undo-all", body);
    const section = answer.doc.querySelector("[data-panel]");
    if (!answer.ok) return complain(answer, form.parentElement);
    if (section) place(section);
    else for (const fresh of answer.doc.querySelectorAll("[data-task-id]")) show(fresh, true);
    const said = answer.doc.querySelector(".said")?.textContent ?? "";
    const words = !section && dock.querySelector(".said");
    if (words) (words.textContent = said), (words.hidden = false);
    say(said, true);
  }

  // --- Many at once: the panel stands in the place of the lists -----------------------------------------------------
  let before = null;

  async function inPanel(form, path, submitter) {
    if (page.dataset.busy) return;
    page.dataset.busy = "1";
    notice.hidden = true;
    const body = new URLSearchParams(new FormData(form));
    if (submitter?.name) body.set(submitter.name, submitter.value);
    if (path === "/bulk/show") body.set("named", "1");
    submitter?.setAttribute("aria-disabled", "true");
    const answer = await ask(path, body);
    submitter?.removeAttribute("aria-disabled");
    delete page.dataset.busy;
    const section = answer.ok && answer.doc.querySelector("[data-panel]");
    if (section) place(section);
    else complain(answer, form.closest("#notice, .dock") ? page : form);
  }

  function place(section) {
    before ??= { y: scrollY, focus: document.activeElement };
    for (const name of section.querySelectorAll("[data-title-of]")) {
      const known = rowOf(name.dataset.titleOf)?.querySelector(".title") ??
        panel?.querySelector(`[data-title-of="${name.dataset.titleOf}"]`);
      if (known) name.textContent = known.textContent;
    }
    if (panel) panel.replaceWith(section);
    else page.append(section);
    panel = section;
    page.classList.add("paneled");
    count(panel);
    const reason = section.querySelector("#bulk-reason") && offer(section);
    (reason ?? section.querySelector("h1")).focus();
    if (section.dataset.panel === "bulk") (enlist(), follow());
  }

  /** The rows of the list are those of the bulk now. */
  function enlist() {
    for (const one of panel.querySelectorAll("[data-decision-id]")) {
      const row = rowOf(one.dataset.taskId);
      const pick = row?.querySelector(":scope > .pick");
      if (pick) pick.checked = false;
      if (row?.dataset.outcome === "waiting") row.dataset.decisionId = one.dataset.decisionId;
    }
    tellDock();
  }

  function closePanel() {
    panel.remove();
    panel = null;
    page.classList.remove("paneled");
    scrollTo(0, before?.y ?? 0);
    const focus = before?.focus;
    before = null;
    tellDock();
    (focus?.isConnected && focus.checkVisibility() ? focus : page.querySelector('[role="tab"][tabindex="0"]'))?.focus();
    watch();
  }

  let following = false;
  async function follow() {
    if (following) return;
    following = true;
    while (panel?.dataset.moves === "true") {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if (!document.hidden && panel && !(await look())) break;
    }
    following = false;
  }

  /** Asks how the bulk stands. False when nobody may ask any more. */
  async function look() {
    const id = panel?.dataset.bulkId;
    if (!id) return true;
    const answer = await ask("/bulk/show", new URLSearchParams({ session, bulk_id: id }));
    const fresh = answer.ok && answer.doc.querySelector("[data-panel]");
    if (fresh && panel?.dataset.bulkId === id) renewPanel(fresh);
    if (answer.status === 401) complain(answer, panel);
    return answer.status !== 401;
  }

  let saidAt = 0;
  function renewPanel(fresh) {
    const rows = new Map([...panel.querySelectorAll("[data-task-id]")].map((row) => [idOf(row), row]));
    for (const one of fresh.querySelectorAll("[data-task-id]")) {
      const [row, state] = [rows.get(idOf(one)), one.querySelector(".state")];
      const old = row?.querySelector(".state");
      if (!old || (row.dataset.outcome === one.dataset.outcome && wordsOf(old) === wordsOf(state))) continue;
      row.dataset.outcome = one.dataset.outcome;
      const focused = old.contains(document.activeElement);
      old.replaceWith(state);
      if (focused) state.focus({ preventScroll: true });
    }
    const [head, news] = [panel.querySelector(".bulk-head"), fresh.querySelector(".bulk-head")];
    const moved = head.querySelector(".words").textContent !== news.querySelector(".words").textContent;
    head.querySelector("progress").value = news.querySelector("progress").value;
    for (const part of [".words", ".counts"]) head.querySelector(part).replaceWith(news.querySelector(part));
    renewButtons(head, news);
    panel.dataset.moves = fresh.dataset.moves;
    const ended = fresh.dataset.moves !== "true";
    if (!ended && (!moved || performance.now() - saidAt < 5000)) return;
    saidAt = performance.now();
    const counts = ended ? [...head.querySelectorAll(".counts li")].map((one) => one.textContent) : [];
    say([head.querySelector(".words").textContent, ...counts].join(". "), true);
  }

  /** Only when others are offered than before: a button that has the focus keeps it. */
  function renewButtons(head, news) {
    const offered = (place) => [...place.querySelectorAll(".buttons form")].map((form) => form.dataset.action).join();
    if (offered(head) === offered(news)) return;
    const focused = head.querySelector(".buttons").contains(document.activeElement);
    head.querySelector(".buttons").replaceWith(news.querySelector(".buttons"));
    count(head);
    if (focused) head.querySelector("h1").focus();
  }

  // --- The native card -------------------------------------------------------------------------------------------
  async function refresh(row) {
    if (row.querySelector("details[open]") || row.dataset.decisionId) return;
    const body = new URLSearchParams({ session, task_id: idOf(row), view: page.dataset.page });
    const fresh = (await ask("/task", body)).doc.querySelector("[data-task-id]");
    if (fresh) show(fresh, true);
  }

  page.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open]");
    if (!link || !bx || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    bx.openPath(new URL(link.href).pathname, (result) => {
      if (result?.result === "error") window.open(link.href, "_blank", "noopener");
      else refresh(link.closest("[data-task-id]"));
    });
  });

  // --- Start -----------------------------------------------------------------------------------------------------
  const bar = page.querySelector(".tabs");
  if (bar) tabs(bar);
  furthers();
  if (page.querySelector('.lists[data-complete="false"]')) complete(20);
  page.classList.add("scripted");
  count(page);
  tellDock();
  if (panel?.dataset.panel === "choose") offer(panel);
  if (panel) follow();
  watch();
})();
