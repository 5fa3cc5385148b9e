//! Installation, placements, openings.

use crate::tests::harness::{boot, refusal};
use serde_json::{Value, json};

fn field(opening: &Value, name: &str) -> Option<String> {
    let body = opening["body"].as_array().expect("pairs");
    body.iter().find(|pair| pair[0] == name).and_then(|pair| pair[1].as_str().map(str::to_owned))
}

#[actix_web::test]
async fn an_opening_posts_the_fields_of_the_vendors_form() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let opening = portal.control("open", json!({"user_id": 2, "place": "DEFAULT"})).await;
    let names: Vec<_> = opening["body"].as_array().expect("pairs").iter().map(|pair| pair[0].clone()).collect();
    let want = [
        "AUTH_ID",
        "AUTH_EXPIRES",
        "REFRESH_ID",
        "SERVER_ENDPOINT",
        "APPLICATION_TOKEN",
        "APPLICATION_SCOPE",
        "member_id",
        "status",
        "PLACEMENT",
    ];
    assert_eq!(names, want, "no PLACEMENT_OPTIONS for the main page when there is nothing to pass");
    let url = url::Url::parse(opening["url"].as_str().expect("a URL")).expect("a URL");
    assert_eq!((url.path(), url.host_str()), ("/", Some("localhost")));
    let query: Vec<_> = url.query_pairs().map(|(key, _)| key.into_owned()).collect();
    assert_eq!(query, ["DOMAIN", "PROTOCOL", "LANG", "APP_SID"]);
    let token = field(&opening, "AUTH_ID").expect("a token");
    assert_eq!(portal.call_with(&token, "profile", json!({})).await.1["result"]["ID"], "2");
    let install = portal.control("open", json!({"user_id": 1, "place": "INSTALL"})).await;
    assert!(install["url"].as_str().is_some_and(|url| url.starts_with("http://localhost:8080/install?DOMAIN=")));
    assert_eq!(field(&install, "PLACEMENT").as_deref(), Some("DEFAULT"));
}

#[actix_web::test]
async fn an_opening_can_be_distorted() {
    let booted = boot().await;
    let portal = booted.portal(json!({"post_new_fields": false})).await;
    let asked = json!({
        "user_id": 1, "place": "TASK_VIEW_TAB", "options": {"taskId": "31"}, "client_id": "app.other",
        "overrides": {"member_id": "feed", "DOMAIN": "evil.test", "drop": ["REFRESH_ID"], "PLACEMENT_OPTIONS": "undefined"},
    });
    let opening = portal.control("open", asked).await;
    assert_eq!(field(&opening, "member_id").as_deref(), Some("feed"));
    assert_eq!(field(&opening, "PLACEMENT_OPTIONS").as_deref(), Some("undefined"));
    assert_eq!(field(&opening, "REFRESH_ID"), None);
    assert_eq!(field(&opening, "APPLICATION_TOKEN"), None, "an older portal");
    assert!(opening["url"].as_str().is_some_and(|url| url.contains("DOMAIN=evil.test")));
    let token = field(&opening, "AUTH_ID").expect("a token");
    let info = booted.form(&format!("{}/rest/app.info", booted.base), &[("auth", &token)]).await.1;
    assert_eq!(info["result"]["client_id"], "app.other");
}

