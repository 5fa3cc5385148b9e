// Rows: what became of a task, its countdown, how decisions stand, the native card.

import { ask, bx, complain, page, say, session } from "./page.js";
import { outdated } from "./ahead.js";
import { isLook, pane, reflect } from "./look.js";
import { panel, tellDock } from "./bulk.js";

export const idOf = (row) => row.dataset.taskId;
const rowsOf = (id) => [...page.querySelectorAll(`[data-task-id="${CSS.escape(id)}"]`)];
export const rowOf = (id) => rowsOf(id).find((row) => !panel?.contains(row) && !isLook(row));
export const wordsOf = (state) => state.textContent.replace(/\d+/g, "").trim();
/** Words that were begun, by task: they are put back whatever takes the place of their form, until the decision is done. */
export const reasons = new Map();
export const OF_MANY = "";

/** Another state, and the box beside it as far as the task can still be chosen. */
export function putState(row, state) {
  row.querySelector(".state").replaceWith(state);
  const pick = row.querySelector(":scope > .pick");
  if (pick) pick.disabled = !state.querySelector("details.return");
  if (pick?.disabled) pick.checked = false;
}

/** Puts what became of a task into its row. A row that says the same already is left alone: it may have the focus. */
export function show(fresh, always) {
  if (fresh.dataset.outcome === "done") reasons.delete(fresh.dataset.taskId);
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
  putState(row, state);
  const reason = state.querySelector("textarea");
  if (reason && !reason.value) reason.value = reasons.get(row.dataset.taskId) ?? "";
  if (focused) (state.querySelector("button") ?? state).focus({ preventScroll: true });
  if (!same) announce(row, state);
  count(state);
  tellDock();
  if (pane) reflect(row);
}

function announce(row, state) {
  const words = [...state.querySelectorAll(".outcome, .delivery, .closed")].map((one) => one.textContent);
  const title = row.querySelector("h1, h3")?.textContent.trim() ?? "";
  if (words.length) say(`\u2068${title}\u2069: ${words.join(". ")}.`);
}

// --- The countdown of what is held -----------------------------------------------------------------------------
let ticking = 0;
export function count(root) {
  // A copy of what counts already is over at the same time.
  for (const one of root.querySelectorAll("[data-left]")) one.dataset.due ??= performance.now() + one.dataset.left * 1000;
  ticking ||= setInterval(tick, 250);
  tick();
}

function tick() {
  const held = page.querySelectorAll("[data-due]");
  if (!held.length) ticking = clearInterval(ticking) ?? 0;
  for (const one of held) {
    const left = Math.max(0, Math.ceil((one.dataset.due - performance.now()) / 1000));
    one.textContent = one.dataset.words.replace("{n}", left);
    if (!left) over(one);
  }
}

/** The server holds the window; when it is over here, it is over there. */
function over(one) {
  one.textContent = one.dataset.over;
  delete one.dataset.left;
  delete one.dataset.due;
  const place = one.closest(".state, .buttons");
  for (const form of place?.querySelectorAll('form[data-action^="undo"]') ?? []) {
    if (form.contains(document.activeElement)) (place.closest(".panel")?.querySelector("h1") ?? place).focus();
    form.remove();
  }
}

// --- How decisions stand ---------------------------------------------------------------------------------------
let watching = false;
export async function watch() {
  if (watching) return;
  watching = true;
  for (let pause = 1000, asked = 1; ; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const asking = [...page.querySelectorAll("[data-decision-id]")].filter((row) => !panel?.contains(row) && !isLook(row));
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

// --- The native card -------------------------------------------------------------------------------------------
async function refresh(row) {
  if (pane) return outdated(idOf(row));
  if (row.querySelector("details[open]") || row.dataset.decisionId) return;
  const body = new URLSearchParams({ session, task_id: idOf(row) });
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
