//! A day's walk through everything, with every log line kept: no secret is anywhere but where it belongs.

use crate::support::{Stack, Wish, installed};
use serde_json::json;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a walk")]
async fn t56_t57_a_long_walk_leaves_no_secret_behind() {
    let stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    bitrix.settings(&portal, json!({"limits": "off"})).await;
    let tasks = bitrix.waiting(&portal, &["One", "Two", "Three", "Four"]).await;
    let events = format!("{}/events", stack.public_url());

    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    for (place, options) in [
        ("TASK_VIEW_TAB", json!({"taskId": tasks[0].to_string()})),
        ("TASK_LIST_CONTEXT_MENU", json!({"ID": tasks[1].to_string()})),
        ("TASK_USER_LIST_TOOLBAR", json!({"USER_ID": "3"})),
        ("TASK_GROUP_LIST_TOOLBAR", json!({"GROUP_ID": "11"})),
        ("LEFT_MENU", json!({})),
    ] {
        let wish = json!({"user_id": 2, "place": place, "options": options});
        let page = visitor.open(&bitrix.open_with(&portal, wish).await).await;
        assert_eq!(page.status.as_u16(), 200, "{place}");
    }
    let held = visitor.press(&queue, tasks[0], "return", "Taken back at once").await;
    let held = visitor.press(&held, tasks[0], "undo", "").await;
    let held = visitor.press(&held, tasks[1], "approve", "").await;
    assert_eq!(held.outcome(tasks[1]).as_deref(), Some("held"), "{}", held.text());

    // Tokens run out in the middle, and the code flow brings new ones.
    bitrix.post(&format!("portals/{}/expire", portal.member_id), json!({})).await;
    assert_eq!(visitor.go("/queue", &queue).await.status.as_u16(), 200);
    visitor.press(&held, tasks[2], "return", "The totals do not match").await;
    let fresh = bitrix.access_token(&portal, 2).await;
    let session = queue.session().unwrap();
    visitor.post("/session", &[("session", &session), ("access_token", &fresh)]).await;
    visitor.get(&format!("/connect?domain={}", portal.domain), "").await;
    visitor.get("/?code=0123456789abcdef0123456789abcdef&state=fedcba9876543210", "handback-connect=abc").await;

    // Refusals of all kinds, with real tokens in them.
    let admin = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
    visitor.go("/health", &admin).await;
    visitor.go("/health", &queue).await;
    visitor.open(&bitrix.open(&portal, 2, "INSTALL").await).await;
    visitor.open(&bitrix.open_with(&portal, json!({"user_id": 2, "client_id": "app.other.7"})).await).await;
    visitor.with_origin("https://evil.test").go("/queue", &queue).await;
    visitor.get(&format!("/queue?session={session}&AUTH_ID={fresh}"), "").await;
    visitor.post_raw(&format!("/?AUTH_ID={fresh}&DOMAIN=x"), format!("AUTH_ID={fresh}&AUTH_ID={fresh}")).await;
    visitor.post_raw("/events", format!("event=A&auth[access_token]={fresh}&auth[{fresh}]={fresh}")).await;
    for (event, with_tokens) in [("ONTASKUPDATE", true), ("ONAPPINSTALL", true), ("ONAPPUNINSTALL", false)] {
        bitrix.event(&portal, json!({"event": event, "with_tokens": with_tokens, "url": events})).await;
    }
    for method in ["batch", "app.info", "oauth/token"] {
        let on = if method == "batch" { "portal" } else { "oauth" };
        bitrix.fault(json!({"on": on, "method": method, "kind": "garbage_after"})).await;
    }
    visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;

    for _ in 0..200 {
        let open = "select count(*) from decisions where state in ('held', 'checking', 'sending', 'unknown')";
        let telling = "select count(*) from reasons where delivery in ('pending', 'sending')";
        if stack.count(open).await == 0 && stack.count(telling).await <= 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let logs = stack.logs();
    assert!(logs.contains("TRACE") && logs.lines().count() > 200, "the log is as loud as it can be");
    assert!(!logs.contains("Taken back at once") && !logs.contains("The totals do not match"), "nor anybody's words");
    assert!(stack.metrics().await.contains("handback_"), "there are metrics to look into");
    let planted = stack.finish().await;
    println!("figure: of {planted} secrets found in logs, a dump, pages, outgoing URLs, metrics: 0 (target 0)");
}
