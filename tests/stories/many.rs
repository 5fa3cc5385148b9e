//! Many decisions of one person at once travel together, and what breaks touches as few of them as it must.

use crate::support::{Stack, Wish, decisions::*};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Presses the same button in every row, before any is sent; then a fault may wait for the portal's batches.
async fn press_all(stack: &Stack, office: &Office, tasks: &[i64], action: &str, fault: Option<Value>) {
    let page = office.queue(CREATOR).await;
    for task in tasks {
        let shown = office.visitor.press(&page, *task, action, "The totals do not match").await;
        assert_eq!(shown.status.as_u16(), 200, "{}", shown.text());
    }
    office.bitrix.forget_journal().await;
    if let Some(mut fault) = fault {
        fault["on"] = json!("portal");
        fault["member_id"] = json!(office.portal.member_id);
        fault["method"] = json!("batch");
        office.bitrix.fault(fault).await;
    }
    stack.change("update decisions set held_until = now() where state = 'held'").await;
}

fn held() -> Wish {
    Wish { undo: "1h", settle_after: "2s", ..Wish::default() }
}

async fn ended(stack: &Stack) {
    stack.none("select count(*) from decisions where state in ('held', 'checking', 'sending', 'unknown')").await;
    stack.none("select count(*) from reasons where delivery in ('pending', 'sending')").await;
}

