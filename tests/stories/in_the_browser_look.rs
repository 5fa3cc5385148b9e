//! In the browser: the chosen task beside the list, with its work and its past, and the return that names what is not good.

use crate::support::{Bitrix, Browser, Portal, Screen, Stack, Wish, installed, row};
use serde_json::json;
use std::{path::PathBuf, time::Duration};
use thirtyfour::Key;

pub const CREATOR: i64 = 2;
pub const ASSIGNEE: i64 = 3;

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

/// It came back once, and was handed in again with something new and a word about it.
async fn returned_once(bitrix: &Bitrix, portal: &Portal, task: i64) {
    bitrix.act(portal, CREATOR, "disapprove", task).await;
    // A history knows whole seconds.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    for (action, text) in [
        ("untick", "Colours checked"),
        ("tick", "Colours checked"),
        ("result", "Now with the right [B]colours[/B]."),
        ("comment", "Ready again. The printer has confirmed the colours."),
        ("start", ""),
        ("complete", ""),
    ] {
        bitrix.act_with(portal, json!({"user_id": ASSIGNEE, "action": action, "task_id": task, "text": text})).await;
    }
}

/// What stands beside the list, and for which row.
pub fn looks_at(task: i64) -> String {
    format!(
        "document.querySelector('.row[aria-current]')?.dataset.taskId == '{task}' && document.querySelector('.pane .look')?.dataset.look == '{task}'"
    )
}

const HOSTILE: &str =
    "<img src=x onerror=alert(1)> [URL=javascript:alert(2)]link[/URL] </script><script>alert(3)</script>";

#[tokio::test]
async fn p35_p36_p40_the_work_stand_beside_the_list() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = rich(bitrix, &portal, "Logo for the winter").await;
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
    assert!(!shown.contains("1 return") && !shown.contains("Since"), "it never came back: {shown}");
    let link = browser
        .js("const a = document.querySelector('.look .description a'); return [a.href, a.rel, a.innerText]")
        .await;
    assert_eq!(link, json!(["https://styles.example/guide", "noopener noreferrer nofollow", "the guide"]));
    assert_eq!(browser.count(".look .description .item").await, 2);

    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn p29_p37_p38_what_has_changed_since_the_return_stands_beside_the_list() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = rich(bitrix, &portal, "Logo for the winter").await;
    browser.open(&portal, CREATOR).await;
    browser.return_task(task, "The colours are the old ones").await;
    browser.outcome(task, "done").await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let act = async |action: &str, text: &str| {
        bitrix.act_with(&portal, json!({"user_id": ASSIGNEE, "action": action, "task_id": task, "text": text})).await;
    };
    act("tick", "Files named").await;
    act("result", "Now with the right [B]colours[/B].").await;
    act("comment", "Ready [I]again[/I], please look").await;
    for action in ["start", "complete"] {
        act(action, "").await;
    }
    browser.open(&portal, CREATOR).await;
    browser.click(&format!("{} .title", row(task))).await;
    browser.until(&looks_at(task)).await;
    let shown = browser.text(".pane .look").await;
    for words in [
        "1 return",
        "1 new status summary",
        "Now with the right colours.",
        "1 earlier status summary",
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
    let said = browser.text(".since .message").await;
    assert!(said.contains("Eva Assignee") && said.contains("Ready again, please look"), "{said}");
    assert!(browser.text(".since").await.contains("1 message"), "the reason that one gave oneself is no news");
    assert_eq!(browser.text(".look section:not(.since) .description b").await, "colours");

    // The assignee's own taking back is no return.
    bitrix.act(&portal, ASSIGNEE, "renew", task).await;
    for action in ["start", "complete"] {
        act(action, "").await;
    }
    browser.open(&portal, CREATOR).await;
    browser.click(&format!("{} .title", row(task))).await;
    browser.until(&looks_at(task)).await;
    assert!(browser.text(".pane .look").await.contains("1 return"));

    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn p35_t30_hostile_words_beside_the_list_stay_words() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    bitrix.waiting(&portal, &["Harmless"]).await;
    let other = bitrix.scenario(&portal, json!({"tasks": [{"title": HOSTILE, "description": HOSTILE, "results": [HOSTILE],
        "checklist": [{"title": HOSTILE, "complete": true}], "created_by": CREATOR, "responsible_id": ASSIGNEE, "status": 4}]}));
    let other = other.await[0];
    browser.open(&portal, CREATOR).await;
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
async fn p27_p28_the_return_names_points_and_a_day() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = rich(bitrix, &portal, "Logo for the winter").await;
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
    browser.js("document.querySelector('.pane [name=item]').scrollIntoView({block: 'center'})").await;
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

    browser.finish().await;
    stack.finish().await;
}

