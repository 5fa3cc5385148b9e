//! The classic batch.

use crate::tests::harness::{boot, refusal};
use serde_json::{Value, json};

#[actix_web::test]
async fn five_members_and_errors_beside_results() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let cmd = json!({
        "a": format!("tasks.task.getaccess?taskId={task}"), "b": "no.such", "c": "tasks.task.list?select[0]=ID",
        "d": 5, "e": ["skipped"],
    });
    let (status, got) = portal.call(2, "batch", json!({"halt": 0, "cmd": cmd})).await;
    assert_eq!(status, 200);
    let all = &got["result"];
    assert_eq!(all["result"]["a"]["allowedActions"]["2"]["DISAPPROVE"], true);
    assert_eq!(all["result_error"]["b"]["error"], "ERROR_METHOD_NOT_FOUND");
    assert_eq!(all["result_total"]["c"], 1);
    assert_eq!(all["result_next"], json!([]), "an empty member is a list");
    assert!(all["result_time"]["a"]["duration"].is_number());
    assert!(all["result"].get("e").is_none() && all["result_error"].get("e").is_none());
}

#[actix_web::test]
async fn halt_stops_and_its_absence_does_not() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    let cmd = json!({"a": "no.such", "b": "profile"});
    let halted = portal.call(1, "batch", json!({"halt": 1, "cmd": cmd})).await.1;
    assert_eq!(halted["result"]["result"], json!([]), "a missing key in both members was not executed");
    assert!(halted["result"]["result_error"].get("b").is_none());
    let whole = portal.call(1, "batch", json!({"halt": 0, "cmd": cmd})).await.1;
    assert_eq!(whole["result"]["result"]["b"]["ID"], "1");
}

#[actix_web::test]
async fn references_reach_into_earlier_answers() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({"title": "Named"})).await;
    let cmd = json!({
        "find": "tasks.task.list?select[]=ID&filter[REAL_STATUS]=4",
        "get": "tasks.task.get?taskId=$result[find][tasks][0][id]&select[]=TITLE",
        "say": "task.commentitem.add?0=$result[find][tasks][0][id]&1[POST_MESSAGE]=No.+$result[find][tasks][0][id]+of+$total[find]",
    });
    let got = portal.call(2, "batch", json!({"cmd": cmd})).await.1;
    assert_eq!(got["result"]["result"]["get"]["task"]["title"], "Named", "{got}");
    assert_eq!(portal.dump(task).await["comments"][0]["text"], json!(format!("No. {task} of 1")));
}

#[actix_web::test]
async fn fifty_run_and_the_rest_are_refused_nested_batches_too() {
    let booted = boot().await;
    let portal = booted.portal(json!({"scopes": ["placement"]})).await;
    let cmd: Vec<String> = (0..52).map(|_| "server.time".to_owned()).collect();
    let got = portal.call(1, "batch", json!({"cmd": cmd})).await.1;
    assert_eq!(got["result"]["result"].as_array().map(Vec::len), Some(50), "keys 0..n make a list");
    for key in ["50", "51"] {
        assert_eq!(got["result"]["result_error"][key]["error"], "ERROR_BATCH_LENGTH_EXCEEDED");
    }
    let cmd = json!({"a": "batch?cmd[]=profile", "b": "tasks.task.list"});
    let errors = portal.call(1, "batch", json!({"cmd": cmd})).await.1["result"]["result_error"].clone();
    assert_eq!(errors["a"]["error"], "ERROR_BATCH_METHOD_NOT_ALLOWED");
    assert_eq!(errors["b"], json!({"error": "insufficient_scope", "error_description": ""}));
    assert_eq!(refusal(&portal.call_with("bad", "batch", json!({"cmd": {}})).await), "401 NO_AUTH_FOUND");
}

#[actix_web::test]
async fn every_command_has_a_row_of_its_own_in_the_journal() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let cmd = json!({"a": format!("tasks.task.disapprove?taskId={task}"), "b": "profile", "c": "no.such"});
    portal.call(2, "batch", json!({"cmd": cmd})).await;
    let rows = booted.get(&format!("{}/control/journal", booted.base)).await.1;
    let rows = rows.as_array().expect("rows").clone();
    let row = |method: &str| rows.iter().find(|row| row["method"] == method).cloned().unwrap_or(Value::Null);
    let batch = row("batch");
    assert_eq!(batch["params"].get("auth"), None);
    assert_eq!(row("tasks.task.disapprove")["batch_seq"], batch["seq"]);
    assert_eq!((&row("tasks.task.disapprove")["changed"], &row("profile")["changed"]), (&json!(true), &json!(false)));
    assert_eq!((&row("no.such")["executed"], &row("no.such")["status"]), (&json!(false), &json!(404)));
    assert_eq!(row("profile")["user_id"], 2);
}
