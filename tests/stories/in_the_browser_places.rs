//! In the browser: the application inside the native card and behind a row's menu.

use crate::support::{Browser, Stack, installed, row};
use serde_json::json;

#[tokio::test]
async fn in_the_browser_a_task_is_returned_from_its_card_and_from_the_row_menu() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["From the card", "From the menu"]).await;

    browser.visit(&portal, 2, &format!("/company/personal/user/2/tasks/task/view/{}/", tasks[0])).await;
    browser.frame("task").await;
    assert_eq!(browser.count("[data-task-id]").await, 1, "the one task");
    assert_eq!(browser.text("h1").await, "From the card");
    assert!(!browser.scrolls_sideways().await);
    browser.return_task(tasks[0], "See the remarks").await;
    browser.outcome(tasks[0], "done").await;
    browser.until("document.querySelector('.delivery')?.innerText == 'Reason delivered'").await;
    browser.visit(&portal, 2, &format!("/company/personal/user/2/tasks/task/view/{}/", tasks[0])).await;
    browser.until("document.querySelector('main').innerText.includes('See the remarks')").await;
    browser.frame("task").await;
    assert!(browser.shown().await.contains("This task does not wait for control."));

    browser.visit(&portal, 2, "/company/personal/user/2/tasks/").await;
    browser.click("[aria-label='Menu of From the menu']").await;
    browser.click("details[open] div a:nth-of-type(2)").await;
    browser.frame_in(&[".slider iframe", ".app-frame iframe"], "task").await;
    assert_eq!(browser.text("h1").await, "From the menu");
    // What the entry of the menu promised is there at once; it can be closed.
    browser.until("document.activeElement.matches('details.return[open] textarea')").await;
    browser.until("document.querySelector('details.return .choices')").await;
    browser.click("summary").await;
    browser.click(&format!("{} .approve", row(tasks[1]))).await;
    browser.outcome(tasks[1], "done").await;
    assert_eq!(bitrix.task(&portal, tasks[0]).await["status"], 2);
    assert_eq!(bitrix.task(&portal, tasks[1]).await["status"], 5);

    // From the list to the native card and back: the row looks again.
    let more = bitrix.waiting(&portal, &["Decided in the card"]).await;
    browser.open(&portal, 2).await;
    browser.click(&format!("{} [data-open]", row(more[0]))).await;
    browser.top().await;
    browser.enter(".slider iframe").await;
    browser.click("button[value=approve]").await;
    browser.until("document.querySelector('main').innerText.includes('Completed')").await;
    browser.top().await;
    browser.click(".slider .close").await;
    browser.frame("queue").await;
    // Where the list is read anew before its row, the row is no longer in it.
    let said = "document.querySelector('.lists ROW')?.innerText.includes('does not wait for control') \
                || !document.querySelector('.lists ROW') && document.querySelector('main').innerText.includes('No tasks wait')";
    browser.until(&said.replace("ROW", &row(more[0]))).await;
    browser.finish().await;
    stack.finish().await;
}

/// Every place in the portal's own pages: what it is called there, and what it opens in its frame.
#[tokio::test]
async fn p64_p66_p68_in_the_browser_each_place_opens_its_view() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let all = json!({
        "users": [{"id": 2, "name": "Carl", "last_name": "Creator", "lang": "de"}],
        "groups": [{"id": 9, "name": "Office", "members": [2, 3]}],
        "tasks": [
            {"title": "Plain", "created_by": 2, "responsible_id": 3},
            {"title": "Inside", "created_by": 2, "responsible_id": 4, "group_id": 9},
        ],
    });
    let tasks = bitrix.scenario(&portal, all).await;
    let shown = "return [...document.querySelectorAll('.lists .row')].map(row => Number(row.dataset.taskId))";

    browser.visit(&portal, 2, "/company/personal/user/2/tasks/").await;
    browser.click(".menu a[data-slider]").await;
    browser.frame_in(&[".slider iframe", ".app-frame iframe"], "queue").await;
    assert_eq!(browser.js(shown).await, json!(tasks), "the main menu: everything");

    browser.visit(&portal, 2, "/workgroups/group/9/tasks/").await;
    assert_eq!(browser.text("a.button[data-slider]").await, "Wird kontrolliert");
    browser.click("a.button[data-slider]").await;
    browser.frame_in(&[".slider iframe", ".app-frame iframe"], "queue").await;
    assert_eq!(browser.js(shown).await, json!([tasks[1]]));
    assert_eq!(browser.text(".part p").await, "Projekt Office");
    browser.click(".part button").await;
    browser.until("!document.querySelector('.part') && document.querySelectorAll('.lists .row').length == 2").await;

    browser.visit(&portal, 2, "/company/personal/user/3/tasks/").await;
    browser.click("a.button[data-slider]").await;
    browser.frame_in(&[".slider iframe", ".app-frame iframe"], "queue").await;
    assert_eq!(
        (browser.js(shown).await, browser.text(".part p").await),
        (json!([tasks[0]]), "Verantwortliche Person Eva Assignee".to_owned())
    );

    browser.visit(&portal, 2, &format!("/marketplace/view/sandbox.app/?params[taskId]={}", tasks[1])).await;
    browser.frame("task").await;
    assert_eq!(browser.text("h1").await, "Inside");
    assert_eq!(browser.count("details.return[open]").await, 0, "a link only shows");
    browser.visit(&portal, 2, "/marketplace/view/sandbox.app/?params[groupId]=9").await;
    browser.frame("queue").await;
    assert_eq!(browser.js(shown).await, json!([tasks[1]]));
    browser.visit(&portal, 2, "/marketplace/view/sandbox.app/").await;
    browser.frame("queue").await;
    assert_eq!(browser.js(shown).await, json!(tasks));
    browser.finish().await;
    stack.finish().await;
}
