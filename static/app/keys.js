// The keyboard: every key is a visible control as well. Never while somebody types, never with a modifier.

import { page } from "./page.js";
import { chosenRow, open, pane, step, unfold } from "./look.js";
import { keyForMany, panel } from "./bulk.js";

const help = document.getElementById("keys");
const opener = page.querySelector("[data-keys]");
if (opener && help) {
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
}
help?.addEventListener("click", (event) => event.target.closest("[data-close]") && help.close());

// Whoever dictates presses letters without meaning to: everybody can switch them off in their settings.
page.classList.toggle("keyless", Boolean(help?.hasAttribute("data-off")));

/** A control of the chosen task that can be seen: beside the list, else in its row. */
function control(selector) {
  const beside = pane?.checkVisibility() && pane.querySelector(`[data-look] ${selector}`);
  const found = beside || chosenRow()?.querySelector(selector);
  return found?.checkVisibility() ? found : null;
}

function press(found) {
  found?.click();
  return Boolean(found);
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
  a: () => press(control('[data-action="approve"] .approve')),
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

// A form that asks for something has its letters for itself, also where they fall on a box or a button of it.
const OWN = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog, details.return[open], .snoozing, .choose";

/** What was pressed; where a keyboard writes other letters than Latin, by its place. */
const letterOf = ({ key, code }) =>
  (key.length === 1 && key > "~" && code.startsWith("Key") ? code.slice(3) : key).toLowerCase();

document.addEventListener("keydown", (event) => {
  const own = event.target.closest?.(OWN);
  if (own || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const key = letterOf(event);
  if (key.length === 1 && page.classList.contains("keyless")) return;
  if (event.repeat && !["j", "k", "arrowdown", "arrowup"].includes(key)) return;
  if (keyForMany(key)) return event.preventDefault();
  if (panel) return;
  const meaning = /^[1-9]$/.test(key) ? () => unfoldReturn(false, Number(key)) : meanings[key];
  if (meaning?.(document.activeElement)) event.preventDefault();
});
