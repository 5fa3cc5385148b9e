// The chosen task, beside the list.

import { calm, page, pressing, writing } from "./page.js";
import { count, idOf, rowOf } from "./rows.js";
import { again, hurry, lookOf, read } from "./ahead.js";
import { panel } from "./bulk.js";

export const pane = page.querySelector("[data-pane]");
let current = null;

export const chosen = () => current;
export const isLook = (row) => Boolean(row?.matches("[data-look]"));
export const listed = () => [...page.querySelectorAll(".lists .list:not([hidden]) > .rows > .row:not([hidden])")];
export const waits = (row) => !row.dataset.busy && Boolean(row.querySelector(".state details.return"));
const narrow = matchMedia("(max-width: 900px)");

/** The row of the chosen task; on the page of one task that task. */
export const chosenRow = () => (pane ? current && rowOf(current) : page.querySelector("article[data-task-id]"));

/** Makes a row the chosen one. */
export function look(row, { focus, moves = true } = {}) {
  if (!pane || !row) return;
  for (const old of page.querySelectorAll(".row[aria-current]")) if (old !== row) old.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  const another = idOf(row) !== current;
  current = idOf(row);
  if (another) calm(pane);
  if (focus) row.querySelector(".title")?.focus({ preventScroll: true });
  if (moves) inView(row);
  paint();
  if (another) toTop();
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
  hurry();
  const rows = listed();
  const at = rows.findIndex((row) => idOf(row) === current);
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
  look(next, { focus: true });
}

/** The next one that waits; the one before when there is none below. */
export function chooseNext(row, how) {
  hurry();
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
  toTop();
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
  if (!details || writing()) return;
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

/** On a narrow screen it is the page that scrolls, not the pane: there as well a task begins at its beginning. */
function toTop() {
  if (narrow.matches && page.classList.contains("looking")) pane.scrollIntoView({ block: "start" });
}

export function paint() {
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
    again(id);
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
  if (row) {
    row.setAttribute("aria-current", "true");
    paint();
    read();
  } else {
    // On a narrow screen the list comes back: nobody finds another task under their hand, or an empty page.
    page.classList.remove("looking");
    look(listed().find(waits) ?? listed()[0]);
  }
  if (!current || !rowOf(current)) pane.hidden = true;
}

if (pane) {
  // As high as there is room at the beginning: later the frame is as high as the page.
  page.style.setProperty("--desk", `${Math.min(900, Math.max(480, innerHeight - 250))}px`);
  const follow = (element) => {
    const row = !pressing && !element?.closest("[data-renewing]") && element?.closest(".lists .row");
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
