//! In the browser: many tasks in one go, by keyboard alone and by mouse, without the page being loaded again.

use crate::support::{Browser, Screen, Stack, Wish, decisions::*, row};
use serde_json::json;
use thirtyfour::Key;

#[tokio::test]
async fn in_the_browser_p31_many_are_returned_by_keyboard_alone() {
    let stack = Stack::with(Wish { undo: "6s", ..Wish::default() }).await;
    let (office, browser) = (Office::of(&stack).await, Browser::start().await);
    let tasks = office.waiting(6).await;
    browser.open(&office.portal, CREATOR).await;
    browser.watch_policy().await;
    browser.js("window.focus(); window.marker = 'the same page'").await;
    browser.keys("x").await;
    browser.until("document.activeElement.matches('.pick:checked')").await;
    for _ in 0..3 {
        browser.keys(Key::Down).await;
        browser.keys("x").await;
    }
    assert_eq!(browser.text(".picked").await, "Selected: 4");
    browser.keys("x").await;
    assert_eq!(browser.text(".picked").await, "Selected: 3");
    browser.keys("r").await;
    browser.until("document.activeElement.matches('#bulk-reason')").await;
    assert_eq!(browser.text(".panel h1").await, "Return 3 tasks for revision");
    assert!(browser.text(".panel .chosen").await.contains("Offer 3"), "named as in the list");
    browser.keys("2").await;
    browser.until("document.activeElement.value == 'This is not what was asked for.'").await;
    browser.ctrl_enter().await;
    browser.until("document.activeElement.matches('.panel h1')").await;
    assert_eq!(browser.text(".panel h1").await, "Returning 3 tasks for revision");
    browser.until("document.querySelector('.panel').dataset.moves == 'false'").await;
    browser.until("document.querySelector('#live').innerText.includes('3 of 3 decided')").await;
    assert_eq!(browser.js("return document.querySelector('.panel progress').value").await, 3);
    assert_eq!(browser.count(".panel [data-outcome=done]").await, 3);
    browser.tab_to(".panel [data-action=back] button").await;
    browser.keys(Key::Enter).await;
    browser.until("!document.querySelector('.panel')").await;
    for task in &tasks[..3] {
        // Or the list was sooner, and it is gone.
        let row = format!("document.querySelector('{}')", row(*task));
        browser.until(&format!("(row => !row || row.dataset.outcome == 'done')({row})")).await;
        assert_eq!(office.moves(*task).await.len(), 1);
    }
    assert_eq!(browser.count(".pick:checked").await, 0);
    assert!(office.moves(tasks[3]).await.is_empty());
    assert_eq!(stack.count("select count(*) from reasons where code = 'not_as_asked'").await, 3);

    // Z takes the last decision back; so does Undo all.
    for task in &tasks[3..] {
        // The bar at the foot may be over it.
        browser.js(&format!("document.querySelector('{} .approve').click()", row(*task))).await;
        browser.outcome(*task, "held").await;
    }
    browser.keys("z").await;
    browser.outcome(tasks[5], "cancelled").await;
    browser.click(".dock [data-action=undo-all] button").await;
    browser.outcome(tasks[3], "cancelled").await;
    browser.outcome(tasks[4], "cancelled").await;
    browser.until("document.querySelector('.dock .said').innerText == '2 decisions taken back.'").await;
    assert_eq!(browser.js("return window.marker").await, "the same page");
    assert_eq!(browser.js("return window.violations").await, json!([]));
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_p26_when_the_time_is_over_the_page_says_so() {
    let stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
    let (office, browser) = (Office::of(&stack).await, Browser::start().await);
    let task = office.waiting(1).await[0];
    browser.open(&office.portal, CREATOR).await;
    // Nobody tells the page anything any more: it knows by itself when the window is over.
    browser
        .js("window.said = []; new MutationObserver(() => said.push(document.querySelector('.outcome')?.innerText))\
                .observe(document.querySelector('main'), {subtree: true, childList: true, characterData: true})")
        .await;
    browser.click(&format!("{} .approve", row(task))).await;
    browser.outcome(task, "held").await;
    assert_eq!(browser.count("[data-action=undo]").await, 2, "in the list and beside it");
    browser.js("window.fetch = () => new Promise(() => {})").await;
    browser.until("document.querySelector('.outcome').innerText == 'The time to take it back is over'").await;
    assert_eq!(browser.count("[data-action=undo]").await, 0, "nothing is offered that is over");
    stack.none("select count(*) from decisions where state <> 'done'").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_p31_select_all_the_second_bulk_and_the_way_back() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let (office, browser) = (Office::of(&stack).await, Browser::start().await);
    let tasks = office.waiting(7).await;
    browser.open(&office.portal, CREATOR).await;
    // On a long page the bar at the foot moves while it is scrolled to.
    browser.js("document.querySelector('[data-pick=all]').click()").await;
    assert_eq!(browser.text(".picked").await, "Selected: 7");
    browser.js(&format!("document.querySelector('{} > .pick').click()", row(tasks[6]))).await;
    assert_eq!(browser.text(".picked").await, "Selected: 6");
    browser.click("#bulk [value=approve]").await;
    browser.until("document.querySelector('[data-panel=choose]')").await;
    browser.click(".chosen li:last-child .pick").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelector('[data-panel=bulk]')").await;
    assert_eq!(browser.count(".panel [data-outcome=held]").await, 5);
    browser.click(".panel [data-action=back] button").await;
    browser.outcome(tasks[0], "held").await;

    // Another bulk has to wait, and the words lead to the first.
    browser.js(&format!("document.querySelector('{} > .pick').click()", row(tasks[6]))).await;
    browser.click("#bulk [value=approve]").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelector('#notice').innerText.includes('still being sent')").await;
    browser.click("#notice button").await;
    browser.until("document.querySelectorAll('.panel [data-outcome=held]').length == 5").await;
    named(&browser).await;
    browser.click(".panel [data-action=undo-all] button").await;
    browser.until("document.querySelector('.panel .said').innerText == '5 decisions taken back.'").await;
    browser.click(".panel [data-action=back] button").await;
    for task in &tasks[..5] {
        browser.outcome(*task, "cancelled").await;
    }
    // Opened anew, the list leads to it.
    browser.open(&office.portal, CREATOR).await;
    assert!(browser.text(".banner").await.contains("5 of 5 decided"));
    browser.click(".banner button").await;
    browser.until("document.querySelectorAll('.panel [data-outcome=cancelled]').length == 5").await;
    named(&browser).await;
    browser.finish().await;
    stack.finish().await;
}

/// Rows that are not on the screen have no innerText.
async fn named(browser: &Browser) {
    let words = browser.js("return document.querySelector('.panel .rows').textContent").await;
    assert!(words.as_str().unwrap().contains("Offer 1"), "{words}");
}

#[tokio::test]
async fn in_the_browser_p31_many_without_script() {
    let stack = Stack::with(Wish { undo: "3s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let browser = Browser::with(Screen { script: false, ..Screen::default() }).await;
    browser.open_alone(&office.bitrix.open(&office.portal, CREATOR, "DEFAULT").await).await;
    for task in &tasks[..3] {
        browser.js(&format!("document.querySelector('{} > .pick').click()", row(*task))).await;
    }
    browser.click("#bulk [value=return]").await;
    browser.until("document.querySelector('main').dataset.page == 'choose'").await;
    browser.type_into("#bulk-reason", "The totals do not match").await;
    browser.click(".each > summary").await;
    browser.type_into(&format!("#reason-of-{}", tasks[1]), "Only the date").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelector('main').dataset.page == 'bulk'").await;
    assert_eq!(browser.count("[data-outcome=held]").await, 3);
    stack
        .none(
            "select count(*) from decisions d join reasons r using (portal_id, decision_id) \
                where d.state <> 'done' or r.delivery <> 'delivered'",
        )
        .await;
    browser.click("[data-action=refresh] button").await;
    browser.until("document.querySelectorAll('[data-outcome=done]').length == 3").await;
    assert_eq!(browser.count("[data-action=refresh]").await, 0);
    let told = office.told(tasks[1]).await;
    assert!(told[0].1.ends_with("Only the date"), "{told:?}");
    browser.click("[data-action=back] button").await;
    browser.until("document.querySelector('main').dataset.page == 'queue'").await;
    assert_eq!(browser.count(".rows > .row").await, 1);
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn p43_p72_in_the_browser_what_is_wrong_with_the_words_of_many_is_said_at_their_field() {
    let stack = Stack::start().await;
    let (office, browser) = (Office::of(&stack).await, Browser::start().await);
    let tasks = office.waiting(2).await;
    browser.open(&office.portal, CREATOR).await;
    browser.js(&format!("document.querySelector('{} > .pick').click()", row(tasks[0]))).await;
    browser.click("#bulk [value=return]").await;
    browser.until("document.activeElement.matches('#bulk-reason')").await;
    assert_eq!(browser.text("#bulk-least").await, "A reason is required.");
    browser.click(".choose button.primary").await;
    browser.until("document.querySelector('#bulk-reason + .wrong-words #notice')?.checkVisibility()").await;
    browser.until("document.activeElement.matches('#bulk-reason[aria-invalid=true]')").await;
    stack.none("select count(*) from decisions").await;
    browser.type_into("#bulk-reason", "The totals do not match").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelector('[data-panel=bulk][data-moves=false]')").await;
    assert_eq!(office.moves(tasks[0]).await.len(), 1);
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_words_for_many_outlive_the_way_back_and_of_all_the_short_ones_are_named() {
    let stack = Stack::start().await;
    let (office, browser) = (Office::of(&stack).await, Browser::start().await);
    let tasks = office.waiting(2).await;
    browser.open(&office.portal, CREATOR).await;
    stack
        .change(
            "insert into settings (portal_id, level, subject_id, name, value, changed_by)
             select portal_id, 'portal', 0, 'reason_policy', 'least:10', 1 from portals",
        )
        .await;
    for task in &tasks {
        browser.js(&format!("document.querySelector('{} > .pick').click()", row(*task))).await;
    }
    browser.click("#bulk [value=return]").await;
    browser.until("document.activeElement.matches('#bulk-reason')").await;
    browser.type_into("#bulk-reason", "The totals do not match").await;
    browser.click(".panel .back button").await;
    browser.until("!document.querySelector('.panel')").await;
    browser.click("#bulk [value=return]").await;
    browser.until("document.querySelector('#bulk-reason')?.value == 'The totals do not match'").await;

    // The words for all are enough; those of one are not, and they are folded away.
    let own = format!("#reason-of-{}", tasks[1]);
    browser.click(".each > summary").await;
    browser.type_into(&own, "Too few").await;
    browser.js("document.querySelector('.each').open = false").await;
    browser.click(".choose button.primary").await;
    browser.until(&format!("document.querySelector('{own} + .wrong-words #notice')?.checkVisibility()")).await;
    browser.until(&format!("document.activeElement.matches('{own}[aria-invalid=true]')")).await;
    stack.none("select count(*) from decisions").await;
    browser.type_into(&own, " words for it").await;
    browser.click(".choose button.primary").await;
    browser.until("document.querySelector('[data-panel=bulk][data-moves=false]')").await;
    stack.none("select count(*) from reasons where delivery <> 'delivered'").await;
    let told = office.told(tasks[1]).await;
    assert!(told[0].1.ends_with("Too few words for it"), "{told:?}");
    browser.finish().await;
    stack.finish().await;
}
