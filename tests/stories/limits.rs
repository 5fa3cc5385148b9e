//! A portal that asks to slow down, or stumbles.

use crate::support::{Shown, Stack, decisions::*, tasks_of};
use serde_json::{Value, json};

fn limited(times: u64) -> Value {
    json!({"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED", "description": "Too many requests", "times": times})
}

fn says(page: &Shown, status: u16, error: &str, words: &str) {
    assert_eq!((page.status.as_u16(), page.error().as_deref()), (status, Some(error)), "{}", page.text());
    assert!(page.text().contains(words), "{}", page.text());
}

async fn reads_after(office: &Office, times: u64, at_least_ms: u128) {
    let tasks = office.waiting(1).await;
    office.fault("batch", limited(times)).await;
    let started = std::time::Instant::now();
    assert_eq!(tasks_of(&office.queue(CREATOR).await), tasks, "without anybody's help");
    let took = started.elapsed();
    assert!(took.as_millis() >= at_least_ms && took.as_secs() < 15, "{times} refusals took {took:?}");
    assert_eq!(office.requests().await as u64, times + 1);
}

async fn reads_never(office: &Office) {
    office.fault("batch", limited(4)).await;
    says(&office.open(CREATOR).await, 503, "portal_limited", "asks to slow down");
    assert_eq!(office.requests().await, 4, "then it is left alone");
}

async fn returns_after(office: &Office, times: u64) {
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, limited(times)).await;
    let sent = office.give_back(&page, task).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    assert_eq!(
        (office.calls(RETURN).await.len() as u64, office.moves(task).await.len()),
        (times + 1, 1),
        "one execution"
    );
}

async fn returns_never(office: &Office) {
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, limited(4)).await;
    let sent = office.give_back(&page, task).await;
    office.until(&page, &sent, "not-run", "Bitrix24 asks to slow down. Nothing was changed").await;
    assert_eq!((office.calls(RETURN).await.len(), office.moves(task).await.len()), (4, 0));
    // It is known that nothing ran: the row offers it again.
    let again = office.give_back(&office.queue(CREATOR).await, task).await;
    assert_eq!((again.outcome().as_str(), office.moves(task).await.len()), ("done", 1));
}

#[tokio::test]
async fn f14_a_portal_that_asks_to_slow_down_is_asked_again_slowly() {
    let stack = Stack::start().await;
    let mut offices = Vec::new();
    for _ in 0..6 {
        offices.push(Office::of(&stack).await);
    }
    tokio::join!(
        reads_after(&offices[0], 1, 900),
        reads_after(&offices[1], 3, 6_900),
        reads_never(&offices[2]),
        returns_after(&offices[3], 1),
        returns_after(&offices[4], 3),
        returns_never(&offices[5]),
    );
    stack.finish().await;
}

