// What runs when the page is there.

import { page } from "./page.js";
import { count, watch } from "./rows.js";
import { complete, furthers, tabs } from "./list.js";
import { still } from "./look.js";
import { follow, panel, tellDock } from "./bulk.js";
import { keepCurrent } from "./live.js";

// Whoever pressed something far down on a long page sees what came of it: Bitrix24 leaves its own page where it stood.
if (document.referrer.startsWith(`${location.origin}/`)) {
  (page.querySelector(".said") ?? page.querySelector("h1"))?.scrollIntoView({ block: "nearest" });
}
const bar = page.querySelector(".tabs");
if (bar) tabs(bar);
furthers();
if (page.querySelector('.lists[data-complete="false"]')) complete(20);
page.classList.add("scripted");
page.classList.toggle("desked", Boolean(page.querySelector("[data-pane]")));
count(page);
tellDock();
if (panel) follow();
else still();
// By the row menu's "Return for revision": its form is what was asked for.
const asked = page.dataset.opens === "return" && page.querySelector("details.return");
if (asked) asked.open = true;
watch();
if (page.querySelector(".lists")) keepCurrent();
