//! By the page, by the event, by both in either order, by two people, again and again: one installation.

use crate::return_a_task::install;
use crate::support::{Bitrix, Portal, Stack, installed, refusal, refused};
use serde_json::{Value, json};

async fn bound(bitrix: &Bitrix, portal: &Portal) -> (usize, usize) {
    let state = bitrix.state(portal).await;
    let rows = |key: &str| state[key].as_array().map_or(0, Vec::len);
    (rows("handlers"), rows("placements"))
}

fn install_event(stack: &Stack, user: i64) -> Value {
    json!({"event": "ONAPPINSTALL", "data": {"VERSION": "1", "ACTIVE": "Y", "INSTALLED": "Y"}, "user_id": user,
           "with_tokens": true, "url": format!("{}/events", stack.public_url())})
}

async fn assert_one_installation(stack: &Stack, portal: &Portal) {
    let of = format!("where portal_id = '{}'::uuid", portal.member_id);
    assert_eq!(stack.count(&format!("select count(*) from portals {of} and status = 'active'")).await, 1);
    assert_eq!(stack.count(&format!("select count(*) from credentials {of} and kind = 'installer'")).await, 1);
    assert_eq!(bound(&stack.bitrix, portal).await, (8, 6));
    let task = json!({"event": "ONTASKUPDATE", "url": format!("{}/events", stack.public_url())});
    assert_eq!(stack.bitrix.event(portal, task).await, 200, "the shared secret is known");
}

#[tokio::test]
async fn t61_two_administrators_at_once_install_one_portal() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    bitrix.scenario(&portal, json!({"users": [{"id": 6, "name": "Bea", "admin": true}]})).await;
    let (one, two) = (bitrix.open(&portal, 1, "INSTALL").await, bitrix.open(&portal, 6, "INSTALL").await);
    let (one, two) = tokio::join!(visitor.open(&one), visitor.open(&two));
    for page in [&one, &two] {
        assert_eq!((page.status.as_u16(), page.may_finish()), (200, Some(true)), "{}", page.text());
    }
    tokio::join!(bitrix.install_finish(&portal, 1), bitrix.install_finish(&portal, 6));
    stack.dealt_with().await;
    assert_one_installation(&stack, &portal).await;
    stack.finish().await;
}

#[tokio::test]
async fn t61_the_same_form_many_times_at_once_is_one_installation() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal_with(json!({"limits": "off"})).await;
    let opening = bitrix.open(&portal, 1, "INSTALL").await;
    let pages = futures_util::future::join_all((0..8).map(|_| visitor.open(&opening))).await;
    for page in pages {
        assert_eq!((page.status.as_u16(), page.may_finish()), (200, Some(true)), "{}", page.text());
    }
    let spent = bitrix.calls("oauth/token").await.into_iter().filter(|call| call["executed"] == true).count();
    assert_eq!(spent, 1);
    assert_one_installation(&stack, &portal).await;
    stack.finish().await;
}

#[tokio::test]
async fn an_event_alone_installs() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    bitrix.people(&portal).await;
    assert_eq!(bitrix.event(&portal, install_event(&stack, 1)).await, 200);
    stack.dealt_with().await;
    assert_one_installation(&stack, &portal).await;
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert_eq!(queue.page().as_deref(), Some("queue"));
    stack.finish().await;
}

#[tokio::test]
async fn an_event_before_the_page_and_after_it_change_nothing_twice() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal_with(json!({"limits": "off"})).await;
    for _ in 0..2 {
        assert_eq!(bitrix.event(&portal, install_event(&stack, 1)).await, 200);
        stack.dealt_with().await;
        install(bitrix, &visitor, &portal).await;
        stack.dealt_with().await;
        assert_eq!(bitrix.event(&portal, install_event(&stack, 1)).await, 200);
        stack.dealt_with().await;
        assert_one_installation(&stack, &portal).await;
    }
    stack.finish().await;
}

#[tokio::test]
async fn an_update_and_a_second_installation_bind_everything_anew() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    bitrix.settings(&portal, json!({"limits": "off"})).await;
    bitrix.post(&format!("portals/{}/update", portal.member_id), json!({"user_id": 1})).await;
    stack.dealt_with().await;
    install(bitrix, &visitor, &portal).await;
    stack.dealt_with().await;
    assert_one_installation(&stack, &portal).await;

    // Another administrator, who is not the first one, installs again after it was removed.
    bitrix.post(&format!("portals/{}/uninstall", portal.member_id), json!({})).await;
    stack.departed(&portal).await;
    bitrix.scenario(&portal, json!({"users": [{"id": 6, "name": "Bea", "admin": true}]})).await;
    let page = visitor.open(&bitrix.open(&portal, 6, "INSTALL").await).await;
    assert_eq!(page.may_finish(), Some(true), "{}", page.text());
    bitrix.install_finish(&portal, 6).await;
    stack.dealt_with().await;
    assert_one_installation(&stack, &portal).await;
    stack.finish().await;
}

#[tokio::test]
async fn a_person_who_is_no_administrator_cannot_install() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    bitrix.people(&portal).await;
    let answer = visitor.open(&bitrix.open(&portal, 3, "INSTALL").await).await;
    assert_eq!(refusal(&answer), refused(403, "admin_required"));
    assert!(answer.text().contains("Only an administrator"), "{}", answer.text());
    assert_eq!(bitrix.event(&portal, install_event(&stack, 3)).await, 403);
    assert_eq!((stack.count("select count(*) from portals").await, bound(bitrix, &portal).await), (0, (0, 0)));
    stack.finish().await;
}
