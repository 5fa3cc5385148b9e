//! The owner of a self-hosted portal chooses its address and its answers.

use crate::support::{Attacker, Stack, calls_at, decisions::*, installed, next_endpoint, refusal, refused, tasks_of};
use serde_json::json;

#[tokio::test]
async fn t16_a_portal_without_encryption_is_not_called() {
    let stack = Stack::start().await;
    let (bitrix, visitor, attacker) = (&stack.bitrix, stack.visitor(), Attacker::listen());
    let portal = installed(&stack).await;
    let before = stack.kept().await;
    bitrix.forget_journal().await;

    for endpoint in ["http://portal.example/rest/".to_owned(), format!("http://192.0.2.2:{}/rest/", attacker.port)] {
        for place in ["DEFAULT", "INSTALL"] {
            next_endpoint(bitrix, &endpoint).await;
            let answer = visitor.open(&bitrix.open(&portal, 1, place).await).await;
            assert_eq!(refusal(&answer), refused(403, "http_portal"), "{endpoint} {place}");
            assert!(answer.text().contains("speaks only to portals with https"));
        }
    }
    assert_eq!((attacker.hits(), calls_at(bitrix, None).await.len()), (0, 0));
    assert_eq!(stack.kept().await, before);
    stack.finish().await;
}

#[tokio::test]
async fn t22_an_address_inside_is_not_called() {
    let stack = Stack::start().await;
    let (bitrix, visitor, attacker) = (&stack.bitrix, stack.visitor(), Attacker::listen());
    let portal = installed(&stack).await;
    let before = stack.kept().await;
    bitrix.forget_journal().await;
    let (own, port) = (attacker.url(), attacker.port);

    let inside = [
        "https://169.254.169.254/rest/".to_owned(),
        "https://2852039166/rest/".to_owned(),
        "https://0251.0376.0251.0376/rest/".to_owned(),
        "https://0xa9fea9fe/rest/".to_owned(),
        "https://169.254.43518/rest/".to_owned(),
        "https://10.0.0.5/rest/".to_owned(),
        "https://[::ffff:169.254.169.254]/rest/".to_owned(),
        "https://[fd00:ec2::254]/rest/".to_owned(),
        "https://[fe80::1]/rest/".to_owned(),
        format!("https://192.0.2.2:{port}/rest/"),
        format!("http://user@127.0.0.1:{port}/rest/"),
        format!("http://user:word@127.0.0.1:{port}/rest/"),
        format!("{own}/rest/?to=x"),
        format!("{own}/rest/#x"),
    ];
    for endpoint in inside {
        next_endpoint(bitrix, &endpoint).await;
        let answer = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
        assert_eq!(refusal(&answer), refused(403, "address_refused"), "{endpoint}");
        next_endpoint(bitrix, &endpoint).await;
        let answer = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
        assert_eq!(refusal(&answer), refused(403, "address_refused"), "{endpoint}");
    }
    for endpoint in ["file:///etc/passwd", "gopher://portal.example/rest/"] {
        next_endpoint(bitrix, endpoint).await;
        let answer = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
        assert_eq!(answer.status.as_u16(), 403, "{endpoint}");
    }
    assert_eq!((attacker.hits(), calls_at(bitrix, None).await.len()), (0, 0));
    assert_eq!(stack.kept().await, before);
    stack.finish().await;
}

#[tokio::test]
async fn t25_a_redirect_takes_no_token_elsewhere() {
    let stack = Stack::start().await;
    let (bitrix, visitor, attacker) = (&stack.bitrix, stack.visitor(), Attacker::listen());
    let (portal, other) = (installed(&stack).await, installed(&stack).await);
    let page = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    bitrix.forget_journal().await;

    let places = [attacker.url(), format!("http://192.0.2.2:{}", attacker.port), format!("http://{}", other.domain)];
    for place in places {
        let location = format!("{place}/rest/batch.json");
        bitrix
            .fault(json!({"on": "portal", "member_id": portal.member_id, "method": "batch", "kind": "redirect",
                            "location": location}))
            .await;
        let answer = visitor.go("/queue", &page).await;
        assert_eq!(refusal(&answer), refused(502, "portal_unreachable"), "{place}");
        assert!(!answer.html.contains(&location));
        assert_eq!(attacker.hits(), 0, "{place}");
    }
    assert_eq!(calls_at(bitrix, Some(&other)).await.len(), 0);
    assert_eq!(bitrix.calls("app.info").await.len(), 3, "each time Bitrix24 is asked where the portal lives");
    assert_eq!(visitor.go("/queue", &page).await.status.as_u16(), 200);
    stack.finish().await;
}

