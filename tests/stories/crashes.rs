//! The application dies, or is asked to stop, with a decision in its hands.

use crate::support::{Shown, Stack, Wish, decisions::*};
use futures_util::future::join_all;
use serde_json::json;
use std::{process::Command, time::Duration};

/// The leases of a dead replica run out, and the time after which a silent sender counts as dead is over.
async fn time_passes(stack: &Stack) {
    let mut database = stack.database().await;
    for sql in [
        "update decisions set lease_until = now() - interval '1 second' where lease_until is not null",
        "update reasons set tried_at = now() - interval '2 minutes', lease_until = now() - interval '1 minute' where delivery = 'sending'",
    ] {
        sqlx::query(sql).execute(&mut database).await.unwrap();
    }
}

/// Presses *Return* and does not wait: nobody will answer.
fn begin(stack: &Stack, office: &Office, page: &Shown, task: i64) -> String {
    let (path, form) = (page.form_path(task, "return"), page.form(task, "return"));
    let id = form.iter().find(|(name, _)| name == "decision_id").unwrap().1.clone();
    let mut form: Vec<(String, String)> = form.into_iter().filter(|(name, _)| name != "reason").collect();
    form.push(("reason".into(), "Totals".into()));
    let (http, url, origin) = (office.visitor.http().clone(), office.visitor.url(&path), stack.public_url());
    tokio::spawn(async move { http.post(url).header("Origin", origin).form(&form).send().await.map(drop) });
    id
}

#[tokio::test]
async fn f09_f24_a_killed_replica_leaves_nothing_undone_and_nothing_done_twice() {
    let mut stack = Stack::with(Wish { settle_after: "3s", ..Wish::default() }).await;
    let slow = json!({"kind": "delay", "ms": 1_500});
    let inner = json!({"kind": "delay", "ms": 1_500, "inner": true});
    let moments =
        [(ACCESS, inner), (RETURN, slow.clone()), (RETURN, json!({"kind": "hang", "ms": 1_500})), (CHAT, slow)];
    let mut begun = Vec::new();
    for (method, fault) in moments {
        let office = Office::of(&stack).await;
        let task = office.waiting(1).await[0];
        let page = office.queue(CREATOR).await;
        office.fault(method, fault).await;
        let id = begin(&stack, &office, &page, task);
        begun.push((office, page, method, task, id));
    }
    for (office, _, method, ..) in &begun {
        office.until_called(method).await;
    }
    let port = stack.replicas[0].port;
    stack.replicas[0].child.kill().unwrap();
    stack.replicas[0].child.wait().unwrap();
    tokio::time::sleep(Duration::from_millis(1_600)).await;
    time_passes(&stack).await;
    stack.start_replica(port).await;
    for (nth, (office, page, _, task, id)) in begun.into_iter().enumerate() {
        let sent = Sent { id, task, shown: office.queue(CREATOR).await };
        // The third request was never executed, and the portal tells so.
        let ran = nth != 2;
        let (outcome, words) = if ran { ("done", "Reason delivered") } else { ("not-run", "did not arrive") };
        office.until(&page, &sent, outcome, words).await;
        assert_eq!(office.moves(task).await.len(), usize::from(ran), "moment {nth}");
        assert_eq!(office.told(task).await.len(), usize::from(ran), "moment {nth}: one message");
        assert_eq!(office.calls(RETURN).await.len(), 1, "moment {nth}: sent once");
    }
    stack.finish().await;
}

