//! A session is what an action shows; it comes from our own page, in the body, and it ends.

use crate::support::{Bitrix, Portal, Shown, Stack, Visitor, installed, refusal, refused};
use serde_json::json;

pub async fn queue(bitrix: &Bitrix, visitor: &Visitor, portal: &Portal, user: i64) -> Shown {
    let page = visitor.open(&bitrix.open(portal, user, "DEFAULT").await).await;
    assert_eq!(page.page().as_deref(), Some("queue"), "{}", page.text());
    page
}

/// What our own pages post, as the route table has it: a new route is held from its first day.
pub fn actions() -> Vec<&'static str> {
    let table = include_str!("../../src/web/mod.rs");
    let posted = table.lines().filter(|line| line.contains("(only(\"") && line.contains(".route(post()"));
    let paths = posted.filter_map(|line| line.split('"').nth(1)).filter(|path| *path != "/events");
    let paths: Vec<&str> = paths.collect();
    assert!(paths.len() > 30 && paths.contains(&"/decide") && paths.contains(&"/session"), "{paths:?}");
    paths
}

#[tokio::test]
async fn t35_nobody_keeps_more_sessions_than_pages_that_one_looks_at() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    bitrix.settings(&portal, json!({"limits": "off"})).await;
    let neighbour = queue(bitrix, &visitor, &portal, 3).await;
    let opening = bitrix.open(&portal, 2, "DEFAULT").await;
    let first = visitor.open(&opening).await;
    for _ in 0..49 {
        visitor.open(&opening).await;
    }
    assert_eq!(visitor.go("/queue", &first).await.status.as_u16(), 200, "fifty");
    let last = visitor.open(&opening).await;
    assert_eq!(refusal(&visitor.go("/queue", &first).await), refused(401, "session_ended"), "the oldest");
    assert_eq!(stack.count("select count(*) from sessions where user_id = 2").await, 50);
    for page in [&neighbour, &last] {
        assert_eq!(visitor.go("/queue", page).await.status.as_u16(), 200);
    }
    stack.finish().await;
}

#[tokio::test]
async fn t38_a_foreign_page_can_make_nobody_act() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let task = bitrix.waiting(&portal, &["Prepare the offer"]).await[0];
    let page = queue(bitrix, &visitor, &portal, 2).await;
    let before = stack.kept().await;
    bitrix.forget_journal().await;

    for path in actions().into_iter().filter(|path| *path != "/session") {
        let asked = visitor.http().post(visitor.url(path)).header("Origin", stack.public_url());
        let cookies = format!("session={0}; handback={0}; handback-session={0}", page.session().unwrap());
        let answer = asked.header("Cookie", cookies).form(&[("task_id", task)]).send().await.unwrap();
        assert_eq!(refusal(&Shown::of(answer).await), refused(401, "session_ended"), "{path} by cookie");
        let in_url = format!("{path}?session={}", page.session().unwrap());
        assert_eq!(refusal(&visitor.post(&in_url, &[]).await), refused(401, "session_ended"), "{path} by address");
    }
    let origins = ["https://evil.test", "null", "http://localhost", &format!("http://{}", portal.domain)];
    for origin in origins {
        for path in actions() {
            let answer = visitor.with_origin(origin).go(path, &page).await;
            assert_eq!(refusal(&answer), refused(403, "wrong_origin"), "{path} from {origin}");
        }
        let answer = visitor.with_origin(origin).press(&page, task, "return", "Because").await;
        assert_eq!(refusal(&answer), refused(403, "wrong_origin"));
    }
    let asked = visitor.http().post(visitor.url("/queue")).form(&[("session", page.session().unwrap())]);
    assert_eq!(
        refusal(&Shown::of(asked.send().await.unwrap()).await),
        refused(403, "wrong_origin"),
        "without an origin"
    );

    assert_eq!(bitrix.journal().await.len(), 0);
    assert_eq!(stack.kept().await, before);
    stack.finish().await;
}

