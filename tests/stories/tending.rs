//! An installation looks after itself: what falls is put up again, and the shared secret may change.

use crate::support::{Portal, Stack, installed, refusal, refused};
use serde_json::json;

async fn hint(stack: &Stack, portal: &Portal, secret: &str) -> (u16, String) {
    let body = format!(
        "event=ONTASKUPDATE&ts=1&data[FIELDS_AFTER][ID]=5&auth[member_id]={}&auth[application_token]={secret}",
        portal.member_id
    );
    refusal(&stack.visitor().post_raw("/events", body).await)
}

async fn standing(stack: &Stack, portal: &Portal) -> (usize, usize) {
    let state = stack.bitrix.state(portal).await;
    let rows = |key: &str| state[key].as_array().map_or(0, Vec::len);
    (rows("handlers"), rows("placements"))
}

async fn stands(stack: &Stack, portal: &Portal, wanted: (usize, usize)) {
    for _ in 0..400 {
        if standing(stack, portal).await == wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("not {wanted:?} within 20 s: {:?}", standing(stack, portal).await);
}

/// The place for links takes one handler: an old address makes room for the present one in the same run.
#[tokio::test]
async fn p04_p68_links_lead_to_the_present_address_after_one_run() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    stack.bitrix.post(&format!("portals/{}/unbind", portal.member_id), json!({})).await;
    let token = stack.bitrix.access_token(&portal, 1).await;
    let old = format!("{}/where-it-was-once", stack.public_url());
    let bind = [("PLACEMENT", "REST_APP_URI"), ("HANDLER", old.as_str()), ("auth", token.as_str())];
    let url = format!("http://{}/rest/placement.bind", portal.domain);
    assert!(stack.visitor().http().post(url).form(&bind).send().await.unwrap().status().is_success());
    assert_eq!(standing(&stack, &portal).await, (0, 1));
    stack.change("update portals set tend_at = now()").await;
    stands(&stack, &portal, (8, 6)).await;
    let state = stack.bitrix.state(&portal).await;
    let link = state["placements"].as_array().unwrap().iter().find(|p| p["placement"] == "REST_APP_URI").unwrap();
    assert_eq!(link["handler"], format!("{}/placement", stack.public_url()));
    stack.finish().await;
}

#[tokio::test]
async fn p04_what_was_deleted_by_hand_is_back_after_one_run() {
    let stack = Stack::start().await;
    let (portal, idle) = (installed(&stack).await, installed(&stack).await);
    for portal in [&portal, &idle] {
        assert_eq!(standing(&stack, portal).await, (8, 6));
        stack.bitrix.post(&format!("portals/{}/unbind", portal.member_id), json!({})).await;
        assert_eq!(standing(&stack, portal).await, (0, 0));
    }
    let of = |portal: &Portal| format!("where portal_id = '{}'::uuid", portal.member_id);
    stack.change(&format!("update portals set opened_at = now() - interval '4 days' {}", of(&idle))).await;
    stack.bitrix.forget_journal().await;
    stack.change("update portals set tend_at = now()").await;
    stands(&stack, &portal, (8, 6)).await;
    let next = "select count(*) from portals where tend_at between now() + interval '21 hours' and now() + interval '27 hours'";
    for _ in 0..100 {
        if stack.count(next).await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(stack.count(next).await, 1, "once a day");
    let calls = stack.bitrix.journal().await;
    let whole = |portal: &Portal| {
        calls
            .iter()
            .filter(|call| call["member_id"] == portal.member_id.as_str() && call["batch_seq"].is_null())
            .count()
    };
    assert_eq!((whole(&portal), whole(&idle)), (3, 0), "three calls where it is used, none where nobody opens it");
    stack.finish().await;
}

#[tokio::test]
async fn t12_after_an_update_the_former_secret_counts_for_a_day() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    let former = portal.application_token.clone();
    let update = json!({"user_id": 1, "new_application_token": true});
    stack.bitrix.post(&format!("portals/{}/update", portal.member_id), update).await;
    stack.dealt_with().await;
    let state = stack.bitrix.state(&portal).await;
    let present = state["application_token"].as_str().unwrap();
    assert_ne!(present, former);
    assert_eq!(standing(&stack, &portal).await, (8, 6), "what fell with the old version stands again");
    for secret in [present, &former] {
        assert_eq!(hint(&stack, &portal, secret).await.0, 200);
    }
    // The same update once more does not make the present secret the former one.
    let again = json!({"event": "ONAPPUPDATE", "user_id": 1, "with_tokens": true, "url": format!("{}/events", stack.public_url())});
    assert_eq!(stack.bitrix.event(&portal, again).await, 200);
    stack.dealt_with().await;
    assert_eq!(hint(&stack, &portal, &former).await.0, 200);

    stack.change("update portals set former_token_until = now() - interval '1 second'").await;
    assert_eq!(hint(&stack, &portal, &former).await, refused(403, "not_genuine"), "a day has passed");
    assert_eq!(hint(&stack, &portal, present).await.0, 200);
    stack.finish().await;
}

#[tokio::test]
async fn an_installation_that_lacks_something_finishes_by_itself_later() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    let fault = json!({"on": "portal", "method": "placement.bind", "kind": "error", "status": 400, "code": "ERROR_ARGUMENT", "times": 1});
    bitrix.fault(fault).await;
    let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    assert_eq!((page.may_finish(), stack.status(&portal).await.as_deref()), (Some(false), Some("new")));
    stack.change("update portals set tend_at = now()").await;
    stands(&stack, &portal, (8, 6)).await;
    stack.none("select count(*) from portals where status <> 'active'").await;
    stack.finish().await;
}
