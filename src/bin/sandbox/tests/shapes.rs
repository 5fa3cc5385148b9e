//! Answers have the vendor's keys and types.

use crate::tests::harness::boot;
use serde_json::{Value, json};

const EXAMPLE: &str = include_str!("../examples/disapprove-8017.json");

/// Same keys, same kinds; maps by id are compared by their newest value, lists by their first item.
fn compare(path: &str, want: &Value, have: &Value, wrong: &mut Vec<String>) {
    match (want, have) {
        (Value::Object(want), Value::Object(have)) => {
            let by_id = |map: &serde_json::Map<String, Value>| map.keys().all(|key| key.parse::<u64>().is_ok());
            if by_id(want) && by_id(have) {
                let last = |map: &serde_json::Map<String, Value>| {
                    map.iter().max_by_key(|(key, _)| key.parse::<u64>().ok()).map(|(_, value)| value.clone())
                };
                if let (Some(want), Some(have)) = (last(want), last(have)) {
                    compare(&format!("{path}/*"), &want, &have, wrong);
                }
                return;
            }
            for key in want.keys().chain(have.keys()) {
                match (want.get(key), have.get(key)) {
                    (Some(want), Some(have)) => compare(&format!("{path}/{key}"), want, have, wrong),
                    (want, _) => {
                        wrong.push(format!("{path}/{key}: {}", if want.is_some() { "missing" } else { "extra" }))
                    }
                }
            }
        }
        (Value::Array(want), Value::Array(have)) => {
            if let (Some(want), Some(have)) = (want.first(), have.first()) {
                compare(&format!("{path}/0"), want, have, wrong);
            }
        }
        // Nothing is said about a place where either is empty.
        (Value::Null, Value::String(_)) | (Value::String(_), Value::Null) => {}
        (want, have) if std::mem::discriminant(want) == std::mem::discriminant(have) => {}
        (want, have) => wrong.push(format!("{path}: {want} became {have}")),
    }
}

#[actix_web::test]
async fn disapprove_and_get_answer_with_the_keys_and_types_of_the_example() {
    let booted = boot().await;
    let portal = booted.portal(json!({"rest_v3": false, "limits": "normal"})).await;
    portal.company().await;
    let task = portal
        .task(json!({
            "accomplices": [], "auditors": [10, 2], "deadline": "2026-12-01T10:00:00+03:00", "mark": "P",
            "checklist": [{"title": "First"}, {"title": "Second", "complete": true}], "description": "Some [B]text[/B]",
        }))
        .await;
    let mut example: Value = serde_json::from_str(EXAMPLE).expect("the example is JSON");
    // The page prints `time` inside `result`; the server appends it on top for every method.
    let time = example["result"].as_object_mut().and_then(|result| result.remove("time"));
    example["time"] = time.expect("the example has a time block");
    for method in ["tasks.task.get", "tasks.task.disapprove"] {
        let (status, got) = portal.call(2, method, json!({"taskId": task})).await;
        assert_eq!(status, 200);
        let mut wrong = Vec::new();
        compare("", &example, &got, &mut wrong);
        assert!(wrong.is_empty(), "{method}: {wrong:#?}");
    }
}

#[actix_web::test]
async fn empty_maps_are_lists_and_angle_brackets_are_escaped() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let more = json!({"title": "<b>\"it's\" & more</b>", "group_id": 0, "accomplices": [], "auditors": []});
    let task = portal.task(more).await;
    let token = portal.token(2).await;
    let url = format!("{}tasks.task.get?taskId={task}&auth={token}", portal.rest);
    let text = booted.http.get(url).send().await.expect("an answer").text().await.expect("a body");
    assert!(text.contains(r"\u003Cb\u003E\u0022it\u0027s\u0022 \u0026 more"), "{text}");
    let got: Value = serde_json::from_str(&text).expect("still JSON");
    let shown = &got["result"]["task"];
    assert_eq!(shown["title"], "<b>\"it's\" & more</b>");
    for key in ["group", "accomplicesData", "auditorsData", "checklist", "accomplices"] {
        assert_eq!(shown[key], json!([]), "{key}");
    }
}

#[actix_web::test]
async fn get_takes_upper_case_names_and_drops_the_rest() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let select = json!(["ID", "STATUS", "CREATED_BY", "GROUP_ID", "CHAT_ID", "title", "NONSENSE"]);
    let got = portal.call(2, "tasks.task.get", json!({"taskId": task, "select": select})).await;
    let shown = got.1["result"]["task"].as_object().expect("a task").clone();
    let mut keys: Vec<&str> = shown.keys().map(String::as_str).collect();
    keys.sort_unstable();
    let want = ["action", "chatId", "createdBy", "creator", "favorite", "group", "groupId", "id", "status"];
    assert_eq!(keys, want);
    assert!(shown["chatId"].is_u64());
    let old = booted.portal(json!({"rest_v3": false})).await;
    old.company().await;
    let task = old.task(json!({})).await;
    let got = old.call(2, "tasks.task.get", json!({"taskId": task, "select": ["CHAT_ID"]})).await;
    assert!(got.1["result"]["task"].get("chatId").is_none(), "the old card has no chat");
}

#[actix_web::test]
async fn the_time_block_knows_cloud_and_own_servers() {
    let booted = boot().await;
    let cloud = booted.portal(json!({"utc_offset": "-05:00", "limits": "normal"})).await;
    let time = cloud.call(1, "server.time", json!({})).await.1;
    assert!(time["time"]["operating"].is_number() && time["time"]["operating_reset_at"].is_i64());
    assert!(time["result"].as_str().is_some_and(|time| time.ends_with("-05:00")));
    let own = booted.portal(json!({"self_hosted": true})).await;
    let got = own.call(1, "app.info", json!({})).await.1;
    assert!(got["time"].get("operating").is_none());
    assert_eq!(got["result"]["LICENSE"], "en_selfhosted");
    assert_eq!(got["result"]["INSTALLED"], true);
}
