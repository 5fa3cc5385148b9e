//! The places in Bitrix24 from which the application opens, and what each shows.

use crate::support::{Shown, Stack, decisions::*, tasks_of};
use serde_json::{Value, json};

async fn open(office: &Office, user: i64, place: &str, options: Value) -> Shown {
    let wish = json!({"user_id": user, "place": place, "options": options});
    office.visitor.open(&office.bitrix.open_with(&office.portal, wish).await).await
}

const EVERYWHERE: &str = "/queue/everywhere";

/// The part of the list has a name, and one press leads to the whole of it, here and in every later look of this page.
#[tokio::test]
async fn p66_a_part_of_the_list_is_left_by_one_press() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let plain = office.waiting(1).await[0];
    let inside = office.in_project().await;
    for (place, options, words, part) in [
        ("TASK_GROUP_LIST_TOOLBAR", json!({"GROUP_ID": "9"}), "Project Office", vec![inside]),
        ("TASK_USER_LIST_TOOLBAR", json!({"USER_ID": "3"}), "Assignee Eva Assignee", vec![plain, inside]),
        ("TASK_USER_LIST_TOOLBAR", json!({"USER_ID": "4"}), "Assignee #4", vec![]),
        ("REST_APP_URI", json!({"groupId": "9"}), "Project Office", vec![inside]),
        ("DEFAULT", json!({"userId": "4"}), "Assignee #4", vec![]),
    ] {
        let page = open(&office, CREATOR, place, options.clone()).await;
        assert_eq!(tasks_of(&page), part, "{place} {options}");
        assert!(page.text().contains(words), "{words}: {}", page.text());
        let again = office.visitor.go("/queue", &page).await;
        assert_eq!(tasks_of(&again), part, "the list again is that part again");
        let whole = office.visitor.go(EVERYWHERE, &page).await;
        assert_eq!((whole.status.as_u16(), tasks_of(&whole)), (200, vec![plain, inside]), "{place}");
        assert!(!whole.attributes("action").contains(&EVERYWHERE.to_owned()));
        assert_eq!(in_list(&office.rows(&page).await, "mine"), [plain, inside], "and so it stays");
    }
    // One page's way is not another's.
    let page = open(&office, CREATOR, "TASK_GROUP_LIST_TOOLBAR", json!({"GROUP_ID": "9"})).await;
    let other = open(&office, CREATOR, "TASK_GROUP_LIST_TOOLBAR", json!({"GROUP_ID": "9"})).await;
    office.visitor.go(EVERYWHERE, &page).await;
    assert_eq!(in_list(&office.rows(&other).await, "mine"), [inside]);
    stack.finish().await;
}

/// The same place with its options in every shape that portals were seen to send, and with the page's address alone.
#[tokio::test]
async fn p65_p66_p67_p68_a_place_is_understood_in_every_shape() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let plain = office.waiting(2).await[0];
    let inside = office.in_project().await;
    for (place, key, id, uri, page, tasks) in [
        (
            "TASK_VIEW_TAB",
            "taskId",
            plain,
            Some(format!("/company/personal/user/2/tasks/task/view/{plain}/")),
            "task",
            vec![plain],
        ),
        ("TASK_LIST_CONTEXT_MENU", "ID", plain, None, "task", vec![plain]),
        ("REST_APP_URI", "taskId", plain, None, "task", vec![plain]),
        (
            "TASK_GROUP_LIST_TOOLBAR",
            "GROUP_ID",
            PROJECT,
            Some("/workgroups/group/9/tasks/".to_owned()),
            "queue",
            vec![inside],
        ),
        (
            "TASK_USER_LIST_TOOLBAR",
            "USER_ID",
            STRANGER,
            Some("/company/personal/user/4/tasks/".to_owned()),
            "queue",
            vec![],
        ),
    ] {
        let text = json!({key: id.to_string(), "URI": "/company/personal/"}).to_string();
        let mut shapes = vec![
            json!({ key: id }),
            json!({ key: id.to_string() }),
            json!(serde_json::to_string(&text).unwrap()),
            json!(text.replace('"', "&quot;")),
            json!({"params": {key: id.to_string()}}),
            json!({"options": text}),
        ];
        shapes.extend(uri.map(|uri| json!({ "URI": uri })));
        for options in shapes {
            let wish = json!({"user_id": CREATOR, "place": place, "overrides": {"PLACEMENT_OPTIONS": options}});
            let shown = office.visitor.open(&office.bitrix.open_with(&office.portal, wish).await).await;
            assert_eq!((shown.page().as_deref(), tasks_of(&shown)), (Some(page), tasks.clone()), "{place} {options}");
        }
        let wish = json!({"user_id": CREATOR, "place": place, "overrides": {"drop": ["PLACEMENT_OPTIONS"]}});
        let shown = office.visitor.open(&office.bitrix.open_with(&office.portal, wish).await).await;
        assert_eq!((shown.status.as_u16(), shown.page().as_deref()), (200, Some("queue")), "{place} without any");
    }
    stack.finish().await;
}

