//! The reason: positional comments, the chat of REST 3.0, messages and notices.

use crate::tests::harness::{Got, Portal, boot, refusal};
use serde_json::{Value, json};

#[actix_web::test]
async fn old_methods_take_values_in_order_and_ignore_names() {
    let booted = boot().await;
    let portal = booted.portal(json!({"rest_v3": false})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let token = portal.token(2).await;
    let url = format!("{}task.commentitem.add?auth={token}", portal.rest);
    let (status, got) = booted.post(&url, &json!([task, {"POST_MESSAGE": "first"}])).await;
    assert!(status == 200 && got["result"].is_u64(), "{got}");
    let id = task.to_string();
    assert_eq!(booted.form(&url, &[("0", &id), ("1[POST_MESSAGE]", "second")]).await.0, 200);
    let named = booted.form(&url, &[("TASKID", &id), ("FIELDS[POST_MESSAGE]", "third")]).await;
    assert_eq!(named.0, 200, "names do not matter");
    let swapped = booted.form(&url, &[("FIELDS[POST_MESSAGE]", "fourth"), ("TASKID", &id)]).await;
    assert_eq!(refusal(&swapped), "400 ERROR_CORE");
    assert!(swapped.1["error_description"].as_str().is_some_and(|text| text.contains("256/TE/WRONG_ARGUMENTS")));
    let flat = booted.post(&url, &json!([task, "no array"])).await;
    assert!(flat.1["error_description"].as_str().is_some_and(|text| text.contains("Param #1")));
    assert_eq!(refusal(&booted.form(&url, &[("0", &id), ("1[POST_MESSAGE]", " ")]).await), "400 ERROR_CORE");
    let listed = booted.post(&format!("{}task.commentitem.getlist?auth={token}", portal.rest), &json!([task])).await.1;
    let texts: Vec<_> = listed["result"].as_array().expect("a list").iter().map(|row| &row["POST_MESSAGE"]).collect();
    assert_eq!(texts, ["first", "second", "third"]);
    let stranger = portal.token(8).await;
    let url = format!("{}task.commentitem.add?auth={stranger}", portal.rest);
    assert_eq!(refusal(&booted.post(&url, &json!([task, {"POST_MESSAGE": "x"}])).await), "400 ERROR_CORE");
}

#[actix_web::test]
async fn reading_old_comments_is_gone_with_the_new_card() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let token = portal.token(2).await;
    let at = |method: &str| format!("{}{method}?auth={token}", portal.rest);
    let got = booted.post(&at("task.commentitem.getlist"), &json!([task])).await;
    assert_eq!(refusal(&got), "404 ERROR_METHOD_NOT_FOUND");
    let got = booted.post(&at("task.commentitem.add"), &json!([task, {"POST_MESSAGE": "still works"}])).await;
    assert_eq!(got.0, 200);
}

async fn send(portal: &Portal<'_>, user: u64, key: Option<&str>, body: Value) -> (Got, bool) {
    let mut body = body;
    body["auth"] = json!(portal.token(user).await);
    let url = format!("{}api/tasks.task.chat.message.send", portal.rest);
    let mut request = portal.booted.http.post(url).json(&body);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    let answer = request.send().await.expect("an answer");
    let replayed = answer.headers().contains_key("Idempotent-Replayed");
    ((answer.status().as_u16(), answer.json().await.expect("JSON")), replayed)
}

