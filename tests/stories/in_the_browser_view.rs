//! In the browser: the list in one's own view, put aside, and as it changes in Bitrix24.

use crate::support::{Browser, Portal, Stack, installed, row};
use serde_json::json;
use std::time::{Duration, Instant};

const SHOWN: &str = "[...document.querySelectorAll('#mine .row:not([hidden])')].map(r => +r.dataset.taskId)";

async fn office(stack: &Stack) -> (Portal, Vec<i64>) {
    let portal = installed(stack).await;
    let groups = [(31, "Campaign"), (33, "Website")];
    let groups = groups.map(|(id, name)| json!({"id": id, "name": name, "members": [2, 3]}));
    let task = |(title, group, minutes): (&str, i64, i64)| {
        json!({"title": title, "created_by": 2, "responsible_id": 3, "group_id": group, "status": 4,
               "handed_in_minutes_ago": minutes, "created_minutes_ago": 20_000})
    };
    let tasks = [("Price list", 33, 900), ("Slides", 31, 800), ("Terms", 33, 700), ("Banner", 31, 600)];
    let scenario = json!({"groups": groups, "tasks": tasks.map(task)});
    let tasks = stack.bitrix.scenario(&portal, scenario).await;
    (portal, tasks)
}

async fn shows(browser: &Browser, tasks: &[i64]) {
    browser.until(&format!("JSON.stringify({SHOWN}) == '{}'", json!(tasks))).await;
}

