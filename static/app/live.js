// A change in Bitrix24 shows by itself, also when nobody tells of it.

import { ask, complain, notice, page } from "./page.js";
import { panel } from "./bulk.js";
import { completing, renewLists } from "./list.js";
import { watch } from "./rows.js";
import { viewBody } from "./view.js";

// Our own server is asked often whether Bitrix24 has told of a change; the list itself is read when it has, and once in a
// while when it has not: events get lost.
const OFTEN = 2000;
const ONCE = 8000;
const SELDOM = 60000;

/** So long, or until the page comes back before somebody's eyes. */
function pause(ms) {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    document.addEventListener("visibilitychange", over);
  });
}

export async function keepCurrent() {
  const lists = page.querySelector(".lists");
  let [read, rest, ended] = [performance.now(), OFTEN, false];
  for (;;) {
    await pause(rest);
    if (document.hidden || panel || page.dataset.busy || completing) continue;
    const body = viewBody();
    body.set("stamp", lists.dataset.stamp);
    // A list of thousands is not brought as often as one that a person looks through.
    const once = ONCE * Math.max(1, lists.dataset.total / 500);
    if (performance.now() - read >= once) body.set("due", "1");
    const answer = await ask("/queue/live", body);
    const fresh = answer.ok && answer.doc.querySelector(".lists");
    // Somebody has chosen another view meanwhile: that answer comes by itself.
    if (fresh && viewBody().toString() === body.toString().replace(/&(stamp|due)=[^&]*/g, "")) {
      renewLists(fresh);
      watch();
      read = performance.now();
    }
    // It is said once; a session may come back all the same, and with it all that is asked about.
    const refused = answer.status === 401;
    if (refused && !ended) complain(answer);
    if (answer.ok && ended) {
      if (notice.textContent === notice.dataset.ended) notice.hidden = true;
      watch();
    }
    ended = refused || (ended && !answer.ok);
    // A portal at its limit, or one that is away, is asked less and less.
    rest = answer.ok ? OFTEN : refused ? SELDOM : Math.min(rest * 2, SELDOM);
  }
}
