//! How requests are read, and who is let in.

use crate::php::Php;
use crate::tests::harness::{boot, refusal};
use serde_json::json;

#[test]
fn php_brackets_nest_append_and_keep_their_order() {
    let all = Php::from_query("b[]=1&b[]=2&a[%3E%3DID][x]=y+z&b[7]=3&c=1&c=2");
    assert_eq!(all.to_json(), json!({"b": {"0": "1", "1": "2", "7": "3"}, "a": {">=ID": {"x": "y z"}}, "c": "2"}));
    let order: Vec<_> = all.pairs().iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(order, ["b", "a", "c"]);
    assert_eq!(Php::from_json(br#"{"z":1,"a":[]}"#).map(|all| all.pairs()[0].0.clone()), Some("z".to_owned()));
}

#[actix_web::test]
async fn json_form_query_and_header_all_bring_the_token() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let token = portal.token(1).await;
    let url = format!("{}user.admin", portal.rest);
    assert_eq!(portal.call_with(&token, "USER.Admin.json", json!({})).await.1["result"], true);
    assert_eq!(booted.form(&url, &[("auth", &token)]).await.1["result"], true);
    assert_eq!(booted.get(&format!("{url}?auth={token}")).await.1["result"], true);
    let header = booted.http.post(&url).bearer_auth(&token).send().await.expect("an answer");
    assert_eq!(header.status(), 200);
    // The body wins over the query.
    let (status, _) = booted.form(&format!("{url}?auth=nonsense"), &[("auth", &token)]).await;
    assert_eq!(status, 200);
}

#[actix_web::test]
async fn malformed_json_looks_like_a_missing_token() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let token = portal.token(1).await;
    let body = format!("{{\"auth\":\"{token}\"");
    for (kind, body) in [("application/json", body.clone()), ("text/plain", format!("{body}}}"))] {
        let request = booted.http.post(format!("{}profile", portal.rest)).header("content-type", kind).body(body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 401);
        assert!(answer.text().await.expect("a body").contains("NO_AUTH_FOUND"), "{kind}");
    }
}

#[actix_web::test]
async fn the_door_names_what_is_wrong() {
    let booted = boot().await;
    let portal = booted.portal(json!({"scopes": ["placement"]})).await;
    let other = booted.portal(json!({})).await;
    portal.company().await;
    let token = portal.token(2).await;
    assert_eq!(refusal(&portal.call_with("", "profile", json!({})).await), "401 NO_AUTH_FOUND");
    assert_eq!(refusal(&other.call_with(&token, "profile", json!({})).await), "401 NO_AUTH_FOUND");
    assert_eq!(refusal(&portal.call_with(&token, "no.such.method", json!({})).await), "404 ERROR_METHOD_NOT_FOUND");
    let list = portal.call_with(&token, "tasks.task.list", json!({})).await;
    assert_eq!(refusal(&list), "403 insufficient_scope");
    for (switch, code) in [
        (json!({"user_access_denied": [2]}), "403 user_access_error"),
        (json!({"access_closed": true}), "403 ACCESS_DENIED"),
        (json!({"payment_required": true}), "401 PAYMENT_REQUIRED"),
        (json!({"deleted": true}), "500 PORTAL_DELETED"),
    ] {
        portal.control("settings", switch).await;
        assert_eq!(refusal(&portal.call_with(&token, "profile", json!({})).await), code);
    }
    other.company().await;
    let token = other.token(2).await;
    other.control("scenario", json!({"users": [{"id": 2, "name": "Gone", "active": false}]})).await;
    assert_eq!(refusal(&other.call_with(&token, "profile", json!({})).await), "401 authorization_error");
}

#[actix_web::test]
async fn an_address_without_portal_answers_as_a_proxy_would() {
    let booted = boot().await;
    let port = booted.sandbox.world().port;
    let answer = booted.http.get(format!("http://127.0.0.4:{port}/rest/profile")).send().await.expect("an answer");
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.expect("a body").starts_with("<html>"));
}

#[actix_web::test]
async fn a_renamed_portal_sends_callers_to_its_new_name() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let token = portal.token(1).await;
    let fresh = portal.control("rename", json!({})).await["client_endpoint"].as_str().expect("a URL").to_owned();
    let url = format!("{}profile", portal.rest);
    let answer = booted.http.post(&url).json(&json!({"auth": token})).send().await.expect("an answer");
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"].to_str().ok(), Some(format!("{fresh}profile").as_str()));
    assert_eq!(booted.post(&format!("{fresh}profile"), &json!({"auth": token})).await.0, 200);
    let info = booted.form(&format!("{}/rest/app.info", booted.base), &[("auth", &token)]).await.1;
    assert_eq!(info["result"]["install"]["client_endpoint"], json!(fresh));
}