/// Whoever looks for what became of a dead replica's request may die as well, before it says when to look again.
#[tokio::test]
async fn f24_a_decision_whose_looker_died_as_well_becomes_final() {
    const LOOK: &str = "tasks.task.get";
    let mut stack = Stack::with(Wish { settle_after: "3s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, json!({"kind": "delay", "ms": 1_500})).await;
    let id = begin(&stack, &office, &page, task);
    office.until_called(RETURN).await;
    let port = stack.replicas[0].port;
    stack.kill(0);
    tokio::time::sleep(Duration::from_millis(1_600)).await;
    time_passes(&stack).await;

    office.bitrix.forget_journal().await;
    office.fault(LOOK, json!({"kind": "delay", "ms": 5_000, "inner": true})).await;
    stack.start_replica(port).await;
    office.until_called(LOOK).await;
    stack.kill(1);
    let left = "select count(*) from decisions where state = 'unknown' and look_at is null and lease_until > now()";
    assert_eq!(stack.count(left).await, 1, "it is the dead looker's");
    time_passes(&stack).await;
    stack.start_replica(port).await;
    let sent = Sent { id, task, shown: office.queue(CREATOR).await };
    office.until(&page, &sent, "done", "Reason delivered").await;
    assert_eq!((office.moves(task).await.len(), office.told(task).await.len()), (1, 1));
    assert!(office.calls(RETURN).await.is_empty(), "sent once, before anybody died");
    stack.finish().await;
}

/// Two requests under one key may both run, as long as the first is not over.
#[tokio::test]
async fn p46_a_dead_senders_reason_goes_again_when_its_request_must_be_over() {
    let mut stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(CHAT, json!({"kind": "delay", "ms": 1_500})).await;
    let id = begin(&stack, &office, &page, task);
    office.until_called(CHAT).await;
    let port = stack.replicas[0].port;
    stack.replicas[0].child.kill().unwrap();
    stack.replicas[0].child.wait().unwrap();
    stack.change("update reasons set lease_until = now() - interval '1 second' where delivery = 'sending'").await;
    stack.start_replica(port).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(office.calls(CHAT).await.len(), 1, "the first may still be running");
    time_passes(&stack).await;
    let sent = Sent { id, task, shown: office.queue(CREATOR).await };
    office.until(&page, &sent, "done", "Reason delivered").await;
    assert_eq!((office.calls(CHAT).await.len(), office.told(task).await.len()), (2, 1), "one message");
    stack.finish().await;
}

#[tokio::test]
async fn f24_a_decision_that_was_held_when_the_replica_died_is_carried_out() {
    let mut stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    let sent = office.give_back(&page, task).await;
    assert_eq!(sent.outcome(), "held");
    let port = stack.replicas[0].port;
    stack.replicas[0].child.kill().unwrap();
    stack.replicas[0].child.wait().unwrap();
    stack.start_replica(port).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    assert_eq!((office.moves(task).await.len(), office.told(task).await.len()), (1, 1));
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f25_a_replica_that_is_asked_to_stop_finishes_what_it_sent() {
    // With somebody who waits for the answer, and with nobody.
    for (undo, answered) in [("0s", "done"), ("1s", "held")] {
        let mut stack = Stack::with(Wish { undo, ..Wish::default() }).await;
        let office = Office::of(&stack).await;
        let task = office.waiting(1).await[0];
        let page = office.queue(CREATOR).await;
        office.fault(RETURN, json!({"kind": "delay", "ms": 1_500})).await;
        let pressed = office.begin(&page, task);
        office.until_called(RETURN).await;
        let pid = stack.replicas[0].child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let ended = tokio::task::block_in_place(|| stack.replicas[0].child.wait().unwrap());
        assert!(ended.success(), "{ended}");
        assert_eq!(pressed.await.unwrap().outcome(), answered);
        assert_eq!(stack.count("select count(*) from decisions where state = 'done'").await, 1);
        assert_eq!(stack.count("select count(*) from reasons where delivery = 'delivered'").await, 1);
        assert_eq!((office.moves(task).await.len(), office.told(task).await.len()), (1, 1));
        stack.finish().await;
    }
}

/// A connection that lies ready lives on the worker that opened it, and the other worker's request may be using it: who has
/// nothing to do any more must not end before the others. Whose connection it is, is chance: six times.
#[tokio::test(flavor = "multi_thread")]
async fn f25_a_replica_that_is_asked_to_stop_answers_every_page_that_was_asked_for() {
    let mut stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let page = office.queue(CREATOR).await;
    let port = stack.replicas[0].port;
    for _ in 0..6 {
        join_all((0..8).map(|_| office.visitor.go("/queue", &page))).await;
        office.fault("batch", json!({"kind": "delay", "ms": 700})).await;
        let stopped = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            stack.signal(0, "-TERM");
        };
        let (answer, ()) = tokio::join!(office.visitor.go("/queue", &page), stopped);
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        let ended = tokio::task::block_in_place(|| stack.replicas[0].child.wait().unwrap());
        assert!(ended.success(), "{ended}");
        stack.replicas.clear();
        stack.start_replica(port).await;
    }
    stack.finish().await;
}
