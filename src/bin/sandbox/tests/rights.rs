//! Who may return a task: the tables of getaccess and disapprove, row by row.

use crate::tests::harness::{boot, refusal};
use serde_json::json;

#[actix_web::test]
async fn disapprove_is_for_administrator_creator_superior_and_group_editor() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    for (user, allowed) in [(1, true), (2, true), (4, true), (5, true), (3, false), (6, false), (9, false), (10, false)]
    {
        let task = portal.task(json!({})).await;
        let got = portal.call(user, "tasks.task.getaccess", json!({"taskId": task})).await;
        let actions = &got.1["result"]["allowedActions"][user.to_string()];
        assert_eq!(actions["DISAPPROVE"], json!(allowed), "getaccess of {user}");
        assert_eq!(actions["APPROVE"], json!(allowed), "getaccess of {user}");
        let got = portal.call(user, "tasks.task.disapprove", json!({"taskId": task})).await;
        if allowed {
            assert_eq!((got.0, got.1["result"]["task"]["status"].as_str()), (200, Some("2")), "{user}");
        } else {
            assert_eq!(refusal(&got), "400 1048582", "{user}");
            assert_eq!(portal.dump(task).await["status"], 4, "{user} changed nothing");
        }
    }
}

#[actix_web::test]
async fn a_stranger_sees_nothing_and_a_missing_task_looks_the_same() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    for id in [task, 999] {
        let got = portal.call(8, "tasks.task.getaccess", json!({"taskId": id})).await;
        assert_eq!((got.0, &got.1["result"]["allowedActions"]), (200, &json!([])));
        let got = portal.call(8, "tasks.task.get", json!({"taskId": id})).await;
        assert_eq!((got.0, &got.1["result"]), (200, &json!([])));
        for method in ["disapprove", "approve", "renew", "complete"] {
            let got = portal.call(8, &format!("tasks.task.{method}"), json!({"taskId": id})).await;
            assert_eq!(refusal(&got), "400 1048582", "{method}");
        }
    }
}

#[actix_web::test]
async fn only_status_four_can_be_returned_whatever_the_control_flag_says() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    for status in [3, 5, 6] {
        let task = portal.task(json!({"status": status})).await;
        let got = portal.call(2, "tasks.task.disapprove", json!({"taskId": task})).await;
        assert_eq!(refusal(&got), "400 1048582", "status {status}");
    }
    let task = portal.task(json!({"task_control": false})).await;
    let got = portal.call(2, "tasks.task.disapprove", json!({"taskId": task})).await;
    assert_eq!((got.0, &got.1["result"]["task"]["status"]), (200, &json!("2")));
}

#[actix_web::test]
async fn a_second_disapprove_is_a_silent_yes_without_any_check() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({"status": 2})).await;
    let before = portal.dump(task).await;
    // The performer has seen the task, so that its virtual status is 2 for him; he has no right at all.
    for user in [2, 3] {
        let got = portal.call(user, "tasks.task.disapprove", json!({"taskId": task})).await;
        assert_eq!((got.0, &got.1["result"]["task"]["status"]), (200, &json!("2")), "{user}");
    }
    assert_eq!(portal.dump(task).await, before, "nothing changed");
    let done = portal.task(json!({"status": 5})).await;
    let got = portal.call(3, "tasks.task.approve", json!({"taskId": done})).await;
    assert_eq!(got.0, 200, "approve of a completed task: the same row");
}

#[actix_web::test]
async fn overdue_unseen_and_nearly_overdue_pending_tasks_refuse() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let at = |hours: i64| (chrono::Utc::now() + chrono::Duration::hours(hours)).to_rfc3339();
    let overdue = portal.task(json!({"status": 2, "deadline": at(-1)})).await;
    let nearly = portal.task(json!({"status": 2, "deadline": at(2)})).await;
    let unseen = portal.task(json!({"status": 2})).await;
    for (task, user) in [(overdue, 2), (nearly, 2), (unseen, 1)] {
        let got = portal.call(user, "tasks.task.disapprove", json!({"taskId": task})).await;
        assert_eq!(refusal(&got), "400 1048582", "task {task}");
    }
}

#[actix_web::test]
async fn a_wrong_or_missing_task_id_is_named() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    for method in ["get", "getaccess", "disapprove", "approve"] {
        let method = format!("tasks.task.{method}");
        for wrong in [json!({"taskId": "abc"}), json!({"taskId": 0}), json!({"taskId": []})] {
            assert_eq!(refusal(&portal.call(1, &method, wrong).await), "400 0", "{method}");
        }
        assert_eq!(refusal(&portal.call(1, &method, json!({})).await), "400 100", "{method}");
        // Parameters of controllers know upper and lower case apart.
        assert_eq!(refusal(&portal.call(1, &method, json!({"TASKID": 1})).await), "400 100", "{method}");
    }
    let got = portal.call(1, "tasks.task.getaccess", json!({"taskId": 1, "users": 5})).await;
    assert_eq!(refusal(&got), "400 100");
}

