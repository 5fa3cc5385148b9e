//! The notification of a return: only where it is wanted, once, with the reason, and never too often.

use crate::followups::{LEASE, of_two_portals};
use crate::support::{Shown, Stack, decisions::*};
use handback::{
    domain::bell::Fate,
    store::{Store, bells::BellToRing},
    world::World,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const NOTIFY: &str = "im.notify.personal.add";
const WHY: &str = "The totals [B]do[/B] not match";

pub async fn set(office: &Office, page: &Shown, (level, subject): (&str, i64), name: &str, value: &str) -> Shown {
    let (session, subject) = (page.session().unwrap(), subject.to_string());
    let what = if value.is_empty() { "clear" } else { "set" };
    let form = [
        ("session", session.as_str()),
        ("level", level),
        ("subject", &subject),
        ("name", name),
        ("value", value),
        ("do", what),
    ];
    let shown = office.visitor.post("/settings/set", &form).await;
    assert_eq!(shown.status.as_u16(), 200, "{}", shown.text());
    shown
}

/// Notifications of returns are wanted everywhere.
async fn ringing(office: &Office) {
    set(office, &office.queue(ADMIN).await, ("portal", 0), "return_notice", "bell").await;
}

/// Whom, from whom and what, oldest first; beside what Bitrix24 says by itself of every task that comes back.
async fn bells(office: &Office) -> Vec<(i64, i64, String)> {
    let state = office.bitrix.state(&office.portal).await;
    let bell = |row: &Value| {
        (row["to"].as_i64().unwrap(), row["from"].as_i64().unwrap(), row["text"].as_str().unwrap().to_owned())
    };
    let ours = |row: &&Value| row["tag"].as_str().is_some_and(|tag| tag.starts_with("handback|"));
    state["notifications"].as_array().unwrap().iter().filter(ours).map(bell).collect()
}

/// Waits until so many notifications are over, and none is on its way.
async fn over(stack: &Stack, fate: &str, many: i64) {
    let started = Instant::now();
    let sql = format!("select count(*) from bells where fate = '{fate}'");
    while stack.count(&sql).await < many {
        assert!(started.elapsed() < Duration::from_secs(60), "not {many} {fate} after a minute");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stack.none("select count(*) from bells where fate in ('pending', 'ringing')").await;
    assert_eq!(stack.count(&sql).await, many, "{fate}");
}

async fn returned(office: &Office, page: &Shown, task: i64) {
    let sent = office.press(page, task, "return", WHY).await;
    office.until(page, &sent, "done", "Reason delivered").await;
}

#[tokio::test]
async fn p49_p68_p10_the_assignee_is_notified_once_with_the_reason_by_whoever_returned_it() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"language": "de"})).await;
    let task = office.waiting(1).await[0];
    ringing(&office).await;
    let page = office.queue(CREATOR).await;
    returned(&office, &page, task).await;
    over(&stack, "rung", 1).await;
    let card = format!("http://{}/company/personal/user/{ASSIGNEE}/tasks/task/view/{task}/", office.portal.domain);
    let words =
        format!("Zur Nachbesserung zurückgegeben: [URL={card}]Offer 1[/URL]\nThe totals ［B］do［/B］ not match");
    assert_eq!(bells(&office).await, [(ASSIGNEE, CREATOR, words)]);
    let calls = office.calls(NOTIFY).await;
    assert_eq!((calls.len(), &calls[0]["params"]["TAG"]), (1, &json!(format!("handback|return|{task}"))));
    assert_eq!(office.told(task).await.len(), 1, "and the message in the chat, as ever");

    // It comes back and goes back: the later one takes the place of the former.
    office.act(ASSIGNEE, "complete", task).await;
    let page = office.queue(CREATOR).await;
    let sent = office.press(&page, task, "return", "Still not").await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    over(&stack, "rung", 2).await;
    let now = bells(&office).await;
    assert!(now.len() == 1 && now[0].2.ends_with("\nStill not"), "{now:?}");
    stack.finish().await;
}

#[tokio::test]
async fn p49_p52_nobody_is_notified_who_does_not_want_it() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let (tasks, inside) = (office.waiting(4).await, office.in_project().await);
    let page = office.queue(CREATOR).await;
    returned(&office, &page, tasks[0]).await;
    assert_eq!(stack.count("select count(*) from bells").await, 0, "unless somebody has set it");

    // A project has a say of its own.
    let admin = office.queue(ADMIN).await;
    set(&office, &admin, ("project", PROJECT), "return_notice", "bell").await;
    returned(&office, &page, tasks[1]).await;
    over(&stack, "quiet", 1).await;
    returned(&office, &page, inside).await;
    over(&stack, "rung", 1).await;
    assert_eq!(bells(&office).await.len(), 1);

    // The assignee switches theirs off, on their own page.
    ringing(&office).await;
    let eva = office.queue(ASSIGNEE).await;
    let mine = office.visitor.go("/settings/mine", &eva).await;
    assert!(mine.text().contains("In the task's chat, and by a notification (from the portal)"), "{}", mine.text());
    let mine = set(&office, &eva, ("person", ASSIGNEE), "return_bell", "off").await;
    assert!(mine.text().contains("Off (your own)"), "{}", mine.text());
    returned(&office, &page, tasks[2]).await;
    over(&stack, "quiet", 2).await;
    set(&office, &eva, ("person", ASSIGNEE), "return_bell", "").await;
    returned(&office, &page, tasks[3]).await;
    over(&stack, "rung", 2).await;
    assert_eq!((bells(&office).await.len(), office.calls(NOTIFY).await.len()), (2, 2));
    stack.finish().await;
}

