//! Limits that limit.

use crate::state::limits::Bucket;
use crate::state::settings::LimitPlan;
use crate::tests::harness::{boot, refusal};
use serde_json::json;
use std::time::{Duration, Instant};

#[test]
fn the_bucket_holds_fifty_and_drains_two_a_second() {
    let (mut bucket, start) = (Bucket::default(), Instant::now());
    assert_eq!((0..60).filter(|_| bucket.admit(LimitPlan::Normal, start)).count(), 50);
    let later = start + Duration::from_secs(3);
    assert_eq!((0..60).filter(|_| bucket.admit(LimitPlan::Normal, later)).count(), 6);
    let mut big = Bucket::default();
    assert_eq!((0..300).filter(|_| big.admit(LimitPlan::Enterprise, start)).count(), 250);
}

#[actix_web::test]
async fn a_full_bucket_answers_503_and_a_batch_counts_once() {
    let booted = boot().await;
    let portal = booted.portal(json!({"limits": "normal"})).await;
    let other = booted.portal(json!({"limits": "normal"})).await;
    let token = portal.token(1).await;
    let cmd: Vec<_> = (0..50).map(|_| "server.time").collect();
    assert_eq!(portal.call_with(&token, "batch", json!({"cmd": cmd})).await.0, 200);
    let mut refused = Vec::new();
    for _ in 0..60 {
        let got = portal.call_with(&token, "server.time", json!({})).await;
        if got.0 != 200 {
            refused.push(refusal(&got));
        }
    }
    assert!(!refused.is_empty() && refused.iter().all(|code| code == "503 QUERY_LIMIT_EXCEEDED"), "{refused:?}");
    assert_eq!(other.call(1, "server.time", json!({})).await.0, 200, "portals are apart");
    portal.control("settings", json!({"limits": "off"})).await;
    assert_eq!(portal.call_with(&token, "server.time", json!({})).await.0, 200);
}

#[actix_web::test]
async fn working_time_blocks_one_method_until_it_is_over() {
    let booted = boot().await;
    let portal = booted.portal(json!({"operating_limit": 1.0, "limits": "normal"})).await;
    booted.control("latency", json!({"methods": {"profile": 600}})).await;
    let token = portal.token(1).await;
    let first = portal.call_with(&token, "profile", json!({})).await.1;
    assert!(first["time"]["operating"].as_f64().is_some_and(|spent| spent >= 0.6), "{first}");
    assert_eq!(portal.call_with(&token, "profile", json!({})).await.0, 200, "it is the next call that is blocked");
    let got = portal.call_with(&token, "profile", json!({})).await;
    assert_eq!(refusal(&got), "429 OPERATION_TIME_LIMIT");
    assert!(got.1["time"]["operating_reset_at"].is_i64());
    assert_eq!(portal.call_with(&token, "server.time", json!({})).await.0, 200, "other methods go on");
    let inner = portal.call_with(&token, "batch", json!({"cmd": {"a": "profile"}})).await.1;
    assert_eq!(inner["result"]["result_error"]["a"]["error"], "OPERATION_TIME_LIMIT");
    booted.control("clock", json!({"offset_seconds": 700})).await;
    assert_eq!(portal.call_with(&token, "profile", json!({})).await.0, 200);
}

#[actix_web::test]
async fn commands_of_a_batch_cost_their_time_one_after_the_other() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let latency = json!({"member_id": portal.member_id, "methods": {"profile": 30}});
    booted.control("latency", latency).await;
    let token = portal.token(1).await;
    let begun = Instant::now();
    portal.call_with(&token, "batch", json!({"cmd": ["profile", "profile", "profile"]})).await;
    assert!(begun.elapsed() >= Duration::from_millis(90));
}
