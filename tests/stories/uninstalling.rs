//! The application is removed, or somebody says so: what is true is erased, what is not changes nothing.

use crate::return_a_task::install;
use crate::support::{
    Portal, Stack, Wish,
    decisions::{Office, RETURN},
    installed, refusal, refused,
    stack::free_port,
};
use futures_util::future::join_all;
use serde_json::json;
use sqlx::Row;
use std::time::{Duration, Instant};

/// When an uninstall is confirmed.
pub fn checks(at: &str) -> Wish {
    Wish { env: vec![("HANDBACK_UNINSTALL_CHECKS", at.to_owned())], ..Wish::default() }
}

/// An uninstall event with the portal's shared secret, whoever sends it.
pub async fn said(stack: &Stack, portal: &Portal, clean: bool) -> u64 {
    let event = json!({"event": "ONAPPUNINSTALL", "data": {"CLEAN": if clean { "1" } else { "0" }, "LANGUAGE_ID": "en"},
                       "url": format!("{}/events", stack.public_url())});
    stack.bitrix.event(portal, event).await
}

pub async fn remove(stack: &Stack, portal: &Portal, clean: bool, with_event: bool) {
    let how = json!({"clean": clean, "send_event": with_event});
    stack.bitrix.post(&format!("portals/{}/uninstall", portal.member_id), how).await;
}

pub async fn reaches(stack: &Stack, portal: &Portal, status: &str) {
    let other =
        format!("select count(*) from portals where portal_id = '{}'::uuid and status <> '{status}'", portal.member_id);
    stack.none(&other).await;
}

/// How many rows of a portal each table has.
pub async fn rows_of(stack: &Stack, portal: &Portal) -> Vec<(String, i64)> {
    let tables = sqlx::query(
        "select table_name::text from information_schema.columns c join information_schema.tables using (table_schema, table_name)
         where table_schema = 'public' and column_name = 'portal_id' and table_type = 'BASE TABLE' order by 1",
    );
    let tables = tables.fetch_all(&mut stack.database().await).await.unwrap();
    let mut rows = Vec::new();
    for table in tables.iter().map(|row| row.get::<String, _>(0)) {
        let count = format!("select count(*) from {table} where portal_id = '{}'::uuid", portal.member_id);
        let count = stack.count(&count).await;
        if count > 0 {
            rows.push((table, count));
        }
    }
    rows
}

#[tokio::test]
async fn t09_an_employees_forged_uninstall_changes_nothing() {
    let stack = Stack::with(checks("0s,1s,3s")).await;
    let portal = installed(&stack).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let task = bitrix.waiting(&portal, &["Prepare the offer"]).await[0];
    let kept = "select count(*) from credentials where kind = 'installer' and state = 'good' and generation = 1";
    bitrix.forget_journal().await;

    assert_eq!(said(&stack, &portal, true).await, 200);
    stack.dealt_with().await;
    assert_eq!(stack.status(&portal).await.as_deref(), Some("leaving"), "it is looked into");
    // Whoever works goes on working.
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    let after = visitor.press(&queue, task, "return", "The totals do not match").await;
    assert_eq!(after.status.as_u16(), 200, "{}", after.text());
    stack.none("select count(*) from decisions where state <> 'done'").await;

    reaches(&stack, &portal, "active").await;
    assert_eq!(stack.count(kept).await, 1, "the tokens are the same");
    let server =
        bitrix.calls("app.info").await.into_iter().filter(|call| call["on"] == "oauth" && call["user_id"] == 1);
    assert_eq!(server.count(), 3, "it was asked at every time");
    assert!(stack.logs().contains("forged or wrong"), "the operator hears of it");
    assert_eq!(stack.count("select count(*) from portals where left_at is null and clean is null").await, 1);
    stack.finish().await;
}

