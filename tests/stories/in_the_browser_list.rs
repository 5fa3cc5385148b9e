//! In the browser: long lists, narrow screens, nasty words.

use crate::support::{Browser, Portal, Stack, installed, row};
use serde_json::json;

/// Every width that a portal is used at.
const WIDTHS: [u32; 3] = [1280, 768, 360];

async fn assert_fits(browser: &Browser, what: &str) {
    for width in WIDTHS {
        browser.top().await;
        browser.resize(width, 800).await;
        assert!(!browser.scrolls_sideways().await, "{what}: the portal at {width}");
        browser.frame(what).await;
        let frame = format!("innerWidth <= {width} && innerWidth >= {width} - 320");
        browser.until(&frame).await;
        assert!(!browser.scrolls_sideways().await, "{what}: the frame at {width}");
    }
    browser.resize(1280, 800).await;
}

#[tokio::test]
async fn in_the_browser_a_long_list_comes_in_two_parts() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let portal = installed(&stack).await;
    bitrix.scenario(&portal, json!({"bulk_tasks": {"count": 120, "created_by": 2, "responsible_id": 3}})).await;
    bitrix.post("latency", json!({"default_ms": 700})).await;
    browser.open(&portal, 2).await;
    browser.watch_policy().await;
    assert_eq!(browser.count("#mine .row").await, 50, "the first screen does not wait for the rest");
    browser.until("document.querySelectorAll('#mine .row').length == 120").await;
    bitrix.post("latency", json!({"default_ms": 0})).await;
    assert_eq!(browser.js("return document.querySelector('[data-count]').dataset.count").await, "120");
    assert_eq!(browser.text("[data-count]").await, "120 tasks wait for your control");
    assert_eq!(browser.text("[data-tab=mine] .count").await, "120");
    assert_eq!(browser.count(".more").await, 0);
    let twice = "const ids = [...document.querySelectorAll('#mine .row')].map(r => r.dataset.taskId); \
                 return ids.length - new Set(ids).size";
    assert_eq!(browser.js(twice).await, 0, "no task twice");

    // Nothing to scroll in the frame: the portal's page scrolls.
    browser.until("document.documentElement.scrollHeight <= innerHeight + 1").await;
    assert_fits(&browser, "queue").await;
    assert_eq!(browser.js("return violations").await, json!([]));

    let weight = "const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] \
                  .filter(e => !/\\/queue\\/(rows|live)$/.test(e.name)); \
                  return {requests: all.length, bytes: all.reduce((sum, e) => sum + e.transferSize, 0), \
                  parts: all.map(e => `${new URL(e.name).pathname} ${e.transferSize}`)}";
    let weight = browser.js(weight).await;
    println!("the first opening, over the wire: {weight}");
    assert!(weight["requests"].as_u64().unwrap() <= 6 && weight["bytes"].as_u64().unwrap() < 40_000, "{weight}");
    browser.finish().await;
    stack.finish().await;
}

const NASTY: [&str; 6] = [
    r#""><img src=x onerror=alert(1)>"#,
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "[url=javascript:alert(1)]press[/url] [img]http://e.test/p.png[/img]",
    "invoice \u{202e}fdp.exe",
    "{{7*7}} <svg/onload=alert(1)> &lt;i&gt; ' \" `${alert(1)}`",
];

async fn nasty(stack: &Stack) -> (Portal, Vec<i64>, Vec<String>) {
    let portal = installed(stack).await;
    let mut titles: Vec<String> = NASTY.iter().map(|title| (*title).to_owned()).collect();
    titles.push("W".repeat(250));
    let people = json!({
        "users": [{"id": 8, "name": "<img src=y onerror=alert(2)>", "last_name": "\u{202e}gnorw"}],
        "groups": [{"id": 31, "name": "</script><script>alert(3)</script>", "members": [2, 8]}],
    });
    stack.bitrix.scenario(&portal, people).await;
    let task = |(nth, title): (usize, &String)| {
        json!({"title": title, "description": format!("{title} [b]bold[/b] <img src=z onerror=alert(4)>"), "created_by": 2,
               "responsible_id": 8, "status": 4, "group_id": 31, "handed_in_minutes_ago": 100 - nth})
    };
    let tasks: Vec<_> = titles.iter().enumerate().map(task).collect();
    let tasks = stack.bitrix.scenario(&portal, json!({ "tasks": tasks })).await;
    (portal, tasks, titles)
}

/// Nothing of the words has become anything else than words, here or in a neighbouring frame.
async fn assert_harmless(browser: &Browser) {
    let alive =
        "document.querySelectorAll('img, svg, body script, [onerror], [onload], [href^=\"javascript:\" i]').length";
    assert_eq!(browser.js(&format!("return {alive}")).await, 0);
}

/// Titles as they stand in the page.
async fn texts(browser: &Browser, css: &str) -> Vec<String> {
    let script = format!("return [...document.querySelectorAll({})].map(e => e.textContent)", json!(css));
    serde_json::from_value(browser.js(&script).await).unwrap()
}

#[tokio::test]
async fn in_the_browser_t30_nasty_words_stay_words() {
    let stack = Stack::start().await;
    let (bitrix, browser) = (&stack.bitrix, Browser::start().await);
    let (portal, tasks, titles) = nasty(&stack).await;
    browser.open(&portal, 2).await;
    browser.watch_policy().await;
    assert_eq!(texts(&browser, "#mine .title bdi").await, titles);
    assert!(browser.text(".row .meta").await.contains("<img src=y onerror=alert(2)>"));
    assert_harmless(&browser).await;
    assert_fits(&browser, "queue").await;
    browser.return_task(tasks[0], "</textarea><script>alert(5)</script> \u{202e}").await;
    browser.outcome(tasks[0], "done").await;
    assert_harmless(&browser).await;
    assert_eq!(browser.js("return violations").await, json!([]));

    for (nth, (task, title)) in tasks.iter().zip(&titles).enumerate().skip(1) {
        browser.click(&format!("{} .title", row(*task))).await;
        browser.until(&format!("document.querySelector('.pane .look').dataset.look == '{task}'")).await;
        assert_eq!(texts(&browser, ".look h1 bdi").await, std::slice::from_ref(title));
        assert!(browser.text(".look .description").await.contains("<img src=z onerror=alert(4)>"));
        browser.click(".look details.return > summary").await;
        assert_harmless(&browser).await;
        if nth == titles.len() - 1 {
            assert_fits(&browser, "queue").await;
        }
    }
    // The portal's own pages show the same words, and the reason that we told.
    browser.visit(&portal, 2, "/company/personal/user/2/tasks/").await;
    let shown = texts(&browser, "a.title").await;
    assert!(titles.iter().all(|title| shown.contains(title)), "{shown:?}");
    browser.visit(&portal, 2, &format!("/company/personal/user/2/tasks/task/view/{}/", tasks[0])).await;
    assert!(browser.shown().await.contains("</textarea><script>alert(5)</script>"));
    assert_eq!(browser.count("main img, main svg").await, 0);
    assert_eq!(bitrix.task(&portal, tasks[0]).await["status"], 2);
    browser.finish().await;
    stack.finish().await;
}
