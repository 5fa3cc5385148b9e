// Deciding one task: its forms, the ready reasons, what comes next.

import { ask, complain, page, writing } from "./page.js";
import { OF_MANY, idOf, reasons, rowOf, show, watch } from "./rows.js";
import { lookOf } from "./ahead.js";
import { chooseNext, chosen, isLook, look, open, pane } from "./look.js";
import { closePanel, decided, hush, inPanel, lookAtBulk, panel, undoAll } from "./bulk.js";
import { fitChoices } from "./view.js";

async function decide(form, row) {
  if (row.dataset.busy) return;
  row.dataset.busy = "1";
  hush();
  const buttons = [...row.querySelectorAll(".state button, summary")];
  for (const one of buttons) one.setAttribute("aria-disabled", "true");
  const body = new URLSearchParams(new FormData(form));
  if (body.get("reason")) reasons.set(idOf(row), body.get("reason"));
  const listed = isLook(row) ? rowOf(idOf(row)) : row;
  // What was decided beside the list is behind at once: the answer is told in the list.
  const ahead = isLook(row) && listed && /^(approve|return)$/.test(form.dataset.action);
  if (ahead) {
    listed.dataset.busy = "1";
    chooseNext(listed, { focus: true });
  }
  const answer = await ask(form.getAttribute("action"), body);
  delete row.dataset.busy;
  if (ahead) delete listed.dataset.busy;
  for (const one of buttons) one.removeAttribute("aria-disabled");
  const fresh = answer.doc.querySelector("[data-task-id]");
  if (panel?.contains(row)) await lookAtBulk();
  else if (fresh) show(fresh, true);
  if (!fresh && !answer.ok) {
    if (ahead && !writing()) look(listed, { focus: true });
    complain(answer, row.isConnected || !listed ? row : listed);
  }
  if (listed?.dataset.outcome === "held") decided.push(listed);
  if (fresh && pane && !panel && listed && !ahead) goOn(listed, form.dataset.action);
  watch();
}

/** What was decided is behind; what was taken back is before the eyes again. */
function goOn(row, action) {
  if (writing()) return;
  const here = idOf(row) === chosen();
  if (action === "undo") look(row, { focus: !row.contains(document.activeElement) });
  else if (here && row.dataset.outcome !== "waiting") chooseNext(row, { focus: !row.contains(document.activeElement) });
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
  } else if (path === "/task" && pane && event.submitter?.closest(".lists")) {
    event.preventDefault();
    open(event.submitter.closest(".row"));
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
  if (details.matches("details.return[open]")) offer(details).focus({ preventScroll: isLook(details.closest("article")) });
}, true);

// In the list the form opens beside it, where there is more to say. Without that, in its row.
document.addEventListener("click", (event) => {
  const summary = event.target.closest?.(".lists details.return:not([open]) > summary");
  const row = summary?.closest(".row");
  if (!row || !pane || event.defaultPrevented) return;
  event.preventDefault();
  open(row, { form: true });
});

/** Puts the ready reasons before the words; answers the field for these. */
export function offer(place) {
  const words = place.querySelector("textarea");
  if (words && !place.querySelector(".choices")) {
    words.previousElementSibling.before(document.getElementById("choices")?.content.cloneNode(true) ?? "");
    fitChoices(place);
  }
  if (words && !words.value) words.value = reasons.get(place.closest("[data-task-id]")?.dataset.taskId ?? OF_MANY) ?? "";
  const ready = [...place.querySelectorAll("[data-code]")].map((button) => wordsOfChoice(button));
  if (words?.value && ready.includes(words.value)) words.dataset.ready = words.value;
  return words;
}

const wordsOfChoice = (button) =>
  filled(button.querySelector("span").textContent, button.closest("[data-task-id]"));

/** `{assignee}`, `{task}` and `{deadline}` of this task; of many at once nobody is named. */
function filled(words, row) {
  const facts = row && (row.matches(".row") ? lookOf(idOf(row)) : row)?.dataset;
  const title = row?.querySelector("h1, h3")?.textContent.trim();
  const known = { assignee: facts?.assignee, task: title, deadline: facts?.deadline };
  return words.replace(/\{(assignee|task|deadline)\}/g, (_, name) => known[name] ?? "").trim();
}

// Ready reasons: one key, or one click, and the words may be changed. Their code goes with them. As long as nobody has
// changed them, Enter sends them.
function choose(button) {
  const form = button.closest("form");
  const words = form.querySelector("textarea");
  words.value = wordsOfChoice(button);
  words.dataset.ready = words.value;
  form.querySelector('[name="reason_code"]').value = button.dataset.code;
  remember(words);
  words.focus();
}

page.addEventListener("click", (event) => {
  const button = event.target.closest("[data-code]");
  if (button) choose(button);
});

/** Neither a closed form nor a task that is read anew takes words away that somebody has begun. */
function remember(words) {
  const row = words.closest("[data-task-id]");
  reasons.set(row ? idOf(row) : OF_MANY, words.value);
}

page.addEventListener("input", (event) => event.target.matches('textarea[name="reason"]') && remember(event.target));

// A day that is typed stands for the choice above it.
page.addEventListener("input", (event) => {
  const later = event.target.closest(".later");
  if (later && event.target.name === "deadline_day") later.querySelector("select").value = "";
  if (later && event.target.name === "deadline") later.querySelector('[name="deadline_day"]').value = "";
});

page.addEventListener("keydown", (event) => {
  const words = event.target;
  if (!words.matches("details.return textarea, #bulk-reason") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && !event.shiftKey && words.value && words.value === words.dataset.ready && words.id !== "bulk-reason") {
    event.preventDefault();
    words.form.requestSubmit();
  }
  if (words.value && words.value !== words.dataset.ready) return;
  const number = !words.dataset.own && !page.classList.contains("keyless");
  const button = number && words.form.querySelectorAll("[data-code]")[Number(event.key) - 1];
  if (button) (event.preventDefault(), choose(button));
});

document.addEventListener("keydown", (event) => {
  const details = event.target.closest?.("details.return[open]");
  if (details && event.key === "Escape") {
    details.open = false;
    details.querySelector("summary").focus();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = details?.querySelector("form") ?? event.target.closest?.(".choose");
    if (!form) return;
    // The rest of the key would press whatever has the focus then.
    event.preventDefault();
    form.requestSubmit();
  }
});

