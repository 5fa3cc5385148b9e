//! Putting a task aside for a while. Bitrix24 never hears of it.

use crate::support::{Shown, Stack, decisions::*, refusal, refused};
use crate::undo::{leave, send};
use serde_json::json;
use sqlx::Connection;
use std::time::Duration;

async fn snooze(office: &Office, page: &Shown, task: i64, until: &str, day: &str) -> Shown {
    let (session, task) = (page.session().unwrap(), task.to_string());
    let form = [("session", session.as_str()), ("task_id", &task), ("until", until), ("day", day)];
    office.visitor.post("/snooze", &form).await
}

async fn aside(office: &Office, page: &Shown) -> Vec<i64> {
    let session = page.session().unwrap();
    let form = [("session", session.as_str()), ("look", "1"), ("snoozed", "1")];
    in_list(&office.visitor.post("/queue", &form).await, "mine")
}

/// Until when something is put aside, as words say it.
fn until(words: &str) -> String {
    let (_, after) = words.split_once("Snoozed until ").unwrap_or_else(|| panic!("it is not put aside: {words}"));
    // `Nov 20, 2026, 9:00 AM`
    after.split_whitespace().take(5).collect::<Vec<_>>().join(" ")
}

const OWN: &str = "select count(*) from snoozes";

#[tokio::test]
async fn p22_what_is_put_aside_comes_back_by_itself_or_is_woken() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    let before = office.bitrix.task(&office.portal, tasks[0]).await;
    let (session, first) = (page.session().unwrap(), tasks[0].to_string());
    let asked = office.visitor.post("/snooze/choose", &[("session", &session), ("task_id", &first)]).await;
    assert!(asked.text().contains("Offer 1"), "without script a page asks until when: {}", asked.text());
    let said = snooze(&office, &page, tasks[0], "hour", "").await;
    assert!(said.text().contains("Snoozed until"), "{}", said.text());
    snooze(&office, &page, tasks[1], "monday", "").await;
    let shown = office.queue(CREATOR).await;
    assert_eq!((in_list(&shown, "mine"), shown.count()), (tasks[2..].to_vec(), Some(2)));
    assert_eq!(aside(&office, &page).await, tasks[..2]);
    let after = office.queue(CREATOR).await;
    assert_eq!(in_list(&after, "mine").len(), 2, "what is put aside is not looked at by itself the next time");

    let woken = [("session", page.session().unwrap()), ("task_id", tasks[1].to_string())];
    let woken = office.visitor.post("/wake", &woken.each_ref().map(|(n, v)| (*n, v.as_str()))).await;
    assert!(woken.text().contains("in your list again"), "{}", woken.text());
    assert_eq!(in_list(&office.queue(CREATOR).await, "mine"), tasks[1..]);
    stack.change("update snoozes set until = now() - interval '1 second'").await;
    assert_eq!(in_list(&office.queue(CREATOR).await, "mine"), tasks, "its time is over");

    // Never a word of it at the portal, and who did what when is kept.
    let now = office.bitrix.task(&office.portal, tasks[0]).await;
    assert_eq!((now["status"].clone(), now["history"].clone()), (before["status"].clone(), before["history"].clone()));
    let writes = office.bitrix.journal().await;
    assert!(
        writes.iter().all(|call| {
            let method = call["method"].as_str().unwrap_or("");
            !method.contains("update") && !method.contains("add") && !method.contains("approve")
        }),
        "{writes:?}"
    );
    assert_eq!(stack.count("select count(*) from snooze_log where what = 'snoozed' and until > at").await, 2);
    assert_eq!(
        stack.count(&format!("select count(*) from snooze_log where what = 'ended' and task_id = {}", tasks[1])).await,
        1
    );
    let own = office.visitor.post("/actions", &[("session", &page.session().unwrap())]).await;
    let shown = own.text();
    assert!(shown.contains("Snoozed tasks") && shown.contains("Snoozed until"), "{shown}");
    assert!(shown.contains("Back in your list") && shown.contains(&format!("Task {}", tasks[1])), "{shown}");
    let admin = office.queue(ADMIN).await.session().unwrap();
    for everybody in ["", "1"] {
        let others = office.visitor.post("/actions", &[("session", &admin), ("everybody", everybody)]).await;
        assert!(!others.text().contains("Snoozed"), "nobody else's: {}", others.text());
    }
    stack.finish().await;
}

