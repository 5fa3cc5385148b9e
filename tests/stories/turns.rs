//! What replicas count together, each with a pool of its own at one database.

use crate::support::stack::{fresh_database, server_url};
use handback::{
    store::{
        Store,
        seal::Keyring,
        turns::{Line, Rhythm},
    },
    world::World,
};
use std::time::{Duration, Instant};

async fn replicas(count: usize) -> Vec<Store> {
    let url = fresh_database(&server_url()).await;
    let mut stores = Vec::new();
    for _ in 0..count {
        stores.push(Store::connect(&url.clone().into(), Keyring::new([]), World::system()).await.unwrap());
    }
    stores[0].migrate().await.unwrap();
    stores
}

/// Turns of both replicas at once, in milliseconds of waiting, the shortest first; and how long it took to take them.
async fn turns(stores: &[Store], line: Line, rhythm: Rhythm, patience: Duration) -> (Vec<u128>, Duration) {
    let began = Instant::now();
    let taken = (0..60).map(|nth| stores[nth % stores.len()].take_turn(line, rhythm, patience));
    let taken = futures_util::future::try_join_all(taken).await.unwrap();
    let mut waits: Vec<u128> = taken.into_iter().flatten().map(|wait| wait.as_millis()).collect();
    waits.sort_unstable();
    (waits, began.elapsed())
}

#[tokio::test]
async fn t33_t34_two_replicas_take_turns() {
    let stores = replicas(2).await;
    let strangers = Rhythm { step: Duration::from_secs(1), at_once: 20 };
    let (waits, took) = turns(&stores, Line::Strangers, strangers, Duration::ZERO).await;
    // A second brings one more.
    let most = 20 + took.as_secs() as usize + 1;
    assert!((20..=most).contains(&waits.len()), "{} at once", waits.len());
    assert!(waits.iter().all(|wait| *wait == 0), "nobody waits for a question: {waits:?}");

    // Places in the line are apart, whoever gives them away, and nobody stands farther back than they would wait.
    let renewals = Rhythm { step: Duration::from_millis(250), at_once: 1 };
    let (waits, took) = turns(&stores, Line::Renewals, renewals, Duration::from_secs(5)).await;
    let most = 21 + took.as_millis() as usize / 250 + 1;
    assert!((21..=most).contains(&waits.len()), "{} places", waits.len());
    assert!(waits.iter().all(|wait| *wait <= 5_000), "{waits:?}");
    assert!(waits.last().unwrap() + took.as_millis() + 250 > 5_000, "{waits:?}");
}

#[tokio::test]
async fn t34_what_one_replica_meets_all_remember() {
    let stores = replicas(2).await;
    assert!(!stores[1].is_troubled().await.unwrap());
    stores[0].remember_trouble(Duration::from_secs(2)).await.unwrap();
    assert!(stores[1].is_troubled().await.unwrap());
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert!(!stores[1].is_troubled().await.unwrap(), "for a while");
    stores[1].remember_trouble(Duration::from_secs(60)).await.unwrap();
    assert!(stores[0].is_troubled().await.unwrap());
}
