//! Tenants cannot meet by accident, and the schema can be distributed by `portal_id`: every key begins with it, and every
//! query is bound to one portal, but for the sweeps that are named here.

use crate::support::stack::{fresh_database, server_url};
use crate::sweeps;
use sqlx::{Connection, PgConnection};
use std::{fs, path::Path};

/// Queries over all portals, each of which works portal by portal on what it finds. One answers a person: by which portal's
/// address they come in from outside.
const SWEEPS: [(&str, &str); 34] = [
    ("select pg_is_in_recovery()", "readiness: whether there are tables, and nothing of them"),
    ("delete from snoozes where until", "retention"),
    ("delete from snooze_log where at", "retention"),
    ("delete from oauth_states where created_at", "retention"),
    ("delete from sessions where used_at", "retention"),
    ("delete from receipts where at", "retention"),
    ("delete from actions where at", "retention"),
    ("delete from credentials c where kind = 'user'", "retention: nobody uses them any more"),
    ("select portal_id from portals p where (status = 'gone'", "retention: installations to clear"),
    ("select portal_id from portals p where status in ('new'", "installations that nobody can act for any more"),
    ("insert into tombstones", "what is left of a portal has no portal_id, on purpose"),
    ("update tombstones set receipt_id", "the same"),
    (
        "select portal_id, endpoint, endpoint_sealed, oauth_server, status, closed, scopes, app_version, installed_by, \
      installed_at from portals where origin",
        "sign-in begins with a portal's name; its own answer decides",
    ),
    ("select distinct on (prefix) portal_id, user_id, access_sealed", "the operator's check of the sealing keys"),
    ("select portal_id, event_id, proof_sealed", "a change of the sealing key"),
    ("select portal_id, endpoint_sealed", "a change of the sealing key"),
    ("select portal_id, kind, user_id, access_sealed, refresh_sealed", "a change of the sealing key"),
    ("update events set due_at = now(), tries = 0", "the operator's replay"),
    (
        "select portal_id from portals where portal_id in (select distinct portal_id from decisions",
        "which portals have work",
    ),
    ("select d.portal_id, d.decision_id, user_id, task_id, action", "work that is due"),
    ("select c.portal_id, c.user_id, c.generation from credentials c", "dormant installations to keep alive"),
    ("update portals set tend_at", "whose turn it is to be tended"),
    ("update portals set check_at", "departures whose question is due"),
    ("update reasons set delivery = 'unknown' where delivery = 'sending'", "senders that died"),
    ("update bells set fate = 'unknown'", "senders that died"),
    ("update bells b set fate = 'ringing'", "notifications that are due"),
    ("delete from bells where ended_at", "retention"),
    ("delete from events where (portal_id, event_id) in", "retention"),
    ("update events set lease_id", "events that are due"),
    ("update decisions set state = 'unknown'", "decisions whose sender died"),
    ("update decisions set state = 'checking'", "decisions that are due, of portals that were just read"),
    ("select s.state as \"state!\"", "figures for /metrics"),
    ("select s.status as \"status!\"", "figures for /metrics"),
    ("select 'decision' as \"kind!\"", "figures for /metrics"),
];

