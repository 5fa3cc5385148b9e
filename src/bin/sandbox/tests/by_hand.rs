//! What a person does in the portal by hand, and the language that it speaks.

use crate::tests::harness::{Portal, boot};
use serde_json::{Value, json};

/// The answer's status alone: refusals are what is asked about.
async fn act(portal: &Portal<'_>, user: u64, action: &str, task: u64, text: &str) -> u16 {
    let url = format!("{}/control/portals/{}/act", portal.booted.base, portal.member_id);
    let act = json!({"user_id": user, "action": action, "task_id": task, "text": text});
    portal.booted.post(&url, &act).await.0
}

fn entries(task: &Value, field: &str) -> Vec<(Value, Value)> {
    let history = task["history"].as_array().expect("a history").iter();
    history
        .filter(|entry| entry["field"] == field)
        .map(|entry| (entry["user_id"].clone(), entry["to"].clone()))
        .collect()
}

#[actix_web::test]
async fn a_point_is_ticked_and_unticked_by_those_who_work_on_the_task() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({"status": 3, "checklist": [{"title": "a"}, {"title": "b"}]})).await;
    let ticked = async || portal.dump(task).await["checklist"][1]["complete"].clone();
    assert_eq!(act(&portal, 3, "tick", task, "a").await, 200);
    assert_eq!(ticked().await, true);
    assert_eq!(act(&portal, 3, "tick", task, "a").await, 200, "once more is as before");
    assert_eq!(act(&portal, 9, "untick", task, "a").await, 200, "also an accomplice");
    assert_eq!(ticked().await, false);
    let now = portal.dump(task).await;
    assert_eq!(entries(&now, "CHECKLIST_ITEM_CHECK"), [(json!(3), json!("a"))], "what changes nothing is no history");
    assert_eq!(entries(&now, "CHECKLIST_ITEM_UNCHECK"), [(json!(9), json!("a"))]);
    assert_eq!((&now["checklist"][1]["toggled_by"], &now["checklist"][2]["complete"]), (&json!(9), &json!(false)));
    assert_eq!(act(&portal, 3, "tick", task, "no such point").await, 404);
    assert_eq!(act(&portal, 10, "tick", task, "a").await, 409, "an auditor reads");
    assert_eq!(act(&portal, 8, "tick", task, "a").await, 404, "a stranger does not see the task");
    assert_eq!(ticked().await, false);
}

#[actix_web::test]
async fn a_result_by_hand_is_the_newest_of_the_list() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({"status": 3, "results": ["old"]})).await;
    assert_eq!(act(&portal, 9, "result", task, "new & <b>bold</b>").await, 200);
    assert_eq!(act(&portal, 8, "result", task, "x").await, 404);
    let list = portal.call(2, "tasks.task.result.list", json!({"taskId": task})).await.1["result"].clone();
    let said: Vec<_> = list.as_array().expect("a list").iter().map(|row| row["text"].clone()).collect();
    assert_eq!(said, ["new & <b>bold</b>", "old"]);
    assert_eq!((&list[0]["createdBy"], &list[0]["status"]), (&json!(9), &json!(0)));
    assert_eq!(list[0]["formattedText"], "new &amp; &lt;b>bold&lt;/b>");
    assert!(list[0]["id"].as_u64() > list[1]["id"].as_u64(), "{list}");
}

#[actix_web::test]
async fn the_portals_language_is_told_by_app_info() {
    let booted = boot().await;
    for (settings, lang) in [(json!({}), "en"), (json!({"language": "de"}), "de")] {
        let portal = booted.portal(settings).await;
        assert_eq!(portal.call(1, "app.info", json!({})).await.1["result"]["LANGUAGE_ID"], lang);
    }
    let portal = booted.portal(json!({})).await;
    portal.control("settings", json!({"language": "ru"})).await;
    assert_eq!(portal.call(1, "app.info", json!({})).await.1["result"]["LANGUAGE_ID"], "ru", "changed later");
}
