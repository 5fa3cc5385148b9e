//! Everybody reads their own language, as Bitrix24 names it; who has one that we do not speak reads English as a whole.

use crate::support::{Shown, Stack, Wish, decisions::*, installed};
use serde_json::json;

/// What each language says at its heading, on its buttons, and in a refusal.
#[rustfmt::skip]
const WORDS: [(&str, [&str; 5]); 3] = [
    ("en", ["Pending review", "Accept as completed", "Return for revision", "Open in Bitrix24", "A return needs a reason"]),
    ("ru", ["Ждут контроля", "Принять работу", "Вернуть на доработку", "Открыть в Битрикс24", "Для возврата нужна причина"]),
    ("de", ["Wird kontrolliert", "Akzeptieren", "Zurück zur Nachbesserung", "In Bitrix24 öffnen", "Eine Rückgabe braucht einen Grund"]),
];

/// The page is in this language and in no other.
fn assert_spoken(page: &Shown, lang: &str, which: &[usize]) {
    let html = page.elements().into_iter().find(|(name, _)| name == "html").unwrap();
    assert!(html.1.contains(&("lang".to_owned(), lang.to_owned())), "{lang}: {:?}", html.1);
    let text = page.text();
    for (code, words) in WORDS {
        for &nth in which {
            assert_eq!(text.contains(words[nth]), code == lang, "{lang}, {}: {text}", words[nth]);
        }
    }
}

async fn speaks(office: &Office, user: i64, lang: &str) {
    let user = json!({"id": user, "name": "Carl", "last_name": "Creator", "lang": lang, "admin": true});
    office.bitrix.scenario(&office.portal, json!({ "users": [user] })).await;
}

#[tokio::test]
async fn p70_pages_speak_the_language_of_their_reader() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    for (said, lang) in
        [("ru", "ru"), ("de", "de"), ("en", "en"), ("la", "en"), ("ua", "en"), ("kz", "en"), ("", "en"), ("xx", "en")]
    {
        speaks(&office, CREATOR, said).await;
        let queue = office.queue(CREATOR).await;
        assert_spoken(&queue, lang, &[0, 1, 2, 3]);
        let refused = office.visitor.press(&queue, task, "return", " ").await;
        assert_eq!(refused.error().as_deref(), Some("reason_missing"));
        assert_spoken(&refused, lang, &[4]);
        for (path, page) in [("/health", "health"), ("/settings/calls", "calls"), ("/actions", "actions")] {
            let shown = office.visitor.go(path, &queue).await;
            assert_eq!(shown.page().as_deref(), Some(page), "{path}");
            // In the bar of every page, and not in the others' words.
            assert_spoken(&shown, lang, &[0]);
        }
    }
    stack.finish().await;
}

/// Where no portal says who reads, the browser does.
#[tokio::test]
async fn p70_a_page_without_a_portal_speaks_the_browsers_language() {
    let stack = Stack::start().await;
    let visitor = stack.visitor();
    for (accepted, lang, words) in [
        ("de-CH,de;q=0.9,en;q=0.5", "de", "Öffnen Sie Handback in Bitrix24"),
        ("ru", "ru", "Откройте Handback в Битрикс24"),
        ("fr,en;q=0.5", "en", "Open Handback in Bitrix24"),
    ] {
        let get = async |path: &str| {
            let asked = visitor.http().get(visitor.url(path)).header("Accept-Language", accepted);
            Shown::of(asked.send().await.unwrap()).await
        };
        let page = get("/").await;
        assert!(page.text().contains(words), "{}", page.text());
        assert_spoken(&page, lang, &[]);
        let missing = get("/no-such-page").await;
        assert_eq!(missing.error().as_deref(), Some("not_found"));
        assert_spoken(&missing, lang, &[]);
    }
    stack.finish().await;
}

