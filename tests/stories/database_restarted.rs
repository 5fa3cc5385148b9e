//! Postgres itself is stopped, and killed, and started again while people decide: whatever was acknowledged is carried
//! out once, whatever was not is nowhere.

use crate::support::{Stack, Wish, cluster::Cluster, decisions::*};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn f27_i1_a_database_that_is_stopped_and_killed_loses_nothing_that_was_acknowledged() {
    let cluster = Cluster::start().await;
    let wish = Wish { undo: "1s", settle_after: "3s", replicas: 2, server: Some(cluster.url()), ..Wish::default() };
    let stack = Stack::with(wish).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(22).await;
    let page = office.queue(CREATOR).await;
    let (mut acknowledged, mut refused) = (Vec::new(), Vec::new());
    for (nth, task) in tasks.iter().enumerate() {
        let away = match nth {
            7 => Some("fast"),
            14 => Some("immediate"),
            _ => None,
        };
        if let Some(how) = away {
            tokio::task::block_in_place(|| cluster.end(how));
        }
        let shown = office.visitor.press(&page, *task, "return", "The totals do not match").await;
        match shown.status.as_u16() {
            200 => acknowledged.push(*task),
            503 => refused.push(*task),
            other => panic!("{other}: {}", shown.text()),
        }
        if let Some(how) = away {
            let began = Instant::now();
            tokio::task::block_in_place(|| cluster.begin());
            while office.visitor.go("/queue", &page).await.status.as_u16() != 200 {
                assert!(began.elapsed() < Duration::from_secs(10), "not back after 10 s");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            println!(
                "figure: after a database was stopped ({}) people go on in {:.1?} (target at most 5 s)",
                how,
                began.elapsed()
            );
        }
    }
    assert_eq!(refused.len(), 2, "those that were pressed while it was away: {refused:?}");
    // What a replica was about to send when the database went is taken up when its lease of 30 s has run out.
    let open = "select count(*) from decisions where state in ('held', 'checking', 'sending', 'unknown')";
    stack.none_within(Duration::from_secs(60), open).await;
    // A reason that was on its way is told under the same key when its sender's lease has run out: time passes.
    stack
        .change(
            "update reasons set lease_until = now() - interval '1 minute', tried_at = tried_at - interval '2 minutes'",
        )
        .await;
    stack.none("select count(*) from reasons where delivery in ('pending', 'sending')").await;
    for task in &tasks {
        let (moves, done) = (office.moves(*task).await.len() as i64, done(&stack, *task).await);
        let pressed = i64::from(acknowledged.contains(task));
        assert_eq!((moves, done), (pressed, pressed), "task {task}");
    }
    stack.finish().await;
}

async fn done(stack: &Stack, task: i64) -> i64 {
    stack.count(&format!("select count(*) from decisions where task_id = {task} and state = 'done'")).await
}
