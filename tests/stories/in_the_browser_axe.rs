//! In the browser: axe-core finds nothing to complain about, light and dark.

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

async fn judged(dark: bool) {
    let axe = axe();
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::with(Screen { dark, ..Screen::default() }).await);
    let install = bitrix.portal().await;
    bitrix.people(&install).await;
    browser.open_alone(&bitrix.open(&install, 1, "INSTALL").await).await;
    let colours = browser.js("return matchMedia('(prefers-color-scheme: dark)').matches").await;
    assert_eq!(colours, dark);
    assert_accessible(&browser, &axe, "install").await;

    let portal = installed(&stack).await;
    let task = |title: &str, age: i64, deadline: &str| {
        json!({"title": title, "description": "Two lines\nof text", "created_by": 2, "responsible_id": 3, "status": 4,
               "handed_in_minutes_ago": age, "deadline": deadline})
    };
    let tasks = json!({"tasks": [
        task("Waits for long", 9000, "2026-01-10T12:00:00+03:00"),
        task("Waits", 2000, "2036-01-10T12:00:00+03:00"),
        task("Just handed in", 5, "2036-01-10T12:00:00+03:00"),
    ]});
    let tasks = bitrix.scenario(&portal, tasks).await;
    browser.open_alone(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert_accessible(&browser, &axe, "queue").await;
    browser.click(&format!("{} .approve", row(tasks[0]))).await;
    browser.outcome(tasks[0], "held").await;
    browser.click(&format!("{} summary", row(tasks[1]))).await;
    assert_accessible(&browser, &axe, "queue, held and open").await;
    browser.click(&format!("{} [data-action=undo] button", row(tasks[0]))).await;
    browser.outcome(tasks[0], "cancelled").await;
    assert_accessible(&browser, &axe, "queue, taken back").await;
    many(&stack, &browser, &axe, &tasks).await;
    browser.click(&format!("{} .title", row(tasks[0]))).await;
    browser.until(&format!("document.querySelector('.look[data-look=\"{}\"]')", tasks[0])).await;
    assert_accessible(&browser, &axe, "queue, a task read").await;
    browser.click("[data-keys]").await;
    assert_accessible(&browser, &axe, "keys").await;
    browser.click("[data-close]").await;
    let card = json!({"user_id": 2, "place": "TASK_VIEW_TAB", "options": {"taskId": tasks[0].to_string()}});
    browser.open_alone(&bitrix.open_with(&portal, card).await).await;
    browser.click("summary").await;
    assert_accessible(&browser, &axe, "task").await;

    elsewhere(&stack, &browser, &axe, &portal).await;
    browser.forgive("404").await;
    browser.finish().await;
    stack.finish().await;
}

/// The pages behind the list.
async fn elsewhere(stack: &Stack, browser: &Browser, axe: &str, portal: &Portal) {
    browser.open_alone(&stack.bitrix.open(portal, 1, "DEFAULT").await).await;
    assert_accessible(browser, axe, "empty queue").await;
    browser.click("[action='/settings'] button").await;
    browser.until("document.querySelector('main').dataset.page == 'settings'").await;
    assert_accessible(browser, axe, "settings").await;
    browser.click(".search .go button").await;
    browser.until("document.querySelector('main').dataset.page == 'calls' && document.querySelector('.entry')").await;
    assert_accessible(browser, axe, "calls").await;
    browser.type_into("#calls-task", "999999").await;
    browser.click(".search .go button").await;
    browser.until("document.querySelector('.empty')").await;
    assert_accessible(browser, axe, "no calls").await;
    browser.click("[action='/actions'] button").await;
    browser.until("document.querySelector('main').dataset.page == 'actions'").await;
    assert_accessible(browser, axe, "no actions").await;
    browser.click("main [action='/actions'] button").await;
    browser.until("document.querySelector('.entry')").await;
    assert_accessible(browser, axe, "everybody's actions").await;
    browser.go(&format!("{}/", stack.public_url())).await;
    assert_accessible(browser, axe, "closed").await;
    browser.go(&format!("{}/no-such-page", stack.public_url())).await;
    assert_accessible(browser, axe, "error").await;
}

/// Choosing, confirming, and every outcome that a bulk can have.
async fn many(stack: &Stack, browser: &Browser, axe: &str, tasks: &[i64]) {
    browser.click("[data-pick=all]").await;
    assert_accessible(browser, axe, "queue, all chosen").await;
    browser.click("#bulk [value=return]").await;
    browser.until("document.querySelector('[data-panel=choose]')").await;
    browser.click(".each > summary").await;
    assert_accessible(browser, axe, "choosing").await;
    browser.type_into("#bulk-reason", "The totals do not match").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelectorAll('.panel [data-outcome=held]').length == 3").await;
    assert_accessible(browser, axe, "a bulk, held").await;
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
    assert_accessible(browser, axe, "a bulk, ended").await;
    stack.change("update reasons set delivery = 'unknown' where delivery = 'failed'").await;
    browser.click(".panel [data-action=back] button").await;
    browser.outcome(tasks[1], "not-run").await;
    browser.until("document.querySelector('.tell [name=looked]')").await;
    assert_accessible(browser, axe, "queue, after a bulk").await;
}

#[tokio::test]
async fn in_the_browser_axe_is_content_in_light_colours() {
    judged(false).await;
}

#[tokio::test]
async fn in_the_browser_axe_is_content_in_dark_colours() {
    judged(true).await;
}
