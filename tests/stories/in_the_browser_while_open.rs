//! In the browser: a page that stays open while others act in Bitrix24, and while answers are on their way.

use super::in_the_browser_look::{ASSIGNEE, CREATOR, looks_at};
use crate::support::{Browser, Stack, Wish, installed, row};
use serde_json::json;

/// An answer that says no, as the page's script gets it.
const BUSY: &str = "new Response('<main data-error=busy><h1>Too much to do</h1></main>', {status: 503})";

/// From now on questions to this path wait until the story calls `release()`; the answer is this then.
async fn hold(browser: &Browser, path: &str, answer: &str) {
    browser
        .js(&format!(
            "const asked = window.fetch, gate = new Promise(open => {{ window.release = open }}); \
             window.fetch = async (url, how) => {{ \
                 if (url != '{path}') return asked(url, how); \
                 await gate; \
                 return {answer}; }}"
        ))
        .await;
}

#[tokio::test]
async fn in_the_browser_what_was_handed_in_again_is_decided_again_without_a_reload() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Comes back", "Another one"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.here = 'never reloaded'").await;
    browser.return_task(tasks[0], "The totals do not match").await;
    browser.outcome(tasks[0], "done").await;
    let own = format!("document.querySelector('.lists {}')", row(tasks[0]));
    browser.until(&format!("{own}?.querySelector('.delivery')?.textContent == 'Reason delivered'")).await;
    browser.until(&looks_at(tasks[1])).await;

    for action in ["start", "complete"] {
        bitrix.act(&portal, ASSIGNEE, action, tasks[0]).await;
    }
    browser.outcome(tasks[0], "waiting").await;
    browser.until(&format!("{own}.querySelector('details.return') && !{own}.querySelector('.pick').disabled")).await;
    browser.click(&format!("{} .title", row(tasks[0]))).await;
    browser.until(&looks_at(tasks[0])).await;
    browser.click(".pane .approve").await;
    browser.outcome(tasks[0], "done").await;
    assert_eq!(browser.text(&format!(".lists {} .outcome", row(tasks[0]))).await, "Accepted as completed");
    assert_eq!(bitrix.task(&portal, tasks[0]).await["status"], 5);
    assert_eq!(browser.js("return here").await, "never reloaded");
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_what_was_taken_back_goes_when_somebody_else_decides_it() {
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Taken back", "Another one"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
    browser.until(&looks_at(tasks[0])).await;
    browser.keys("a").await;
    browser.outcome(tasks[0], "held").await;
    browser.keys("z").await;
    browser.outcome(tasks[0], "cancelled").await;
    browser.until(&format!("document.activeElement.matches('{} .title')", row(tasks[0]))).await;
    browser.keys("j").await;
    browser.until(&looks_at(tasks[1])).await;
    bitrix.act(&portal, CREATOR, "approve", tasks[0]).await;
    browser.until(&format!("!document.querySelector('.lists {}')", row(tasks[0]))).await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_return_that_is_being_written_outlives_its_task_in_the_list() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Gone meanwhile", "Another one"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
    browser.until(&looks_at(tasks[0])).await;
    browser.keys("r").await;
    browser.until("document.activeElement.matches('.pane textarea')").await;
    browser.keys("Nearly done").await;
    browser
        .js("const ask = window.fetch; window.looked = 0; \
             window.fetch = async (url, how) => { \
                 const answer = await ask(url, how); \
                 if (url == '/looks') looked += 1; \
                 return answer; }")
        .await;
    bitrix.act(&portal, CREATOR, "approve", tasks[0]).await;
    let new = json!({"events": true, "tasks": [{"title": "Newcomer", "created_by": CREATOR,
        "responsible_id": ASSIGNEE, "status": 4, "handed_in_minutes_ago": 1, "created_minutes_ago": 2000}]});
    let new = bitrix.scenario(&portal, new).await[0];
    // The list is new, and what is read ahead of it: neither takes the form away.
    browser.until(&format!("document.querySelector('.lists {}')", row(new))).await;
    browser.until("looked > 0").await;
    browser.settle().await;
    let written = "document.querySelector('.pane').checkVisibility() \
                   && document.querySelector('.pane details[open] textarea').value";
    assert_eq!(browser.js(&format!("return {written}")).await, "Nearly done");
    browser.ctrl_enter().await;
    browser.outcome(tasks[0], "refused").await;
    browser
        .until(&format!("document.querySelector('.lists {}').textContent.includes('Not done')", row(tasks[0])))
        .await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_late_refusal_leaves_the_focus_to_whoever_writes() {
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Refused late", "Being written about"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
    browser.until(&looks_at(tasks[0])).await;
    hold(&browser, "/decide", BUSY).await;
    browser.keys("a").await;
    browser.until(&looks_at(tasks[1])).await;
    browser.keys("r").await;
    browser.until("document.activeElement.matches('.pane textarea')").await;
    browser.keys("Half").await;
    browser.js("release()").await;
    let told = format!("document.querySelector('.lists {} #notice')?.textContent.includes('Too much')", row(tasks[0]));
    browser.until(&told).await;
    // Elsewhere these were commands.
    browser.keys(" a").await;
    browser.until("document.activeElement.matches('.pane textarea') && document.activeElement.value == 'Half a'").await;
    assert_eq!(stack.count("select count(*) from decisions").await, 0);
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_late_form_leaves_the_focus_to_whoever_writes() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Offer 1", "Offer 2", "Offer 3", "Offer 4", "Offer 5", "Offer 6"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
    browser.until(&looks_at(tasks[0])).await;
    hold(&browser, "/looks", "asked(url, how)").await;
    // So far behind nothing is read ahead.
    browser.click(&format!("{} details.return > summary", row(tasks[5]))).await;
    browser.until(&format!("document.querySelector('.row[aria-current]').dataset.taskId == '{}'", tasks[5])).await;
    browser.type_into("#view-text", "off").await;
    browser.js("release()").await;
    browser.until(&looks_at(tasks[5])).await;
    browser.settle().await;
    browser.keys("er").await;
    browser.until("document.activeElement.id == 'view-text' && document.activeElement.value == 'offer'").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_countdown_is_the_same_on_both_sides() {
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Held", "Another one"]).await;
    browser.open(&portal, CREATOR).await;
    browser.until(&looks_at(tasks[0])).await;
    browser.click(&format!("{} .approve", row(tasks[0]))).await;
    browser.outcome(tasks[0], "held").await;
    browser.until(&looks_at(tasks[1])).await;
    let left = |css: &str| format!("+document.querySelector('{css} .outcome').textContent.replace(/\\D/g, '')");
    let listed = left(&format!(".lists {}", row(tasks[0])));
    browser.until(&format!("{listed} < 56")).await;
    browser.click(&format!("{} .title", row(tasks[0]))).await;
    browser.until(&looks_at(tasks[0])).await;
    browser.until(&format!("{} > 0", left(".pane"))).await;
    let both = browser.js(&format!("return [{}, {listed}]", left(".pane"))).await;
    assert!(
        both.as_array().unwrap().iter().all(|left| left.as_f64().is_some_and(|left| left <= 56.0)),
        "it does not begin anew: {both}"
    );
    browser.until(&format!("Math.abs({} - {listed}) <= 1", left(".pane"))).await;
    browser.finish().await;
    stack.change("update decisions set state = 'cancelled', finished_at = now()").await;
    stack.finish().await;
}

#[tokio::test]
async fn p69_in_the_browser_on_a_narrow_screen_the_next_task_begins_at_its_beginning() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = |(title, minutes): (&str, i64)| {
        json!({"title": title, "description": "One more line of it.\n".repeat(90), "created_by": CREATOR,
               "responsible_id": ASSIGNEE, "status": 4, "handed_in_minutes_ago": minutes, "created_minutes_ago": 2000})
    };
    let tasks = [("First", 90), ("Second", 60)].map(task);
    let tasks = bitrix.scenario(&portal, json!({ "tasks": tasks })).await;
    browser.resize(360, 740).await;
    browser.open_alone(&bitrix.open(&portal, CREATOR, "DEFAULT").await).await;
    browser.click(&format!("{} .title", row(tasks[0]))).await;
    browser.until(&looks_at(tasks[0])).await;
    browser.until("document.querySelector('.pane .description')?.checkVisibility()").await;
    browser.settle().await;
    browser.js("scrollTo(0, document.body.scrollHeight)").await;
    browser.until("scrollY > 500").await;
    browser.js("document.querySelector('.pane .approve').click()").await;
    browser.until(&looks_at(tasks[1])).await;
    let top = "document.querySelector('.pane').getBoundingClientRect().top";
    browser.until(&format!("{top} > -2 && {top} < innerHeight / 2")).await;
    browser.outcome(tasks[0], "done").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_list_that_began_empty_has_its_bar_with_the_first_task() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    browser.open(&portal, CREATOR).await;
    assert_eq!(browser.js("return document.querySelector('.dock').checkVisibility()").await, false);
    let task = bitrix.waiting(&portal, &["The first one"]).await[0];
    browser.until(&format!("document.querySelector('.lists {}')", row(task))).await;
    browser.click(&format!("{} > .pick", row(task))).await;
    browser.until("document.querySelector('.dock.wanted')?.checkVisibility()").await;
    assert_eq!(browser.text(".picked").await, "Selected: 1");
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_complaint_about_the_view_ends_with_the_next_answer() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    bitrix.waiting(&portal, &["Offer"]).await;
    browser.open(&portal, CREATOR).await;
    browser
        .js(&format!(
            "window.asked = fetch; window.fetch = async (url, how) => url == '/queue/rows' ? {BUSY} : asked(url, how)"
        ))
        .await;
    browser.type_into("#view-text", "of").await;
    browser.until("document.querySelector('#view #notice:not([hidden])')?.textContent.includes('Too much')").await;
    browser.js("window.fetch = asked").await;
    browser.type_into("#view-text", "f").await;
    browser.until("document.getElementById('notice').hidden").await;
    browser.finish().await;
    stack.finish().await;
}