#[actix_web::test]
async fn a_repeated_key_replays_another_body_is_refused() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let text = |text: &str| json!({"fields": {"taskId": task, "text": text}});
    let (first, replayed) = send(&portal, 2, Some("k1"), text("please redo")).await;
    assert_eq!((first.0, &first.1["result"], replayed), (200, &json!({"result": true}), false));
    // Another token of the same person: no other request.
    let (again, replayed) = send(&portal, 2, Some("k1"), text("please redo")).await;
    assert_eq!((again.1["result"].clone(), replayed), (first.1["result"].clone(), true));
    let (other, _) = send(&portal, 2, Some("k1"), text("something else")).await;
    assert_eq!(refusal(&other), "422 BITRIX_REST_V3_EXCEPTION_IDEMPOTENCYKEYREUSEDEXCEPTION");
    send(&portal, 3, Some("k1"), text("another person's key")).await;
    let (bad, _) = send(&portal, 2, Some(&"x".repeat(256)), text("t")).await;
    assert_eq!(refusal(&bad), "400 BITRIX_REST_V3_EXCEPTION_INVALIDIDEMPOTENCYKEYEXCEPTION");
    let chat = portal.dump(task).await["chat"].clone();
    let texts: Vec<_> = chat.as_array().expect("a list").iter().map(|row| row["text"].clone()).collect();
    assert_eq!(texts, [json!("please redo"), json!("another person's key")]);
    booted.control("clock", json!({"offset_seconds": 25 * 3600})).await;
    let (late, replayed) = send(&portal, 2, Some("k1"), text("please redo")).await;
    assert!(late.0 == 200 && !replayed, "a day later the key is forgotten");
}

#[actix_web::test]
async fn rest_three_speaks_in_objects_and_is_absent_on_old_portals() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let prefix = "BITRIX_REST_V3_EXCEPTION_";
    let (got, _) = send(&portal, 8, None, json!({"fields": {"taskId": task, "text": "hi"}})).await;
    assert_eq!(refusal(&got), format!("403 {prefix}ACCESSDENIEDEXCEPTION"));
    let (got, _) = send(&portal, 2, None, json!({"fields": {"text": "hi"}})).await;
    assert_eq!(refusal(&got), format!("400 {prefix}VALIDATION_REQUESTVALIDATIONEXCEPTION"));
    assert_eq!(got.1["error"]["validation"][0]["field"], "taskId");
    assert_eq!(
        refusal(&portal.call(2, "api/tasks.task.disapprove", json!({"taskId": task})).await),
        "404 ERROR_METHOD_NOT_FOUND"
    );
    assert_eq!(
        refusal(&portal.call(2, "tasks.task.access.get", json!({"id": task})).await),
        "404 ERROR_METHOD_NOT_FOUND"
    );
    let access = portal.call(2, "api/tasks.task.access.get", json!({"id": task})).await.1;
    assert_eq!(access["result"]["disapprove"], true);
    let select = json!(["id", "status", "chat.id", "needsControl", "unknown"]);
    let got = portal.call(2, "api/tasks.task.get", json!({"id": task, "select": select})).await.1;
    let item = json!({"id": task, "status": "supposedly_completed", "chat": {"id": task + 2000}, "needsControl": true});
    assert_eq!(got["result"]["item"], item);
    portal.control("settings", json!({"scopes": ["task"]})).await;
    let (got, _) = send(&portal, 2, None, json!({"fields": {"taskId": task, "text": "hi"}})).await;
    assert_eq!(refusal(&got), format!("403 {prefix}INSUFFICIENTSCOPEEXCEPTION"));
    portal.control("settings", json!({"rest_v3": false})).await;
    let (got, _) = send(&portal, 2, None, json!({"fields": {"taskId": task, "text": "hi"}})).await;
    assert_eq!(refusal(&got), "404 ERROR_METHOD_NOT_FOUND");
}

