//! In the browser: axe-core finds nothing to complain about, on any page, in any state, light and dark, in every language and
//! in the mirrored one.

use crate::support::{Browser, Portal, Screen, Stack, Wish, installed, row};
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// axe-core's source, brought by a script that checks its sum; it is not part of the repository.
fn axe() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let brought = Command::new(root.join("scripts/axe.sh")).output().expect("scripts/axe.sh runs");
    let said = String::from_utf8_lossy(&brought.stderr);
    assert!(brought.status.success(), "axe-core cannot be had; scripts/axe.sh says: {said}");
    let folder = std::fs::read_dir(root.join(".cache/axe")).unwrap().next().unwrap().unwrap();
    std::fs::read_to_string(folder.path().join("axe.min.js")).unwrap()
}

/// Who looks, and with what.
struct Judge {
    browser: Browser,
    axe: String,
    lang: &'static str,
}

impl Judge {
    async fn new(dark: bool, lang: &'static str) -> Self {
        let browser = Browser::with(Screen { dark, lang, ..Screen::default() }).await;
        Self { browser, axe: axe(), lang }
    }

    /// The page is in the language, and nothing is wrong with it.
    async fn likes(&self, what: &str) {
        assert_eq!(self.browser.js("return document.documentElement.lang").await, self.lang, "{what}");
        assert_accessible(&self.browser, &self.axe, &format!("{}: {what}", self.lang)).await;
    }
}

async fn assert_accessible(browser: &Browser, axe: &str, what: &str) {
    browser.js(axe).await;
    let found = browser
        .js_async("axe.run(document).then(r => done({violations: r.violations, passes: r.passes.length}))")
        .await;
    let complaint = |v: &Value| {
        let nodes = v["nodes"].as_array().unwrap().iter().take(4);
        let nodes: Vec<String> = nodes.map(|n| format!("{} {}", n["html"], n["any"][0]["message"])).collect();
        format!("{what}: {}: {}", v["id"], nodes.join("; "))
    };
    let complaints: Vec<String> = found["violations"].as_array().unwrap().iter().map(complaint).collect();
    assert_eq!(complaints, Vec::<String>::new());
    assert!(found["passes"].as_u64().unwrap() >= 8, "axe looked: {found}");
}

/// The administrator and the creator read in this language.
async fn speak(stack: &Stack, portal: &Portal, lang: &str) {
    let people = json!([
        {"id": 1, "name": "Ada", "last_name": "Admin", "admin": true, "lang": lang},
        {"id": 2, "name": "Carl", "last_name": "Creator", "lang": lang},
    ]);
    let project = json!({"id": 9, "name": "Office", "members": [2, 3]});
    stack.bitrix.scenario(portal, json!({ "users": people, "groups": [project] })).await;
}

