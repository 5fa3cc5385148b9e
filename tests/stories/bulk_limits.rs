//! How much at once, by whom, and how often.

use crate::support::{Shown, Stack, Wish, bulk::*, decisions::*, refusal, refused};
use serde_json::json;

/// The confirming form for so many tasks that nobody chose on a page.
async fn confirm(office: &Office, session: &str, tasks: usize) -> Shown {
    let id = uuid::Uuid::from_u128(tasks as u128 + 1).to_string();
    let ids: Vec<String> = (1..=tasks).map(|task| format!("{task}@")).collect();
    let mut form = vec![("session", session), ("bulk_id", &id), ("action", "return"), ("reason", "Totals")];
    form.extend(ids.iter().map(|id| ("task", id.as_str())));
    office.visitor.post("/bulk", &form).await
}

#[tokio::test]
async fn t37_five_hundred_are_a_bulk_and_one_more_is_refused_in_words() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let bulk = json!({"bulk_tasks": {"count": 501, "created_by": CREATOR, "responsible_id": ASSIGNEE}});
    let tasks = office.bitrix.scenario(&office.portal, bulk).await;
    let page = office.queue(CREATOR).await;
    let rows = office.rows(&page).await;
    let all = boxes(&rows);
    assert_eq!(all.len(), 501);
    office.bitrix.forget_journal().await;

    let session = page.session().unwrap();
    let refusals = [confirm(&office, &session, 501).await, confirm(&office, &session, 0).await];
    assert_eq!(refusals.each_ref().map(refusal), [refused(400, "bulk_too_large"), refused(400, "bulk_empty")]);
    assert!(refusals[0].text().contains("At most 500 tasks"), "{}", refusals[0].text());
    assert!(!refusals[0].fields_to("/queue").is_empty(), "and a way back to the list");
    let mut form = vec![("session", session.as_str()), ("action", "return")];
    form.extend(all.iter().map(|value| ("task", value.as_str())));
    assert_eq!(refusal(&office.visitor.post("/bulk/choose", &form).await), refused(400, "bulk_too_large"));
    assert_eq!(stack.count("select count(*) from decisions").await, 0, "nothing is stored");
    assert_eq!(office.requests().await, 0, "and nobody was asked");

    form.pop();
    let chosen = office.visitor.post("/bulk/choose", &form).await;
    assert_eq!(office.requests().await, 1, "one call names five hundred tasks");
    let held = office.submit(&chosen, "/bulk", &[("reason", "Totals")]).await;
    assert_eq!((held.status.as_u16(), held.rows().len()), (200, 500), "{}", held.text());
    assert_eq!(with_outcome(&held, "held"), 500);
    assert!(held.row_text(tasks[7]).contains("Bulk task 8"), "{}", held.row_text(tasks[7]));
    let undone = office.submit(&held, "/undo-all", &[]).await;
    assert_eq!(with_outcome(&undone, "cancelled"), 500);
    assert!(undone.text().contains("500 decisions taken back."));
    stack.finish().await;
}

