//! The answer to a renewal is lost, or whoever waits for it is: no second pair, and nobody is left without words.

use crate::renewal::{asks_to_sign_in, expire, renewals};
use crate::support::{
    Shown, Stack, Wish,
    decisions::*,
    stack::{free_port, fresh_database, server_url},
    tasks_of,
};
use handback::{
    domain::{Host, PortalId, UserId},
    store::{
        Store,
        credentials::{Account, Kind, Pair},
        portals::PortalFacts,
        seal::Keyring,
    },
    world::World,
};
use serde_json::json;
use sqlx::Row;
use std::time::{Duration, Instant};

/// Reads the list through a replica, in a task of its own.
pub fn asks(office: &Office, page: &Shown) -> tokio::task::JoinHandle<Shown> {
    let (office, session) = (office.clone(), page.session().unwrap());
    tokio::spawn(async move { office.rows_of(&session).await })
}

pub fn is_down(page: &Shown) {
    assert_eq!((page.status.as_u16(), page.error().as_deref()), (503, Some("authorization_down")), "{}", page.text());
    assert!(page.headers.contains_key("retry-after"));
}

/// Waits until the authorization server has seen a refresh token of this portal, and spent it.
pub async fn until_renewing(office: &Office, spent: bool) {
    let started = Instant::now();
    while !office.calls(RENEWAL).await.iter().any(|call| !spent || call["executed"] == true) {
        assert!(started.elapsed() < Duration::from_secs(10), "no renewal within 10 s");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn pair_of(office: &Office) -> String {
    format!("portal_id = '{}'::uuid and kind = 'user' and user_id = {CREATOR}", office.portal.member_id)
}

pub async fn generation(stack: &Stack, office: &Office) -> i64 {
    stack.count(&format!("select generation from credentials where {}", pair_of(office))).await
}

/// The lease runs out, as after 40 s.
pub async fn lease_runs_out(stack: &Stack, office: &Office) {
    let over = "update credentials set lease_until = now() - interval '1 second' where lease_until is not null and";
    stack.change(&format!("{over} {}", pair_of(office))).await;
}

#[tokio::test]
async fn f07_a_lost_answer_to_a_renewal_ends_in_opening_again() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    expire(&office).await;
    office.oauth_fault(json!({"kind": "drop_after"})).await;
    is_down(&office.rows(&page).await);
    let started = Instant::now();
    asks_to_sign_in(&office.rows(&page).await);
    assert!(started.elapsed().as_millis() > 3_500, "the old token rests before it is tried again");
    assert_eq!(renewals(&office).await, 2);
    assert_eq!(tasks_of(&office.queue(CREATOR).await), tasks, "an opening heals it");
    stack.finish().await;
}

#[tokio::test]
async fn f07_an_old_refresh_token_is_shown_three_times_more_and_never_again() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    expire(&office).await;
    for (nth, seconds) in [5.0, 30.0, 120.0].into_iter().enumerate() {
        office.oauth_fault(json!({"kind": "drop_before"})).await;
        is_down(&office.rows(&page).await);
        assert_eq!(renewals(&office).await, nth + 1);
        let rests =
            format!("select extract(epoch from retry_at - now())::float8 from credentials where {}", pair_of(&office));
        let rests = sqlx::query(sqlx::AssertSqlSafe(rests)).fetch_one(&mut stack.database().await).await.unwrap();
        let rests: f64 = rests.get(0);
        assert!(rests > seconds - 3.0 && rests <= seconds * 1.25, "{rests} s after answer {nth} was lost");
        if seconds > 20.0 {
            let asked = Instant::now();
            is_down(&office.rows(&page).await);
            assert!(asked.elapsed() < Duration::from_secs(5), "nobody waits for what comes that late");
            assert_eq!(renewals(&office).await, nth + 1);
        }
        stack.change(&format!("update credentials set retry_at = now() where {}", pair_of(&office))).await;
    }
    office.oauth_fault(json!({"kind": "drop_before"})).await;
    asks_to_sign_in(&office.rows(&page).await);
    asks_to_sign_in(&office.rows(&page).await);
    assert_eq!(renewals(&office).await, 4, "once, and three times more");
    assert_eq!(tasks_of(&office.queue(CREATOR).await), tasks, "an opening heals it");
    expire(&office).await;
    assert_eq!(in_list(&office.rows(&page).await, "mine"), tasks, "and a new pair is counted anew");
    stack.finish().await;
}

