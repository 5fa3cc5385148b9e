//! The administrator sees how the installation does, why something does not work, and mends it with one button.

use crate::support::{Shown, Stack, decisions::*, installed, refusal, refused};
use serde_json::json;

async fn standing(office: &Office) -> (usize, usize) {
    let state = office.bitrix.state(&office.portal).await;
    let rows = |key: &str| state[key].as_array().map_or(0, Vec::len);
    (rows("handlers"), rows("placements"))
}

async fn office(stack: &Stack) -> Office {
    let office = Office::of(stack).await;
    crate::return_a_task::install(&office.bitrix, &office.visitor, &office.portal).await;
    stack.dealt_with().await;
    office
}

fn is_health(page: &Shown) -> String {
    assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some("health")), "{}", page.text());
    page.text()
}

#[tokio::test]
async fn p61_p06_an_administrator_sees_what_stands_what_was_met_and_what_is_not_there() {
    let stack = Stack::start().await;
    let office = office(&stack).await;
    let queue = office.queue(ADMIN).await;
    assert!(queue.attributes("action").contains(&"/health".to_owned()));
    office.bitrix.forget_journal().await;
    let page = office.visitor.go("/health", &queue).await;
    let text = is_health(&page);
    for words in [
        "Everything that Handback needs is here",
        "In use",
        "14 of 14 are as they should be",
        "13 of 13 are offered here",
        "Reading tasks, returning and accepting them task Granted",
        "None.",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("None in the last 30 days"), "Bitrix24 told of the installation: {text}");
    assert_eq!(office.requests().await, 1, "one request for all of it");

    // A plan without task control, a portal without REST 3.0 and without a permission, limits, and a person to come back.
    let settings = json!({"task_control": false, "rest_v3": false, "scopes": ["task", "placement", "im"]});
    office.bitrix.settings(&office.portal, settings).await;
    let member = &office.portal.member_id;
    for (method, http, code) in [
        ("tasks.task.list", 503, "'QUERY_LIMIT_EXCEEDED'"),
        ("tasks.task.list", 503, "'QUERY_LIMIT_EXCEEDED'"),
        ("tasks.task.disapprove", 429, "null"),
        ("tasks.task.chat.message.send", 404, "'ERROR_METHOD_NOT_FOUND'"),
        ("tasks.task.get", 400, "'1048582'"),
    ] {
        let row = format!(
            "insert into calls (portal_id, at, call_id, nth, kind, user_id, method, http, code)
             values ('{member}'::uuid, now() - interval '5 seconds', gen_random_uuid(), 0, 'user', 2, '{method}', {http}, {code})"
        );
        stack.change(&row).await;
    }
    office.queue(CREATOR).await;
    stack.change("update credentials set state = 'reauth_required' where user_id = 2").await;
    let page = office.visitor.go("/health", &queue).await;
    let text = is_health(&page);
    for words in [
        "3 things are not as they should be",
        "The permission “tasks” is not given",
        "Is task control part of your plan?",
        "no REST 3.0",
        "tasks.task.list QUERY_LIMIT_EXCEEDED 2 times",
        "tasks.task.disapprove 429 1 time",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("1048582") && !text.contains("To be mended"), "{text}");
    assert_eq!(page.attributes("data-reopen"), ["1"]);
    stack.finish().await;
}

