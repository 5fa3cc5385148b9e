//! In the browser: the desk. The list, the chosen task beside it, and thirty decisions by keyboard.

use crate::support::{Bitrix, Browser, Portal, Screen, Stack, Wish, installed, row};
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};
use thirtyfour::Key;

const CREATOR: i64 = 2;
const ASSIGNEE: i64 = 3;

/// A task with everything that a decision wants to know; answers its id.
async fn rich(bitrix: &Bitrix, portal: &Portal, title: &str) -> i64 {
    let point = |title: &str, complete: bool| json!({"title": title, "complete": complete});
    let task = json!({
        "title": title, "created_by": CREATOR, "responsible_id": ASSIGNEE, "status": 4,
        "description": "[B]What is needed[/B]\nThree sizes, see [URL=https://styles.example/guide]the guide[/URL].\n[LIST]\n[*]for print\n[*]for the site[/LIST]",
        "deadline": "2036-01-10T19:00:00+03:00", "handed_in_minutes_ago": 3000,
        "checklist": [point("Logo in three sizes", true), point("Colours checked", true), point("Files named", false)],
        "results": ["All three sizes are in the folder."], "time_estimate": 7200, "time_spent": 9000,
    });
    bitrix.scenario(portal, json!({"tasks": [task]})).await[0]
}

/// It came back once, and was handed in again with something new.
async fn returned_once(bitrix: &Bitrix, portal: &Portal, task: i64) {
    bitrix.act(portal, CREATOR, "disapprove", task).await;
    bitrix
        .act_with(portal, json!({"user_id": ASSIGNEE, "action": "untick", "task_id": task, "text": "Colours checked"}))
        .await;
    bitrix
        .act_with(portal, json!({"user_id": ASSIGNEE, "action": "tick", "task_id": task, "text": "Colours checked"}))
        .await;
    bitrix.act_with(portal, json!({"user_id": ASSIGNEE, "action": "result", "task_id": task, "text": "Now with the right [B]colours[/B]."})).await;
    bitrix.act(portal, ASSIGNEE, "start", task).await;
    bitrix.act(portal, ASSIGNEE, "complete", task).await;
}

#[tokio::test]
#[ignore = "makes pictures of the desk: HANDBACK_PICTURES names the folder"]
async fn pictures_of_the_desk() {
    let folder = PathBuf::from(std::env::var("HANDBACK_PICTURES").unwrap());
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (bitrix, portal) = (&stack.bitrix, installed(&stack).await);
    let task = rich(bitrix, &portal, "Logo for the winter campaign").await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    returned_once(bitrix, &portal, task).await;
    let titles: Vec<String> =
        (1..=12).map(|n| format!("Offer {n}: check the delivery note against the warehouse")).collect();
    bitrix.waiting(&portal, &titles.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let screens = [
        ("light", Screen::default()),
        ("dark", Screen { dark: true, ..Screen::default() }),
        ("narrow", Screen { width: 360, height: 740, ..Screen::default() }),
    ];
    for (name, screen) in screens {
        let browser = Browser::with(screen).await;
        let shot = async |what: &str| {
            browser.settle().await;
            browser.picture(&folder.join(format!("desk-{name}-{what}.png"))).await;
        };
        browser.open(&portal, CREATOR).await;
        shot("first").await;
        browser.js(&format!("document.querySelector('{} .title').click()", row(task))).await;
        shot("task").await;
        browser.js("document.querySelector('.look details.return > summary').click()").await;
        shot("return").await;
        browser.keys("1").await;
        browser.js("document.querySelector('.look [name=item]').click()").await;
        shot("filled").await;
        browser.ctrl_enter().await;
        browser.outcome(task, "held").await;
        shot("held").await;
        browser.keys("z").await;
        browser.outcome(task, "cancelled").await;
        browser.keys("?").await;
        shot("keys").await;
    }
    stack.finish().await;
}
