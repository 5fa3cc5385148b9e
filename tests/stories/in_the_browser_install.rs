//! In the browser: from installing to a returned task.

use crate::support::{Browser, Stack, Wish, row};
use serde_json::json;

#[tokio::test]
async fn in_the_browser_from_installation_to_a_returned_task() {
    let stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = bitrix.portal().await;
    bitrix.people(&portal).await;
    let tasks = bitrix.waiting(&portal, &["Prepare the offer", "Check the invoice"]).await;
    // As if it had never been here: the administrator finds a button.
    bitrix.post(&format!("portals/{}/uninstall", portal.member_id), json!({"send_event": false})).await;

    browser.visit(&portal, 1, "/marketplace/app/").await;
    browser.click("main button.primary").await;
    browser.frame("queue").await;
    assert!(browser.shown().await.contains("No tasks wait for your control"), "it opens by itself");
    browser.top().await;
    browser.until("location.search.includes('install_finished=Y')").await;
    assert!(bitrix.is_installed(&portal).await);

    browser.open(&portal, 2).await;
    let cookie = "document.cookie = 'a=1; SameSite=None; Secure'; return document.cookie";
    assert_eq!(browser.js(cookie).await, "", "third-party cookies are blocked");
    assert_eq!(browser.text("[data-count]").await, "2 tasks wait for your control");
    browser.js("window.marker = 'the same page'").await;
    browser.return_task(tasks[0], "The totals do not match").await;
    browser.outcome(tasks[0], "held").await;
    let held = browser.text(&format!("{} .outcome", row(tasks[0]))).await;
    assert!(held.starts_with("Will be returned in ") && held.ends_with(" s"), "{held}");
    assert_eq!(bitrix.task(&portal, tasks[0]).await["status"], 4, "not sent yet");
    browser.outcome(tasks[0], "done").await;
    assert_eq!(browser.text(&format!("{} .outcome", row(tasks[0]))).await, "Returned for revision");
    browser
        .until(&format!("document.querySelector('{} .delivery')?.innerText == 'Reason delivered'", row(tasks[0])))
        .await;
    assert_eq!(browser.js("return window.marker").await, "the same page", "without loading a page");

    browser.visit(&portal, 3, &format!("/company/personal/user/3/tasks/task/view/{}/", tasks[0])).await;
    let card = browser.shown().await;
    assert!(
        card.contains("Pending") && card.contains("Carl Creator") && card.contains("The totals do not match"),
        "{card}"
    );
    assert_eq!(bitrix.task(&portal, tasks[0]).await["status"], 2);
    browser.finish().await;
    stack.finish().await;
}

/// A step fails: nothing is finished, the page names it and offers to try again, and then ends by itself.
#[tokio::test]
async fn in_the_browser_an_installation_that_lacks_something_is_repaired() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = bitrix.portal().await;
    bitrix.people(&portal).await;
    let fault =
        json!({"on": "portal", "method": "placement.bind", "kind": "error", "status": 403, "code": "ACCESS_DENIED"});
    bitrix.fault(fault).await;

    browser.visit(&portal, 1, "/marketplace/app/").await;
    browser.frame("install").await;
    let page = browser.shown().await;
    assert!(page.contains("Something is missing") && page.contains("ACCESS_DENIED"), "{page}");
    assert!(browser.count(".step.done").await >= 4 && browser.count(".step.failed").await >= 1, "{page}");
    assert!(!bitrix.is_installed(&portal).await);
    browser.click("[data-action=retry] button").await;
    browser.frame("queue").await;
    browser.top().await;
    browser.until("location.search.includes('install_finished=Y')").await;
    assert!(bitrix.is_installed(&portal).await);
    browser.finish().await;
    stack.finish().await;
}
