//! Two at once: two clicks, two tabs, two replicas, two people, and the portal itself.

use crate::support::{Stack, Wish, decisions::*, tasks_of};
use serde_json::json;

async fn returned_once_with_one_reason(office: &Office, task: i64) {
    assert_eq!(office.moves(task).await, [(CREATOR, "2".to_owned())], "one execution");
    assert_eq!(office.calls(RETURN).await.iter().filter(|c| c["changed"] == true).count(), 1);
    assert_eq!(office.told(task).await.len(), 1, "one reason");
}

#[tokio::test]
async fn f30_a_double_click_is_one_decision() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    let visitor = &office.visitor;
    let (one, two) = tokio::join!(
        visitor.press(&page, tasks[0], "return", "Totals"),
        visitor.press(&page, tasks[0], "return", "Totals")
    );
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    assert_eq!((tasks_of(&one), tasks_of(&two)), (vec![tasks[1]], vec![tasks[1]]), "the same page twice");
    returned_once_with_one_reason(&office, tasks[0]).await;
    assert_eq!(office.calls(RETURN).await.len(), 1, "one call");

    office.bitrix.forget_journal().await;
    let (one, two) = tokio::join!(office.give_back(&page, tasks[1]), office.give_back(&page, tasks[1]));
    assert_eq!((one.outcome().as_str(), one.words()), ("done", two.words()), "the same row twice");
    // The browser's reload of the form, much later.
    let again = office.give_back(&page, tasks[1]).await;
    assert_eq!((again.outcome().as_str(), again.words()), ("done", one.words()));
    returned_once_with_one_reason(&office, tasks[1]).await;
    assert_eq!(stack.count("select count(*) from decisions").await, 2);
    stack.finish().await;
}

#[tokio::test]
async fn f31_the_second_tab_is_told_that_the_first_is_at_it() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let (first, second) = (office.queue(CREATOR).await, office.queue(CREATOR).await);
    office.fault(RETURN, json!({"kind": "delay", "ms": 700})).await;
    let sent = office.begin(&first, task);
    office.until_called(RETURN).await;
    let other = office.give_back(&second, task).await;
    assert_eq!((other.shown.status.as_u16(), other.outcome().as_str()), (409, "sending"));
    assert!(other.words().contains("Returning"), "{}", other.words());
    assert_eq!(sent.await.unwrap().outcome(), "done");
    // Now it is no longer open, and the second tab still shows its form.
    let late = office.give_back(&second, task).await;
    assert_eq!(
        (late.outcome().as_str(), late.words().contains("already returned for revision. By you,")),
        ("refused", true),
        "{}",
        late.words()
    );
    returned_once_with_one_reason(&office, task).await;
    assert_eq!(office.calls(RETURN).await.len(), 1);
    stack.finish().await;
}