/// So much time goes by on the page that all it has read is old; `looked` counts what it reads then.
async fn grow_old(browser: &Browser) {
    browser
        .js("const now = performance.now.bind(performance), ask = window.fetch; window.looked = 0; \
             performance.now = () => now() + 130000; \
             window.fetch = async (url, how) => { \
                 const answer = await ask(url, how); \
                 if (url == '/looks') looked += 1; \
                 return answer; }")
        .await;
    browser.until("looked > 0").await;
    browser.settle().await;
}

#[tokio::test]
async fn in_the_browser_words_that_were_begun_outlive_what_is_read_anew() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["First", "Second", "Third"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
    let opens = async |task: i64| {
        browser.click(&format!("{} .title", row(task))).await;
        browser.until(&looks_at(task)).await;
    };
    let writes = async |words: &str| {
        browser.keys("r").await;
        browser.until("document.activeElement.matches('.pane textarea')").await;
        browser.keys(words).await;
    };
    // A closed form, and one that stands open beside a task that is not looked at.
    opens(tasks[0]).await;
    writes("Half a thought").await;
    browser.keys(Key::Escape).await;
    browser.until("!document.querySelector('.pane details.return').open").await;
    opens(tasks[1]).await;
    writes("Another one").await;
    opens(tasks[0]).await;
    browser.js("document.querySelector('.pane .look').old = true").await;
    grow_old(&browser).await;
    browser.until("!document.querySelector('.pane .look').old").await;
    browser.keys("r").await;
    browser.until("document.activeElement.matches('.pane textarea')").await;
    assert_eq!(browser.js("return document.activeElement.value").await, "Half a thought");
    opens(tasks[1]).await;
    let begun = "return document.querySelector('.pane details.return[open] textarea')?.value";
    assert_eq!(browser.js(begun).await, "Another one");
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_a_letter_in_an_open_form_decides_nothing() {
    let stack = Stack::with(Wish { undo: "60s", ..Wish::default() }).await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let task = rich(bitrix, &portal, "Logo for the winter").await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
    browser.until(&looks_at(task)).await;
    browser.keys("r").await;
    browser.until("document.activeElement.matches('.pane textarea')").await;
    for focus in
        ["document.querySelector('.pane [name=item]').focus()", "document.querySelector('.pane .send button').focus()"]
    {
        browser.js(focus).await;
        for key in ["a", "x", "j", "1"] {
            browser.keys(key).await;
        }
    }
    // Nor beside it, as long as the button that it means is out of sight.
    browser.js("document.activeElement.blur()").await;
    browser.keys("a").await;
    browser.settle().await;
    assert_eq!(stack.count("select count(*) from decisions").await, 0);
    assert_eq!(browser.count(".pick:checked").await, 0);
    assert_eq!(browser.js("return document.querySelector('.pane details.return[open] textarea').value").await, "");
    // Nor in the form that puts a task aside; closed, the letter means what it meant.
    browser.js("document.querySelector('.pane textarea').focus()").await;
    browser.keys(Key::Escape).await;
    browser.keys("h").await;
    browser.until("document.activeElement.matches('.snoozing button')").await;
    browser.keys("a").await;
    browser.settle().await;
    assert_eq!(stack.count("select count(*) from decisions").await, 0);
    browser.keys(Key::Escape).await;
    browser.until("!document.querySelector('.snoozing')").await;
    browser.keys("a").await;
    browser.outcome(task, "held").await;
    browser.keys("z").await;
    browser.outcome(task, "cancelled").await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn p41_p42_the_card_and_words_of_ones_own_are_a_key_away() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    let more = bitrix.waiting(&portal, &["In the card", "By its own words"]).await;
    browser.open(&portal, CREATOR).await;
    browser.js("window.focus()").await;
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
    // Or the list was sooner, and it is gone.
    for (place, gone) in
        [(row(more[0]), "!place".to_owned()), (".pane".to_owned(), format!("!({})", looks_at(more[0])))]
    {
        let says = "place.innerText.includes('does not wait for control')";
        browser.until(&format!("(place => {gone} || {says})(document.querySelector('{place}'))")).await;
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
