//! Install to returned task.

use crate::support::{Bitrix, Portal, Shown, Stack, Visitor, tasks_of};

/// An administrator installs; the portal then shows the application to everybody.
pub async fn install(bitrix: &Bitrix, visitor: &Visitor, portal: &Portal) -> Shown {
    let page = visitor.open(&bitrix.open(portal, 1, "INSTALL").await).await;
    assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some("install")), "{}", page.html);
    assert_eq!(page.may_finish(), Some(true), "{}", page.text());
    bitrix.install_finish(portal, 1).await;
    page
}

#[tokio::test]
async fn from_installation_to_a_returned_task() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = bitrix.portal().await;
    bitrix.people(&portal).await;
    let tasks = bitrix.waiting(&portal, &["Prepare the offer", "Check the invoice"]).await;
    install(bitrix, &visitor, &portal).await;

    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert_eq!(queue.page().as_deref(), Some("queue"));
    assert_eq!((queue.count(), tasks_of(&queue)), (Some(2), tasks.clone()), "oldest hand-in first");

    let after = visitor.press(&queue, tasks[0], "return", "The totals do not match").await;
    assert_eq!(after.status.as_u16(), 200);
    assert_eq!(tasks_of(&after), [tasks[1]], "what is returned no longer waits");

    let task = bitrix.task(&portal, tasks[0]).await;
    assert_eq!(task["status"], 2);
    let last = task["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["user_id"], &last["from"], &last["to"]), (&2.into(), &"4".into(), &"2".into()), "as that person");
    let told = task["chat"][0]["text"].as_str().unwrap();
    assert!(told.contains("The totals do not match") && told.contains("[USER=3]"), "{told}");
    let methods: Vec<String> =
        bitrix.journal().await.iter().map(|c| c["method"].as_str().unwrap().to_owned()).collect();
    let at = |method: &str| methods.iter().position(|m| m == method).unwrap();
    assert!(at("tasks.task.getaccess") < at("tasks.task.disapprove"));
    stack.finish().await;
}
