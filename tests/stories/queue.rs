//! What waits: how much of it is shown, to whom, at which price in calls.

use crate::support::{Shown, Stack, decisions::*, tasks_of};
use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const LIST: &str = "tasks.task.list";

/// How many portal requests the whole list costs: an answer holds fifty pages of fifty, and a few more pages than the first
/// come with it, since the page before has told how many there are.
fn price(count: u64) -> usize {
    let further = usize::try_from(count).unwrap().saturating_sub(50).div_ceil(50);
    if further <= 6 { 1 } else { 1 + further.div_ceil(50) }
}

/// So many wait; oldest first: each of them was handed in a minute before the one made before it.
async fn hand_in(office: &Office, count: u64) -> Vec<i64> {
    let bulk = json!({"count": count, "created_by": CREATOR, "responsible_id": ASSIGNEE});
    let mut tasks = office.bitrix.scenario(&office.portal, json!({ "bulk_tasks": bulk })).await;
    tasks.reverse();
    tasks
}

/// What was asked for the whole list.
async fn shows(stack: &Stack, count: u64) -> Vec<Value> {
    let office = Office::of(stack).await;
    let oldest_first = hand_in(&office, count).await;
    office.bitrix.forget_journal().await;

    let first = office.queue(CREATOR).await;
    let whole = usize::try_from(count).unwrap();
    assert_eq!(first.count(), Some(whole), "{count} tasks are counted at once");
    assert_eq!(in_list(&first, "mine"), oldest_first[..whole.min(50)], "the first screen of {count}");
    let journal = office.bitrix.journal().await;
    assert_eq!(journal.iter().filter(|c| c["on"] == "oauth").count(), 1, "one question to the authorization server");
    assert_eq!(office.requests().await, 1, "one call to the portal");

    office.bitrix.forget_journal().await;
    office.fault("batch", json!({"kind": "delay", "ms": 50, "times": price(count)})).await;
    let all = office.rows(&first).await;
    assert_eq!(all.status.as_u16(), 200, "{count}: {}", all.html.chars().take(2000).collect::<String>());
    assert_eq!(in_list(&all, "mine"), oldest_first, "all {count}, oldest first, each once");
    assert_eq!(office.requests().await, price(count), "calls for {count}");
    let asked = office.bitrix.journal().await;
    office.bitrix.forget_journal().await;
    asked
}

#[tokio::test]
async fn a_queue_of_any_length_is_counted_at_once_and_brought_whole() {
    let stack = Stack::start().await;
    for count in [0, 1, 50, 51, 350, 351, 500] {
        shows(&stack, count).await;
    }
    stack.finish().await;
}

#[tokio::test]
async fn five_thousand_tasks_are_brought_in_three_calls() {
    let stack = Stack::start().await;
    let asked = shows(&stack, 5_000).await;
    // All are under way at once: the last begins before the first has ended.
    let batches = asked.iter().filter(|row| row["method"] == "batch");
    let times = batches.map(|row| {
        let began = DateTime::parse_from_rfc3339(row["at"].as_str().unwrap()).unwrap();
        (began, began + TimeDelta::milliseconds(row["ms"].as_f64().unwrap() as i64))
    });
    let [first, _, third] = times.collect::<Vec<_>>()[..] else { panic!("three calls") };
    assert!(third.0 < first.1, "{first:?} {third:?}");
    stack.finish().await;
}

#[tokio::test]
async fn a_portal_that_sends_no_rights_with_its_lists_is_asked_for_them() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"return_access": false})).await;
    let tasks = hand_in(&office, 120).await;
    office.bitrix.forget_journal().await;

    let first = office.queue(CREATOR).await;
    assert_eq!((first.count(), in_list(&first, "mine")), (Some(120), tasks[..50].to_vec()));
    assert_eq!(office.requests().await, 2, "the lists, and the rights of fifty rows");

    office.bitrix.forget_journal().await;
    assert_eq!(in_list(&office.rows(&first).await, "mine"), tasks);
    assert_eq!(office.requests().await, 1 + 3, "one call for the lists, three for 120 rights");

    // The assignee reads all of them and may decide none.
    let theirs = office.queue(ASSIGNEE).await;
    assert!(tasks_of(&theirs).is_empty(), "a row without the right is never shown");
    stack.finish().await;
}

