// The queue: its tabs, and the rest of a long list.

import { ask, notice, page } from "./page.js";
import { count, idOf } from "./rows.js";
import { begun, forget } from "./ahead.js";
import { still, waits } from "./look.js";
import { renewView, viewBody } from "./view.js";
import { tellDock } from "./bulk.js";

// --- The rest of a long list -----------------------------------------------------------------------------------
const atWork = (row) =>
  row.dataset.busy || row.contains(document.activeElement) || (!notice.hidden && row.contains(notice)) ||
  row.querySelector("details[open], .pick:checked, .snoozing") || begun(idOf(row));
export const inUse = (row) => row.dataset.outcome !== "waiting" || atWork(row);

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

/** When the task came to where the row shows it. */
const seenAt = (row) => Date.parse(row.querySelector(":scope > .pick")?.value.split("@")[1]);

/**
 * What a row says of a decision is over when its task waits again, and what it offers when the task is gone. A list that was
 * read before the decision shows the task as it was seen then: by that nothing is over.
 */
function isOver(old, fresh) {
  if (old.dataset.outcome === "waiting" || old.dataset.decisionId || atWork(old)) return false;
  if (!fresh) return waits(old);
  const offersMore = fresh.dataset.outcome === old.dataset.outcome && !waits(old);
  return waits(fresh) && (offersMore || seenAt(fresh) > seenAt(old) || !old.querySelector(".state > .outcome"));
}

/** Why a decision was refused is still said as long as its task waits on. */
function giveWay(old, fresh) {
  forget(idOf(old));
  const why = old.dataset.outcome === "refused" && !old.dataset.gone && old.querySelector(".state > .outcome");
  if (!fresh || !why || fresh.querySelector(".state > .outcome")) return;
  fresh.dataset.outcome = "refused";
  fresh.querySelector(".state").prepend(why);
}

/** The fresh rows, except where a person is at work: those rows stay, and stay where they are. */
function merge(list, fresh) {
  const rows = [...fresh.children];
  const known = new Map(rows.map((row) => [idOf(row), row]));
  let before = null;
  for (const old of list.children) {
    const [id, same] = [idOf(old), known.get(idOf(old))];
    if (isOver(old, same)) giveWay(old, same);
    else if (inUse(old)) {
      if (same) heading(old, same), (rows[rows.indexOf(same)] = old), delete old.dataset.gone;
      else rows.splice(rows.indexOf(before) + 1, 0, old), (old.dataset.gone = "1");
      known.set(id, old);
    }
    before = known.get(id) ?? before;
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
  count(lists);
  tellDock();
  still();
}

/** Whether the rest of the list is on its way; until then it is not asked for news. */
export let completing = false;

export async function complete(tries, pause = 2000) {
  completing = true;
  const body = viewBody();
  const answer = await ask("/queue/rows", body);
  // Somebody has chosen another view meanwhile: this one is not put over it.
  const asked = answer.ok && viewBody().toString() === body.toString();
  const fresh = asked ? answer.doc.querySelector(".lists") : null;
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
