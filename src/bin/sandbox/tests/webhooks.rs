//! Incoming webhooks: an address that carries one person's rights, and no application.

use crate::tests::harness::{Booted, Got, Portal, boot, refusal};
use serde_json::{Value, json};

async fn webhook(portal: &Portal<'_>, user_id: u64) -> String {
    let made = portal.control("webhook", json!({"user_id": user_id})).await;
    made["url"].as_str().expect("an address").to_owned()
}

async fn call(booted: &Booted, url: &str, method: &str, params: Value) -> Got {
    booted.post(&format!("{url}{method}"), &params).await
}

#[actix_web::test]
async fn a_webhook_has_the_rights_of_its_person() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let (creator, performer) = (webhook(&portal, 2).await, webhook(&portal, 3).await);
    assert!(creator.starts_with(&format!("{}2/", portal.rest)), "{creator}");
    assert_eq!(call(&booted, &creator, "profile.json", json!({})).await.1["result"]["ID"], "2");
    let task = portal.task(json!({})).await;
    let got = call(&booted, &performer, "tasks.task.disapprove", json!({"taskId": task})).await;
    assert_eq!(refusal(&got), "400 1048582");
    let cmd = json!({"a": format!("tasks.task.getaccess?taskId={task}"), "b": format!("tasks.task.disapprove?taskId={task}")});
    let got = call(&booted, &creator, "batch", json!({"cmd": cmd})).await.1;
    assert_eq!(got["result"]["result"]["a"]["allowedActions"]["2"]["DISAPPROVE"], true);
    assert_eq!(portal.dump(task).await["status"], 2);
    let sent = json!({"fields": {"taskId": task, "text": "again"}});
    let v3 = creator.replace("/rest/", "/rest/api/");
    assert_eq!(call(&booted, &v3, "tasks.task.chat.message.send", sent).await.1["result"]["result"], true);
    assert_eq!(portal.dump(task).await["chat"][0]["author_id"], 2);
}

#[actix_web::test]
async fn a_secret_opens_only_for_its_person_and_its_portal() {
    let booted = boot().await;
    let (portal, other) = (booted.portal(json!({})).await, booted.portal(json!({})).await);
    portal.company().await;
    other.company().await;
    let url = webhook(&portal, 2).await;
    let abroad = url.replace(&portal.host, &other.host);
    let wrong = [url.replace("/rest/2/", "/rest/1/"), format!("{}2/0123456789abcdef/", portal.rest), abroad];
    let token = portal.token(2).await;
    for wrong in wrong {
        // Even with a good token beside it: the address is what counts.
        let got = call(&booted, &wrong, "profile", json!({"auth": token})).await;
        assert_eq!(refusal(&got), "401 INVALID_CREDENTIALS", "{wrong}");
    }
    assert_eq!(refusal(&call(&booted, &url, "no.such", json!({})).await), "404 ERROR_METHOD_NOT_FOUND");
}

#[actix_web::test]
async fn there_is_no_application_behind_a_webhook() {
    let booted = boot().await;
    let portal = booted.portal(json!({"user_access_denied": [2], "payment_required": true})).await;
    portal.company().await;
    let url = webhook(&portal, 2).await;
    assert_eq!(call(&booted, &url, "profile", json!({})).await.0, 200, "what an application owes is not its business");
    assert_eq!(refusal(&call(&booted, &url, "app.info", json!({})).await), "400 ACCESS_DENIED");
    for method in ["placement.bind", "placement.get", "event.bind", "event.get"] {
        assert_eq!(refusal(&call(&booted, &url, method, json!({})).await), "403 WRONG_AUTH_TYPE", "{method}");
    }
    portal.control("settings", json!({"access_closed": true})).await;
    assert_eq!(refusal(&call(&booted, &url, "profile", json!({})).await), "403 ACCESS_DENIED");
    portal.control("settings", json!({"access_closed": false})).await;
    portal.control("scenario", json!({"users": [{"id": 2, "name": "P2", "active": false}]})).await;
    assert_eq!(refusal(&call(&booted, &url, "profile", json!({})).await), "401 authorization_error");
}

#[actix_web::test]
async fn a_webhook_shares_the_portal_s_bucket_and_keeps_its_secret() {
    let booted = boot().await;
    let portal = booted.portal(json!({"limits": "normal"})).await;
    let url = webhook(&portal, 1).await;
    let mut got = Vec::new();
    for _ in 0..60 {
        got.push(call(&booted, &url, "server.time", json!({})).await.0);
    }
    assert!(got.contains(&503), "{got:?}");
    assert_eq!(refusal(&portal.call(1, "server.time", json!({})).await), "503 QUERY_LIMIT_EXCEEDED", "one bucket");
    let secret = url.trim_end_matches('/').rsplit('/').next().expect("a secret");
    let journal = booted.get(&format!("{}/control/journal", booted.base)).await.1;
    assert_eq!(journal[0]["client_id"], "webhook");
    assert!(!journal.to_string().contains(secret), "no secret in the journal");
}
