//! In the browser: a triage by what a screen reader says, and nothing else. Every control is found by its computed name
//! behind the heading that it belongs to, and pressed by keyboard; what happened is announced. And at 200 %.

use super::in_the_browser_look::{CREATOR, looks_at};
use crate::support::{Browser, Stack, Wish, installed};
use serde_json::json;
use thirtyfour::Key;

/// The announcement that names a task.
async fn hears(browser: &Browser, task: &str, words: &str) {
    let live = "document.getElementById('live')";
    assert_eq!(browser.js(&format!("return {live}.getAttribute('aria-live')")).await, "polite");
    browser
        .until(&format!(
            "{live}.textContent.includes({}) && {live}.textContent.includes({})",
            json!(task),
            json!(words)
        ))
        .await;
}

#[tokio::test]
async fn p33_p72_in_the_browser_a_triage_by_names_alone_and_at_200_percent() {
    let stack = Stack::with(Wish { undo: "6s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["First offer", "Second offer", "Third offer"]).await;
    // Alone: a driver computes no names inside another site's frame.
    browser.open_alone(&bitrix.open(&portal, CREATOR, "DEFAULT").await).await;
    browser.until(&looks_at(tasks[0])).await;

    browser.press_named("h1", "First offer", "Return for revision…", Key::Enter).await;
    browser.until("document.activeElement.matches('textarea')").await;
    browser.press_named("h1", "First offer", "The result is missing.", Key::Enter).await;
    let (role, value) = browser.read_named("h1", "First offer", "Reason for the assignee").await;
    assert_eq!((role.as_str(), value.as_str()), ("textbox", "The result is missing."));
    browser.press_named("h1", "First offer", "Return for revision", Key::Enter).await;
    hears(&browser, "First offer", "Will be returned").await;

    browser.until(&looks_at(tasks[1])).await;
    browser.press_named("h1", "Second offer", "Accept as completed", Key::Enter).await;
    hears(&browser, "Second offer", "Will be accepted").await;
    browser.press_named("h3", "Second offer", "Undo", Key::Enter).await;
    hears(&browser, "Second offer", "Taken back").await;
    browser.outcome(tasks[0], "done").await;
    let now = bitrix.task(&portal, tasks[0]).await;
    assert_eq!((&now["status"], now["chat"].as_array().map(Vec::len)), (&json!(2), Some(1)));
    assert_eq!(bitrix.task(&portal, tasks[1]).await["status"], 4, "taken back");

    // 1280 x 800 at 200 %.
    browser.resize(640, 400).await;
    browser.open_alone(&bitrix.open(&portal, CREATOR, "DEFAULT").await).await;
    assert!(!browser.scrolls_sideways().await, "the list");
    browser.press_named("h3", "Third offer", "Return for revision…", Key::Enter).await;
    browser.until("document.activeElement.matches('textarea')").await;
    assert!(!browser.scrolls_sideways().await, "the form");
    browser.finish().await;
    stack.finish().await;
}
