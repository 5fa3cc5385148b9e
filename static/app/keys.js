// The keyboard: every key is a visible control as well. Never while somebody types, never with a modifier.

import { page } from "./page.js";
import { lookOf } from "./ahead.js";
import { chosenRow, chosen, open, pane, step, unfold } from "./look.js";
import { keyForMany, panel } from "./bulk.js";

const help = document.getElementById("keys");
const opener = page.querySelector("[data-keys]");
if (opener && help) {
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
}
help?.addEventListener("click", (event) => event.target.closest("[data-close]") && help.close());

/** A control of the chosen task: beside the list, else in its row. */
const control = (selector) => (pane && lookOf(chosen())?.querySelector(selector)) || chosenRow()?.querySelector(selector);

function press(found) {
  if (!found) return false;
  if (found.matches("form")) found.requestSubmit();
  else found.click();
  return true;
}

function unfoldReturn(own, code) {
  const details = control("details.return");
  if (!details) return false;
  if (pane) open(chosenRow(), { form: true, own, code });
  else unfold(details, own, code);
  return true;
}

const meanings = {
  j: () => pane && (step(1), true),
  k: () => pane && (step(-1), true),
  arrowdown: (focused) => focused?.matches(".title") && (step(1), true),
  arrowup: (focused) => focused?.matches(".title") && (step(-1), true),
  a: () => press(control('form[data-action="approve"]')),
  r: () => unfoldReturn(false),
  c: () => unfoldReturn(true),
  h: () => press(control('[data-action="snooze"]')),
  o: () => press(control("a[data-open]")),
  "/": () => {
    const filter = page.querySelector("[data-filter]");
    filter?.focus();
    return Boolean(filter);
  },
  "?": () => help && (help.showModal(), true),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const key = event.key.toLowerCase();
  if (event.repeat && !["j", "k", "arrowdown", "arrowup"].includes(key)) return;
  if (keyForMany(key)) return event.preventDefault();
  if (panel) return;
  const meaning = /^[1-9]$/.test(key) ? () => unfoldReturn(false, Number(key)) : meanings[key];
  if (meaning?.(document.activeElement)) event.preventDefault();
});
