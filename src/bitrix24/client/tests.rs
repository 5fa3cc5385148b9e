use proptest::prelude::*;
use serde_json::{Value, json};

use super::{query::php_query, *};
use crate::bitrix24::{
    error::Code,
    testing::{Act, Server, json as reply, portal},
};

fn incoming(http: u16, body: &str) -> Incoming {
    Incoming { http, body: body.as_bytes().to_vec(), location: None }
}

fn error_of(http: u16, body: &str) -> CallError {
    read_answer::<Value>(&incoming(http, body)).unwrap_err()
}

fn api(code: Code, http: u16) -> CallError {
    CallError::Api { code, http }
}

#[test]
fn what_an_answer_means() {
    let bad = |http, path: &str| CallError::BadAnswer { http, path: path.to_owned() };
    let v3 =
        r#"{"error":{"code":"BITRIX_REST_V3_EXCEPTION_ACCESSDENIEDEXCEPTION","message":"CANARY","validation":[]}}"#;
    let cases = [
        (401, r#"{"error":"expired_token","error_description":"CANARY"}"#, api(Code::ExpiredToken, 401)),
        (401, r#"{"error":"EXPIRED_TOKEN"}"#, api(Code::ExpiredToken, 401)),
        (400, r#"{"error":"1048582","error_description":"x<br>"}"#, api(Code::ActionNotAllowed, 400)),
        (400, r#"{"error":1048582}"#, api(Code::ActionNotAllowed, 400)),
        (400, r#"{"error":"0"}"#, api(Code::Zero, 400)),
        (400, r#"{"error":0}"#, api(Code::Zero, 400)),
        (400, r#"{"error":"100"}"#, api(Code::WrongParameter, 400)),
        (400, r#"{"error":"","error_description":"Unable"}"#, api(Code::parse(""), 400)),
        (400, r#"{"error":[],"result":1}"#, api(Code::parse(""), 400)),
        (200, r#"{"error":"wrong_client"}"#, api(Code::WrongClient, 200)),
        (200, r#"{"error":"ERROR_ARGUMENT","argument":"PLACEMENT"}"#, api(Code::ErrorArgument, 200)),
        (403, v3, api(Code::V3AccessDenied, 403)),
        (503, r#"{"error":"QUERY_LIMIT_EXCEEDED"}"#, api(Code::QueryLimitExceeded, 503)),
        (500, "<html>CANARY</html>", bad(500, ".")),
        (200, "<html>CANARY</html>", bad(200, ".")),
        (200, r#"{"result":{"a":1}"#, bad(200, ".")),
        (200, "", bad(200, ".")),
        (200, "{}", bad(200, "result")),
        (200, "[]", bad(200, ".")),
        (200, "[1, null, 5]", bad(200, ".")),
        (200, "7", bad(200, ".")),
        (401, r#"[null, "expired_token", 1, 1, null]"#, bad(401, ".")),
        (403, r#"{"result":1}"#, bad(403, "error")),
        (302, "", CallError::Moved { location: None }),
    ];
    for (http, body, expected) in cases {
        let error = error_of(http, body);
        // A path inside cut JSON says where it was cut.
        let same = error == expected
            || matches!(&error, CallError::BadAnswer { http: h, .. } if body.ends_with('}')
            && matches!(&expected, CallError::BadAnswer { http: e, path } if h == e && path == "."));
        assert!(same, "{http} {body}: {error} is not {expected}");
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }
}

#[test]
fn odd_figures_never_spoil_an_answer() {
    let times = ["[]", "{}", "null", "\"x\"", r#"{"date_finish":[1],"duration":{},"operating":"x"}"#, "[1,2]"];
    for time in times {
        let answer = read_answer::<u8>(&incoming(200, &format!(r#"{{"result":7,"time":{time}}}"#))).unwrap();
        assert_eq!((answer.result, answer.clock, answer.operating), (7, None, None), "{time}");
    }
    let answer =
        read_answer::<u8>(&incoming(200, r#"{"result":7,"total":"3","next":50,"time":{"duration":1}}"#)).unwrap();
    assert_eq!((answer.total, answer.next, answer.duration), (Some(3), Some(50), Some(1.0)));
    let nothing = read_answer::<Option<u8>>(&incoming(200, r#"{"result":null}"#)).unwrap();
    assert_eq!(nothing.result, None);
}

#[tokio::test]
async fn a_call_carries_its_token_in_the_body_alone() {
    let server = Server::start("127.0.0.1", vec![reply(r#"{"result":1}"#)]);
    portal(&server).call::<u8>("a.b", json!({ "x": 1 }), Deadline::READ).await.unwrap();
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /rest/a.b HTTP/1.1\r\n"));
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("TOKEN-CANARY"));
    assert_eq!(body, r#"{"x":1,"auth":"TOKEN-CANARY"}"#);
    assert!(!format!("{:?}", portal(&server)).contains("CANARY"));
}

#[tokio::test]
async fn positions_stay_in_their_order() {
    let server = Server::start("127.0.0.1", vec![reply(r#"{"result":1}"#)]);
    let args: Vec<Value> = (0..12).map(Value::from).collect();
    portal(&server).call_positional::<u8>("task.commentitem.add", &args, Deadline::WRITE).await.unwrap();
    let keys = r#"{"0":0,"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"10":10,"11":11,"auth":"TOKEN-CANARY"}"#;
    assert_eq!(server.body(0), keys);
}

#[tokio::test]
async fn the_third_generation_lives_elsewhere() {
    let missing = Act::Reply(404, "", r#"{"error":"ERROR_METHOD_NOT_FOUND"}"#.into());
    let server = Server::start("127.0.0.1", vec![missing]);
    let api_ = portal(&server);
    let error = api_.call_v3::<Value>("a.b", json!({}), Some("k"), Deadline::WRITE).await.unwrap_err();
    assert_eq!(error, api(Code::ErrorMethodNotFound, 404));
    assert!(server.requests()[0].starts_with("POST /rest/api/a.b "));
    for key in ["", "ä", "a\r\nb", &"k".repeat(256)] {
        let error = api_.call_v3::<Value>("a.b", json!({}), Some(key), Deadline::WRITE).await.unwrap_err();
        assert_eq!(error, CallError::Refused(Refusal::Request), "{key:?}");
    }
    for method in ["", "../x", "a/b", "a?b", "a..b", "//evil.test/"] {
        let error = api_.call::<Value>(method, json!({}), Deadline::READ).await.unwrap_err();
        assert_eq!(error, CallError::Refused(Refusal::Request), "{method:?}");
    }
    assert_eq!(server.connections(), 1);
}

fn command(key: &str) -> (String, Command) {
    (key.to_owned(), Command::new("profile", Value::Null))
}

async fn batch(body: &str, keys: &[&str]) -> (BatchAnswer, Server) {
    let server = Server::start("127.0.0.1", vec![reply(body)]);
    let commands = keys.iter().map(|key| command(key)).collect();
    let answer = portal(&server).batch(commands, Deadline::READ).await.unwrap();
    (answer, server)
}

#[tokio::test]
async fn a_batch_tells_each_command_apart() {
    let keys = ["access", "list", "wrong", "denied", "left"];
    let (mut answer, server) = batch(include_str!("../examples/batch.json"), &keys).await;
    assert_eq!(
        server.body(0),
        r#"{"halt":0,"cmd":{"access":"profile","list":"profile","wrong":"profile","denied":"profile","left":"profile"},"auth":"TOKEN-CANARY"}"#
    );
    let list = answer.take::<Value>("list").unwrap();
    assert_eq!((list.result, list.total, list.operating), (json!({ "tasks": [] }), Some(0), Some(0.02)));
    assert_eq!(answer.take::<u8>("access").unwrap_err(), CallError::bad(200, "access.."));
    assert_eq!(answer.take::<Value>("wrong").unwrap_err(), api(Code::ErrorMethodNotFound, 404));
    let denied = answer.take::<Value>("denied").unwrap_err();
    assert_eq!((denied.clone(), denied.ran()), (api(Code::ActionNotAllowed, 400), crate::bitrix24::Ran::No));
    assert_eq!(answer.take::<Value>("left").unwrap_err(), CallError::NotExecuted);
    assert!(answer.envelope.clock.is_some());
}

#[tokio::test]
async fn a_batch_of_lists() {
    let lists =
        r#"{"result":{"result":[1,2],"result_error":[],"result_total":[5,6],"result_next":[],"result_time":[]}}"#;
    let (mut answer, _) = batch(lists, &["0", "1"]).await;
    let second = answer.take::<u8>("1").unwrap();
    assert_eq!((second.result, second.total), (2, Some(6)));
    // Figures beside a change that ran must not make it one of which nobody knows.
    let odd = r#"{"result":{"result":[1],"result_total":[-1],"result_next":[{"a":1}]},"total":-1,"next":"soon"}"#;
    let (mut answer, _) = batch(odd, &["0"]).await;
    let first = answer.take::<u8>("0").unwrap();
    assert_eq!((first.result, first.total, first.next), (1, None, None));
}

#[tokio::test]
async fn a_batch_that_must_not_leave() {
    let server = Server::start("127.0.0.1", vec![]);
    let api = portal(&server);
    let nested = vec![("a".to_owned(), Command::new("batch", Value::Null))];
    let many = (0..51).map(|n| command(&n.to_string())).collect();
    for commands in [vec![], vec![command("a"), command("a")], nested, many] {
        let error = api.batch(commands, Deadline::READ).await.map(|_| ()).unwrap_err();
        assert_eq!(error, CallError::Refused(Refusal::Batch));
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn f15_a_batch_leaves_what_rests_at_home_and_takes_the_others_along() {
    let spent = Act::Reply(429, "", r#"{"error":"OPERATION_TIME_LIMIT"}"#.into());
    let server = Server::start("127.0.0.1", vec![spent, reply(r#"{"result":{"result":{"me":7,"you":8}}}"#)]);
    let (api_, withheld) = (portal(&server), CallError::Withheld(Code::OperationTimeLimit));
    let list = |key: &str| (key.to_owned(), Command::new("tasks.task.list", Value::Null));
    let error = api_.call::<Value>("tasks.task.list", json!({}), Deadline::READ).await.unwrap_err();
    assert_eq!(error, api(Code::OperationTimeLimit, 429));

    let spare = |key: &str| (key.to_owned(), list(key).1.spare());
    let commands = vec![spare("mine"), command("me"), spare("also"), command("you")];
    let mut answer = api_.batch(commands, Deadline::READ).await.unwrap();
    assert_eq!(server.body(1), r#"{"halt":0,"cmd":{"me":"profile","you":"profile"},"auth":"TOKEN-CANARY"}"#);
    assert_eq!(["me", "you"].map(|key| answer.take::<u8>(key).unwrap().result), [7, 8]);
    let at_home = ["mine", "also"].map(|key| answer.take::<Value>(key).unwrap_err());
    assert_eq!(at_home, [withheld.clone(), withheld.clone()]);

    for commands in [vec![spare("mine"), spare("also")], vec![list("mine"), command("me")]] {
        let refused = api_.batch(commands, Deadline::READ).await.map(|_| ()).unwrap_err();
        assert_eq!((refused, server.connections()), (withheld.clone(), 2), "nothing is sent");
    }
}

#[test]
fn nested_values_as_php_writes_them() {
    let cases = [
        (json!(null), ""),
        (json!({}), ""),
        (json!({ "a": null, "b": [], "c": {} }), ""),
        (json!({ "a": true, "b": false, "c": 1.5 }), "a=1&b=0&c=1.5"),
        (
            json!({ "filter": { ">=DEADLINE": "2025-09-01T00:00:00+02:00" } }),
            "filter%5B%3E%3DDEADLINE%5D=2025-09-01T00%3A00%3A00%2B02%3A00",
        ),
        (json!({ "f": { "!STATUS": [5, 6] } }), "f%5B%21STATUS%5D%5B0%5D=5&f%5B%21STATUS%5D%5B1%5D=6"),
        (json!([8017, { "ID": "desc" }]), "0=8017&1%5BID%5D=desc"),
        (json!({ "t": "a&b=c#d+e %é[]\n" }), "t=a%26b%3Dc%23d%2Be%20%25%C3%A9%5B%5D%0A"),
    ];
    for (params, query) in cases {
        assert_eq!(php_query(&params), query, "{params}");
    }
}

#[test]
fn t28_an_answer_of_countless_values_is_refused_before_any_is_built() {
    let large =
        |body: String| read_answer::<Value>(&incoming(200, &body)).err() == Some(CallError::TooLarge { http: 200 });
    let nested = "[0],".repeat(200_000);
    assert!(large(format!(r#"{{"result":[{nested}0]}}"#)));
    assert!(large(format!(r#"{{"result":1,"time":[{nested}0]}}"#)), "wherever they are");
    assert!(large(format!(r#"{{"error":[{nested}0]}}"#)));
    let text = nested.replace('"', "");
    assert!(!large(format!(r#"{{"result":"{text}"}}"#)), "in a text they are none");
    // Fifty pages of fifty tasks, each with seventy values.
    let task = format!("{{{}}}", (0..70).map(|nth| format!(r#""k{nth}":1"#)).collect::<Vec<_>>().join(","));
    let page = format!("[{}]", vec![task; 2_500].join(","));
    assert!(!large(format!(r#"{{"result":{page}}}"#)));
}

#[test]
fn t28_members_of_a_batch_that_nobody_asked_for_cost_next_to_nothing() {
    let members = |value: &str| (0..20_000).map(|nth| format!(r#""k{nth}":{value}"#)).collect::<Vec<_>>().join(",");
    let body = format!(
        r#"{{"result":{{"result":{{{}}},"result_total":{{{}}},"result_next":{{{}}}}}}}"#,
        members("1"),
        members("2"),
        members("3")
    );
    let answer = read_answer::<batch::Members>(&incoming(200, &body)).unwrap();
    let began = std::time::Instant::now();
    let mut sorted = BatchAnswer::sort_out(answer, &["k7".to_owned()]);
    // Each looked up among all of them would be a minute here.
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    let one = sorted.take::<u64>("k7").unwrap();
    assert_eq!((one.result, one.total, one.next), (1, Some(2), Some(3)));
    assert!(sorted.take::<u64>("k8").is_err());
}

/// Reads as PHP's `parse_str` does, as far as nested names go.
fn php_parse(query: &str) -> Value {
    let mut root = json!({});
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let name = name.replace(']', "");
        let place = name
            .split('[')
            .fold(&mut root, |place, part| place.as_object_mut().unwrap().entry(part).or_insert_with(|| json!({})));
        *place = Value::from(value.into_owned());
    }
    root
}

proptest! {
    #[test]
    fn whatever_is_written_is_what_php_reads(
        top in "[a-zA-Z_]{1,8}", keys in proptest::collection::btree_set("[^\\[\\]\\x00]{1,6}", 1..5), text in "\\PC{0,40}",
    ) {
        let inner: serde_json::Map<String, Value> = keys.iter().map(|key| (key.clone(), text.clone().into())).collect();
        let params = json!({ (top): inner });
        let query = php_query(&params);
        prop_assert!(query.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%&=".contains(&b)));
        prop_assert_eq!(php_parse(&query), params);
    }

    #[test]
    fn no_answer_panics(http in 100..600_u16, body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_answer::<crate::bitrix24::tasks::TaskList>(&Incoming { http, body, location: None });
    }
}