#[tokio::test]
async fn t37_a_second_bulk_waits_for_the_first() {
    let stack = Stack::with(Wish { undo: "600s", replicas: 2, ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(6).await;
    let page = office.queue(CREATOR).await;
    let first = office.choose(&page, &tasks[..3], "return").await;
    let second = office.choose(&page, &tasks[3..], "approve").await;
    let held = office.submit(&first, "/bulk", &[("reason", "Totals")]).await;
    assert_eq!(with_outcome(&held, "held"), 3);
    let other = office.at(stack.replica_url(1));
    let refused_second = other.submit(&second, "/bulk", &[]).await;
    assert_eq!(refusal(&refused_second), refused(409, "bulk_open"));
    assert!(refused_second.text().contains("still being sent"), "{}", refused_second.text());
    assert_eq!(stack.count("select count(*) from decisions").await, 3, "nothing of it is stored");
    // The way to the open one.
    let open = other.submit(&refused_second, "/bulk/show", &[]).await;
    assert_eq!(open.attributes("data-bulk-id"), held.attributes("data-bulk-id"));
    // A single decision is no bulk, and somebody else's bulk is theirs.
    let single = office.press(&page, tasks[3], "approve", "").await;
    assert_eq!(single.outcome(), "held");
    let admins = office.decide_many(&office.queue(ADMIN).await, &tasks[4..], "approve", "").await;
    assert_eq!(with_outcome(&admins, "held"), 2, "{}", admins.text());
    office.submit(&admins, "/undo-all", &[]).await;
    office.undo(&page, &single.id).await;
    // As soon as nothing of the first is to be sent there is room.
    office.submit(&open, "/undo-all", &[]).await;
    let held = office.submit(&second, "/bulk", &[]).await;
    assert_eq!(with_outcome(&held, "held"), 3, "{}", held.text());
    office.submit(&held, "/undo-all", &[]).await;
    stack.finish().await;
}

#[tokio::test]
async fn f30_the_same_bulk_twice_at_once_on_two_replicas_is_one() {
    let stack = Stack::with(Wish { replicas: 2, ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let other = office.at(stack.replica_url(1));
    for round in 1..=3 {
        let tasks = office.waiting(12).await;
        let chosen = office.choose(&office.queue(CREATOR).await, &tasks, "return").await;
        let reason = [("reason", "Totals")];
        let (one, two) =
            tokio::join!(office.submit(&chosen, "/bulk", &reason), other.submit(&chosen, "/bulk", &reason));
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{} / {}", one.text(), two.text());
        assert_eq!(one.attributes("data-bulk-id"), two.attributes("data-bulk-id"));
        let rest = office.until_rest(one).await;
        assert_eq!(with_outcome(&rest, "done"), 12, "{}", rest.text());
        assert_eq!(stack.count("select count(*) from decisions").await, 12 * round);
        for task in tasks {
            assert_eq!((office.moves(task).await.len(), office.told(task).await.len()), (1, 1));
        }
    }
    stack.finish().await;
}

/// Two different bulks at once on two replicas: one is held, one is told to wait.
#[tokio::test]
async fn t37_two_bulks_at_once_on_two_replicas_are_never_both_open() {
    let stack = Stack::with(Wish { replicas: 2, undo: "600s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let other = office.at(stack.replica_url(1));
    let tasks = office.waiting(8).await;
    let page = office.queue(CREATOR).await;
    for _ in 0..5 {
        let first = office.choose(&page, &tasks[..4], "approve").await;
        let second = office.choose(&page, &tasks[4..], "approve").await;
        let (one, two) = tokio::join!(office.submit(&first, "/bulk", &[]), other.submit(&second, "/bulk", &[]));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} / {}", one.text(), two.text());
        assert_eq!(stack.count("select count(distinct bulk_id) from decisions where state = 'held'").await, 1);
        let held = if one.status.as_u16() == 200 { one } else { two };
        office.submit(&held, "/undo-all", &[]).await;
    }
    stack.finish().await;
}

#[tokio::test]
async fn t42_t43_nobody_else_reaches_a_bulk_of_mine() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let (office, elsewhere) = (Office::of(&stack).await, Office::of(&stack).await);
    let tasks = office.waiting(3).await;
    let page = office.queue(CREATOR).await;
    let held = office.decide_many(&page, &tasks, "return", "My own words").await;
    let (id, next) = (held.attributes("data-bulk-id").remove(0), "0".repeat(31) + "1");
    let colleague = office.queue(SUPERVISOR).await.session().unwrap();
    let stranger = elsewhere.queue(CREATOR).await.session().unwrap();
    elsewhere.bitrix.forget_journal().await;
    for session in [&colleague, &stranger] {
        for path in ["/bulk/show", "/bulk/retry", "/undo-all"] {
            let form = [("session", session.as_str()), ("bulk_id", &id), ("next", &next)];
            let shown = office.visitor.post(path, &form).await;
            assert_eq!(refusal(&shown), refused(404, "not_found"), "{path}");
            assert!(!shown.text().contains("Offer"), "{}", shown.text());
        }
    }
    assert_eq!(stack.count("select count(*) from decisions where state = 'held'").await, 3, "it is as it was");
    assert!(elsewhere.calls("tasks.task.list").await.is_empty(), "and nothing was asked of the other portal");

    // The key of somebody else's decision opens no retry and no reason.
    stack.change("update decisions set state = 'not_run', detail = 'no_trace', finished_at = now()").await;
    stack.change("update reasons set delivery = 'failed'").await;
    let decision = held.attributes("data-decision-id").remove(0);
    for (session, path) in [&colleague, &stranger].into_iter().flat_map(|s| [(s, "/retry"), (s, "/reason/again")]) {
        let form = [("session", session.as_str()), ("decision_id", &decision), ("next", &next), ("view", "queue")];
        assert_eq!(refusal(&office.visitor.post(path, &form).await), refused(404, "not_found"), "{path}");
    }
    assert_eq!(stack.count("select count(*) from decisions").await, 3);
    // Somebody else's key for a bulk of one's own is another bulk.
    let theirs = office.choose(&office.queue(SUPERVISOR).await, &tasks[..1], "approve").await;
    let theirs = office.submit(&theirs, "/bulk", &[("bulk_id", &id)]).await;
    assert_eq!(theirs.rows(), [(tasks[0], "held".to_owned())]);
    office.submit(&theirs, "/undo-all", &[]).await;
    stack.finish().await;
}