/// Whole requests to the portal, by method; commands of a batch are not counted.
async fn requests(office: &Office) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for call in office.bitrix.journal().await {
        if call["on"] == "portal" && call["batch_seq"].is_null() {
            *count.entry(call["method"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    count
}

/// How often each task was really returned or accepted.
async fn executed(office: &Office, method: &str) -> BTreeMap<i64, usize> {
    let mut count = BTreeMap::new();
    for call in office.bitrix.calls(method).await.iter().filter(|call| call["changed"] == true) {
        let task = &call["params"]["taskId"];
        let task = task.as_i64().or_else(|| task.as_str()?.parse().ok()).unwrap();
        *count.entry(task).or_default() += 1;
    }
    count
}

fn once(tasks: &[i64]) -> BTreeMap<i64, usize> {
    tasks.iter().map(|task| (*task, 1)).collect()
}

async fn states(stack: &Stack, state: &str) -> i64 {
    stack.count(&format!("select count(*) from decisions where state = '{state}'")).await
}

#[tokio::test]
async fn p31_p34_many_returns_are_two_calls_and_their_reasons() {
    let stack = Stack::with(held()).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(30).await;
    press_all(&stack, &office, &tasks, "return", None).await;
    ended(&stack).await;
    assert_eq!(executed(&office, RETURN).await, once(&tasks));
    let requests = requests(&office).await;
    // Nothing is known of the portal's pace before the first batch: twice 15 to ask.
    assert!(requests["batch"] <= 4, "{requests:?}");
    assert_eq!(requests[CHAT], 30, "one message to each assignee");
    assert_eq!(stack.count("select count(*) from reasons where delivery = 'delivered'").await, 30);
    let access = office.bitrix.calls(ACCESS).await;
    let change = office.bitrix.calls(RETURN).await;
    let seq = |call: &Value| call["seq"].as_i64().unwrap();
    let last_asked = access.iter().map(seq).max().unwrap();
    assert!(change.iter().map(seq).min().unwrap() > last_asked, "an answer is had before the act");
    assert!(change.iter().all(|call| call["user_id"] == CREATOR), "as that person");
    stack.finish().await;
}

#[tokio::test]
async fn p31_an_inner_error_touches_its_own_row() {
    let stack = Stack::with(held()).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(8).await;
    press_all_but_change(&stack, &office, &tasks).await;
    ended(&stack).await;
    let fine = [&tasks[3..6], &tasks[7..]].concat();
    assert_eq!(executed(&office, RETURN).await, once(&fine));
    assert_eq!((states(&stack, "done").await, states(&stack, "refused").await), (4, 4));
    let detail = |task: i64| format!("select count(*) from decisions where task_id = {task} and detail =");
    for (task, why) in [
        (tasks[0], "already_returned"),
        (tasks[1], "task_changed"),
        (tasks[2], "not_available"),
        (tasks[6], "not_allowed"),
    ] {
        assert_eq!(stack.count(&format!("{} '{why}'", detail(task))).await, 1, "{why}");
    }
    stack.finish().await;
}

/// One is returned by somebody else, one handed in again, one deleted, and at one the portal itself refuses.
async fn press_all_but_change(stack: &Stack, office: &Office, tasks: &[i64]) {
    let page = office.queue(CREATOR).await;
    for task in tasks {
        office.visitor.press(&page, *task, "return", "The totals do not match").await;
    }
    office.bitrix.act(&office.portal, SUPERVISOR, "disapprove", tasks[0]).await;
    office.bitrix.act(&office.portal, CREATOR, "disapprove", tasks[1]).await;
    office.bitrix.act(&office.portal, ASSIGNEE, "complete", tasks[1]).await;
    office.bitrix.act(&office.portal, CREATOR, "delete", tasks[2]).await;
    let fault = json!({"on": "portal", "member_id": office.portal.member_id, "method": RETURN, "kind": "error", "status": 400,
                       "code": "1048582", "skip": 3});
    office.bitrix.fault(fault).await;
    office.bitrix.forget_journal().await;
    stack.change("update decisions set held_until = now()").await;
}

#[tokio::test]
async fn f18_a_lost_batch_answer_is_read_and_never_sent_again() {
    for kind in ["drop_after", "garbage_after"] {
        let stack = Stack::with(held()).await;
        let office = Office::of(&stack).await;
        let tasks = office.waiting(6).await;
        // The first batch asks, the second one changes.
        press_all(&stack, &office, &tasks, "approve", Some(json!({"kind": kind, "skip": 1}))).await;
        ended(&stack).await;
        assert_eq!(executed(&office, ACCEPT).await, once(&tasks), "{kind}");
        assert_eq!(states(&stack, "done").await, 6, "{kind}: history tells");
        stack.finish().await;
    }
}

#[tokio::test]
async fn f19_a_batch_that_never_ran_is_not_run() {
    let stack = Stack::with(held()).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(5).await;
    press_all(&stack, &office, &tasks, "approve", Some(json!({"kind": "drop_before", "skip": 1}))).await;
    ended(&stack).await;
    assert_eq!(executed(&office, ACCEPT).await, BTreeMap::new());
    assert_eq!(states(&stack, "not_run").await, 5);
    stack.finish().await;
}

#[tokio::test]
async fn f12_f14_a_batch_that_did_not_run_is_asked_about_again() {
    let stack = Stack::with(held()).await;
    let office = Office::of(&stack).await;
    for (nth, (fault, batches)) in [
        // asked, refused, asked again after the pause, accepted
        (json!({"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED", "skip": 1}), 4),
        // asked, refused, accepted as soon as the token is renewed
        (json!({"kind": "error", "status": 401, "code": "expired_token", "skip": 1}), 3),
    ]
    .into_iter()
    .enumerate()
    {
        let tasks = office.waiting(5).await;
        press_all(&stack, &office, &tasks, "approve", Some(fault)).await;
        ended(&stack).await;
        assert_eq!(executed(&office, ACCEPT).await, once(&tasks), "{nth}");
        assert_eq!(requests(&office).await["batch"], batches, "{nth}");
    }
    assert_eq!(states(&stack, "done").await, 10);
    stack.finish().await;
}

#[tokio::test]
async fn p75_no_more_of_one_portal_are_under_way_than_four_batches() {
    let stack = Stack::with(Wish { replicas: 2, ..held() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(1).await;
    press_all(&stack, &office, &tasks, "approve", None).await;
    ended(&stack).await;
    // Five hundred of another person's, straight into the database: nobody presses so often.
    stack
        .change(
            "insert into decisions (portal_id, decision_id, user_id, task_id, action, state, held_until)
             select portal_id, gen_random_uuid(), user_id, 100000 + n, 'approve', 'held', now() + interval '6 seconds'
             from decisions, generate_series(1, 500) as n",
        )
        .await;
    office.bitrix.fault(json!({"on": "portal", "member_id": office.portal.member_id, "method": "batch", "kind": "delay", "ms": 300, "times": 30})).await;
    // A neighbour's decision does not wait behind them.
    let neighbour = Office::of(&stack).await;
    let theirs = neighbour.waiting(1).await[0];
    let page = neighbour.queue(CREATOR).await;
    neighbour.visitor.press(&page, theirs, "approve", "").await;
    let neighbours = format!("portal_id = '{}'::uuid", neighbour.portal.member_id);
    stack.change(&format!("update decisions set held_until = (select min(held_until) from decisions where state = 'held') + interval '100 ms' where {neighbours}")).await;
    let neighbours = format!("select count(*) from decisions where {neighbours} and state <> 'done'");
    let mut left_when_done = 0;
    let under_way = "select count(*) from decisions where state in ('checking', 'sending')";
    let mut most = 0;
    while stack.count("select count(*) from decisions where state in ('held', 'checking', 'sending')").await > 0 {
        most = most.max(stack.count(under_way).await);
        if left_when_done == 0 && stack.count(&neighbours).await == 0 {
            left_when_done = stack.count("select count(*) from decisions where state = 'held'").await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // One more may be the neighbour's.
    assert!((150..=201).contains(&most), "{most}");
    assert!(left_when_done > 0, "the neighbour waited for all of them");
    office.bitrix.clear_faults().await;
    assert_eq!(states(&stack, "refused").await, 500, "there are no such tasks");
    stack.finish().await;
}
