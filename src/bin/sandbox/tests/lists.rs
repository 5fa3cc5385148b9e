//! `tasks.task.list`: filters, order, pages, rights, extras.

use crate::tests::harness::{Portal, boot, refusal};
use serde_json::{Value, json};

async fn ids(portal: &Portal<'_>, user: u64, params: Value) -> Vec<String> {
    let (status, got) = portal.call(user, "tasks.task.list", params).await;
    assert_eq!(status, 200, "{got}");
    let rows = got["result"]["tasks"].as_array().expect("rows").clone();
    rows.iter().map(|row| row["id"].as_str().expect("ids are texts").to_owned()).collect()
}

#[actix_web::test]
async fn pages_hold_fifty_and_say_where_to_go_on() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    portal.control("scenario", json!({"bulk_tasks": {"count": 120, "created_by": 2, "responsible_id": 3}})).await;
    let page = |start: i64| json!({"filter": {"REAL_STATUS": 4}, "select": ["ID"], "start": start});
    let first = portal.call(2, "tasks.task.list", page(0)).await.1;
    assert_eq!((&first["total"], &first["next"]), (&json!(120), &json!(50)));
    assert_eq!(first["result"]["tasks"].as_array().map(Vec::len), Some(50));
    let last = portal.call(2, "tasks.task.list", page(100)).await.1;
    assert_eq!(last["result"]["tasks"].as_array().map(Vec::len), Some(20));
    assert!(last.get("next").is_none());
    let uncounted = portal.call(2, "tasks.task.list", page(-1)).await.1;
    assert!(uncounted.get("total").is_none() && uncounted.get("next").is_none());
    assert_eq!(uncounted["result"]["tasks"].as_array().map(Vec::len), Some(50));
    let none = portal.call(2, "tasks.task.list", json!({"filter": {"ID": 99999}})).await.1;
    assert_eq!((&none["result"], &none["total"]), (&json!({"tasks": []}), &json!(0)));
}

#[actix_web::test]
async fn filters_mean_what_the_reference_says() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    portal.task(json!({"id": 1})).await;
    portal.task(json!({"id": 2, "status": 5, "created_by": 4})).await;
    portal.task(json!({"id": 3, "status": 2, "deadline": "2026-01-05T10:00:00+03:00"})).await;
    portal.task(json!({"id": 4, "status": 3, "deadline": "2030-01-05T10:00:00+03:00", "group_id": 0})).await;
    let cases = [
        (json!({"REAL_STATUS": 4}), vec!["1"]),
        (json!({"REAL_STATUS": "4"}), vec!["1"]),
        (json!({"REAL_STATUS": [4, 5]}), vec!["1", "2"]),
        (json!({"!REAL_STATUS": [4, 5]}), vec!["3", "4"]),
        (json!({"!CREATED_BY": 2}), vec!["2"]),
        (json!({"CREATED_BY": 2, "REAL_STATUS": 2}), vec!["3"]),
        (json!({"STATUS": -1}), vec!["3"]),
        (json!({"STATUS": 4}), vec!["1"]),
        (json!({">ID": 2}), vec!["3", "4"]),
        (json!({">=ID": 2, "<ID": 4}), vec!["2", "3"]),
        (json!({"GROUP_ID": 0}), vec!["4"]),
        (json!({"RESPONSIBLE_ID": 3, "<DEADLINE": "2027-01-01T00:00:00+03:00"}), vec!["3"]),
        (json!({">DEADLINE": "2027-01-01"}), vec!["4"]),
        (json!({"DEADLINE": ""}), vec!["1", "2"]),
        // Not a filter of this method: dropped, so that everything comes.
        (json!({"TASK_CONTROL": "N"}), vec!["1", "2", "3", "4"]),
    ];
    for (filter, want) in cases {
        let params = json!({"filter": filter, "order": {"ID": "asc"}, "select": ["ID"]});
        assert_eq!(ids(&portal, 1, params).await, want, "{filter}");
    }
}

#[actix_web::test]
async fn only_documented_keys_sort() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    portal.task(json!({"id": 1, "handed_in_minutes_ago": 10})).await;
    portal.task(json!({"id": 2, "handed_in_minutes_ago": 500})).await;
    portal.task(json!({"id": 3, "handed_in_minutes_ago": 100})).await;
    assert_eq!(ids(&portal, 2, json!({"order": {"CLOSED_DATE": "asc"}})).await, ["2", "3", "1"]);
    assert_eq!(ids(&portal, 2, json!({})).await, ["3", "2", "1"], "newest first is the default");
    for key in ["STATUS_CHANGED_DATE", "TASK_CONTROL", "closed_date"] {
        let got = portal.call(2, "tasks.task.list", json!({"order": {key: "asc"}})).await;
        assert_eq!(refusal(&got), "400 0", "{key}");
    }
    assert_eq!(refusal(&portal.call(2, "tasks.task.list", json!({"select": "ID"})).await), "400 0");
    assert_eq!(refusal(&portal.call(2, "tasks.task.list", json!({"filter": "ID"})).await), "400 100");
}

#[actix_web::test]
async fn people_see_what_they_may() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    portal.task(json!({"id": 1})).await;
    portal.task(json!({"id": 2, "group_id": 0, "accomplices": [], "auditors": []})).await;
    for (user, want) in [(1, 2), (2, 2), (3, 2), (4, 2), (5, 1), (6, 1), (8, 0), (9, 1), (10, 1)] {
        assert_eq!(ids(&portal, user, json!({"select": ["ID"]})).await.len(), want, "user {user}");
    }
}

#[actix_web::test]
async fn rights_come_along_where_the_portal_honours_the_wish() {
    let booted = boot().await;
    for honoured in [true, false] {
        let portal = booted.portal(json!({"return_access": honoured})).await;
        portal.company().await;
        portal.task(json!({"results": ["text"]})).await;
        let wish = json!({"select": ["ID", "STATUS"], "params": {"RETURN_ACCESS": "Y", "WITH_RESULT_INFO": "Y"}});
        let row = portal.call(2, "tasks.task.list", wish).await.1["result"]["tasks"][0].clone();
        assert_eq!(row.get("action").map(|action| action["disapprove"].clone()), honoured.then_some(json!(true)));
        assert_eq!((&row["subStatus"], &row["taskHasResult"]), (&json!("4"), &json!("Y")));
        let plain = portal.call(2, "tasks.task.list", json!({"select": ["ID"]})).await.1["result"]["tasks"][0].clone();
        assert!(plain.get("action").is_none() && plain.get("status").is_none());
        assert_eq!(plain["group"], json!([]), "no group without GROUP_ID");
    }
}
