//! Settings show an administrator what stands at the portal, read live.

use crate::support::{Stack, installed, refusal, refused};
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
