//! Notifications: `im.notify.personal.add`.

use crate::tests::harness::{boot, refusal};
use serde_json::{Value, json};

const ADD: &str = "im.notify.personal.add";

#[actix_web::test]
async fn a_notice_is_from_its_sender_and_takes_the_place_of_one_with_its_tag() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    for (to, text, tag) in [(3, "  one ", "a"), (3, "two", "a"), (3, "three", "b"), (1, "four", "a")] {
        let notice = json!({"USER_ID": to, "MESSAGE": text, "TAG": tag, "SUB_TAG": "s", "ATTACH": {"ID": 1}});
        assert!(portal.call(2, ADD, notice).await.1["result"].is_u64());
    }
    let state = portal.state().await;
    let told = |row: &Value| (row["to"].clone(), row["from"].clone(), row["text"].clone());
    let told: Vec<_> = state["notifications"].as_array().expect("a list").iter().map(told).collect();
    let of = |to: u64, text: &str| (json!(to), json!(2), json!(text));
    assert_eq!(told, [of(3, "two"), of(3, "three"), of(1, "four")]);
}

#[actix_web::test]
async fn a_notice_needs_a_person_words_and_the_scope() {
    let booted = boot().await;
    let portal = booted.portal(json!({})).await;
    portal.company().await;
    for (params, code) in [
        (json!({"MESSAGE": "x"}), "USER_ID_EMPTY"),
        (json!({"USER_ID": 0, "MESSAGE": "x"}), "USER_ID_EMPTY"),
        (json!({"USER_ID": -3, "MESSAGE": "x"}), "USER_ID_EMPTY"),
        (json!({"USER_ID": 3}), "MESSAGE_EMPTY"),
        (json!({"USER_ID": 3, "MESSAGE": " \n "}), "MESSAGE_EMPTY"),
        (json!({"USER_ID": 3, "MESSAGE": "x", "ATTACH": "no"}), "ATTACH_ERROR"),
        (json!({"USER_ID": 3, "MESSAGE": "x", "ATTACH": {"a": "x".repeat(31_000)}}), "ATTACH_OVERSIZE"),
    ] {
        assert_eq!(refusal(&portal.call(2, ADD, params).await), format!("400 {code}"));
    }
    let nobody = portal.call(2, ADD, json!({"USER_ID": 9999, "MESSAGE": "x"})).await;
    assert_eq!((nobody.0, &nobody.1["result"]), (200, &json!(false)));
    portal.control("settings", json!({"scopes": ["task"]})).await;
    let got = portal.call(2, ADD, json!({"USER_ID": 3, "MESSAGE": "x"})).await;
    assert_eq!(refusal(&got), "403 insufficient_scope");
    assert_eq!(portal.state().await["notifications"], json!([]));
}
