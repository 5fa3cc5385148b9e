//! Faults: each kind as the client sees it, and what was really done.

use crate::state::tokens::{Grant, Tokens};
use crate::tests::harness::{Booted, boot, refusal};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

async fn fault(booted: &Booted, fault: Value) {
    booted.control("faults", fault).await;
}

async fn last(booted: &Booted, method: &str) -> Value {
    let rows = booted.get(&format!("{}/control/journal", booted.base)).await.1;
    rows.as_array().expect("rows").iter().rev().find(|row| row["method"] == method).cloned().unwrap_or(Value::Null)
}

#[actix_web::test]
async fn skip_and_times_count_and_leftovers_show() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let kind = json!({
        "on": "portal", "method": "profile", "skip": 1, "times": 2, "kind": "error", "status": 503,
        "code": "OVERLOAD_LIMIT", "description": "stop",
    });
    fault(&booted, kind).await;
    let token = portal.token(1).await;
    let mut got = Vec::new();
    for _ in 0..4 {
        got.push(portal.call_with(&token, "profile", json!({})).await.0);
    }
    assert_eq!(got, [200, 503, 503, 200]);
    fault(&booted, json!({"on": "oauth", "method": "*", "kind": "html", "status": 502})).await;
    let left = booted.get(&format!("{}/control/leftovers", booted.base)).await.1;
    assert_eq!(left["faults"].as_array().map(Vec::len), Some(1));
    booted.http.delete(format!("{}/control/faults", booted.base)).send().await.expect("an answer");
    let left = booted.get(&format!("{}/control/faults", booted.base)).await.1;
    assert_eq!(left, json!([]));
}

#[actix_web::test]
async fn a_cut_before_does_nothing_and_a_cut_after_has_done_it() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    for (kind, status, executed) in [("drop_before", 4, false), ("drop_after", 2, true), ("hang", 4, false)] {
        let task = portal.task(json!({})).await;
        let kind_of = json!({"on": "portal", "method": "tasks.task.disapprove", "kind": kind, "ms": 20});
        fault(&booted, kind_of).await;
        let body = json!({"taskId": task, "auth": portal.token(2).await});
        let url = format!("{}tasks.task.disapprove", portal.rest);
        let error = booted.http.post(url).json(&body).send().await.expect_err("a cut is no answer");
        assert!(error.status().is_none() && !error.is_timeout(), "{error:?}");
        assert_eq!(portal.dump(task).await["status"], status, "{kind}");
        let row = last(&booted, "tasks.task.disapprove").await;
        assert_eq!((&row["executed"], &row["status"]), (&json!(executed), &Value::Null), "{kind}");
    }
}

#[actix_web::test]
async fn a_delayed_call_is_executed_though_its_client_has_left() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    fault(&booted, json!({"on": "portal", "method": "*", "kind": "delay", "ms": 150})).await;
    let path = format!("/rest/tasks.task.disapprove?taskId={task}&auth={}", portal.token(2).await);
    let mut stream = tokio::net::TcpStream::connect(&portal.host).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", portal.host);
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    actix_web::rt::time::sleep(Duration::from_millis(40)).await;
    // A reset, not a polite end: that is what makes the server drop its handler.
    stream.set_zero_linger().expect("an option");
    drop(stream);
    assert_eq!(portal.dump(task).await["status"], 4);
    actix_web::rt::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(portal.dump(task).await["status"], 2);
}

#[actix_web::test]
async fn garbage_bodies_redirects_and_patches() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    fault(&booted, json!({"on": "portal", "method": "tasks.task.disapprove", "kind": "garbage_after"})).await;
    let got = portal.call(2, "tasks.task.disapprove", json!({"taskId": task})).await;
    assert!(got.0 == 200 && got.1.is_string());
    assert_eq!(portal.dump(task).await["status"], 2);
    let patch = json!({"on": "portal", "method": "tasks.task.getaccess", "kind": "patch",
        "pointer": "/result/allowedActions", "value": {"2": {"DISAPPROVE": "true"}}});
    fault(&booted, patch).await;
    let got = portal.call(2, "tasks.task.getaccess", json!({"taskId": task})).await.1;
    assert_eq!(got["result"]["allowedActions"], json!({"2": {"DISAPPROVE": "true"}}));
    fault(&booted, json!({"on": "portal", "method": "profile", "kind": "redirect", "location": "https://evil.test/"}))
        .await;
    let url = format!("{}profile", portal.rest);
    assert_eq!(booted.http.get(&url).send().await.expect("an answer").headers()["location"], "https://evil.test/");
    let body = json!({"on": "oauth", "method": "app.info", "kind": "body", "status": 200, "body": {"result": []}});
    fault(&booted, body).await;
    assert_eq!(booted.get(&format!("{}/rest/app.info", booted.base)).await, (200, json!({"result": []})));
}