#[tokio::test]
async fn f08_a_new_pair_that_cannot_be_saved_waits_for_the_database() {
    let mut stack = Stack::with(Wish { wire: true, ..Wish::default() }).await;
    // The other replica's way to the database is whole.
    let direct = [("DATABASE_URL", stack.database_url.clone())];
    stack.start_replica_with(free_port(), &direct).await;
    let office = Office::of(&stack).await;
    let other = office.at(stack.replica_url(1));
    let tasks = office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    expire(&office).await;
    office.oauth_fault(json!({"kind": "late", "ms": 1_500})).await;
    let waits = asks(&office, &page);
    until_renewing(&office, true).await;
    stack.wire().cut();
    assert_eq!(waits.await.unwrap().status.as_u16(), 503, "its page cannot be made");
    assert!(stack.logs().contains("a renewed pair is kept in memory"));
    assert_eq!(generation(&stack, &office).await, 1);
    let elsewhere = asks(&other, &page);
    tokio::time::sleep(Duration::from_secs(8)).await;
    stack.wire().mend();
    let elsewhere = elsewhere.await.unwrap();
    assert_eq!(
        (elsewhere.status.as_u16(), in_list(&elsewhere, "mine")),
        (200, tasks.clone()),
        "it waited for the pair"
    );
    assert_eq!(generation(&stack, &office).await, 2);
    assert_eq!(in_list(&office.rows(&page).await, "mine"), tasks);
    let count = renewals(&office).await;
    println!("figure: renewals when Postgres is away for 10 s between answer and save: {count} (target 1)");
    assert_eq!(count, 1);
    stack.finish().await;
}

#[tokio::test]
async fn f08_a_new_pair_outlives_the_lease_and_is_saved_over_the_mark_that_it_is_lost() {
    let mut stack = Stack::with(Wish { wire: true, ..Wish::default() }).await;
    let direct = [("DATABASE_URL", stack.database_url.clone())];
    stack.start_replica_with(free_port(), &direct).await;
    let office = Office::of(&stack).await;
    let other = office.at(stack.replica_url(1));
    let tasks = office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    expire(&office).await;
    office.oauth_fault(json!({"kind": "late", "ms": 1_500})).await;
    let waits = asks(&office, &page);
    until_renewing(&office, true).await;
    stack.wire().cut();
    assert_eq!(waits.await.unwrap().status.as_u16(), 503);
    lease_runs_out(&stack, &office).await;
    asks_to_sign_in(&other.rows(&page).await);
    stack.wire().mend();
    let started = Instant::now();
    while generation(&stack, &office).await == 1 {
        assert!(started.elapsed() < Duration::from_secs(20), "the pair is not saved within 20 s");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(in_list(&other.rows(&page).await, "mine"), tasks, "nobody has to open again");
    assert_eq!(in_list(&office.rows(&page).await, "mine"), tasks);
    stack.finish().await;
}

#[tokio::test]
async fn f09_a_replica_that_dies_with_a_new_pair_in_its_hands() {
    let mut stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    expire(&office).await;
    office.oauth_fault(json!({"kind": "late", "ms": 3_000})).await;
    let waits = asks(&office, &page);
    until_renewing(&office, true).await;
    let port = stack.replicas[0].port;
    stack.kill(0);
    waits.abort();
    stack.start_replica(port).await;
    assert_eq!(generation(&stack, &office).await, 1);
    lease_runs_out(&stack, &office).await;
    asks_to_sign_in(&office.rows(&page).await);
    asks_to_sign_in(&office.rows(&page).await);
    assert_eq!(renewals(&office).await, 2, "the old token once more, and never again");
    assert_eq!(tasks_of(&office.queue(CREATOR).await), tasks, "an opening heals it");
    assert_eq!(in_list(&office.rows(&page).await, "mine"), tasks, "the old page works again, too");
    stack.finish().await;
}

/// What anybody's tokens can answer is asked with good ones, and that a pair has died is no renewal.
#[tokio::test]
async fn a_pair_that_has_died_comes_behind_a_good_one_and_was_not_renewed() {
    let url = fresh_database(&server_url()).await;
    let keys = Keyring::new([("1".to_owned(), [7; 32])]);
    let store = Store::connect(&url.into(), keys, World::system()).await.unwrap();
    store.migrate().await.unwrap();
    let portal = PortalId(uuid::Uuid::from_u128(1));
    let endpoint: url::Url = "https://portal.example/rest/".parse().unwrap();
    let facts = PortalFacts {
        portal,
        host: Host::of_endpoint(&endpoint).unwrap(),
        endpoint,
        oauth_server: "https://oauth.example/".parse().unwrap(),
        scopes: Vec::new(),
        app_version: None,
        proved: true,
    };
    store.opened(&facts).await.unwrap();
    let account = |user| Account { portal, kind: Kind::User, user: UserId::new(user).unwrap() };
    let pair = Pair { access: "access".into(), refresh: Some("refresh".into()), lives: Duration::from_secs(3600) };
    for user in [4, 1, 2, 3] {
        store.save_pair(account(user), &pair).await.unwrap();
    }
    let last_renewal = async || {
        let (known, none) = (store.portal(portal).await.unwrap().unwrap(), Vec::<String>::new());
        store.recorded(&known, &none, ("", &none)).await.unwrap().last_renewal
    };
    let before = last_renewal().await;
    assert!(before.is_some());
    for user in [1, 2, 3] {
        assert!(store.needs_opening(account(user), 1).await.unwrap());
    }
    assert_eq!(last_renewal().await, before);
    let recent = store.recent_accounts(portal, 3).await.unwrap();
    assert_eq!((recent.len(), recent[0]), (3, account(4)));
}
