//! Whoever reads the database, or writes in it, holds nobody's right to act.

use crate::support::{Stack, calls_at, decisions::*, installed, refusal, refused};
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
