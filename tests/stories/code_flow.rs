//! Outside Bitrix24's frame: the portal's own sign-in, for the browser that began it.

use crate::support::{Portal, Shown, Stack, Wish, installed, refusal, refused};
use reqwest::Url;
use serde_json::json;

/// What `/connect` gave a browser.
struct Begun {
    to: Url,
    cookie: String,
    state: String,
}

async fn begin(stack: &Stack, portal: &Portal) -> Begun {
    let answer = stack.visitor().get(&format!("/connect?domain={}", portal.domain), "").await;
    assert_eq!(answer.status.as_u16(), 302, "{}", answer.text());
    let set = answer.header("Set-Cookie").to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Max-Age=600"), "{set}");
    let to: Url = answer.header("Location").parse().unwrap();
    let query = |name: &str| to.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned();
    assert_eq!((to.path(), query("client_id").as_str()), ("/oauth/authorize/", "app.sandbox.1"));
    assert_eq!(to.query_pairs().count(), 2, "nothing else is told");
    let state = query("state");
    Begun { cookie: set.split(';').next().unwrap().to_owned(), state, to }
}

/// The person signs in at a portal; the path with which the browser comes back.
async fn sign_in(stack: &Stack, portal: &Portal, user: i64, state: &str) -> String {
    let mut to = Url::parse(&format!("http://{}/oauth/authorize/", portal.domain)).unwrap();
    to.query_pairs_mut().extend_pairs([("client_id", "app.sandbox.1"), ("state", state), ("as", &user.to_string())]);
    let answer = Shown::of(stack.visitor().http().get(to).send().await.unwrap()).await;
    assert_eq!(answer.status.as_u16(), 302, "{}", answer.html);
    let back = answer.header("Location").to_owned();
    back.strip_prefix(&stack.public_url()).expect("back to us").to_owned()
}

async fn rows(stack: &Stack) -> (i64, i64) {
    (stack.count("select count(*) from sessions").await, stack.count("select count(*) from credentials").await)
}

#[tokio::test]
async fn a_person_signs_in_outside_the_frame_and_returns_a_task() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Prepare the offer"]).await;
    let begun = begin(&stack, &portal).await;
    assert_eq!(begun.to.host_str().unwrap(), portal.domain.split(':').next().unwrap());

    let queue = visitor.get(&sign_in(&stack, &portal, 2, &begun.state).await, &begun.cookie).await;
    assert_eq!((queue.status.as_u16(), queue.count()), (200, Some(1)), "{}", queue.text());
    let removed = queue.header("Set-Cookie");
    assert!(removed.contains("Max-Age=0"), "{removed}");
    assert!(queue.framed_by() == format!("http://{}", portal.domain));
    let after = visitor.press(&queue, tasks[0], "return", "The totals do not match").await;
    assert_eq!((after.status.as_u16(), after.count()), (200, Some(0)));
    assert_eq!(bitrix.task(&portal, tasks[0]).await["status"], 2);
    assert_eq!(stack.count("select count(*) from oauth_states").await, 0);
    stack.finish().await;
}

#[tokio::test]
async fn t49_a_sign_in_that_this_browser_did_not_begin_is_refused() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let (own, victim) = (begin(&stack, &portal).await, begin(&stack, &portal).await);
    let (rows_before, made_up) = (rows(&stack).await, "c".repeat(64));
    bitrix.forget_journal().await;

    let with_code = sign_in(&stack, &portal, 2, &own.state).await;
    let without = with_code.replace(&format!("state={}&", own.state), "");
    assert_ne!(with_code, without);
    let attempts = [
        (without, own.cookie.clone(), refused(403, "not_genuine"), "no state"),
        (with_code.replace(&own.state, &made_up), own.cookie.clone(), refused(403, "not_genuine"), "foreign state"),
        (with_code.clone(), victim.cookie.clone(), refused(403, "not_genuine"), "another browser"),
        (with_code.clone(), String::new(), refused(403, "not_genuine"), "a browser without cookie"),
        (format!("{with_code}&state={}", own.state), own.cookie.clone(), refused(400, "malformed"), "state twice"),
    ];
    for (path, cookie, expected, what) in attempts {
        let answer = visitor.get(&path, &cookie).await;
        assert_eq!(refusal(&answer), expected, "{what}");
        assert_eq!(answer.session(), None);
    }
    assert_eq!(bitrix.calls("oauth/token").await.len(), 0, "no code is exchanged");
    assert_eq!(rows(&stack).await, rows_before);

    assert_eq!(visitor.get(&with_code, &own.cookie).await.status.as_u16(), 200, "its own browser");
    bitrix.forget_journal().await;
    let again = visitor.get(&sign_in(&stack, &portal, 2, &own.state).await, &own.cookie).await;
    assert_eq!(refusal(&again), refused(403, "not_genuine"), "a state is good once");
    let old = "update oauth_states set created_at = now() - interval '11 minutes'";
    sqlx::query(old).execute(&mut stack.database().await).await.unwrap();
    let late = visitor.get(&sign_in(&stack, &portal, 2, &victim.state).await, &victim.cookie).await;
    assert_eq!(refusal(&late), refused(403, "not_genuine"), "ten minutes are over");
    assert_eq!(bitrix.calls("oauth/token").await.len(), 0);
    stack.finish().await;
}

