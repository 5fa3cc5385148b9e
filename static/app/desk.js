// Deciding one task: its forms, the ready reasons, the keys.

import { ask, complain, notice, page } from "./page.js";
import { reasons, show, watch } from "./rows.js";
import { fitChoices } from "./view.js";
import { closePanel, decided, inPanel, keyForMany, look, panel, undoAll } from "./bulk.js";

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
export function offer(place) {
  const words = place.querySelector("textarea");
  if (words && !place.querySelector(".choices")) {
    words.previousElementSibling.before(document.getElementById("choices")?.content.cloneNode(true) ?? "");
    fitChoices(place);
  }
  return words;
}

// Ready reasons: one key, or one click, and the words may be changed. Their code goes with them.
export function choose(button) {
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