#[tokio::test]
async fn f38_a_renamed_portal_is_followed_where_bitrix24_says() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    bitrix.waiting(&portal, &["Prepare the offer"]).await;
    let page = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    let other = bitrix.open(&portal, 3, "DEFAULT").await;
    visitor.open(&other).await;
    let renamed = bitrix.post(&format!("portals/{}/rename", portal.member_id), json!({})).await;
    let name = renamed["domain"].as_str().unwrap();

    let after = visitor.go("/queue", &page).await;
    assert_eq!((after.status.as_u16(), after.count()), (200, Some(1)), "the person sees nothing of it");
    let moved = format!("select count(*) from portals where origin = 'http://{name}'");
    assert_eq!(stack.count(&moved).await, 1);
    assert_eq!(visitor.go("/queue", &page).await.framed_by(), format!("http://{name}"));

    // Somebody else comes with a token about which an answer from before is kept: it moves nothing back.
    assert_eq!(visitor.open(&other).await.framed_by(), format!("http://{name}"));
    assert_eq!(stack.count(&moved).await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn t29_a_portal_that_lies_lies_about_itself_alone() {
    let stack = Stack::start().await;
    let (liar, honest) = (Office::of(&stack).await, Office::of(&stack).await);
    let (theirs, ours) = (liar.waiting(2).await, honest.waiting(2).await);
    assert_eq!(theirs, ours, "the same numbers in both");
    // Everybody may everything there, and it calls itself by the other's name.
    let yes = json!({"1": {"DISAPPROVE": true}, "2": {"DISAPPROVE": true, "APPROVE": true}, "4": {"DISAPPROVE": true}});
    for (method, pointer, value) in [
        ("tasks.task.getaccess", "/result/allowedActions", yes),
        ("profile", "/result/ADMIN", json!(true)),
        ("profile", "/result/ID", json!("4")),
    ] {
        let lie = json!({"kind": "patch", "inner": true, "pointer": pointer, "value": value, "times": 0});
        liar.fault(method, lie).await;
    }
    for user in [STRANGER, CREATOR] {
        let (at_liar, at_honest) = (liar.open(user).await, honest.open(user).await);
        assert_eq!(at_honest.status.as_u16(), 200);
        let seen = if user == CREATOR { ours.clone() } else { Vec::new() };
        assert_eq!(tasks_of(&at_honest), seen, "{}", at_liar.status);
        let offered = at_honest.attributes("action");
        assert!(!offered.contains(&"/health".to_owned()), "nobody became an administrator here");
    }
    let page = honest.queue(CREATOR).await;
    let before = stack.bitrix.state(&honest.portal).await["tasks"].clone();
    let at_liar = liar.open(CREATOR).await;
    if tasks_of(&at_liar).contains(&theirs[0]) {
        liar.give_back(&at_liar, theirs[0]).await;
    }
    assert_eq!(stack.bitrix.state(&honest.portal).await["tasks"], before, "what was done there was done there");
    assert_eq!(tasks_of(&honest.queue(CREATOR).await), ours);
    liar.clear_faults().await;
    assert_eq!(honest.give_back(&page, ours[0]).await.outcome(), "done");
    let own = |portal: &str| format!("select count(*) from decisions where portal_id = '{portal}'::uuid");
    assert_eq!(stack.count(&own(&honest.portal.member_id)).await, 1);
    stack.finish().await;
}
