//! `invalid_client`: the application was removed there, or our own keys are wrong. Only the first is a reason to erase.

use crate::support::{Portal, Stack, decisions::RENEWAL, installed};
use crate::uninstalling::{checks, reaches, remove, rows_of, said};
use serde_json::json;

/// `invalid_client` is what the authorization server says of a removed application, and of keys that are wrong.
fn keys_refused(method: &str, of: Option<&Portal>) -> serde_json::Value {
    let mut fault =
        json!({"on": "oauth", "method": method, "kind": "error", "status": 400, "code": "invalid_client", "times": 0});
    if let Some(portal) = of {
        fault["member_id"] = json!(portal.member_id);
    }
    fault
}

#[tokio::test]
async fn t09_a_removed_application_of_which_nothing_else_is_known_is_erased_after_the_last_question() {
    let stack = Stack::with(checks("0s,1s")).await;
    let portal = installed(&stack).await;
    for method in ["app.info", RENEWAL] {
        stack.bitrix.fault(keys_refused(method, Some(&portal))).await;
    }
    remove(&stack, &portal, true, true).await;
    stack.none("select count(*) from portals where checks = 0").await;
    assert_eq!(stack.status(&portal).await.as_deref(), Some("leaving"), "once is not enough");
    stack.change("update credentials set retry_at = null").await;
    stack.change("update portals set check_at = now()").await;
    stack.departed(&portal).await;
    assert_eq!(rows_of(&stack, &portal).await, []);
    stack.bitrix.clear_faults().await;
    stack.finish().await;
}

#[tokio::test]
async fn t09_while_our_own_keys_are_refused_nothing_is_erased() {
    let stack = Stack::with(checks("0s,1s")).await;
    let portal = installed(&stack).await;
    for (method, of) in [("app.info", Some(&portal)), (RENEWAL, None)] {
        stack.bitrix.fault(keys_refused(method, of)).await;
    }
    assert_eq!(said(&stack, &portal, true).await, 200, "forged");
    stack.dealt_with().await;
    for _ in 0..2 {
        stack.none("select count(*) from portals where check_at < now() + interval '1 second'").await;
        stack.change("update credentials set retry_at = null").await;
        stack.change("update portals set check_at = now()").await;
    }
    stack.none("select count(*) from portals where check_at < now() + interval '1 second'").await;
    assert_eq!(stack.count("select count(*) from portals where status = 'leaving' and checks = 0").await, 1);
    assert!(rows_of(&stack, &portal).await.contains(&("credentials".to_owned(), 1)));
    stack.bitrix.clear_faults().await;
    stack.change("update credentials set retry_at = null").await;
    for _ in 0..2 {
        stack.change("update portals set check_at = now()").await;
    }
    reaches(&stack, &portal, "active").await;
    stack.finish().await;
}