#[tokio::test]
async fn p49_without_words_bitrix24_has_said_all_there_is() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let own = json!({"title": "Own", "created_by": CREATOR, "responsible_id": CREATOR, "status": 4});
    let own = office.bitrix.scenario(&office.portal, json!({ "tasks": [own] })).await[0];
    ringing(&office).await;
    set(&office, &office.queue(ADMIN).await, ("portal", 0), "reason_policy", "optional").await;
    let page = office.queue(CREATOR).await;
    assert_eq!(office.press(&page, task, "return", "").await.outcome(), "done");
    over(&stack, "quiet", 1).await;
    // Nor does anybody notify themselves.
    let sent = office.press(&page, own, "return", WHY).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    over(&stack, "quiet", 2).await;
    assert!(office.calls(NOTIFY).await.is_empty());
    stack.finish().await;
}

#[tokio::test]
async fn p46_p49_a_lost_answer_rings_once_and_a_busy_portal_is_asked_again() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    ringing(&office).await;
    let page = office.queue(CREATOR).await;
    for (nth, kind) in ["drop_after", "garbage_after"].into_iter().enumerate() {
        office.fault(NOTIFY, json!({ "kind": kind })).await;
        returned(&office, &page, tasks[nth]).await;
        over(&stack, "unknown", i64::try_from(nth).unwrap() + 1).await;
    }
    assert_eq!((bells(&office).await.len(), office.calls(NOTIFY).await.len()), (2, 2), "and never sent again");
    let limited = json!({"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED", "description": "x"});
    office.fault(NOTIFY, limited).await;
    returned(&office, &page, tasks[2]).await;
    over(&stack, "rung", 1).await;
    office.fault(NOTIFY, json!({"kind": "error", "status": 401, "code": "expired_token"})).await;
    returned(&office, &page, tasks[3]).await;
    over(&stack, "rung", 2).await;
    assert_eq!((bells(&office).await.len(), office.calls(NOTIFY).await.len()), (4, 6));
    assert_eq!(office.calls(RETURN).await.len(), 4, "each task is returned once");

    // A replica that died with one on its way leaves it as it is; one that had not begun is taken over.
    stack.change("delete from bells where fate = 'unknown'").await;
    for (task, left) in [(tasks[2], "now()"), (tasks[3], "null")] {
        let sql = format!(
            "update bells b set fate = 'ringing', left_at = {left}, ended_at = null, bell_lease = gen_random_uuid(),
                 bell_lease_until = now() - interval '1 second'
             from decisions d where d.portal_id = b.portal_id and d.decision_id = b.decision_id and d.task_id = {task}"
        );
        stack.change(&sql).await;
    }
    over(&stack, "unknown", 1).await;
    over(&stack, "rung", 1).await;
    assert_eq!((bells(&office).await.len(), office.calls(NOTIFY).await.len()), (4, 7));
    stack.finish().await;
}

#[tokio::test]
async fn p49_p83_without_the_permission_only_the_message_is_sent_and_everybody_is_told() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"scopes": ["task", "placement", "tasks"]})).await;
    let tasks = office.waiting(2).await;
    let admin = office.queue(ADMIN).await;
    let lacks = "The permission “im” is not given: nobody gets a notification.";
    let page = set(&office, &admin, ("portal", 0), "return_notice", "bell").await;
    assert!(page.text().contains(lacks), "{}", page.text());
    assert!(office.visitor.go("/settings/mine", &admin).await.text().contains(lacks));
    let health = office.visitor.go("/health", &admin).await;
    assert!(health.text().contains("Returns are to be told by a notification"), "{}", health.text());
    let page = office.queue(CREATOR).await;
    returned(&office, &page, tasks[0]).await;
    over(&stack, "refused", 1).await;
    assert!(office.calls(NOTIFY).await.is_empty(), "what cannot be is not asked for");

    // Granted since, and taken away where nobody has heard of it yet.
    office.control("settings", json!({"scopes": ["task", "placement", "tasks", "im"]})).await;
    let admin = office.queue(ADMIN).await;
    assert!(!office.visitor.go("/settings/portal", &admin).await.text().contains(lacks));
    let health = office.visitor.go("/health", &admin).await;
    assert!(!health.text().contains("Returns are to be told by a notification"), "{}", health.text());
    assert!(health.text().contains("Notification of a return"), "{}", health.text());
    office.fault(NOTIFY, json!({"kind": "error", "status": 403, "code": "insufficient_scope"})).await;
    let page = office.queue(CREATOR).await;
    returned(&office, &page, tasks[1]).await;
    over(&stack, "refused", 2).await;
    assert_eq!((office.calls(NOTIFY).await.len(), bells(&office).await.len()), (1, 0));
    stack.finish().await;
}

