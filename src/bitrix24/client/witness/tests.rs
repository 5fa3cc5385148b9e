use std::{sync::Mutex, time::Duration};

use serde_json::json;

use super::*;
use crate::bitrix24::{
    Deadline,
    oauth::AuthServer,
    tasks::{
        tasks_task_chat_message_send, tasks_task_disapprove, tasks_task_get_command, tasks_task_getaccess_command,
    },
    testing::{self, Act, CALLER, Server, json as reply, sandbox, watched},
};

#[derive(Default)]
struct Notes(Mutex<Vec<CallSeen>>);

impl Witness for Notes {
    fn saw(&self, call: CallSeen) {
        self.0.lock().unwrap().push(call);
    }
}

fn witness() -> (std::sync::Arc<Notes>, Rest) {
    let notes = std::sync::Arc::new(Notes::default());
    (notes.clone(), sandbox().watched_by(notes))
}

fn of(call: &Seen) -> (&str, Option<i64>, Option<u16>, Option<&str>, Option<Trouble>) {
    (&call.method, call.task, call.http, call.code, call.trouble)
}

fn id(number: i64) -> crate::bitrix24::wire::Id {
    number.to_string().parse().unwrap()
}

#[tokio::test]
async fn a_call_is_told_with_its_end_and_without_a_word() {
    let refused = br#"{"error":"1048582","error_description":"CANARY"}"#.to_vec();
    let invented = br#"{"error":"CANARY_OF_THE_PORTAL"}"#.to_vec();
    let acts = vec![
        reply(br#"{"result":[],"time":{"operating":1.5}}"#.as_slice()),
        Act::Reply(400, "", refused),
        Act::Reply(400, "", invented),
        Act::Drop,
        Act::Reply(404, "", br#"{"error":{"code":"ERROR_METHOD_NOT_FOUND"}}"#.to_vec()),
    ];
    let server = Server::start("127.0.0.1", acts);
    let (notes, rest) = witness();
    let api = watched(&server, rest);
    for _ in 0..4 {
        let _ = tasks_task_disapprove(&api, id(8017)).await;
    }
    let _ = tasks_task_chat_message_send(&api, id(8018), "CANARY", "key").await;
    let seen = notes.0.lock().unwrap().clone();
    let ends: Vec<_> = seen.iter().map(|seen| of(&seen.call)).collect();
    let back = "tasks.task.disapprove";
    assert_eq!(
        ends,
        [
            (back, Some(8017), Some(200), None, None),
            (back, Some(8017), Some(400), Some("1048582"), None),
            (back, Some(8017), Some(400), None, Some(Trouble::OtherCode)),
            (back, Some(8017), None, None, Some(Trouble::Lost)),
            ("tasks.task.chat.message.send", Some(8018), Some(404), Some("ERROR_METHOD_NOT_FOUND"), None),
        ]
    );
    assert_eq!(seen[0].call.operating, Some(1.5));
    assert!(seen.iter().all(|seen| seen.caller == Some(CALLER) && seen.call.took.is_some()));
    assert!(!format!("{seen:?}").contains("CANARY"), "{seen:?}");
}

#[tokio::test]
async fn each_command_of_a_batch_is_told() {
    let answer = json!({"result": {
        "result": {"right": {"allowedActions": []}}, "result_error": {"task": {"error": "0", "error_description": "CANARY"}},
        "result_time": {"right": {"duration": 0.25, "operating": 3.0}},
    }});
    let server = Server::start("127.0.0.1", vec![reply(answer.to_string()), Act::Drop]);
    let (notes, rest) = witness();
    let api = watched(&server, rest);
    let commands = || {
        vec![
            ("right".to_owned(), tasks_task_getaccess_command(id(1))),
            ("task".to_owned(), tasks_task_get_command(id(2), &["ID"])),
            ("left_out".to_owned(), tasks_task_getaccess_command(id(3))),
        ]
    };
    assert!(api.batch(commands(), Deadline::READ).await.is_ok());
    assert!(api.batch(commands(), Deadline::READ).await.is_err());
    let seen = notes.0.lock().unwrap().clone();
    assert_eq!((of(&seen[0].call), seen.len()), (("batch", None, Some(200), None, None), 2));
    let (access, get) = ("tasks.task.getaccess", "tasks.task.get");
    assert_eq!(
        seen[0].commands.iter().map(of).collect::<Vec<_>>(),
        [
            (access, Some(1), Some(200), None, None),
            (get, Some(2), Some(400), Some("0"), None),
            (access, Some(3), None, None, Some(Trouble::NotExecuted)),
        ]
    );
    let right = &seen[0].commands[0];
    assert_eq!((right.took, right.operating), (Some(Duration::from_millis(250)), Some(3.0)));
    assert!(seen[1].commands.iter().all(|command| command.trouble == Some(Trouble::Lost)), "nobody knows of any");
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_any_more_is_told() {
    let server = Server::start("127.0.0.1", vec![Act::Hang(Duration::from_secs(5))]);
    let (notes, rest) = witness();
    let api = watched(&server, rest);
    let call = tasks_task_disapprove(&api, id(4));
    assert!(tokio::time::timeout(Duration::from_millis(300), call).await.is_err());
    let seen = notes.0.lock().unwrap().clone();
    assert_eq!(seen[0].call.trouble, Some(Trouble::Abandoned));
    assert!(seen[0].call.took.unwrap() >= Duration::from_millis(300));
}

/// A request may name any portal: only the server's answer makes it somebody's.
#[tokio::test]
async fn the_authorization_servers_answer_says_whose_a_question_was() {
    let known = include_bytes!("../../examples/oauth.app.info.json").to_vec();
    let unknown = br#"{"error":"invalid_token"}"#.to_vec();
    let acts = vec![Act::Reply(200, "", known), Act::Reply(401, "", unknown.clone()), Act::Reply(400, "", unknown)];
    let server = Server::start("127.0.0.1", acts);
    let (notes, rest) = witness();
    let oauth = AuthServer::new(rest, server.url(""), "app.1".to_owned(), "CANARY-SECRET".into());
    for _ in 0..2 {
        let _ = oauth.app_info(&"CANARY-TOKEN".into(), Deadline::READ).await;
    }
    let _ = oauth.asked_for(testing::CALLER).token_refresh(&"CANARY-TOKEN".into(), Deadline::READ).await;
    let seen = notes.0.lock().unwrap().clone();
    assert!(seen[0].caller.is_some_and(|caller| caller.user.is_some()), "{seen:?}");
    assert_eq!((seen[1].caller, of(&seen[1].call)), (None, ("app.info", None, Some(401), Some("invalid_token"), None)));
    assert_eq!((seen[2].caller, seen[2].call.method.as_str()), (Some(CALLER), "oauth/token"));
    assert!(!format!("{seen:?}").contains("CANARY"));
}
