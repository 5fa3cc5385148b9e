//! Our clock or the portal's is wrong. Sessions live by the database's clock, tokens from their receipt, and what became of
//! a decision is read by the portal's.

use crate::support::{Stack, Wish, decisions::*, tasks_of};
use serde_json::json;
use std::path::PathBuf;

/// What Debian's package `faketime` installs.
fn library() -> PathBuf {
    let found = std::fs::read_dir("/usr/lib").unwrap().flatten().map(|folder| folder.path().join("faketime"));
    let library = found.map(|folder| folder.join("libfaketimeMT.so.1")).find(|library| library.exists());
    library.expect("faketime is installed: 'make test' does it, or apt-get install faketime")
}

/// A server whose clock is off by so much, told as faketime tells it.
async fn off_by(offset: &str) -> Stack {
    let env = vec![
        ("LD_PRELOAD", library().display().to_string()),
        ("FAKETIME", offset.to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ];
    Stack::with(Wish { settle_after: "3s", env, ..Wish::default() }).await
}

#[tokio::test]
async fn f40_with_both_clocks_wrong_sessions_tokens_and_outcomes_are_right() {
    for (ours, theirs) in [("+2h", -600), ("-2h", 600), ("+2h", 600), ("-2h", -600)] {
        let stack = off_by(ours).await;
        let off = chrono::DateTime::parse_from_rfc3339(&stamp(&stack)).unwrap().to_utc() - database_time(&stack).await;
        assert!((115..=125).contains(&off.num_minutes().abs()), "the server's clock is not off by 2 h but by {off}");
        stack.bitrix.post("clock", json!({ "offset_seconds": theirs })).await;
        let office = Office::of(&stack).await;
        let tasks = office.waiting(3).await;
        let page = office.queue(CREATOR).await;
        assert_eq!(tasks_of(&page), tasks, "{ours} {theirs}");

        // A decision whose answer is lost is found in the portal's history, and one that never ran is not.
        assert_eq!(office.give_back(&page, tasks[0]).await.outcome(), "done");
        office.fault(RETURN, json!({"kind": "drop_after"})).await;
        let ran = office.give_back(&page, tasks[1]).await;
        office.fault(RETURN, json!({"kind": "drop_before"})).await;
        let lost = office.give_back(&page, tasks[2]).await;
        office.until(&page, &ran, "done", "Reason delivered").await;
        office.until(&page, &lost, "not-run", "the request did not arrive").await;
        assert_eq!((office.moves(tasks[1]).await.len(), office.moves(tasks[2]).await.len()), (1, 0), "{ours} {theirs}");

        // The token is renewed when the portal says so, and not because our clock does.
        assert_eq!(office.bitrix.calls(RENEWAL).await.len(), 0, "{ours} {theirs}");
        office.control("expire", json!({"user_id": CREATOR})).await;
        assert_eq!(office.rows(&page).await.status.as_u16(), 200, "the session lives on: {ours} {theirs}");
        assert_eq!(office.bitrix.calls(RENEWAL).await.len(), 1);
        stack.finish().await;
    }
}

/// When the server says that it wrote its first line.
fn stamp(stack: &Stack) -> String {
    let logs = stack.logs();
    let first: serde_json::Value = serde_json::from_str(logs.lines().next().unwrap()).unwrap();
    first["timestamp"].as_str().unwrap().to_owned()
}

async fn database_time(stack: &Stack) -> chrono::DateTime<chrono::Utc> {
    let mut connection = stack.database().await;
    sqlx::query_scalar("select now()").fetch_one(&mut connection).await.unwrap()
}