#[actix_web::test]
async fn placements_are_for_administrators_and_refuse_by_name() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let bind = async |user: u64, place: &str, handler: &str| {
        let params = json!({"placement": place, "HANDLER": handler, "LANG_ALL": {"en": {"TITLE": "Return"}}});
        let got = portal.call(user, "placement.bind", params).await;
        if got.0 == 200 { "ok".to_owned() } else { refusal(&got) }
    };
    let handler = "http://localhost:8080/placement";
    assert_eq!(bind(2, "TASK_VIEW_TAB", handler).await, "403 ACCESS_DENIED");
    assert_eq!(bind(1, "TASK_VIEW_TAB", handler).await, "ok");
    assert_eq!(bind(1, "TASK_VIEW_TAB", handler).await, "400 ERROR_CORE");
    assert_eq!(bind(1, "DEFAULT", handler).await, "400 ERROR_ARGUMENT");
    assert_eq!(bind(1, "NO_SUCH_PLACE", handler).await, "400 ERROR_PLACEMENT_NOT_FOUND");
    assert_eq!(bind(1, "LEFT_MENU", "http://intranet/x").await, "400 ERROR_WRONG_HANDLER_URL");
    assert_eq!(bind(1, "REST_APP_URI", handler).await, "ok");
    assert_eq!(bind(1, "REST_APP_URI", "http://localhost:8080/b").await, "400 ERROR_PLACEMENT_MAX_COUNT");
    let rows = portal.call(1, "placement.get", json!({})).await.1["result"].clone();
    assert_eq!((&rows[0]["title"], &rows[0]["options"]), (&json!("Return"), &json!([])));
    let gone = portal.call(1, "placement.unbind", json!({"PLACEMENT": "TASK_VIEW_TAB"})).await.1;
    assert_eq!(gone["result"]["count"], 2, "counted twice, as the vendor counts");
    portal.control("settings", json!({"scopes": ["placement"]})).await;
    assert_eq!(bind(1, "TASK_VIEW_TAB", handler).await, "400 ERROR_PLACEMENT_NOT_FOUND");
    assert_eq!(portal.call(1, "placement.list", json!({})).await.1["result"], json!(["LEFT_MENU", "REST_APP_URI"]));
}

#[actix_web::test]
async fn a_second_installation_starts_afresh() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let old_token = portal.state().await["application_token"].clone();
    let before = portal.token(1).await;
    portal.control("uninstall", json!({"send_event": false})).await;
    let state = portal.state().await;
    assert_eq!((&state["installed"], &state["active"]), (&json!(false), &json!(false)));
    let opening = portal.control("open", json!({"user_id": 1, "place": "INSTALL"})).await;
    let token = field(&opening, "AUTH_ID").expect("a token");
    assert_eq!(portal.call_with(&token, "app.info", json!({})).await.1["result"]["INSTALLED"], false);
    assert_ne!(portal.state().await["application_token"], old_token);
    assert_eq!(refusal(&portal.call_with(&before, "profile", json!({})).await), "401 invalid_token");
    portal.control("install_finish", json!({"user_id": 1})).await;
    assert_eq!(portal.call_with(&token, "app.info", json!({})).await.1["result"]["INSTALLED"], true);
}

#[actix_web::test]
async fn the_self_check_methods_tell_what_is_there() {
    let booted = boot().await;
    let portal = booted.portal(json!({"scopes": ["placement"]})).await;
    let ask = async |name: &str| portal.call(1, "method.get", json!({"name": name})).await.1["result"].clone();
    assert_eq!(ask("tasks.task.disapprove").await, json!({"isExisting": true, "isAvailable": false}));
    assert_eq!(ask("placement.bind").await, json!({"isExisting": true, "isAvailable": true}));
    assert_eq!(ask("no.such").await, json!({"isExisting": false, "isAvailable": false}));
    assert_eq!(portal.call(1, "scope", json!({})).await.1["result"], json!(["placement"]));
    let plan =
        async || portal.call(1, "feature.get", json!({"CODE": "tasks_control"})).await.1["result"]["value"].clone();
    assert_eq!(plan().await, "Y");
    portal.control("settings", json!({"task_control": false})).await;
    assert_eq!(plan().await, "N");
    let events = portal.call(1, "events", json!({})).await.1["result"].clone();
    assert!(events.as_array().is_some_and(|all| !all.contains(&json!("ONTASKUPDATE"))));
}

#[actix_web::test]
async fn control_refuses_what_it_does_not_know() {
    let booted = boot().await;
    for (path, body) in [("portals", json!({"rest_v4": true})), ("faults", json!({"on": "portal", "method": "x"}))] {
        let (status, said) = booted.post(&format!("{}/control/{path}", booted.base), &body).await;
        assert!(status == 400 && said["error"].is_string(), "{path}: {said}");
    }
    for _ in 0..3 {
        booted.portal(json!({})).await;
    }
    let (status, _) = booted.post(&format!("{}/control/portals", booted.base), &json!({})).await;
    assert_eq!(status, 409, "no address left");
}