#[actix_web::test]
async fn faults_find_their_portal_and_look_inside_batches() {
    let booted = boot().await;
    let one = booted.portal(json!({})).await;
    let two = booted.portal(json!({})).await;
    let refuse = |member: &str, inner: bool| {
        json!({"on": "portal", "member_id": member, "method": "profile", "inner": inner, "kind": "error",
            "status": 503, "code": "QUERY_LIMIT_EXCEEDED"})
    };
    fault(&booted, refuse(&one.member_id, true)).await;
    assert_eq!(two.call(1, "batch", json!({"cmd": {"a": "profile"}})).await.1["result"]["result_error"], json!([]));
    assert_eq!(one.call(1, "profile", json!({})).await.0, 200, "not inside a batch");
    let got = one.call(1, "batch", json!({"cmd": {"a": "profile", "b": "profile"}})).await.1;
    assert_eq!(got["result"]["result_error"]["a"]["error"], "QUERY_LIMIT_EXCEEDED");
    assert_eq!(got["result"]["result"]["b"]["ID"], "1");
    let patch = json!({"on": "portal", "method": "profile", "inner": true, "kind": "patch", "pointer": "/result/ID",
        "value": 7});
    fault(&booted, patch).await;
    let got = one.call(1, "batch", json!({"cmd": {"a": "profile"}})).await.1;
    assert_eq!(got["result"]["result"]["a"]["ID"], 7);
}

#[actix_web::test]
async fn a_fault_can_wait_for_a_batch_with_a_certain_command() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let kind = json!({
        "on": "portal", "method": "batch", "among": "user.admin", "skip": 1, "kind": "error", "status": 503, "code": "-",
    });
    fault(&booted, kind).await;
    let token = portal.token(1).await;
    let mut got = Vec::new();
    for cmd in ["profile", "user.admin?a=1", "server.time", "User.Admin", "user.admin"] {
        got.push(portal.call_with(&token, "batch", json!({"cmd": ["scope", cmd]})).await.0);
    }
    assert_eq!(got, [200, 200, 200, 503, 200]);
}

#[actix_web::test]
async fn a_cut_inside_a_batch_leaves_the_rest_undone() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let (first, second) = (portal.task(json!({})).await, portal.task(json!({})).await);
    let cut = json!({"on": "portal", "method": "tasks.task.disapprove", "inner": true, "kind": "drop_after"});
    fault(&booted, cut).await;
    let command = |task: u64| format!("tasks.task.disapprove?taskId={task}");
    let body = json!({"cmd": [command(first), command(second)], "auth": portal.token(2).await});
    let sent = booted.http.post(format!("{}batch", portal.rest)).json(&body).send().await;
    assert!(sent.is_err());
    assert_eq!(
        (portal.dump(first).await["status"].clone(), portal.dump(second).await["status"].clone()),
        (json!(2), json!(4))
    );
}

#[actix_web::test]
async fn the_authorization_server_can_rotate_and_lose_the_answer() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let pair = portal.control("token", json!({"user_id": 1})).await;
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", crate::tests::harness::CLIENT),
        ("client_secret", crate::tests::harness::SECRET),
        ("refresh_token", pair["refresh_token"].as_str().expect("a token")),
    ];
    fault(&booted, json!({"on": "oauth", "method": "oauth/token", "kind": "drop_after"})).await;
    let url = format!("{}/oauth/token/", booted.base);
    assert!(booted.http.post(&url).form(&pairs).send().await.is_err());
    assert_eq!(refusal(&booted.form(&url, &pairs).await), "400 invalid_grant");
    let row = last(&booted, "oauth/token").await;
    assert!(row["params"].get("client_secret").is_none() && row["params"].get("refresh_token").is_none());
}

