//! The installer's page finishes when everything stands, and says what does not.

use crate::support::{Shown, Stack, refusal, refused};
use serde_json::json;

/// Whether the page shows a failed step of this name.
fn failed(page: &Shown, words: &str) -> bool {
    page.text().contains(words) && page.attributes("class").iter().any(|c| c == "step failed")
}

#[tokio::test]
async fn t17_an_installation_that_lacks_something_does_not_finish() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    for method in ["event.bind", "placement.bind", "placement.get", "batch"] {
        let portal = bitrix.portal().await;
        bitrix
            .fault(
                json!({"on": "portal", "member_id": portal.member_id, "method": method, "kind": "error", "status": 403,
                            "code": "ACCESS_DENIED"}),
            )
            .await;
        let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
        assert_eq!((page.page().as_deref(), page.may_finish()), (Some("install"), Some(false)), "{method}");
        assert!(failed(&page, "ACCESS_DENIED"), "{method}: {}", page.text());
        assert!(page.attributes("data-action").contains(&"retry".to_owned()), "{method}");
        assert!(!bitrix.is_installed(&portal).await);
        let unfinished = "select count(*) from portals where installed_at is null and status in ('new', 'suspended')";
        assert_eq!(stack.count(unfinished).await, 1, "{method}");

        let page = visitor.go("/install/retry", &page).await;
        assert_eq!((page.status.as_u16(), page.may_finish()), (200, Some(true)), "{method}: {}", page.text());
        assert!(!page.attributes("data-action").contains(&"retry".to_owned()));
        assert_eq!(stack.count(unfinished).await, 0, "{method}");
        bitrix.install_finish(&portal, 1).await;
        assert!(bitrix.is_installed(&portal).await);
        bitrix.quiet().await;
    }
    stack.finish().await;
}

#[tokio::test]
async fn a_failed_step_says_why_in_our_own_words() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let denied = json!({"kind": "error", "status": 403, "code": "ACCESS_DENIED", "description": "Call 555"});
    let odd = json!({"kind": "error", "status": 400, "code": "CALL_555_NOW", "description": "Call 555"});
    let proxy = json!({"kind": "html", "status": 502});
    for (method, fault, words) in [
        ("batch", &denied, "ACCESS_DENIED Bitrix24 does not allow it"),
        ("batch", &odd, "Bitrix24 refused it."),
        ("batch", &proxy, "Bitrix24 could not be reached."),
        ("event.bind", &odd, "ONAPPINSTALL Bitrix24 refused it."),
        ("placement.bind", &denied, "LEFT_MENU, ACCESS_DENIED Bitrix24 does not allow it"),
    ] {
        let portal = bitrix.portal().await;
        let mut fault = fault.clone();
        fault["on"] = json!("portal");
        fault["member_id"] = json!(portal.member_id);
        fault["method"] = json!(method);
        // As long as it is asked: reads are tried again.
        fault["times"] = json!(if method == "batch" { 0 } else { 1 });
        bitrix.fault(fault).await;
        let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
        assert_eq!(page.may_finish(), Some(false), "{method}");
        assert!(failed(&page, words), "{method}: not {words}: {}", page.text());
        let theirs = ["CALL_555", "Call 555", "refused with", "answered", "not understood"]
            .map(|text| page.text().contains(text));
        assert_eq!(theirs, [false; 5], "{method}: {}", page.text());
        bitrix.clear_faults().await;
    }
    assert!(stack.logs().contains("CALL_555_NOW"), "the cause is in the log");
    stack.finish().await;
}

#[tokio::test]
async fn t17_without_a_secret_kept_there_is_no_page_that_finishes() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    for _ in 0..3 {
        bitrix.fault(json!({"on": "portal", "method": "profile", "kind": "html", "status": 502, "times": 3})).await;
        let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
        assert_eq!(refusal(&page), refused(502, "portal_unreachable"));
        assert_eq!(page.may_finish(), None);
        assert_eq!(stack.count("select count(*) from portals").await, 0);
    }
    bitrix.fault(json!({"on": "oauth", "method": "oauth/token", "kind": "html", "status": 502})).await;
    let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    assert_eq!(refusal(&page), refused(503, "authorization_down"));
    assert_eq!(stack.count("select count(*) from portals").await, 0);
    stack.finish().await;
}

#[tokio::test]
async fn p78_an_old_portal_is_told_what_it_does_not_offer() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    bitrix
        .fault(json!({"on": "portal", "method": "placement.list", "kind": "patch", "pointer": "/result",
                        "value": ["LEFT_MENU", "TASK_VIEW_TAB"]}))
        .await;
    let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    assert_eq!(page.may_finish(), Some(true), "{}", page.text());
    for (place, offered) in [
        ("Item in the main menu LEFT_MENU Done", true),
        ("Tab in the task card TASK_VIEW_TAB Done", true),
        ("Row menu in the task list TASK_LIST_CONTEXT_MENU Not offered by this portal", false),
        ("Toolbar above a person's tasks TASK_USER_LIST_TOOLBAR Not offered by this portal", false),
        ("Toolbar above a project's tasks TASK_GROUP_LIST_TOOLBAR Not offered by this portal", false),
    ] {
        assert!(page.text().contains(place), "{place} ({offered}): {}", page.text());
    }
    let bound = bitrix.state(&portal).await["placements"].as_array().map(Vec::len);
    assert_eq!(bound, Some(2));
    stack.finish().await;
}

#[tokio::test]
async fn a_portal_without_a_method_or_a_permission_is_told() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    bitrix
        .fault(json!({"on": "portal", "method": "method.get", "inner": true, "skip": 3, "kind": "patch",
                        "pointer": "/result/isAvailable", "value": false}))
        .await;
    let page = visitor.open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    assert_eq!(page.may_finish(), Some(false), "{}", page.text());
    assert!(failed(&page, "tasks.task.disapprove"), "{}", page.text());
    bitrix.clear_faults().await;

    let narrow = bitrix.portal_with(json!({"scopes": ["task"]})).await;
    let page = visitor.open(&bitrix.open(&narrow, 1, "INSTALL").await).await;
    assert_eq!(page.may_finish(), Some(false));
    assert!(failed(&page, "placement"), "{}", page.text());
    stack.finish().await;
}
