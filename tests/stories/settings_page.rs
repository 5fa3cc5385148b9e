//! Settings show an administrator what stands at the portal, read live.

use crate::support::{Stack, decisions::*, installed, refusal, refused};
use serde_json::json;

#[tokio::test]
async fn an_administrator_sees_what_is_installed() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let queue = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
    assert!(queue.attributes("action").contains(&"/settings".to_owned()));

    let page = visitor.go("/settings", &queue).await;
    assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some("settings")));
    let text = page.text();
    for words in [
        portal.domain.as_str(),
        "Everything is as it should be",
        "Item in the main menu LEFT_MENU Present",
        "The application was removed ONAPPUNINSTALL Present",
        "task Granted",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }

    bitrix
        .fault(json!({"on": "portal", "method": "placement.get", "inner": true, "kind": "patch", "pointer": "/result",
                        "value": []}))
        .await;
    let page = visitor.go("/settings", &queue).await;
    assert!(
        page.text().contains("Something is missing") && page.text().contains("LEFT_MENU Missing"),
        "{}",
        page.text()
    );
    stack.finish().await;
}

#[tokio::test]
async fn nobody_else_sees_them() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert!(!queue.attributes("action").contains(&"/settings".to_owned()));
    let page = visitor.go("/settings", &queue).await;
    assert_eq!(refusal(&page), refused(403, "admin_required"));
    assert!(!page.text().contains("ONAPPUNINSTALL"));
    assert_eq!(refusal(&visitor.go("/install/retry", &queue).await), refused(403, "admin_required"));

    // Being an administrator is asked each time.
    let queue = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
    assert_eq!(visitor.go("/settings", &queue).await.status.as_u16(), 200);
    bitrix.scenario(&portal, json!({"users": [{"id": 1, "name": "Ada", "last_name": "Admin", "admin": false}]})).await;
    assert_eq!(refusal(&visitor.go("/settings", &queue).await), refused(403, "admin_required"));
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
        [(&whole, 1, "im Granted"), (&without, 0, "im Not granted: left out"), (&old, 0, "tasks Not granted: left out")]
    {
        let task = office.waiting(1).await[0];
        let session = office.queue(CREATOR).await.session().unwrap();
        let look = office.script("/looks", &session, |asked| asked.form(&[("task_id", task)])).await;
        assert!(look.html.contains("data-look"), "{}", look.html);
        assert_eq!(office.calls(MESSAGES).await.len(), asked, "{said}");
        let admin = office.queue(ADMIN).await;
        let page = office.visitor.go("/settings", &admin).await.text();
        assert!(page.contains(said) && page.contains("Messages of a task's chat"), "{said}: {page}");
        assert!(!page.contains("im Missing") && !page.contains("tasks Missing"), "nobody has to grant it: {page}");
    }
    stack.finish().await;
}
