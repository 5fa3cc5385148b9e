//! In the browser: the desk. The list, the chosen task beside it, and thirty decisions by keyboard.

use crate::support::{Bitrix, Browser, Portal, Screen, Stack, Wish, installed, row};
use serde_json::json;
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

/// What stands beside the list, and for which row.
fn looks_at(task: i64) -> String {
    format!(
        "document.querySelector('.row[aria-current]')?.dataset.taskId == '{task}' && document.querySelector('.pane .look')?.dataset.look == '{task}'"
    )
}

async fn status(bitrix: &Bitrix, portal: &Portal, task: i64) -> i64 {
    bitrix.task(portal, task).await["status"].as_i64().unwrap()
}

/// From a key to the next task on the screen: milliseconds, and whether all of it was there.
const WATCH_PAINTS: &str = "
    window.paints = []; window.bare = 0; let began = null;
    addEventListener('keydown', () => { began = performance.now() }, true);
    new MutationObserver(() => {
        const [from, shown] = [began, document.querySelector('.pane .look')];
        if (from === null || shown?.dataset.look === window.last) return;
        window.last = shown?.dataset.look; began = null;
        if (!shown?.dataset.look) window.bare += 1;
        requestAnimationFrame(() => setTimeout(() => paints.push(performance.now() - from)));
    }).observe(document.querySelector('.pane'), {childList: true});";