#[tokio::test]
async fn t40_no_session_is_in_an_address_and_no_page_is_kept() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let task = bitrix.waiting(&portal, &["Prepare the offer", "Check the invoice"]).await[0];
    let install = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    let admin = queue(bitrix, &visitor, &portal, 1).await;
    let person = queue(bitrix, &visitor, &portal, 2).await;
    let session = person.session().unwrap();
    let task_id = task.to_string();
    let fields = [("session", session.as_str()), ("task_id", task_id.as_str())];

    let mut pages = vec![
        visitor.go("/queue", &person).await,
        visitor.go("/queue/rows", &person).await,
        visitor.post("/task", &fields).await,
        visitor.post("/task", &[("session", &session), ("task_id", "999")]).await,
        visitor.go("/health", &admin).await,
        visitor.go("/health", &person).await,
        visitor.go("/decide", &person).await,
        visitor.press(&person, task, "return", "The totals do not match").await,
        visitor.get("/", "").await,
        visitor.get("/nowhere", "").await,
        visitor.get(&format!("/connect?domain={}", portal.domain), "").await,
        visitor.post("/queue", &[("session", "made up")]).await,
    ];
    // A renewal answers with a session, to the page's script alone.
    for path in actions().into_iter().filter(|path| *path != "/session") {
        pages.push(visitor.go(path, &admin).await);
    }
    pages.extend([install, admin, person]);
    let sessions: Vec<String> = pages.iter().filter_map(Shown::session).collect();
    assert!(sessions.len() >= 8, "{}", sessions.len());
    for page in &pages {
        let addresses = ["href", "src", "action", "formaction", "content"].map(|name| page.attributes(name)).concat();
        let named = page.elements().into_iter().filter(|(name, _)| name == "meta").flat_map(|(_, a)| a);
        let meta: Vec<String> = named.filter(|(name, _)| name == "content").map(|(_, value)| value).collect();
        for address in
            addresses.iter().filter(|a| !meta.contains(a)).map(String::as_str).chain([page.header("Location")])
        {
            assert!(sessions.iter().all(|s| !address.contains(s.as_str())), "{address}");
        }
        assert_eq!(page.header("Cache-Control"), "no-store");
        assert_eq!(page.header("Referrer-Policy"), "same-origin");
        assert_eq!(page.header("X-Content-Type-Options"), "nosniff");
        assert_eq!(page.header("X-Frame-Options"), "");
        let policy = page.header("Content-Security-Policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let is_connect = page.status.as_u16() == 302;
        assert_eq!(page.headers.contains_key("Set-Cookie"), is_connect, "the only cookie is that of /connect");
    }
    stack.finish().await;
}

#[tokio::test]
async fn t50_nothing_happens_by_another_verb() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let page = queue(bitrix, &visitor, &portal, 2).await;
    let before = stack.kept().await;
    bitrix.forget_journal().await;
    for path in actions().into_iter().chain(["/events"]) {
        for verb in ["GET", "PUT", "DELETE", "PATCH", "HEAD", "BREW"] {
            let asked = visitor.http().request(verb.parse().unwrap(), visitor.url(path));
            let asked = asked.header("Origin", stack.public_url()).header("X-Session", page.session().unwrap());
            let answer = asked.form(&[("session", page.session().unwrap())]).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 405, "{verb} {path}");
        }
    }
    for path in ["/", "/install", "/placement"] {
        let asked = visitor.http().put(visitor.url(path)).send().await.unwrap();
        assert_eq!(refusal(&Shown::of(asked).await), refused(405, "wrong_method"));
    }
    let get =
        visitor.http().get(visitor.url(&format!("/health?session={}", page.session().unwrap()))).send().await.unwrap();
    assert_eq!(get.status().as_u16(), 405);
    assert_eq!(bitrix.journal().await.len(), 0);
    assert_eq!(stack.kept().await, before);
    stack.finish().await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_or_old_and_a_fresh_proof_begins_it_again() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let page = queue(bitrix, &visitor, &portal, 2).await;
    let session = page.session().unwrap();
    for (column, within, beyond) in
        [("used_at", "59 minutes", "61 minutes"), ("created_at", "479 minutes", "481 minutes")]
    {
        let age = async |by: &str| {
            let sql = format!("update sessions set {column} = now() - interval '{by}' where user_id = 2");
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut stack.database().await).await.unwrap();
        };
        age(within).await;
        assert_eq!(visitor.go("/queue", &page).await.status.as_u16(), 200, "{column} {within}");
        age(beyond).await;
        let ended = visitor.go("/queue", &page).await;
        assert_eq!(refusal(&ended), refused(401, "session_ended"), "{column} {beyond}");
        assert!(ended.text().contains("open Handback again in Bitrix24"), "{}", ended.text());

        let fresh = bitrix.access_token(&portal, 2).await;
        let answer = visitor.post("/session", &[("session", &session), ("access_token", &fresh)]).await;
        assert_eq!((answer.status.as_u16(), answer.html.as_str()), (204, ""));
        assert_eq!(visitor.go("/queue", &page).await.status.as_u16(), 200, "{column} renewed");
    }
    stack.finish().await;
}

