//! A change of which nobody knows whether it ran is never sent again: the portal's history tells.

use crate::support::{Stack, Wish, decisions::*};
use serde_json::{Value, json};

const CHECKING: &str = "Checking with Bitrix24 whether it arrived";

fn soon() -> Wish {
    Wish { settle_after: "3s", ..Wish::default() }
}

#[tokio::test]
async fn f18_f22_an_answer_lost_after_the_change_is_found_in_history() {
    let stack = Stack::with(soon()).await;
    let office = Office::of(&stack).await;
    let faults = [
        json!({"kind": "drop_after"}),
        json!({"kind": "garbage_after"}),
        json!({"kind": "patch", "pointer": "/result/task/status", "value": "4"}),
        json!({"kind": "patch", "pointer": "/result/task/id", "value": "999999"}),
    ];
    let tasks = office.waiting(2 * faults.len()).await;
    let page = office.queue(CREATOR).await;
    let mut pressed = Vec::new();
    for (nth, task) in tasks.iter().enumerate() {
        let (method, action) = if nth % 2 == 0 { (RETURN, "return") } else { (ACCEPT, "approve") };
        office.fault(method, faults[nth / 2].clone()).await;
        let sent = office.press(&page, *task, action, "Totals").await;
        assert_eq!((sent.outcome().as_str(), sent.words().contains(CHECKING)), ("unknown", true), "{}", sent.words());
        // Impatience is answered with how it stands.
        assert_eq!(office.press(&page, *task, action, "Totals").await.outcome(), "unknown");
        pressed.push(sent);
    }
    for (nth, sent) in pressed.iter().enumerate() {
        let (words, to, messages) = if nth % 2 == 0 { ("Reason delivered", "2", 1) } else { ("Accepted", "5", 0) };
        office.until(&page, sent, "done", words).await;
        assert_eq!(office.moves(sent.task).await, [(CREATOR, to.to_owned())], "one execution");
        assert_eq!(office.told(sent.task).await.len(), messages, "the reason follows");
    }
    assert_eq!((office.calls(RETURN).await.len(), office.calls(ACCEPT).await.len()), (4, 4), "sent once each");
    stack.finish().await;
}

#[tokio::test]
async fn f19_a_request_that_never_ran_may_be_pressed_again() {
    let stack = Stack::with(soon()).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    let faults: [Value; 4] = [
        json!({"kind": "drop_before"}),
        json!({"kind": "html", "status": 502}),
        json!({"kind": "hang", "ms": 300}),
        json!({"kind": "error", "status": 500, "code": "INTERNAL_SERVER_ERROR"}),
    ];
    let mut pressed = Vec::new();
    for (task, fault) in tasks.iter().zip(faults) {
        office.fault(RETURN, fault).await;
        let sent = office.give_back(&page, *task).await;
        assert_eq!((sent.outcome().as_str(), sent.words().contains(CHECKING)), ("unknown", true), "{}", sent.words());
        pressed.push(sent);
    }
    // Until it is settled nobody may send another one.
    let other = office.queue(CREATOR).await;
    assert_eq!(other.outcome(tasks[0]).as_deref(), Some("unknown"));
    assert!(!other.offers(tasks[0], "return"));
    let admins = office.press(&office.queue(ADMIN).await, tasks[0], "approve", "").await;
    assert_eq!(admins.shown.status.as_u16(), 409);
    for sent in &pressed {
        office.until(&page, sent, "not-run", "the request did not arrive. Nothing was changed").await;
        assert!(office.moves(sent.task).await.is_empty());
        assert!(office.told(sent.task).await.is_empty(), "no words for what did not happen");
    }
    assert_eq!(office.calls(RETURN).await.len(), 4, "sent once each");
    let anew = office.queue(CREATOR).await;
    for task in &tasks {
        let again = office.give_back(&anew, *task).await;
        assert_eq!((again.outcome().as_str(), office.moves(*task).await.len()), ("done", 1), "{}", again.words());
    }
    office.assert_checked_before_each_change().await;
    stack.finish().await;
}

