use serde_json::json;

use super::*;
use crate::bitrix24::{
    client::{Answer, Command},
    egress::Incoming,
    error::CallError,
    wire::Id,
};

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Answer<T> {
    crate::bitrix24::client::read_answer(&incoming(body)).unwrap()
}

fn incoming(body: &str) -> Incoming {
    Incoming { http: 200, body: body.as_bytes().to_vec(), location: None }
}

fn id(number: i64) -> Id {
    Id::new(number).unwrap()
}

const DISAPPROVED: &str = include_str!("../examples/tasks.task.disapprove.json");

#[test]
fn what_is_read_of_a_whole_task() {
    let answer = read::<MaybeTask>(DISAPPROVED);
    let task = answer.result.0.unwrap();
    assert_eq!(*task.id, Some(id(8017)));
    assert_eq!(*task.status, Some(Status::Pending));
    assert_eq!((*task.created_by, *task.responsible_id), (Some(id(503)), Some(id(547))));
    assert_eq!((task.mark.as_deref(), *task.group_id), (Some("P"), Some(id(129))));
    assert_eq!(*task.time_estimate, Some(101_580));
    assert!(task.accomplices.is_empty());
    assert_eq!(task.may(Action::Disapprove), Some(false));
    assert_eq!(task.may(Action::ChangeDeadline), Some(true));
    assert_eq!(answer.clock.unwrap().to_rfc3339(), "2025-09-18T12:34:49+02:00");
    assert_eq!((answer.operating, answer.operating_reset_at), (Some(1.3653719425201416), Some(1758188688)));
}