#[tokio::test]
async fn a_session_is_renewed_by_its_own_person_alone() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (portal, other) = (installed(&stack).await, installed(&stack).await);
    let session = queue(bitrix, &visitor, &portal, 2).await.session().unwrap();
    let old = "update sessions set used_at = now() - interval '2 hours'";
    sqlx::query(old).execute(&mut stack.database().await).await.unwrap();
    let before = stack.kept().await;
    let foreign = json!({"user_id": 2, "client_id": "app.other.7"});
    let foreign = bitrix.post(&format!("portals/{}/token", portal.member_id), foreign).await;

    let attempts = [
        (bitrix.access_token(&portal, 3).await, refused(401, "session_ended")),
        (bitrix.access_token(&portal, 1).await, refused(401, "session_ended")),
        (bitrix.access_token(&other, 2).await, refused(403, "not_genuine")),
        (foreign["access_token"].as_str().unwrap().to_owned(), refused(403, "other_application")),
        ("0123456789".repeat(7), refused(403, "not_genuine")),
    ];
    for (token, expected) in attempts {
        let answer = visitor.post("/session", &[("session", &session), ("access_token", &token)]).await;
        assert_eq!(refusal(&answer), expected);
    }
    let own = bitrix.access_token(&portal, 2).await;
    let elsewhere = visitor.with_origin("https://evil.test");
    let answer = elsewhere.post("/session", &[("session", &session), ("access_token", &own)]).await;
    assert_eq!(refusal(&answer), refused(403, "wrong_origin"));
    let answer = visitor.post("/session", &[("session", "made up"), ("access_token", &own)]).await;
    assert_eq!(refusal(&answer), refused(401, "session_ended"));
    assert_eq!(stack.kept().await, before, "no session begins again, no token is kept");
    stack.finish().await;
}

#[tokio::test]
async fn t41_a_session_ends_with_the_application_and_with_the_persons_right() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let (person, admin) = (queue(bitrix, &visitor, &portal, 2).await, queue(bitrix, &visitor, &portal, 1).await);

    bitrix.settings(&portal, json!({"user_access_denied": [2]})).await;
    assert_eq!(refusal(&visitor.go("/queue", &person).await), refused(403, "no_app_right"));
    bitrix.settings(&portal, json!({"user_access_denied": []})).await;
    assert_eq!(refusal(&visitor.go("/queue", &person).await), refused(401, "session_ended"));
    assert_eq!(visitor.go("/queue", &admin).await.status.as_u16(), 200, "nobody else's");

    bitrix.post(&format!("portals/{}/uninstall", portal.member_id), json!({})).await;
    stack.departed(&portal).await;
    for path in ["/queue", "/health", "/install/retry"] {
        assert_eq!(refusal(&visitor.go(path, &admin).await), refused(401, "session_ended"), "{path}");
    }
    stack.finish().await;
}