#[tokio::test]
async fn t49_a_code_of_another_portal_is_refused() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (a, b) = (installed(&stack).await, installed(&stack).await);
    let begun = begin(&stack, &a).await;
    let before = rows(&stack).await;
    let of_b = sign_in(&stack, &b, 2, &begun.state).await;
    bitrix.forget_journal().await;

    let answer = visitor.get(&of_b, &begun.cookie).await;
    assert_eq!(refusal(&answer), refused(403, "not_genuine"));
    assert_eq!(rows(&stack).await, before);
    assert_eq!(crate::support::calls_at(bitrix, None).await.len(), 0);
    stack.finish().await;
}

#[tokio::test]
async fn t49_a_portal_that_claims_anothers_address_keeps_nobody_out() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (portal, hostile, third) = (installed(&stack).await, installed(&stack).await, installed(&stack).await);
    bitrix.waiting(&portal, &["Prepare the offer"]).await;
    // Its owner says that it lives where the other one does.
    stack.dealt_with().await;
    let claim = json!({"on": "oauth", "method": "app.info", "kind": "patch", "times": 0, "member_id": hostile.member_id,
                       "pointer": "/result/install/client_endpoint", "value": format!("http://{}/rest/", portal.domain)});
    bitrix.fault(claim).await;
    visitor.open(&bitrix.open(&hostile, 2, "DEFAULT").await).await;
    let there = format!("select count(*) from portals where origin = 'http://{}'", portal.domain);
    assert_eq!(stack.count(&there).await, 2);
    bitrix.clear_faults().await;

    for first in ["first", "last"] {
        let begun = begin(&stack, &portal).await;
        let queue = visitor.get(&sign_in(&stack, &portal, 2, &begun.state).await, &begun.cookie).await;
        assert_eq!((queue.status.as_u16(), queue.count()), (200, Some(1)), "who was there {first}: {}", queue.text());
        assert_eq!(queue.framed_by(), format!("http://{}", portal.domain));
        let begun = begin(&stack, &portal).await;
        let of_third = visitor.get(&sign_in(&stack, &third, 2, &begun.state).await, &begun.cookie).await;
        assert_eq!(refusal(&of_third), refused(403, "not_genuine"), "who does not live there");
        // A portal whose server was set up anew has another member_id, and its former row is the older one.
        let older = "update portals set created_at = now() - interval '1 year' where portal_id";
        stack.change(&format!("{older} = '{}'::uuid", hostile.member_id)).await;
    }
    stack.finish().await;
}

#[tokio::test]
async fn a_code_of_the_other_region_is_asked_about_there() {
    // One server under two names.
    let env = vec![("HANDBACK_OAUTH_SERVERS", "{bitrix},http://localhost:{port}".to_owned())];
    let stack = Stack::with(Wish { env, ..Wish::default() }).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let begun = begin(&stack, &portal).await;
    let back = sign_in(&stack, &portal, 2, &begun.state).await;
    bitrix.forget_journal().await;
    bitrix
        .fault(json!({"on": "oauth", "method": "oauth/token", "kind": "error", "status": 400, "code": "invalid_grant"}))
        .await;
    assert_eq!(visitor.get(&back, &begun.cookie).await.status.as_u16(), 200);
    assert_eq!(bitrix.calls("oauth/token").await.len(), 2);
    stack.finish().await;
}

#[tokio::test]
async fn a_sign_in_begins_only_at_a_portal_that_is_known() {
    let stack = Stack::start().await;
    let visitor = stack.visitor();
    let portal = installed(&stack).await;
    for (domain, expected) in [
        ("evil.test", refused(403, "not_installed")),
        ("", refused(400, "malformed")),
        ("evil.test%2Fpath", refused(400, "malformed")),
        ("evil.test%3Fq", refused(400, "malformed")),
        (&format!("user@{}", portal.domain), refused(400, "malformed")),
        (&format!("{}%2F..%2F..%2Fx", portal.domain), refused(400, "malformed")),
        ("evil.test%0d%0aX-Evil:1", refused(403, "not_installed")),
    ] {
        let answer = visitor.get(&format!("/connect?domain={domain}"), "").await;
        assert_eq!(refusal(&answer), expected, "{domain}");
        assert!(!answer.headers.contains_key("Set-Cookie") && !answer.headers.contains_key("Location"));
    }
    assert_eq!(refusal(&visitor.get("/connect", "").await), refused(400, "malformed"));
    assert_eq!(stack.count("select count(*) from oauth_states").await, 0);
    stack.finish().await;
}