/// What the server says of an access token that has grown old is nowhere written; the refresh token is the second question.
#[tokio::test]
async fn t09_a_token_that_has_grown_old_is_no_proof_of_a_departure() {
    let stack = Stack::with(checks("0s,1s")).await;
    let portal = installed(&stack).await;
    for code in ["ERROR_OAUTH", "invalid_token"] {
        let old =
            json!({"on": "oauth", "method": "app.info", "kind": "error", "status": 401, "code": code, "times": 1});
        stack.bitrix.fault(old).await;
        assert_eq!(said(&stack, &portal, true).await, 200);
        stack.dealt_with().await;
        reaches(&stack, &portal, "active").await;
        assert_eq!(stack.status(&portal).await.as_deref(), Some("active"), "{code}");
        tokio::time::sleep(Duration::from_millis(1100)).await; // the same event in the same second is the same one
    }
    assert_eq!(stack.count("select count(*) from tombstones").await, 0);
    stack.finish().await;
}

/// Three may be asked beside the installer: not those alone who opened last, for their tokens may have died.
#[tokio::test]
async fn t09_whoever_has_good_tokens_speaks_for_the_portal_before_those_whose_have_died() {
    let stack = Stack::with(checks("0s,1s")).await;
    let portal = installed(&stack).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let mut pages = Vec::new();
    for person in [5, 2, 3, 4] {
        pages.push(visitor.open(&bitrix.open(&portal, person, "DEFAULT").await).await);
    }
    // The tokens of the installer and of the three who came last die, and the three find out.
    for person in [1, 2, 3, 4] {
        bitrix.post(&format!("portals/{}/revoke", portal.member_id), json!({"user_id": person})).await;
    }
    for answer in join_all(pages[1..].iter().map(|page| visitor.go("/queue", page))).await {
        assert_eq!(refusal(&answer), refused(401, "sign_in_again"));
    }
    let good = "select count(*) from credentials where kind = 'user' and state = 'good'";
    assert_eq!(stack.count(good).await, 1);

    assert_eq!(said(&stack, &portal, true).await, 200);
    stack.dealt_with().await;
    reaches(&stack, &portal, "active").await;
    assert_eq!(stack.status(&portal).await.as_deref(), Some("active"), "it is not erased");
    assert!(stack.logs().contains("forged or wrong"));
    assert_eq!(stack.count(good).await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn t09_nothing_is_erased_without_an_answer() {
    let stack = Stack::with(checks("0s,1s")).await;
    let portal = installed(&stack).await;
    let bitrix = &stack.bitrix;
    bitrix.fault(json!({"on": "oauth", "method": "app.info", "kind": "html", "status": 502, "times": 1})).await;
    remove(&stack, &portal, true, true).await;
    stack.dealt_with().await;
    stack.none("select count(*) from portals where check_at < now() + interval '1 second'").await;
    assert_eq!(stack.status(&portal).await.as_deref(), Some("leaving"), "the authorization server stumbled");
    stack.change("update portals set check_at = now()").await;
    stack.departed(&portal).await;
    assert_eq!(rows_of(&stack, &portal).await, []);
    stack.finish().await;
}

#[tokio::test]
async fn t10_an_outsider_uninstalls_nothing() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    let before = stack.kept().await;
    for secret in ["", "&auth[application_token]=", "&auth[application_token]=00000000000000000000000000000000"] {
        let body = format!("event=ONAPPUNINSTALL&data[CLEAN]=1&auth[member_id]={}{secret}", portal.member_id);
        let answer = stack.visitor().post_raw("/events", body).await;
        assert_eq!(refusal(&answer), refused(403, "not_genuine"), "{secret}");
    }
    assert_eq!(stack.kept().await, before);
    stack.finish().await;
}

#[tokio::test]
async fn t60_after_a_clean_uninstall_only_a_tombstone_is_left() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let (bitrix, portal, visitor) = (&stack.bitrix, office.portal.clone(), stack.visitor());
    install(bitrix, &visitor, &portal).await;
    stack.dealt_with().await;
    let tasks = office.waiting(2).await;
    let queue = office.queue(2).await;
    visitor.press(&queue, tasks[0], "return", "The totals do not match").await;
    visitor.press(&queue, tasks[1], "approve", "").await;
    stack.none("select count(*) from decisions where state <> 'done'").await;
    visitor.get(&format!("/connect?domain={}", portal.domain), "").await;
    let tables: Vec<String> = rows_of(&stack, &portal).await.into_iter().map(|(table, _)| table).collect();
    for table in ["credentials", "decisions", "events", "oauth_states", "portals", "reasons", "sessions"] {
        assert!(tables.contains(&table.to_owned()), "{table} had something to erase: {tables:?}");
    }

    remove(&stack, &portal, true, true).await;
    stack.departed(&portal).await;
    assert_eq!(rows_of(&stack, &portal).await, []);
    let receipt = "select count(*) from tombstones where clean and asked_by = 'departure' and receipt_id is not null
                       and (rows->>'decisions')::int = 2 and (rows->>'reasons')::int = 1";
    assert_eq!(stack.count(receipt).await, 1, "how much was erased can be proved");
    let dump = stack.dump().await;
    let dashed = sqlx::query("select $1::uuid::text").bind(&portal.member_id);
    let dashed: String = dashed.fetch_one(&mut stack.database().await).await.unwrap().get(0);
    assert!(!dump.contains(&portal.member_id) && !dump.contains(&dashed) && !dump.contains(&portal.domain));
    assert_eq!(said(&stack, &portal, true).await, 403, "what comes late is nobody's");

    install(bitrix, &visitor, &portal).await;
    stack.dealt_with().await;
    assert_eq!(stack.status(&portal).await.as_deref(), Some("active"), "a second installation works");
    assert_eq!(stack.count("select count(*) from decisions").await, 0, "and begins empty");
    stack.finish().await;
}

