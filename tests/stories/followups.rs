//! What else is wished with a decision: points that are not good, another deadline, a mark. Only after it is done, only
//! where Bitrix24 lets this person, and told honestly.

use crate::support::{
    Shown, Stack, Wish,
    decisions::*,
    refusal, refused,
    stack::{fresh_database, server_url},
};
use handback::{
    domain::{PortalId, followup::Followed},
    store::{Store, followups::FollowupToCarry, seal::Keyring},
    world::World,
};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::time::Duration;

const RENEW: &str = "task.checklistitem.renew";
const UPDATE: &str = "tasks.task.update";
const MAY: &str = "task.checklistitem.isactionallowed";

/// A task with two points that are ticked and one that is not.
async fn with_points(office: &Office, title: &str) -> i64 {
    let point = |title: &str, complete: bool| json!({"title": title, "complete": complete});
    let task = json!({
        "title": title, "created_by": CREATOR, "responsible_id": ASSIGNEE, "status": 4, "deadline": "2036-01-10T19:00:00+03:00",
        "checklist": [point("Logo [B]big[/B]", true), point("Colours", true), point("Names", false)],
    });
    office.bitrix.scenario(&office.portal, json!({"tasks": [task]})).await[0]
}

/// The points of a task: number, and whether they are ticked.
async fn points(office: &Office, task: i64) -> Vec<(i64, bool)> {
    let task = office.bitrix.task(&office.portal, task).await;
    let all = task["checklist"].as_array().unwrap().iter().filter(|point| point["parent_id"] != 0);
    all.map(|point| (point["id"].as_i64().unwrap(), point["complete"].as_bool().unwrap())).collect()
}

async fn press(office: &Office, page: &Shown, task: i64, action: &str, more: &[(&str, String)]) -> Sent {
    let mut form = page.form(task, action);
    form.retain(|(name, _)| !["reason", "mark"].contains(&name.as_str()));
    form.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    if action == "return" && !more.iter().any(|(name, _)| *name == "reason") {
        form.push(("reason".to_owned(), "Not yet".to_owned()));
    }
    let id = form.iter().find(|(name, _)| name == "decision_id").unwrap().1.clone();
    let shown = office.script("/decide", &page.session().unwrap(), |asked| asked.form(&form)).await;
    Sent { id, task, shown }
}

const LATER: &str = "2036-01-13T19:00:00+03:00";

async fn deadline(office: &Office, task: i64) -> String {
    office.bitrix.task(&office.portal, task).await["deadline"].as_str().unwrap().to_owned()
}

fn is_later(deadline: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(deadline).unwrap() == chrono::DateTime::parse_from_rfc3339(LATER).unwrap()
}

#[tokio::test]
async fn p27_p28_p45_points_and_a_deadline_go_back_with_the_task_in_one_message() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"language": "de"})).await;
    let (task, other) = (with_points(&office, "Logo").await, with_points(&office, "Another").await);
    let (own, foreign) = (points(&office, task).await, points(&office, other).await);
    let page = office.queue(CREATOR).await;
    let look = office.script("/looks", &page.session().unwrap(), |asked| asked.form(&[("task_id", task)])).await;
    assert!(look.html.contains(&format!("name=\"item\" value=\"{}\"", own[0].0)), "{}", look.html);
    assert!(!look.html.contains(&format!("name=\"item\" value=\"{}\"", own[2].0)), "what is open needs no opening");
    assert!(look.html.contains(&format!("<option value=\"{LATER}\">")), "three days more: {}", look.html);

    let more = [
        ("item", own[0].0.to_string()),
        ("item", foreign[1].0.to_string()),
        ("item", own[2].0.to_string()),
        ("deadline", LATER.to_owned()),
    ];
    let sent = press(&office, &page, task, "return", &more).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    office.until(&page, &sent, "done", "1 point could not be opened again").await;
    let ticked = |points: Vec<(i64, bool)>| points.into_iter().map(|(_, ticked)| ticked).collect::<Vec<_>>();
    assert_eq!(ticked(points(&office, task).await), [false, true, false]);
    assert_eq!(ticked(points(&office, other).await), [true, true, false], "another task's point is left alone");
    assert!(is_later(&deadline(&office, task).await));
    let words = "[USER=3]Eva Assignee[/USER], Not yet\n\nNoch nicht in Ordnung:\n• Logo ［B］big［/B］\n• Names\nNeue Frist: 13.01.2036 19:00";
    assert_eq!(office.told(task).await, [(CREATOR, words.to_owned())]);
    assert_eq!((office.calls(MAY).await.len(), office.calls(RENEW).await.len()), (3, 1));
    office.assert_checked_before_each_change().await;
    assert_eq!(office.moves(task).await.len(), 1);
    stack.finish().await;
}

