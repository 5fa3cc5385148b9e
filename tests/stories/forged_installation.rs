//! Nobody but an administrator whom Bitrix24 confirms gets anything of an installation into the database.

use crate::return_a_task::install;
use crate::support::{Attacker, Stack, calls_at, installed, refusal, refused};
use serde_json::json;

/// Looks like a token, and is none.
const MADE_UP: &str = "5d0c9b7e1f4a2c8836b1e0d94f7a5c2b5d0c9b7e1f4a2c8836b1e0d94f7a5c2b5d0c9b";

#[tokio::test]
async fn t01_a_forged_installation_changes_nothing() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let (before, opening) = (stack.kept().await, bitrix.open(&portal, 1, "INSTALL").await);
    bitrix.forget_journal().await;

    let forged = opening.with("AUTH_ID", Some(MADE_UP)).with("APPLICATION_TOKEN", Some("an attacker chose this"));
    assert_eq!(refusal(&visitor.open(&forged.with("REFRESH_ID", Some(MADE_UP))).await), refused(400, "malformed"));
    let forged = bitrix.open(&portal, 1, "INSTALL").await.with("AUTH_ID", Some(MADE_UP));
    assert_eq!(refusal(&visitor.open(&forged).await), refused(403, "not_genuine"));
    let event = format!(
        "event=ONAPPINSTALL&auth[member_id]={}&auth[access_token]={MADE_UP}&auth[refresh_token]={MADE_UP}\
         &auth[application_token]={MADE_UP}&auth[client_endpoint]=http%3A%2F%2F127.0.0.9%2Frest%2F",
        portal.member_id
    );
    assert_eq!(refusal(&visitor.post_raw("/events", event).await), refused(403, "not_genuine"));

    assert_eq!(stack.kept().await, before);
    assert_eq!(calls_at(bitrix, None).await.len(), 0, "no portal hears of it");
    stack.finish().await;
}

#[tokio::test]
async fn t02_the_secret_goes_to_no_server_that_a_request_names() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (portal, attacker) = (bitrix.portal().await, Attacker::listen());
    let opening = bitrix.open(&portal, 1, "INSTALL").await;
    let server = format!("{}/rest/", attacker.url());

    let page = visitor.open(&opening.with("SERVER_ENDPOINT", Some(&server))).await;
    assert_eq!((page.status.as_u16(), page.may_finish()), (200, Some(true)), "{}", page.text());
    let access = bitrix.access_token(&portal, 1).await;
    let event = format!(
        "event=ONAPPINSTALL&auth[member_id]={}&auth[access_token]={access}&auth[server_endpoint]={server}&auth[domain]=x",
        portal.member_id
    );
    assert_eq!(visitor.post_raw("/events", event).await.status.as_u16(), 200);

    assert_eq!(attacker.hits(), 0);
    let spent = bitrix.calls("oauth/token").await;
    assert_eq!((spent.len(), &spent[0]["executed"]), (1, &json!(true)), "asked where the settings say");
    assert!(stack.logs().contains("unknown authorization server"));
    stack.finish().await;
}

#[tokio::test]
async fn t05_a_token_of_one_portal_installs_nothing_in_another() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (a, b) = (bitrix.portal().await, installed(&stack).await);
    let opening = bitrix.open(&a, 1, "INSTALL").await;
    let before = stack.kept().await;
    bitrix.forget_journal().await;

    let answer = visitor.open(&opening.with("member_id", Some(&b.member_id))).await;
    assert_eq!(refusal(&answer), refused(403, "not_genuine"));
    assert_eq!(stack.kept().await, before);
    assert_eq!(calls_at(bitrix, None).await.len(), 0);
    stack.finish().await;
}

#[tokio::test]
async fn t06_an_ordinary_person_cannot_take_the_installation_over() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let before = stack.kept().await;

    let own =
        bitrix.open(&portal, 2, "INSTALL").await.with("APPLICATION_TOKEN", Some("0123456789abcdef0123456789abcdef"));
    assert_eq!(refusal(&visitor.open(&own).await), refused(403, "admin_required"));
    let events = format!("{}/events", stack.public_url());
    let own = json!({"event": "ONAPPINSTALL", "user_id": 2, "with_tokens": true, "url": events,
                     "application_token": "0123456789abcdef0123456789abcdef"});
    assert_eq!(bitrix.event(&portal, own).await, 403);

    assert_eq!(stack.kept().await, before, "tokens and shared secret stay");
    stack.finish().await;
}

#[tokio::test]
async fn t07_a_refresh_token_of_somebody_else_is_not_believed() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    bitrix.people(&portal).await;
    let stolen = bitrix.open(&portal, 2, "DEFAULT").await;

    let mixed = bitrix.open(&portal, 1, "INSTALL").await.with("REFRESH_ID", Some(stolen.field("REFRESH_ID")));
    assert_eq!(refusal(&visitor.open(&mixed).await), refused(403, "not_genuine"));
    assert_eq!(stack.count("select count(*) from portals").await, 0);

    // Unharmed: the administrator's own form works.
    install(bitrix, &visitor, &portal).await;
    bitrix.quiet().await;
    stack.finish().await;
}

#[tokio::test]
async fn t02_the_secret_goes_to_no_server_that_the_database_names() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    let attacker = Attacker::listen();
    stack.change(&format!("update portals set oauth_server = '{}/'", attacker.url())).await;
    bitrix.post(&format!("portals/{}/expire", portal.member_id), serde_json::json!({})).await;
    assert_eq!(visitor.go("/queue", &queue).await.status.as_u16(), 200, "renewed where the settings say");
    assert_eq!(attacker.hits(), 0);
    stack.finish().await;
}
