//! Each migration over rows that exist: none is lost, and what the former version writes is still taken.

use crate::support::stack::{fresh_database, server_url};
use handback::{
    store::{Store, seal::Keyring},
    world::World,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, migrate::Migrator};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// A column that the former version has to fill.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Column {
    name: String,
    kind: String,
}

type Tables = BTreeMap<String, BTreeSet<Column>>;

/// Every table's columns; `required` = those alone that no default fills.
async fn tables(db: &mut PgConnection, required: bool) -> Tables {
    let sql = "select c.table_name::text, c.column_name::text, c.udt_name::text,
                      c.is_nullable = 'NO' and c.column_default is null as required
               from information_schema.columns c
               join pg_class t on t.relname = c.table_name and t.relnamespace = 'public'::regnamespace
               where c.table_schema = 'public' and t.relkind in ('r', 'p') and not t.relispartition
                 and c.table_name <> '_sqlx_migrations'";
    let mut found = Tables::new();
    for row in sqlx::query(sql).fetch_all(db).await.unwrap() {
        let columns = found.entry(row.get(0)).or_default();
        if !required || row.get::<bool, _>(3) {
            columns.insert(Column { name: row.get(1), kind: row.get(2) });
        }
    }
    found
}

/// A value that every rule of the schema accepts, another one for each `nth`.
fn value(table: &str, column: &Column, nth: usize) -> String {
    let said = match (table, column.name.as_str()) {
        ("portals", "status") => "new",
        ("decisions", "state") => "held",
        (_, "kind") => "installer",
        (_, "action") => "return",
        (_, "outcome") => "pressed",
        (_, "delivery") => "pending",
        (_, "level") => "portal",
        (_, "what") => "snoozed",
        (_, "subject_id") => "0",
        (_, "mark") => "P",
        (_, "scope") => "portal",
        (_, "deed") => "export",
        (_, "asked_by") => "operator",
        (_, "line") => "strangers",
        _ => "",
    };
    match (said, column.kind.as_str()) {
        ("", "uuid") => format!("'{nth:032x}'::uuid"),
        ("", "bytea") => format!("decode('{nth:064x}', 'hex')"),
        ("", "timestamptz") => "now()".to_owned(),
        ("", "bool") => "true".to_owned(),
        ("", "jsonb") => "'{}'::jsonb".to_owned(),
        ("", "int2" | "int4" | "int8") => nth.to_string(),
        ("", "text") => format!("'text {nth}'"),
        ("", kind) => panic!("{table}.{} is a {kind}: say here what a row holds", column.name),
        (said, _) => format!("'{said}'"),
    }
}

/// One row in every table, as a version with these columns would write it; parents first, whichever they are.
async fn write_rows(db: &mut PgConnection, tables: &Tables, nth: usize) {
    // The log of actions is written by the database itself, together with the decision.
    let mut left: Vec<&String> = tables.keys().filter(|table| *table != "actions").collect();
    while !left.is_empty() {
        let (before, mut later, mut why) = (left.len(), Vec::new(), Vec::new());
        for table in left {
            let mut columns = tables[table].clone();
            if table == "followups" {
                columns.insert(Column { name: "mark".into(), kind: "text".into() });
            }
            let names: Vec<_> = columns.iter().map(|c| c.name.clone()).collect();
            let values: Vec<_> = columns.iter().map(|c| value(table, c, nth)).collect();
            let insert = format!(
                "insert into {table} ({}) values ({}) on conflict do nothing",
                names.join(", "),
                values.join(", ")
            );
            if let Err(error) = sqlx::query(AssertSqlSafe(insert)).execute(&mut *db).await {
                why.push(format!("{table}: {error}"));
                later.push(table);
            }
        }
        assert!(later.len() < before, "a row of the former version is refused: {why:?}");
        left = later;
    }
}

async fn counts(db: &mut PgConnection, tables: &Tables) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    for table in tables.keys() {
        let sql = AssertSqlSafe(format!("select count(*) from {table}"));
        found.insert(table.clone(), sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *db).await.unwrap());
    }
    found
}

#[tokio::test]
async fn p79_each_migration_keeps_every_row_and_takes_what_the_former_version_writes() {
    let mut db = PgConnection::connect(&fresh_database(&server_url()).await).await.unwrap();
    let migrator: Migrator = sqlx::migrate!();
    for (nth, migration) in (1..).zip(migrator.iter()) {
        let (all, required) = (tables(&mut db, false).await, tables(&mut db, true).await);
        write_rows(&mut db, &required, 2 * nth).await;
        let before = counts(&mut db, &required).await;
        assert!(before.values().all(|rows| *rows > 0), "no table is empty: {before:?}");

        sqlx::raw_sql(migration.sql.clone()).execute(&mut db).await.unwrap();
        // The journal's partitions are made by the running server.
        let journal = "do $$ begin if to_regclass('calls') is not null and to_regclass('calls_any') is null then
                           create table calls_any partition of calls default; end if; end $$";
        sqlx::raw_sql(journal).execute(&mut db).await.unwrap();

        let name = &migration.description;
        assert_eq!(counts(&mut db, &required).await, before, "{name} loses rows");
        let now = tables(&mut db, false).await;
        for (table, columns) in &all {
            let kept = now.get(table).unwrap_or_else(|| panic!("{name} takes {table} away"));
            assert!(columns.is_subset(kept), "{name} changes columns of {table}: {columns:?} -> {kept:?}");
        }
        write_rows(&mut db, &required, 2 * nth + 1).await;
        let after = counts(&mut db, &required).await;
        assert!(before.iter().all(|(table, rows)| after[table] > *rows), "{name}: {before:?} -> {after:?}");
    }
}

async fn word(db: &mut PgConnection, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(db).await.unwrap()
}

/// The role or the database may set limits, as they must behind a pooler. They are for requests.
#[tokio::test]
async fn p79_a_migration_waits_for_a_table_whatever_limit_the_database_sets() {
    let url = fresh_database(&server_url()).await;
    let store = Store::connect(&url.clone().into(), Keyring::new([]), World::system()).await.unwrap();
    store.migrate().await.unwrap();
    // One of them has not run yet, and who connects from now on has little patience.
    let mut holder = PgConnection::connect(&url).await.unwrap();
    let pending = "drop index sessions_of_person;
        delete from _sqlx_migrations where version = 21;
        do $$ begin
            execute format('alter database %I set lock_timeout = %L', current_database(), '300ms');
        end $$";
    sqlx::raw_sql(pending).execute(&mut holder).await.unwrap();
    assert_eq!(store.lacks_migrations().await.unwrap(), 1);
    let mut newcomer = PgConnection::connect(&url).await.unwrap();
    assert_eq!(word(&mut newcomer, "select current_setting('lock_timeout')").await, "300ms");

    sqlx::raw_sql("begin; lock table sessions in access exclusive mode").execute(&mut holder).await.unwrap();
    let migrated = async {
        store.migrate().await.unwrap();
        Instant::now()
    };
    let freed = async {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let freed = Instant::now();
        sqlx::raw_sql("commit").execute(&mut holder).await.unwrap();
        freed
    };
    let (migrated, freed) = tokio::join!(migrated, freed);
    assert!(migrated > freed, "the table was held until then");
    assert_eq!(store.lacks_migrations().await.unwrap(), 0);
    assert_eq!(word(&mut newcomer, "select to_regclass('sessions_of_person')::text").await, "sessions_of_person");
}