#[tokio::test]
async fn p45_p46_without_words_the_points_and_the_deadline_are_still_told_once() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"language": "ru"})).await;
    let (task, later) = (with_points(&office, "Logo").await, with_points(&office, "Later").await);
    let admin = office.queue(ADMIN).await;
    let session = admin.session().unwrap();
    let optional =
        [("level", "portal"), ("subject", "0"), ("name", "reason_policy"), ("value", "optional"), ("do", "set")];
    let set = office.script("/settings/set", &session, |asked| asked.form(&optional)).await;
    assert_eq!(set.status.as_u16(), 200, "{}", set.text());
    let page = office.queue(CREATOR).await;
    let none = ("reason", String::new());
    let wish = [none.clone(), ("item", points(&office, task).await[0].0.to_string()), ("deadline", LATER.to_owned())];
    office.fault(CHAT, json!({"kind": "drop_after"})).await;
    let sent = press(&office, &page, task, "return", &wish).await;
    office.until(&page, &sent, "done", "Message delivered").await;
    let words =
        "[USER=3]Eva Assignee[/USER]\n\nЕщё не готово:\n• Logo ［B］big［/B］\nНовый крайний срок: 13.01.2036 19:00";
    assert_eq!(office.told(task).await, [(CREATOR, words.to_owned())]);

    // Where in the end nothing was changed there is nothing to tell.
    let no = json!({"kind": "patch", "pointer": "/result/allowedActions/2/CHANGE_DEADLINE", "value": false, "inner": true, "skip": 1});
    office.fault(ACCESS, no).await;
    let sent = press(&office, &page, later, "return", &[none, ("deadline", LATER.to_owned())]).await;
    office.until(&page, &sent, "done", "The deadline could not be changed").await;
    stack.none("select count(*) from reasons where delivery not in ('delivered', 'dropped')").await;
    assert!(office.told(later).await.is_empty());
    assert!(!office.stands(&page, &sent.id).await.row_text(later).contains("Message"));
    stack.finish().await;
}

#[tokio::test]
async fn p26_p28_what_is_taken_back_or_refused_changes_nothing_else() {
    let stack = Stack::with(Wish { undo: "2s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let (undone, refused) = (with_points(&office, "Undone").await, with_points(&office, "Refused").await);
    let page = office.queue(CREATOR).await;
    for task in [undone, refused] {
        let item = points(&office, task).await[0].0.to_string();
        let sent = press(&office, &page, task, "return", &[("item", item), ("deadline", LATER.to_owned())]).await;
        assert_eq!(sent.outcome(), "held");
        if task == undone {
            office.undo(&page, &sent.id).await;
        } else {
            office.act(CREATOR, "approve", task).await;
            office.until(&page, &sent, "refused", "").await;
        }
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    for task in [undone, refused] {
        assert!(points(&office, task).await[0].1 && !is_later(&deadline(&office, task).await), "{task}");
        assert!(office.told(task).await.is_empty());
    }
    assert!(office.calls(RENEW).await.is_empty() && office.calls(UPDATE).await.is_empty());
    stack.finish().await;
}

#[tokio::test]
async fn p27_p28_without_the_right_it_is_left_and_said() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = with_points(&office, "Logo").await;
    let item = points(&office, task).await[0].0.to_string();
    let page = office.queue(CREATOR).await;
    let no = json!({"kind": "patch", "pointer": "/result/allowedActions/2/CHANGE_DEADLINE", "value": "true", "inner": true, "skip": 1});
    office.fault(ACCESS, no).await;
    office.fault(MAY, json!({"kind": "patch", "pointer": "/result", "value": false, "inner": true})).await;
    let sent = press(&office, &page, task, "return", &[("item", item), ("deadline", LATER.to_owned())]).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    office.until(&page, &sent, "done", "The deadline could not be changed").await;
    office.until(&page, &sent, "done", "1 point could not be opened again").await;
    assert!(points(&office, task).await[0].1 && !is_later(&deadline(&office, task).await));
    assert!(office.calls(RENEW).await.is_empty() && office.calls(UPDATE).await.is_empty());
    assert_eq!(office.told(task).await, [(CREATOR, "[USER=3]Eva Assignee[/USER], Not yet".to_owned())]);
    stack.finish().await;
}

#[tokio::test]
async fn p27_p28_p46_a_lost_answer_is_asked_for_again_and_the_message_waits_for_it() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = with_points(&office, "Logo").await;
    let item = points(&office, task).await[0].0.to_string();
    let page = office.queue(CREATOR).await;
    office.fault("batch", json!({"kind": "drop_after", "among": RENEW})).await;
    let sent = press(&office, &page, task, "return", &[("item", item), ("deadline", LATER.to_owned())]).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    assert!(!points(&office, task).await[0].1 && is_later(&deadline(&office, task).await));
    let told = office.told(task).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].1.contains("Not good yet:\n• Logo") && told[0].1.contains("New deadline: Jan 13, 2036, 7:00 PM"),
        "{told:?}"
    );
    assert_eq!(office.moves(task).await.len(), 1, "returned once");
    stack.none("select count(*) from followups where fate <> 'done'").await;
    stack.finish().await;
}