#[tokio::test]
async fn p22_until_the_assignee_acts_is_until_another_status_or_another_result() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(3).await;
    let page = office.queue(CREATOR).await;
    for task in &tasks {
        snooze(&office, &page, *task, "acts", "").await;
    }
    let shown = office.queue(CREATOR).await;
    assert_eq!((in_list(&shown, "mine"), shown.count()), (vec![], Some(0)));
    // A comment of anybody is no act of the assignee's.
    office.act(CREATOR, "view", tasks[2]).await;
    let act = json!({"user_id": ASSIGNEE, "action": "result", "task_id": tasks[0], "text": "More"});
    office.bitrix.post(&format!("portals/{}/act", office.portal.member_id), act).await;
    assert_eq!(in_list(&office.queue(CREATOR).await, "mine"), tasks[..1], "a new result");
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    office.act(ASSIGNEE, "renew", tasks[1]).await;
    assert_eq!(in_list(&office.queue(CREATOR).await, "mine"), tasks[..1], "not waiting");
    office.act(ASSIGNEE, "complete", tasks[1]).await;
    let mut back = in_list(&office.queue(CREATOR).await, "mine");
    back.sort_unstable();
    assert_eq!(back, tasks[..2], "handed in anew");
    assert_eq!(stack.count(OWN).await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn p22_a_result_that_could_not_be_read_is_not_taken_for_none() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let act = json!({"user_id": ASSIGNEE, "action": "result", "task_id": task, "text": "Here it is"});
    office.bitrix.post(&format!("portals/{}/act", office.portal.member_id), act).await;
    let page = office.queue(CREATOR).await;
    let stumbles = json!({"kind": "error", "status": 500, "code": "INTERNAL_SERVER_ERROR", "inner": true});
    office.fault("tasks.task.result.list", stumbles).await;
    let refusal = snooze(&office, &page, task, "acts", "").await;
    assert!(refusal.status.is_server_error(), "{}", refusal.text());
    assert_eq!(stack.count(OWN).await, 0);
    snooze(&office, &page, task, "acts", "").await;
    assert!(in_list(&office.queue(CREATOR).await, "mine").is_empty(), "nobody has acted");
    stack.finish().await;
}

