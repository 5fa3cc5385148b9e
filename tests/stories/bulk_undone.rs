//! Everything that is held is taken back at once; later it is too late, and no browser is needed for either.

use crate::support::{Stack, Wish, bulk::*, decisions::*};
use std::time::Duration;

#[tokio::test]
async fn p26_a_bulk_is_taken_back_inside_its_window_and_not_after_it() {
    let stack = Stack::with(Wish { undo: "4s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(10).await;
    let page = office.queue(CREATOR).await;
    office.bitrix.forget_journal().await;
    let held = office.decide_many(&page, &tasks[..5], "return", "Totals").await;
    assert!(held.text().contains("5 waiting: can be taken back"), "{}", held.text());
    assert!(held.text().contains("They are sent in"), "{}", held.text());
    // One by its own button, the others together.
    assert!(held.offers(tasks[2], "undo"), "{}", held.row_text(tasks[2]));
    let one = held.form(tasks[2], "undo").into_iter().find(|(name, _)| name == "decision_id").unwrap().1;
    assert_eq!(office.undo(&held, &one).await.outcome(tasks[2]).as_deref(), Some("cancelled"));
    let undone = office.submit(&held, "/undo-all", &[]).await;
    assert!(undone.text().contains("4 decisions taken back."), "{}", undone.text());
    assert_eq!(with_outcome(&undone, "cancelled"), 5);
    assert_eq!(undone.attributes("data-moves"), ["false"]);
    assert_eq!(stack.count("select count(*) from reasons where delivery = 'dropped'").await, 5);

    let late = office.decide_many(&page, &tasks[5..], "approve", "").await;
    let shown = office.until_rest(office.submit(&late, "/bulk/show", &[]).await).await;
    assert!(!shown.html.contains("/undo-all"), "nothing is offered that is over");
    let too_late = office.submit(&late, "/undo-all", &[]).await;
    assert!(too_late.text().contains("Nothing was taken back. 5 were too late."), "{}", too_late.text());
    assert_eq!(with_outcome(&too_late, "done"), 5);
    for (nth, task) in tasks.iter().enumerate() {
        assert_eq!(office.moves(*task).await.len(), usize::from(nth >= 5));
    }
    assert!(office.calls(RETURN).await.is_empty());
    stack.finish().await;
}

#[tokio::test]
async fn p26_undo_all_in_the_list_says_how_many_were_too_late() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    let first = office.press(&page, tasks[0], "approve", "").await;
    office.press(&page, tasks[1], "return", "Totals").await;
    let admins = office.queue(ADMIN).await;
    let theirs = office.press(&admins, tasks[3], "approve", "").await;
    let list = office.queue(CREATOR).await;
    assert_eq!(list.fields_to("/undo-all").iter().filter(|(name, _)| name == "decision_id").count(), 2);
    // The first one's window ends; and one more is decided that this page does not show.
    stack.change(&format!("update decisions set held_until = now() where decision_id = '{}'::uuid", first.id)).await;
    office.until(&page, &first, "done", "Accepted").await;
    office.press(&page, tasks[2], "approve", "").await;
    let undone = office.submit(&list, "/undo-all", &[]).await;
    assert_eq!(undone.page().as_deref(), Some("queue"));
    assert!(undone.text().contains("2 decisions taken back. 1 was too late."), "{}", undone.text());
    assert_eq!(stack.count("select count(*) from decisions where state = 'held' and user_id = 1").await, 1, "theirs");
    office.undo(&admins, &theirs.id).await;
    assert_eq!(office.moves(tasks[0]).await.len(), 1);
    // One that is too late alone.
    let late = office.undo(&page, &first.id).await;
    assert!(late.row_text(tasks[0]).contains("It was too late to take it back."), "{}", late.text());
    stack.finish().await;
}

/// It may be sent at any moment: who is told that nothing was too late believes that it is not.
#[tokio::test]
async fn p26_what_is_held_past_its_time_is_too_late_though_it_has_not_left() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    // Nothing of a portal that is said to have left is carried before that is confirmed.
    let was = stack.status(&office.portal).await.unwrap();
    stack.change("update portals set status = 'leaving', left_at = now(), checks = 0, check_at = null").await;
    let over = async |task: i64| {
        let past = format!("update decisions set held_until = now() - interval '1 second' where task_id = {task}");
        stack.change(&past).await;
    };
    let words = "1 decision taken back. 1 was too late.";

    let held = office.decide_many(&page, &tasks[..2], "approve", "").await;
    over(tasks[0]).await;
    let undone = office.submit(&held, "/undo-all", &[]).await;
    assert!(undone.text().contains(words), "{}", undone.text());
    assert_eq!(
        [tasks[0], tasks[1]].map(|task| undone.outcome(task).unwrap()),
        ["held", "cancelled"],
        "{}",
        undone.text()
    );

    // In the list, as its script asks.
    let late = office.press(&page, tasks[2], "approve", "").await;
    let early = office.press(&page, tasks[3], "approve", "").await;
    over(tasks[2]).await;
    let form = [("decision_id", late.id.as_str()), ("decision_id", early.id.as_str())];
    let undone = office.script("/undo-all", &page.session().unwrap(), |asked| asked.form(&form)).await;
    assert!(undone.text().contains(words), "{}", undone.text());
    assert!(undone.row_text(tasks[2]).contains("The time to take it back is over"), "{}", undone.text());
    assert_eq!(undone.outcome(tasks[3]).as_deref(), Some("cancelled"));

    // And indeed they go.
    stack.change(&format!("update portals set status = '{was}', left_at = null")).await;
    stack.none("select count(*) from decisions where state not in ('done', 'cancelled')").await;
    for (task, moves) in tasks.iter().zip([1, 0, 1, 0]) {
        assert_eq!(office.moves(*task).await.len(), moves);
    }
    stack.finish().await;
}

#[tokio::test]
async fn f26_p31_a_closed_browser_changes_nothing_and_the_outcome_is_found_again() {
    let stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(6).await;
    let held = office.decide_many(&office.queue(CREATOR).await, &tasks[..5], "return", "Totals").await;
    let id = held.attributes("data-bulk-id").remove(0);
    // The browser is closed; somebody opens the application anew, twice.
    let anew = office.queue(CREATOR).await;
    assert!(anew.text().contains("of 5 decided See the outcome"), "{}", anew.text());
    let open = "select count(*) from decisions where state <> 'done'";
    stack.none(open).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let anew = office.queue(CREATOR).await;
    assert!(anew.text().contains("5 of 5 decided See the outcome"), "{}", anew.text());
    assert_eq!(tasks.iter().filter(|task| anew.outcome(**task).is_some()).count(), 1, "the others have left the list");
    let bulk = office.until_rest(office.submit(&anew, "/bulk/show", &[]).await).await;
    assert_eq!((bulk.attributes("data-bulk-id"), with_outcome(&bulk, "done")), (vec![id], 5));
    assert!(bulk.row_text(tasks[0]).contains("Offer 1 Returned for revision Reason delivered"), "{}", bulk.text());
    assert!(!office.queue(ADMIN).await.text().contains("See the outcome"), "it is nobody else's");
    // Old news is no news.
    stack.change("update decisions set finished_at = finished_at - interval '2 hours'").await;
    assert!(!office.queue(CREATOR).await.text().contains("See the outcome"));
    stack.finish().await;
}
