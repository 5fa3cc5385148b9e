//! The list as a person looks at it: grouped, filtered, late reviews marked; kept until the next opening.

use crate::support::{Shown, Stack, decisions::*, refusal, refused};
use serde_json::{Value, json};

/// Six tasks of the creator: two projects and none, two assignees, two past their deadline.
async fn mixed(office: &Office) -> Vec<i64> {
    let second = json!({"id": 31, "name": "Campaign", "members": [ASSIGNEE, MEMBER]});
    office.bitrix.scenario(&office.portal, json!({ "groups": [second] })).await;
    let task = |(title, who, group, minutes, deadline): (&str, i64, i64, i64, Option<&str>)| {
        json!({"title": title, "created_by": CREATOR, "responsible_id": who, "group_id": group, "status": 4,
               "handed_in_minutes_ago": minutes, "created_minutes_ago": 20_000, "deadline": deadline})
    };
    let tasks = [
        ("Price list", ASSIGNEE, PROJECT, 6_000, None),
        ("Slides", MEMBER, 31, 5_000, Some("2020-01-01T10:00:00+00:00")),
        ("Terms", ASSIGNEE, 0, 3_000, None),
        ("Banner", ASSIGNEE, 31, 2_000, None),
        ("Survey", MEMBER, PROJECT, 600, Some("2020-01-01T10:00:00+00:00")),
        ("Letter", MEMBER, 0, 60, Some("2099-01-01T10:00:00+00:00")),
    ];
    office.bitrix.scenario(&office.portal, json!({ "tasks": tasks.map(task) })).await
}

async fn look(office: &Office, page: &Shown, fields: &[(&str, &str)]) -> Shown {
    let session = page.session().unwrap();
    let mut form = vec![("session", session.as_str()), ("look", "1")];
    form.extend(fields);
    office.visitor.post("/queue", &form).await
}

/// What stands above the groups of the list, with their counts.
fn heads(page: &Shown) -> Vec<String> {
    let heads = page.html.split("<p class=\"group\"").skip(1);
    let words = heads.map(|part| {
        let (name, rest) = part.split_once("<bdi>").unwrap().1.split_once("</bdi>").unwrap();
        format!("{name} {}", rest.split('>').nth(1).unwrap().split('<').next().unwrap())
    });
    words.collect()
}

fn pick(tasks: &[i64], which: &[usize]) -> Vec<i64> {
    which.iter().map(|nth| tasks[*nth]).collect()
}

/// What is chosen, which tasks are left, what heads them.
type Case = (&'static [(&'static str, &'static str)], &'static [usize], &'static [&'static str]);

#[tokio::test]
async fn p18_p20_the_list_is_grouped_and_filtered_and_counted() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = mixed(&office).await;
    let page = office.queue(CREATOR).await;
    assert_eq!(in_list(&page, "mine"), tasks, "the oldest first");
    let cases: [Case; 9] = [
        (&[("group", "project")], &[1, 3, 0, 4, 2, 5], &["Campaign 2", "Office 2", "No project 2"]),
        (&[("group", "assignee")], &[0, 2, 3, 1, 4, 5], &["Eva Assignee 3", "Mia 3"]),
        (
            &[("group", "age")],
            &[0, 1, 2, 3, 4, 5],
            &["Waiting for more than 3 days 2", "Waiting for 1 to 3 days 2", "Waiting for less than a day 2"],
        ),
        (&[("group", "none"), ("project", "31")], &[1, 3], &[]),
        (&[("project", "0")], &[2, 5], &[]),
        (&[("assignee", "7")], &[1, 4, 5], &[]),
        (&[("overdue", "1")], &[1, 4], &[]),
        (&[("text", "campaign SLI")], &[1], &[]),
        (&[("group", "assignee"), ("overdue", "1"), ("project", "9")], &[4], &["Mia 1"]),
    ];
    for (fields, which, groups) in cases {
        let shown = look(&office, &page, fields).await;
        assert_eq!(in_list(&shown, "mine"), pick(&tasks, which), "{fields:?}");
        assert_eq!(heads(&shown), groups, "{fields:?}");
        assert_eq!(shown.count(), Some(which.len()), "{fields:?}");
        let title = shown.html.split("<title>").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        assert_eq!(title, which.len().to_string(), "the page's title counts the list: {fields:?}");
        let words: Vec<&str> = ["Campaign (2)", "No project (2)", "Mia (3)"].into_iter().collect();
        assert!(words.iter().all(|words| shown.html.contains(words)), "{fields:?}: counts of the whole list");
    }
    let none = look(&office, &page, &[("text", "nothing like it")]).await;
    assert!(none.text().contains("No task matches") && none.count() == Some(0), "{}", none.text());
    for odd in [("group", "colour"), ("project", "-1"), ("assignee", "x")] {
        assert_eq!(refusal(&look(&office, &page, &[odd]).await), refused(400, "malformed"));
    }
    stack.finish().await;
}

