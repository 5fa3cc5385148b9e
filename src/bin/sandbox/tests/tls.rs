//! The whole sandbox over TLS, with certificates to choose from.

use crate::tests::harness::{Booted, boot_with};
use serde_json::json;
use std::path::PathBuf;

async fn boot(name: &str) -> (Booted, PathBuf) {
    let file = std::env::temp_dir().join(format!("sandbox-{name}-{}.pem", std::process::id()));
    let path = file.to_str().expect("a path").to_owned();
    (boot_with(&["--tls", &path], Some(&file)).await, file)
}

#[actix_web::test]
async fn with_tls_everything_is_over_tls() {
    let (booted, file) = boot("whole").await;
    assert!(booted.base.starts_with("https://127.0.0.1:"), "{}", booted.base);
    let portal = booted.portal(json!({})).await;
    assert!(portal.rest.starts_with("https://127.0.0.2:"), "{}", portal.rest);
    assert_eq!(portal.call(1, "profile", json!({})).await.0, 200);
    let token = portal.token(1).await;
    let info = booted.post(&format!("{}/rest/app.info", booted.base), &json!({"auth": token})).await.1;
    assert_eq!(info["result"]["install"]["client_endpoint"], portal.rest);
    let opening = portal.control("open", json!({"user_id": 1, "place": "DEFAULT"})).await;
    assert!(opening["url"].as_str().expect("a text").contains("PROTOCOL=1"), "{opening}");
    let plain = booted.http.post(portal.rest.replace("https://", "http://")).send().await;
    assert!(plain.is_err(), "nothing is said in clear");
    let _ = std::fs::remove_file(file);
}

#[actix_web::test]
async fn a_portal_shows_the_certificate_that_was_chosen() {
    let (booted, file) = boot("bad").await;
    let portal = booted.portal(json!({})).await;
    let rows = |booted: &Booted| booted.sandbox.world().journal.since(0).len();
    for shown in ["expired", "self_signed", "wrong_host"] {
        portal.control("settings", json!({"certificate": shown})).await;
        let before = rows(&booted);
        let error = booted.http.post(format!("{}profile", portal.rest)).send().await.expect_err(shown);
        assert!(error.is_connect(), "{shown}: {error:?}");
        assert_eq!(rows(&booted), before, "{shown}: nothing was asked");
    }
    let seen = booted.get(&format!("{}/control/handshakes", booted.base)).await.1;
    assert_eq!(seen["127.0.0.2"], json!({"done": 0, "failed": 3}));
    portal.control("settings", json!({"certificate": "valid"})).await;
    assert_eq!(portal.call(1, "profile", json!({})).await.0, 200);
    let _ = std::fs::remove_file(file);
}

#[actix_web::test]
async fn who_does_not_know_the_authority_trusts_nothing() {
    let (booted, file) = boot("unknown").await;
    let stranger = reqwest::Client::builder().no_proxy().build().expect("a client");
    let error = stranger.get(format!("{}/control/health", booted.base)).send().await.expect_err("no trust");
    assert!(error.is_connect(), "{error:?}");
    let _ = std::fs::remove_file(file);
}
