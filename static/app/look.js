// The chosen task, beside the list. What comes next is read ahead, so that nobody waits between two tasks.

import { ask, complain, page, pressing, session } from "./page.js";
import { count, idOf, rowOf } from "./rows.js";
import { panel } from "./bulk.js";

export const pane = page.querySelector("[data-pane]");
const kept = new Map();
const loading = new Set();
/** How long what was read may be shown, and from when on it is read again behind it. */
const [GOOD, FRESH] = [120_000, 20_000];
/** Three are read ahead at least, and a few more, for those who are quick. */
const [AHEAD, AT_ONCE] = [6, 4];
let enough = 3;
let current = null;

export const chosen = () => current;
export const isLook = (row) => Boolean(row?.matches("[data-look]"));
export const lookOf = (id) => kept.get(id)?.article;
export const forget = (id) => kept.delete(id);
const listed = () => [...page.querySelectorAll(".lists .list:not([hidden]) > .rows > .row:not([hidden])")];
const waits = (row) => !row.dataset.busy && Boolean(row.querySelector(".state details.return"));
const narrow = matchMedia("(max-width: 900px)");

/** The row of the chosen task; on the page of one task that task. */
export const chosenRow = () => (pane ? current && rowOf(current) : page.querySelector("article[data-task-id]"));

/** Makes a row the chosen one. */
export function look(row, { focus, moves = true } = {}) {
  if (!pane || !row) return;
  for (const old of page.querySelectorAll(".row[aria-current]")) if (old !== row) old.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  current = idOf(row);
  if (focus) row.querySelector(".title")?.focus({ preventScroll: true });
  if (moves) inView(row);
  paint();
  read();
}

/** Moves the list, not the page around the frame. */
function inView(row) {
  const box = row.closest(".lists");
  const [inner, outer] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top + 8;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom + 8;
}

/** The next step: the one before or after, as somebody sees them. */
export function step(by) {
  enough = 4;
  const rows = listed();
  const at = rows.findIndex((row) => idOf(row) === current);
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
  look(next, { focus: true });
}

/** The next one that waits; the one before when there is none below. */
export function chooseNext(row, how) {
  enough = 4;
  const rows = listed();
  const at = rows.indexOf(row);
  const next = rows.slice(at + 1).find(waits) ?? rows.slice(0, Math.max(0, at)).findLast(waits);
  if (next) look(next, how);
  else paint();
}

/** Opens it: on a narrow screen the task takes the place of the list. */
export function open(row, { form, own, code } = {}) {
  if (!pane || !row) return;
  look(row);
  page.classList.add("looking");
  const details = () => pane.querySelector("details.return");
  const heading = () => pane.querySelector("h1")?.focus({ preventScroll: true });
  if (!form) return heading();
  wanted = { id: current, own, code };
  if (lookOf(current) && details()) answerWish();
  else heading();
}

// A return that was asked for before its task was there.
let wanted = null;
function answerWish() {
  const details = pane.querySelector("details.return");
  if (!wanted || wanted.id !== current || !lookOf(current)) return;
  const { own, code } = wanted;
  wanted = null;
  if (!details) return;
  unfold(details, own, code);
}

/** Opens a return form, for words of one's own or with a ready reason. */
export function unfold(details, own, code) {
  const words = details.querySelector("textarea");
  if (own) words.dataset.own = "1";
  else delete words.dataset.own;
  const begin = () => {
    words.focus({ preventScroll: true });
    if (code) details.querySelectorAll("[data-code]")[code - 1]?.click();
  };
  if (details.open) begin();
  else {
    details.addEventListener("toggle", begin, { once: true });
    details.open = true;
  }
}

/** What is known at once: the row's own facts. */
function outline(row) {
  const article = document.createElement("article");
  article.className = "card look";
  const title = document.createElement("h1");
  title.tabIndex = -1;
  title.textContent = row?.querySelector(".title")?.textContent ?? "";
  article.append(title, row?.querySelector(".meta")?.cloneNode(true) ?? "");
  return article;
}

function paint() {
  const row = current && rowOf(current);
  pane.hidden = !row;
  if (!row) return;
  const shown = pane.querySelector(".look");
  const article = lookOf(current) ?? outline(row);
  if (shown === article) return;
  const same = shown?.dataset.look === current;
  // Somebody is writing there.
  if (same && shown.querySelector("details[open]")) return;
  const focused = shown?.contains(document.activeElement);
  if (shown) shown.replaceWith(article);
  else pane.append(article);
  if (!same) pane.scrollTop = 0;
  if (focused) article.querySelector("h1")?.focus({ preventScroll: true });
  count(article);
  answerWish();
}