#[tokio::test]
async fn p48_an_accepted_task_may_have_a_mark() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    let marked = press(&office, &page, tasks[0], "approve", &[("mark", "P".to_owned())]).await;
    let plain = press(&office, &page, tasks[1], "approve", &[("mark", String::new())]).await;
    for sent in [&marked, &plain] {
        office.until(&page, sent, "done", "Accepted as completed").await;
    }
    stack.none("select count(*) from followups where fate <> 'done'").await;
    let mark = async |task: i64| office.bitrix.task(&office.portal, task).await["mark"].clone();
    assert_eq!((mark(tasks[0]).await, mark(tasks[1]).await), (json!("P"), Value::Null));
    assert_eq!(office.calls(UPDATE).await.len(), 1);
    stack.finish().await;
}

#[tokio::test]
async fn p27_p28_what_no_page_of_ours_sends_is_refused() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = with_points(&office, "Logo").await;
    let page = office.queue(CREATOR).await;
    for (name, value) in [
        ("item", "abc"),
        ("item", "-3"),
        ("deadline", "tomorrow"),
        ("deadline", "2020-01-01T00:00:00Z"),
        ("deadline_day", "2036-13-45"),
    ] {
        let sent = press(&office, &page, task, "return", &[(name, value.to_owned())]).await;
        assert_eq!(sent.shown.status.as_u16(), 400, "{name}={value}");
    }
    // It may have passed while the page stood open, and any day can be typed.
    let evening = ("deadline_time", "T19:00:00+03:00".to_owned());
    for (name, day) in
        [("deadline", "2020-01-01T00:00:00Z"), ("deadline_day", "2020-01-01"), ("deadline_day", "20360-01-01")]
    {
        let sent = press(&office, &page, task, "return", &[(name, day.to_owned()), evening.clone()]).await;
        assert_eq!(refusal(&sent.shown), refused(400, "deadline_over"), "{name}={day}: {}", sent.shown.text());
        assert!(sent.shown.text().contains("has to lie ahead"), "{}", sent.shown.text());
    }
    let many: Vec<_> = (1..=41).map(|nth| ("item", nth.to_string())).collect();
    assert_eq!(press(&office, &page, task, "return", &many).await.shown.status.as_u16(), 400);
    let mark = press(&office, &page, task, "approve", &[("mark", "X".to_owned())]).await;
    assert_eq!(mark.shown.status.as_u16(), 400);
    stack.none("select count(*) from decisions").await;
    stack.finish().await;
}

/// How long a replica has what it claimed.
pub const LEASE: Duration = Duration::from_secs(30);

/// A store of its own, the database for looking, and two portals in which so many returns have been done for a minute.
pub async fn of_two_portals(returns: [i64; 2]) -> (Store, PgConnection, [PortalId; 2]) {
    let url = fresh_database(&server_url()).await;
    let store = Store::connect(&url.clone().into(), Keyring::new([]), World::system()).await.unwrap();
    store.migrate().await.unwrap();
    let mut database = PgConnection::connect(&url).await.unwrap();
    let portals = [1, 2].map(|nth| PortalId(uuid::Uuid::from_u128(nth)));
    for (portal, returns) in portals.iter().zip(returns) {
        let row =
            "insert into portals (portal_id, origin, endpoint, oauth_server, status) values ($1, '', '', '', 'new')";
        sqlx::query(row).bind(portal.0).execute(&mut database).await.unwrap();
        let rows =
            "insert into decisions (portal_id, decision_id, user_id, task_id, action, state, held_until, finished_at)
            select $1, gen_random_uuid(), 2, n, 'return', 'done', now(), now() - interval '1 minute'
            from generate_series(1::bigint, $2) n";
        sqlx::query(rows).bind(portal.0).bind(returns).execute(&mut database).await.unwrap();
    }
    (store, database, portals)
}

