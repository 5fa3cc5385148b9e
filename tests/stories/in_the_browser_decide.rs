//! In the browser: deciding with the mouse, with the keyboard alone, and after the session's hours.

use crate::support::{Bitrix, Browser, Portal, Stack, Wish, installed, row};
use std::time::Duration;
use thirtyfour::Key;

async fn calls(bitrix: &Bitrix, method: &str) -> usize {
    bitrix.calls(&format!("tasks.task.{method}")).await.len()
}

async fn status(bitrix: &Bitrix, portal: &Portal, task: i64) -> i64 {
    bitrix.task(portal, task).await["status"].as_i64().unwrap()
}

#[tokio::test]
async fn in_the_browser_accept_undo_and_a_double_click() {
    let stack = Stack::with(Wish { undo: "3s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix
        .waiting(&portal, &["Accepted", "Taken back", "Pressed twice", "Also twice", "Below", "At the end"])
        .await;
    browser.open(&portal, 2).await;

    browser.click(&format!("{} .approve", row(tasks[0]))).await;
    browser.outcome(tasks[0], "held").await;
    browser.return_task(tasks[1], "Not yet").await;
    browser.outcome(tasks[1], "held").await;
    browser.click(&format!("{} [data-action=undo] button", row(tasks[1]))).await;
    browser.outcome(tasks[1], "cancelled").await;
    assert!(browser.text(&row(tasks[1])).await.contains("Taken back"));
    browser.click(&format!("{} summary", row(tasks[1]))).await;
    let kept = format!("return document.querySelector('{} textarea').value", row(tasks[1]));
    assert_eq!(browser.js(&kept).await, "Not yet", "the words are still there");
    browser.outcome(tasks[0], "done").await;
    assert_eq!(browser.text(&format!("{} .outcome", row(tasks[0]))).await, "Accepted as completed");

    // The second click falls where something else has taken the button's place.
    browser.click(&format!("{} summary", row(tasks[2]))).await;
    browser.type_into(&format!("{} details[open] textarea", row(tasks[2])), "Twice").await;
    browser.double_click(&format!("{} details[open] button.primary", row(tasks[2])), Duration::from_millis(250)).await;
    browser.outcome(tasks[2], "held").await;
    browser.outcome(tasks[2], "done").await;
    browser.double_click(&format!("{} .approve", row(tasks[3])), Duration::from_millis(250)).await;
    browser.outcome(tasks[3], "held").await;
    browser.outcome(tasks[3], "done").await;

    // Wherever it falls, the second click of two presses nothing.
    let second = "dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, detail: 2}))";
    let pressed = browser.js(&format!("return document.querySelector('{} .approve').{second}", row(tasks[4]))).await;
    assert_eq!(pressed, false);

    assert_eq!((calls(bitrix, "approve").await, calls(bitrix, "disapprove").await), (2, 1), "each once");
    let mut statuses = Vec::new();
    for task in &tasks[..5] {
        statuses.push(status(bitrix, &portal, *task).await);
    }
    assert_eq!(statuses, [5, 4, 2, 5, 4]);
    assert_eq!(browser.count("[data-page=queue] .row details[open]").await, 0, "only what the person opened");
    browser.click(&format!("{} .title", row(tasks[1]))).await;
    browser.until("document.querySelector('.pane details[open] textarea')?.value == 'Not yet'").await;
    assert_eq!(bitrix.task(&portal, tasks[2]).await["chat"].as_array().unwrap().len(), 1, "told once");
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_return_by_keyboard_alone_is_announced() {
    let stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Prepare the offer", "Check the invoice"]).await;
    browser.open(&portal, 2).await;
    browser.js("window.focus()").await;

    let (details, summary) = (format!("{} details", row(tasks[0])), format!("{} summary", row(tasks[0])));
    let presses = browser.tab_to(&summary).await;
    assert!(presses <= 20, "{presses} presses to the first row");
    browser.keys(Key::Enter).await;
    browser.until("document.activeElement.matches('textarea')").await;
    browser.keys("The totals do not match").await;
    browser.keys(Key::Escape).await;
    browser.until(&format!("!document.querySelector('{details}').open")).await;
    browser.until(&format!("document.activeElement.matches('{summary}')")).await;
    // R opens it as well, and inside the words it is a letter.
    browser.keys("r").await;
    browser.until("document.activeElement.matches('textarea')").await;
    browser.keys("a").await;
    browser.until("document.activeElement.value == 'The totals do not matcha'").await;
    browser.keys(Key::Backspace).await;
    browser.keys(Key::Escape).await;
    browser.until(&format!("document.activeElement.matches('{summary}')")).await;
    assert_eq!(browser.js("return document.activeElement.matches(':focus-visible')").await, true);
    browser.keys(Key::Enter).await;
    browser.until("document.activeElement.value == 'The totals do not match'").await;
    browser.ctrl_enter().await;
    browser.outcome(tasks[0], "held").await;
    assert_eq!(browser.focus().await, "BUTTON Check the invoice", "the focus is where the next step is");
    browser
        .until("/Prepare the offer.*: Will be returned in \\d s\\./.test(document.querySelector('#live').innerText)")
        .await;
    browser.outcome(tasks[0], "done").await;
    browser
        .until("/Prepare the offer.*: Returned for revision\\./.test(document.querySelector('#live').innerText)")
        .await;
    browser.until("document.querySelector('#live').innerText.includes('Reason delivered')").await;
    let still = browser.js(&format!("return document.activeElement.closest('{}') != null", row(tasks[1]))).await;
    assert_eq!(still, true, "the focus is not lost: {}", browser.focus().await);
    let code = "select count(*) from reasons where code is null";
    assert_eq!(stack.count(code).await, 1, "own words have no code");
    browser.tab_to(&format!("{} .approve", row(tasks[1]))).await;
    browser.keys("a").await;
    browser.outcome(tasks[1], "done").await;
    assert_eq!((status(bitrix, &portal, tasks[0]).await, status(bitrix, &portal, tasks[1]).await), (2, 5));
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_ready_reason_is_one_key() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = bitrix.waiting(&portal, &["Prepare the offer"]).await[0];
    browser.open(&portal, 2).await;
    browser.js("window.focus()").await;
    browser.tab_to(&format!("{} summary", row(task))).await;
    browser.keys("r").await;
    browser.until("document.activeElement.matches('textarea')").await;
    browser.keys("3").await;
    browser.until("document.activeElement.value == 'Points of the checklist are still open.'").await;
    browser.keys(" See 4.").await;
    browser.ctrl_enter().await;
    browser.outcome(task, "done").await;
    assert_eq!(
        stack.count("select count(*) from reasons where code = 'checklist_open' and body like '%open. See 4.'").await,
        1
    );
    let told = bitrix.task(&portal, task).await["chat"][0]["text"].to_string();
    assert!(told.contains("Points of the checklist are still open. See 4."), "{told}");
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_session_that_ended_is_renewed_unseen() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["After lunch", "Without a portal"]).await;
    let age = || stack.change("update sessions set used_at = now() - interval '2 hours'");
    browser.open(&portal, 2).await;
    browser.js("window.marker = 'the same page'").await;
    age().await;
    browser.return_task(tasks[0], "Nothing is lost").await;
    browser.outcome(tasks[0], "done").await;
    assert_eq!(browser.js("return window.marker").await, "the same page");
    let chat = bitrix.task(&portal, tasks[0]).await["chat"].to_string();
    assert!(chat.contains("Nothing is lost"), "{chat}");

    // Nobody there to ask for new access: the page says so, and keeps what was typed.
    browser.open_alone(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    age().await;
    browser.return_task(tasks[1], "Still here").await;
    browser.until("!document.querySelector('#notice').hidden").await;
    let notice = browser.text("#notice").await;
    assert!(notice.contains("Your session has ended") && notice.contains("open Handback again"), "{notice}");
    let typed = format!("return document.querySelector('{} details[open] textarea').value", row(tasks[1]));
    assert_eq!(browser.js(&typed).await, "Still here");
    assert_eq!(status(bitrix, &portal, tasks[1]).await, 4);
    browser.forgive("401").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_p43_what_the_server_refused_is_told_with_the_id_to_quote() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = bitrix.waiting(&portal, &["Prepare the offer"]).await[0];
    browser.open(&portal, 2).await;
    browser.click(&format!("{} details.return > summary", row(task))).await;
    browser.type_into(&format!("{} details[open] textarea", row(task)), "Too few words").await;
    // Meanwhile more words are asked for than the form knows.
    stack
        .change(
            "insert into settings (portal_id, level, subject_id, name, value, changed_by)
             select portal_id, 'portal', 0, 'reason_policy', 'least:30', 1 from portals",
        )
        .await;
    browser.click(&format!("{} details.return[open] button.primary", row(task))).await;
    browser.until("document.getElementById('notice')?.checkVisibility()").await;
    let notice = browser.text("#notice").await;
    assert!(notice.contains("at least 30 characters"), "{notice}");
    let (_, id) = notice.split_once("quote this id: ").unwrap_or_else(|| panic!("no id: {notice}"));
    let (id, log) = (id.trim(), stack.logs());
    let of_it = |line: &str| line.contains("reason_too_short") && line.contains(id);
    assert!(id.len() == 12 && log.lines().any(of_it), "whoever is asked for help finds it by {id}");
    stack.none("select count(*) from decisions").await;
    browser.finish().await;
    stack.finish().await;
}

const SAYS: &str = "document.getElementById('notice').checkVisibility() && document.getElementById('notice').innerText";

#[tokio::test]
async fn in_the_browser_a_renewal_that_fails_is_told_as_what_it_is() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = bitrix.waiting(&portal, &["After lunch"]).await[0];
    browser.open(&portal, 2).await;
    browser.until("window.BX24 && document.querySelector('.look[data-look]')").await;
    // What becomes of the question for another session; everything else is asked as ever.
    let renewal = async |answer: &str| {
        browser
            .js(&format!(
                "window.asked ??= fetch; window.fetch = (url, how) => url == '/session' ? {answer} : asked(url, how)"
            ))
            .await;
    };
    renewal("Promise.reject(new TypeError('the network is not up yet'))").await;
    stack.change("update sessions set used_at = now() - interval '2 hours'").await;
    browser.return_task(task, "Nothing is lost").await;
    browser.until(&format!("({SAYS}).includes('No connection')")).await;
    let send = format!("{} details.return[open] button.primary", row(task));
    renewal("Promise.resolve(new Response('<main data-error=busy><h1>Too much to do</h1></main>', {status: 503}))")
        .await;
    browser.click(&send).await;
    browser.until(&format!("({SAYS}).includes('Too much to do')")).await;
    renewal("asked(url, how)").await;
    browser.click(&send).await;
    browser.outcome(task, "done").await;
    browser.may_have_said("401").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_list_whose_session_has_ended_goes_on_when_it_is_renewed() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    bitrix.waiting(&portal, &["Before lunch"]).await;
    browser.open(&portal, 2).await;
    browser.until("window.BX24?.getAuth()").await;
    browser.js("window.given = BX24.getAuth; BX24.getAuth = () => false").await;
    stack.change("update sessions set used_at = now() - interval '2 hours'").await;
    browser.until(&format!("({SAYS}).includes('Your session has ended')")).await;
    let new = bitrix.waiting(&portal, &["After lunch"]).await[0];
    // Whoever comes back to the page does not wait for the next question.
    browser.js("BX24.getAuth = given; document.dispatchEvent(new Event('visibilitychange'))").await;
    browser.until(&format!("document.querySelector('{}')", row(new))).await;
    browser.until("document.getElementById('notice').hidden").await;
    browser.may_have_said("401").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_of_a_lost_answer_nobody_says_that_nothing_was_changed() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = bitrix.waiting(&portal, &["Prepare the offer"]).await[0];
    browser.open(&portal, 2).await;
    browser
        .js("const ask = window.fetch; window.fetch = async (url, how) => { \
             const answer = await ask(url, how); \
             if (url == '/decide') throw new TypeError('the answer is lost'); \
             return answer; }")
        .await;
    browser.click(&format!("{} .approve", row(task))).await;
    browser.until(&format!("({SAYS}).includes('not known whether this was done')")).await;
    stack.none("select 1 - count(*) from decisions where state = 'done'").await;
    assert_eq!(status(bitrix, &portal, task).await, 5);
    browser.finish().await;
    stack.finish().await;
}