#[tokio::test]
async fn f15_f16_a_method_or_a_portal_at_its_limit_is_not_hammered() {
    let stack = Stack::start().await;
    let (office, neighbour) = (Office::of(&stack).await, Office::of(&stack).await);
    let (tasks, theirs) = (office.waiting(2).await, neighbour.waiting(1).await);
    let page = office.queue(CREATOR).await;
    let spent = |inner: bool| {
        let time = json!({"operating": 481.0, "operating_reset_at": 4_000_000_000_u64});
        json!({"kind": "error", "status": 429, "code": "OPERATION_TIME_LIMIT", "extra": {"time": time}, "inner": inner})
    };
    office.bitrix.forget_journal().await;
    let mut lists = spent(true);
    lists["times"] = json!(2);
    office.fault("tasks.task.list", lists).await;
    says(&office.rows(&page).await, 503, "portal_limited", "asks to slow down");
    assert_eq!(office.requests().await, 1, "429 is not asked again");
    assert_eq!(office.give_back(&page, tasks[0]).await.outcome(), "done", "other methods go on");
    assert_eq!(tasks_of(&neighbour.queue(CREATOR).await), theirs, "other portals go on");

    office.fault(RETURN, spent(false)).await;
    let sent = office.give_back(&page, tasks[1]).await;
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("asks to slow down")),
        ("not-run", true),
        "{}",
        sent.words()
    );
    assert_eq!((office.calls(RETURN).await.len(), office.moves(tasks[1]).await.len()), (2, 0), "429 is not sent again");

    office.bitrix.forget_journal().await;
    says(&office.rows(&page).await, 503, "portal_limited", "asks to slow down");
    assert_eq!(office.requests().await, 0, "the method rests until the portal's time has come");

    let page = neighbour.queue(CREATOR).await;
    neighbour.bitrix.forget_journal().await;
    neighbour.fault("batch", json!({"kind": "error", "status": 503, "code": "OVERLOAD_LIMIT"})).await;
    for _ in 0..3 {
        says(&neighbour.rows(&page).await, 503, "portal_limited", "asks to slow down");
    }
    assert_eq!(neighbour.requests().await, 1, "an overloaded portal is left alone");
    stack.finish().await;
}

#[tokio::test]
async fn f17_a_portal_that_stumbles_is_read_again_twice() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"limits": "off"})).await;
    let tasks = office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    for status in [500, 502, 504] {
        office.bitrix.forget_journal().await;
        office.fault("batch", json!({"kind": "html", "status": status, "times": 2})).await;
        assert_eq!(in_list(&office.rows(&page).await, "mine"), tasks, "{status} twice");
        assert_eq!(office.requests().await, 3);

        office.bitrix.forget_journal().await;
        office.fault("batch", json!({"kind": "html", "status": status, "times": 3})).await;
        let shown = office.rows(&page).await;
        assert_eq!(shown.error().as_deref(), Some("portal_unreachable"), "{}", shown.text());
        assert!(
            shown.status.is_server_error() && shown.text().contains("Your Bitrix24 does not answer"),
            "{}",
            shown.text()
        );
        assert!(shown.text().contains("Back to the list"), "a way out: {}", shown.text());
        assert_eq!(office.requests().await, 3, "then it is left alone");
    }
    stack.finish().await;
}

#[tokio::test]
async fn f14_what_was_handed_in_again_meanwhile_is_not_returned_unseen() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, limited(1)).await;
    let pressed = office.begin(&page, task);
    office.until_called(RETURN).await;
    // While the portal is left alone for a second, the assignee takes the task back and hands it in anew.
    office.act(ASSIGNEE, "renew", task).await;
    office.act(ASSIGNEE, "complete", task).await;
    let sent = pressed.await.unwrap();
    assert_eq!((sent.outcome().as_str(), sent.words().contains("has changed")), ("refused", true), "{}", sent.words());
    assert_eq!(office.calls(RETURN).await.len(), 1, "asked before the second attempt, which then is none");
    office.assert_checked_before_each_change().await;
    stack.finish().await;
}

#[tokio::test]
async fn a_page_that_cannot_be_read_offers_a_way_on() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"limits": "off"})).await;
    let tasks = office.waiting(1).await;
    office.fault("batch", json!({"kind": "html", "status": 502, "times": 3})).await;
    let list = office.open(CREATOR).await;
    says(&list, 502, "portal_unreachable", "Back to the list");
    assert!(list.attributes("action").contains(&"/actions".to_owned()), "the sections are there: {}", list.html);
    let page = office.visitor.go("/queue", &list).await;
    assert_eq!(tasks_of(&page), tasks, "with the session of the page that could not be made");
    let session = page.session().unwrap();
    let task = office.visitor.post("/task", &[("session", &session), ("task_id", "999")]).await;
    says(&task, 404, "task_unavailable", "Back to the list");
    assert!(task.attributes("action").contains(&"/queue".to_owned()), "{}", task.html);
    stack.finish().await;
}