/** Reads the chosen task and those that come next, as far as they are not there. */
async function read() {
  const rows = listed();
  const at = rows.findIndex((row) => idOf(row) === current);
  const next = rows.slice(at + 1).filter(waits).slice(0, AHEAD).map(idOf);
  const age = (id) => performance.now() - (kept.get(id)?.at ?? -Infinity);
  const due = (id, limit) => age(id) > limit && !loading.has(id);
  const missing = next.filter((id) => due(id, GOOD));
  const own = due(current, FRESH);
  // Asked for together: as long as enough of them are there or on their way, nobody is asked.
  const ready = missing.length ? next.indexOf(missing[0]) : AHEAD;
  const ids = [...(own ? [current] : []), ...(ready < enough ? missing : [])].slice(0, AT_ONCE);
  if (ids.length) await load(ids);
}

async function load(ids) {
  for (const id of ids) loading.add(id);
  const body = new URLSearchParams({ session });
  for (const id of ids) body.append("task_id", id);
  const answer = await ask("/looks", body);
  for (const id of ids) loading.delete(id);
  if (!answer.ok && ids.includes(current) && !lookOf(current)) complain(answer, pane);
  for (const article of answer.ok ? answer.doc.querySelectorAll("[data-look]") : []) keep(article);
  paint();
}

function keep(article) {
  const id = article.dataset.look;
  const row = rowOf(id);
  const old = lookOf(id);
  if (old?.querySelector("details[open]") && old.isConnected) return;
  const inPage = document.adoptNode(article);
  kept.set(id, { at: performance.now(), article: inPage });
  // The list knows more of a decision than what was read before it; of the task it is the other way round.
  if (row && row.dataset.outcome !== "waiting" && !waits(row)) reflect(row);
  else if (row && waits(row) && !inPage.querySelector("details.return")) close(row, inPage);
  else if (row && waits(row)) agree(row, inPage);
}

/** A decision in the list stands on the newest sight as well. */
function agree(row, article) {
  const seen = article.querySelector('[name="seen"]')?.value ?? "";
  const pick = row.querySelector(":scope > .pick");
  if (pick) pick.value = `${idOf(row)}@${seen}`;
  for (const field of row.querySelectorAll('.state [name="seen"]')) field.value = seen;
}

/** Something of a task has changed in Bitrix24, or may have. */
export function outdated(id) {
  forget(id);
  load([id]);
}

/** A task that can no longer be decided says so in the list as well. */
function close(row, article) {
  const state = article.querySelector(".state");
  if (!state || row.contains(document.activeElement)) return;
  row.dataset.outcome = article.dataset.outcome;
  row.querySelector(".state").replaceWith(state.cloneNode(true));
}

/** What became of a decision is shown on both sides. */
export function reflect(row) {
  const id = idOf(row);
  const [article, state] = [lookOf(id), row.querySelector(".state")];
  if (!article || !state) return;
  const focused = article.querySelector(".state")?.contains(document.activeElement);
  const copy = state.cloneNode(true);
  if (waits(row)) {
    // Its forms beside the list say more than those in the list: they are read anew.
    for (const form of copy.querySelectorAll("form, details")) form.remove();
    kept.get(id).at = -Infinity;
    if (id === current) load([id]);
  }
  article.dataset.outcome = row.dataset.outcome;
  article.querySelector(".state")?.replaceWith(copy);
  if (focused) article.querySelector("h1")?.focus({ preventScroll: true });
  if (article.isConnected) count(copy);
}

/** After the lists are new: the chosen task is still the chosen one. */
export function still() {
  if (!pane) return;
  const row = current && rowOf(current);
  // Somebody is writing about a task that is no longer in the list: they are told when they send it.
  if (!row && pane.querySelector(".look details[open]")) return;
  if (row) {
    row.setAttribute("aria-current", "true");
    paint();
    read();
  } else look(listed().find(waits) ?? listed()[0]);
  if (!current || !rowOf(current)) pane.hidden = true;
}

if (pane) {
  // As high as there is room at the beginning: later the frame is as high as the page.
  page.style.setProperty("--desk", `${Math.min(900, Math.max(480, innerHeight - 250))}px`);
  const follow = (element) => {
    const row = !pressing && element?.closest(".lists .row");
    if (row && idOf(row) !== current) look(row, { moves: false });
  };
  page.addEventListener("focusin", (event) => follow(event.target));
  // The chosen row is taller than the others: what a press has chosen becomes so when the hand is off.
  for (const over of ["pointerup", "pointercancel"]) {
    document.addEventListener(over, () => setTimeout(() => follow(document.activeElement)), true);
  }
  page.addEventListener("click", (event) => {
    const row = event.target.closest(".lists .row");
    if (row && !panel && !event.target.closest("button, a, input, label, summary, textarea, select")) open(row);
    if (event.target.closest('[data-step="list"]')) {
      page.classList.remove("looking");
      chosenRow()?.querySelector(".title")?.focus();
    }
  });
  narrow.addEventListener("change", () => narrow.matches || page.classList.remove("looking"));
}
