//! What goes over all portals does not read them all: with a hundred thousand of them a sweep would no longer end within the
//! five seconds that a statement has.

use crate::support::stack::{fresh_database, server_url};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{fs, path::Path};

/// How each begins, and which tables and indexes it may read whole: those with few rows whatever the number of portals.
/// "by": where the plan could also go through another table's keys, which are as many, the index that it goes by.
const OF_ALL_PORTALS: [(&str, &[&str]); 23] = [
    ("select portal_id from portals where portal_id in (select distinct portal_id from decisions", &["decisions_due"]),
    ("update decisions set state = 'unknown'", &["decisions_due"]),
    ("update reasons set delivery = 'unknown' where delivery = 'sending'", &["reasons_due"]),
    ("update reasons r set delivery = 'sending'", &["reasons_due", "followups_due", "portals_checks"]),
    ("update followups f set fate = 'carrying'", &["followups_due", "portals_checks"]),
    ("update bells set fate = 'unknown'", &["bells_due"]),
    ("update bells b set fate = 'ringing'", &["bells_due", "reasons_due", "followups_due", "portals_checks"]),
    ("select portal_id from portals p where status in ('new'", &[]),
    ("delete from bells where ended_at", &[]),
    ("update events set lease_id", &[]),
    ("update portals set check_at = now() + make_interval(secs => $1) where portal_id in", &[]),
    ("update portals set tend_at = now() + interval '1 hour'", &["by portals_tend_used"]),
    ("select c.portal_id, c.user_id, c.generation from credentials c", &[]),
    ("delete from sessions where used_at", &[]),
    // They live for ten minutes.
    ("delete from oauth_states where created_at", &["oauth_states", "oauth_states_pkey"]),
    ("delete from credentials c where kind = 'user'", &["by credentials_unused"]),
    ("delete from events where (portal_id, event_id) in", &[]),
    ("select portal_id from portals p where (status = 'gone'", &[]),
    ("delete from actions where at", &[]),
    ("delete from snoozes where until", &[]),
    ("delete from snooze_log where at", &[]),
    ("delete from receipts where at", &[]),
    // Counts them: forty bytes for each.
    ("select s.status as \"status!\"", &["portals_status"]),
];

/// Each checked query with its comments, and how many parameters it has.
pub fn queries() -> Vec<(String, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let query = |file: String| {
        let file: Value = serde_json::from_str(&file).unwrap();
        (
            file["query"].as_str().unwrap().to_owned(),
            file["describe"]["parameters"]["Left"].as_array().map_or(0, Vec::len),
        )
    };
    files.map(query).collect()
}

fn begins_with(query: &str, words: &str) -> bool {
    query.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(words)
}

/// How Postgres would go about it when it must not read a table whole if there is any other way.
pub async fn plan(db: &mut PgConnection, query: &str, parameters: usize) -> Vec<String> {
    let nulls = vec!["null"; parameters].join(", ");
    let given = if parameters == 0 { String::new() } else { format!("({nulls})") };
    for sql in ["deallocate all".to_owned(), format!("prepare sweep as {query}")] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *db).await.unwrap();
    }
    let explain = format!("explain (costs off) execute sweep{given}");
    sqlx::query_scalar(AssertSqlSafe(explain)).persistent(false).fetch_all(db).await.unwrap()
}

/// What it reads from one end to the other: tables, and indexes without a condition.
fn read_whole(plan: &[String]) -> Vec<&str> {
    let mut whole = Vec::new();
    for (at, line) in plan.iter().enumerate() {
        let named = |said: &str| line.split_once(said).and_then(|(_, rest)| rest.split(' ').next());
        if let Some(table) = named("Seq Scan on ") {
            whole.push(table);
        }
        let index = named("Index Scan using ").or_else(|| named("Index Only Scan using "));
        if let Some(index) = index.or_else(|| named("Bitmap Index Scan on ")) {
            let own = plan[at + 1..].iter().take_while(|line| !line.contains("->"));
            if !own.into_iter().any(|line| line.contains("Index Cond")) {
                whole.push(index);
            }
        }
    }
    whole
}

#[tokio::test]
async fn no_sweep_reads_a_table_that_grows_with_the_portals() {
    let mut db = PgConnection::connect(&fresh_database(&server_url()).await).await.unwrap();
    sqlx::migrate!().run(&mut db).await.unwrap();
    sqlx::raw_sql("set enable_seqscan = off; set plan_cache_mode = force_generic_plan").execute(&mut db).await.unwrap();
    let queries = queries();
    for (begins, may) in OF_ALL_PORTALS {
        let found = queries.iter().find(|(query, _)| begins_with(query, begins));
        let (query, parameters) = found.unwrap_or_else(|| panic!("no such query: {begins}"));
        let plan = plan(&mut db, query, *parameters).await;
        let whole: Vec<&str> = read_whole(&plan).into_iter().filter(|name| !may.contains(name)).collect();
        let by = may.iter().filter_map(|name| name.strip_prefix("by ")).all(|index| plan.join("").contains(index));
        assert!(whole.is_empty() && by, "{begins} reads {whole:?} whole:\n{}", plan.join("\n"));
    }
}

/// A person who has decided for years does not wait longer for their list.
#[tokio::test]
async fn the_decisions_of_years_are_not_read_for_a_page() {
    let mut db = PgConnection::connect(&fresh_database(&server_url()).await).await.unwrap();
    sqlx::migrate!().run(&mut db).await.unwrap();
    let set = "set enable_seqscan = off; set plan_cache_mode = force_generic_plan";
    // Most have decided little, so that Postgres thinks little of reading all of it.
    let rows = "insert into portals (portal_id, origin, endpoint, oauth_server, status) select md5(n::text)::uuid, '', '', '', 'new'
            from generate_series(1, 1000) n;
        insert into decisions (portal_id, decision_id, user_id, task_id, action, state, held_until, created_at, finished_at)
            select portal_id, md5(portal_id::text || n)::uuid, 1 + n % 5, n, 'approve', 'done', now(), at, at
            from (select portal_id, n, now() - n * interval '3 hours' as at from portals, generate_series(1, 10) n) p;
        analyze decisions";
    for sql in [set, rows] {
        sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
    }
    let queries = queries();
    let found =
        queries.iter().find(|(query, _)| query.contains("interval '15 minutes'") && query.contains("limit 1000"));
    let (query, parameters) = found.unwrap();
    let plan = plan(&mut db, query, *parameters).await.join("\n");
    assert!(plan.contains("decisions_ended") && !plan.contains("decisions_of_person"), "{plan}");
}
