// Many at once: choosing, and the panel that stands in the place of the lists.

import { ask, complain, notice, page, say, session } from "./page.js";
import { OF_MANY, count, idOf, reasons, rowOf, show, watch, wordsOf } from "./rows.js";
import { offer } from "./desk.js";
import { chosenRow, waits } from "./look.js";

const dock = page.querySelector(".dock");
export const decided = [];
const picked = () => [...page.querySelectorAll(".rows > .row > .pick:checked")];
const pickable = () => [...page.querySelectorAll(".list:not([hidden]) > .rows > .row:not([hidden]) > .pick:enabled")];
const MOST = 500;

export let panel = page.querySelector("[data-panel]");

/** How many are chosen, and what can be done with them. */
export function tellDock() {
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
  if (page.querySelector(".lists .row")) dock.hidden = false;
  float();
}

// Bitrix24 makes the frame as high as the page, and nothing sticks to the foot of the screen: what can be seen of the
// page tells where that is.
let seenTo = Infinity;
function float() {
  const shift = Number(dock.dataset.shift ?? 0);
  const bar = dock.getBoundingClientRect();
  let below = dock.classList.contains("wanted") ? bar.bottom + shift - seenTo : 0;
  // It steps aside from what has the focus: that is never under it.
  const at = dock.contains(document.activeElement) ? null : document.activeElement?.getBoundingClientRect();
  const hides = at && page.contains(document.activeElement) && at.bottom > bar.top + shift - below && at.top < bar.bottom + shift - below;
  if (hides) below = 0;
  dock.dataset.shift = Math.max(0, Math.round(below));
  dock.style.translate = below > 0 ? `0 ${-dock.dataset.shift}px` : "";
}

if (dock) {
  const seen = new IntersectionObserver((entries) => {
    seenTo = entries.at(-1).intersectionRect.bottom - 8;
    if (entries.at(-1).isIntersecting) float();
  }, { threshold: Array.from({ length: 1001 }, (_, n) => n / 1000) });
  seen.observe(page);
  page.addEventListener("focusin", () => requestAnimationFrame(float));
  const tall = () => document.documentElement.style.setProperty("--dock", `${dock.offsetHeight}px`);
  new ResizeObserver(() => requestAnimationFrame(tall)).observe(dock);
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
export function keyForMany(key) {
  if (key === "z") return undoLast();
  if (panel || !dock) return false;
  const button = picked().length && { r: "return", a: "approve" }[key];
  if (button) return (dock.querySelector(`[value="${button}"]`).click(), true);
  const focused = document.activeElement?.closest(".row");
  const row = focused ?? chosenRow();
  const pick = key === "x" && (row ? row.querySelector(":scope > .pick:enabled") : pickable()[0]);
  if (!pick) return false;
  if (!focused) pick.focus();
  return (toggle(pick), true);
}

function undoLast() {
  const all = panel?.querySelector('[data-action="undo-all"]');
  const form = all ?? decided.findLast((row) => row.isConnected && row.dataset.outcome === "held")
    ?.querySelector('[data-action="undo"]');
  form?.requestSubmit();
  return Boolean(form);
}

export async function undoAll(form) {
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

/** What was said of an earlier press is over. */
export function hush() {
  notice.hidden = true;
  const said = dock?.querySelector(".said");
  if (said) said.hidden = true;
}

export async function inPanel(form, path, submitter) {
  if (page.dataset.busy) return;
  page.dataset.busy = "1";
  hush();
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  if (path === "/bulk/show") body.set("named", "1");
  submitter?.setAttribute("aria-disabled", "true");
  const answer = await ask(path, body);
  submitter?.removeAttribute("aria-disabled");
  delete page.dataset.busy;
  const section = answer.ok && answer.doc.querySelector("[data-panel]");
  if (section) place(section);
  else complain(answer, form.closest("#notice, .dock") ? page : fieldOf(answer, form) ?? form);
}

page.addEventListener("input", (event) => event.target.removeAttribute("aria-invalid"));

/** The words that are too few: of those that go, the shortest. */
function tooShort(form) {
  const long = (one) => one.value.trim().length;
  const goes = (one) => one.name === "reason" || form.querySelector(`.pick:checked[value^="${one.name.replace("reason-", "")}@"]`);
  const all = [...form.querySelectorAll("textarea")].filter((one) => long(one) && goes(one));
  return all.sort((one, other) => long(one) - long(other))[0];
}

/** What is wrong with the words is said behind them, and they have the focus. */
function fieldOf(answer, form) {
  const error = answer.doc.querySelector('[data-error^="reason_"]')?.dataset.error;
  const words = error && ((error === "reason_too_short" && tooShort(form)) || form.querySelector("#bulk-reason"));
  if (!words) return null;
  const each = words.closest("details");
  if (each) each.open = true;
  const place = form.querySelector(".wrong-words") ?? Object.assign(document.createElement("div"), { className: "wrong-words" });
  words.after(place);
  words.setAttribute("aria-invalid", "true");
  words.focus();
  return place;
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
  if (section.dataset.panel === "bulk") (reasons.delete(OF_MANY), enlist(), follow());
}

/** The rows of the list are those of the bulk now. */
function enlist() {
  for (const one of panel.querySelectorAll("[data-decision-id]")) {
    const row = rowOf(one.dataset.taskId);
    const pick = row?.querySelector(":scope > .pick");
    if (pick) pick.checked = false;
    if (row && waits(row) && row.dataset.outcome !== one.dataset.outcome) row.dataset.decisionId = one.dataset.decisionId;
  }
  tellDock();
}

export function closePanel() {
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
export async function follow() {
  if (following) return;
  following = true;
  while (panel?.dataset.moves === "true") {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (!document.hidden && panel && !(await lookAtBulk())) break;
  }
  following = false;
}

/** Asks how the bulk stands. False when nobody may ask any more. */
export async function lookAtBulk() {
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
