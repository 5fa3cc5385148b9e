//! What a statement costs, and what becomes of connections that nobody waits for, or that fall silent.

use crate::support::{
    Relay,
    stack::{fresh_database, host_of, server_url},
};
use futures_util::future::join_all;
use handback::{
    domain::PortalId,
    store::{Store, seal::Keyring},
    world::World,
};
use sqlx::{Connection, Executor, PgConnection};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

const PORTAL: PortalId = PortalId(uuid::Uuid::from_u128(1));
/// As many as a replica has.
const MOST: usize = 16;

/// A store behind a wire of its own, with tables; and a connection that knows nothing of either.
async fn behind_a_wire() -> (Store, Relay, PgConnection) {
    let url = fresh_database(&server_url()).await;
    let wire = Relay::to(host_of(&url));
    let wired = url.replace(host_of(&url), &format!("127.0.0.1:{}", wire.port));
    let keys = Keyring::new([("1".to_owned(), [7; 32])]);
    let store = Store::connect(&wired.into(), keys, World::system()).await.unwrap();
    store.migrate().await.unwrap();
    (store, wire, PgConnection::connect(&url).await.unwrap())
}

/// This many statements at once; how many were answered.
async fn at_once(store: &Store, many: usize) -> usize {
    join_all((0..many).map(|_| store.portal(PORTAL))).await.iter().filter(|answer| answer.is_ok()).count()
}

#[tokio::test]
async fn a_statement_that_follows_another_asks_the_database_once() {
    let (store, wire, _) = behind_a_wire().await;
    assert_eq!(at_once(&store, 1).await, 1);
    let before = wire.asked();
    for _ in 0..100 {
        assert_eq!(at_once(&store, 1).await, 1);
    }
    let asked = wire.asked() - before;
    // Where this machine paused for a moment, the pool was asked again.
    assert!((100..150).contains(&asked), "{asked} for a hundred statements");
}

#[tokio::test]
async fn whoever_comes_is_served_in_turn_by_as_many_connections_as_a_replica_may_have() {
    let (store, _, mut database) = behind_a_wire().await;
    for _ in 0..20 {
        assert_eq!(at_once(&store, 200).await, 200);
    }
    let ours =
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'handback'";
    let open: i64 = sqlx::query_scalar(ours).fetch_one(&mut database).await.unwrap();
    assert!((1..=MOST as i64).contains(&open), "{open}");
    assert_eq!(store.connections().0, open as u32);
    // What nobody uses counts as idle, wherever it waits.
    assert_eq!(store.connections().1, open as u32, "{:?}", store.connections());
}

#[tokio::test]
async fn a_statement_that_nobody_waits_for_any_more_leaves_nothing_behind_for_the_next() {
    let (store, _, mut database) = behind_a_wire().await;
    assert_eq!(at_once(&store, MOST).await, MOST);
    database.execute("begin; lock table portals in access exclusive mode").await.unwrap();
    let impatient = (0..MOST).map(|_| timeout(Duration::from_millis(50), store.portal(PORTAL)));
    assert!(join_all(impatient).await.iter().all(Result::is_err), "the table is not locked");
    database.execute("rollback").await.unwrap();
    let began = Instant::now();
    assert_eq!(at_once(&store, 10 * MOST).await, 10 * MOST);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

/// Every connection has just answered, and none will again: that is no reason to wait for ever, nor to start anew.
#[tokio::test]
async fn f27_connections_that_fall_silent_are_given_up_and_replaced() {
    let (store, wire, _) = behind_a_wire().await;
    assert_eq!(at_once(&store, MOST).await, MOST);
    wire.lose();
    let began = Instant::now();
    let answered = timeout(Duration::from_secs(20), at_once(&store, MOST)).await.expect("it waits for ever");
    println!(
        "figure: of {MOST} statements on connections that fell silent {answered} are answered, the others after {:.1?} told (target at most 10 s)",
        began.elapsed()
    );
    while at_once(&store, MOST).await < MOST {
        assert!(began.elapsed() < Duration::from_secs(30), "not back after 30 s");
        sleep(Duration::from_millis(100)).await;
    }
    println!("figure: all is well again {:.1?} after connections fell silent (target at most 15 s)", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}
