//! Titles, names and error texts of a portal are text.

use crate::support::{Shown, Stack, installed, refusal, refused};
use serde_json::json;

const TITLES: [&str; 5] = [
    r#""><img src=x onerror=alert(1)>"#,
    "</script><script>alert(2)</script>",
    "[url=javascript:alert(3)]press[/url] [b]bold[/b]",
    "invoice \u{202e}fdp.exe",
    "{{ 7*7 }} <svg/onload=alert(4)> &lt;i&gt; ' \"",
];

fn assert_harmless(page: &Shown) {
    for (name, attributes) in page.elements() {
        assert!(
            !["img", "svg", "iframe", "object", "embed", "style", "base", "i", "b2"].contains(&name.as_str()),
            "{name}"
        );
        let inline = name == "script" && !attributes.iter().any(|(name, _)| name == "src");
        assert!(!inline, "no script stands in the page");
        for (name, value) in &attributes {
            assert!(!name.starts_with("on") && name != "style", "{name}={value}");
            let address = ["href", "src", "action", "formaction"].contains(&name.as_str());
            let good = value.starts_with('/') || value.starts_with("http://") || value.starts_with('#');
            assert!(!address || good, "{name}={value}");
        }
    }
    assert_eq!(page.uncontained('\u{202e}'), Vec::<String>::new(), "a turned text turns nothing else");
    assert!(page.attributes("title").iter().chain(&page.attributes("aria-label")).all(|a| !a.contains('\u{202e}')));
}

#[tokio::test]
async fn t30_nasty_titles_and_names_are_shown_as_text() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let name = "<img src=y onerror=alert(5)>";
    bitrix
        .scenario(
            &portal,
            json!({
                "users": [{"id": 8, "name": name, "last_name": "\u{202e}gnorw"}],
                "groups": [{"id": 31, "name": "<b2>Group</b2> \u{202e}puorg", "members": [2, 8]}],
            }),
        )
        .await;
    let task = |title: &&str| {
        json!({"title": title, "description": format!("{title} javascript:alert(6) [img]http://e.test/p.png[/img]"),
        "created_by": 2, "responsible_id": 8, "status": 4, "group_id": 31})
    };
    let tasks = TITLES.iter().map(task).collect::<Vec<_>>();
    let ids = bitrix.scenario(&portal, json!({ "tasks": tasks })).await;

    let page = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert_eq!(page.count(), Some(TITLES.len()));
    assert_harmless(&page);
    for (id, title) in ids.iter().zip(TITLES) {
        let row = page.row_text(*id);
        assert!(row.contains(title) && row.contains(name) && row.contains("<b2>Group</b2>"), "{row}");
        let alone = visitor.post("/task", &[("session", &page.session().unwrap()), ("task_id", &id.to_string())]).await;
        assert_eq!(alone.page().as_deref(), Some("task"));
        assert!(alone.text().contains(title), "{}", alone.text());
        assert_harmless(&alone);
    }
    let after = visitor.press(&page, ids[0], "return", "</textarea><img src=z onerror=alert(7)> \u{202e}").await;
    assert_eq!(after.count(), Some(TITLES.len() - 1));
    assert_harmless(&after);
    assert!(!stack.dump().await.contains("alert(1)"), "no title is kept");
    stack.finish().await;
}

#[tokio::test]
async fn t32_error_texts_of_a_portal_are_never_shown() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    bitrix.people(&portal).await;
    let canary = "<b>CANARY-description-7d1</b><script>alert(8)</script>";
    let fault = |on: &str, method: &str, status: u16, code: &str| {
        json!({"on": on, "method": method, "kind": "error", "status": status, "code": code, "description": canary,
               "extra": {"error_information": canary}})
    };
    let clean = |page: &Shown| {
        assert_harmless(page);
        assert!(!page.html.contains("CANARY-description"), "{}", page.html);
        assert!(page.text().contains("quote this id"), "{}", page.text());
    };

    bitrix.fault(fault("portal", "event.bind", 400, "<img src=x onerror=alert(9)>")).await;
    bitrix.fault(fault("portal", "placement.bind", 400, "ERROR_CORE")).await;
    let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    assert_eq!(page.may_finish(), Some(false));
    clean(&page);
    assert_eq!(visitor.go("/install/retry", &page).await.may_finish(), Some(true));

    bitrix.fault(fault("oauth", "app.info", 401, "ERROR_OAUTH")).await;
    let page = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert_eq!(refusal(&page), refused(403, "not_genuine"));
    clean(&page);

    let tasks = bitrix.waiting(&portal, &["Prepare the offer"]).await;
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    for (code, status, error) in [("ACCESS_DENIED", 403, "access_closed"), ("SOMETHING_NEW", 400, "portal_unreachable")]
    {
        // A reading that stumbles is repeated twice.
        for _ in 0..if status == 400 { 3 } else { 1 } {
            bitrix.fault(fault("portal", "batch", status, code)).await;
        }
        let page = visitor.go("/queue", &queue).await;
        assert_eq!(page.error().as_deref(), Some(error));
        clean(&page);
    }
    bitrix.fault(fault("portal", "tasks.task.disapprove", 400, "1048582")).await;
    let page = visitor.press(&queue, tasks[0], "return", "The totals do not match").await;
    assert_eq!(page.outcome(tasks[0]).as_deref(), Some("refused"), "{}", page.text());
    assert!(!page.html.contains("CANARY-description"));
    assert!(!stack.logs().contains("CANARY-description") && !stack.dump().await.contains("CANARY-description"));
    stack.finish().await;
}