/// Bitrix24 shows each person the name of a place in their language: we give it ours.
#[tokio::test]
async fn p70_places_are_named_in_every_language() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    let placements = stack.bitrix.state(&portal).await["placements"].as_array().cloned().unwrap();
    assert!(placements.len() >= 5);
    for place in placements {
        for (code, _) in WORDS {
            let title = &place["lang_all"][code]["TITLE"];
            assert!(title.as_str().is_some_and(|title| !title.is_empty()), "{code}: {place}");
        }
    }
    let state = stack.bitrix.state(&portal).await;
    let of_rows = state["placements"].as_array().unwrap().iter().find(|p| p["placement"] == "TASK_LIST_CONTEXT_MENU");
    for (code, words) in WORDS {
        assert_eq!(of_rows.unwrap()["lang_all"][code]["TITLE"], words[2], "{code}");
    }
    stack.finish().await;
}

/// The last minutes as English tells them; several, not to fail where one ends meanwhile.
#[expect(clippy::disallowed_methods, reason = "a story is outside of the application")]
fn minutes(zone: chrono_tz::Tz) -> Vec<String> {
    let ago = |minutes| chrono::Utc::now() - chrono::TimeDelta::minutes(minutes);
    (0..5).map(|n| ago(n).with_timezone(&zone).format("%b %-d, %Y, %-I:%M").to_string()).collect()
}

/// What Handback itself recorded is told by the clock of who reads it; what Bitrix24 says keeps Bitrix24's clock.
#[tokio::test]
async fn p73_times_are_told_by_the_persons_clock() {
    let stack = Stack::start().await;
    let (bitrix, visitor, portal) = (&stack.bitrix, stack.visitor(), installed(&stack).await);
    bitrix.settings(&portal, json!({"utc_offset": "+03:00"})).await;
    let deadline = "2031-07-01T23:30:00+03:00";
    let task = json!({"title": "Due", "created_by": 2, "responsible_id": 3, "deadline": deadline});
    let tasks = bitrix.scenario(&portal, json!({ "tasks": [task, task] })).await;
    let open = async || visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    visitor.press(&open().await, tasks[0], "approve", "").await;
    for (name, zone) in [("", "Europe/Moscow"), ("Pacific/Chatham", "Pacific/Chatham")] {
        let zone: chrono_tz::Tz = zone.parse().unwrap();
        let user = json!({"id": 2, "name": "Carl", "last_name": "Creator", "admin": true, "time_zone": name});
        bitrix.scenario(&portal, json!({ "users": [user] })).await;
        let told = |page: &Shown| {
            let text = page.text().replace('\u{202f}', " ");
            let found = minutes(zone);
            assert!(found.iter().any(|at| text.contains(at)), "{name}: {found:?}: {text}");
        };
        let queue = open().await;
        assert!(queue.text().replace('\u{202f}', " ").contains("Jul 1, 2031, 11:30 PM"), "{}", queue.text());
        told(&visitor.go("/actions", &queue).await);
        told(&visitor.go("/health", &queue).await);
        // The journal is written behind everybody's back.
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        told(&visitor.go("/settings/calls", &queue).await);
    }
    stack.finish().await;
}

/// The mirrored language is for those who look after pages: a server with real authorization servers does not know it.
#[tokio::test]
async fn p73_only_the_sandbox_speaks_the_mirrored_language() {
    let real = vec![
        ("HANDBACK_OAUTH_SERVERS", "https://oauth.example".to_owned()),
        ("HANDBACK_PUBLIC_URL", "https://handback.example".to_owned()),
    ];
    for (env, lang, dir) in [(vec![], "he-XB", "rtl"), (real, "en", "ltr")] {
        let stack = Stack::with(Wish { env, ..Wish::default() }).await;
        let visitor = stack.visitor();
        let asked = visitor.http().get(visitor.url("/")).header("Accept-Language", "he-XB").send().await.unwrap();
        let page = Shown::of(asked).await;
        assert_eq!(page.page().as_deref(), Some("closed"));
        let html = page.elements().into_iter().find(|(name, _)| name == "html").unwrap().1;
        assert_eq!(html, [("lang".to_owned(), lang.to_owned()), ("dir".to_owned(), dir.to_owned())]);
        stack.finish().await;
    }
}
