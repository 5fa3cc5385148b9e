// The queue: its tabs, and the rest of a long list.

import { ask, page } from "./page.js";
import { idOf } from "./rows.js";
import { still } from "./look.js";
import { renewView, viewBody } from "./view.js";
import { tellDock } from "./bulk.js";

// --- The rest of a long list -----------------------------------------------------------------------------------
export const inUse = (row) =>
  row.dataset.outcome !== "waiting" || row.dataset.busy || row.contains(document.activeElement) ||
  row.querySelector("details[open], .pick:checked, .snoozing");

// Thousands of forms at once bring a browser to its knees: the rest waits until somebody comes to the end of the list.
const SHOWN = 200;
const later = new Map();

function further(place) {
  const rows = later.get(place.previousElementSibling)?.splice(0, SHOWN) ?? [];
  const focused = place.contains(document.activeElement);
  place.previousElementSibling.append(...rows);
  place.hidden = !later.get(place.previousElementSibling)?.length;
  if (focused) rows[0]?.querySelector("button").focus();
}

export function furthers() {
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) further(entry.target);
  });
  for (const place of page.querySelectorAll(".further")) {
    place.querySelector("button").addEventListener("click", () => further(place));
    seen.observe(place);
  }
}

/** A row that stays heads a group, or no longer does, as its fresh one says. */
function heading(row, fresh) {
  row.hidden = false;
  row.querySelector(":scope > .group")?.remove();
  const group = fresh.querySelector(":scope > .group");
  if (group) row.prepend(group);
}

/** The fresh rows, except where a person is at work: those rows stay, and stay where they are. */
function merge(list, fresh) {
  const rows = [...fresh.children];
  let before = null;
  for (const old of list.children) {
    if (inUse(old)) {
      const at = rows.findIndex((row) => idOf(row) === idOf(old));
      if (at >= 0) heading(old, rows[at]), (rows[at] = old);
      else rows.splice(rows.findIndex((row) => idOf(row) === before) + 1, 0, old);
    }
    before = idOf(old);
  }
  const needed = rows.findLastIndex(inUse) + 1;
  later.set(list, rows.splice(Math.max(SHOWN, list.children.length, needed)));
  const focus = document.activeElement;
  list.replaceChildren(...rows);
  list.nextElementSibling.hidden = !later.get(list).length;
  if (document.activeElement === focus) return;
  // The focus comes back; nobody has chosen anything by that.
  list.dataset.renewing = "1";
  focus.focus({ preventScroll: true });
  delete list.dataset.renewing;
}

export function renewLists(fresh) {
  const lists = page.querySelector(".lists");
  lists.dataset.complete = fresh.dataset.complete;
  lists.dataset.total = fresh.dataset.total;
  lists.dataset.stamp = fresh.dataset.stamp;
  renewView(fresh.parentElement?.querySelector("#view"));
  const lead = page.querySelector("[data-count]");
  lead.dataset.count = fresh.dataset.total;
  lead.textContent = fresh.dataset.title;
  document.title = document.title.replace(/^.*(?= · )/, fresh.dataset.title);
  for (const section of fresh.querySelectorAll(".list")) {
    const old = document.getElementById(section.id);
    const tab = page.querySelector(`[data-tab="${section.id}"]`);
    for (const place of [old, tab]) place.querySelector(".count").textContent = section.dataset.total;
    old.querySelector(".empty")?.remove();
    const empty = section.querySelector(".empty");
    if (empty) old.querySelector(".rows").before(empty);
    merge(old.querySelector(".rows"), section.querySelector(".rows"));
  }
  if (fresh.dataset.complete === "true") page.querySelector(".more")?.remove();
  tellDock();
  still();
}

/** Whether the rest of the list is on its way; until then it is not asked for news. */
export let completing = false;

export async function complete(tries, pause = 2000) {
  completing = true;
  const answer = await ask("/queue/rows", viewBody());
  const fresh = answer.ok ? answer.doc.querySelector(".lists") : null;
  if (fresh) renewLists(fresh);
  completing = fresh?.dataset.complete !== "true" && tries > 1 && answer.status !== 401;
  // A portal at its limit, or one that is away, is asked less and less.
  if (completing) setTimeout(complete, pause, tries - 1, answer.ok ? 2000 : Math.min(pause * 2, 60000));
}

// --- Tabs out of the links to both lists -----------------------------------------------------------------------
export function tabs(bar) {
  const links = [...bar.querySelectorAll("a")];
  const select = (chosen) => {
    for (const link of links) {
      link.setAttribute("aria-selected", link === chosen);
      link.tabIndex = link === chosen ? 0 : -1;
      document.getElementById(link.dataset.tab).hidden = link !== chosen;
    }
    tellDock();
    still();
  };
  bar.setAttribute("role", "tablist");
  page.classList.add("tabbed");
  for (const link of links) {
    link.setAttribute("role", "tab");
    link.setAttribute("aria-controls", link.dataset.tab);
    document.getElementById(link.dataset.tab).setAttribute("role", "tabpanel");
    link.addEventListener("click", (event) => (event.preventDefault(), select(link)));
  }
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (document.dir === "rtl" ? -1 : 1);
    const next = step && links.at((links.indexOf(event.target) + step) % links.length);
    if (next) (select(next), next.focus());
  });
  const filled = (link) => document.querySelector(`#${link.dataset.tab} .row`);
  select(links.find((link) => link.hash === location.hash) ?? links.find(filled) ?? links[0]);
}