#[tokio::test]
async fn p52_nobody_gets_more_than_ten_a_day() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(12).await;
    let other = json!({"title": "Other", "created_by": CREATOR, "responsible_id": MEMBER, "status": 4});
    let other = office.bitrix.scenario(&office.portal, json!({ "tasks": [other] })).await[0];
    ringing(&office).await;
    let page = office.queue(CREATOR).await;
    for task in tasks[..11].iter().chain([&other]) {
        office.press(&page, *task, "return", WHY).await;
    }
    over(&stack, "rung", 11).await;
    over(&stack, "enough", 1).await;
    let whom = async |user: i64| bells(&office).await.iter().filter(|(to, ..)| *to == user).count();
    assert_eq!((whom(ASSIGNEE).await, whom(MEMBER).await), (10, 1), "each person has a day of their own");
    for task in &tasks[..11] {
        assert_eq!(office.told(*task).await.len(), 1, "the reason is in the chat whatever rings");
    }
    stack.change("update bells set left_at = left_at - interval '25 hours' where left_at is not null").await;
    returned(&office, &page, tasks[11]).await;
    over(&stack, "rung", 12).await;
    assert_eq!(whom(ASSIGNEE).await, 11, "the next day");
    stack.finish().await;
}

#[tokio::test]
async fn p52_p80_a_notification_is_forgotten_after_two_days() {
    let mut stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    ringing(&office).await;
    let page = office.queue(CREATOR).await;
    for task in &tasks {
        returned(&office, &page, *task).await;
    }
    over(&stack, "rung", 2).await;
    for (task, hours) in [(tasks[0], 47), (tasks[1], 49)] {
        let sql = format!(
            "update bells b set ended_at = now() - interval '{hours} hours' from decisions d
             where d.portal_id = b.portal_id and d.decision_id = b.decision_id and d.task_id = {task}"
        );
        stack.change(&sql).await;
    }
    let port = stack.replicas[0].port;
    stack.kill(0);
    stack.replicas.clear();
    stack.start_replica(port).await;
    stack.none("select count(*) from bells where ended_at < now() - interval '48 hours'").await;
    assert_eq!(stack.count("select count(*) from bells").await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn p82_what_somebody_was_notified_of_is_theirs_to_take_and_to_erase() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    ringing(&office).await;
    let page = office.queue(CREATOR).await;
    returned(&office, &page, task).await;
    over(&stack, "rung", 1).await;
    let eva = office.queue(ASSIGNEE).await;
    let session = eva.session().unwrap();
    let file = office.visitor.post("/data/export", &[("session", session.as_str()), ("whose", "me")]).await;
    let file: Value = serde_json::from_str(&file.html).unwrap();
    assert_eq!(file["data"]["bells"][0]["assignee_id"], json!(ASSIGNEE), "{file}");
    let number = ASSIGNEE.to_string();
    let form = [("session", session.as_str()), ("whose", "me"), ("words", &number)];
    let done = office.visitor.post("/data/erase", &form).await;
    assert_eq!(done.page().as_deref(), Some("receipt"), "{}", done.text());
    assert_eq!(stack.count("select count(*) from bells").await, 0);
    assert_eq!(stack.count("select count(*) from decisions").await, 1, "that it was returned stays");
    stack.finish().await;
}

/// As one round of another replica's worker does.
async fn claim(store: &Store) -> Vec<BellToRing> {
    store.claim_bells(World::system().id().unwrap(), LEASE, 16).await.unwrap()
}

#[tokio::test]
async fn f24_a_notification_is_its_senders_as_long_as_they_say_that_they_live() {
    let (store, mut database, _) = of_two_portals([2, 0]).await;
    let rows = "insert into bells (portal_id, decision_id) select portal_id, decision_id from decisions";
    sqlx::query(rows).execute(&mut database).await.unwrap();
    let claimed = claim(&store).await;
    let [kept, left] = &claimed[..] else { panic!("{claimed:?}") };
    assert_ne!(kept.decision, left.decision);
    // Longer than a lease lasts; one of them is extended.
    let later = "update bells set bell_lease_until = bell_lease_until - interval '31 seconds'";
    assert_eq!(sqlx::query(later).execute(&mut database).await.unwrap().rows_affected(), 2);
    assert_eq!(store.extend_bell(kept, LEASE).await.unwrap(), 1);
    let taken_over = claim(&store).await;
    let [taken] = &taken_over[..] else { panic!("{taken_over:?}") };
    assert_eq!(taken.decision, left.decision, "the other one alone is taken over");
    assert_eq!(store.extend_bell(left, LEASE).await.unwrap(), 0, "it is another replica's now");
    assert_eq!(store.extend_bell(taken, LEASE).await.unwrap(), 1);
    store.bell_ended(kept, Fate::Quiet).await.unwrap();
    assert_eq!(store.extend_bell(kept, LEASE).await.unwrap(), 0, "it has ended");
    assert!(claim(&store).await.is_empty());
}