#[tokio::test]
async fn f23_a_row_whose_rights_could_not_be_read_is_listed_without_buttons() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"return_access": false})).await;
    let tasks = office.waiting(3).await;
    let refused = json!({"kind": "error", "status": 400, "code": "0", "description": "x", "inner": true, "skip": 1});
    office.fault(ACCESS, refused).await;
    let page = office.queue(CREATOR).await;
    assert_eq!((in_list(&page, "mine"), page.count()), (tasks.clone(), Some(3)));
    assert!(page.row_text(tasks[1]).contains("could not be checked"), "{}", page.text());
    assert_eq!(offered(&page, &tasks), [true, false, true], "the others are as usual");
    assert_eq!(offered(&office.queue(CREATOR).await, &tasks), [true; 3], "the next opening asks again");

    // A clear no is another thing, and what is somebody else's is not shown at all.
    let no = json!({"kind": "patch", "pointer": "/result/allowedActions", "value": {"2": {"DISAPPROVE": false}},
                    "inner": true});
    office.fault(ACCESS, no).await;
    let page = office.queue(CREATOR).await;
    assert_eq!((offered(&page, &tasks), page.count()), (vec![false, true, true], Some(3)));
    assert!(page.row_text(tasks[0]).contains("You may not decide this task"), "{}", page.text());
    let unread = json!({"kind": "error", "status": 400, "code": "0", "description": "x", "inner": true});
    office.fault(ACCESS, unread).await;
    assert_eq!(both(&office.queue(ADMIN).await), (vec![], tasks[1..].to_vec()));
    stack.finish().await;
}

/// In which rows both buttons are.
fn offered(page: &Shown, tasks: &[i64]) -> Vec<bool> {
    tasks.iter().map(|task| page.offers(*task, "return") && page.offers(*task, "approve")).collect()
}

#[tokio::test]
async fn a_list_that_shifts_while_it_is_read_is_read_once_more() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = hand_in(&office, 120).await;
    let page = office.queue(CREATOR).await;
    // The first page of each list comes first; then the second page of "mine" brings nothing new.
    let lost = json!({"kind": "patch", "pointer": "/result/tasks", "value": [], "inner": true, "skip": 2});
    office.fault(LIST, lost).await;
    let rows = office.rows(&page).await;
    assert_eq!(in_list(&rows, "mine"), tasks, "every row, each once");
    assert_eq!(rows.attributes("data-complete"), ["true"]);

    let lost = json!({"kind": "patch", "pointer": "/result/tasks", "value": [], "inner": true, "skip": 2, "times": 5});
    office.fault(LIST, lost).await;
    let rows = office.rows(&page).await;
    assert_eq!(rows.attributes("data-complete"), ["false"], "what does not come is not called complete");
    stack.finish().await;
}

#[tokio::test]
async fn a_list_that_is_no_longer_as_long_as_it_was_is_read_whole() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let mut tasks = hand_in(&office, 120).await;
    let page = office.queue(CREATOR).await;
    // The page knows of three pages, and now there are five.
    tasks.extend(hand_in(&office, 120).await);
    let listed = |rows: &Shown| in_list(rows, "mine").into_iter().collect::<BTreeSet<_>>();
    let rows = office.rows(&page).await;
    assert_eq!(listed(&rows), tasks.iter().copied().collect(), "longer");
    // It is asked for all five, and there is one; what is said behind the end counts for nothing.
    for task in tasks.drain(30..) {
        office.act(CREATOR, "approve", task).await;
    }
    office.bitrix.forget_journal().await;
    office
        .fault(LIST, json!({"kind": "patch", "pointer": "/total", "value": 0, "inner": true, "skip": 2, "times": 4}))
        .await;
    for commands in [1 + 5, 1 + 1] {
        let rows = office.rows(&page).await;
        assert_eq!(listed(&rows), tasks.iter().copied().collect(), "shorter");
        assert_eq!(rows.attributes("data-complete"), ["true"]);
        assert_eq!(office.calls(LIST).await.len(), commands);
        office.bitrix.forget_journal().await;
    }
    stack.finish().await;
}

