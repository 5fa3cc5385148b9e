//! Many tasks in one go, by plain forms: one reason or one per task, an outcome for each, and what failed leaves the rest
//! done.

use crate::support::{Stack, bulk::*, decisions::*};
use serde_json::json;

#[tokio::test]
async fn p31_sixty_tasks_are_returned_by_plain_forms() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(60).await;
    let first = office.queue(CREATOR).await;
    let session = first.session().unwrap();
    let page = office.visitor.post("/queue", &[("session", &session), ("all", "1")]).await;
    assert_eq!(boxes(&page).len(), 60, "every row can be chosen");

    let chosen = office.choose(&page, &tasks, "return").await;
    assert!(chosen.text().contains("Return 60 tasks for revision"), "{}", chosen.text());
    assert!(chosen.text().contains("Offer 1 ") && chosen.text().contains("Offer 60"), "they are named");
    let own = format!("reason-{}", tasks[4]);
    let words = [("reason", "The totals do not match"), (own.as_str(), "The date is missing")];
    let bulk = office.submit(&chosen, "/bulk", &words).await;
    assert_eq!((bulk.status.as_u16(), bulk.page().as_deref()), (200, Some("bulk")), "{}", bulk.text());
    let bulk = office.until_rest(bulk).await;
    assert_eq!(with_outcome(&bulk, "done"), 60, "{}", bulk.text());
    for words in ["60 of 60 decided", "60 returned for revision"] {
        assert!(bulk.text().contains(words), "{words}: {}", bulk.text());
    }
    assert!(bulk.row_text(tasks[0]).contains("Offer 1 Returned for revision Reason delivered"), "{}", bulk.text());
    for (nth, task) in tasks.iter().enumerate() {
        assert_eq!(office.moves(*task).await, [(CREATOR, "2".to_owned())], "each once");
        let told = office.told(*task).await;
        let words = if nth == 4 { "The date is missing" } else { "The totals do not match" };
        assert!(told.len() == 1 && told[0].1.ends_with(words), "{told:?}");
    }
    office.assert_checked_before_each_change().await;
    let kept = "select count(*) from decisions where state = 'done' and bulk_id is not null and seen_status_changed is not null";
    assert_eq!(stack.count(kept).await, 60, "what was seen came with each");
    stack.finish().await;
}

#[tokio::test]
async fn p32_many_are_accepted_without_a_reason() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(5).await;
    let page = office.queue(CREATOR).await;
    let bulk = office.until_rest(office.decide_many(&page, &tasks[..4], "approve", "").await).await;
    assert!(bulk.text().contains("4 accepted as completed"), "{}", bulk.text());
    for task in &tasks[..4] {
        assert_eq!(office.moves(*task).await, [(CREATOR, "5".to_owned())]);
    }
    assert!(office.moves(tasks[4]).await.is_empty(), "not chosen");
    assert_eq!(stack.count("select count(*) from reasons").await, 0);
    stack.finish().await;
}

