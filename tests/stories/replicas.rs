//! Replicas share nothing but the database, and start when they like.

use crate::support::{Stack, Wish, stack::free_port};
use sqlx::Executor;
use std::time::Duration;

#[tokio::test]
async fn a_replica_that_starts_while_another_migrates_waits_for_its_turn() {
    // Two at once on an empty database.
    let mut stack = Stack::with(Wish { replicas: 2, ..Wish::default() }).await;
    // A migration that takes longer than any request may.
    let mut busy = stack.database().await;
    busy.execute("begin; lock table _sqlx_migrations in access exclusive mode").await.unwrap();
    let migrating = async {
        tokio::time::sleep(Duration::from_secs(6)).await;
        busy.execute("commit").await.unwrap();
    };
    tokio::join!(migrating, stack.start_replica(free_port()));
    stack.finish().await;
}
