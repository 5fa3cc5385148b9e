// What was read of tasks, and what is read ahead: the chosen one and those that come next, so that nobody waits between two.

import { ask, calm, complain, session } from "./page.js";
import { idOf, putState, rowOf } from "./rows.js";
import { chosen, listed, paint, pane, reflect, waits } from "./look.js";
import { tellDock } from "./bulk.js";

const kept = new Map();
const loading = new Set();
/** How long what was read may be shown, and from when on it is read again behind it. */
const [GOOD, FRESH] = [120_000, 20_000];
/** Three are read ahead at least, and a few more, for those who are quick. */
const [AHEAD, AT_ONCE] = [6, 4];
let enough = 3;

export const lookOf = (id) => kept.get(id)?.article;
export const forget = (id) => kept.delete(id);

/** Somebody has begun to write there: it stays as it is, also while another task is looked at. */
export const begun = (id) => Boolean(lookOf(id)?.querySelector("details[open]"));

/** From now on somebody goes from task to task. */
export const hurry = () => {
  enough = 4;
};

/** What was read of a task is no longer good, and is read anew if it is the chosen one. */
export function again(id) {
  kept.get(id).at = -Infinity;
  if (id === chosen()) load([id]);
}

/** Reads the chosen task and those that come next, as far as they are not there. */
export async function read() {
  const rows = listed();
  const at = rows.findIndex((row) => idOf(row) === chosen());
  const next = rows.slice(at + 1).filter(waits).slice(0, AHEAD).map(idOf);
  const age = (id) => performance.now() - (kept.get(id)?.at ?? -Infinity);
  const due = (id, limit) => age(id) > limit && !loading.has(id) && !begun(id);
  const missing = next.filter((id) => due(id, GOOD));
  const own = due(chosen(), FRESH);
  // Asked for together: as long as enough of them are there or on their way, nobody is asked.
  const ready = missing.length ? next.indexOf(missing[0]) : AHEAD;
  const ids = [...(own ? [chosen()] : []), ...(ready < enough ? missing : [])].slice(0, AT_ONCE);
  if (ids.length) await load(ids);
}

async function load(ids) {
  for (const id of ids) loading.add(id);
  const body = new URLSearchParams({ session });
  for (const id of ids) body.append("task_id", id);
  const answer = await ask("/looks", body);
  for (const id of ids) loading.delete(id);
  if (answer.ok && ids.includes(chosen())) calm(pane);
  if (!answer.ok && ids.includes(chosen()) && !lookOf(chosen())) complain(answer, pane);
  for (const article of answer.ok ? answer.doc.querySelectorAll("[data-look]") : []) keep(article);
  paint();
}

function keep(article) {
  const id = article.dataset.look;
  const row = rowOf(id);
  if (begun(id)) return;
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
  putState(row, state.cloneNode(true));
  tellDock();
}
