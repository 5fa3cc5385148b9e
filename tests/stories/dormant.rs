//! What nobody uses: dormant portals are kept alive, and people's pairs are not kept for ever.

use crate::support::{Portal, Stack, decisions::*, installed, stack::free_port};
use crate::uninstalling::checks;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn age(stack: &Stack, portal: &Portal, days: f64, status: &str) {
    let id = &portal.member_id;
    let days = format!("now() - interval '1 day' * {days}");
    let more = match status {
        "suspended" => ", closed = 'unpaid'",
        "leaving" | "gone" => ", left_at = now()",
        _ => "",
    };
    stack.change(&format!("update portals set status = '{status}'{more} where portal_id = '{id}'::uuid")).await;
    let pair = format!("portal_id = '{id}'::uuid and kind = 'installer'");
    stack.change(&format!("update credentials set updated_at = {days}, expires_at = {days} where {pair}")).await;
}

/// Whose installer pairs were renewed since the journal was forgotten, after a replica has looked and more than looked.
async fn renewed(stack: &mut Stack, count: usize) -> Vec<Value> {
    stack.bitrix.forget_journal().await;
    stack.start_replica(free_port()).await;
    for _ in 0..100 {
        if stack.bitrix.calls(RENEWAL).await.len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    stack.bitrix.calls(RENEWAL).await.into_iter().map(|call| call["member_id"].clone()).collect()
}

#[tokio::test]
async fn a_dormant_portal_is_kept_alive_once_in_a_hundred_and_fifty_days_and_no_other() {
    let mut stack = Stack::start().await;
    let dormant = installed(&stack).await;
    age(&stack, &dormant, 150.1, "active").await;
    let mut others = Vec::new();
    for (days, status) in
        [(149.9, "active"), (170.0, "leaving"), (170.0, "suspended"), (170.0, "gone"), (170.0, "active")]
    {
        let portal = installed(&stack).await;
        age(&stack, &portal, days, status).await;
        others.push(portal);
    }
    let lost = &others[4];
    let marked = format!("where portal_id = '{}'::uuid", lost.member_id);
    stack.change(&format!("update credentials set state = 'reauth_required' {marked}")).await;
    assert_eq!(renewed(&mut stack, 1).await, [json!(dormant.member_id)]);
    assert_eq!(renewed(&mut stack, 1).await, Vec::<Value>::new(), "and not on a schedule");
    let young = "select count(*) from credentials where updated_at > now() - interval '1 minute' and generation > 1";
    assert_eq!(stack.count(young).await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn a_few_dormant_portals_are_kept_alive_at_a_time_the_oldest_first() {
    let mut stack = Stack::start().await;
    let mut portals = Vec::new();
    for nth in 0..7 {
        let portal = installed(&stack).await;
        age(&stack, &portal, f64::from(170 - nth), "active").await;
        portals.push(json!(portal.member_id));
    }
    assert_eq!(renewed(&mut stack, 5).await, portals[..5]);
    assert_eq!(renewed(&mut stack, 2).await, portals[5..], "the others in the next round");
    stack.finish().await;
}

/// `invalid_client` is the answer for a removed application. What cannot be renewed gives its turn to others, and is no alarm.
#[tokio::test]
async fn dormant_portals_that_were_removed_keep_no_others_from_being_kept_alive() {
    let mut stack = Stack::start().await;
    let mut portals = Vec::new();
    for nth in 0..7 {
        let portal = installed(&stack).await;
        age(&stack, &portal, f64::from(170 - nth), "active").await;
        if nth < 5 {
            let mut refuse = json!({"on": "oauth", "method": RENEWAL, "kind": "error", "status": 400, "code": "invalid_client", "times": 0});
            refuse["member_id"] = json!(portal.member_id);
            stack.bitrix.fault(refuse).await;
        }
        portals.push(json!(portal.member_id));
    }
    let of = |renewed: &[Value]| portals.iter().map(|portal| renewed.contains(portal)).collect::<Vec<_>>();
    let first = renewed(&mut stack, 5).await;
    assert_eq!(of(&first), [true, true, true, true, true, false, false]);
    // Ten minutes later, in the next round.
    stack.change("update credentials set retry_at = retry_at - interval '10 minutes' where retry_at is not null").await;
    assert_eq!(of(&renewed(&mut stack, 2).await), [false, false, false, false, false, true, true]);
    let good = "select count(*) from credentials where kind = 'installer' and generation > 1";
    assert_eq!(stack.count(good).await, 2);
    assert!(!stack.logs().contains("ALARM"), "our own keys are good");
    stack.bitrix.clear_faults().await;
    stack.finish().await;
}

/// Its pair is of no use, whatever the answer is called: the confirmation does not wait for it, and it has no further turn.
#[tokio::test]
async fn a_dormant_portal_that_has_left_without_a_word_is_asked_about_once() {
    let mut stack = Stack::with(checks("0s,1s")).await;
    let portal = installed(&stack).await;
    age(&stack, &portal, 160.0, "active").await;
    for (method, code) in [(RENEWAL, "NOT_INSTALLED"), ("app.info", "expired_token")] {
        let mut fault =
            json!({"on": "oauth", "method": method, "kind": "error", "status": 401, "code": code, "times": 0});
        fault["member_id"] = json!(portal.member_id);
        stack.bitrix.fault(fault).await;
    }
    assert_eq!(renewed(&mut stack, 1).await, [json!(portal.member_id)]);
    stack.none("select count(*) from portals where status <> 'active'").await;
    assert_eq!(
        stack.count("select count(*) from credentials where kind = 'installer' and state = 'reauth_required'").await,
        1
    );
    stack.bitrix.clear_faults().await;
    stack.finish().await;
}

/// An uninstall whose event was lost: nothing tells of it but that its tokens have died and nobody comes.
#[tokio::test]
async fn p82_a_portal_that_nobody_can_act_for_and_nobody_opens_departs_by_age() {
    let mut stack = Stack::start().await;
    let (lost, opened, alive) = (installed(&stack).await, installed(&stack).await, installed(&stack).await);
    for (portal, days, since) in [(&lost, 181.0, 211), (&opened, 181.0, 209), (&alive, 170.0, 211)] {
        age(&stack, portal, days, "active").await;
        let id = &portal.member_id;
        stack
            .change(&format!(
                "update portals set opened_at = now() - interval '{since} days' where portal_id = '{id}'::uuid"
            ))
            .await;
    }
    let refuse = json!({"on": "oauth", "method": RENEWAL, "kind": "html", "status": 503, "times": 0});
    stack.bitrix.fault(refuse).await;
    stack.start_replica(free_port()).await;
    let status = async |portal: &Portal| stack.status(portal).await.unwrap_or_default();
    stack
        .none(&format!(
            "select count(*) from portals where portal_id = '{}'::uuid and status <> 'gone'",
            lost.member_id
        ))
        .await;
    assert_eq!([status(&opened).await, status(&alive).await], ["active", "active"]);
    let left = format!("select count(*) from credentials where portal_id = '{}'::uuid", lost.member_id);
    assert_eq!(stack.count(&left).await, 0);
    // Said when it is done.
    let began = Instant::now();
    while !stack.logs().contains("departed by age") {
        assert!(began.elapsed() < Duration::from_secs(5), "nothing is said");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stack.bitrix.clear_faults().await;
    stack.finish().await;
}

#[tokio::test]
async fn t07_the_installers_pair_may_become_another_administrators_and_nobody_elses() {
    let mut stack = Stack::start().await;
    let (heir, thief) = (installed(&stack).await, installed(&stack).await);
    let boss = json!({"users": [{"id": 8, "name": "Bea", "last_name": "Boss", "admin": true}]});
    stack.bitrix.scenario(&heir, boss).await;
    for (portal, to) in [(&heir, 8), (&thief, STRANGER)] {
        let path = format!("portals/{}/rehome", portal.member_id);
        stack.bitrix.post(&path, json!({"from": ADMIN, "to": to})).await;
        age(&stack, portal, 160.0, "active").await;
    }
    assert_eq!(renewed(&mut stack, 2).await.len(), 2);
    let rows = "select count(*) from credentials where kind = 'installer' and";
    let (heir_id, thief_id) = (&heir.member_id, &thief.member_id);
    let kept = format!("{rows} portal_id = '{heir_id}'::uuid and user_id = 8 and state = 'good' and generation = 2");
    assert_eq!(stack.count(&kept).await, 1);
    let discarded = format!(
        "{rows} portal_id = '{thief_id}'::uuid and user_id = 1 and state = 'reauth_required' and generation = 1"
    );
    assert_eq!(stack.count(&discarded).await, 1);
    assert_eq!(stack.count(&rows.replace(" and", "").replace("where kind", "where true and kind")).await, 2);
    assert!(stack.logs().contains("a renewal answered for somebody else"));
    // The new administrator's pair opens where it stands, and is renewed as any other.
    age(&stack, &heir, 160.0, "active").await;
    assert_eq!(renewed(&mut stack, 1).await, [json!(heir.member_id)]);
    stack.finish().await;
}

/// Whose own pairs are there, after a replica has swept.
async fn kept_after_sweeping(stack: &mut Stack) -> Vec<i64> {
    stack.start_replica(free_port()).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let kept = "select user_id from credentials where kind = 'user' order by 1";
    sqlx::query_scalar(kept).fetch_all(&mut stack.database().await).await.unwrap()
}

#[tokio::test]
async fn a_persons_pair_is_deleted_a_day_after_their_last_session_and_open_decision() {
    let mut stack = Stack::start().await;
    let portal = installed(&stack).await;
    let visitor = stack.visitor();
    for person in [1, 2, 3, 4, 5] {
        visitor.open(&stack.bitrix.open(&portal, person, "DEFAULT").await).await;
    }
    stack.change("update credentials set updated_at = now() - interval '30 hours'").await;
    stack.change("update sessions set used_at = now() - interval '25 hours', created_at = now() - interval '26 hours' where user_id <> 2").await;
    stack.change("update sessions set used_at = now() - interval '23 hours', created_at = now() - interval '26 hours' where user_id = 2").await;
    for (person, state, finished) in
        [(3, "held", "null"), (4, "done", "now() - interval '23 hours'"), (5, "done", "now() - interval '25 hours'")]
    {
        stack.change(&format!(
            "insert into decisions (portal_id, decision_id, user_id, task_id, action, state, held_until, finished_at)
             values ('{}'::uuid, gen_random_uuid(), {person}, {person}, 'return', '{state}', now() + interval '1 day', {finished})",
            portal.member_id
        )).await;
    }
    assert_eq!(kept_after_sweeping(&mut stack).await, [2, 3, 4], "a session, an open decision, one that ended today");
    stack.change("update sessions set used_at = now() - interval '25 hours'").await;
    stack.change("update decisions set state = 'cancelled', finished_at = now() - interval '25 hours'").await;
    assert_eq!(kept_after_sweeping(&mut stack).await, Vec::<i64>::new());
    assert_eq!(stack.count("select count(*) from credentials where kind = 'installer'").await, 1, "the portal's stays");
    stack.finish().await;
}