#[test]
fn p37_what_was_said_in_a_chat() {
    let said = read::<ChatMessages>(include_str!("../examples/im.dialog.messages.get.json")).result;
    let authors: Vec<_> = said.messages.values().map(|one| one.author_id).collect();
    assert_eq!(authors, [Some(id(547)), None], "nobody says what the chat says by itself");
    let name = said.users.values().next().and_then(|user| user.name.clone());
    assert_eq!(name.as_deref(), Some("Maria"));
    assert!(!format!("{said:?}").contains("second") && !format!("{said:?}").contains("Maria"), "no words in a log");
    let none = read::<ChatMessages>(r#"{"result":{"chat_id":1,"messages":[],"users":[],"files":[]}}"#).result;
    assert!(none.messages.is_empty() && none.users.is_empty());
}

#[test]
fn an_unknown_key_is_passed_over_and_a_wrong_type_is_named() {
    let task: Task = serde_json::from_value(json!({ "id": 7, "newKey": { "a": [1] } })).unwrap();
    assert_eq!(*task.id, Some(id(7)));
    let body = r#"{"result":{"tasks":[{"id":"1"},{"id":"2","creator":{"id":{"x":1}}}]}}"#;
    let error = crate::bitrix24::client::read_answer::<TaskList>(&incoming(body)).unwrap_err();
    assert_eq!(error, CallError::BadAnswer { http: 200, path: "result.tasks[1].creator.id".to_owned() });
}

#[test]
fn t28_a_page_has_fifty_rows_and_a_row_short_texts_whatever_comes() {
    let rows = |row: &str, many: usize| format!(r#"{{"result":{{"tasks":[{}]}}}}"#, vec![row; many].join(","));
    assert_eq!(read::<TaskList>(&rows("{}", 20_000)).result.tasks.len(), 50);
    let long = "я".repeat(100_000);
    let person = format!(r#"{{"id":1,"name":"{long}"}}"#);
    let row = format!(
        r#"{{"id":1,"title":"{long}","description":"{long}","creator":{person},"responsible":{person},"group":{person}}}"#
    );
    let mut tasks = read::<TaskList>(&rows(&row, 2)).result.tasks;
    assert!(tasks[0].weight() > 4 * 100_000, "as it came");
    let row = tasks.remove(0).into_row();
    assert!(row.weight() <= 2 * (1_000 + 3 * 150) && row.description.is_none());
    assert_eq!(row.title.as_deref().map(|title| title.chars().count()), Some(1_000));
    assert_eq!((*row.id, row.responsible.get().and_then(|one| *one.id)), (Some(id(1)), Some(id(1))));
}

#[test]
fn nothing_of_a_task_is_shown_but_its_id_and_status() {
    let task: Task = serde_json::from_value(json!({ "id": 7, "title": "CANARY", "description": "CANARY" })).unwrap();
    assert!(!format!("{task:?}").contains("CANARY"));
}

#[test]
fn a_list_with_and_without_rights() {
    let answer = read::<TaskList>(include_str!("../examples/tasks.task.list.json"));
    assert_eq!((answer.total, answer.next), (Some(52), Some(50)));
    let [first, second] = &answer.result.tasks[..] else { panic!("two rows") };
    assert_eq!(first.may(Action::Disapprove), Some(true));
    assert_eq!(*first.status, Some(Status::SupposedlyCompleted));
    assert_eq!(first.group.get().unwrap().name.as_deref(), Some("Finance"));
    assert_eq!(second.may(Action::Disapprove), None, "an empty map says nothing");
    assert_eq!((*second.group_id, second.group.get()), (None, None));
    for nothing in [
        json!({}),
        json!([]),
        json!([{"approve": true}]),
        json!(null),
        json!(false),
        json!(true),
        json!(""),
        json!("x"),
        json!(0),
        json!(-1),
        json!(1.5),
    ] {
        let task = serde_json::from_value::<Task>(json!({ "action": nothing })).unwrap();
        assert_eq!(task.may(Action::Approve), None, "{nothing}");
    }
    assert_eq!(serde_json::from_value::<Task>(json!({})).unwrap().may(Action::Approve), None);
    for odd in [json!("true"), json!("Y"), json!(1), json!(null), json!({ "a": true }), json!([true])] {
        let task: Task =
            serde_json::from_value(json!({ "action": { "approve": odd, "x": odd, "edit": true } })).unwrap();
        assert_eq!((task.may(Action::Approve), task.may(Action::Edit)), (Some(false), Some(true)), "{odd}");
    }
    assert!(read::<TaskList>(r#"{"result":{"tasks":[]},"total":0}"#).result.tasks.is_empty());
    assert!(read::<TaskList>(r#"{"result":[]}"#).result.tasks.is_empty());
    let twice: Task = serde_json::from_str(r#"{"action":{"approve":true,"approve":false}}"#).unwrap();
    assert_eq!(twice.may(Action::Approve), Some(false), "the last one counts");
    for lists in [r#"{"tasks":[[8017,"x"]]}"#, r#"{"tasks":[[]]}"#] {
        assert!(serde_json::from_str::<TaskList>(lists).is_err(), "a list is no task: {lists}");
    }
}

#[test]
fn one_task_or_none() {
    let task = read::<MaybeTask>(include_str!("../examples/tasks.task.get.json")).result.0.unwrap();
    assert_eq!((*task.id, *task.group_id), (Some(id(9021)), None));
    let task = read::<MaybeTask>(include_str!("../examples/tasks.task.approve.json")).result.0.unwrap();
    assert_eq!(*task.status, Some(Status::Completed));
    for none in [r#"{"result":[]}"#, r#"{"result":{}}"#, r#"{"result":null}"#, r#"{"result":{"task":[]}}"#] {
        let outcome = crate::bitrix24::client::read_answer::<MaybeTask>(&incoming(none));
        assert!(outcome.as_ref().is_ok_and(|answer| answer.result.0.is_none()), "{none} gave {outcome:?}");
    }
}

#[test]
fn access_is_given_only_by_a_plain_true_under_ones_own_id() {
    let access = read::<Access>(include_str!("../examples/tasks.task.getaccess.json")).result;
    assert!(access.may(id(503), Action::Disapprove));
    assert!(!access.may(id(547), Action::Disapprove));
    assert!(!access.may(id(999), Action::Disapprove));
    let no = [
        json!({ "allowedActions": [] }),
        json!({ "allowedActions": null }),
        json!({}),
        json!([]),
        json!({ "allowedActions": { "504": { "DISAPPROVE": true } } }),
        json!({ "allowedActions": { "503": {} } }),
        json!({ "allowedActions": { "503": [] } }),
        json!({ "allowedActions": { "503": { "APPROVE": true } } }),
        json!({ "allowedActions": { "503": { "disapprove": true } } }),
        json!({ "allowedActions": { "503": { "DISAPPROVE": "true" } } }),
        json!({ "allowedActions": { "503": { "DISAPPROVE": "Y" } } }),
        json!({ "allowedActions": { "503": { "DISAPPROVE": 1 } } }),
        json!({ "allowedActions": { "503": { "DISAPPROVE": false } } }),
        json!({ "allowedActions": { "503": { "DISAPPROVE": null } } }),
        json!({ "allowedActions": { "503": { "DISAPPROVE": { "a": true } } } }),
        json!({ "allowedActions": { "503": "true" } }),
        json!({ "allowedActions": [{ "DISAPPROVE": true }] }),
        json!([{ "503": { "DISAPPROVE": true } }]),
    ];
    for answer in no {
        let may = serde_json::from_value::<Access>(answer.clone()).is_ok_and(|a| a.may(id(503), Action::Disapprove));
        assert!(!may, "{answer}");
    }
    // What is odd about others, or about other actions, changes nothing.
    let odd = json!({ "allowedActions": { "1": 7, "503": { "EDIT": { "why": [1] }, "DISAPPROVE": true } } });
    assert!(serde_json::from_value::<Access>(odd).unwrap().may(id(503), Action::Disapprove));
    let list: Access = serde_json::from_value(json!({ "allowedActions": [{}, { "DISAPPROVE": true }] })).unwrap();
    assert!(!list.may(id(1), Action::Disapprove), "a list is not an object, even where its index is the user's id");
}

#[test]
fn history_results_and_comments() {
    let history = read::<HistoryList>(include_str!("../examples/tasks.task.history.list.json")).result.list;
    assert_eq!(history[0].status_change(), None);
    assert_eq!(history[1].status_change(), Some((Status::SupposedlyCompleted, Status::Pending)));
    assert_eq!(history[1].user().unwrap().id, Some(id(503)));
    assert_eq!(history[1].created_date.known(), None);
    let results = read::<TaskResults>(include_str!("../examples/tasks.task.result.list.json")).result.0;
    assert_eq!((results[0].comment_id, results[1].comment_id), (Some(id(3197)), None));
    assert_eq!(results[1].files().collect::<Vec<_>>(), [id(1055), id(1057)]);
    let comments = read::<Comments>(include_str!("../examples/task.commentitem.getlist.json")).result.0;
    assert_eq!(comments[0].post_message.as_deref(), Some("Please add the photos"));
    assert_eq!(read::<Id>(include_str!("../examples/task.commentitem.add.json")).result, id(3141));
    assert!(read::<reason::Sent>(include_str!("../examples/tasks.task.chat.message.send.json")).result.0);
}

#[test]
fn commands_of_a_batch_say_the_same_as_the_calls() {
    let line = |command: Command| command.line();
    assert_eq!(line(tasks_task_getaccess_command(id(8017))), "tasks.task.getaccess?taskId=8017");
    assert_eq!(line(tasks_task_disapprove_command(id(8017))), "tasks.task.disapprove?taskId=8017");
    assert_eq!(
        line(tasks_task_get_command(id(5), &["ID", "STATUS"])),
        "tasks.task.get?taskId=5&select%5B0%5D=ID&select%5B1%5D=STATUS"
    );
    assert_eq!(line(task_commentitem_getlist_command(id(5))), "task.commentitem.getlist?0=5&1%5BID%5D=desc");
    let query = ListQuery {
        filter: vec![("REAL_STATUS".into(), json!(4)), (">ID".into(), json!(7))],
        select: vec!["ID"],
        order: vec![("DEADLINE", "asc"), ("CLOSED_DATE", "desc")],
        return_access: true,
        ..ListQuery::default()
    };
    assert_eq!(
        line(tasks_task_list_command(&query)),
        "tasks.task.list?filter%5BREAL_STATUS%5D=4&filter%5B%3EID%5D=7&select%5B0%5D=ID&order%5BDEADLINE%5D=asc\
         &order%5BCLOSED_DATE%5D=desc&params%5BRETURN_ACCESS%5D=Y&start=0"
    );
}