#[tokio::test]
async fn p22_t42_t43_a_snooze_is_its_persons_alone() {
    let stack = Stack::start().await;
    let (office, other) = (Office::of(&stack).await, Office::of(&stack).await);
    let task = office.waiting(1).await[0];
    let there = other.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    snooze(&office, &page, task, "hour", "").await;
    let admin = office.queue(ADMIN).await;
    assert_eq!(in_list(&admin, "also"), [task], "a colleague sees it as ever");
    let woken = [("session", admin.session().unwrap()), ("task_id", task.to_string())];
    office.visitor.post("/wake", &woken.each_ref().map(|(n, v)| (*n, v.as_str()))).await;
    assert_eq!(stack.count(OWN).await, 1, "and cannot wake it");
    assert_eq!(in_list(&other.queue(CREATOR).await, "mine"), [there], "the same number in another portal");

    let stranger = office.queue(STRANGER).await;
    let hidden = snooze(&office, &stranger, task, "hour", "").await;
    assert_eq!(refusal(&hidden), refused(404, "task_unavailable"));
    for until in ["never", ""] {
        assert_eq!(refusal(&snooze(&office, &page, task, until, "").await), refused(400, "malformed"), "{until}");
    }
    assert_eq!(stack.count(OWN).await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn a_day_that_is_over_or_was_not_chosen_is_told_in_words() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    for day in ["", "2001-01-01", "9999-12-31", "x"] {
        let answer = snooze(&office, &page, task, "day", day).await;
        assert_eq!(refusal(&answer), refused(400, "snooze_day"), "{day}: {}", answer.text());
        assert!(answer.text().contains("Choose a day that lies ahead") && answer.text().contains("Back to the list"));
        let form = [("task_id", task.to_string()), ("until", "day".to_owned()), ("day", day.to_owned())];
        let told = office.script("/snooze", &page.session().unwrap(), |asked| asked.form(&form)).await;
        assert_eq!(refusal(&told), refused(400, "snooze_day"), "{day}: {}", told.text());
    }
    assert_eq!(stack.count(OWN).await, 0);
    stack.finish().await;
}

#[tokio::test]
async fn p22_what_is_over_is_swept_and_the_log_of_it_stays() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    snooze(&office, &page, task, "hour", "").await;
    stack.change("update snoozes set until = now() - interval '1 second'").await;
    // A replica sweeps when it starts.
    let mut stack = stack;
    let port = crate::support::stack::free_port();
    stack.start_replica(port).await;
    stack.none(OWN).await;
    assert!(stack.count("select count(*) from snooze_log where what = 'ended'").await >= 1);
    stack.finish().await;
}

#[tokio::test]
async fn p22_p73_until_when_is_told_by_the_persons_clock_in_the_row_as_well() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(2).await[0];
    // Ten hours or so ahead of the portal, whose clock the dates of its tasks keep.
    let ahead = json!({"id": CREATOR, "name": "Carl", "last_name": "Creator", "time_zone": "Pacific/Chatham"});
    office.bitrix.scenario(&office.portal, json!({ "users": [ahead] })).await;
    let page = office.queue(CREATOR).await;
    let said = until(&snooze(&office, &page, task, "morning", "").await.text());
    assert!(said.ends_with(", 9:00 AM"), "when work begins where they are: {said}");

    let session = page.session().unwrap();
    let form = [("session", session.as_str()), ("look", "1"), ("snoozed", "1")];
    let whole = office.visitor.post("/queue", &form).await;
    let look = json!({"look": "1", "snoozed": "1"});
    let part = office.script("/queue/rows", &session, |asked| asked.json(&look)).await;
    for shown in [whole, part] {
        assert_eq!(shown.status.as_u16(), 200, "{}", shown.text());
        assert_eq!(until(&shown.row_text(task)), said);
    }
    stack.finish().await;
}

#[tokio::test]
async fn f26_p22_a_closed_browser_does_not_stop_putting_aside_or_taking_up() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    let (session, number) = (page.session().unwrap(), task.to_string());
    let form = [("session", session.as_str()), ("task_id", &number), ("until", "hour")];
    // It goes while the portal is asked about the task.
    office.bitrix.forget_journal().await;
    office.fault("batch", json!({"kind": "delay", "ms": 3_000, "among": "tasks.task.result.list"})).await;
    let socket = send(&office, "/snooze", &form);
    office.until_called("batch").await;
    leave(socket);
    assert_eq!(stack.count(OWN).await, 0, "it is gone before there is an answer");
    stack.none("select 1 - count(*) from snoozes").await;

    // And while nobody knows yet whose press it is.
    for (path, asleep) in [("/wake", 0), ("/snooze", 1)] {
        let mut database = stack.database().await;
        let mut held = database.begin().await.unwrap();
        sqlx::query("lock table sessions in access exclusive mode").execute(&mut *held).await.unwrap();
        let socket = send(&office, path, &form);
        tokio::time::sleep(Duration::from_millis(400)).await;
        leave(socket);
        tokio::time::sleep(Duration::from_millis(100)).await;
        held.rollback().await.unwrap();
        stack.none(&format!("select {asleep} - count(*) from snoozes")).await;
    }
    stack.finish().await;
}
