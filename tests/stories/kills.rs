//! kill -9 at random moments in a return of fifty: nothing is lost, nothing is done twice, everything becomes final.

use crate::support::{Stack, Wish, decisions::*};
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::time::{Duration, Instant};

/// One run: fifty are due, the replica that carries them dies after a while, another one lives.
async fn run(nth: u64) -> Duration {
    let wish = Wish { undo: "1h", settle_after: "3s", replicas: 2, ..Wish::default() };
    let mut stack = Stack::with(wish).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(50).await;
    let page = office.queue(CREATOR).await;
    for task in &tasks {
        office.visitor.press(&page, *task, "return", "The totals do not match").await;
    }
    stack.bitrix.post("latency", json!({"default_ms": 30})).await;
    // Only the first replica is there when they become due.
    let other = stack.replicas.pop().unwrap();
    let (mut child, port) = (other.child, other.port);
    child.kill().unwrap();
    child.wait().unwrap();
    stack.change("update decisions set held_until = now()").await;
    // Asking takes about two seconds, sending another two and telling some more.
    let moment = nth.wrapping_mul(2_654_435_761) % 5_000;
    tokio::time::sleep(Duration::from_millis(moment)).await;
    let mut first = stack.replicas.remove(0);
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    let began = Instant::now();
    stack.start_replica(port).await;
    let open = "select (select count(*) from decisions where state in ('held', 'checking', 'sending', 'unknown'))
                     + (select count(*) from reasons r join decisions d using (portal_id, decision_id)
                        where d.state = 'done' and r.delivery in ('pending', 'sending'))";
    while stack.count(open).await > 0 {
        assert!(began.elapsed() < Duration::from_secs(120), "run {nth}, killed after {moment} ms: still open");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let took = began.elapsed();
    for task in &tasks {
        let moves = office.moves(*task).await.len();
        let state = format!("select count(*) from decisions where task_id = {task} and state =");
        let done = stack.count(&format!("{state} 'done'")).await;
        let unsaid = stack.count(&format!("{state} 'needs_person'")).await;
        assert!(moves <= 1, "run {nth}: {task} was returned {moves} times");
        assert!(
            i64::try_from(moves).unwrap() == done || unsaid == 1,
            "run {nth}: {task} returned {moves}, done {done}"
        );
        assert!(office.told(*task).await.len() <= 1, "run {nth}: {task} was told twice");
    }
    stack.finish().await;
    took
}

async fn runs(count: u64) {
    // Some beside each other: most of the time they wait for leases of the dead.
    let took: Vec<Duration> = stream::iter(1..=count).map(run).buffer_unordered(5).collect().await;
    let longest = took.into_iter().max().unwrap_or_default();
    println!(
        "figure: kill -9 in a return of 50, {count} runs: 0 double, 0 lost, final after {longest:.0?} (target 120 s)"
    );
}

#[tokio::test]
async fn f24_a_killed_replica_loses_none_of_fifty() {
    runs(1).await;
}

#[tokio::test]
#[ignore = "minutes long: make faults"]
async fn f24_twenty_killed_replicas_lose_none_of_fifty() {
    runs(20).await;
}
