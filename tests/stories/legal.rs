//! The licence agreement and the privacy policy: open to anybody, and true.

use crate::support::{Browser, Stack, Wish, foreign_site, installed};

const PAPERS: [(&str, [&str; 3]); 2] = [
    ("terms", ["Licence agreement", "Лицензионное соглашение", "Lizenzvertrag"]),
    ("privacy", ["Privacy policy", "Политика конфиденциальности", "Datenschutzerklärung"]),
];

async fn named() -> Stack {
    let env = vec![
        ("HANDBACK_OPERATOR", "Example & <Partners>".to_owned()),
        ("HANDBACK_SUPPORT", "help@handback.example".to_owned()),
    ];
    Stack::with(Wish { env, ..Wish::default() }).await
}

#[tokio::test]
async fn p13_the_licence_and_the_privacy_policy_are_open_to_anybody_and_framed_by_nobody() {
    let stack = named().await;
    let visitor = stack.visitor();
    for (name, titles) in PAPERS {
        let path = format!("/{name}");
        let head = visitor.http().head(visitor.url(&path)).send().await.unwrap();
        assert_eq!((head.status().as_u16(), head.text().await.unwrap().len()), (200, 0), "HEAD {path}");
        for (lang, title) in ["en", "ru", "de"].into_iter().zip(titles) {
            let wished = visitor.http().get(visitor.url(&path)).header("Accept-Language", lang).send().await.unwrap();
            let wished = crate::support::Shown::of(wished).await;
            // The Market's card has an address for each language, whatever the browser wishes.
            let asked = visitor.get(&format!("{path}?lang={lang}"), "").await;
            for page in [wished, asked] {
                assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some(name)), "{lang}");
                let (text, policy) = (page.text(), page.header("content-security-policy"));
                for words in [title, "Example & <Partners>", "help@handback.example", "Handback"] {
                    assert!(text.contains(words), "{lang} {words}: {text}");
                }
                assert!(page.attributes("href").contains(&"mailto:help@handback.example".to_owned()));
                assert!(page.attributes("lang").starts_with(&[lang.to_owned()]), "{:?}", page.attributes("lang"));
                assert_eq!((page.session(), page.framed_by()), (None, "'none'"), "no authority");
                assert!(!page.html.contains("<script") && !policy.contains("script-src"), "no script: {policy}");
                assert_eq!(page.header("set-cookie"), "");
                assert!(!page.html.contains("<form"), "nothing to send");
            }
        }
        let other = visitor.get(&format!("{path}?lang=xx"), "").await;
        assert!(other.text().contains(titles[0]), "a language that we do not speak is English");
        assert_eq!(visitor.post_raw(&path, String::new()).await.status.as_u16(), 405);
    }
    stack.finish().await;
}

/// From the page for lost visitors and from the administrator's, in the language of whoever reads them.
#[tokio::test]
async fn p13_the_papers_are_found_where_people_look() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let admin = serde_json::json!([{"id": 1, "name": "Ada", "last_name": "Admin", "admin": true, "lang": "de"}]);
    bitrix.scenario(&portal, serde_json::json!({ "users": admin })).await;
    let queue = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
    let settings = visitor.go("/health", &queue).await;
    for (page, lang) in [(visitor.get("/", "").await, "en"), (settings, "de")] {
        for (name, _) in PAPERS {
            let link = format!("/{name}?lang={lang}");
            assert!(page.attributes("href").contains(&link), "{link}: {:?}", page.attributes("href"));
            let paper = visitor.get(&link, "").await;
            let unnamed = if lang == "de" { "nicht genannt" } else { "Not named" };
            assert!(paper.text().contains(unnamed), "{}", paper.text());
            for href in paper.attributes("href").iter().filter(|href| href.starts_with('/')) {
                assert_eq!(visitor.get(href, "").await.status.as_u16(), 200, "{href} leads somewhere");
            }
        }
        // Framed by nobody: inside Bitrix24 it opens beside.
        let beside = page.attributes("target").iter().filter(|target| *target == "_blank").count();
        assert!(if lang == "de" { beside >= 2 } else { beside == 0 }, "{lang}: {beside}");
    }
    stack.finish().await;
}

#[tokio::test]
async fn in_the_browser_nobody_frames_the_papers_and_nothing_runs_in_them() {
    let stack = named().await;
    let browser = Browser::start().await;
    for (name, _) in PAPERS {
        let url = format!("{}/{name}", stack.public_url());
        browser.go(&foreign_site(format!("<iframe src='{url}'></iframe>"))).await;
        browser.wait_for_log("frame-ancestors").await;
        browser.frame_number(0).await;
        assert_eq!(browser.count("main[data-page]").await, 0, "{name}");
        browser.top().await;
        browser.go(&url).await;
        assert_eq!(browser.count(&format!("main[data-page={name}]")).await, 1);
        assert!(!browser.scrolls_sideways().await, "{name}");
    }
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn where_something_failed_a_person_learns_whom_to_ask() {
    let stack = named().await;
    let page = stack.visitor().get("/no-such-page", "").await;
    assert_eq!(page.status.as_u16(), 404);
    assert!(page.text().contains("Support: help@handback.example"), "{}", page.text());
    assert!(page.attributes("href").contains(&"mailto:help@handback.example".to_owned()));
    let said = stack.run(&["check"]).await;
    assert!(!said.contains("HANDBACK_SUPPORT") && said.contains("database: answers"), "{said}");
    stack.finish().await;

    let unnamed = Stack::start().await;
    let page = unnamed.visitor().get("/no-such-page", "").await;
    assert!(!page.text().contains("Support"), "{}", page.text());
    let said = unnamed.run(&["check"]).await;
    assert!(said.contains("HANDBACK_OPERATOR: not set") && said.contains("HANDBACK_SUPPORT: not set"), "{said}");
    unnamed.finish().await;
}