#[tokio::test]
async fn p20_the_last_view_is_kept_for_its_person_without_what_was_typed() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = mixed(&office).await;
    let page = office.queue(CREATOR).await;
    look(&office, &page, &[("group", "project"), ("assignee", "7"), ("text", "CANARY-typed")]).await;
    let again = office.queue(CREATOR).await;
    assert_eq!(in_list(&again, "mine"), pick(&tasks, &[1, 4, 5]), "restored at the next opening");
    assert_eq!(heads(&again), ["Campaign 1", "Office 1", "No project 1"]);
    assert!(!stack.dump().await.contains("CANARY-typed"), "what was typed is not kept");
    let rows = office.rows(&again).await;
    assert_eq!(in_list(&rows, "mine"), pick(&tasks, &[1, 4, 5]), "for the script as well");
    assert_eq!(in_list(&office.queue(ADMIN).await, "also").len(), 6, "nobody else's view is this one");
    // In the place of a project the list is that project's.
    let place = office
        .bitrix
        .open_with(
            &office.portal,
            json!({"user_id": CREATOR, "place": "TASK_GROUP_LIST_TOOLBAR",
        "options": {"GROUP_ID": "9"}}),
        )
        .await;
    let place = office.visitor.open(&place).await;
    assert_eq!(in_list(&place, "mine"), pick(&tasks, &[0, 4]), "{}", place.text());
    look(&office, &place, &[("group", "age")]).await;
    assert_eq!(heads(&office.queue(CREATOR).await).len(), 3, "and what is chosen there is not for everywhere");
    let reset = look(&office, &again, &[("group", "project"), ("assignee", "7"), ("reset", "1")]).await;
    assert_eq!(in_list(&reset, "mine").len(), 6);
    assert_eq!(in_list(&office.queue(CREATOR).await, "mine").len(), 6);
    stack.finish().await;
}

#[tokio::test]
async fn p20_p18_a_long_list_in_groups_is_whole_before_it_is_cut() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let bulk = |group: i64| json!({"count": 70, "created_by": CREATOR, "responsible_id": ASSIGNEE, "group_id": group});
    office.bitrix.scenario(&office.portal, json!({ "bulk_tasks": bulk(0) })).await;
    office.bitrix.scenario(&office.portal, json!({ "bulk_tasks": bulk(PROJECT) })).await;
    let page = office.queue(CREATOR).await;
    let first = look(&office, &page, &[("group", "project")]).await;
    assert_eq!((heads(&first), first.count()), (vec!["Office 70".to_owned()], Some(140)));
    assert_eq!((in_list(&first, "mine").len(), first.attributes("data-complete")), (50, vec!["false".to_owned()]));
    let rows = office.rows(&page).await;
    assert_eq!((in_list(&rows, "mine").len(), heads(&rows).len()), (140, 2));
    stack.finish().await;
}

#[tokio::test]
async fn p29_what_came_back_without_a_new_result_can_be_asked_for() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let act = |user: i64, action: &str, task: i64, text: &str| {
        let act = json!({"user_id": user, "action": action, "task_id": task, "text": text});
        let (office, path) = (office.clone(), format!("portals/{}/act", office.portal.member_id));
        async move { office.bitrix.post(&path, act).await }
    };
    for task in &tasks[..2] {
        act(CREATOR, "disapprove", *task, "").await;
    }
    // Taken back by the assignee, which is no return.
    act(ASSIGNEE, "renew", tasks[2], "").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    act(ASSIGNEE, "result", tasks[1], "Now with totals").await;
    for task in &tasks[..3] {
        act(ASSIGNEE, "complete", *task, "").await;
    }
    let page = office.queue(CREATOR).await;
    assert_eq!(in_list(&page, "mine").len(), 4);
    office.bitrix.forget_journal().await;
    let shown = look(&office, &page, &[("unchanged", "1")]).await;
    assert_eq!(in_list(&shown, "mine"), tasks[..1]);
    assert_eq!((shown.count(), office.requests().await), (Some(1), 2), "one call more, and only now");
    // What the portal does not say of one task is said of none.
    let refused = json!({"kind": "error", "status": 400, "code": "0", "description": "x", "inner": true, "times": 4});
    office.fault("tasks.task.history.list", refused).await;
    assert_eq!(look(&office, &page, &[("unchanged", "1")]).await.count(), Some(0));
    stack.finish().await;
}

#[tokio::test]
async fn p19_a_review_that_takes_longer_than_the_portal_wants_is_marked() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = mixed(&office).await;
    let admin = office.queue(ADMIN).await.session().unwrap();
    let set = |level: &'static str, subject: &'static str, hours: &'static str| {
        let (office, admin) = (office.clone(), admin.clone());
        async move {
            let form = [
                ("session", admin.as_str()),
                ("level", level),
                ("subject", subject),
                ("name", "review_hours"),
                ("value", hours),
                ("do", "set"),
            ];
            assert_eq!(office.visitor.post("/settings/set", &form).await.status.as_u16(), 200);
        }
    };
    let late = |page: &Shown| -> Vec<i64> {
        tasks.iter().copied().filter(|task| page.row_text(*task).contains("Review late since")).collect()
    };
    assert_eq!(late(&office.queue(CREATOR).await), [0; 0], "nothing is late where nobody set a time");
    // All days of the week, nearly all hours, so that the story does not depend on when it is told.
    for (name, value) in [
        (
            "work_days",
            vec![("day", "1"), ("day", "2"), ("day", "3"), ("day", "4"), ("day", "5"), ("day", "6"), ("day", "7")],
        ),
        ("work_hours", vec![("from", "00:00"), ("to", "23:59")]),
    ] {
        let mut form =
            vec![("session", admin.as_str()), ("level", "portal"), ("subject", "0"), ("name", name), ("do", "set")];
        form.extend(value);
        assert_eq!(office.visitor.post("/settings/set", &form).await.status.as_u16(), 200);
    }
    set("portal", "0", "60").await;
    assert_eq!(late(&office.queue(CREATOR).await), pick(&tasks, &[0, 1]));
    set("project", "9", "5").await;
    let page = office.queue(CREATOR).await;
    assert_eq!(late(&page), pick(&tasks, &[0, 1, 4]), "a project has its own time");
    assert_eq!(in_list(&page, "mine"), tasks, "the order stays");
    let _: Value = office.bitrix.task(&office.portal, tasks[0]).await;
    stack.finish().await;
}
