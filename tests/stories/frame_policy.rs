//! A page is shown in the frame of the one portal that Bitrix24 named, and of no other.

use crate::support::{Shown, Stack, installed, refusal, refused};
use serde_json::json;

#[tokio::test]
async fn t47_a_page_is_framed_by_its_own_portal_alone() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (a, b) = (installed(&stack).await, installed(&stack).await);
    for portal in [&a, &b] {
        let own = format!("http://{}", portal.domain);
        let task = bitrix.waiting(portal, &["Prepare the offer"]).await[0];
        let queue = visitor.open(&bitrix.open(portal, 2, "DEFAULT").await).await;
        let card = json!({"user_id": 2, "place": "TASK_VIEW_TAB", "options": {"taskId": task.to_string()}});
        let pages = [
            visitor.open(&bitrix.open(portal, 1, "INSTALL").await).await,
            visitor.open(&bitrix.open_with(portal, card).await).await,
            visitor.go("/queue", &queue).await,
            visitor.go("/health", &queue).await,
            visitor.open(&bitrix.open(portal, 3, "INSTALL").await).await,
            queue,
        ];
        for page in pages {
            assert_eq!(page.framed_by(), own, "{:?} {:?}", page.page(), page.error());
        }
    }
    stack.finish().await;
}

#[tokio::test]
async fn p12_what_belongs_to_no_known_portal_is_framed_by_nobody() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (portal, stranger) = (installed(&stack).await, bitrix.portal().await);
    let unknown =
        bitrix.open(&stranger, 1, "DEFAULT").await.with("AUTH_ID", Some("0123456789012345678901234567890123"));
    let unknown = visitor.open(&unknown).await;
    assert_eq!(refusal(&unknown), refused(403, "not_genuine"));
    let closed = visitor.get("/", "").await;
    let ended = visitor.post("/queue", &[("session", "made up")]).await;
    let nowhere = visitor.get("/nowhere", "").await;
    let style = visitor.get(&closed.attributes("href").iter().find(|h| h.contains(".css")).unwrap().clone(), "").await;
    let redirect = visitor.get(&format!("/connect?domain={}", portal.domain), "").await;
    let event = visitor.post_raw("/events", String::new()).await;
    for answer in [unknown, closed, ended, nowhere, style, redirect, event] {
        assert_eq!(answer.framed_by(), "'none'", "{} {:?}", answer.status, answer.error());
        assert_eq!(answer.session(), None);
    }

    // A refusal may be seen where the portal is known, and offers nothing to press.
    let foreign = json!({"user_id": 2, "client_id": "app.other.7"});
    let refused_there = visitor.open(&bitrix.open_with(&portal, foreign).await).await;
    assert_eq!(refused_there.framed_by(), format!("http://{}", portal.domain));
    assert!(refused_there.session().is_none());
    assert!(!refused_there.elements().iter().any(|(name, _)| ["form", "button", "input"].contains(&name.as_str())));
    stack.finish().await;
}

#[tokio::test]
async fn a_page_that_stood_open_too_long_says_so_in_its_own_frame() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let german = json!({"user_id": 2, "overrides": {"LANG": "de"}});
    let page = visitor.open(&bitrix.open_with(&portal, german).await).await;
    let session = page.session().unwrap();
    stack.change("update sessions set used_at = now() - interval '61 minutes'").await;
    for path in ["/queue", "/settings/mine", "/settings/set", "/data", "/health", "/decide"] {
        let ended = visitor.go(path, &page).await;
        assert_eq!(refusal(&ended), refused(401, "session_ended"), "{path}");
        assert_eq!(ended.framed_by(), format!("http://{}", portal.domain), "{path}");
        assert!(ended.html.contains("<html lang=\"de\""), "{path}: in the person's language: {}", ended.html);
        assert_eq!(ended.session(), None, "{path}");
        assert!(!ended.elements().iter().any(|(name, _)| ["form", "input"].contains(&name.as_str())), "{path}");
    }

    // Whoever only knows the portal's name learns nothing, not even where it lives.
    let (known, last) = session.split_at(session.len() - 1);
    let made_up = format!("{known}{}", if last == "A" { "B" } else { "A" });
    let stranger = visitor.post("/queue", &[("session", &made_up)]).await;
    assert_eq!(refusal(&stranger), refused(401, "session_ended"));
    assert_eq!(stranger.framed_by(), "'none'");
    assert!(stranger.html.contains("<html lang=\"en\"") && !stranger.html.contains(&portal.domain));
    stack.finish().await;
}

#[tokio::test]
async fn the_way_to_a_portals_sign_in_is_open_without_script() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let forms = |page: &Shown| {
        let policy = page.header("Content-Security-Policy").to_owned();
        policy.split(';').find_map(|rule| rule.trim().strip_prefix("form-action ").map(str::to_owned)).unwrap()
    };
    for path in ["/", "/install", "/placement"] {
        let closed = visitor.get(path, "").await;
        // As the portals of this place are reached.
        assert_eq!((closed.page().as_deref(), forms(&closed).as_str()), (Some("closed"), "'self' http:"), "{path}");
        assert_eq!(closed.session(), None);
    }
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    for page in [queue, visitor.get("/connect?domain=nobody.example", "").await] {
        assert_eq!(forms(&page), "'self'", "{:?} {:?}", page.page(), page.error());
    }
    stack.finish().await;
}
