//! Who opens is who Bitrix24 says, in the portal that Bitrix24 says.

use crate::support::{Attacker, Stack, calls_at, installed, refusal, refused};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use sqlx::Row;

#[tokio::test]
async fn t03_what_the_request_calls_the_portal_moves_no_token() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (portal, attacker) = (installed(&stack).await, Attacker::listen());
    bitrix.forget_journal().await;
    let domain = format!("127.0.0.1:{}", attacker.port);
    let opening = bitrix.open_with(&portal, json!({"user_id": 2, "overrides": {"DOMAIN": domain}})).await;

    let page = visitor.open(&opening).await;
    assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some("queue")));
    assert_eq!(page.framed_by(), format!("http://{}", portal.domain));
    assert!(!page.html.contains(&domain));
    assert_eq!(attacker.hits(), 0);
    let calls = calls_at(bitrix, None).await;
    assert!(
        !calls.is_empty() && calls.iter().all(|c| c["member_id"] == portal.member_id.as_str() && c["user_id"] == 2)
    );
    assert_eq!(stack.logs().matches("domain mismatch").count(), 1);
    stack.finish().await;
}

#[tokio::test]
async fn t04_a_token_of_another_application_opens_nothing() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let before = stack.kept().await;

    for place in ["DEFAULT", "INSTALL", "TASK_VIEW_TAB"] {
        let wish = json!({"user_id": 1, "place": place, "client_id": "app.other.7"});
        let answer = visitor.open(&bitrix.open_with(&portal, wish).await).await;
        assert_eq!(refusal(&answer), refused(403, "other_application"), "{place}");
        assert_eq!(answer.session(), None);
    }
    assert_eq!(stack.kept().await, before);
    stack.finish().await;
}

#[tokio::test]
async fn t05_a_token_of_one_portal_opens_nothing_in_another() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (a, b) = (installed(&stack).await, installed(&stack).await);
    let before = stack.kept().await;
    bitrix.forget_journal().await;

    let opening = bitrix.open(&a, 2, "DEFAULT").await.with("member_id", Some(&b.member_id));
    // The second time the answer about the token is remembered.
    for _ in 0..2 {
        assert_eq!(refusal(&visitor.open(&opening).await), refused(403, "not_genuine"));
    }
    assert_eq!(stack.kept().await, before);
    assert_eq!(calls_at(bitrix, None).await.len(), 0);
    stack.finish().await;
}

#[tokio::test]
async fn an_opening_without_a_token_asks_to_open_again() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    let before = stack.kept().await;
    let opening = stack.bitrix.open(&portal, 2, "TASK_VIEW_TAB").await;
    let answer = stack.visitor().open(&opening.with("AUTH_ID", None)).await;
    assert_eq!(refusal(&answer), refused(401, "sign_in_again"));
    assert!(answer.text().contains("open Handback again"), "{}", answer.text());
    assert_eq!(stack.kept().await, before, "stored tokens are no way in");
    stack.finish().await;
}

#[tokio::test]
async fn t39_a_session_is_made_by_us_and_new_each_time() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let first = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await.session().unwrap();

    let opening = bitrix.open(&portal, 3, "DEFAULT").await.with("session", Some(&first));
    let asked = visitor.http().post(visitor.url(opening.path())).header("X-Session", &first).form(&opening.body);
    let shown = crate::support::Shown::of(asked.send().await.unwrap()).await;
    let second = shown.session().unwrap();
    assert_ne!(first, second, "a supplied one is not taken");
    assert!(first.len() >= 43 && second.len() >= 43);
    let users = "select count(*) from sessions where user_id";
    assert_eq!((stack.count(&format!("{users} = 2")).await, stack.count(&format!("{users} = 3")).await), (1, 1));
    assert!(!stack.dump().await.contains(&second));
    stack.finish().await;
}

#[tokio::test]
async fn t54_a_stolen_hash_is_no_session() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    let row = sqlx::query("select portal_id, token_hash from sessions where user_id = 2");
    let row = row.fetch_one(&mut stack.database().await).await.unwrap();
    let (portal_id, hash): (uuid::Uuid, Vec<u8>) = (row.get(0), row.get(1));

    let made = URL_SAFE_NO_PAD.encode([portal_id.as_bytes().as_slice(), &hash].concat());
    for token in [made, hex::encode(&hash), URL_SAFE_NO_PAD.encode(&hash)] {
        let answer = visitor.post("/queue", &[("session", &token)]).await;
        assert_eq!(refusal(&answer), refused(401, "session_ended"));
    }
    stack.finish().await;
}

#[tokio::test]
async fn t08_a_captured_post_brings_its_own_person_in_for_an_hour_and_never_older_tokens() {
    let mut stack = Stack::start().await;
    let portal = installed(&stack).await;
    let opening = stack.bitrix.open(&portal, 2, "DEFAULT").await;
    let installing = stack.bitrix.open(&portal, 1, "INSTALL").await;
    let visitor = stack.visitor();
    for captured in [&opening, &installing] {
        assert_eq!(visitor.open(captured).await.status.as_u16(), 200);
    }
    // Time passes, and both open again.
    stack.change("update credentials set expires_at = now() + interval '30 minutes'").await;
    visitor.open(&stack.bitrix.open(&portal, 2, "DEFAULT").await).await;
    visitor.open(&stack.bitrix.open(&portal, 1, "INSTALL").await).await;
    let stored = "select user_id, kind, expires_at::text, encode(access_sealed, 'hex') from credentials order by 1, 2";
    let stored = || async {
        let rows = sqlx::query(stored).fetch_all(&mut stack.database().await).await.unwrap();
        let row = |row: &sqlx::postgres::PgRow| -> (i64, String, String, String) {
            (row.get(0), row.get(1), row.get(2), row.get(3))
        };
        rows.iter().map(row).collect::<Vec<_>>()
    };
    let before = stored().await;
    // A browser's word alone could make the old one seem younger; the authorization server knows better.
    stack.bitrix.forget_journal().await;
    let replayed = opening.clone().with("AUTH_EXPIRES", Some("600"));
    assert_eq!(visitor.open(&replayed).await.status.as_u16(), 200);
    assert_eq!(visitor.open(&installing).await.status.as_u16(), 200);
    assert_eq!(stored().await, before, "nothing stored is older than it was");
    let session = "select count(*) from sessions where user_id not in (1, 2)";
    assert_eq!(stack.count(session).await, 0, "nobody else is let in");

    stack.bitrix.post(&format!("portals/{}/expire", portal.member_id), json!({})).await;
    // What was known of the tokens is forgotten.
    let port = stack.replicas[0].port;
    stack.kill(0);
    stack.start_replica(port).await;
    let dump = stack.kept().await;
    for captured in [&opening, &installing] {
        assert_eq!(refusal(&visitor.open(captured).await), refused(403, "not_genuine"));
    }
    assert_eq!(stack.kept().await, dump);
    stack.finish().await;
}
