//! A portal that answers slowly, endlessly or not at all costs its own people time, and nobody else.

use crate::support::{
    Attacker, Beside, Shown, Stack, Wish, assert_unmoved, calls_at, decisions::*, peak, refusal, refused, resident,
};
use futures_util::future::join_all;
use serde_json::json;
use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// So many people of an office ask for their list at once.
async fn crowd(office: &Office, page: &Shown, people: usize) -> Vec<Shown> {
    join_all((0..people).map(|_| office.visitor.go("/queue", page))).await
}

/// The figure is a fifth more. Built for looking, the server unpacks and reads a hundred times slower than it serves, and for
/// what costs it a processor the others pay a part; for what only makes it wait, nothing.
fn most(kind: &str) -> f64 {
    if cfg!(debug_assertions) && !kind.contains("drip") { 2.0 } else { 1.2 }
}

/// A few ask, again and again, until it is enough. More of them would measure how fast the pretend portal packs.
async fn keep_asking(office: &Office, page: &Shown, enough: &AtomicBool) {
    while !enough.load(Relaxed) {
        crowd(office, page, 4).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn t28_answers_that_never_end_are_cut_in_time_and_size() {
    let (stack, at_rest) = tokio::join!(Stack::start(), Stack::start());
    let hostile = Office::with(&stack, json!({"limits": "off"})).await;
    let ((neighbour, theirs), (far, control)) = (quiet_office(&stack).await, quiet_office(&at_rest).await);
    let page = hostile.queue(CREATOR).await;
    let process = stack.replicas[0].child.id();
    for kind in [
        json!({"kind": "drip", "ms": 1000}),
        json!({"kind": "large", "megabytes": 50}),
        json!({"kind": "large", "megabytes": 200, "gzip": true}),
        json!({"kind": "deep", "levels": 100_000}),
    ] {
        let (name, mut kind) = (kind.to_string(), kind);
        kind["times"] = json!(0);
        hostile.fault("batch", kind).await;
        if name.contains("gzip") {
            // The pretend portal packs it once.
            hostile.visitor.go("/queue", &page).await;
        }
        let (held, began) = (resident(process), Instant::now());
        let answers = crowd(&hostile, &page, 16).await;
        let (took, grown) = (began.elapsed(), peak(process) - held);
        for answer in answers {
            assert_eq!(refusal(&answer), refused(502, "portal_unreachable"), "{name}: {}", answer.text());
            assert!(answer.text().contains("Your Bitrix24 does not answer"), "{name}: {}", answer.text());
        }
        assert!(took < Duration::from_secs(25), "{name}: {took:?}");
        println!("figure: most memory under 16 answers {name}: {grown:+.1} MiB (target at most 64)");
        assert!(grown < 64.0, "{name}: {grown} MiB more");
        let enough = AtomicBool::new(false);
        let beside = async {
            let round = || Beside::of((&neighbour.visitor, &theirs), (&far.visitor, &control), 60);
            assert_unmoved(8, most(&name), Duration::ZERO, &name, round).await;
            enough.store(true, Relaxed);
        };
        tokio::join!(keep_asking(&hostile, &page, &enough), beside);
        hostile.clear_faults().await;
    }
    assert_eq!(hostile.queue(CREATOR).await.status.as_u16(), 200, "nothing is left of it");
    at_rest.finish().await;
    stack.finish().await;
}

/// An office whose portal has no limits, with a list of three tasks, and that list.
async fn quiet_office(stack: &Stack) -> (Office, Shown) {
    let office = Office::with(stack, json!({"limits": "off"})).await;
    office.waiting(3).await;
    let page = office.queue(CREATOR).await;
    (office, page)
}

#[tokio::test]
async fn t35_two_hundred_requests_to_a_portal_that_hangs_hold_nobody_else_up() {
    let (stack, at_rest) = tokio::join!(Stack::start(), Stack::start());
    let hanging = Office::with(&stack, json!({"limits": "off"})).await;
    let ((neighbour, theirs), (far, control)) = (quiet_office(&stack).await, quiet_office(&at_rest).await);
    let page = hanging.queue(CREATOR).await;
    stack.bitrix.forget_journal().await;
    hanging.fault("batch", json!({"kind": "hang", "ms": 30_000, "times": 0})).await;

    let began = Instant::now();
    let beside = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let round = || Beside::of((&neighbour.visitor, &theirs), (&far.visitor, &control), 50);
        assert_unmoved(4, 2.0, Duration::ZERO, "200 requests to a portal that hangs", round).await;
        assert!(began.elapsed() < Duration::from_secs(20), "they still hung meanwhile");
    };
    let (answers, ()) = tokio::join!(crowd(&hanging, &page, 200), beside);
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    for answer in &answers {
        assert_eq!(refusal(answer), refused(502, "portal_unreachable"), "{}", answer.text());
        assert!(answer.text().contains("Your Bitrix24 does not answer"), "{}", answer.text());
    }
    assert_eq!(calls_at(&stack.bitrix, Some(&hanging.portal)).await.len(), 8, "so many at once, and the others waited");

    hanging.clear_faults().await;
    assert_eq!(hanging.queue(CREATOR).await.status.as_u16(), 200, "the lane is free again");
    at_rest.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn t26_proxy_variables_lead_nowhere() {
    let proxy = Attacker::listen();
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let mut env: Vec<_> = names.map(|name| (name, proxy.url())).into();
    env.push(("NO_PROXY", String::new()));
    for tls in [crate::support::Tls::Off, crate::support::Tls::Trusted] {
        let stack = Stack::with(Wish { env: env.clone(), tls, ..Wish::default() }).await;
        let office = Office::of(&stack).await;
        let task = office.waiting(1).await[0];
        let page = office.queue(CREATOR).await;
        assert_eq!(office.give_back(&page, task).await.outcome(), "done");
        assert_eq!(proxy.hits(), 0);
        stack.finish().await;
    }
}