#[tokio::test]
async fn p61_p04_one_button_mends_as_the_administrator_who_pressed_it() {
    let stack = Stack::start().await;
    let office = office(&stack).await;
    let second = json!({"users": [{"id": 8, "name": "Second", "admin": true}]});
    office.bitrix.scenario(&office.portal, second).await;
    let queue = office.queue(8).await;
    office.control("unbind", json!({})).await;
    // The access of whoever installed it is of no use: the one who presses needs only their own.
    stack.change("update credentials set state = 'reauth_required' where kind = 'installer'").await;
    let text = is_health(&office.visitor.go("/health", &queue).await);
    for words in ["14 events or places do not lead where they should", "keeps the installation in order", "0 of 14"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(standing(&office).await, (0, 0), "looking changes nothing");
    office.bitrix.forget_journal().await;
    let text = is_health(&office.visitor.go("/health/mend", &queue).await);
    assert!(text.contains("14 of 14 are as they should be") && text.contains("Done."), "{text}");
    assert_eq!(standing(&office).await, (8, 6));
    assert_eq!(office.requests().await, 3, "who presses and what stands, the changes, what stands then");
    let binds = office.calls("event.bind").await;
    assert!(binds.len() == 8 && binds.iter().all(|call| call["user_id"] == 8), "{binds:?}");
    // Once more changes nothing.
    office.bitrix.forget_journal().await;
    is_health(&office.visitor.go("/health/mend", &queue).await);
    assert_eq!((standing(&office).await, office.requests().await), ((8, 6), 1));
    stack.finish().await;
}

#[tokio::test]
async fn p61_t38_t50_nobody_but_an_administrator_looks_or_mends() {
    let stack = Stack::start().await;
    let office = office(&stack).await;
    let (queue, admin) = (office.queue(CREATOR).await, office.queue(ADMIN).await);
    office.control("unbind", json!({})).await;
    for path in ["/health", "/health/mend"] {
        let page = office.visitor.go(path, &queue).await;
        assert_eq!(refusal(&page), refused(403, "admin_required"), "{path}");
        assert!(page.text().contains("Ask an administrator"), "{}", page.text());
        assert_eq!(office.visitor.get(path, "").await.status.as_u16(), 405, "{path}");
        assert_eq!(refusal(&office.visitor.post(path, &[]).await), refused(401, "session_ended"), "{path}");
        let foreign = office.visitor.with_origin("https://evil.example");
        assert_eq!(refusal(&foreign.go(path, &admin).await), refused(403, "wrong_origin"), "{path}");
    }
    // Being an administrator is asked with every press.
    let fallen = json!({"users": [{"id": 1, "name": "Ada", "last_name": "Admin", "admin": false}]});
    office.bitrix.scenario(&office.portal, fallen).await;
    for path in ["/health", "/health/mend"] {
        assert_eq!(refusal(&office.visitor.go(path, &admin).await), refused(403, "admin_required"), "{path}");
    }
    assert_eq!(standing(&office).await, (0, 0), "nobody has mended anything");
    stack.finish().await;
}

#[tokio::test]
async fn p61_a_portal_that_does_not_answer_leaves_what_is_recorded_to_whoever_installed() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let second = json!({"users": [{"id": 8, "name": "Second", "admin": true}]});
    bitrix.scenario(&portal, second).await;
    let (own, other) = (
        visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await,
        visitor.open(&bitrix.open(&portal, 8, "DEFAULT").await).await,
    );
    bitrix.settings(&portal, json!({"access_closed": true})).await;
    let text = is_health(&visitor.go("/health", &own).await);
    for words in ["could not be asked just now", "your plan or your rights do not suffice", "Last notice", "Limits met"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(refusal(&visitor.go("/health", &other).await), refused(403, "access_closed"));
    assert_eq!(refusal(&visitor.go("/health/mend", &own).await), refused(403, "access_closed"));
    stack.finish().await;
}

#[tokio::test]
async fn an_administrator_sees_what_is_installed() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let queue = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
    assert!(queue.attributes("action").contains(&"/health".to_owned()));

    let page = visitor.go("/health", &queue).await;
    assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some("health")));
    let text = page.text();
    for words in [
        portal.domain.as_str(),
        "Everything that Handback needs is here",
        "Item in the main menu LEFT_MENU Present",
        "The application was removed ONAPPUNINSTALL Present",
        "task Granted",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }

    let words: Vec<&str> = text.split_whitespace().collect();
    let is_code = |word: &str| word.len() > 3 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let nameless = words.windows(2).find(|pair| pair[0] == pair[1] && is_code(pair[0]));
    assert_eq!(nameless, None, "an event or a place without words");

    bitrix
        .fault(json!({"on": "portal", "method": "placement.get", "inner": true, "kind": "patch", "pointer": "/result",
                        "value": []}))
        .await;
    let page = visitor.go("/health", &queue).await;
    assert!(
        page.text().contains("6 events or places do not lead") && page.text().contains("LEFT_MENU Missing"),
        "{}",
        page.text()
    );
    bitrix
        .fault(json!({"on": "portal", "method": "scope", "inner": true, "kind": "error", "status": 500,
                        "code": "INTERNAL_SERVER_ERROR"}))
        .await;
    let text = visitor.go("/health", &queue).await.text();
    assert!(text.contains("Permissions Could not be checked"), "{text}");
    assert!(!text.contains("Not given") && text.contains("Everything that Handback needs is here"), "{text}");
    stack.finish().await;
}

#[tokio::test]
async fn nobody_else_sees_them() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert!(!queue.attributes("action").contains(&"/health".to_owned()));
    let page = visitor.go("/health", &queue).await;
    assert_eq!(refusal(&page), refused(403, "admin_required"));
    assert!(!page.text().contains("ONAPPUNINSTALL"));
    assert_eq!(refusal(&visitor.go("/install/retry", &queue).await), refused(403, "admin_required"));

    // Being an administrator is asked each time.
    let queue = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
    assert_eq!(visitor.go("/health", &queue).await.status.as_u16(), 200);
    bitrix.scenario(&portal, json!({"users": [{"id": 1, "name": "Ada", "last_name": "Admin", "admin": false}]})).await;
    assert_eq!(refusal(&visitor.go("/health", &queue).await), refused(403, "admin_required"));
    stack.finish().await;
}

#[tokio::test]
async fn p37_p61_p83_without_its_scope_the_chat_is_left_alone_and_the_page_says_so() {
    const MESSAGES: &str = "im.dialog.messages.get";
    let stack = Stack::start().await;
    let whole = Office::of(&stack).await;
    let without = Office::with(&stack, json!({"scopes": ["task", "placement", "tasks"]})).await;
    let old = Office::with(&stack, json!({"scopes": ["task", "placement", "im"], "rest_v3": false})).await;
    for (office, asked, said) in
        [(&whole, 1, "im Granted"), (&without, 0, "im Not given"), (&old, 0, "tasks Not given")]
    {
        let task = office.waiting(1).await[0];
        let session = office.queue(CREATOR).await.session().unwrap();
        let look = office.script("/looks", &session, |asked| asked.form(&[("task_id", task)])).await;
        assert!(look.html.contains("data-look"), "{}", look.html);
        assert_eq!(office.calls(MESSAGES).await.len(), asked, "{said}");
        let admin = office.queue(ADMIN).await;
        let page = office.visitor.go("/health", &admin).await.text();
        assert!(page.contains(said) && page.contains("Messages of a task's chat"), "{said}: {page}");
        assert!(!page.contains("im Missing") && !page.contains("tasks Missing"), "nobody has to grant it: {page}");
    }
    stack.finish().await;
}