#[tokio::test]
async fn p31_what_fails_leaves_the_rest_done_and_is_tried_again() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(8).await;
    let page = office.queue(CREATOR).await;
    // Seen, and then: handed in anew, deleted, decided by hand; and at one the portal refuses.
    office.act(ASSIGNEE, "renew", tasks[0]).await;
    office.act(ASSIGNEE, "complete", tasks[0]).await;
    office.act(CREATOR, "delete", tasks[1]).await;
    office.act(CREATOR, "approve", tasks[2]).await;
    office.fault(RETURN, json!({"kind": "error", "status": 400, "code": "ERROR_CORE"})).await;
    let bulk = office.until_rest(office.decide_many(&page, &tasks, "return", "Totals").await).await;
    let outcomes = ["done", "refused", "not-run"].map(|outcome| with_outcome(&bulk, outcome));
    assert_eq!(outcomes, [4, 3, 1], "{}", bulk.text());
    for (task, words) in [(0, "the task has changed"), (1, "deleted or is no longer visible"), (2, "already accepted")]
    {
        assert!(bulk.row_text(tasks[task]).contains(words), "{}", bulk.row_text(tasks[task]));
    }
    for words in ["8 of 8 decided", "4 returned for revision", "3 not done", "1 did not get through"] {
        assert!(bulk.text().contains(words), "{words}: {}", bulk.text());
    }
    let missed = bulk.rows().into_iter().find(|(_, outcome)| outcome == "not-run").unwrap().0;

    // Only what did not run goes again, with its reason; pressed twice it goes once.
    let (one, two) = tokio::join!(office.submit(&bulk, "/bulk/retry", &[]), office.submit(&bulk, "/bulk/retry", &[]));
    assert_eq!((one.rows().len(), two.rows().len()), (1, 1), "{}", two.text());
    let again = office.until_rest(one).await;
    assert_eq!(again.rows(), [(missed, "done".to_owned())], "{}", again.text());
    assert!(again.row_text(missed).contains("Reason delivered"));
    let told = office.told(missed).await;
    assert!(told.len() == 1 && told[0].1.ends_with("Totals"), "{told:?}");
    assert_eq!(office.calls(RETURN).await.iter().filter(|c| c["changed"] == true).count(), 5);
    assert_eq!(stack.count("select count(*) from decisions").await, 9);

    // The first page offers it no longer, and says nothing else than before.
    let (session, id) = (bulk.session().unwrap(), bulk.attributes("data-bulk-id").remove(0));
    let before = office.visitor.post("/bulk/show", &[("session", &session), ("bulk_id", &id)]).await;
    assert_eq!(with_outcome(&before, "not-run"), 1);
    assert!(!before.text().contains("Try 1 task again"), "{}", before.text());
    stack.finish().await;
}

#[tokio::test]
async fn p25_a_task_that_is_being_decided_is_skipped_and_shown_as_such() {
    let stack = Stack::with(crate::support::Wish { undo: "3s", ..Default::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(3).await;
    let (mine, admins) = (office.queue(CREATOR).await, office.queue(ADMIN).await);
    let own = office.press(&mine, tasks[0], "approve", "").await;
    let theirs = office.give_back(&admins, tasks[1]).await;
    let bulk = office.decide_many(&mine, &tasks, "return", "Totals").await;
    let words = |task| bulk.row_text(task);
    assert!(words(tasks[0]).contains("Skipped: it is already being accepted. By you"), "{}", words(tasks[0]));
    assert!(words(tasks[1]).contains("Skipped: it is already being returned for revision. By"), "{}", words(tasks[1]));
    assert_eq!(bulk.outcome(tasks[2]).as_deref(), Some("held"), "the rest is held");
    assert!(bulk.text().contains("2 skipped: already being decided"), "{}", bulk.text());
    // In the list the decision that stands is the one that is open, with its undo.
    let list = office.queue(CREATOR).await;
    assert!(list.offers(tasks[0], "undo"), "{}", list.row_text(tasks[0]));
    let bulk = office.until_rest(bulk).await;
    assert_eq!(bulk.rows().iter().filter(|(_, o)| o == "done").count(), 1, "{}", bulk.text());
    office.until(&mine, &own, "done", "Accepted").await;
    office.until(&admins, &theirs, "done", "Reason delivered").await;
    assert_eq!(office.moves(tasks[0]).await, [(CREATOR, "5".to_owned())]);
    assert_eq!(office.moves(tasks[1]).await, [(ADMIN, "2".to_owned())]);
    assert_eq!(office.told(tasks[1]).await.len(), 1, "no second reason");
    stack.finish().await;
}

#[tokio::test]
async fn p25_one_decision_that_did_not_run_is_repeated_with_its_reason() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    office.fault(RETURN, json!({"kind": "error", "status": 400, "code": "ERROR_CORE"})).await;
    let shown = office.visitor.press(&office.queue(CREATOR).await, task, "return", "Totals").await;
    assert_eq!(shown.outcome(task).as_deref(), Some("not-run"), "{}", shown.text());
    let (one, two) =
        tokio::join!(office.visitor.press(&shown, task, "retry", ""), office.visitor.press(&shown, task, "retry", ""));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200));
    assert_eq!(office.moves(task).await, [(CREATOR, "2".to_owned())]);
    let told = office.told(task).await;
    assert!(told.len() == 1 && told[0].1.ends_with("Totals"), "{told:?}");
    assert_eq!(stack.count("select count(*) from decisions").await, 2);
    stack.finish().await;
}