#[tokio::test]
async fn f19_no_trace_is_not_final_before_its_time() {
    let stack = Stack::with(Wish { settle_after: "6s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, json!({"kind": "drop_before"})).await;
    let sent = office.give_back(&page, task).await;
    let started = std::time::Instant::now();
    office.until(&page, &sent, "not-run", "did not arrive").await;
    let took = started.elapsed().as_secs_f64();
    assert!((5.5..12.0).contains(&took), "after {took} s");
    // One reading was the check before the act.
    let looks = office.calls("tasks.task.get").await.len() - 1;
    assert!(looks >= 2, "looked {looks} times");
    assert!(office.calls("tasks.task.history.list").await.is_empty(), "the task is as it was seen: no history needed");
    stack.finish().await;
}

#[tokio::test]
async fn f20_a_slow_answer_is_waited_for() {
    let stack = Stack::with(soon()).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, json!({"kind": "delay", "ms": 7_000})).await;
    let pressed = office.begin(&page, task);
    office.until_called(RETURN).await;
    assert_eq!(office.queue(CREATOR).await.outcome(task).as_deref(), Some("sending"), "another opening shows it, too");
    // The page is answered before the portal is.
    let sent = pressed.await.unwrap();
    assert_eq!((sent.outcome().as_str(), sent.words().contains("Returning")), ("sending", true), "{}", sent.words());
    office.until(&page, &sent, "done", "Reason delivered").await;
    assert_eq!((office.calls(RETURN).await.len(), office.moves(task).await.len()), (1, 1));
    stack.finish().await;
}

#[tokio::test]
async fn f21_a_task_that_was_handed_in_again_meanwhile_is_not_returned_twice() {
    let stack = Stack::with(soon()).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, json!({"kind": "drop_after"})).await;
    let sent = office.give_back(&page, task).await;
    assert_eq!(sent.outcome(), "unknown");
    office.act(ASSIGNEE, "complete", task).await;
    assert_eq!(office.bitrix.task(&office.portal, task).await["status"], 4, "as if nothing had happened");
    office.until(&page, &sent, "done", "Returned for revision").await;
    assert_eq!((office.calls(RETURN).await.len(), office.moves(task).await.len()), (1, 1), "no second return");
    let anew = office.queue(CREATOR).await;
    assert_eq!(anew.rows(), [(task, "waiting".to_owned())], "it waits again");
    assert_eq!(office.give_back(&anew, task).await.outcome(), "done");
    stack.finish().await;
}

#[tokio::test]
async fn what_somebody_else_did_meanwhile_is_left_to_a_person() {
    let stack = Stack::with(soon()).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    let mut pressed = Vec::new();
    for task in &tasks {
        office.fault(RETURN, json!({"kind": "drop_before"})).await;
        pressed.push(office.give_back(&page, *task).await);
    }
    office.act(ASSIGNEE, "renew", tasks[0]).await;
    office.act(ADMIN, "approve", tasks[1]).await;
    office.act(ADMIN, "delete", tasks[2]).await;
    office.act(ASSIGNEE, "renew", tasks[3]).await;
    office.act(ASSIGNEE, "complete", tasks[3]).await;
    for sent in &pressed {
        office.until(&page, sent, "unknown", "Bitrix24 did not confirm. Open the task to see its state.").await;
    }
    assert_eq!(office.calls(RETURN).await.len(), 4, "sent once each");
    assert_eq!(stack.count("select count(*) from decisions where state = 'needs_person'").await, 4);
    assert_eq!(stack.count("select count(*) from reasons where delivery <> 'dropped'").await, 0);
    // They stay before the person's eyes: it may have been night.
    let whose = "update decisions set finished_at = now() - interval";
    for (ago, shown) in [("6 days", true), ("8 days", false)] {
        stack.change(&format!("{whose} '{ago}' where task_id = {}", tasks[0])).await;
        let rows = office.queue(CREATOR).await.rows();
        assert_eq!(rows.contains(&(tasks[0], "unknown".to_owned())), shown, "{ago}: {rows:?}");
    }
    // What waits now may be decided as it is now.
    let anew = office.queue(CREATOR).await;
    assert_eq!(office.give_back(&anew, tasks[3]).await.outcome(), "done");
    stack.finish().await;
}
