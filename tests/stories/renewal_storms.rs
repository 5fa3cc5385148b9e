//! Very many people whose tokens have run out at once.

use crate::renewal::{expire, renewals};
use crate::support::{Bitrix, Portal, Shown, Stack, Visitor, Wish, decisions::*};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::Duration;

/// One such story at a time.
static HEAVY: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A story of so many requests writes no line for each byte of them.
fn wish(replicas: usize) -> Wish {
    Wish { replicas, env: vec![("RUST_LOG", "info".to_owned())], ..Wish::default() }
}

/// A portal that may be asked so often: on a server of its own, without the vendor's limiter. A replica learns that from
/// the first answer that says nothing of working time, which an administrator's visit to the installer brings.
const UNLIMITED: &str = r#"{"installed": true, "limits": "off", "self_hosted": true}"#;

async fn learn_that_it_is_unlimited(bitrix: &Bitrix, portal: &Portal, visitor: &Visitor) {
    let page = visitor.open(&bitrix.open(portal, ADMIN, "INSTALL").await).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.text());
}

/// No connection to the database was free in time, or no place in the portal's lane.
fn is_crowded(answer: &Shown) -> bool {
    matches!(answer.error().as_deref(), Some("busy" | "portal_unreachable"))
}

/// Asks, and again where a machine that carries all the other stories as well has no time for it: that is said with
/// words of its own, and nobody's tokens are to blame.
async fn until_not_busy(office: &Office, session: &str, busy: &AtomicUsize) -> Shown {
    for _ in 0..30 {
        match office.try_rows_of(session).await {
            Some(answer) if !is_crowded(&answer) => return answer,
            _ => {}
        }
        busy.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    office.rows_of(session).await
}

/// A thousand requests at once, on two replicas, with one expired token.
async fn thousand_requests(delay_ms: u64) {
    let _alone = HEAVY.lock().await;
    let stack = Stack::with(wish(2)).await;
    let office = Office::with(&stack, serde_json::from_str(UNLIMITED).unwrap()).await;
    let tasks = office.waiting(3).await;
    let page = office.queue(CREATOR).await;
    let other = office.at(stack.replica_url(1));
    for office in [&office, &other] {
        learn_that_it_is_unlimited(&office.bitrix, &office.portal, &office.visitor).await;
    }
    let before = renewals(&office).await;
    office.bitrix.post("latency", json!({"methods": {RENEWAL: delay_ms}})).await;
    expire(&office).await;
    let (session, busy) = (page.session().unwrap(), Arc::new(AtomicUsize::new(0)));
    let asked = (0..1_000).map(|nth| {
        let (office, session) = (if nth % 2 == 0 { office.clone() } else { other.clone() }, session.clone());
        let busy = busy.clone();
        tokio::spawn(async move { until_not_busy(&office, &session, &busy).await })
    });
    let answers: Vec<Shown> = futures_util::future::try_join_all(asked).await.unwrap();
    let served = |answer: &&Shown| answer.status.as_u16() == 200 && in_list(answer, "mine") == tasks;
    let refused: Vec<_> = answers.iter().filter(|answer| !served(answer)).collect();
    let (count, seconds) = (renewals(&office).await - before, delay_ms as f64 / 1_000.0);
    println!("figure: renewals per expired token, 1000 requests, 2 replicas, {seconds} s: {count} (target 1)");
    let busy = busy.load(Ordering::Relaxed);
    println!(
        "figure: of these requests refused: {}, asked to come again by a busy machine: {busy} (target 0)",
        refused.len()
    );
    let first = refused.first().map(|page| (page.status, page.text()));
    assert_eq!((count, refused.len()), (1, 0), "{first:?}");
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_a_thousand_requests_on_two_replicas_renew_one_token_once() {
    thousand_requests(250).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_a_thousand_requests_wait_for_an_authorization_server_that_takes_twelve_seconds() {
    thousand_requests(12_000).await;
}

const PORTALS: usize = 5;
const PEOPLE: i64 = 100;
const DOWN: Duration = Duration::from_secs(60);
const AFTER: Duration = Duration::from_secs(40);

/// Sessions of five hundred people, each with a pair of their own.
async fn crowd(stack: &Stack) -> Vec<String> {
    let mut openings: Vec<(Portal, i64)> = Vec::new();
    for _ in 0..PORTALS {
        let portal = stack.bitrix.portal_with(serde_json::from_str(UNLIMITED).unwrap()).await;
        let people: Vec<Value> =
            (1..=PEOPLE).map(|id| json!({"id": id, "name": format!("P{id}"), "admin": id == ADMIN})).collect();
        stack.bitrix.scenario(&portal, json!({ "users": people })).await;
        learn_that_it_is_unlimited(&stack.bitrix, &portal, &stack.visitor()).await;
        openings.extend((1..=PEOPLE).map(|id| (portal.clone(), id)));
    }
    // Person by person, so that no portal's budget of questions is used up.
    openings.sort_by_key(|(_, person)| *person);
    let opened = stream::iter(openings).map(|(portal, person)| async move {
        loop {
            let page = stack.visitor().open(&stack.bitrix.open(&portal, person, "DEFAULT").await).await;
            if page.status.as_u16() == 200 {
                return page.session().unwrap();
            }
            assert_eq!(page.status.as_u16(), 429, "{}", page.text());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    opened.buffer_unordered(8).collect().await
}

/// Tries of the authorization server: whose, when, and whether a new pair came of it.
async fn tries(stack: &Stack) -> Vec<((String, i64), f64, bool)> {
    let calls = stack.bitrix.calls(RENEWAL).await;
    let read = |call: &Value| {
        let at = chrono::DateTime::parse_from_rfc3339(call["at"].as_str().unwrap()).unwrap();
        let of = (call["member_id"].as_str().unwrap().to_owned(), call["user_id"].as_i64().unwrap());
        (of, at.timestamp_micros() as f64 / 1e6, call["executed"] == true)
    };
    calls.iter().map(read).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t34_after_an_outage_the_authorization_server_is_not_stormed() {
    let _alone = HEAVY.lock().await;
    let stack = Stack::with(wish(2)).await;
    let sessions = crowd(&stack).await;
    let office = Office::of(&stack).await;
    let offices = [office.clone(), office.at(stack.replica_url(1))];
    for portal in stack.bitrix.get("portals").await.as_array().unwrap() {
        let path = format!("portals/{}/expire", portal["member_id"].as_str().unwrap());
        stack.bitrix.post(&path, json!({})).await;
    }
    stack.bitrix.forget_journal().await;
    stack.bitrix.fault(json!({"on": "oauth", "method": RENEWAL, "kind": "html", "status": 503, "times": 0})).await;
    let (stop, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let people = sessions.into_iter().enumerate().map(|(nth, session)| {
        let (office, stop, served) = (offices[nth % 2].clone(), stop.clone(), served.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(nth as u64 * 20)).await;
            while !stop.load(Ordering::Relaxed) {
                // A connection whose request this busy machine writes too late is closed, with or without words.
                let status = office.try_rows_of(&session).await.map_or(408, |page| page.status.as_u16());
                assert!([200, 408, 503].contains(&status), "{status}");
                served.fetch_add(usize::from(status == 200), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        })
    });
    let people: Vec<_> = people.collect();
    tokio::time::sleep(DOWN).await;
    stack.bitrix.clear_faults().await;
    let recovered = tries(&stack).await.len();
    tokio::time::sleep(AFTER).await;
    stop.store(true, Ordering::Relaxed);
    let tries = tries(&stack).await;
    let after: Vec<f64> = tries[recovered..].iter().map(|(_, at, _)| *at).collect();
    let most = |seconds: f64| {
        let within = |from: &f64| after.iter().filter(|at| (*from..from + seconds).contains(at)).count();
        after.iter().map(within).max().unwrap_or(0)
    };
    let mut last: HashMap<&(String, i64), f64> = HashMap::new();
    let again = tries.iter().filter_map(|(of, at, _)| last.insert(of, *at).map(|before| at - before));
    let shortest = again.fold(f64::INFINITY, f64::min);
    let rate = most(5.0) as f64 / 5.0;
    println!(
        "figure: renewals a second after an outage of 60 s, 500 people at 2 replicas, the busiest 5 s: {rate} (target 5)"
    );
    println!("figure: shortest time between two tries of one pair in and after it: {shortest:.1} s (target 30)");
    println!(
        "{recovered} tries in the outage, {} after it, {} requests served",
        after.len(),
        served.load(Ordering::Relaxed)
    );
    assert!(most(5.0) <= 25, "{} within 5 s", most(5.0));
    assert!(shortest >= 29.5, "{shortest} s");
    assert!(after.len() >= 100, "they are renewed all the same: {}", after.len());
    assert!(tries[recovered..].iter().all(|(_, _, renewed)| *renewed));
    for person in people {
        person.await.unwrap();
    }
    stack.finish().await;
}
