//! In the browser: every language has its room on a small screen, and the mirrored one is a mirror.

use crate::support::{Browser, Portal, Screen, Stack, Wish, installed, row};
use serde_json::json;
use thirtyfour::Key;

async fn speaks(stack: &Stack, portal: &Portal, lang: &str) {
    let user = json!({"id": 2, "name": "Carl", "last_name": "Creator", "admin": true, "lang": lang});
    stack.bitrix.scenario(portal, json!({ "users": [user] })).await;
}

/// Nothing has to be scrolled sideways, and no button or box hangs over the edge.
async fn fits(browser: &Browser, what: &str) {
    let over = "return [...document.querySelectorAll('button, summary, .badge, textarea, input, li, h1')]\
                .filter(e => e.checkVisibility()).map(e => [e, e.getBoundingClientRect()])\
                .filter(([e, r]) => r.width > 1 && (r.left < -0.5 || r.right > innerWidth + 0.5))\
                .map(([e]) => e.outerHTML.slice(0, 200))";
    let over = browser.js(over).await;
    assert_eq!(over, json!([]), "{what}");
    assert!(!browser.scrolls_sideways().await, "{what}");
}

async fn walk(stack: &Stack, browser: &Browser, portal: &Portal, tasks: &[i64], lang: &str) {
    speaks(stack, portal, lang).await;
    browser.open(portal, 2).await;
    assert_eq!(browser.js("return document.documentElement.lang").await, lang);
    fits(browser, &format!("{lang}: queue")).await;
    browser.js(&format!("document.querySelector('{} [data-action=snooze]').click()", row(tasks[1]))).await;
    fits(browser, &format!("{lang}: putting aside")).await;
    browser.keys(Key::Escape).await;
    browser.js(&format!("document.querySelector('{} summary').click()", row(tasks[0]))).await;
    browser.until("document.querySelector('.choices')").await;
    fits(browser, &format!("{lang}: return form")).await;
    browser.type_into(&format!("{} details[open] textarea", row(tasks[0])), "Totals").await;
    browser.click(&format!("{} details[open] button.primary", row(tasks[0]))).await;
    browser.outcome(tasks[0], "held").await;
    // Beside the list the next one follows; the list is one step back.
    browser.click("[data-step=list]").await;
    fits(browser, &format!("{lang}: held")).await;
    browser.click(&format!("{} [data-action=undo] button", row(tasks[0]))).await;
    browser.outcome(tasks[0], "cancelled").await;
    browser.js("document.querySelector('[data-pick=all]').click()").await;
    fits(browser, &format!("{lang}: chosen")).await;
    browser.js("document.querySelector('#bulk [value=return]').click()").await;
    browser.until("document.querySelector('[data-panel=choose] .choices')").await;
    fits(browser, &format!("{lang}: dialog")).await;
    browser.type_into("#bulk-reason", "Totals").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelector('[data-panel=bulk] [data-action=undo-all]')").await;
    fits(browser, &format!("{lang}: bulk")).await;
    browser.click(".panel [data-action=undo-all] button").await;
    browser.until("!document.querySelector('.panel [data-outcome=held]')").await;
    browser.click(".panel [data-action=back] button").await;
    browser.until("!document.querySelector('.panel')").await;
    for (form, page) in [
        ("/health", "health"),
        ("/settings/portal", "portal"),
        ("/settings/reason", "reason"),
        ("/settings/mine", "mine"),
        ("/health", "health"),
        ("/settings/calls", "calls"),
        ("/actions", "actions"),
    ] {
        browser.js(&format!("document.querySelector('[action=\"{form}\"] button').click()")).await;
        browser.until(&format!("document.querySelector('main')?.dataset.page == '{page}'")).await;
        fits(browser, &format!("{lang}: {page}")).await;
    }
    browser.visit(portal, 2, &format!("/company/personal/user/2/tasks/task/view/{}/", tasks[0])).await;
    browser.frame("task").await;
    fits(browser, &format!("{lang}: task")).await;
}

#[tokio::test]
async fn p69_p73_in_the_browser_every_language_has_its_room_at_360_px() {
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let browser = Browser::with(Screen { width: 360, height: 740, ..Screen::default() }).await;
    let portal = installed(&stack).await;
    let long = "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichenverordnung";
    let tasks = stack.bitrix.waiting(&portal, &["Price list", long]).await;
    for lang in ["de", "ru", "en", "he-XB"] {
        walk(&stack, &browser, &portal, &tasks, lang).await;
    }
    browser.finish().await;
    stack.finish().await;
}

/// What is at the left in English is at the right, by as much; and the arrow that points onwards points to the left.
#[tokio::test]
async fn p73_in_the_browser_the_mirrored_language_is_a_mirror() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    bitrix.waiting(&portal, &["A", "B"]).await;
    // From the edge at which a line begins.
    let begins = "const rtl = document.dir == 'rtl'; return ['.product', 'main h1', '.tabs a', '.row .pick', '.row .meta',\
                  '.row .title', '.dock'].map(css => { const r = document.querySelector(css).getBoundingClientRect();\
                  return Math.round(rtl ? innerWidth - r.right : r.left); })";
    speaks(&stack, &portal, "en").await;
    browser.open(&portal, 2).await;
    let english = browser.js(begins).await;
    speaks(&stack, &portal, "he-XB").await;
    browser.open(&portal, 2).await;
    assert_eq!(browser.js("return document.dir").await, "rtl");
    assert_eq!(browser.js(begins).await, english);
    assert!(!browser.shown().await.contains("Pending review"), "English letters");

    browser.click(".tabs a").await;
    browser.keys(Key::Left).await;
    let chosen = "document.querySelector('.tabs a[aria-selected=true]').dataset.tab";
    assert_eq!(browser.js(&format!("return {chosen}")).await, "also", "onwards");
    browser.keys(Key::Right).await;
    assert_eq!(browser.js(&format!("return {chosen}")).await, "mine");
    browser.finish().await;
    stack.finish().await;
}