#[tokio::test]
async fn p03_p05_without_clean_decisions_wait_for_a_reinstallation_and_nothing_else_does() {
    let mut stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let (bitrix, portal, visitor) = (stack.bitrix.clone(), office.portal.clone(), stack.visitor());
    install(&bitrix, &visitor, &portal).await;
    stack.dealt_with().await;
    let task = office.waiting(1).await[0];
    visitor.press(&office.queue(2).await, task, "return", "The totals do not match").await;
    stack.none("select count(*) from decisions where state <> 'done'").await;
    visitor.post("/data/export", &[("session", &office.queue(2).await.session().unwrap()), ("whose", "me")]).await;
    assert_eq!(stack.count("select count(*) from receipts").await, 1);
    remove(&stack, &portal, false, true).await;
    stack.departed(&portal).await;
    let kept = [("decisions".to_owned(), 1), ("portals".to_owned(), 1), ("reasons".to_owned(), 1)];
    assert_eq!(rows_of(&stack, &portal).await.into_iter().filter(|(t, _)| t != "actions").collect::<Vec<_>>(), kept);
    assert_eq!(stack.count("select count(*) from portals where application_token_hash is null").await, 1);
    assert_eq!(said(&stack, &portal, true).await, 403, "its secret is forgotten");

    install(&bitrix, &visitor, &portal).await;
    stack.dealt_with().await;
    assert_eq!(stack.status(&portal).await.as_deref(), Some("active"));
    assert_eq!(stack.count("select count(*) from decisions").await, 1, "the history is there again");

    remove(&stack, &portal, false, true).await;
    stack.departed(&portal).await;
    stack.change("update portals set left_at = now() - interval '29 days 23 hours'").await;
    stack.start_replica(free_port()).await;
    assert_eq!(stack.status(&portal).await.as_deref(), Some("gone"), "a start sweeps; not yet");
    stack.change("update portals set left_at = now() - interval '30 days 1 minute'").await;
    stack.start_replica(free_port()).await;
    stack.none("select count(*) from portals").await;
    assert_eq!(rows_of(&stack, &portal).await, []);
    stack.finish().await;
}

/// Years of a large portal take longer than a request may.
#[tokio::test]
async fn t60_a_portal_whose_rows_take_long_to_remove_is_closed_at_the_first_answer() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    let slow = "create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(6); return null; end $$;
        create trigger events_dawdle before delete on events for each statement execute function dawdle()";
    sqlx::raw_sql(slow).execute(&mut stack.database().await).await.unwrap();
    let began = Instant::now();
    remove(&stack, &portal, false, true).await;
    let present =
        format!("select count(*) from portals where portal_id = '{}'::uuid and status <> 'gone'", portal.member_id);
    stack.none_within(Duration::from_secs(60), &present).await;
    assert!(began.elapsed() > Duration::from_secs(6), "it took its time: {:?}", began.elapsed());
    assert!(!stack.logs().contains("a departure could not be confirmed yet"), "at the first answer");
    assert_eq!(stack.status(&portal).await.as_deref(), Some("gone"));
    assert_eq!(stack.count("select count(*) from credentials").await, 0);
    let kept: Vec<_> = rows_of(&stack, &portal).await.into_iter().map(|(table, _)| table).collect();
    assert_eq!(kept, ["portals"]);
    stack.finish().await;
}

