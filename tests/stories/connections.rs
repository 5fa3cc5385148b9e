//! What a statement costs, and what becomes of connections that nobody waits for, or that fall silent.

use crate::support::{
    Relay,
    stack::{fresh_database, host_of, server_url},
};
use futures_util::future::join_all;
use handback::{
    domain::{PortalId, installation::Happening},
    store::{Store, life::LifeError, seal::Keyring},
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
async fn however_many_come_all_are_served_by_as_many_connections_as_a_replica_may_have() {
    let (store, _, mut database) = behind_a_wire().await;
    for _ in 0..20 {
        assert_eq!(at_once(&store, 200).await, 200);
    }
    let ours =
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'handback'";
    let open: i64 = sqlx::query_scalar(ours).fetch_one(&mut database).await.unwrap();
    assert!((1..=MOST).contains(&(open as usize)), "{open}");
    let began = Instant::now();
    // What nobody uses counts as idle, wherever it waits; for a moment it is asked whether it lives.
    while store.connections() != (open as u32, open as u32) {
        assert!(began.elapsed() < Duration::from_secs(5), "{open} open, {:?} known", store.connections());
        sleep(Duration::from_millis(20)).await;
    }
}

/// Statements and transactions alike, in the middle of their question.
#[tokio::test]
async fn whoever_stops_waiting_leaves_nothing_behind_for_the_next() {
    let (store, _, mut database) = behind_a_wire().await;
    assert_eq!(at_once(&store, MOST).await, MOST);
    database.execute("begin; lock table portals in access exclusive mode").await.unwrap();
    let impatient = Duration::from_millis(50);
    let statements = join_all((0..MOST / 2).map(|_| timeout(impatient, store.portal(PORTAL))));
    let changes = join_all((0..MOST / 2).map(|_| timeout(impatient, store.take_step(PORTAL, Happening::Opened))));
    let (statements, changes) = tokio::join!(statements, changes);
    assert!(statements.iter().all(Result::is_err) && changes.iter().all(Result::is_err), "the table is not locked");
    database.execute("rollback").await.unwrap();
    let began = Instant::now();
    let answers = join_all((0..10 * MOST).map(async |nth| match nth % 2 {
        0 => store.is_limited().await.map(|limited| assert!(limited, "the answer to another question")),
        _ => store.portal(PORTAL).await.map(|known| assert!(known.is_none())),
    }));
    for answer in answers.await {
        answer.unwrap();
    }
    // A connection that is lost, or a place, would be missed for six seconds.
    let open = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'";
    while sqlx::query_scalar::<_, i64>(open).fetch_one(&mut database).await.unwrap() > 0 {
        sleep(Duration::from_millis(20)).await;
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

/// As a restart does: of those that have just answered one person may meet one.
#[tokio::test]
async fn f27_of_connections_that_were_closed_one_is_met_at_most() {
    let (store, _, mut database) = behind_a_wire().await;
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and application_name = 'handback'";
    let mut end_all = async |after: u64| {
        assert_eq!(at_once(&store, MOST).await, MOST);
        database.execute(end).await.unwrap();
        sleep(Duration::from_millis(after)).await;
    };
    for _ in 0..3 {
        end_all(20).await;
        let mut met = 0;
        for _ in 0..MOST {
            met += 1 - at_once(&store, 1).await;
        }
        assert!(met <= 1, "{met} times");
        end_all(20).await;
        let begun = store.take_step(PORTAL, Happening::Opened).await;
        assert!(!matches!(begun, Err(LifeError::Store(_))), "nothing was done yet: {begun:?}");
        end_all(400).await;
        assert_eq!(at_once(&store, 1).await, 1, "nobody has just heard of it");
    }
}

/// Every connection has answered, and none will again: that is no reason to wait for ever, nor to start anew.
#[tokio::test]
async fn f27_connections_that_fall_silent_are_given_up_and_replaced() {
    for (asked_after, what) in [(0, "warm"), (300, "on the way home")] {
        let (store, wire, _) = behind_a_wire().await;
        assert_eq!(at_once(&store, MOST).await, MOST);
        wire.lose();
        sleep(Duration::from_millis(asked_after)).await;
        let began = Instant::now();
        timeout(Duration::from_secs(10), at_once(&store, MOST)).await.expect("somebody waits for ever");
        println!(
            "figure: {MOST} questions on silent connections ({what}) are over after {:.1?} (target at most 10 s)",
            began.elapsed()
        );
        // As many transactions, each with a connection of its own.
        let is_away = |answer| matches!(answer, Err(LifeError::Store(_)));
        while join_all((0..MOST).map(|_| store.take_step(PORTAL, Happening::Opened))).await.into_iter().any(is_away) {
            assert!(began.elapsed() < Duration::from_secs(15), "{what}: not back after 15 s");
            sleep(Duration::from_millis(100)).await;
        }
        println!("figure: and replaced after {:.1?} (target at most 15 s)", began.elapsed());
    }
}

/// In the middle of a question or a change, and while what was done is being kept: nobody waits for ever, and no place is
/// lost.
#[tokio::test]
async fn f27_a_transaction_whose_connection_falls_silent_is_given_up() {
    let slow = [
        ("a question", "begin; lock table portals in access exclusive mode", "rollback"),
        (
            "a change",
            "create trigger slow before update on portals for each row execute function slow()",
            "drop trigger slow on portals",
        ),
        (
            "a commit",
            "create constraint trigger slow after update on portals deferrable initially deferred
                 for each row execute function slow()",
            "drop trigger slow on portals",
        ),
    ];
    for (what, slow, quick) in slow {
        let (store, wire, mut database) = behind_a_wire().await;
        let prepare = "insert into portals (portal_id, origin, endpoint, oauth_server, status)
                           select lpad(n::text, 32, '0')::uuid, '', '', '', 'new' from generate_series(1, 16) n;
                       create function slow() returns trigger language plpgsql as
                           'begin perform pg_sleep(2); return new; end'";
        database.execute(prepare).await.unwrap();
        database.execute(slow).await.unwrap();
        let changes = async |happening| {
            join_all((1..=MOST).map(|nth| {
                let portal = PortalId(format!("{nth:032}").parse().unwrap());
                store.take_step(portal, happening)
            }))
            .await
        };
        let began = Instant::now();
        let fall_silent = async {
            sleep(Duration::from_millis(1000)).await;
            wire.lose();
        };
        let (all, ()) = tokio::join!(timeout(Duration::from_secs(10), changes(Happening::Finished)), fall_silent);
        println!(
            "figure: {MOST} transactions on silent connections ({what}) are over after {:.1?} (target at most 10 s)",
            began.elapsed()
        );
        for one in all.expect("somebody waits for ever") {
            assert!(matches!(&one, Err(LifeError::Store(error)) if error.is_outage()), "{what}: {one:?}");
        }
        database.execute(quick).await.unwrap();
        while changes(Happening::Opened).await.into_iter().any(|one| matches!(one, Err(LifeError::Store(_)))) {
            assert!(began.elapsed() < Duration::from_secs(10), "{what}: not back after 10 s");
            sleep(Duration::from_millis(100)).await;
        }
        println!("figure: and replaced after {:.1?} (target at most 10 s)", began.elapsed());
    }
}
