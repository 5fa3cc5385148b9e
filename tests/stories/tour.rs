//! A day's walk through everything, with every log line kept: no secret is anywhere but where it belongs.

use crate::support::{Portal, Shown, Stack, Visitor, Wish, installed};
use serde_json::{Value, json};

/// An office in which somebody tries everything.
struct Day {
    stack: Stack,
    visitor: Visitor,
    portal: Portal,
    tasks: Vec<i64>,
}

impl Day {
    async fn begin() -> Self {
        let stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
        let visitor = stack.visitor();
        let portal = installed(&stack).await;
        stack.bitrix.settings(&portal, json!({"limits": "off"})).await;
        let tasks = stack.bitrix.waiting(&portal, &["One", "Two", "Three", "Four"]).await;
        Self { stack, visitor, portal, tasks }
    }

    async fn open(&self, user: i64, place: &str) -> Shown {
        self.open_with(json!({"user_id": user, "place": place})).await
    }

    async fn open_with(&self, wish: Value) -> Shown {
        self.visitor.open(&self.stack.bitrix.open_with(&self.portal, wish).await).await
    }

    async fn opens_every_place(&self) {
        for (place, options) in [
            ("TASK_VIEW_TAB", json!({"taskId": self.tasks[0].to_string()})),
            ("TASK_LIST_CONTEXT_MENU", json!({"ID": self.tasks[1].to_string()})),
            ("TASK_USER_LIST_TOOLBAR", json!({"USER_ID": "3"})),
            ("TASK_GROUP_LIST_TOOLBAR", json!({"GROUP_ID": "11"})),
            ("LEFT_MENU", json!({})),
        ] {
            let page = self.open_with(json!({"user_id": 2, "place": place, "options": options})).await;
            assert_eq!(page.status.as_u16(), 200, "{place}");
        }
    }

    /// Tokens run out in the middle, and the code flow brings new ones. Answers one of those.
    async fn decides(&self, queue: &Shown) -> String {
        let (bitrix, visitor, tasks) = (&self.stack.bitrix, &self.visitor, &self.tasks);
        let held = visitor.press(queue, tasks[0], "return", "Taken back at once").await;
        let held = visitor.press(&held, tasks[0], "undo", "").await;
        let held = visitor.press(&held, tasks[1], "approve", "").await;
        assert_eq!(held.outcome(tasks[1]).as_deref(), Some("held"), "{}", held.text());
        bitrix.post(&format!("portals/{}/expire", self.portal.member_id), json!({})).await;
        assert_eq!(visitor.go("/queue", queue).await.status.as_u16(), 200);
        visitor.press(&held, tasks[2], "return", "The totals do not match").await;
        let fresh = bitrix.access_token(&self.portal, 2).await;
        visitor.post("/session", &[("session", &queue.session().unwrap()), ("access_token", &fresh)]).await;
        visitor.get(&format!("/connect?domain={}", self.portal.domain), "").await;
        visitor.get("/?code=0123456789abcdef0123456789abcdef&state=fedcba9876543210", "handback-connect=abc").await;
        fresh
    }

    /// Refusals of all kinds, with real tokens in them.
    async fn is_refused(&self, queue: &Shown, fresh: &str) {
        let (visitor, session) = (&self.visitor, queue.session().unwrap());
        let admin = self.open(1, "DEFAULT").await;
        visitor.go("/health", &admin).await;
        visitor.go("/health", queue).await;
        self.open(2, "INSTALL").await;
        self.open_with(json!({"user_id": 2, "client_id": "app.other.7"})).await;
        visitor.with_origin("https://evil.test").go("/queue", queue).await;
        visitor.get(&format!("/queue?session={session}&AUTH_ID={fresh}"), "").await;
        visitor.post_raw(&format!("/?AUTH_ID={fresh}&DOMAIN=x"), format!("AUTH_ID={fresh}&AUTH_ID={fresh}")).await;
        visitor.post_raw("/events", format!("event=A&auth[access_token]={fresh}&auth[{fresh}]={fresh}")).await;
    }

    /// Events that bring tokens, and answers that are none.
    async fn meets_events_and_garbage(&self) {
        let (bitrix, events) = (&self.stack.bitrix, format!("{}/events", self.stack.public_url()));
        for (event, with_tokens) in [("ONTASKUPDATE", true), ("ONAPPINSTALL", true), ("ONAPPUNINSTALL", false)] {
            bitrix.event(&self.portal, json!({"event": event, "with_tokens": with_tokens, "url": events})).await;
        }
        for method in ["batch", "app.info", "oauth/token"] {
            let on = if method == "batch" { "portal" } else { "oauth" };
            bitrix.fault(json!({"on": on, "method": method, "kind": "garbage_after"})).await;
        }
        for _ in 0..3 {
            self.open(1, "INSTALL").await;
        }
    }

    async fn until_all_is_over(&self) {
        for _ in 0..200 {
            let open = "select count(*) from decisions where state in ('held', 'checking', 'sending', 'unknown')";
            let telling = "select count(*) from reasons where delivery in ('pending', 'sending')";
            if self.stack.count(open).await == 0 && self.stack.count(telling).await <= 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn t56_t57_a_long_walk_leaves_no_secret_behind() {
    let day = Day::begin().await;
    let queue = day.open(2, "DEFAULT").await;
    day.opens_every_place().await;
    let fresh = day.decides(&queue).await;
    day.is_refused(&queue, &fresh).await;
    day.meets_events_and_garbage().await;
    day.until_all_is_over().await;
    let logs = day.stack.logs();
    assert!(logs.contains("TRACE") && logs.lines().count() > 200, "the log is as loud as it can be");
    assert!(!logs.contains("Taken back at once") && !logs.contains("The totals do not match"), "nor anybody's words");
    assert!(day.stack.metrics().await.contains("handback_"), "there are metrics to look into");
    let planted = day.stack.finish().await;
    println!("figure: of {planted} secrets found in logs, a dump, pages, outgoing URLs, metrics: 0 (target 0)");
}
