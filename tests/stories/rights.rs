//! Allowed is what `getaccess` says with a plain `true` about the person who asks; the portal's own check is final.

use crate::support::{Stack, decisions::*, tasks_of};
use serde_json::{Value, json};

/// What a portal could say, none of which is a yes to person 2.
fn malformed() -> Vec<(&'static str, Value)> {
    let of_creator = |rights: Value| json!({ "2": rights });
    vec![
        ("/result/allowedActions", json!([])),
        ("/result/allowedActions", json!({"1": {"APPROVE": true, "DISAPPROVE": true}})),
        ("/result/allowedActions", of_creator(json!({"EDIT": true}))),
        ("/result/allowedActions", of_creator(json!({"APPROVE": "true", "DISAPPROVE": "true"}))),
        ("/result/allowedActions", of_creator(json!({"APPROVE": "false", "DISAPPROVE": "false"}))),
        ("/result/allowedActions", of_creator(json!({"APPROVE": 1, "DISAPPROVE": 1}))),
        ("/result/allowedActions", of_creator(json!({"APPROVE": null, "DISAPPROVE": null}))),
        ("/result/allowedActions", of_creator(json!({"APPROVE": {"a": true}, "DISAPPROVE": {"a": true}}))),
        ("/result/allowedActions", of_creator(json!("true"))),
        ("/result", json!({})),
        ("/result", json!([])),
    ]
}

#[tokio::test]
async fn t45_only_a_plain_true_about_oneself_is_a_yes() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let variants = malformed();
    let tasks = office.waiting(2 * variants.len()).await;
    let page = office.queue(CREATOR).await;
    for (nth, (pointer, value)) in variants.iter().enumerate() {
        for (action, task) in [("return", tasks[2 * nth]), ("approve", tasks[2 * nth + 1])] {
            office.fault(ACCESS, json!({"kind": "patch", "pointer": pointer, "value": value, "inner": true})).await;
            let sent = office.press(&page, task, action, "x").await;
            assert_eq!(sent.outcome(), "refused", "{action} after {value}: {}", sent.words());
            assert!(sent.words().contains("does not give you the right"), "{value}: {}", sent.words());
        }
    }
    assert_eq!((office.calls(RETURN).await.len(), office.calls(ACCEPT).await.len()), (0, 0), "nothing was sent");
    assert_eq!(stack.count("select count(*) from reasons where delivery <> 'dropped'").await, 0);
    assert_eq!(tasks_of(&office.queue(CREATOR).await), tasks, "all of them still wait");
    stack.finish().await;
}

#[tokio::test]
async fn t45_a_list_is_read_as_strictly() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"return_access": false})).await;
    let tasks = office.waiting(malformed().len() + 1).await;
    for (pointer, value) in malformed() {
        office.fault(ACCESS, json!({"kind": "patch", "pointer": pointer, "value": value, "inner": true})).await;
    }
    let page = office.queue(CREATOR).await;
    assert_eq!(tasks_of(&page), tasks, "one's own are listed whatever the portal says");
    let offered = tasks.iter().filter(|task| page.offers(**task, "return") || page.offers(**task, "approve"));
    assert_eq!(offered.collect::<Vec<_>>(), [tasks.last().unwrap()]);
    stack.finish().await;
}

#[tokio::test]
async fn t46_a_right_that_goes_between_check_and_act_is_not_tried_twice() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let (inside, plain) = (office.in_project().await, office.waiting(1).await[0]);

    office.fault(RETURN, json!({"kind": "delay", "ms": 700})).await;
    let sent = office.begin(&office.queue(EDITOR).await, inside);
    office.until_called(RETURN).await;
    office.project(&[ASSIGNEE, MEMBER, EDITOR], &[]).await;
    let sent = sent.await.unwrap();
    assert_eq!(sent.outcome(), "refused");
    assert!(sent.words().contains("does not give you the right"), "{}", sent.words());
    assert_eq!((office.calls(RETURN).await.len(), office.moves(inside).await.len()), (1, 0));

    office.bitrix.forget_journal().await;
    office.fault(RETURN, json!({"kind": "delay", "ms": 700})).await;
    let sent = office.begin(&office.queue(SUPERVISOR).await, plain);
    office.until_called(RETURN).await;
    let nobodys = json!({"id": CREATOR, "name": "Carl", "last_name": "Creator"});
    office.bitrix.scenario(&office.portal, json!({ "users": [nobodys] })).await;
    let sent = sent.await.unwrap();
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("no longer visible")),
        ("refused", true),
        "{}",
        sent.words()
    );
    assert_eq!((office.calls(RETURN).await.len(), office.moves(plain).await.len()), (1, 0));
    stack.finish().await;
}