#[tokio::test]
async fn p34_a_queue_and_a_bulk_cost_the_portal_few_calls() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(30).await;
    office.bitrix.forget_journal().await;
    let page = office.queue(CREATOR).await;
    assert_eq!(page.rows().len(), 30);
    assert!(office.requests().await <= 4, "opening: {}", office.requests().await);

    // As the page's script does it: it knows what the tasks are called.
    let (session, boxes) = (page.session().unwrap(), boxes(&page));
    let chosen: Vec<(&str, &str)> = boxes[..10].iter().map(|one| ("task", one.as_str())).collect();
    office.bitrix.forget_journal().await;
    let fields = [&chosen[..], &[("action", "return")]].concat();
    let choice = office.script("/bulk/choose", &session, |asked| asked.form(&fields)).await;
    assert!(choice.text().contains("Return 10 tasks for revision"), "{}", choice.text());
    let id = choice.fields_to("/bulk").into_iter().find(|(name, _)| name == "bulk_id").unwrap().1;
    let fields = [&chosen[..], &[("action", "return"), ("reason", "Totals"), ("bulk_id", &id)]].concat();
    office.script("/bulk", &session, |asked| asked.form(&fields)).await;
    while office.calls(CHAT).await.len() < 10 {
        let part = office.script("/bulk/show", &session, |asked| asked.form(&[("bulk_id", &id)])).await;
        assert_eq!(part.status.as_u16(), 200, "{}", part.text());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let reasons = office.calls(CHAT).await.len();
    let all = office.requests().await;
    assert_eq!((all - reasons, reasons), (2, 10), "asked about, returned, and a message for each");
    for task in &tasks[..10] {
        assert_eq!(office.moves(*task).await, [(CREATOR, "2".to_owned())]);
    }
    stack.finish().await;
}

#[tokio::test]
async fn p27_p31_p45_a_new_deadline_for_all_is_set_with_each_and_told_once() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    let chosen = office.choose(&page, &tasks, "return").await;
    assert!(chosen.text().contains("A reason is required."), "{}", chosen.text());
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    for (name, value) in [field("deadline_day", "2020-01-01"), field("item", "1")] {
        let refused = office.submit(&chosen, "/bulk", &[("reason", "No"), (&name, &value)]).await;
        assert_eq!(refused.status.as_u16(), 400, "{name}={value}");
        let over = refused.error().as_deref() == Some("deadline_over");
        assert_eq!(over, name == "deadline_day", "{name}: {}", refused.text());
    }
    stack.none("select count(*) from decisions").await;

    // One does not run; when it is repeated it takes its deadline along.
    office.fault(RETURN, json!({"kind": "error", "status": 400, "code": "ERROR_CORE"})).await;
    let wish = [("reason", "Totals"), ("deadline_day", "2036-01-13")];
    let bulk = office.until_rest(office.submit(&chosen, "/bulk", &wish).await).await;
    assert_eq!((with_outcome(&bulk, "done"), with_outcome(&bulk, "not-run")), (3, 1), "{}", bulk.text());
    let again = office.until_rest(office.submit(&bulk, "/bulk/retry", &[]).await).await;
    assert_eq!(with_outcome(&again, "done"), 1, "{}", again.text());
    for task in &tasks {
        let deadline = office.bitrix.task(&office.portal, *task).await["deadline"].as_str().unwrap().to_owned();
        assert!(deadline.starts_with("2036-01-13T"), "{deadline}");
        let told = office.told(*task).await;
        assert!(
            told.len() == 1 && told[0].1.contains("Totals") && told[0].1.contains("New deadline: Jan 13, 2036"),
            "{told:?}"
        );
    }
    assert_eq!(office.calls("tasks.task.update").await.len(), 4, "each once");
    stack.none("select count(*) from followups where fate not in ('done', 'dropped')").await;
    stack.finish().await;
}
