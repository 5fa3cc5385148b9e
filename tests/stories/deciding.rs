//! Returning and accepting: in whose name, with which words, for whom not.

use crate::support::{Stack, decisions::*, tasks_of};
use serde_json::json;

#[tokio::test]
async fn t44_everybody_returns_in_their_own_name() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let deciders = [CREATOR, SUPERVISOR, EDITOR, ADMIN];
    let mut tasks = Vec::new();
    for _ in deciders {
        tasks.push(office.in_project().await);
    }
    // An administrator's tokens are kept before anybody decides: nobody borrows them.
    office.queue(ADMIN).await;
    for (user, task) in deciders.into_iter().zip(&tasks) {
        let sent = office.give_back(&office.queue(user).await, *task).await;
        assert_eq!(
            (sent.outcome().as_str(), sent.shown.status.as_u16()),
            ("done", 200),
            "person {user}: {}",
            sent.words()
        );
        assert_eq!(office.moves(*task).await, [(user, "2".to_owned())], "history names person {user}");
        let call = office.calls(RETURN).await.pop().unwrap();
        assert_eq!(call["user_id"], json!(user), "with that person's own token");
        assert_eq!(office.told(*task).await.iter().map(|t| t.0).collect::<Vec<_>>(), [user], "and so are the words");
    }
    assert_eq!(office.calls(RETURN).await.len(), deciders.len());
    office.assert_checked_before_each_change().await;
    stack.finish().await;
}

#[tokio::test]
async fn t44_who_has_no_right_is_refused_though_an_administrators_token_is_kept() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let inside = office.in_project().await;
    let others = office.queue(ADMIN).await;
    for (user, words) in [
        (ASSIGNEE, "does not give you the right"),
        (MEMBER, "does not give you the right"),
        (STRANGER, "no longer visible"),
    ] {
        // Their own page offers nothing: they forge the form.
        let mut form = others.form(inside, "return");
        form.retain(|(name, _)| !["session", "decision_id", "reason"].contains(&name.as_str()));
        let (session, id) = (office.queue(user).await.session().unwrap(), uuid(user));
        form.extend([("session".into(), session), ("decision_id".into(), id), ("reason".into(), "x".into())]);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let after = office.visitor.post("/decide", &form).await;
        assert_eq!(after.status.as_u16(), 200, "{}", after.text());
        assert_eq!(
            stack.count(&format!("select count(*) from decisions where user_id = {user} and state = 'refused'")).await,
            1
        );
        let stands = office.stands(&after, &uuid(user)).await;
        assert!(stands.row_text(inside).contains(words), "person {user}: {}", stands.text());
    }
    assert!(office.calls(RETURN).await.is_empty(), "nothing was sent for any of them");
    assert!(office.told(inside).await.is_empty(), "and no words were told");
    stack.finish().await;
}

fn uuid(user: i64) -> String {
    format!("0193b0a0-0000-7000-8000-{user:012}")
}

#[tokio::test]
async fn a_task_is_accepted_as_completed_without_words() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    let inside = office.in_project().await;
    let sent = office.press(&office.queue(CREATOR).await, tasks[0], "approve", "").await;
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("Accepted as completed")),
        ("done", true),
        "{}",
        sent.words()
    );
    let after = office.visitor.press(&office.queue(CREATOR).await, tasks[1], "approve", "").await;
    assert_eq!(tasks_of(&after), [inside], "without script the page shows the rest");
    for task in tasks {
        assert_eq!(office.moves(task).await, [(CREATOR, "5".to_owned())]);
        assert!(office.told(task).await.is_empty());
    }
    let sent = office.press(&office.queue(EDITOR).await, inside, "approve", "").await;
    assert_eq!((sent.outcome().as_str(), office.moves(inside).await), ("done", vec![(EDITOR, "5".to_owned())]));
    assert_eq!((office.calls(ACCEPT).await.len(), office.calls(RETURN).await.len()), (3, 0));
    assert_eq!(stack.count("select count(*) from reasons").await, 0);
    office.assert_checked_before_each_change().await;
    stack.finish().await;
}

#[tokio::test]
async fn a_return_needs_a_reason() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.bitrix.forget_journal().await;
    for reason in ["", "   \r\n\t ", "\u{0}\u{7}", &"x".repeat(2_001)] {
        for shown in [
            office.press(&page, task, "return", reason).await.shown,
            office.visitor.press(&page, task, "return", reason).await,
        ] {
            assert_eq!(
                (shown.status.as_u16(), shown.error().as_deref()),
                (400, Some(if reason.len() > 2_000 { "reason_too_long" } else { "reason_missing" })),
                "{reason:.9}"
            );
            assert!(shown.text().contains("could not be read"), "{}", shown.text());
        }
    }
    assert_eq!(stack.count("select count(*) from decisions").await, 0, "nothing is stored");
    assert_eq!(stack.count("select count(*) from reasons").await, 0);
    assert_eq!(office.requests().await, 0, "nothing is asked");
    // The same form, with words.
    assert_eq!(office.press(&page, task, "return", &"x".repeat(2_000)).await.outcome(), "done");
    stack.finish().await;
}
