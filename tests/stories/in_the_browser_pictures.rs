//! Pictures of the screens, for the README and for whoever looks after the design. Run by `scripts/pictures.sh`.

use crate::support::{Browser, Portal, Screen, Stack, Wish, installed, row};
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use std::path::PathBuf;

fn folder() -> PathBuf {
    let folder = std::env::var("HANDBACK_PICTURES").expect("HANDBACK_PICTURES names a folder; see scripts/pictures.sh");
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

const DAY: i64 = 24 * 60;

/// Title, assignee, project, minutes since it was handed in, deadline in hours (0 = none).
#[rustfmt::skip]
const TASKS: [(&str, i64, i64, i64, i64); 9] = [
    ("Slides for the partner meeting", 4, 31, 12 * DAY, 0),
    ("Rewrite the delivery terms page", 5, 33, 6 * DAY, -70),
    ("Speed report for the shop pages", 7, 33, 4 * DAY, 0),
    ("Translate the price list into German", 5, 31, 2 * DAY, -26),
    ("Order chairs for the meeting room", 9, 32, DAY + 180, 40),
    ("Summary of the customer survey", 6, 31, 20 * 60, 12),
    ("Fix the contact form on mobile", 7, 33, 180, 24),
    ("Banner set for the winter campaign", 4, 31, 55, 20),
    ("Draft the November newsletter", 5, 31, 12, 5),
];

#[expect(clippy::disallowed_methods, reason = "a picture shows today")]
async fn office(stack: &Stack) -> (Portal, Vec<i64>) {
    let portal = installed(stack).await;
    let person = |(id, name, last): (i64, &str, &str)| json!({"id": id, "name": name, "last_name": last});
    let people = [
        (2, "Natalie", "Brooks"),
        (4, "Maria", "Johnson"),
        (5, "Oliver", "Reed"),
        (6, "Grace", "Palmer"),
        (7, "Henry", "Walsh"),
        (9, "Peter", "Lang"),
    ];
    let group = |(id, name): (i64, &str)| json!({"id": id, "name": name, "members": [2, 4, 5, 6, 7, 9]});
    let groups = [(31, "Winter campaign"), (32, "Office"), (33, "Website relaunch")];
    let task = |(title, who, group, age, hours): &(&str, i64, i64, i64, i64)| {
        let deadline = (*hours != 0).then(|| (Utc::now() + Duration::hours(*hours)).to_rfc3339());
        json!({"title": title, "created_by": 2, "responsible_id": who, "group_id": group, "status": 4, "deadline": deadline,
               "handed_in_minutes_ago": age, "created_minutes_ago": age + 3 * DAY,
               "description": "[B]What is needed[/B]\nSee the notes of our last meeting. Please hand it in with a short result."})
    };
    let all = json!({
        "users": people.map(person), "groups": groups.map(group), "tasks": TASKS.iter().map(task).collect::<Vec<Value>>(),
    });
    let tasks = stack.bitrix.scenario(&portal, all).await;
    (portal, tasks)
}

/// Choosing, confirming, and what becomes of many tasks.
async fn many(stack: &Stack, portal: &Portal, tasks: &[i64], browser: &Browser, name: &str) {
    let folder = folder();
    let at = |what: &str| folder.join(format!("{name}-{what}.png"));
    for task in &tasks[2..6] {
        // On a small screen the bar at the foot may be over it.
        browser.js(&format!("document.querySelector('{} > .pick').click()", row(*task))).await;
    }
    browser.settle().await;
    browser.picture(&at("picked")).await;
    browser.click("#bulk [value=return]").await;
    browser.type_into("#bulk-reason", "Please use the new address.").await;
    browser.settle().await;
    browser.picture(&at("choose")).await;
    browser.click(".each > summary").await;
    browser.settle().await;
    browser.picture(&at("choose-each")).await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelectorAll('.panel [data-outcome=held]').length == 4").await;
    browser.settle().await;
    browser.picture(&at("bulk-held")).await;
    for (task, state) in
        tasks[2..5].iter().zip(["'not_run', detail = 'unreachable'", "'done'", "'refused', detail = 'task_changed'"])
    {
        stack
            .change(&format!(
                "update decisions set state = {state}, finished_at = now() where state = 'held' and task_id = {task}"
            ))
            .await;
    }
    stack.change("update reasons r set delivery = 'failed' from decisions d where d.decision_id = r.decision_id and d.state = 'done'").await;
    browser.click(".panel [data-action=undo-all] button").await;
    browser.until("document.querySelector('.panel [data-action=retry]')").await;
    browser.settle().await;
    browser.picture(&at("bulk-ended")).await;
    browser.click(".panel [data-action=back] button").await;
    browser.outcome(tasks[3], "done").await;
    browser.settle().await;
    browser.picture(&at("after")).await;
    browser.open(portal, 2).await;
    browser.settle().await;
    browser.picture(&at("again")).await;
    stack.change("update decisions set bulk_id = null, finished_at = finished_at - interval '2 days'").await;
    browser.open(portal, 2).await;
}

/// Of the one who looks, and of the administrator.
async fn speak(stack: &Stack, portal: &Portal, lang: &str) {
    let people = json!([
        {"id": 1, "name": "Portal", "last_name": "Administrator", "admin": true, "lang": lang},
        {"id": 2, "name": "Natalie", "last_name": "Brooks", "lang": lang},
    ]);
    stack.bitrix.scenario(portal, json!({ "users": people })).await;
}

async fn look(stack: &Stack, portal: &Portal, tasks: &[i64], screen: Screen, name: &str) {
    let (browser, folder) = (Browser::with(screen).await, folder());
    let at = |what: &str| folder.join(format!("{name}-{what}.png"));
    browser.open(portal, 2).await;
    browser.settle().await;
    browser.picture(&at("queue")).await;
    browser
        .js("const g = document.getElementById('view-group'); g.value = 'project'; \
             g.dispatchEvent(new Event('input', {bubbles: true}))")
        .await;
    browser.until("document.querySelectorAll('#mine .group').length == 3").await;
    browser.js(&format!("document.querySelector('{} [data-action=snooze]').click()", row(tasks[4]))).await;
    browser.settle().await;
    browser.picture(&at("grouped")).await;
    browser.js("document.querySelector('.snoozing').remove()").await;
    browser
        .js("const g = document.getElementById('view-group'); g.value = 'none'; \
             g.dispatchEvent(new Event('input', {bubbles: true}))")
        .await;
    browser.until("!document.querySelector('#mine .group')").await;
    browser.click(&format!("{} summary", row(tasks[1]))).await;
    browser.settle().await;
    browser.picture(&at("open")).await;
    browser
        .type_into(&format!("{} details[open] textarea", row(tasks[1])), "The return address is still the old one.")
        .await;
    browser.click(&format!("{} details[open] button.primary", row(tasks[1]))).await;
    browser.outcome(tasks[1], "held").await;
    browser.settle().await;
    browser.picture(&at("held")).await;
    // On a narrow screen the next task stands before the list.
    browser
        .js("const back = document.querySelector('[data-step=list]'); if (back.checkVisibility()) back.click()")
        .await;
    browser.click(&format!("{} [data-action=undo] button", row(tasks[1]))).await;
    browser.outcome(tasks[1], "cancelled").await;
    browser.settle().await;
    browser.picture(&at("undone")).await;
    many(stack, portal, tasks, &browser, name).await;
    browser.click(&format!("{} .title", row(tasks[1]))).await;
    browser.settle().await;
    browser.picture(&at("task")).await;
    elsewhere(stack, portal, tasks, &browser, name).await;
    browser.finish().await;
}

/// The pages behind the list.
async fn elsewhere(stack: &Stack, portal: &Portal, tasks: &[i64], browser: &Browser, name: &str) {
    let folder = folder();
    let at = |what: &str| folder.join(format!("{name}-{what}.png"));
    browser.visit(portal, 2, &format!("/company/personal/user/2/tasks/task/view/{}/", tasks[3])).await;
    browser.frame("task").await;
    browser.settle().await;
    browser.picture(&at("card")).await;
    browser.open(portal, 4).await;
    browser.settle().await;
    browser.picture(&at("empty")).await;
    browser.open(portal, 1).await;
    browser.click("[action='/health'] button").await;
    browser.frame("health").await;
    browser.settle().await;
    browser.picture(&at("health")).await;
    for (press, page) in [
        (".sections [action='/settings/portal'] button", "portal"),
        ("[action='/settings/reason'] button", "reason"),
        (".sections [action='/settings/mine'] button", "mine"),
        (".sections [action='/data'] button", "data"),
        (".sections [action='/health'] button", "health"),
    ] {
        browser.click(press).await;
        browser.frame(page).await;
        browser.settle().await;
        browser.picture(&at(page)).await;
    }
    // The journal has what was asked a second ago.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    browser.click(".search .go button").await;
    browser.frame("calls").await;
    browser.settle().await;
    browser.picture(&at("calls")).await;
    browser.click("[action='/actions'] button").await;
    browser.frame("actions").await;
    browser.click("main [action='/actions'] button").await;
    browser.until("document.querySelector('.entry')").await;
    browser.settle().await;
    browser.picture(&at("actions")).await;
    browser.open_alone(&stack.bitrix.open(portal, 1, "INSTALL").await).await;
    browser.settle().await;
    browser.picture(&at("install")).await;
    browser.go(&format!("{}/", stack.public_url())).await;
    browser.picture(&at("closed")).await;
    for paper in ["terms", "privacy"] {
        browser.go(&format!("{}/{paper}", stack.public_url())).await;
        browser.picture(&at(paper)).await;
    }
    browser.go(&format!("{}/no-such-page", stack.public_url())).await;
    browser.picture(&at("error")).await;
    browser.forgive("404").await;
}

#[tokio::test]
#[ignore = "makes pictures; scripts/pictures.sh runs it"]
async fn pictures() {
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (portal, tasks) = office(&stack).await;
    let wide = Screen::default();
    look(&stack, &portal, &tasks, wide, "light").await;
    look(&stack, &portal, &tasks, Screen { dark: true, ..wide }, "dark").await;
    let narrow = Screen { width: 360, height: 740, ..wide };
    look(&stack, &portal, &tasks, narrow, "narrow").await;
    for (lang, name) in [("de", "german"), ("ru", "russian"), ("he-XB", "mirrored")] {
        speak(&stack, &portal, lang).await;
        look(&stack, &portal, &tasks, wide, name).await;
        look(&stack, &portal, &tasks, narrow, &format!("{name}-narrow")).await;
    }
    stack.finish().await;
}