#[tokio::test]
async fn f30_f31_two_replicas_are_no_different() {
    let stack = Stack::with(Wish { replicas: 2, ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let other = office.at(stack.replica_url(1));
    for _ in 0..3 {
        office.bitrix.forget_journal().await;
        let tasks = office.waiting(2).await;
        let (page, second) = (office.queue(CREATOR).await, other.queue(CREATOR).await);
        let (one, two) = tokio::join!(office.give_back(&page, tasks[0]), other.give_back(&page, tasks[0]));
        assert_eq!((one.outcome(), two.outcome()), ("done".to_owned(), "done".to_owned()), "the same decision at both");
        returned_once_with_one_reason(&office, tasks[0]).await;

        office.bitrix.forget_journal().await;
        let (one, two) = tokio::join!(office.give_back(&page, tasks[1]), other.give_back(&second, tasks[1]));
        let won = |sent: &Sent| sent.shown.status.as_u16() == 200 && sent.outcome() == "done";
        assert_eq!([won(&one), won(&two)].iter().filter(|w| **w).count(), 1, "{} / {}", one.words(), two.words());
        let lost = if won(&one) { &two } else { &one };
        assert!(lost.shown.status.as_u16() == 409 || lost.words().contains("already returned"), "{}", lost.words());
        returned_once_with_one_reason(&office, tasks[1]).await;
        assert_eq!(office.calls(RETURN).await.len(), 1, "one call");
    }
    stack.finish().await;
}

#[tokio::test]
async fn f32_two_people_decide_and_one_is_told() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let (creators, admins) = (office.queue(CREATOR).await, office.queue(ADMIN).await);
    office.fault(RETURN, json!({"kind": "delay", "ms": 700})).await;
    let sent = office.begin(&creators, task);
    office.until_called(RETURN).await;
    let busy = office.press(&admins, task, "approve", "").await.shown;
    assert_eq!((busy.status.as_u16(), busy.error().as_deref()), (409, Some("conflict")));
    assert!(busy.text().contains("There is a decision about this task already"), "{}", busy.text());
    assert!(busy.rows().is_empty(), "nothing of the other person's decision");
    assert_eq!(sent.await.unwrap().outcome(), "done");
    let late = office.press(&admins, task, "approve", "").await;
    assert_eq!(
        (late.outcome().as_str(), late.words().contains("already returned")),
        ("refused", true),
        "{}",
        late.words()
    );
    returned_once_with_one_reason(&office, task).await;
    assert!(office.calls(ACCEPT).await.is_empty());
    assert_eq!(stack.count("select count(*) from decisions where other_user_id = 2 and other_at is not null").await, 1);
    stack.finish().await;
}

/// Bitrix24 says yes to whoever comes second, and does nothing: the reason would be told in the wrong name.
#[tokio::test]
async fn f32_somebody_who_was_quicker_in_bitrix24_returned_it_and_we_did_not() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, json!({"kind": "delay", "ms": 700})).await;
    let sent = office.begin(&page, task);
    office.until_called(RETURN).await;
    office.act(ADMIN, "disapprove", task).await;
    let sent = sent.await.unwrap();
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("already returned")),
        ("refused", true),
        "{}",
        sent.words()
    );
    stack.none("select count(*) from reasons where delivery in ('pending', 'sending')").await;
    assert_eq!(office.told(task).await, [], "nobody is told a reason for what another person did");
    let other = format!("select count(*) from decisions where state = 'refused' and other_user_id = {ADMIN}");
    assert_eq!(stack.count(&other).await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn f33_what_was_seen_is_what_is_decided() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(3).await;
    let page = office.queue(CREATOR).await;
    let rename = json!({"user_id": ASSIGNEE, "action": "rename", "task_id": tasks[0], "text": "Another title"});
    office.control("act", rename).await;
    for task in &tasks[1..] {
        office.act(ASSIGNEE, "renew", *task).await;
        office.act(ASSIGNEE, "complete", *task).await;
    }
    assert_eq!(office.give_back(&page, tasks[0]).await.outcome(), "done", "a title is not what is decided on");
    for (task, action) in [(tasks[1], "return"), (tasks[2], "approve")] {
        let sent = office.press(&page, task, action, "Totals").await;
        assert_eq!(sent.outcome(), "refused");
        assert!(sent.words().contains("the task has changed since you saw it"), "{}", sent.words());
        assert!(!sent.shown.offers(task, "return"), "only a new look offers it again");
    }
    assert_eq!((office.calls(RETURN).await.len(), office.calls(ACCEPT).await.len()), (1, 0));
    let anew = office.queue(CREATOR).await;
    assert_eq!(
        anew.rows(),
        [(tasks[1], "waiting".to_owned()), (tasks[2], "waiting".to_owned())],
        "it waits, as it is now"
    );
    assert_eq!(office.give_back(&anew, tasks[1]).await.outcome(), "done");
    office.assert_checked_before_each_change().await;
    stack.finish().await;
}

#[tokio::test]
async fn f34_what_is_gone_or_decided_by_hand_is_told_and_not_sent() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let (page, superiors) = (office.queue(CREATOR).await, office.queue(SUPERVISOR).await);
    office.act(CREATOR, "delete", tasks[0]).await;
    office.act(ADMIN, "disapprove", tasks[1]).await;
    office.act(ADMIN, "approve", tasks[2]).await;
    let nobodys = json!({"id": CREATOR, "name": "Carl", "last_name": "Creator"});
    office.bitrix.scenario(&office.portal, json!({ "users": [nobodys] })).await;
    let cases = [
        (&page, tasks[0], "deleted or is no longer visible"),
        (&page, tasks[1], "already returned"),
        (&page, tasks[2], "already accepted"),
        (&superiors, tasks[3], "deleted or is no longer visible"),
    ];
    for (page, task, words) in cases {
        let sent = office.give_back(page, task).await;
        assert_eq!(
            (sent.outcome().as_str(), sent.words().contains(words)),
            ("refused", true),
            "{words}: {}",
            sent.words()
        );
        assert!(
            office.visitor.press(page, task, "return", "x").await.status.is_success(),
            "the page without script, too"
        );
    }
    assert!(office.calls(RETURN).await.is_empty(), "nothing was sent");
    assert_eq!(stack.count("select count(*) from reasons where delivery <> 'dropped'").await, 0);
    assert_eq!(stack.count("select count(*) from decisions where other_user_id = 1").await, 2, "who was first is kept");
    stack.finish().await;
}
