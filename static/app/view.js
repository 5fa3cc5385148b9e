// How the list is looked at: the form above it, and what is put aside for a while.

import { ask, calm, complain, page, say, session } from "./page.js";
import { inUse, renewLists } from "./list.js";
import { idOf, rowOf } from "./rows.js";

const viewForm = document.getElementById("view");

/** What the form says, as the server reads it. */
export function viewBody() {
  return viewForm ? new URLSearchParams(new FormData(viewForm)) : new URLSearchParams({ session });
}

// --- Filters and groups ----------------------------------------------------------------------------------------
let looks = 0;

/** Asks for the list in this view; only the last of several questions is answered. */
async function lookAgain(aloud) {
  const turn = ++looks;
  const answer = await ask("/queue/rows", viewBody());
  if (turn !== looks) return;
  const fresh = answer.ok && answer.doc.querySelector(".lists");
  if (!fresh) return complain(answer, viewForm);
  calm(viewForm);
  renewLists(fresh);
  if (aloud) say(page.querySelector("[data-count]").textContent, true);
}

/** At once, from what is here; the server's answer has the rest. */
function preview() {
  const { text, project, assignee, overdue } = viewForm.elements;
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of page.querySelectorAll(".lists .row")) {
    const said = row.querySelector(".facts")?.textContent.toLowerCase() ?? "";
    const fits = (!project.value || row.dataset.project === project.value) &&
      (!assignee.value || row.dataset.assignee === assignee.value) &&
      (!overdue.checked || "overdue" in row.dataset) &&
      words.every((word) => said.includes(word) || word === `#${idOf(row)}`);
    row.hidden = !fits && !inUse(row);
  }
}

/** Choices with their counts, unless somebody has one of them open. */
export function renewView(fresh) {
  if (!viewForm || !fresh) return;
  for (const name of ["project", "assignee"]) {
    const [old, news] = [viewForm.elements[name], fresh.querySelector(`[name="${name}"]`)];
    if (document.activeElement === old || old.textContent === news.textContent) continue;
    const value = old.value;
    old.replaceChildren(...news.children);
    old.value = value;
  }
  for (const count of ["[data-active]", "[data-snoozed]"]) {
    viewForm.querySelector(count).textContent = fresh.querySelector(count).textContent;
  }
  viewForm.querySelector('[name="reset"]').hidden = fresh.querySelector('[name="reset"]').hidden;
}

// Folded on a small screen alone. The style sheet says the same to a page without script.
const filters = viewForm?.querySelector(".filters");
const small = matchMedia("(max-width: 640px)");
const fold = () => filters && (filters.open = !small.matches);
small.addEventListener("change", fold);
fold();

let typing = 0;
viewForm?.addEventListener("input", (event) => {
  preview();
  clearTimeout(typing);
  typing = setTimeout(lookAgain, event.target.matches("[data-filter]") ? 300 : 0, true);
});

function resetView() {
  viewForm.elements.text.value = "";
  for (const name of ["project", "assignee"]) viewForm.elements[name].value = "";
  for (const box of viewForm.querySelectorAll(".pick")) box.checked = false;
  preview();
  lookAgain(true);
  viewForm.elements.text.focus();
}

// --- Saved reasons -----------------------------------------------------------------------------------------------
/** Leaves out what is not for the task's project; of many tasks at once, what is not for all of them. */
export function fitChoices(place) {
  const many = place.closest('[data-panel="choose"]');
  const one = place.closest("[data-task-id]")?.dataset.taskId;
  const rows = many ? [...page.querySelectorAll(".rows > .row:has(> .pick:checked)")] : one ? [rowOf(one)] : [];
  const fits = (button) => rows.every((row) =>
    !row?.dataset.project || button.dataset.projects.split(" ").includes(row.dataset.project));
  for (const button of place.querySelectorAll("[data-projects]")) if (!fits(button)) button.remove();
  for (const key of place.querySelectorAll("[data-code] kbd")) key.remove();
  for (const [nth, button] of [...place.querySelectorAll("[data-code]")].slice(0, 9).entries()) {
    button.prepend(Object.assign(document.createElement("kbd"), { textContent: nth + 1 }), " ");
  }
}

// --- Putting aside ---------------------------------------------------------------------------------------------
function askUntil(button) {
  const row = button.closest("[data-task-id]");
  const open = row.querySelector(".snoozing");
  if (open) return closeUntil(open);
  const form = document.getElementById("snooze-form").content.firstElementChild.cloneNode(true);
  form.elements.task_id.value = button.value;
  form.opener = button;
  row.append(form);
  form.querySelector('[value="hour"]').focus();
}

function closeUntil(form) {
  const opener = form.opener;
  form.remove();
  if (opener?.isConnected) opener.focus();
}

async function putAside(form, submitter) {
  const row = (form.opener ?? submitter).closest("[data-task-id]");
  if (row.dataset.busy) return;
  row.dataset.busy = "1";
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  const answer = await ask(form.getAttribute("action"), body);
  delete row.dataset.busy;
  if (!answer.ok) return complain(answer, row);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (row.parentElement.matches(".rows")) row.remove();
  else form.remove();
  next?.querySelector(".title")?.focus({ preventScroll: true });
  say(answer.doc.querySelector(".said")?.textContent ?? "", true);
  lookAgain();
}

page.addEventListener("click", (event) => {
  const button = event.target.closest('[data-action="snooze"]');
  if (button) (event.preventDefault(), askUntil(button));
});

page.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest?.(".snoozing");
  if (form) (event.stopPropagation(), closeUntil(form));
});

// Before anybody else sees it: these forms decide nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const path = form.getAttribute("action");
  if (form === viewForm) event.submitter?.name === "reset" ? resetView() : lookAgain(true);
  else if (page.dataset.page === "queue" && (path === "/wake" || path === "/snooze")) putAside(form, event.submitter);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
