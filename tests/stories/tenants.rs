//! Portals, and people of one portal, never meet.

use crate::support::{Portal, Shown, Stack, Wish, calls_at, installed, refusal, refused, tasks_of};

async fn open(stack: &Stack, portal: &Portal, user: i64) -> Shown {
    stack.visitor().open(&stack.bitrix.open(portal, user, "DEFAULT").await).await
}

/// The decision that a row holds.
fn held(page: &Shown) -> String {
    page.attributes("data-decision-id").into_iter().next().expect("a decision is held")
}

#[tokio::test]
async fn t42_a_session_of_one_portal_reaches_nothing_of_another() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (a, b) = (installed(&stack).await, installed(&stack).await);
    bitrix.waiting(&a, &["Of A"]).await;
    let in_b = bitrix.waiting(&b, &["Of B, first", "Of B, second", "Of B, third"]).await;
    let (at_a, at_b) = (open(&stack, &a, 2).await, open(&stack, &b, 2).await);
    let decision = held(&visitor.press(&at_b, in_b[0], "return", "B's own words").await);
    let (session, task) = (at_a.session().unwrap(), in_b[2].to_string());
    bitrix.forget_journal().await;

    let undo = visitor.post("/undo", &[("session", &session), ("decision_id", &decision)]).await;
    assert_eq!(refusal(&undo), refused(404, "not_found"));
    let look = visitor.post("/task", &[("session", &session), ("task_id", &task)]).await;
    assert_eq!(refusal(&look), refused(404, "task_unavailable"));
    let rows = visitor.post_json("/decisions", &session, serde_json::json!({"ids": [decision]})).await;
    assert_eq!((rows.status.as_u16(), rows.rows()), (200, vec![]), "{}", rows.html);
    // B's id for a decision, with the session of A, is another decision in A.
    let wish = [
        ("session", session.as_str()),
        ("decision_id", &decision),
        ("task_id", &task),
        ("action", "return"),
        ("reason", "A's words"),
        ("view", "queue"),
    ];
    assert_eq!(visitor.post("/decide", &wish).await.status.as_u16(), 200);
    let of_b = format!("select count(*) from decisions where portal_id = '{}'::uuid and state = 'held'", b.member_id);
    assert_eq!(stack.count(&of_b).await, 1, "B's decision is as it was");
    let words =
        format!("select count(*) from reasons where portal_id = '{}'::uuid and body = 'B''s own words'", b.member_id);
    assert_eq!(stack.count(&words).await, 1);

    assert_eq!(calls_at(bitrix, Some(&b)).await.len(), 0);
    for (session, at) in [(at_b.session().unwrap(), &b), (session, &a)] {
        let undone = visitor.post("/undo", &[("session", &session), ("decision_id", &decision)]).await;
        assert_eq!(undone.status.as_u16(), 200, "{}", at.domain);
    }
    stack.finish().await;
}

#[tokio::test]
async fn t43_a_colleague_reaches_no_decision_of_mine() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let tasks = bitrix.waiting(&portal, &["Prepare the offer", "Check the invoice"]).await;
    let (mine, colleague) = (open(&stack, &portal, 2).await, open(&stack, &portal, 5).await);
    let decision = held(&visitor.press(&mine, tasks[0], "return", "My own words").await);
    let (session, task) = (colleague.session().unwrap(), tasks[0].to_string());

    let undo = visitor.post("/undo", &[("session", &session), ("decision_id", &decision)]).await;
    assert_eq!(refusal(&undo), refused(404, "not_found"));
    let rows = visitor.post_json("/decisions", &session, serde_json::json!({"ids": [decision]})).await;
    assert_eq!((rows.status.as_u16(), rows.rows()), (200, vec![]));
    for task in [task, tasks[1].to_string()] {
        let wish = [
            ("session", session.as_str()),
            ("decision_id", &decision),
            ("task_id", &task),
            ("action", "return"),
            ("reason", "Other words"),
            ("view", "queue"),
        ];
        assert_eq!(refusal(&visitor.post("/decide", &wish).await), refused(404, "not_found"));
    }
    assert_eq!(stack.count("select count(*) from decisions where state = 'held' and user_id = 2").await, 1);
    assert_eq!(stack.count("select count(*) from decisions").await, 1);
    assert_eq!(stack.count("select count(*) from reasons where body = 'My own words'").await, 1);
    visitor.post("/undo", &[("session", &mine.session().unwrap()), ("decision_id", &decision)]).await;
    stack.finish().await;
}

#[tokio::test]
async fn two_portals_with_the_same_people_and_task_numbers_never_mix() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (a, b) = (installed(&stack).await, installed(&stack).await);
    let in_a = bitrix.waiting(&a, &["Offer of A", "Invoice of A"]).await;
    let in_b = bitrix.waiting(&b, &["Offer of B", "Invoice of B"]).await;
    assert_eq!(in_a, in_b);
    let (at_a, at_b) = (open(&stack, &a, 2).await, open(&stack, &b, 2).await);
    assert!(at_a.html.contains("Offer of A") && !at_a.html.contains("of B"));
    assert!(at_b.html.contains("Offer of B") && !at_b.html.contains("of A"));
    bitrix.forget_journal().await;

    let (after_a, after_b) = tokio::join!(
        visitor.press(&at_a, in_a[0], "return", "Words for A"),
        visitor.press(&at_b, in_b[1], "return", "Words for B")
    );
    assert_eq!((tasks_of(&after_a), tasks_of(&after_b)), (vec![in_a[1]], vec![in_b[0]]));
    for (portal, task, other, words) in [(&a, in_a[0], in_a[1], "Words for A"), (&b, in_b[1], in_b[0], "Words for B")] {
        let (returned, kept) = (bitrix.task(portal, task).await, bitrix.task(portal, other).await);
        assert_eq!((&returned["status"], &kept["status"]), (&2.into(), &4.into()));
        assert!(returned["chat"].to_string().contains(words) && !kept.to_string().contains("Words for"));
        let calls = calls_at(bitrix, Some(portal)).await;
        assert!(calls.iter().all(|c| c["user_id"] == 2 && c["host"] == portal.domain.as_str() && c["code"].is_null()));
        assert_eq!(calls.iter().filter(|c| c["method"] == "tasks.task.disapprove").count(), 1);
    }
    stack.finish().await;
}