#[tokio::test]
async fn f36_what_is_held_when_the_application_is_removed_is_not_sent() {
    let stack = Stack::with(Wish { undo: "3s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let (bitrix, portal, visitor) = (&stack.bitrix, office.portal.clone(), stack.visitor());
    install(bitrix, &visitor, &portal).await;
    stack.dealt_with().await;
    let tasks = office.waiting(5).await;
    let queue = office.queue(2).await;
    for task in &tasks {
        visitor.press(&queue, *task, "return", "The totals do not match").await;
    }
    bitrix.forget_journal().await;
    remove(&stack, &portal, false, true).await;
    stack.departed(&portal).await;
    assert_eq!(stack.count("select count(*) from decisions where state = 'cancelled'").await, 5);
    assert_eq!(stack.count("select count(*) from reasons where delivery = 'dropped'").await, 5);
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let to_portal: Vec<_> = bitrix.journal().await.into_iter().filter(|call| call["on"] == "portal").collect();
    assert_eq!(to_portal, Vec::<serde_json::Value>::new(), "no call after it left");
    assert!(bitrix.calls(RETURN).await.is_empty());
    stack.finish().await;
}

#[tokio::test]
async fn f36_a_portal_that_is_said_to_leave_waits_for_the_first_answer() {
    let stack = Stack::with(checks("4s,5s")).await;
    let portal = installed(&stack).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let task = bitrix.waiting(&portal, &["Prepare the offer"]).await[0];
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    assert_eq!(said(&stack, &portal, false).await, 200);
    stack.dealt_with().await;
    bitrix.forget_journal().await;
    visitor.press(&queue, task, "return", "The totals do not match").await;
    stack.none("select count(*) from decisions where state <> 'done'").await;
    let methods: Vec<_> = bitrix.journal().await.into_iter().map(|call| call["method"].clone()).collect();
    let at = |method: &str| methods.iter().position(|m| m == method);
    assert!(at("app.info").is_some() && at("app.info") < at(RETURN), "not before it is known: {methods:?}");
    assert_eq!(bitrix.calls(RETURN).await.len(), 1, "a false alarm only delays");
    reaches(&stack, &portal, "active").await;
    stack.finish().await;
}

#[tokio::test]
async fn f36_nothing_else_is_sent_either_before_the_first_answer() {
    let stack = Stack::with(checks("6s,7s")).await;
    let portal = installed(&stack).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let tasks = bitrix.waiting(&portal, &["Prepare the offer", "Order chairs", "Call the bank"]).await;
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    for task in &tasks {
        visitor.press(&queue, *task, "return", "The totals do not match").await;
    }
    stack.none("select count(*) from decisions where state <> 'done'").await;
    stack.none("select count(*) from reasons where delivery in ('pending', 'sending')").await;
    assert_eq!(said(&stack, &portal, false).await, 200);
    stack.dealt_with().await;
    // One kind of each: what of a decision comes later waits for what comes before.
    let of = |task: i64| format!("select portal_id, decision_id from decisions where task_id = {task}");
    stack
        .change(&format!(
            "update reasons set delivery = 'pending', via = null, tries = 1, lease_until = null
         where (portal_id, decision_id) in ({})",
            of(tasks[0])
        ))
        .await;
    stack
        .change(&format!(
            "insert into followups (portal_id, decision_id, mark, followup_tries)
         select portal_id, decision_id, 'N', 1 from ({}) d",
            of(tasks[1])
        ))
        .await;
    stack.change(&format!("insert into bells (portal_id, decision_id) {}", of(tasks[2]))).await;
    let waits = "select (select count(*) from reasons where delivery = 'pending' and tries = 1)
         + (select count(*) from followups where fate = 'pending' and followup_tries = 1)
         + (select count(*) from bells where fate = 'pending' and bell_tries = 0)";
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(stack.count("select count(*) from portals where status = 'leaving' and checks = 0").await, 1);
    assert_eq!(stack.count(waits).await, 3, "all of it waits");
    reaches(&stack, &portal, "active").await;
    stack
        .none(
            "select (select count(*) from reasons where delivery in ('pending', 'sending'))
         + (select count(*) from followups where fate in ('pending', 'carrying'))
         + (select count(*) from bells where fate in ('pending', 'ringing'))",
        )
        .await;
    stack.finish().await;
}

#[tokio::test]
async fn t41_an_opening_from_before_the_departure_brings_nothing_back() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let opening = bitrix.open(&portal, 2, "DEFAULT").await;
    assert_eq!(visitor.open(&opening).await.status.as_u16(), 200);
    remove(&stack, &portal, false, true).await;
    stack.departed(&portal).await;
    assert_eq!(refusal(&visitor.open(&opening).await), refused(403, "not_genuine"), "whatever was known of its token");
    assert_eq!(stack.status(&portal).await.as_deref(), Some("gone"));
    assert_eq!(stack.count("select count(*) from sessions").await, 0);
    stack.finish().await;
}

#[tokio::test]
async fn f37_an_uninstall_event_that_comes_after_the_reinstallation_is_ignored() {
    let stack = Stack::with(checks("0s,1s")).await;
    let portal = installed(&stack).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    remove(&stack, &portal, true, false).await;
    install(bitrix, &visitor, &portal).await;
    stack.dealt_with().await;
    assert_eq!(said(&stack, &portal, true).await, 200, "late");
    stack.dealt_with().await;
    reaches(&stack, &portal, "active").await;
    let rows = rows_of(&stack, &portal).await;
    assert!(rows.contains(&("credentials".to_owned(), 1)) && rows.contains(&("portals".to_owned(), 1)), "{rows:?}");
    assert_eq!(stack.count("select count(*) from tombstones").await, 0);
    stack.finish().await;
}

#[tokio::test]
async fn an_uninstall_event_that_was_lost_is_found_out_while_tending() {
    let stack = Stack::start().await;
    let portal = installed(&stack).await;
    remove(&stack, &portal, true, false).await;
    stack.change("update portals set tend_at = now()").await;
    stack.departed(&portal).await;
    let kept: Vec<_> = rows_of(&stack, &portal).await.into_iter().map(|(table, _)| table).collect();
    assert_eq!(kept, ["portals"], "nobody said that everything is to be erased");
    stack.finish().await;
}

#[tokio::test]
async fn a_half_finished_installation_is_cleared_by_age() {
    let mut stack = Stack::start().await;
    let bitrix = stack.bitrix.clone();
    let portal = bitrix.portal().await;
    bitrix.people(&portal).await;
    let fault =
        json!({"on": "portal", "method": "event.bind", "kind": "error", "status": 400, "code": "ERROR_ARGUMENT"});
    bitrix.fault(fault).await;
    let page = stack.visitor().open(&bitrix.open(&portal, 1, "INSTALL").await).await;
    assert_eq!(page.may_finish(), Some(false));
    let aged = "update portals set tend_at = now() + interval '1 day', opened_at = now() - interval '7 days 1 hour', updated_at =";
    stack.change(&format!("{aged} now() - interval '6 days 23 hours'")).await;
    stack.change("delete from sessions").await;
    stack.start_replica(free_port()).await;
    assert_eq!(stack.status(&portal).await.as_deref(), Some("new"), "not yet");
    stack.change(&format!("{aged} now() - interval '7 days 1 hour'")).await;
    stack.start_replica(free_port()).await;
    stack.none("select count(*) from portals").await;
    assert_eq!(rows_of(&stack, &portal).await, []);
    let receipt = "select count(*) from tombstones where asked_by = 'age' and (rows->>'decisions')::int = 0";
    assert_eq!(stack.count(receipt).await, 1);
    stack.finish().await;
}
