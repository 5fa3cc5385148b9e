//! Whoever reads the database, or writes in it, holds nobody's right to act.

use crate::support::{Attacker, Stack, Wish, calls_at, decisions::*, installed, refusal, refused};
use sha2::{Digest, Sha256};

#[tokio::test]
async fn t51_t54_t55_a_dump_of_the_database_holds_no_token_no_session_and_no_application_token() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let page = visitor.open(&bitrix.open(&portal, CREATOR, "DEFAULT").await).await;
    // Also tokens that came from the authorization server alone.
    bitrix.post(&format!("portals/{}/expire", portal.member_id), serde_json::json!({})).await;
    assert_eq!(visitor.go("/queue", &page).await.status.as_u16(), 200);

    let dump = stack.dump().await;
    let secrets = stack.secrets();
    let session = page.session().unwrap();
    assert!(secrets.contains(&session) && secrets.contains(&portal.application_token));
    assert!(secrets.contains(&stack.token_mark), "every token begins with it");
    for secret in &secrets {
        assert!(!dump.contains(secret.as_str()), "{}…", &secret[..8]);
        assert!(!dump.contains(&hex::encode(secret)), "{}…, as bytes", &secret[..8]);
    }
    // What stands there instead.
    for secret in [&session, &portal.application_token] {
        assert!(dump.contains(&hex::encode(Sha256::digest(secret.as_bytes()))), "the hash is kept");
    }
    let sealed = "select count(*) from credentials where substr(access_sealed, 1, 4) = '\\x01026b31'::bytea";
    assert_eq!(stack.count(sealed).await, stack.count("select count(*) from credentials").await);
    stack.finish().await;
}

#[tokio::test]
async fn t52_sealed_tokens_that_were_moved_to_another_row_call_nobody() {
    let stack = Stack::start().await;
    let (one, other) = (Office::of(&stack).await, Office::of(&stack).await);
    let tasks = one.waiting(1).await;
    other.queue(CREATOR).await;
    one.queue(SUPERVISOR).await;
    let own = format!("portal_id = '{}'::uuid and kind = 'user' and user_id = {CREATOR}", one.portal.member_id);
    let colleague = own.replace("user_id = 2", "user_id = 5");
    let elsewhere = own.replace(&one.portal.member_id, &other.portal.member_id);
    for (what, from) in [("another portal's", &elsewhere), ("a colleague's", &colleague)] {
        let page = one.queue(CREATOR).await;
        stack
            .change(&format!(
                "update credentials as c set access_sealed = f.access_sealed, refresh_sealed = f.refresh_sealed
                 from (select access_sealed, refresh_sealed from credentials where {from}) f where {own}"
            ))
            .await;
        one.bitrix.forget_journal().await;
        assert_eq!(refusal(&one.rows(&page).await), refused(401, "sign_in_again"), "{what}");
        assert_eq!(one.give_back(&page, tasks[0]).await.outcome(), "refused", "{what}");
        let marked = format!("select count(*) from credentials where {own} and state = 'reauth_required'");
        assert_eq!(stack.count(&marked).await, 1, "{what}");
        assert_eq!(calls_at(&one.bitrix, None).await.len(), 0, "{what}: no portal is called");
        assert!(one.bitrix.calls(RENEWAL).await.is_empty(), "{what}: nor is anything renewed");
    }
    // Access and refresh token of one row.
    let page = one.queue(CREATOR).await;
    stack
        .change(&format!(
            "update credentials set access_sealed = refresh_sealed, refresh_sealed = access_sealed where {own}"
        ))
        .await;
    one.bitrix.forget_journal().await;
    assert_eq!(refusal(&one.rows(&page).await), refused(401, "sign_in_again"));
    assert_eq!(calls_at(&one.bitrix, None).await.len(), 0);
    assert!(stack.logs().contains("a sealed value does not belong where it stands"));
    let healed = one.queue(CREATOR).await;
    assert_eq!(one.give_back(&healed, tasks[0]).await.outcome(), "done", "an opening heals it");
    stack.finish().await;
}

/// Moves a portal's address in the database, with the seal that the attacker can get hold of.
async fn moved(stack: &Stack, office: &Office, to: &str, seal: &str) {
    let set = format!("endpoint = '{to}/rest/', origin = '{to}', endpoint_sealed = {seal}");
    stack.change(&format!("update portals set {set} where {}", own_row(office))).await;
}

fn own_row(office: &Office) -> String {
    format!("portal_id = '{}'::uuid", office.portal.member_id)
}

/// Whoever writes in the database can name any address; tokens go where the authorization server says.
#[tokio::test]
async fn t52_an_address_that_was_written_into_the_database_gets_no_token() {
    let stack = Stack::with(Wish { undo: "1h", ..Wish::default() }).await;
    let (office, other, attacker) = (Office::of(&stack).await, Office::of(&stack).await, Attacker::listen());
    crate::return_a_task::install(&office.bitrix, &office.visitor, &office.portal).await;
    stack.dealt_with().await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    other.queue(CREATOR).await;
    let (evil, home) = (attacker.url(), format!("http://{}", office.portal.domain));
    let borrowed = format!("(select endpoint_sealed from portals where {})", own_row(&other));
    for seal in ["endpoint_sealed", "null", "'\\x00'", &borrowed] {
        moved(&stack, &office, &evil, seal).await;
        let shown = office.rows(&page).await;
        assert_eq!(
            (shown.status.as_u16(), in_list(&shown, "mine")),
            (200, tasks.clone()),
            "{seal}: nothing is noticed"
        );
        assert!(!shown.html.contains(&evil), "{seal}: no link leads there");
        let right = format!("select count(*) from portals where endpoint = '{home}/rest/' and {}", own_row(&office));
        assert_eq!(stack.count(&right).await, 1, "{seal}: and it is right again");
    }
    // With a token that has run out, for a page and for what goes on without one.
    for seal in ["endpoint_sealed", "null"] {
        office.control("expire", serde_json::json!({})).await;
        moved(&stack, &office, &evil, seal).await;
        assert_eq!(office.rows(&page).await.status.as_u16(), 200, "{seal}");
    }
    assert_eq!(office.press(&page, tasks[0], "return", "The totals do not match").await.outcome(), "held");
    moved(&stack, &office, &evil, "endpoint_sealed").await;
    stack.change("update decisions set held_until = now()").await;
    stack.none("select count(*) from decisions where state <> 'done'").await;
    moved(&stack, &office, &evil, "null").await;
    stack.change(&format!("update portals set tend_at = now() where {}", own_row(&office))).await;
    let untended = format!("tend_at < now() + interval '2 hours' and {}", own_row(&office));
    stack.none(&format!("select count(*) from portals where {untended}")).await;
    assert_eq!(attacker.hits(), 0, "nobody has gone there");
    stack.finish().await;
}

/// The way to a portal's own sign-in leads to no other host than the person has named.
#[tokio::test]
async fn t52_nobody_is_sent_to_sign_in_where_the_database_says() {
    let stack = Stack::start().await;
    let (office, attacker) = (Office::of(&stack).await, Attacker::listen());
    office.queue(CREATOR).await;
    let path = format!("/connect?domain={}", office.portal.domain);
    assert_eq!(office.visitor.get(&path, "").await.status.as_u16(), 302);
    stack.change(&format!("update portals set endpoint = '{}/rest/' where {}", attacker.url(), own_row(&office))).await;
    let answer = office.visitor.get(&path, "").await;
    assert_ne!(answer.status.as_u16(), 302, "{}", answer.header("Location"));
    stack.finish().await;
}
