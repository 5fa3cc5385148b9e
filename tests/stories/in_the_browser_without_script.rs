//! In the browser: without script, by plain forms alone.

use crate::support::{Browser, Screen, Stack, Wish, installed, row};

#[tokio::test]
async fn in_the_browser_everything_works_without_script() {
    let stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
    let bitrix = &stack.bitrix;
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Returned", "Accepted", "Taken back"]).await;
    let browser = Browser::with(Screen { script: false, ..Screen::default() }).await;
    browser.open_alone(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert_eq!(browser.count(".tabbed, [role=tab]").await, 0, "no script has run");
    assert_eq!(browser.count("[data-task-id]").await, 3);

    browser.return_task(tasks[2], "Not yet").await;
    browser.outcome(tasks[2], "held").await;
    browser.click(&format!("{} [data-action=undo] button", row(tasks[2]))).await;
    browser.outcome(tasks[2], "cancelled").await;
    browser.return_task(tasks[0], "The totals do not match").await;
    browser.outcome(tasks[0], "held").await;
    browser.click(&format!("{} .approve", row(tasks[1]))).await;
    browser.outcome(tasks[1], "held").await;
    for _ in 0..100 {
        if stack.count("select count(*) from decisions where state = 'done'").await == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    browser.click(".bar nav button").await;
    browser.until("document.querySelector('[data-count]').dataset.count == '1'").await;
    assert_eq!(browser.count(&row(tasks[2])).await, 1);
    browser.click(&format!("{} .title", row(tasks[2]))).await;
    browser.until("document.querySelector('main').dataset.page == 'task'").await;
    assert_eq!(browser.text("h1").await, "Taken back");

    let mut statuses = Vec::new();
    for task in &tasks {
        statuses.push(bitrix.task(&portal, *task).await["status"].as_i64().unwrap());
    }
    assert_eq!(statuses, [2, 5, 4]);
    let chat = bitrix.task(&portal, tasks[0]).await["chat"].to_string();
    assert!(chat.contains("The totals do not match"), "{chat}");
    browser.finish().await;
    stack.finish().await;
}
