//! What waits: how much of it is shown, to whom, at which price in calls.

use crate::support::{Shown, Stack, decisions::*, tasks_of};
use serde_json::json;

/// How many portal requests the whole list costs: an answer holds fifty pages of fifty.
fn price(count: u64) -> usize {
    1 + usize::try_from(count).unwrap().saturating_sub(50).div_ceil(50 * 50)
}

async fn shows(stack: &Stack, count: u64) {
    let office = Office::of(stack).await;
    let bulk = json!({"count": count, "created_by": CREATOR, "responsible_id": ASSIGNEE});
    // Each bulk task was handed in a minute before the one made before it.
    let mut oldest_first = office.bitrix.scenario(&office.portal, json!({ "bulk_tasks": bulk })).await;
    oldest_first.reverse();
    office.bitrix.forget_journal().await;

    let first = office.queue(CREATOR).await;
    let whole = usize::try_from(count).unwrap();
    assert_eq!(first.count(), Some(whole), "{count} tasks are counted at once");
    assert_eq!(in_list(&first, "mine"), oldest_first[..whole.min(50)], "the first screen of {count}");
    let journal = office.bitrix.journal().await;
    assert_eq!(journal.iter().filter(|c| c["on"] == "oauth").count(), 1, "one question to the authorization server");
    assert_eq!(office.requests().await, 1, "one call to the portal");

    office.bitrix.forget_journal().await;
    let all = office.rows(&first).await;
    assert_eq!(all.status.as_u16(), 200, "{count}: {}", all.html.chars().take(2000).collect::<String>());
    assert_eq!(in_list(&all, "mine"), oldest_first, "all {count}, oldest first, each once");
    assert_eq!(office.requests().await, price(count), "calls for {count}");
    office.bitrix.forget_journal().await;
}

#[tokio::test]
async fn a_queue_of_any_length_is_counted_at_once_and_brought_whole() {
    let stack = Stack::start().await;
    for count in [0, 1, 50, 51, 500] {
        shows(&stack, count).await;
    }
    stack.finish().await;
}

#[tokio::test]
async fn five_thousand_tasks_are_brought_in_three_calls() {
    let stack = Stack::start().await;
    shows(&stack, 5_000).await;
    stack.finish().await;
}

#[tokio::test]
async fn a_portal_that_sends_no_rights_with_its_lists_is_asked_for_them() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"return_access": false})).await;
    let bulk = json!({"count": 120, "created_by": CREATOR, "responsible_id": ASSIGNEE});
    let mut tasks = office.bitrix.scenario(&office.portal, json!({ "bulk_tasks": bulk })).await;
    tasks.reverse();
    office.bitrix.forget_journal().await;

    let first = office.queue(CREATOR).await;
    assert_eq!((first.count(), in_list(&first, "mine")), (Some(120), tasks[..50].to_vec()));
    assert_eq!(office.requests().await, 2, "the lists, and the rights of fifty rows");

    office.bitrix.forget_journal().await;
    assert_eq!(in_list(&office.rows(&first).await, "mine"), tasks);
    assert_eq!(office.requests().await, 2 + 3, "two calls for the lists, three for 120 rights");

    // The assignee reads all of them and may decide none.
    let theirs = office.queue(ASSIGNEE).await;
    assert!(tasks_of(&theirs).is_empty(), "a row without the right is never shown");
    stack.finish().await;
}

#[tokio::test]
async fn a_row_whose_rights_could_not_be_read_is_not_offered() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"return_access": false})).await;
    let tasks = office.waiting(3).await;
    let refused = json!({"kind": "error", "status": 400, "code": "0", "description": "x", "inner": true, "skip": 1});
    office.fault(ACCESS, refused).await;
    assert_eq!(tasks_of(&office.queue(CREATOR).await), [tasks[0], tasks[2]], "the others are as usual");
    assert_eq!(tasks_of(&office.queue(CREATOR).await), tasks, "the next opening asks again");
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
