//! A portal that answers slowly, endlessly or not at all costs its own people time, and nobody else.

use crate::support::{Attacker, Shown, Stack, Times, Wish, calls_at, decisions::*, peak, refusal, refused, resident};
use futures_util::future::join_all;
use serde_json::json;
use std::time::{Duration, Instant};

/// So many people of an office ask for their list at once.
async fn crowd(office: &Office, page: &Shown, people: usize) -> Vec<Shown> {
    join_all((0..people).map(|_| office.visitor.go("/queue", page))).await
}

#[tokio::test]
async fn t28_answers_that_never_end_are_cut_in_time_and_size() {
    let stack = Stack::start().await;
    let (hostile, neighbour) = (Office::with(&stack, json!({"limits": "off"})).await, Office::of(&stack).await);
    bitrix_off(&neighbour).await;
    neighbour.waiting(3).await;
    let (page, theirs) = (hostile.queue(CREATOR).await, neighbour.queue(CREATOR).await);
    let process = stack.replicas[0].child.id();
    let before = Times::of(&neighbour.visitor, &theirs, 100).await;
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
        let (answers, beside) = tokio::join!(crowd(&hostile, &page, 16), Times::of(&neighbour.visitor, &theirs, 100));
        let (took, grown) = (began.elapsed(), peak(process) - held);
        for answer in answers {
            assert_eq!(refusal(&answer), refused(502, "portal_unreachable"), "{name}: {}", answer.text());
            assert!(answer.text().contains("Your Bitrix24 does not answer"), "{name}: {}", answer.text());
        }
        assert!(took < Duration::from_secs(25), "{name}: {took:?}");
        println!("figure: most memory under 16 answers {name}: {grown:+.1} MiB (target at most 64)");
        assert!(grown < 64.0, "{name}: {grown} MiB more");
        beside.assert_near(&before, &name);
        hostile.clear_faults().await;
    }
    assert_eq!(hostile.queue(CREATOR).await.status.as_u16(), 200, "nothing is left of it");
    stack.finish().await;
}

async fn bitrix_off(office: &Office) {
    office.bitrix.settings(&office.portal, json!({"limits": "off"})).await;
}

#[tokio::test]
async fn t35_two_hundred_requests_to_a_portal_that_hangs_hold_nobody_else_up() {
    let stack = Stack::start().await;
    let (hanging, neighbour) = (Office::with(&stack, json!({"limits": "off"})).await, Office::of(&stack).await);
    bitrix_off(&neighbour).await;
    neighbour.waiting(3).await;
    let (page, theirs) = (hanging.queue(CREATOR).await, neighbour.queue(CREATOR).await);
    let before = Times::of(&neighbour.visitor, &theirs, 100).await;
    stack.bitrix.forget_journal().await;
    hanging.fault("batch", json!({"kind": "hang", "ms": 30_000, "times": 0})).await;

    let began = Instant::now();
    let beside = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        Times::of(&neighbour.visitor, &theirs, 200).await
    };
    let (answers, beside) = tokio::join!(crowd(&hanging, &page, 200), beside);
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    for answer in &answers {
        assert_eq!(refusal(answer), refused(502, "portal_unreachable"), "{}", answer.text());
        assert!(answer.text().contains("Your Bitrix24 does not answer"), "{}", answer.text());
    }
    assert_eq!(calls_at(&stack.bitrix, Some(&hanging.portal)).await.len(), 8, "so many at once, and the others waited");
    beside.assert_near(&before, "200 requests to a portal that hangs");

    hanging.clear_faults().await;
    assert_eq!(hanging.queue(CREATOR).await.status.as_u16(), 200, "the lane is free again");
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