#[tokio::test]
async fn in_the_browser_p18_p20_the_list_follows_its_form_at_once_and_is_so_at_the_next_opening() {
    let stack = Stack::start().await;
    let browser = Browser::start().await;
    let (portal, tasks) = office(&stack).await;
    browser.open(&portal, 2).await;
    browser.watch_policy().await;
    browser.keys("/").await;
    browser.type_into("#view-text", "slid").await;
    shows(&browser, &tasks[1..2]).await;
    browser.until("document.querySelector('[data-count]').dataset.count == '1'").await;
    assert_eq!(browser.text("[data-count]").await, "1 task waits for your control");
    assert!(browser.js("return document.title").await.as_str().unwrap().starts_with("1 task waits"));
    browser.click("#view [name=reset]").await;
    shows(&browser, &tasks).await;

    browser
        .js("const g = document.getElementById('view-group'); g.value = 'project'; \
                g.dispatchEvent(new Event('input', {bubbles: true}))")
        .await;
    shows(&browser, &[tasks[1], tasks[3], tasks[0], tasks[2]]).await;
    let heads =
        "[...document.querySelectorAll('#mine .group')].map(g => g.textContent.trim().replace(/\\s+/g, ' ')).join()";
    browser.until(&format!("{heads} == 'Campaign 2,Website 2'")).await;
    browser
        .js("const p = document.getElementById('view-project'); p.value = '33'; \
                p.dispatchEvent(new Event('input', {bubbles: true}))")
        .await;
    shows(&browser, &[tasks[0], tasks[2]]).await;
    browser.until("document.querySelector('[data-count]').dataset.count == '2'").await;

    browser.open(&portal, 2).await;
    shows(&browser, &[tasks[0], tasks[2]]).await;
    assert_eq!(browser.js("return document.getElementById('view-project').value").await, "33");
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn p69_in_the_browser_a_small_screen_begins_with_the_tasks_and_hides_nothing_that_has_the_focus() {
    let stack = Stack::start().await;
    let browser = Browser::start().await;
    let (portal, tasks) = office(&stack).await;
    let seen = async |css: &str| {
        browser.js(&format!("return document.querySelector('{css}').checkVisibility()")).await == true
    };
    browser.open(&portal, 2).await;
    assert!(seen("#view-group").await && !seen(".filters > summary").await, "where there is room they stand open");
    browser.resize(360, 740).await;
    browser.open(&portal, 2).await;
    assert!(seen("#view-text").await && !seen("#view-group").await);
    let first = "return document.querySelector('#mine .row').getBoundingClientRect().top";
    let top = browser.js(first).await.as_f64().unwrap();
    assert!(top < 330.0, "the first task begins at {top}");
    browser.click(".filters > summary").await;
    browser.until("document.getElementById('view-group').checkVisibility()").await;
    browser.click("#view [name=overdue]").await;
    browser.until("document.querySelector('[data-active]').textContent == '1 set'").await;
    browser.click("#view [name=overdue]").await;
    shows(&browser, &tasks).await;
    browser.click(".filters > summary").await;

    // The bar hangs over the list as soon as something is chosen.
    browser.js(&format!("document.querySelector('{} > .pick').click()", row(tasks[0]))).await;
    browser.until("document.querySelector('.dock').classList.contains('wanted')").await;
    browser.js(&format!("document.querySelector('{} > .pick').focus()", row(tasks[0]))).await;
    let over = "const [a, b] = [document.activeElement, document.querySelector('.dock')]; if (b.contains(a)) return null; \
                const [x, y] = [a.getBoundingClientRect(), b.getBoundingClientRect()]; \
                return x.bottom > y.top && x.top < y.bottom ? a.outerHTML.slice(0, 200) : ''";
    for press in 0.. {
        browser.keys(thirtyfour::Key::Tab).await;
        tokio::time::sleep(Duration::from_millis(120)).await;
        match browser.js(over).await.as_str() {
            Some(hidden) => assert_eq!(hidden, "", "after {press} presses it is under the bar"),
            None => break,
        }
        assert!(press < 60, "the bar is never reached");
    }
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_p44_a_reason_of_one_project_is_offered_there_alone_under_the_next_key() {
    let stack = Stack::start().await;
    let browser = Browser::start().await;
    let (portal, tasks) = office(&stack).await;
    // As the administrator's form writes it: the four that every portal begins with, before them one of a project.
    stack
        .change(
            "insert into saved_reasons (portal_id, reason_id, place, changed_by)
             select portal_id, '0197f3a2-0000-7000-8000-00000000000a'::uuid, 1, 1 from portals union all
             select portal_id, '0197f3a2-0000-7000-8000-00000000000b'::uuid, 2, 1 from portals",
        )
        .await;
    stack
        .change(
            "insert into saved_reason_texts (portal_id, reason_id, lang, body)
             select portal_id, reason_id, 'en', case place when 1 then 'Of the campaign' else 'Of all' end from saved_reasons",
        )
        .await;
    stack
        .change(
            "insert into saved_reason_projects (portal_id, reason_id, group_id)
             select portal_id, reason_id, 31 from saved_reasons where place = 1",
        )
        .await;
    browser.open(&portal, 2).await;
    for (task, words) in [(tasks[0], "Of all"), (tasks[1], "Of the campaign")] {
        let row = row(task);
        browser.click(&format!("{row} details.return > summary")).await;
        browser.type_into(&format!("{row} details[open] textarea"), "1").await;
        let value = browser.js(&format!("return document.querySelector('{row} details[open] textarea').value")).await;
        assert_eq!(value, words);
        browser.keys(thirtyfour::Key::Escape).await;
    }
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_p59_the_settings_fit_every_screen() {
    let stack = Stack::start().await;
    let browser = Browser::start().await;
    let (portal, _) = office(&stack).await;
    browser.open(&portal, 1).await;
    browser.click("[action='/health'] button").await;
    browser.frame("health").await;
    for (press, page) in [
        (".sections [action='/settings/portal'] button", "portal"),
        ("[action='/settings/reason'] button", "reason"),
        (".sections [action='/settings/mine'] button", "mine"),
    ] {
        browser.click(press).await;
        for width in [1280, 768, 360] {
            browser.top().await;
            browser.resize(width, 800).await;
            browser.frame(page).await;
            browser.until(&format!("innerWidth <= {width}")).await;
            assert!(!browser.scrolls_sideways().await, "{page} at {width}");
        }
        browser.top().await;
        browser.resize(1280, 800).await;
        browser.frame(page).await;
    }
    // With the hand: a setting is set, and the page says so.
    browser.click(".sections [action='/settings/portal'] button").await;
    browser.frame("portal").await;
    browser.js("document.getElementById('value-hours').value = '16'").await;
    browser.click("[data-setting=review_hours] [value=set]").await;
    browser.frame("portal").await;
    browser.until("document.querySelector('.said')?.textContent == 'Saved.'").await;
    assert!(browser.text("[data-setting=review_hours] .now").await.contains("16 working hours (from the portal)"));
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_p22_a_task_is_put_aside_and_taken_up_again() {
    let stack = Stack::start().await;
    let browser = Browser::start().await;
    let (portal, tasks) = office(&stack).await;
    browser.open(&portal, 2).await;
    browser.watch_policy().await;
    browser.click(&format!("{} [data-action=snooze]", row(tasks[0]))).await;
    browser.click(&format!("{} .snoozing [value=morning]", row(tasks[0]))).await;
    shows(&browser, &tasks[1..]).await;
    browser.until("document.querySelector('#view [data-snoozed]').textContent == '1'").await;
    browser.until("document.getElementById('live').textContent.includes('Snoozed until')").await;
    browser.click("#view [name=snoozed]").await;
    shows(&browser, &tasks[..1]).await;
    assert!(browser.text(&row(tasks[0])).await.contains("Snoozed until"));
    browser.click(&format!("{} [data-action=wake]", row(tasks[0]))).await;
    shows(&browser, &[]).await;
    browser.click("#view [name=snoozed]").await;
    shows(&browser, &tasks).await;

    // A day that is missing, or over, is asked for at its field; the other choices do without one.
    let day = async |value: &str| {
        let set = format!("document.querySelector('{} .snoozing [name=day]').value = {value}", row(tasks[1]));
        browser.js(&set).await;
        browser.click(&format!("{} .snoozing [value=day]", row(tasks[1]))).await;
    };
    browser.click(&format!("{} .title", row(tasks[1]))).await;
    browser.until(&format!("document.querySelector('{} [data-action=snooze]').checkVisibility()", row(tasks[1]))).await;
    browser.click(&format!("{} [data-action=snooze]", row(tasks[1]))).await;
    for wrong in ["''", "'2020-01-01'"] {
        day(wrong).await;
        browser.settle().await;
        browser.until("document.activeElement.matches('.snoozing [name=day]:invalid')").await;
        assert_eq!(browser.js("return document.getElementById('notice').hidden").await, true);
    }
    // Enter in the field is for the day as well.
    let set = "day.value = new Date(Date.now() + 3 * 86400000).toISOString().slice(0, 10); day.focus()";
    browser.js(&format!("const day = document.querySelector('{} .snoozing [name=day]'); {set}", row(tasks[1]))).await;
    browser.keys(thirtyfour::Key::Enter).await;
    shows(&browser, &[tasks[0], tasks[2], tasks[3]]).await;
    assert_eq!(stack.count("select count(*) from snoozes where until > now() + interval '1 day'").await, 1);
    assert_eq!(browser.js("return violations").await, json!([]));
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_p21_what_changes_in_bitrix24_shows_within_ten_seconds_also_when_nobody_tells() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let (portal, tasks) = office(&stack).await;
    browser.open(&portal, 2).await;
    browser.js("window.here = 'never reloaded'").await;
    // A person is at work in one row, and has chosen another.
    browser.click(&format!("{} details.return > summary", row(tasks[1]))).await;
    browser.type_into(&format!("{} details[open] textarea", row(tasks[1])), "Half a rea").await;
    browser.js(&format!("document.querySelector('{} > .pick').click()", row(tasks[2]))).await;
    browser.until("document.querySelector('.lists').dataset.complete == 'true'").await;

    // By hand in Bitrix24, which tells of it.
    let began = Instant::now();
    bitrix.act(&portal, 2, "approve", tasks[0]).await;
    let new = bitrix
        .scenario(
            &portal,
            json!({"events": true, "tasks": [{"title": "Newsletter", "created_by": 2,
        "responsible_id": 3, "status": 4, "handed_in_minutes_ago": 1, "created_minutes_ago": 2000}]}),
        )
        .await[0];
    shows(&browser, &[tasks[1], tasks[2], tasks[3], new]).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    browser.until("document.querySelector('[data-count]').dataset.count == '4'").await;
    let typed =
        browser.js(&format!("return document.querySelector('{} details[open] textarea').value", row(tasks[1]))).await;
    assert_eq!(typed, "Half a rea", "what is in use stays as it is");
    assert_eq!(browser.js(&format!("return document.querySelector('{} > .pick').checked", row(tasks[2]))).await, true);

    // And without a word: every event is lost.
    let lost = json!({"tasks": [{"title": "Unheard of", "created_by": 2, "responsible_id": 3, "status": 4,
        "handed_in_minutes_ago": 0, "created_minutes_ago": 2000}]});
    let began = Instant::now();
    let silent = bitrix.scenario(&portal, lost).await[0];
    shows(&browser, &[tasks[1], tasks[2], tasks[3], new, silent]).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(browser.js("return document.title").await.as_str().unwrap().starts_with("5 tasks wait"));
    assert_eq!(browser.js("return here").await, "never reloaded");
    browser.finish().await;
    stack.finish().await;
}
