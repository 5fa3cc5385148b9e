//! An event counts when the portal's shared secret is in it, and that secret has to be proved once.

use crate::return_a_task::install;
use crate::support::{Portal, Stack, installed, refusal, refused};
use serde_json::{Value, json};

const NEW_SECRET: &str = "fedcba9876543210fedcba9876543210";

/// An event without tokens, straight at us, with another shared secret if one is named.
async fn hint(stack: &Stack, portal: &Portal, event: &str, secret: Option<&str>) -> u64 {
    let mut event =
        json!({"event": event, "data": {"FIELDS_AFTER": {"ID": 5}}, "url": format!("{}/events", stack.public_url())});
    if let Some(secret) = secret {
        event["application_token"] = json!(secret);
    }
    stack.bitrix.event(portal, event).await
}

#[tokio::test]
async fn t11_a_secret_that_was_never_stored_equals_nothing() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal_with(json!({"post_new_fields": false})).await;
    let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    assert_eq!(page.may_finish(), Some(true));
    let before = stack.kept().await;

    let zeros = "0".repeat(32);
    for secret in ["", "?", "null", "undefined", "0", zeros.as_str(), &portal.application_token] {
        for event in ["ONTASKUPDATE", "ONAPPUNINSTALL"] {
            assert_eq!(hint(&stack, &portal, event, Some(secret)).await, 403, "{event} {secret:?}");
        }
    }
    let missing = format!("event=ONAPPUNINSTALL&auth[member_id]={}", portal.member_id);
    assert_eq!(refusal(&visitor.post_raw("/events", missing).await), refused(403, "not_genuine"));
    assert_eq!(stack.kept().await, before);
    stack.finish().await;
}

#[tokio::test]
async fn t18_opening_works_before_the_event_and_events_only_after_it() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal_with(json!({"post_new_fields": false})).await;
    bitrix.people(&portal).await;
    bitrix.waiting(&portal, &["Prepare the offer"]).await;

    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert_eq!((queue.status.as_u16(), queue.count()), (200, Some(1)), "an opening needs no event");
    assert_eq!(hint(&stack, &portal, "ONTASKUPDATE", None).await, 403);

    install(bitrix, &visitor, &portal).await;
    stack.dealt_with().await;
    assert_eq!(hint(&stack, &portal, "ONTASKUPDATE", None).await, 200, "ONAPPINSTALL brought it");
    assert_eq!(hint(&stack, &portal, "ONTASKUPDATE", Some(NEW_SECRET)).await, 403);
    stack.finish().await;
}

#[tokio::test]
async fn t19_the_secret_of_one_portal_is_none_in_another() {
    let stack = Stack::start().await;
    let (a, b) = (installed(&stack).await, installed(&stack).await);
    let before = stack.kept().await;
    for event in ["ONTASKUPDATE", "ONAPPUNINSTALL"] {
        assert_eq!(hint(&stack, &b, event, Some(&a.application_token)).await, 403);
        let unknown = format!(
            "event={event}&auth[member_id]=00000000000000000000000000000001&auth[application_token]={}",
            a.application_token
        );
        assert_eq!(refusal(&stack.visitor().post_raw("/events", unknown).await), refused(403, "not_genuine"));
    }
    assert_eq!(stack.kept().await, before);
    stack.finish().await;
}

#[tokio::test]
async fn t12_a_new_secret_comes_from_an_administrator_alone() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let before = stack.kept().await;
    let made_up = "0123456789".repeat(7);
    let body = |access: &str| {
        format!(
            "event=ONAPPUPDATE&auth[member_id]={}&auth[access_token]={access}&auth[application_token]={NEW_SECRET}",
            portal.member_id
        )
    };
    let answer = visitor.post_raw("/events", body(&made_up)).await;
    assert_eq!(refusal(&answer), refused(403, "not_genuine"));
    let answer = visitor.post_raw("/events", body(&bitrix.access_token(&portal, 2).await)).await;
    assert_eq!(refusal(&answer), refused(403, "admin_required"));
    let none = format!("event=ONAPPUPDATE&auth[member_id]={}&auth[application_token]={NEW_SECRET}", portal.member_id);
    assert_eq!(refusal(&visitor.post_raw("/events", none).await), refused(403, "not_genuine"));
    assert_eq!(stack.kept().await, before);

    let by_admin: Value = json!({"event": "ONAPPUPDATE", "user_id": 1, "with_tokens": true, "application_token": NEW_SECRET,
                                 "url": format!("{}/events", stack.public_url())});
    assert_eq!(bitrix.event(&portal, by_admin).await, 200);
    stack.dealt_with().await;
    assert_eq!(hint(&stack, &portal, "ONTASKUPDATE", Some(NEW_SECRET)).await, 200);
    stack.finish().await;
}
