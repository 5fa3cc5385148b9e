// What every page has: who asks, how it asks, what is said to a person.

export const page = document.querySelector("main[data-page]");
const live = document.getElementById("live");
export const notice = document.getElementById("notice");
export const session = document.querySelector('meta[name="handback-session"]')?.content ?? "";

const within = (promise, ms) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms, null))]);

// --- Bitrix24's own script: it may be absent, late, or never answer --------------------------------------------
export let bx = null;
const bitrix = new Promise((resolve) => {
  const start = () => window.BX24?.init(() => resolve((bx = window.BX24)));
  if (window.BX24) start();
  else document.querySelector("script[data-bx24]")?.addEventListener("load", start);
});

// Nothing moves under a hand that is pressing.
export let pressing = false;
page?.addEventListener("pointerdown", () => (pressing = true), true);
for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, () => (pressing = false), true);

bitrix.then(() => {
  if (page.dataset.finish === "true") bx.installFinish();
  let timer = 0;
  const fit = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (pressing ? fit() : bx.fitWindow()), 100);
  };
  new ResizeObserver(fit).observe(document.body);
});

// --- Asking the server -----------------------------------------------------------------------------------------
async function post(url, body, type) {
  const headers = { "X-Session": session, "X-Fragment": "row", Accept: "text/html" };
  if (type) headers["Content-Type"] = type;
  try {
    const answer = await fetch(url, { method: "POST", headers, body });
    return { ok: answer.ok, status: answer.status, text: await answer.text() };
  } catch {
    return { ok: false, status: 0, text: "" };
  }
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html");
const errorOf = (doc) => doc.querySelector("[data-error]")?.dataset.error;

/** Asks; when the session has ended, renews it once through Bitrix24 and asks again. */
export async function ask(url, body, type) {
  let answer = await post(url, body, type);
  let doc = parse(answer.text);
  if (answer.status === 401 && errorOf(doc) === "session_ended") {
    const fresh = await renewed();
    if (fresh?.ok) answer = await post(url, body, type);
    // Only these say that it has ended. A network that is not up yet, or a server, is told as what it is.
    else if (fresh && ![401, 403].includes(fresh.status)) answer = fresh;
    doc = parse(answer.text);
  }
  return { ...answer, doc };
}

let renewal = null;
function renewed() {
  renewal ??= renew().finally(() => (renewal = null));
  return renewal;
}

/** How our server answered to new access; the session lives on under its old token. `null`: Bitrix24 gave none. */
async function renew() {
  if (!(await within(bitrix, 3000))) return null;
  await within(new Promise((resolve) => bx.refreshAuth(resolve)), 5000);
  const token = bx.getAuth()?.access_token;
  if (!token) return null;
  return post("/session", new URLSearchParams({ session, access_token: token }));
}

/** Says what went wrong, beside the thing that it is about. */
export function complain(answer, near) {
  const words = [...answer.doc.querySelectorAll("[data-error] h1, [data-error] .advice, [data-error] .hint, [data-error] [data-id]")];
  const ended = answer.status === 401 && errorOf(answer.doc) === "session_ended";
  notice.textContent = ended
    ? notice.dataset.ended
    : words.map((one) => one.textContent).join(". ") ||
      (answer.status === 0 ? notice.dataset.offline : notice.dataset.failed);
  // What stands in the way can be looked at.
  notice.append(...answer.doc.querySelectorAll('[data-error] form[action^="/bulk"]'));
  (near ?? page).append(notice);
  notice.hidden = false;
}

/** What was complained of there is over. */
export const calm = (place) => {
  if (notice.parentElement === place) notice.hidden = true;
};

/** Somebody writes. What comes late leaves them the focus: elsewhere their next letters would be commands. */
export const writing = () => Boolean(document.activeElement?.matches("textarea, select, input:not([type=checkbox])"));

// What is said politely: of many rows at once not each, but what is said of all of them, else the first.
let spoken = [];
export function say(words, ofAll) {
  if (!spoken.length) {
    setTimeout(() => {
      const summed = spoken.length > 4 ? spoken.filter((one) => one.ofAll) : [];
      live.textContent = (summed.length ? summed : spoken.slice(0, 4)).map((one) => one.words).join(" ");
      spoken = [];
    }, 50);
  }
  spoken.push({ words, ofAll });
}
