//! A person's tokens: renewed once when the portal says that they ran out, never used for anybody else.

use crate::support::{Shown, Stack, decisions::*, tasks_of};
use serde_json::json;

fn expired() -> serde_json::Value {
    json!({"kind": "error", "status": 401, "code": "expired_token"})
}

pub async fn expire(office: &Office) {
    office.control("expire", json!({"user_id": CREATOR})).await;
}

pub async fn renewals(office: &Office) -> usize {
    office.bitrix.calls(RENEWAL).await.len()
}

pub fn asks_to_sign_in(page: &Shown) {
    assert_eq!((page.status.as_u16(), page.error().as_deref()), (401, Some("sign_in_again")), "{}", page.text());
    let text = page.text();
    assert!(text.contains("Please sign in again") && text.contains("open Handback again in Bitrix24"), "{text}");
}

#[tokio::test]
async fn f12_a_token_that_runs_out_on_the_way_is_renewed_once() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;

    expire(&office).await;
    assert_eq!(in_list(&office.rows(&page).await, "mine"), tasks, "at the list");
    assert_eq!(renewals(&office).await, 1);

    expire(&office).await;
    assert_eq!(office.give_back(&page, tasks[0]).await.outcome(), "done", "at the check");
    assert_eq!((renewals(&office).await, office.calls(RETURN).await.len()), (2, 1));

    office.fault(RETURN, expired()).await;
    assert_eq!(office.give_back(&page, tasks[1]).await.outcome(), "done", "at the act");
    assert_eq!((renewals(&office).await, office.moves(tasks[1]).await.len()), (3, 1), "renewed once, executed once");

    office.fault(CHAT, expired()).await;
    let sent = office.give_back(&page, tasks[2]).await;
    assert!(sent.words().contains("Reason delivered"), "at the reason: {}", sent.words());
    assert_eq!((renewals(&office).await, office.told(tasks[2]).await.len()), (4, 1));

    let executed = office.calls(RETURN).await.iter().filter(|c| c["changed"] == true).count();
    assert_eq!(executed, 3);
    assert_eq!(tasks_of(&office.rows(&page).await), [tasks[3]]);
    office.assert_checked_before_each_change().await;
    stack.finish().await;
}

#[tokio::test]
async fn t34_a_portal_that_calls_every_token_expired_costs_a_handful_of_renewals() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    office.bitrix.forget_journal().await;
    let mut always = expired();
    always["times"] = json!(0);
    office.fault("batch", always).await;
    for _ in 0..30 {
        asks_to_sign_in(&office.rows(&page).await);
    }
    // One more may be forgiven meanwhile.
    assert!((12..=13).contains(&renewals(&office).await), "the others are not tried");
    office.clear_faults().await;
    assert_eq!(office.rows(&page).await.status.as_u16(), 200, "nobody is kept out");
    stack.finish().await;
}

#[tokio::test]
async fn f13_a_portal_that_refuses_the_new_token_too_is_not_asked_for_ever() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    let always = |mut fault: serde_json::Value| {
        fault["times"] = json!(0);
        fault
    };
    office.bitrix.forget_journal().await;
    office.fault("batch", always(expired())).await;
    asks_to_sign_in(&office.rows(&page).await);
    assert_eq!((office.requests().await, renewals(&office).await), (2, 1), "once more, with one new token");
    let sent = office.give_back(&page, tasks[0]).await;
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("open it again in Bitrix24")),
        ("refused", true),
        "{}",
        sent.words()
    );
    assert!(office.calls(RETURN).await.is_empty());
    office.clear_faults().await;

    office.fault(RETURN, always(expired())).await;
    let sent = office.give_back(&page, tasks[1]).await;
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("open it again in Bitrix24")),
        ("refused", true),
        "{}",
        sent.words()
    );
    assert_eq!(office.calls(RETURN).await.len(), 2);
    office.clear_faults().await;
    let anew = office.queue(CREATOR).await;
    assert_eq!(office.give_back(&anew, tasks[1]).await.outcome(), "done", "an opening heals it");
    stack.finish().await;
}

#[tokio::test]
async fn f04_t07_a_renewal_that_answers_for_somebody_else_is_discarded() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(1).await;
    let cases = [("/user_id", json!(ADMIN)), ("/member_id", json!("00112233445566778899aabbccddeeff"))];
    for (pointer, value) in cases {
        let page = office.queue(CREATOR).await;
        let kept = "select encode(access_sealed, 'hex') from credentials where user_id = 2";
        let before: String = sqlx::query_scalar(kept).fetch_one(&mut stack.database().await).await.unwrap();
        expire(&office).await;
        office.bitrix.forget_journal().await;
        office.oauth_fault(json!({"kind": "patch", "pointer": pointer, "value": value})).await;
        asks_to_sign_in(&office.rows(&page).await);
        assert_eq!((office.requests().await, renewals(&office).await), (1, 1), "no call with the new token");
        let after: String = sqlx::query_scalar(kept).fetch_one(&mut stack.database().await).await.unwrap();
        assert_eq!(before, after, "the kept tokens are not replaced");
        let state = "select count(*) from credentials where user_id = 2 and state = 'reauth_required'";
        assert_eq!(stack.count(state).await, 1);
        let sent = office.give_back(&page, tasks[0]).await;
        assert_eq!(
            (sent.outcome().as_str(), office.requests().await),
            ("refused", 1),
            "and none later: {}",
            sent.words()
        );
    }
    assert!(stack.logs().contains("a renewal answered for somebody else"));
    assert_eq!(tasks_of(&office.queue(CREATOR).await), tasks, "an opening heals it");
    stack.finish().await;
}

#[tokio::test]
async fn f05_a_pair_that_came_meanwhile_is_used() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    expire(&office).await;
    office.oauth_fault(json!({"kind": "error", "status": 400, "code": "invalid_grant"})).await;
    let reads = async {
        let answer = office.rows(&page).await;
        assert_eq!((answer.status.as_u16(), in_list(&answer, "mine")), (200, tasks.clone()), "{}", answer.text());
    };
    let opens = async {
        while renewals(&office).await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        office.queue(CREATOR).await;
    };
    tokio::join!(reads, opens);
    assert_eq!(renewals(&office).await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn f06_a_person_without_good_tokens_is_told_to_open_again_and_that_heals() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    office.control("revoke", json!({"user_id": CREATOR})).await;
    let started = std::time::Instant::now();
    asks_to_sign_in(&office.rows(&page).await);
    assert!(started.elapsed().as_secs() < 5, "after a short second look");
    let before = renewals(&office).await;
    asks_to_sign_in(&office.rows(&page).await);
    let sent = office.give_back(&page, tasks[0]).await;
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("open it again in Bitrix24")),
        ("refused", true),
        "{}",
        sent.words()
    );
    assert_eq!(renewals(&office).await, before, "and nobody is asked again meanwhile");
    let anew = office.queue(CREATOR).await;
    assert_eq!(anew.outcome(tasks[0]).as_deref(), Some("refused"));
    assert_eq!(office.give_back(&anew, tasks[0]).await.outcome(), "done", "the refused decision is offered again");
    assert_eq!(in_list(&office.rows(&page).await, "mine"), [tasks[1]], "the old page works again, too");
    stack.finish().await;
}