#[tokio::test]
async fn a_list_that_could_not_be_read_at_once_is_read_step_by_step() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = hand_in(&office, 120).await;
    let page = office.queue(CREATOR).await;
    // Of the four pages that are asked for together the last cannot be had.
    office
        .fault(LIST, json!({"kind": "error", "status": 400, "code": "0", "description": "x", "inner": true, "skip": 3}))
        .await;
    assert_ne!(office.rows(&page).await.status.as_u16(), 200);
    office.bitrix.forget_journal().await;
    assert_eq!(in_list(&office.rows(&page).await, "mine"), tasks);
    assert_eq!(office.requests().await, 2, "the first pages, and then the others");
    stack.finish().await;
}

#[tokio::test]
async fn of_the_tasks_of_others_the_oldest_two_thousand_are_looked_through() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = hand_in(&office, 2_100).await;
    let page = office.queue(ADMIN).await;
    let words = "Only the 2,000 oldest tasks of other people are looked through.";
    assert!(page.html.contains(words), "{}", page.text());
    office.bitrix.forget_journal().await;
    let rows = office.rows(&page).await;
    assert_eq!(in_list(&rows, "also"), tasks[..2_000]);
    assert_eq!(office.requests().await, 2, "the first pages, and 39 more");
    assert!(rows.html.contains(words) && rows.html.contains("data-total=\"2,000+\""));
    assert_eq!(rows.attributes("data-complete"), ["true"]);
    stack.finish().await;
}

fn both(page: &Shown) -> (Vec<i64>, Vec<i64>) {
    (in_list(page, "mine"), in_list(page, "also"))
}

#[tokio::test]
async fn everybody_sees_what_they_may_decide_and_nothing_else() {
    for return_access in [true, false] {
        let stack = Stack::start().await;
        let office = Office::with(&stack, json!({ "return_access": return_access })).await;
        let plain = office.waiting(1).await[0];
        let inside = office.in_project().await;
        let own =
            json!({"title": "Own", "created_by": STRANGER, "responsible_id": ASSIGNEE, "handed_in_minutes_ago": 5});
        let foreign = office.bitrix.scenario(&office.portal, json!({ "tasks": [own] })).await[0];
        // Not waiting: in progress, completed.
        for status in [2, 3, 5, 6] {
            let task = json!({"title": "No", "created_by": CREATOR, "responsible_id": ASSIGNEE, "status": status});
            office.bitrix.scenario(&office.portal, json!({ "tasks": [task] })).await;
        }
        let expected: [(i64, &[i64], &[i64]); 7] = [
            (CREATOR, &[plain, inside], &[]),
            (ADMIN, &[], &[plain, inside, foreign]),
            (EDITOR, &[], &[inside]),
            (SUPERVISOR, &[], &[plain, inside]),
            (ASSIGNEE, &[], &[]),
            (MEMBER, &[], &[]),
            (STRANGER, &[foreign], &[]),
        ];
        for (user, mine, also) in expected {
            let page = office.queue(user).await;
            assert_eq!(
                both(&page),
                (mine.to_vec(), also.to_vec()),
                "person {user}, rights with lists: {return_access}"
            );
            assert_eq!(page.count(), Some(mine.len()));
            assert_eq!(both(&office.rows(&page).await), (mine.to_vec(), also.to_vec()), "person {user}, whole list");
        }
        stack.finish().await;
    }
}
