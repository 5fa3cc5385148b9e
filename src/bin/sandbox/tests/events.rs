//! Events: who hears what, and how it looks on the wire.

use crate::tests::harness::{Booted, Portal, boot, refusal};
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Heard = Arc<Mutex<Vec<String>>>;

/// A handler that writes down every body.
async fn listen() -> (String, Heard) {
    let heard: Heard = Arc::default();
    let book = heard.clone();
    let server = HttpServer::new(move || {
        let book = book.clone();
        App::new().default_service(web::to(move |body: String| {
            book.lock().expect("a book").push(body);
            async { HttpResponse::Ok().finish() }
        }))
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).expect("a port");
    let url = format!("http://127.0.0.1:{}/events", server.addrs()[0].port());
    actix_web::rt::spawn(server.run());
    (url, heard)
}

async fn quiet(booted: &Booted) {
    for _ in 0..100 {
        let left = booted.get(&format!("{}/control/leftovers", booted.base)).await.1;
        if left["undelivered_events"] == 0 {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("events were never delivered");
}

async fn bind(portal: &Portal<'_>, event: &str, url: &str) {
    let got = portal.call(1, "event.bind", json!({"event": event, "Handler": url})).await;
    assert_eq!(got.1["result"], true, "{got:?}");
}

fn value(body: &str, key: &str) -> Option<String> {
    url::form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
}

#[actix_web::test]
async fn a_task_event_is_form_encoded_with_php_brackets() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let (url, heard) = listen().await;
    bind(&portal, "onTaskUpdate", &url).await;
    bind(&portal, "ONTASKDELETE", &url).await;
    let task = portal.task(json!({})).await;
    portal.call(2, "tasks.task.disapprove", json!({"taskId": task})).await;
    portal.call(2, "tasks.task.disapprove", json!({"taskId": task})).await;
    quiet(&booted).await;
    let bodies = heard.lock().expect("a book").clone();
    assert_eq!(bodies.len(), 1, "the silent yes is no event");
    let body = &bodies[0];
    assert!(body.contains("auth%5Bmember_id%5D=") && body.starts_with("event=ONTASKUPDATE&"), "{body}");
    let get = |key: &str| value(body, key);
    assert_eq!(get("data[FIELDS_BEFORE][ID]"), Some(task.to_string()));
    assert_eq!(get("data[FIELDS_AFTER][ID]"), Some(task.to_string()));
    assert_eq!(get("data[IS_ACCESSIBLE_AFTER]").as_deref(), Some("undefined"));
    assert_eq!(get("auth[user_id]").as_deref(), Some("2"));
    assert_eq!(get("auth[member_id]"), Some(portal.member_id.clone()));
    assert_eq!(get("auth[client_endpoint]"), Some(portal.rest.clone()));
    assert_eq!(get("auth[application_token]"), portal.state().await["application_token"].as_str().map(str::to_owned));
    assert_eq!(get("auth[refresh_token]"), None, "only life-cycle events bring one");
    let token = get("auth[access_token]").expect("a token");
    assert_eq!(portal.call_with(&token, "profile", json!({})).await.1["result"]["ID"], "2");
    portal.control("act", json!({"user_id": 2, "action": "delete", "task_id": task})).await;
    quiet(&booted).await;
    let gone = heard.lock().expect("a book")[1].clone();
    assert_eq!(value(&gone, "data[FIELDS_AFTER]").as_deref(), Some("undefined"));
    assert_eq!(value(&gone, "data[IS_ACCESSIBLE_AFTER]").as_deref(), Some("N"));
}

#[actix_web::test]
async fn nothing_is_told_before_the_installation_is_finished() {
    let booted = boot().await;
    let portal = booted.portal(json!({"installed": false})).await;
    portal.company().await;
    let (url, heard) = listen().await;
    for event in ["ONAPPINSTALL", "ONAPPUNINSTALL", "ONTASKUPDATE"] {
        bind(&portal, event, &url).await;
    }
    let task = portal.task(json!({})).await;
    portal.call(2, "tasks.task.disapprove", json!({"taskId": task})).await;
    quiet(&booted).await;
    assert!(heard.lock().expect("a book").is_empty());
    assert_eq!(portal.control("install_finish", json!({"user_id": 2})).await["result"], false, "no administrator");
    assert_eq!(portal.control("install_finish", json!({"user_id": 1})).await["result"], true);
    quiet(&booted).await;
    let first = heard.lock().expect("a book")[0].clone();
    assert_eq!(value(&first, "event").as_deref(), Some("ONAPPINSTALL"));
    assert_eq!(value(&first, "data[INSTALLED]").as_deref(), Some("Y"));
    assert!(value(&first, "auth[refresh_token]").is_some());
    portal.control("uninstall", json!({"clean": true})).await;
    quiet(&booted).await;
    let last = heard.lock().expect("a book")[1].clone();
    assert_eq!(value(&last, "data[CLEAN]").as_deref(), Some("1"));
    assert_eq!(value(&last, "auth[access_token]"), None, "no tokens any more");
    assert!(value(&last, "auth[application_token]").is_some_and(|token| token.len() == 32));
}

#[actix_web::test]
async fn an_unfinished_installation_leaves_without_a_word() {
    let booted = boot().await;
    let portal = booted.portal(json!({"installed": false})).await;
    let (url, heard) = listen().await;
    bind(&portal, "ONAPPUNINSTALL", &url).await;
    portal.control("uninstall", json!({})).await;
    quiet(&booted).await;
    assert!(heard.lock().expect("a book").is_empty());
}

#[actix_web::test]
async fn an_update_tells_and_drops_every_binding() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let (url, heard) = listen().await;
    bind(&portal, "ONAPPUPDATE", &url).await;
    portal.control("update", json!({})).await;
    quiet(&booted).await;
    let body = heard.lock().expect("a book")[0].clone();
    assert_eq!(value(&body, "data[PREVIOUS_VERSION]").as_deref(), Some("1"));
    let state = portal.state().await;
    assert_eq!((&state["handlers"], &state["installed"]), (&json!([]), &json!(false)));
}

#[actix_web::test]
async fn binding_refuses_what_the_vendor_refuses() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let bind = async |user: u64, event: &str, handler: &str| {
        let got = portal.call(user, "event.bind", json!({"event": event, "handler": handler})).await;
        if got.0 == 200 { "ok".to_owned() } else { refusal(&got) }
    };
    assert_eq!(bind(1, "ONTASKUPDATE", "http://app.test/e").await, "ok");
    assert_eq!(bind(1, "ONTASKUPDATE", "http://app.test/e").await, "400 ERROR_CORE");
    assert_eq!(bind(1, "ONNOTHING", "http://app.test/e").await, "400 ERROR_EVENT_NOT_FOUND");
    assert_eq!(bind(1, "ONTASKADD", "http://intranet/e").await, "400 ERROR_WRONG_HANDLER_URL");
    assert_eq!(bind(1, "ONTASKADD", "ftp://app.test/e").await, "400 ERROR_UNSUPPORTED_PROTOCOL");
    assert_eq!(bind(1, "ONTASKADD", "").await, "400 ERROR_ARGUMENT");
    assert_eq!(bind(1, "ONTASKADD", "http://localhost:8080/e").await, "ok", "the application's own host");
    assert_eq!(bind(3, "ONTASKADD", "http://localhost:8080/e").await, "ok");
    let rows = portal.call(1, "event.get", json!({})).await.1["result"].clone();
    assert_eq!(rows[2]["auth_type"], "3", "an ordinary person's handler is bound to that person");
    let gone =
        portal.call(1, "event.unbind", json!({"event": "ONTASKADD", "handler": "http://localhost:8080/e"})).await;
    assert_eq!(gone.1["result"]["count"], 2);
}

