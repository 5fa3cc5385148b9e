//! The authorization server.

use crate::tests::harness::{Booted, CLIENT, Got, SECRET, boot, refusal};
use serde_json::json;

async fn token(booted: &Booted, pairs: &[(&str, &str)]) -> Got {
    booted.form(&format!("{}/oauth/token/", booted.base), pairs).await
}

async fn refresh(booted: &Booted, refresh_token: &str) -> Got {
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("refresh_token", refresh_token),
    ];
    token(booted, &pairs).await
}

#[actix_web::test]
async fn a_refresh_token_works_once_and_brings_the_next() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let pair = portal.control("token", json!({"user_id": 1})).await;
    let old = pair["refresh_token"].as_str().expect("a token");
    let (status, got) = refresh(&booted, old).await;
    assert_eq!(status, 200);
    assert_eq!((&got["user_id"], &got["expires_in"]), (&json!(1), &json!(3600)));
    assert!(got.get("token_type").is_none() && got["expires"].is_i64());
    assert_eq!(got["scope"], "task,placement,tasks,im");
    assert_eq!(got["domain"].as_str(), booted.base.strip_prefix("http://"), "the authorization server's own");
    assert_eq!(got["client_endpoint"], json!(portal.rest));
    assert_eq!(got["access_token"].as_str().map(str::len), Some(70));
    assert_eq!(refusal(&refresh(&booted, old).await), "400 invalid_grant");
    let next = got["refresh_token"].as_str().expect("a token");
    assert_eq!(refresh(&booted, next).await.0, 200);
}

#[actix_web::test]
async fn errors_of_the_token_endpoint() {
    let booted = boot().await;
    let base = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("client_secret", SECRET)];
    assert_eq!(refusal(&token(&booted, &base).await), "400 invalid_request");
    assert_eq!(refusal(&token(&booted, &[]).await), "400 invalid_request");
    let wrong = [("grant_type", "refresh_token"), ("client_id", "app.nobody"), ("client_secret", "x")];
    assert_eq!(token(&booted, &wrong).await, (200, json!({"error": "wrong_client"})));
    let secret = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("client_secret", "x")];
    assert_eq!(refusal(&token(&booted, &secret).await), "400 invalid_client");
    assert_eq!(refusal(&refresh(&booted, "nonsense").await), "400 invalid_grant");
    let portal = booted.portal(json!({})).await;
    let pair = portal.control("token", json!({"user_id": 1, "client_id": "app.other"})).await;
    let foreign = pair["refresh_token"].as_str().expect("a token");
    assert_eq!(refusal(&refresh(&booted, foreign).await), "400 invalid_grant", "another application's");
}

#[actix_web::test]
async fn a_code_is_single_use_and_lives_thirty_seconds() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let ask = format!("http://{}/oauth/authorize/?client_id={CLIENT}&state=s1&as=1", portal.host);
    let code = async || {
        let answer = booted.http.get(&ask).send().await.expect("an answer");
        let location = answer.headers()["location"].to_str().expect("text").to_owned();
        let url = url::Url::parse(&location).expect("a URL");
        let get = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        assert_eq!(get("state").as_deref(), Some("s1"));
        assert_eq!(get("domain"), Some(portal.host.clone()));
        assert_eq!(get("member_id"), Some(portal.member_id.clone()));
        get("code").expect("a code")
    };
    let spend = async |code: String| {
        let query = format!("grant_type=authorization_code&client_id={CLIENT}&client_secret={SECRET}&code={code}");
        booted.get(&format!("{}/oauth/token/?{query}", booted.base)).await
    };
    let first = code().await;
    let (status, got) = spend(first.clone()).await;
    assert_eq!(status, 200);
    assert!(got.get("expires").is_none() && got.get("user_id").is_none(), "these come with a refresh only");
    assert_eq!(refusal(&spend(first).await), "400 invalid_grant");
    let late = code().await;
    booted.control("clock", json!({"offset_seconds": 31})).await;
    assert_eq!(refusal(&spend(late).await), "400 invalid_grant");
}