/// The same with a wish for each return.
async fn wished(returns: [i64; 2]) -> (Store, PgConnection, [PortalId; 2]) {
    let (store, mut database, portals) = of_two_portals(returns).await;
    let rows = "insert into followups (portal_id, decision_id, mark) select portal_id, decision_id, 'P' from decisions";
    sqlx::query(rows).execute(&mut database).await.unwrap();
    (store, database, portals)
}

/// As one round of another replica's worker does.
async fn claim(store: &Store) -> Vec<FollowupToCarry> {
    store.claim_followups(None, World::system().id().unwrap(), LEASE, 16).await.unwrap()
}

#[tokio::test]
async fn t35_a_portal_with_many_wishes_keeps_nobody_else_waiting() {
    let (store, _, [busy, other]) = wished([40, 3]).await;
    let of = |claimed: &[FollowupToCarry], portal| claimed.iter().filter(|wish| wish.portal == portal).count();
    let first = claim(&store).await;
    assert_eq!((of(&first, busy), of(&first, other)), (4, 3), "the other portal's come in the same round");
    assert!(claim(&store).await.is_empty(), "what another replica has in its hands counts");
    let ended: Vec<_> = first.iter().filter(|wish| wish.portal == busy).take(2).collect();
    for wish in ended {
        store.followup_ended(wish, &Followed::default()).await.unwrap();
    }
    let next = claim(&store).await;
    assert_eq!((of(&next, busy), next.len()), (2, 2), "as many as have ended");
}

#[tokio::test]
async fn f24_a_wish_is_its_carriers_as_long_as_they_say_that_they_live() {
    let (store, mut database, _) = wished([2, 0]).await;
    let claimed = claim(&store).await;
    let [kept, left] = &claimed[..] else { panic!("{claimed:?}") };
    assert_ne!(kept.decision, left.decision);
    // Longer than a lease lasts; one of them is extended.
    let later = "update followups set followup_lease_until = followup_lease_until - interval '31 seconds'";
    assert_eq!(sqlx::query(later).execute(&mut database).await.unwrap().rows_affected(), 2);
    assert_eq!(store.extend_followup(kept, LEASE).await.unwrap(), 1);
    let taken_over = claim(&store).await;
    let [taken] = &taken_over[..] else { panic!("{taken_over:?}") };
    assert_eq!(taken.decision, left.decision, "the other one alone is taken over");
    assert_eq!(store.extend_followup(left, LEASE).await.unwrap(), 0, "it is another replica's now");
    assert_eq!(store.extend_followup(taken, LEASE).await.unwrap(), 1);
    store.followup_ended(kept, &Followed::default()).await.unwrap();
    assert_eq!(store.extend_followup(kept, LEASE).await.unwrap(), 0, "it has ended");
    assert!(claim(&store).await.is_empty());
}

/// A worker's round costs what there is, not its square, or thousands of one portal's would keep everybody's from being told.
#[tokio::test]
async fn t35_thousands_of_one_portal_keep_nobody_else_waiting() {
    let (store, mut database, portals) = of_two_portals([6_000, 3]).await;
    let lease = || World::system().id().unwrap();
    let mut change = async |sql: &'static str| sqlx::raw_sql(sql).execute(&mut database).await.unwrap().rows_affected();
    let shared = |claimed: Vec<PortalId>| portals.map(|portal| claimed.iter().filter(|of| **of == portal).count());

    let told = "insert into reasons (portal_id, decision_id, body, delivery)
        select portal_id, decision_id, 'x', 'pending' from decisions; analyze";
    change(told).await;
    let reasons = store.claim_reasons(None, lease(), LEASE, 64).await.unwrap();
    assert_eq!(shared(reasons.iter().map(|one| one.portal).collect()), [4, 3]);
    assert!(store.claim_reasons(None, lease(), LEASE, 64).await.unwrap().is_empty(), "what is under way counts");

    let rung = "delete from reasons; delete from bells;
        insert into bells (portal_id, decision_id) select portal_id, decision_id from decisions";
    change(rung).await;
    let bells = store.claim_bells(lease(), LEASE, 64).await.unwrap();
    assert_eq!(shared(bells.iter().map(|one| one.portal).collect()), [4, 3]);

    let wished =
        "insert into followups (portal_id, decision_id, mark) select portal_id, decision_id, 'P' from decisions";
    assert_eq!(change(wished).await, 6_003);
    let wishes = store.claim_followups(None, lease(), LEASE, 64).await.unwrap();
    assert_eq!(shared(wishes.iter().map(|one| one.portal).collect()), [4, 3]);
}
