//! The authorization server is silent or talks nonsense: who is in goes on, nobody new comes in.

use crate::support::{Stack, installed, refusal, refused};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn f01_f03_without_the_authorization_server_open_sessions_go_on_and_no_new_one_begins() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    bitrix.waiting(&portal, &["Prepare the offer"]).await;
    let inside = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;

    let troubles: [Value; 9] = [
        json!({"kind": "html", "status": 503}),
        json!({"kind": "html", "status": 200}),
        json!({"kind": "body", "status": 200, "body": {}}),
        json!({"kind": "body", "status": 200, "body": "{\"result\": {\"client_id\": \"app.sand"}),
        json!({"kind": "body", "status": 200, "body": {"result": {"client_id": {}, "install": 7}}}),
        json!({"kind": "body", "status": 200, "body": format!("{{\"result\": \"{}\"}}", "x".repeat(10 << 20))}),
        json!({"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED"}),
        json!({"kind": "drop_before"}),
        json!({"kind": "hang", "ms": 30_000}),
    ];
    for mut trouble in troubles {
        trouble["on"] = json!("oauth");
        trouble["method"] = json!("app.info");
        let shown = trouble.to_string().chars().take(120).collect::<String>();
        let (opening, before) = (bitrix.open(&portal, 2, "DEFAULT").await, stack.kept().await);
        bitrix.fault(trouble).await;
        let began = Instant::now();
        let answer = visitor.open(&opening).await;
        assert_eq!(refusal(&answer), refused(503, "authorization_down"), "{shown}");
        assert!(began.elapsed() < Duration::from_secs(8), "{shown}: {:?}", began.elapsed());
        assert!(answer.header("Retry-After").parse::<u32>().is_ok_and(|s| s > 0), "{shown}");
        assert!(answer.text().contains("sign-in service does not answer") && answer.text().contains("quote this id"));
        assert_eq!(stack.kept().await, before, "{shown}");

        let queue = visitor.go("/queue", &inside).await;
        assert_eq!((queue.status.as_u16(), queue.count()), (200, Some(1)), "{shown}");
        let healed = visitor.open(&opening).await;
        assert_eq!(healed.status.as_u16(), 200, "{shown}: it is asked again");
    }
    stack.finish().await;
}

#[tokio::test]
async fn f02_two_hundred_openings_wait_for_a_silent_authorization_server_no_longer_than_one() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let inside = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    let mut openings = Vec::new();
    for _ in 0..200 {
        openings.push(bitrix.open(&portal, 3, "DEFAULT").await);
    }
    bitrix.forget_journal().await;
    bitrix.fault(json!({"on": "oauth", "method": "app.info", "kind": "hang", "ms": 30_000, "times": 0})).await;

    let began = Instant::now();
    let opened = futures_util::future::join_all(openings.iter().map(|opening| visitor.open(opening)));
    let within = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let asked = Instant::now();
            assert_eq!(visitor.go("/queue", &inside).await.status.as_u16(), 200, "who is in goes on");
            slowest = slowest.max(asked.elapsed());
        }
        slowest
    };
    let (answers, slowest) = tokio::join!(opened, within);
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    for answer in &answers {
        assert_eq!(refusal(answer), refused(503, "authorization_down"), "{}", answer.text());
    }
    assert_eq!(bitrix.calls("app.info").await.len(), 96, "so many questions are under way, and no more");
    bitrix.clear_faults().await;
    assert_eq!(visitor.open(&openings[0]).await.status.as_u16(), 200, "it is asked again");
    stack.finish().await;
}

#[tokio::test]
async fn f02_a_slow_authorization_server_is_asked_once_and_holds_nobody_up() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let inside = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    let opening = bitrix.open(&portal, 3, "DEFAULT").await;
    bitrix.forget_journal().await;
    bitrix.fault(json!({"on": "oauth", "method": "app.info", "kind": "hang", "ms": 30_000})).await;

    let began = Instant::now();
    let openings = futures_util::future::join_all((0..30).map(|_| visitor.open(&opening)));
    let within = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let asked = Instant::now();
        assert_eq!(visitor.go("/queue", &inside).await.status.as_u16(), 200);
        asked.elapsed()
    };
    let (answers, waited) = tokio::join!(openings, within);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(waited < Duration::from_secs(3), "{waited:?}");
    assert!(answers.iter().all(|a| refusal(a) == refused(503, "authorization_down")));
    assert_eq!(bitrix.calls("app.info").await.len(), 1);
    stack.finish().await;
}
