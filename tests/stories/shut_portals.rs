//! A portal that lets the application in no more: four reasons, four texts, no repetition.

use crate::support::{Stack, calls_at, decisions::*, installed, refusal, refused};
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn f39_each_way_to_be_shut_out_has_its_own_words() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let ways = [
        (json!({"deleted": true}), json!({"deleted": false}), refused(410, "portal_deleted")),
        (json!({"access_closed": true}), json!({"access_closed": false}), refused(403, "access_closed")),
        (json!({"user_access_denied": [2]}), json!({"user_access_denied": []}), refused(403, "no_app_right")),
        (json!({"payment_required": true}), json!({"payment_required": false}), refused(402, "unpaid")),
    ];
    let (mut words, count) = (BTreeSet::new(), ways.len());
    for (shut, open, expected) in ways {
        bitrix.settings(&portal, shut).await;
        bitrix.forget_journal().await;
        let answer = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
        assert_eq!(refusal(&answer), expected);
        assert_eq!(calls_at(bitrix, None).await.iter().filter(|c| c["batch_seq"].is_null()).count(), 1, "{expected:?}");
        assert_eq!(answer.framed_by(), format!("http://{}", portal.domain));
        let text = answer.text();
        assert!(text.contains("quote this id"), "{text}");
        words.insert(text.split("If you ask").next().unwrap().to_owned());

        bitrix.settings(&portal, open).await;
        let healed = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
        assert_eq!(healed.status.as_u16(), 200, "{expected:?} is over");
    }
    assert_eq!(words.len(), count, "{words:?}");
    assert_eq!(stack.count("select count(*) from portals where status = 'active'").await, 1, "nothing is deleted");
    stack.finish().await;
}

#[tokio::test]
async fn f39_a_decision_says_which_way_it_was_shut_out() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(8).await;
    let ways = [
        (json!({"deleted": true}), json!({"deleted": false}), "this Bitrix24 no longer exists"),
        (json!({"access_closed": true}), json!({"access_closed": false}), "your plan does not let applications in"),
        (json!({"user_access_denied": [2]}), json!({"user_access_denied": []}), "not been given this application"),
        (json!({"payment_required": true}), json!({"payment_required": false}), "subscription has ended"),
    ];
    for ((shut, open, expected), tasks) in ways.into_iter().zip(tasks.chunks(2)) {
        // At the check that comes before, and at the change itself.
        let page = office.queue(CREATOR).await;
        office.bitrix.settings(&office.portal, shut.clone()).await;
        office.bitrix.forget_journal().await;
        let sent = office.give_back(&page, tasks[0]).await;
        assert_eq!((sent.outcome().as_str(), sent.words().contains(expected)), ("refused", true), "{}", sent.words());
        assert_eq!(
            (office.requests().await, office.calls(RETURN).await.len()),
            (1, 0),
            "{expected}: once, and no more"
        );
        office.bitrix.settings(&office.portal, open.clone()).await;

        let page = office.queue(CREATOR).await;
        let code = shut_code(expected);
        office.fault(RETURN, json!({"kind": "error", "status": code.0, "code": code.1})).await;
        let sent = office.give_back(&page, tasks[1]).await;
        assert_eq!((sent.outcome().as_str(), sent.words().contains(expected)), ("refused", true), "{}", sent.words());
        assert_eq!((office.calls(RETURN).await.len(), office.moves(tasks[1]).await.len()), (1, 0), "{expected}");

        // It lay in the circumstances: with them mended the row offers the same again.
        let again = office.give_back(&office.queue(CREATOR).await, tasks[0]).await;
        assert_eq!(again.outcome(), "done", "{expected} is over: {}", again.words());
    }
    stack.finish().await;
}

/// How the portal says it at the change itself.
fn shut_code(words: &str) -> (u16, &'static str) {
    match words {
        "this Bitrix24 no longer exists" => (403, "PORTAL_DELETED"),
        "your plan does not let applications in" => (403, "ACCESS_DENIED"),
        "not been given this application" => (403, "user_access_error"),
        _ => (401, "PAYMENT_REQUIRED"),
    }
}