#[actix_web::test]
async fn a_late_answer_has_been_executed_long_before() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    fault(&booted, json!({"on": "portal", "method": "tasks.task.disapprove", "kind": "late", "ms": 400})).await;
    let begun = Instant::now();
    let answer = portal.call(2, "tasks.task.disapprove", json!({"taskId": task}));
    let looks = async {
        actix_web::rt::time::sleep(Duration::from_millis(150)).await;
        (portal.dump(task).await["status"].clone(), last(&booted, "tasks.task.disapprove").await["status"].clone())
    };
    let (answer, seen) = futures_util::future::join(answer, looks).await;
    assert_eq!((answer.0, seen), (200, (json!(2), Value::Null)), "executed, not answered");
    assert!(begun.elapsed() >= Duration::from_millis(400));
}

#[actix_web::test]
async fn the_journal_names_whose_refresh_token_was_presented() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let pair = portal.control("token", json!({"user_id": 1})).await;
    fault(&booted, json!({"on": "oauth", "method": "oauth/token", "kind": "html", "status": 503})).await;
    let pairs = [("refresh_token", pair["refresh_token"].as_str().expect("a token"))];
    booted.form(&format!("{}/oauth/token/", booted.base), &pairs).await;
    let row = last(&booted, "oauth/token").await;
    assert_eq!((&row["user_id"], &row["executed"]), (&json!(1), &json!(false)));
    assert_eq!(row["member_id"], json!(portal.member_id));
}

#[test]
fn every_token_begins_with_the_mark() {
    let mut tokens = Tokens::marked("c0ffee");
    let grant = Grant { member_id: "m".to_owned(), client_id: "c".to_owned(), user_id: 1 };
    let now = chrono::DateTime::UNIX_EPOCH;
    let pair = tokens.mint(&grant, now);
    for token in [&pair.access_token, &pair.refresh_token] {
        assert!(token.starts_with("c0ffee") && token.len() == 70, "{token}");
    }
    assert!(tokens.mint_code(&grant, now).starts_with("c0ffee"));
}

#[actix_web::test]
async fn five_thousand_tasks_are_answered_at_once() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    portal.control("scenario", json!({"bulk_tasks": {"count": 5000, "created_by": 2, "responsible_id": 3}})).await;
    let token = portal.token(2).await;
    let begun = Instant::now();
    let params =
        json!({"filter": {"REAL_STATUS": 4, "CREATED_BY": 2}, "order": {"CLOSED_DATE": "asc"}, "select": ["ID"]});
    let got = portal.call_with(&token, "tasks.task.list", params).await.1;
    assert_eq!(got["total"], 5000);
    // A loose figure: this also runs unoptimised, beside other tests.
    assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
}

#[actix_web::test]
async fn answers_can_be_too_slow_too_large_and_too_deep() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let url = format!("{}profile", portal.rest);
    let meet = async |kind: Value| {
        let mut kind = kind;
        (kind["on"], kind["method"]) = (json!("portal"), json!("profile"));
        fault(&booted, kind).await;
        booted.http.post(&url).send().await.expect("an answer")
    };
    let mut drip = meet(json!({"kind": "drip", "ms": 20})).await;
    let begun = Instant::now();
    for expected in ["{", "\"", "r"] {
        assert_eq!(drip.chunk().await.expect("a part").expect("a byte"), expected);
    }
    assert!(begun.elapsed() > Duration::from_millis(30));
    drop(drip);
    let large = meet(json!({"kind": "large", "megabytes": 3})).await.bytes().await.expect("a body");
    assert_eq!(large.len(), (3 << 20) + 13);
    let packed = meet(json!({"kind": "large", "megabytes": 3, "gzip": true})).await;
    let body: Value = serde_json::from_slice(&packed.bytes().await.expect("a body")).expect("it is unpacked");
    assert_eq!(body["result"].as_str().map(str::len), Some(3 << 20));
    let deep = meet(json!({"kind": "deep", "levels": 500})).await.text().await.expect("a body");
    assert!(deep.starts_with("{\"result\":[[[") && deep.matches(']').count() == 500);
}