/// Everything that there is, in one scheme of colours and one language.
async fn judged(dark: bool, lang: &'static str) {
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (bitrix, judge) = (&stack.bitrix, Judge::new(dark, lang).await);
    let browser = &judge.browser;
    let install = bitrix.portal().await;
    bitrix.people(&install).await;
    speak(&stack, &install, lang).await;
    browser.open_alone(&bitrix.open(&install, 1, "INSTALL").await).await;
    let colours = browser.js("return matchMedia('(prefers-color-scheme: dark)').matches").await;
    assert_eq!(colours, dark);
    judge.likes("install").await;

    let portal = installed(&stack).await;
    speak(&stack, &portal, lang).await;
    let task = |title: &str, age: i64, deadline: &str| {
        json!({"title": title, "description": "Two lines\nof text", "created_by": 2, "responsible_id": 3, "status": 4,
               "group_id": 9, "handed_in_minutes_ago": age, "deadline": deadline})
    };
    let tasks = json!({"tasks": [
        task("Waits for long", 9000, "2026-01-10T12:00:00+03:00"),
        task("Waits", 2000, "2036-01-10T12:00:00+03:00"),
        task("Just handed in", 5, "2036-01-10T12:00:00+03:00"),
    ]});
    let tasks = bitrix.scenario(&portal, tasks).await;
    browser.open_alone(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    judge.likes("queue").await;
    browser
        .js("const g = document.getElementById('view-group'); g.value = 'age'; \
             g.dispatchEvent(new Event('input', {bubbles: true}))")
        .await;
    browser.until("document.querySelectorAll('#mine .group').length == 3").await;
    browser.click(&format!("{} .title", row(tasks[2]))).await;
    browser.click(&format!("{} [data-action=snooze]", row(tasks[2]))).await;
    judge.likes("queue, grouped, putting aside").await;
    browser.keys(thirtyfour::Key::Escape).await;
    browser.click(&format!("{} .approve", row(tasks[0]))).await;
    browser.outcome(tasks[0], "held").await;
    browser.click(&format!("{} summary", row(tasks[1]))).await;
    judge.likes("queue, held and open").await;
    browser.click(&format!("{} [data-action=undo] button", row(tasks[0]))).await;
    browser.outcome(tasks[0], "cancelled").await;
    judge.likes("queue, taken back").await;
    many(&stack, &judge, &tasks).await;
    browser.click(&format!("{} .title", row(tasks[0]))).await;
    browser.until(&format!("document.querySelector('.look[data-look=\"{}\"]')", tasks[0])).await;
    judge.likes("queue, a task read").await;
    browser.click("[data-keys]").await;
    judge.likes("keys").await;
    browser.click("[data-close]").await;
    let card = json!({"user_id": 2, "place": "TASK_VIEW_TAB", "options": {"taskId": tasks[0].to_string()}});
    browser.open_alone(&bitrix.open_with(&portal, card).await).await;
    browser.click("summary").await;
    judge.likes("task").await;

    places(&stack, &judge, &portal, tasks[0]).await;
    elsewhere(&stack, &judge, &portal).await;
    browser.forgive("404").await;
    judge.browser.finish().await;
    stack.finish().await;
}

/// What the places in Bitrix24 open.
async fn places(stack: &Stack, judge: &Judge, portal: &Portal, task: i64) {
    let (bitrix, browser) = (&stack.bitrix, &judge.browser);
    let menu = json!({"user_id": 2, "place": "TASK_LIST_CONTEXT_MENU", "options": {"ID": task.to_string()}});
    browser.open_alone(&bitrix.open_with(portal, menu).await).await;
    browser.until("document.querySelector('details.return[open] .choices')").await;
    judge.likes("task, from the row menu").await;
    let toolbar = json!({"user_id": 2, "place": "TASK_GROUP_LIST_TOOLBAR", "options": {"GROUP_ID": "9"}});
    browser.open_alone(&bitrix.open_with(portal, toolbar).await).await;
    browser.until("document.querySelector('.part')").await;
    judge.likes("queue, of a project").await;
}

/// The pages behind the list.
async fn elsewhere(stack: &Stack, judge: &Judge, portal: &Portal) {
    let browser = &judge.browser;
    browser.open_alone(&stack.bitrix.open(portal, 1, "DEFAULT").await).await;
    judge.likes("empty queue").await;
    browser.click("[action='/health'] button").await;
    browser.until("document.querySelector('main').dataset.page == 'health'").await;
    judge.likes("health").await;
    for (press, page) in [
        (".sections [action='/settings/portal'] button", "portal"),
        ("[action='/settings/reason'] button", "reason"),
        (".sections [action='/settings/mine'] button", "mine"),
        (".sections [action='/health'] button", "health"),
        ("[action='/health/mend'] button", "health"),
        (".sections [action='/data'] button", "data"),
        ("[formaction='/data/erase']", "erase"),
        ("main [action='/data'] button", "data"),
        (".sections [action='/health'] button", "health"),
    ] {
        browser.click(press).await;
        browser.until(&format!("document.querySelector('main').dataset.page == '{page}'")).await;
        judge.likes(page).await;
    }
    browser.click(".search .go button").await;
    browser.until("document.querySelector('main').dataset.page == 'calls' && document.querySelector('.entry')").await;
    judge.likes("calls").await;
    browser.type_into("#calls-task", "999999").await;
    browser.click(".search .go button").await;
    browser.until("document.querySelector('.empty')").await;
    judge.likes("no calls").await;
    browser.click("[action='/actions'] button").await;
    browser.until("document.querySelector('main').dataset.page == 'actions'").await;
    judge.likes("no actions").await;
    browser.click("main [action='/actions'] button").await;
    browser.until("document.querySelector('.entry')").await;
    judge.likes("everybody's actions").await;
    browser.go(&format!("{}/", stack.public_url())).await;
    judge.likes("closed").await;
    for paper in ["terms", "privacy"] {
        browser.go(&format!("{}/{paper}?lang={}", stack.public_url(), judge.lang)).await;
        judge.likes(paper).await;
    }
    browser.go(&format!("{}/no-such-page", stack.public_url())).await;
    judge.likes("error").await;
}

/// Choosing, confirming, and every outcome that a bulk can have.
async fn many(stack: &Stack, judge: &Judge, tasks: &[i64]) {
    let browser = &judge.browser;
    browser.click("[data-pick=all]").await;
    judge.likes("queue, all chosen").await;
    browser.click("#bulk [value=return]").await;
    browser.until("document.querySelector('[data-panel=choose]')").await;
    browser.click(".each > summary").await;
    judge.likes("choosing").await;
    browser.type_into("#bulk-reason", "The totals do not match").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelectorAll('.panel [data-outcome=held]').length == 3").await;
    judge.likes("a bulk, held").await;
    let is = |task: i64, state: &str| {
        format!("update decisions set {state}, finished_at = now() where state = 'held' and task_id = {task}")
    };
    stack.change(&is(tasks[1], "state = 'not_run', detail = 'no_trace'")).await;
    stack.change("update reasons r set delivery = 'failed' from decisions d where d.decision_id = r.decision_id and d.state = 'held'").await;
    stack.change(&is(tasks[2], "state = 'done'")).await;
    browser.click(".panel [data-action=undo-all] button").await;
    browser
        .until("document.querySelector('.panel [data-action=retry]') && document.querySelector('.panel .tell')")
        .await;
    judge.likes("a bulk, ended").await;
    stack.change("update reasons set delivery = 'unknown' where delivery = 'failed'").await;
    browser.click(".panel [data-action=back] button").await;
    browser.outcome(tasks[1], "not-run").await;
    browser.until("document.querySelector('.tell [name=looked]')").await;
    judge.likes("queue, after a bulk").await;
}

#[tokio::test]
async fn p72_in_the_browser_axe_is_content_in_light_colours() {
    judged(false, "en").await;
}

#[tokio::test]
async fn p72_in_the_browser_axe_is_content_in_dark_colours_in_german() {
    judged(true, "de").await;
}

#[tokio::test]
async fn p72_in_the_browser_axe_is_content_in_dark_colours_in_russian() {
    judged(true, "ru").await;
}

#[tokio::test]
async fn p72_in_the_browser_axe_is_content_in_light_colours_from_right_to_left() {
    judged(false, "he-XB").await;
}