#[actix_web::test]
async fn app_info_tells_whose_token_it_is() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let info = async |token: &str| booted.form(&format!("{}/rest/app.info", booted.base), &[("auth", token)]).await;
    let token = portal.token(3).await;
    let (_, got) = info(&token).await;
    let result = &got["result"];
    assert_eq!((&result["client_id"], &result["user_id"]), (&json!(CLIENT), &json!("3")));
    assert_eq!(result["install"]["member_id"], json!(portal.member_id));
    assert_eq!(result["install"]["domain"], json!(portal.host));
    assert_eq!(result["install"]["installed"], true);
    assert_eq!(refusal(&info(&"ab".repeat(35)).await), "400 invalid_client");
    assert_eq!(refusal(&info("what").await), "401 NO_AUTH_FOUND");
    assert_eq!(refusal(&info("").await), "401 NO_AUTH_FOUND");
    portal.control("expire", json!({"user_id": 3})).await;
    assert_eq!(refusal(&info(&token).await), "401 expired_token");
    assert_eq!(refusal(&portal.call_with(&token, "profile", json!({})).await), "401 expired_token");
}

#[actix_web::test]
async fn an_hour_later_the_access_token_is_over_and_the_refresh_token_is_not() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let pair = portal.control("token", json!({"user_id": 1})).await;
    let access = pair["access_token"].as_str().expect("a token");
    booted.control("clock", json!({"offset_seconds": 3590})).await;
    assert_eq!(portal.call_with(access, "profile", json!({})).await.0, 200);
    booted.control("clock", json!({"offset_seconds": 3610})).await;
    assert_eq!(refusal(&portal.call_with(access, "profile", json!({})).await), "401 expired_token");
    assert_eq!(refresh(&booted, pair["refresh_token"].as_str().expect("a token")).await.0, 200);
    let pair = portal.control("token", json!({"user_id": 1})).await;
    booted.control("clock", json!({"offset_seconds": 181 * 86_400})).await;
    let late = refresh(&booted, pair["refresh_token"].as_str().expect("a token")).await;
    assert_eq!(refusal(&late), "400 invalid_grant");
}

#[actix_web::test]
async fn revoked_and_uninstalled_tokens_are_refused_by_name() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let pair = portal.control("token", json!({"user_id": 1})).await;
    portal.control("revoke", json!({})).await;
    let old = pair["refresh_token"].as_str().expect("a token");
    assert_eq!(refusal(&refresh(&booted, old).await), "400 invalid_grant");
    let pair = portal.control("token", json!({"user_id": 1})).await;
    let (access, old) = (pair["access_token"].as_str().expect("one"), pair["refresh_token"].as_str().expect("one"));
    portal.control("uninstall", json!({})).await;
    assert_eq!(refusal(&portal.call_with(access, "profile", json!({})).await), "401 invalid_token");
    let info = booted.form(&format!("{}/rest/app.info", booted.base), &[("auth", access)]).await;
    assert_eq!(refusal(&info), "401 NOT_INSTALLED");
    assert_eq!(refusal(&refresh(&booted, old).await), "400 invalid_grant");
}

#[actix_web::test]
async fn a_refresh_token_of_somebody_who_left_brings_another_persons_pair() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let pair = portal.control("token", json!({"user_id": 1})).await;
    assert_eq!(portal.control("rehome", json!({"from": 1, "to": 2})).await["rehomed"], 1);
    let got = refresh(&booted, pair["refresh_token"].as_str().expect("a token")).await.1;
    assert_eq!(got["user_id"], 2);
    let who = portal.call_with(got["access_token"].as_str().expect("a token"), "profile", json!({})).await.1;
    assert_eq!((&who["result"]["ID"], &who["result"]["ADMIN"]), (&json!("2"), &json!(false)));
}
