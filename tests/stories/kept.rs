//! What is kept, and for how long, as docs/data.md and the privacy policy say it.

use crate::support::{Stack, stack::free_port};
use sqlx::Row;
use std::{collections::BTreeSet, fs, path::Path};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Table, columns, sections of the policy: a row of the page each.
fn told() -> Vec<(String, Vec<String>, Vec<String>)> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [table, columns, section, ..] = cells[..] else { return None };
        let table = quoted(table).into_iter().next()?;
        Some((table, quoted(columns), quoted(section)))
    };
    read("docs/data.md").lines().filter(|line| line.starts_with("| `")).filter_map(row).collect()
}

/// A column that comes, or goes, is one that people were not told about.
#[tokio::test]
async fn p80_every_column_is_told_and_every_section_of_the_policy_is_about_some() {
    let stack = Stack::start().await;
    let sql = "select table_name::text, column_name::text from information_schema.columns c
               where table_schema = 'public' and table_name <> '_sqlx_migrations'
                 and not exists (select from pg_inherits i where i.inhrelid = c.table_name::regclass)";
    let rows = sqlx::query(sql).fetch_all(&mut stack.database().await).await.unwrap();
    let kept: BTreeSet<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let told = told();
    let named: BTreeSet<(String, String)> = told
        .iter()
        .flat_map(|(table, columns, _)| columns.iter().map(|column| (table.clone(), column.clone())))
        .collect();
    assert!(kept.len() > 90, "{}", kept.len());
    let (untold, gone): (Vec<_>, Vec<_>) = (kept.difference(&named).collect(), named.difference(&kept).collect());
    assert!(untold.is_empty(), "docs/data.md, and perhaps the privacy policy, do not tell of {untold:?}");
    assert!(gone.is_empty(), "docs/data.md tells of what is not there: {gone:?}");

    let words = read("locales/en.ftl");
    let sections: BTreeSet<_> = words.lines().filter(|line| line.starts_with("kept-")).collect();
    let sections: BTreeSet<_> = sections.iter().map(|line| line.split(" =").next().unwrap().to_owned()).collect();
    let used: BTreeSet<String> = told.into_iter().flat_map(|(_, _, sections)| sections).collect();
    assert_eq!(used, sections, "the sections of the policy and those that docs/data.md names");
    stack.finish().await;
}

/// What the policy says of periods that no other story tries; the server clears when it starts.
#[tokio::test]
async fn p80_notices_sign_ins_and_the_log_of_actions_go_when_their_time_is_over() {
    let mut stack = Stack::start().await;
    let portal = crate::support::installed(&stack).await;
    stack.dealt_with().await;
    let id = &portal.member_id;
    let quiet = crate::support::installed(&stack).await.member_id;
    stack.dealt_with().await;
    stack.change("update events set received_at = now() - interval '29 days'").await;
    let events = stack.count("select count(*) from events").await;
    for (id, event, minutes) in [
        (id, "ONAPPUPDATE", 30 * 24 * 60 + 1),
        (id, "ONTASKUPDATE", 50),
        (id, "ONTASKUPDATE", 55),
        (id, "ONTASKUPDATE", 65),
        (&quiet, "ONTASKUPDATE", 25 * 60),
        (&quiet, "ONTASKUPDATE", 30 * 24 * 60 - 1),
    ] {
        let row = format!(
            "insert into events (portal_id, event_id, event, task_id, received_at)
             values ('{id}'::uuid, gen_random_uuid(), '{event}', 7, now() - interval '{minutes} minutes')"
        );
        stack.change(&row).await;
    }
    for minutes in [9, 11] {
        let row = format!(
            "insert into oauth_states (portal_id, state_hash, browser_hash, created_at)
             select '{id}'::uuid, sha256('{minutes}'), sha256('b'), now() - interval '{minutes} minutes'"
        );
        stack.change(&row).await;
    }
    for days in [399, 401] {
        let row = format!(
            "insert into actions (portal_id, decision_id, outcome, user_id, task_id, action, at)
             values ('{id}'::uuid, gen_random_uuid(), 'pressed', 2, 4, 'return', now() - interval '{days} days')"
        );
        stack.change(&row).await;
    }
    let port = stack.replicas[0].port;
    stack.kill(0);
    stack.replicas.clear();
    stack.start_replica(port).await;
    stack.none("select count(*) from actions where at < now() - interval '400 days'").await;
    stack.none("select count(*) from oauth_states where created_at < now() - interval '10 minutes'").await;
    stack.none("select count(*) from events where received_at < now() - interval '30 days'").await;
    let hints = async |of: &str| {
        stack.count(&format!("select count(*) from events where task_id = 7 and portal_id = '{of}'")).await
    };
    assert_eq!(hints(id).await, 2, "those of the last hour");
    assert_eq!(hints(&quiet).await, 1, "the last one, however old");
    assert_eq!(stack.count("select count(*) from events").await, events + 3);
    assert_eq!(stack.count("select count(*) from actions").await, 1);
    assert_eq!(stack.count("select count(*) from oauth_states").await, 1);
    stack.finish().await;
}

/// A dump holds every table until its end, and over midnight the journal wants a day more.
#[tokio::test]
async fn a_replica_starts_while_somebody_dumps_the_database() {
    let mut stack = Stack::start().await;
    let last = "select relname::text from pg_class where relname ~ '^calls_[0-9]{8}$' order by 1 desc limit 1";
    let mut dump = stack.database().await;
    let last: String = sqlx::query_scalar(last).fetch_one(&mut dump).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("drop table {last}"))).execute(&mut dump).await.unwrap();
    sqlx::raw_sql("begin; lock table calls in access share mode").execute(&mut dump).await.unwrap();
    stack.start_replica(free_port()).await;
    assert!(stack.logs().contains("could not be given its days"));
    sqlx::raw_sql("commit").execute(&mut dump).await.unwrap();
    stack.finish().await;
}