#[actix_web::test]
async fn messages_are_for_participants_and_a_tag_replaces_a_notice() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let say = json!({"DIALOG_ID": format!("chat{}", task + 2000), "MESSAGE": "hello"});
    assert_eq!(portal.call(2, "im.message.add", say.clone()).await.0, 200);
    // An administrator may read the task and is no member of its chat.
    assert_eq!(refusal(&portal.call(1, "im.message.add", say.clone()).await), "403 ACCESS_ERROR");
    let read = portal.call(3, "im.dialog.messages.get", say).await.1;
    assert_eq!(read["result"]["messages"][0]["text"], "hello");
    for text in ["one", "two"] {
        let notice = json!({"USER_ID": 3, "MESSAGE": text, "TAG": "RFR|1"});
        assert!(portal.call(2, "im.notify.system.add", notice).await.1["result"].is_u64());
    }
    let notices = portal.state().await["notifications"].clone();
    let texts: Vec<_> = notices.as_array().expect("a list").iter().map(|row| row["text"].clone()).collect();
    assert_eq!(texts, [json!("two")]);
}

#[actix_web::test]
async fn checklists_are_positional_as_well() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({"checklist": [{"title": "a", "complete": true}], "results": ["res"]})).await;
    let token = portal.token(2).await;
    let call = async |method: &str, args: Value| {
        booted.post(&format!("{}task.checklistitem.{method}?auth={token}", portal.rest), &args).await
    };
    let items = call("getlist", json!([task])).await.1["result"].clone();
    assert_eq!((&items[1]["TITLE"], &items[1]["IS_COMPLETE"]), (&json!("a"), &json!("Y")));
    let item: u64 = items[1]["ID"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    assert_eq!(call("isactionallowed", json!([task, item, 4])).await.1["result"], true);
    assert_eq!(call("renew", json!([task, item])).await.1["result"], true);
    assert_eq!(portal.dump(task).await["checklist"][1]["complete"], false);
    assert_eq!(refusal(&call("renew", json!(["x", item])).await), "400 ERROR_CORE");
    let results = portal.call(2, "tasks.task.result.list", json!({"taskId": task})).await.1;
    assert_eq!((&results["result"][0]["text"], &results["result"][0]["commentId"]), (&json!("res"), &json!(0)));
}

#[actix_web::test]
async fn a_chat_is_read_in_parts_by_participants_with_the_scope() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let dialog = format!("chat{}", task + 2000);
    for nth in 1..=25 {
        let say = json!({"DIALOG_ID": dialog, "MESSAGE": format!("m{nth}")});
        assert_eq!(portal.call(if nth % 2 == 0 { 2 } else { 3 }, "im.message.add", say).await.0, 200);
    }
    let read = async |user: u64, more: Value| {
        let mut params = more;
        params["DIALOG_ID"] = json!(dialog);
        portal.call(user, "im.dialog.messages.get", params).await
    };
    let texts = |got: &Got| -> Vec<String> {
        let rows = got.1["result"]["messages"].as_array().expect("messages").iter();
        rows.map(|row| row["text"].as_str().expect("a text").to_owned()).collect()
    };
    let newest = read(2, json!({})).await;
    assert_eq!((texts(&newest).len(), texts(&newest)[0].as_str()), (20, "m25"), "newest first, 20 of them");
    assert_eq!(newest.1["result"]["users"].as_array().map(Vec::len), Some(2));
    let id = |nth: usize| newest.1["result"]["messages"][nth]["id"].clone();
    assert_eq!(texts(&read(2, json!({"FIRST_ID": id(2)})).await), ["m25", "m24"]);
    assert_eq!(texts(&read(2, json!({"LAST_ID": id(2), "LIMIT": 2})).await), ["m22", "m21"]);
    assert_eq!(texts(&read(2, json!({"LIMIT": 1000})).await).len(), 25);
    assert_eq!(refusal(&read(1, json!({})).await), "403 ACCESS_ERROR", "an administrator takes no part");
    assert_eq!(refusal(&portal.call(2, "im.dialog.messages.get", json!({})).await), "400 DIALOG_ID_EMPTY");

    let without = booted.portal(json!({"scopes": ["task", "placement", "tasks"]})).await;
    without.company().await;
    let got = without.call(2, "im.dialog.messages.get", json!({"DIALOG_ID": "chat1"})).await;
    assert_eq!(refusal(&got), "403 insufficient_scope");
}