fn queries() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let query =
        |file: String| serde_json::from_str::<serde_json::Value>(&file).unwrap()["query"].as_str().unwrap().to_owned();
    files.map(query).map(|query| query.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// It touches a table at all.
fn reads_rows(query: &str) -> bool {
    let words: Vec<&str> = query.split(' ').collect();
    let named = |pair: &[&str]| {
        ["from", "into", "update", "join"].contains(&pair[0].trim_start_matches('('))
            && pair[1].starts_with(|c: char| c.is_ascii_lowercase())
    };
    words.windows(2).any(named)
}

/// The portal is given: compared, or the first column of what is written.
fn is_bound(query: &str) -> bool {
    let compared = ["portal_id = $", "portal_id = any($"].iter().any(|said| query.contains(said));
    let written = query
        .split("insert into ")
        .nth(1)
        .and_then(|rest| rest.split_once('('))
        .is_some_and(|(_, columns)| columns.starts_with("portal_id"));
    compared || written
}

#[test]
fn t42_every_query_is_bound_to_a_portal_or_is_a_sweep_with_a_reason() {
    let queries: Vec<String> = queries().into_iter().filter(|query| reads_rows(query)).collect();
    assert!(queries.len() > 150, "{}", queries.len());
    let free: Vec<&String> = queries.iter().filter(|query| !is_bound(query)).collect();
    for query in &free {
        assert!(SWEEPS.iter().any(|(begins, _)| query.starts_with(begins)), "bound to no portal: {query}");
    }
    for (begins, _) in SWEEPS {
        assert!(free.iter().any(|query| query.starts_with(begins)), "no such sweep any more: {begins}");
    }
}

/// The worker's claims of what goes with a decision: of one decision, right after it, or of all that are due.
const CLAIMS: [&str; 2] = ["update followups f set fate = 'carrying'", "update reasons r set delivery = 'sending'"];

/// Scans of tables that have no condition on the portal, as Postgres would go about it for any values.
fn free_scans(plan: &[String]) -> Vec<&str> {
    let of_table = ["Seq Scan on ", "Index Scan using ", "Index Only Scan using ", "Bitmap Heap Scan on "];
    let is_free = |at: usize| {
        let own = plan[at + 1..].iter().take_while(|line| !line.contains("->"));
        of_table.iter().any(|scan| plan[at].contains(scan)) && !own.into_iter().any(|line| line.contains("portal_id"))
    };
    (0..plan.len()).filter(|at| is_free(*at)).map(|at| plan[at].trim()).collect()
}

/// A condition somewhere in a query's text may be of another table than the one that is read.
#[tokio::test]
async fn t42_every_table_of_a_query_is_read_for_its_portal() {
    let mut db = PgConnection::connect(&fresh_database(&server_url()).await).await.unwrap();
    sqlx::migrate!().run(&mut db).await.unwrap();
    // So that a table which is joined by its portal shows that in its own condition.
    let by_key = "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
        set plan_cache_mode = force_generic_plan";
    sqlx::raw_sql(by_key).execute(&mut db).await.unwrap();
    let (mut looked, mut free) = (0, Vec::new());
    for (query, parameters) in sweeps::queries() {
        let bare = query.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut of_all = SWEEPS.iter().map(|(begins, _)| *begins).chain(CLAIMS);
        if !reads_rows(&bare) || of_all.any(|begins| bare.starts_with(begins)) {
            continue;
        }
        looked += 1;
        let plan = sweeps::plan(&mut db, &query, parameters).await;
        free.extend(free_scans(&plan).iter().map(|scan| format!("{scan}\n  of {bare}\n")));
    }
    assert!(looked > 120, "{looked}");
    let foreign =
        "select user_id from sessions where token_hash = $1 and exists (select from portals where portal_id = $2)";
    let plan = sweeps::plan(&mut db, foreign, 2).await;
    assert!(is_bound(foreign) && free_scans(&plan).len() == 1, "its words are bound, its rows are not: {plan:?}");
    assert!(free.is_empty(), "{}", free.join("\n"));
}

#[tokio::test]
async fn t42_every_key_begins_with_the_portal() {
    let mut db = PgConnection::connect(&fresh_database(&server_url()).await).await.unwrap();
    sqlx::migrate!().run(&mut db).await.unwrap();
    // A tombstone is what is left when the portal is gone: it has the hash of a portal's id, and no portal_id.
    let free: Vec<(String, String)> = sqlx::query_as(
        "select c.conrelid::regclass::text, pg_get_constraintdef(c.oid) from pg_constraint c
         where contype in ('p', 'u', 'f') and connamespace = 'public'::regnamespace
           and conrelid::regclass::text not in ('tombstones', '_sqlx_migrations')
           and pg_get_constraintdef(c.oid) !~ '^(PRIMARY KEY|UNIQUE|FOREIGN KEY) \\(portal_id'
         union all
         select tablename, indexdef from pg_indexes
         where schemaname = 'public' and indexdef like 'CREATE UNIQUE%' and indexdef !~ '\\(portal_id'
           and tablename not in ('tombstones', '_sqlx_migrations')",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert!(free.is_empty(), "{free:?}");
    let without: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class t where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
           and relname not in ('tombstones', '_sqlx_migrations')
           and not exists (select from pg_constraint where conrelid = t.oid and contype = 'p')",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert!(without.is_empty(), "no key at all: {without:?}");
}