#[actix_web::test]
async fn getaccess_answers_for_others_and_false_for_unknown_people() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({})).await;
    let got = portal.call(2, "tasks.task.getaccess", json!({"taskId": task, "users": [1, 3, 777]})).await;
    let allowed = &got.1["result"]["allowedActions"];
    assert_eq!(allowed["1"]["DISAPPROVE"], true);
    assert_eq!(allowed["3"]["DISAPPROVE"], false);
    assert!(allowed["777"].as_object().expect("a map").values().all(|may| may == false));
    assert_eq!(allowed["777"].as_object().map(|map| map.len()), Some(27));
}

#[actix_web::test]
async fn a_return_leaves_its_traces_and_an_approval_others() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({"handed_in_minutes_ago": 90, "results": ["done"]})).await;
    let before = portal.dump(task).await;
    assert_eq!(before["closedBy"], 3);
    let got = portal.call(4, "tasks.task.disapprove", json!({"taskId": task})).await;
    let shown = &got.1["result"]["task"];
    assert_eq!(shown["closedBy"], "0");
    assert_eq!(shown["closedDate"], json!(null));
    assert_eq!(shown["statusChangedBy"], "4");
    assert_eq!(shown["action"]["disapprove"], false);
    assert_eq!(shown["responsibleId"], "3");
    let after = portal.dump(task).await;
    assert_ne!(after["statusChangedDate"], before["statusChangedDate"]);
    assert_eq!(after["results"].as_array().map(Vec::len), Some(1));
    let history =
        portal.call(2, "tasks.task.history.list", json!({"taskId": task, "filter": {"FIELD": "STATUS"}})).await;
    let last = history.1["result"]["list"].as_array().and_then(|list| list.last().cloned()).expect("an entry");
    assert_eq!((&last["value"]["from"], &last["value"]["to"]), (&json!("4"), &json!("2")));
    assert_eq!(last["user"]["id"], 4);
    let next = portal.task(json!({})).await;
    let got = portal.call(1, "tasks.task.approve", json!({"taskId": next})).await;
    let shown = &got.1["result"]["task"];
    assert_eq!((&shown["status"], &shown["closedBy"]), (&json!("5"), &json!("1")));
}

#[actix_web::test]
async fn finishing_leads_to_control_and_the_performer_may_take_it_back() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let task = portal.task(json!({"status": 3})).await;
    let got = portal.call(3, "tasks.task.complete", json!({"taskId": task})).await;
    assert_eq!(got.1["result"]["task"]["status"], "4");
    assert_eq!(refusal(&portal.call(2, "tasks.task.renew", json!({"taskId": task})).await), "400 1048582");
    let got = portal.call(3, "tasks.task.renew", json!({"taskId": task})).await;
    assert_eq!(got.1["result"]["task"]["status"], "2");
    let fields: Vec<_> =
        portal.dump(task).await["history"].as_array().expect("rows").iter().map(|row| row["field"].clone()).collect();
    assert!(fields.contains(&json!("RENEW")));
    // The creator's own finish, and one without control, go straight to the end.
    let own = portal.task(json!({"status": 3})).await;
    assert_eq!(portal.call(2, "tasks.task.complete", json!({"taskId": own})).await.1["result"]["task"]["status"], "5");
    let free = portal.task(json!({"status": 3, "task_control": false})).await;
    assert_eq!(portal.call(3, "tasks.task.complete", json!({"taskId": free})).await.1["result"]["task"]["status"], "5");
}

#[actix_web::test]
async fn the_deadline_has_a_right_of_its_own() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    let fields = json!({"DEADLINE": "2027-01-15T18:00:00+02:00"});
    let closed = portal.task(json!({"status": 3})).await;
    let got = portal.call(3, "tasks.task.update", json!({"taskId": closed, "fields": fields})).await;
    assert_eq!(refusal(&got), "400 0");
    let open = portal.task(json!({"status": 3, "allow_change_deadline": true})).await;
    let got = portal.call(3, "tasks.task.update", json!({"taskId": open, "fields": fields})).await;
    assert_eq!(got.1["result"]["task"]["deadline"], "2027-01-15T19:00:00+03:00");
    let got = portal.call(3, "tasks.task.update", json!({"taskId": open, "fields": {"TITLE": "mine"}})).await;
    assert_eq!(refusal(&got), "400 0", "a performer may not edit");
    assert_eq!(refusal(&portal.call(2, "tasks.task.update", json!({"taskId": open})).await), "400 100");
    let bad = json!({"taskId": open, "fields": {"DEADLINE": "some day"}});
    assert_eq!(refusal(&portal.call(2, "tasks.task.update", bad).await), "400 ERROR_CORE");
}
