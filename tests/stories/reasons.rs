//! The words for the assignee have an outcome of their own. Whatever becomes of them, the task is returned once.

use crate::support::{Stack, decisions::*};
use serde_json::{Value, json};

async fn returned_once(office: &Office, task: i64) {
    assert_eq!(office.moves(task).await, [(CREATOR, "2".to_owned())], "returned once");
}

#[tokio::test]
async fn the_reason_is_told_once_in_the_chat_under_the_decisions_key() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let sent = office
        .press(&office.queue(CREATOR).await, task, "return", "[B]No[/B] [URL=https://x.test]look[/URL]\n[USER=1]")
        .await;
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("Reason delivered")),
        ("done", true),
        "{}",
        sent.words()
    );
    let calls = office.calls(CHAT).await;
    assert_eq!((calls.len(), &calls[0]["v3"]), (1, &json!(true)));
    assert_eq!(calls[0]["header_idempotency"], json!(format!("handback-{}", sent.id)));
    let told = office.told(task).await;
    assert_eq!((told.len(), told[0].0), (1, CREATOR));
    let words = told[0].1.strip_prefix("[USER=3]Eva Assignee[/USER], ").unwrap_or_else(|| panic!("{told:?}"));
    assert!(!words.contains(['[', ']']), "a person's brackets stay text: {words}");
    assert!(words.contains("No") && words.contains("https://x.test") && words.contains('\n'), "{words}");
    assert!(office.calls(COMMENT).await.is_empty());
    stack.finish().await;
}

#[tokio::test]
async fn p78_without_rest_3_or_its_scope_the_reason_is_a_comment() {
    let stack = Stack::start().await;
    let without_scope = json!({"scopes": ["task", "placement"]});
    for (settings, tried) in [(json!({"rest_v3": false}), 1), (without_scope, 1)] {
        let office = Office::with(&stack, settings.clone()).await;
        let task = office.waiting(1).await[0];
        let sent = office.press(&office.queue(CREATOR).await, task, "return", "No [B]totals[/B]").await;
        assert!(sent.words().contains("Reason delivered"), "{settings}: {}", sent.words());
        assert_eq!(office.calls(CHAT).await.len(), tried, "{settings}");
        let comments = office.calls(COMMENT).await;
        assert_eq!(comments.len(), 1, "{settings}");
        assert_eq!(
            comments[0]["params"][0].to_string().trim_matches('"'),
            task.to_string(),
            "by position: {}",
            comments[0]
        );
        assert!(
            !comments[0].to_string().contains("AUTHOR_ID"),
            "P84: the author is the token's owner: {}",
            comments[0]
        );
        let told = office.told(task).await;
        assert_eq!(told, [(CREATOR, "[USER=3]Eva Assignee[/USER], No ［B］totals［/B］".to_owned())], "{settings}");
        returned_once(&office, task).await;
    }
    stack.finish().await;
}

#[tokio::test]
async fn a_lost_answer_to_the_chat_is_asked_for_again_under_the_same_key() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    for (task, fault) in tasks.iter().zip([json!({"kind": "drop_after"}), json!({"kind": "garbage_after"})]) {
        office.fault(CHAT, fault).await;
        let sent = office.give_back(&page, *task).await;
        office.until(&page, &sent, "done", "Reason delivered").await;
        assert_eq!(office.told(*task).await.len(), 1, "one message");
        returned_once(&office, *task).await;
    }
    let keys: Vec<Value> = office.calls(CHAT).await.iter().map(|c| c["header_idempotency"].clone()).collect();
    assert_eq!((keys.len(), &keys[0], &keys[2]), (4, &keys[1], &keys[3]));
    stack.finish().await;
}

#[tokio::test]
async fn a_lost_reason_is_shown_and_never_causes_a_second_return() {
    let stack = Stack::start().await;
    let old = Office::with(&stack, json!({"rest_v3": false})).await;
    let new = Office::of(&stack).await;
    let (commented, chatted) = (old.waiting(2).await, new.waiting(1).await[0]);
    let page = old.queue(CREATOR).await;

    old.fault(COMMENT, json!({"kind": "drop_after"})).await;
    let sent = old.give_back(&page, commented[0]).await;
    old.until(&page, &sent, "done", "Reason: delivery not confirmed").await;

    old.fault(COMMENT, json!({"kind": "error", "status": 400, "code": "ERROR_CORE"})).await;
    let sent = old.give_back(&page, commented[1]).await;
    assert_eq!(sent.outcome(), "done");
    assert!(
        sent.words().contains("Returned for revision") && sent.words().contains("Reason not delivered"),
        "{}",
        sent.words()
    );

    let denied = json!({"kind": "body", "status": 403, "body": {"error": {"code": "BITRIX_REST_V3_EXCEPTION_ACCESSDENIEDEXCEPTION"}}});
    new.fault(CHAT, denied).await;
    let sent = new.give_back(&new.queue(CREATOR).await, chatted).await;
    assert!(sent.words().contains("Reason not delivered"), "{}", sent.words());

    // Several rounds of every worker later.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    returned_once(&old, commented[0]).await;
    returned_once(&old, commented[1]).await;
    returned_once(&new, chatted).await;
    assert_eq!((old.calls(RETURN).await.len(), new.calls(RETURN).await.len()), (2, 1));
    assert_eq!((old.calls(COMMENT).await.len(), new.calls(CHAT).await.len()), (2, 1), "and never told again by itself");
    assert_eq!(old.told(commented[0]).await.len(), 1);
    stack.finish().await;
}

#[tokio::test]
async fn a_reason_that_could_not_leave_is_sent_later_by_itself() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"rest_v3": false})).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    let limited = json!({"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED", "description": "x"});
    office.fault(COMMENT, limited).await;
    let sent = office.give_back(&page, task).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    assert_eq!((office.calls(COMMENT).await.len(), office.told(task).await.len()), (2, 1));
    returned_once(&office, task).await;
    stack.finish().await;
}