#[actix_web::test]
async fn words_on_a_task_and_new_tasks_are_told_as_well() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let (url, heard) = listen().await;
    bind(&portal, "ONTASKADD", &url).await;
    bind(&portal, "ONTASKCOMMENTADD", &url).await;
    let task = json!({"title": "New", "created_by": 2, "responsible_id": 3});
    let made = portal.control("scenario", json!({"tasks": [task], "events": true})).await["tasks"][0].clone();
    quiet(&booted).await;
    portal.control("act", json!({"user_id": 3, "action": "comment", "task_id": made, "text": "hello"})).await;
    quiet(&booted).await;
    let bodies = heard.lock().expect("a book").clone();
    assert_eq!(value(&bodies[0], "data[FIELDS_BEFORE]").as_deref(), Some("undefined"));
    assert_eq!(value(&bodies[0], "data[IS_ACCESSIBLE_BEFORE]").as_deref(), Some("N"));
    assert_eq!(value(&bodies[1], "data[FIELDS_AFTER][ID]").as_deref(), Some("0"));
    assert_eq!(value(&bodies[1], "data[FIELDS_AFTER][TASK_ID]"), Some(made.to_string()));
}

#[actix_web::test]
async fn control_forges_events() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let (url, heard) = listen().await;
    let event = json!({
        "event": "OnTaskUpdate", "data": {"FIELDS_AFTER": {"ID": 7}}, "application_token": "forged", "url": url,
    });
    assert_eq!(portal.control("event", event).await["status"], 200);
    let body = heard.lock().expect("a book")[0].clone();
    assert_eq!(value(&body, "auth[application_token]").as_deref(), Some("forged"));
    assert_eq!(value(&body, "data[FIELDS_AFTER][ID]").as_deref(), Some("7"));
    assert_eq!(value(&body, "auth[access_token]"), None);
}
