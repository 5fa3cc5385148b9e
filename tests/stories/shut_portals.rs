//! A portal that lets the application in no more: four reasons, four texts, no repetition.

use crate::support::{Stack, calls_at, installed, refusal, refused};
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