#[tokio::test]
async fn a_toolbar_shows_its_part_of_the_queue() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let plain = office.waiting(1).await[0];
    let inside = office.in_project().await;
    let other =
        json!({"title": "Of Sam", "created_by": CREATOR, "responsible_id": STRANGER, "handed_in_minutes_ago": 5});
    let of_sam = office.bitrix.scenario(&office.portal, json!({ "tasks": [other] })).await[0];
    let everything = vec![plain, inside, of_sam];
    let cases = [
        ("TASK_GROUP_LIST_TOOLBAR", json!({"GROUP_ID": "9"}), vec![inside]),
        ("TASK_USER_LIST_TOOLBAR", json!({"USER_ID": "4"}), vec![of_sam]),
        ("TASK_USER_LIST_TOOLBAR", json!({"USER_ID": "3"}), vec![plain, inside]),
        ("TASK_USER_LIST_TOOLBAR", json!({"USER_ID": "2"}), everything.clone()),
        ("TASK_GROUP_LIST_TOOLBAR", json!([]), everything.clone()),
        ("LEFT_MENU", json!({"GROUP_ID": "9"}), everything),
    ];
    for (place, options, expected) in cases {
        let scoped = options != json!({"USER_ID": "2"}) && place != "LEFT_MENU" && options != json!([]);
        let page = open(&office, CREATOR, place, options.clone()).await;
        assert_eq!(page.attributes("action").contains(&EVERYWHERE.to_owned()), scoped, "{place} {options}");
        assert_eq!(page.page().as_deref(), Some("queue"), "{place}");
        assert_eq!((page.count(), tasks_of(&page)), (Some(expected.len()), expected.clone()), "{place} {options}");
        assert_eq!(in_list(&office.rows(&page).await, "mine"), expected, "the whole list keeps to {place} {options}");
    }
    stack.finish().await;
}

#[tokio::test]
async fn a_card_a_row_menu_and_a_deep_link_show_their_task() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(3).await;
    let id = tasks[1].to_string();
    let cases = [
        ("TASK_VIEW_TAB", json!({"taskId": id})),
        ("TASK_VIEW_SIDEBAR", json!({"taskId": tasks[1]})),
        ("TASK_LIST_CONTEXT_MENU", json!({"ID": id})),
        ("DEFAULT", json!({"taskId": id})),
    ];
    for (place, options) in cases {
        let page = open(&office, CREATOR, place, options).await;
        assert_eq!(
            (page.page().as_deref(), tasks_of(&page)),
            (Some("task"), vec![tasks[1]]),
            "{place}: {}",
            page.text()
        );
        assert!(page.offers(tasks[1], "return") && page.offers(tasks[1], "approve"), "{place}");
        assert!(page.text().contains("Offer 2"));
        let assignees = open(&office, ASSIGNEE, place, json!({"taskId": id, "ID": id})).await;
        assert!(!assignees.offers(tasks[1], "return"), "no right, no button");
        assert!(assignees.text().contains("does not give you the right"), "{}", assignees.text());
    }
    // A person who cannot read it learns nothing of it.
    let hidden = open(&office, STRANGER, "TASK_VIEW_TAB", json!({"taskId": id})).await;
    assert_eq!((hidden.status.as_u16(), hidden.error().as_deref()), (404, Some("task_unavailable")));
    assert!(hidden.text().contains("This task was deleted or is not visible to you"), "{}", hidden.text());
    assert!(!hidden.html.contains("Offer 2"));
    let nowhere = office.visitor.post("/no-such-page", &[]).await;
    assert_eq!((nowhere.status.as_u16(), nowhere.error().as_deref()), (404, Some("not_found")));
    // Decided on the task's own page, and shown there.
    let page = open(&office, CREATOR, "TASK_VIEW_TAB", json!({"taskId": id})).await;
    let after = office.visitor.press(&page, tasks[1], "return", "Totals").await;
    assert_eq!((after.page().as_deref(), after.status.as_u16()), (Some("task"), 200));
    assert!(after.text().contains("does not wait for control"), "{}", after.text());
    assert_eq!(office.moves(tasks[1]).await, [(CREATOR, "2".to_owned())]);
    stack.finish().await;
}

#[tokio::test]
async fn options_that_say_nothing_show_the_queue() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    for options in [json!([]), json!("undefined"), json!("\"x\""), json!("{broken"), json!(""), json!({"taskId": "0"})]
    {
        for place in ["DEFAULT", "LEFT_MENU", "TASK_USER_LIST_TOOLBAR", "TASK_LIST_CONTEXT_MENU"] {
            let wish = json!({"user_id": CREATOR, "place": place, "overrides": {"PLACEMENT_OPTIONS": options}});
            let page = office.visitor.open(&office.bitrix.open_with(&office.portal, wish).await).await;
            assert_eq!(page.page().as_deref(), Some("queue"), "{place} {options}: {}", page.text());
            assert_eq!(tasks_of(&page), tasks, "{place} {options}");
        }
    }
    stack.finish().await;
}
