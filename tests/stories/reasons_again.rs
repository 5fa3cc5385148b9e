//! A reason that did not arrive is shown until somebody sends it again; a lost reason never causes a second return.

use crate::support::{Shown, Stack, decisions::*};
use serde_json::json;

/// The failed reason is before the person's eyes although its task has left the list.
async fn needs_attention(office: &Office, task: i64, words: &str) -> Shown {
    let page = office.queue(CREATOR).await;
    assert!(page.text().contains("Needs your attention"), "{}", page.text());
    assert!(page.row_text(task).contains(words), "{}", page.row_text(task));
    page
}

#[tokio::test]
async fn p46_a_reason_that_failed_is_sent_again_by_a_button_and_arrives_once() {
    let stack = Stack::start().await;
    let denied = json!({"kind": "body", "status": 403, "body": {"error": {"code": "BITRIX_REST_V3_EXCEPTION_ACCESSDENIEDEXCEPTION"}}});
    let broken = json!({"kind": "error", "status": 400, "code": "ERROR_CORE"});
    for (settings, method, fault) in [(json!({}), CHAT, denied), (json!({"rest_v3": false}), COMMENT, broken)] {
        let office = Office::with(&stack, settings).await;
        let task = office.waiting(2).await[0];
        office.fault(method, fault).await;
        let sent = office.give_back(&office.queue(CREATOR).await, task).await;
        assert!(sent.words().contains("Reason not delivered"), "{}", sent.words());
        assert!(office.told(task).await.is_empty());
        // Hours later, too.
        stack
            .change(
                "update decisions set created_at = created_at - interval '3 hours', \
                      finished_at = finished_at - interval '3 hours' where finished_at is not null",
            )
            .await;
        let page = needs_attention(&office, task, "Reason not delivered").await;
        // Two presses at once are one message.
        let (one, two) =
            tokio::join!(office.visitor.press(&page, task, "tell", ""), office.visitor.press(&page, task, "tell", ""));
        assert!(one.status.is_success() && two.status.is_success());
        office.until(&page, &sent, "done", "Reason delivered").await;
        let told = office.told(task).await;
        assert!(told.len() == 1 && told[0].1.ends_with("The totals do not match"), "{told:?}");
        assert_eq!((office.moves(task).await.len(), office.calls(RETURN).await.len()), (1, 1), "returned once");
        assert!(office.visitor.press(&page, task, "tell", "").await.status.is_success(), "much later, again");
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        assert_eq!(office.told(task).await.len(), 1, "still one message");
        assert!(!office.queue(CREATOR).await.text().contains("Needs your attention"));
    }
    stack.finish().await;
}

#[tokio::test]
async fn p46_a_reason_of_unknown_fate_goes_again_only_when_somebody_has_looked() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"rest_v3": false})).await;
    let task = office.waiting(2).await[0];
    office.fault(COMMENT, json!({"kind": "drop_before"})).await;
    let sent = office.give_back(&office.queue(CREATOR).await, task).await;
    let page = office.queue(CREATOR).await;
    office.until(&page, &sent, "done", "Reason: delivery not confirmed").await;
    let page = needs_attention(&office, task, "I have looked into the task's discussion").await;
    let mut form = page.form(task, "tell");
    form.retain(|(name, _)| name != "looked");
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refused = office.visitor.post("/reason/again", &form).await;
    assert_eq!(refused.status.as_u16(), 409);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!((office.calls(COMMENT).await.len(), office.told(task).await.len()), (1, 0), "not without a look");
    office.visitor.press(&page, task, "tell", "").await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    assert_eq!((office.told(task).await.len(), office.moves(task).await.len()), (1, 1));
    stack.finish().await;
}
