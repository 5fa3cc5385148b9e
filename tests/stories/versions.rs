//! Versions side by side: migrations only add, so the former version works on the newer schema, and may come back.

use crate::support::{Stack, installed, stack::free_port};

#[tokio::test]
async fn p79_a_version_starts_and_serves_on_a_schema_that_a_later_one_has_made_larger() {
    let mut stack = Stack::start().await;
    let portal = installed(&stack).await;
    // What a later version leaves behind: a migration that this one has never heard of, and what it added.
    let added = sqlx::query("alter table portals add column added_later text");
    added.execute(&mut stack.database().await).await.unwrap();
    stack
        .change(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (999999, 'added later', true, '\\x00', 1)",
        )
        .await;
    let port = free_port();
    stack.start_replica(port).await;
    let opening = stack.bitrix.open(&portal, 1, "DEFAULT").await;
    let url = format!("{}{}", stack.replica_url(1), opening.path());
    let page = stack.visitor().http().post(url).form(&opening.body).send().await.unwrap();
    assert_eq!(page.status(), 200);
    stack.finish().await;
}

/// The turn is a lock, and whoever waits for it holds nothing that a request needs.
#[tokio::test]
async fn p79_replicas_that_start_together_take_turns_with_the_schema() {
    let stack = Stack::start().await;
    let (first, second, third) =
        tokio::join!(stack.run(&["migrate"]), stack.run(&["migrate"]), stack.run(&["migrate"]));
    assert_eq!([first, second, third], ["", "", ""]);
    let held = "select count(*) from pg_locks join pg_database on pg_database.oid = database
                where locktype = 'advisory' and datname = current_database()";
    stack.none(held).await;
    stack.finish().await;
}