#[tokio::test]
async fn p26_p30_p33_p39_thirty_tasks_are_decided_by_keyboard_without_waiting() {
    let stack = Stack::with(Wish { undo: "4s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let titles: Vec<String> = (1..=30).map(|nth| format!("Offer {nth}")).collect();
    let tasks = bitrix.waiting(&portal, &titles.iter().map(String::as_str).collect::<Vec<_>>()).await;
    // A request of its own takes 200 ms; so do the five questions about one task together, in a batch.
    let asked = [
        "tasks.task.get",
        "tasks.task.getaccess",
        "tasks.task.result.list",
        "tasks.task.history.list",
        "task.checklistitem.getlist",
    ];
    let methods: serde_json::Map<_, _> = asked.iter().map(|method| ((*method).to_owned(), json!(40))).collect();
    bitrix.post("latency", json!({"default_ms": 200, "methods": methods})).await;
    browser.open(&portal, CREATOR).await;
    browser.until(&looks_at(tasks[0])).await;
    browser.js("window.focus(); window.marker = 'one page'").await;
    browser.js(WATCH_PAINTS).await;
    let (mut keys, mut keys_of_returns) = (0, 0);
    for (nth, task) in tasks.iter().enumerate() {
        browser.until(&looks_at(*task)).await;
        // Nobody reads faster.
        tokio::time::sleep(Duration::from_millis(250)).await;
        if nth < 10 {
            browser.keys("1").await;
            browser.until("document.activeElement.value == 'The result is missing.'").await;
            browser.keys(Key::Enter).await;
            (keys, keys_of_returns) = (keys + 2, keys_of_returns + 2);
        } else {
            browser.keys("a").await;
            keys += 1;
        }
        browser.outcome(*task, "held").await;
        if nth == 10 {
            // Taken back it is before the eyes again.
            browser.keys("z").await;
            browser.outcome(*task, "cancelled").await;
            browser.until(&looks_at(*task)).await;
            browser.until("document.activeElement.matches('.row[aria-current] *')").await;
            browser.keys("a").await;
            browser.outcome(*task, "held").await;
            keys += 2;
        }
    }
    assert!(keys <= 50 && keys_of_returns <= 34, "{keys} keys, {keys_of_returns} for the returns");
    for task in &tasks {
        browser.outcome(*task, "done").await;
    }
    assert_eq!(browser.js("return window.marker").await, "one page");
    let mut paints: Vec<f64> = serde_json::from_value(browser.js("return paints").await).unwrap();
    paints.sort_by(f64::total_cmp);
    let (middle, most) = (paints[paints.len() / 2], paints[paints.len() * 95 / 100]);
    println!("{keys} keys; from key to paint: {middle:.0} ms in the middle, {most:.0} ms at 95 %");
    assert!(paints.len() >= 29 && middle <= 100.0, "{paints:?}");
    assert_eq!(browser.js("return bare").await, 0, "what came next was there");
    let counts = (bitrix.calls("tasks.task.disapprove").await.len(), bitrix.calls("tasks.task.approve").await.len());
    assert_eq!(counts, (10, 20), "each once");
    for (nth, task) in tasks.iter().enumerate() {
        assert_eq!(status(bitrix, &portal, *task).await, if nth < 10 { 2 } else { 5 });
    }
    bitrix.post("latency", json!({"default_ms": 0})).await;
    browser.finish().await;
    stack.finish().await;
}

const HOSTILE: &str =
    "<img src=x onerror=alert(1)> [URL=javascript:alert(2)]link[/URL] </script><script>alert(3)</script>";

#[tokio::test]
async fn p35_p36_p37_p38_p40_the_work_and_its_past_stand_beside_the_list() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = rich(bitrix, &portal, "Logo for the winter").await;
    let other = bitrix.scenario(&portal, json!({"tasks": [{"title": HOSTILE, "description": HOSTILE, "results": [HOSTILE],
        "checklist": [{"title": HOSTILE, "complete": true}], "created_by": CREATOR, "responsible_id": ASSIGNEE, "status": 4}]}));
    let other = other.await[0];
    browser.open(&portal, CREATOR).await;
    browser.until(&looks_at(task)).await;
    let shown = browser.text(".pane .look").await;
    for words in [
        "All three sizes are in the folder.",
        "Eva Assignee",
        "2 of 3 done",
        "Files named",
        "2 h 30 min of 2 h 0 min",
        "more than planned",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("Returned") && !shown.contains("Since"), "it never came back: {shown}");
    let link = browser
        .js("const a = document.querySelector('.look .description a'); return [a.href, a.rel, a.innerText]")
        .await;
    assert_eq!(link, json!(["https://styles.example/guide", "noopener noreferrer nofollow", "the guide"]));
    assert_eq!(browser.count(".look .description .item").await, 2);

    browser.return_task(task, "The colours are the old ones").await;
    browser.outcome(task, "done").await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let act = async |action: &str, text: &str| {
        bitrix.act_with(&portal, json!({"user_id": ASSIGNEE, "action": action, "task_id": task, "text": text})).await;
    };
    act("tick", "Files named").await;
    act("result", "Now with the right [B]colours[/B].").await;
    for action in ["start", "complete"] {
        act(action, "").await;
    }
    browser.open(&portal, CREATOR).await;
    browser.click(&format!("{} .title", row(task))).await;
    browser.until(&looks_at(task)).await;
    let shown = browser.text(".pane .look").await;
    for words in [
        "Returned once",
        "1 new result",
        "Now with the right colours.",
        "1 earlier result",
        "3 of 3 done",
        "The colours are the old ones",
        "Carl Creator",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(
        browser.text(".since").await.contains("Since your return on")
            && browser.text(".since").await.contains("Files named")
    );
    assert_eq!(browser.text(".look section:not(.since) .description b").await, "colours");

    // The assignee's own taking back is no return.
    bitrix.act(&portal, ASSIGNEE, "renew", task).await;
    for action in ["start", "complete"] {
        act(action, "").await;
    }
    browser.open(&portal, CREATOR).await;
    browser.click(&format!("{} .title", row(task))).await;
    browser.until(&looks_at(task)).await;
    assert!(browser.text(".pane .look").await.contains("Returned once"));

    browser.watch_policy().await;
    browser.click(&format!("{} .title", row(other))).await;
    browser.until(&looks_at(other)).await;
    assert_eq!(browser.count(".pane img, .pane script, .pane a[href^=javascript]").await, 0);
    assert!(browser.text(".look .points").await.contains("onerror=alert(1)"));
    assert_eq!(browser.js("return violations").await, json!([]));
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn p27_p28_p41_p42_the_return_names_points_and_a_day_and_the_card_is_a_key_away() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = rich(bitrix, &portal, "Logo for the winter").await;
    let more = bitrix.waiting(&portal, &["In the card", "By its own words"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
    browser.click(&format!("{} .title", row(task))).await;
    browser.until(&looks_at(task)).await;
    browser.keys("r").await;
    browser.until("document.activeElement.matches('.pane textarea')").await;
    browser.keys("4").await;
    browser.until("document.activeElement.value == 'There are mistakes to correct.'").await;
    // Another number is another reason, as long as nobody has changed the words.
    browser.keys("2").await;
    browser.until("document.activeElement.value == 'This is not what was asked for.'").await;
    browser.keys(" J").await;
    browser.until("document.activeElement.value.endsWith('for. J')").await;
    browser.click(".pane [name=item]").await;
    browser.click(".pane [name=deadline] option:last-child").await;
    browser.click(".pane details.return button.primary").await;
    browser.outcome(task, "done").await;
    browser.until(&format!("document.querySelector('{} .delivery')?.innerText == 'Reason delivered'", row(task))).await;
    let state = bitrix.task(&portal, task).await;
    let open: Vec<_> =
        state["checklist"].as_array().unwrap().iter().filter(|point| point["complete"] == false).collect();
    assert!(open.iter().any(|point| point["title"] == "Logo in three sizes"), "{open:?}");
    assert!(state["deadline"].as_str().unwrap().starts_with("2036-01-13"), "{}", state["deadline"]);
    let told = state["chat"][0]["text"].as_str().unwrap();
    assert!(
        told.contains("for. J")
            && told.contains("• Logo in three sizes")
            && told.contains("New deadline: Jan 13, 2036"),
        "{told}"
    );

    // O opens the card; what was done there is seen here when it closes.
    browser.click(&format!("{} .title", row(more[0]))).await;
    browser.until(&looks_at(more[0])).await;
    browser.keys("o").await;
    browser.top().await;
    browser.enter(".slider iframe").await;
    browser.click("button[value=approve]").await;
    browser.until("document.querySelector('main').innerText.includes('Completed')").await;
    browser.top().await;
    browser.click(".slider .close").await;
    browser.frame("queue").await;
    for place in [row(more[0]), ".pane".to_owned()] {
        browser
            .until(&format!("document.querySelector('{place}').innerText.includes('does not wait for control')"))
            .await;
    }

    // C is for words of one's own: a number is a letter then.
    browser.js("window.focus()").await;
    browser.click(&format!("{} .title", row(more[1]))).await;
    browser.until(&looks_at(more[1])).await;
    browser.keys("c").await;
    browser.until("document.activeElement.matches('.pane textarea')").await;
    browser.keys("2 pages are missing").await;
    browser.until("document.activeElement.value == '2 pages are missing'").await;
    browser.ctrl_enter().await;
    browser.outcome(more[1], "done").await;
    assert_eq!(
        stack.count("select count(*) from reasons where code is null and body = '2 pages are missing'").await,
        1
    );
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn p33_p69_keys_are_shown_and_a_narrow_screen_has_two_steps() {
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["First", "Second", "Third"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
    browser.until(&looks_at(tasks[0])).await;
    for (key, task) in [("j", tasks[1]), ("j", tasks[2]), ("j", tasks[2]), ("k", tasks[1])] {
        browser.keys(key).await;
        browser.until(&looks_at(task)).await;
        assert_eq!(browser.js("return document.activeElement.matches('.row[aria-current] .title')").await, true);
    }
    browser.keys("x").await;
    browser.until(&format!("document.querySelector('{} > .pick').checked", row(tasks[1]))).await;
    browser.keys("x").await;
    browser.keys("?").await;
    browser.until("document.querySelector('#keys').open").await;
    browser.keys("a").await;
    browser.keys(Key::Escape).await;
    browser.until("!document.querySelector('#keys').open").await;
    assert_eq!(stack.count("select count(*) from decisions").await, 0, "the help hears no other key");

    browser.resize(360, 740).await;
    browser.open(&portal, CREATOR).await;
    let seen = async |css: &str| {
        browser.js(&format!("return document.querySelector('{css}').checkVisibility()")).await == true
    };
    assert!(seen(".lists").await && !seen(".pane").await);
    browser.click(&format!("{} .title", row(tasks[1]))).await;
    browser.until("document.querySelector('.pane').checkVisibility()").await;
    assert!(!seen(".lists").await && !browser.scrolls_sideways().await);
    browser.until(&looks_at(tasks[1])).await;
    browser.click(".pane .approve").await;
    browser.outcome(tasks[1], "held").await;
    browser.until(&looks_at(tasks[2])).await;
    assert!(seen(".pane").await, "the next one follows");
    browser.keys("z").await;
    browser.outcome(tasks[1], "cancelled").await;
    browser.click("[data-step=list]").await;
    assert!(seen(".lists").await && !seen(".pane").await);
    browser.finish().await;
    stack.finish().await;
}
