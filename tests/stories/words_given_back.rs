//! Without script a form goes with its page: what was written in one that is refused comes back with the refusal.

use crate::support::{Shown, Stack, Wish, bulk::*, decisions::*, refusal, refused};

const WORDS: &str = r#"CANARY-words <b>do not</b> match, "at all""#;
const OWN: &str = r#"CANARY-words of one: "too" <b>small</b>"#;

/// They stand on the page as text that can be copied, and nothing else does.
fn assert_given_back(page: &Shown, words: &[&str]) {
    assert_eq!(page.attributes("readonly").len(), words.len(), "{}", page.html);
    for said in words {
        assert!(page.text().contains(*said), "{said}: {}", page.html);
    }
    assert!(!page.elements().iter().any(|(name, _)| name == "b"), "as text: {}", page.html);
}

/// A refusal is no reason to keep them.
async fn assert_kept_nowhere(stack: &Stack) {
    assert!(!stack.logs().contains("CANARY-words"), "in the log");
    assert!(!stack.dump().await.contains("CANARY-words"), "in the database");
}

#[tokio::test]
async fn many_tasks_that_are_refused_give_all_their_words_back() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    let chosen = office.choose(&page, &tasks[..2], "return").await;
    let own = format!("reason-{}", tasks[0]);
    let words = [("reason", WORDS), (own.as_str(), OWN)];

    let late = office.submit(&chosen, "/bulk", &[words[0], words[1], ("deadline_day", "2020-01-01")]).await;
    assert_eq!(refusal(&late), refused(400, "deadline_over"));
    assert_given_back(&late, &[WORDS, OWN]);

    let held = office.decide_many(&page, &tasks[2..], "approve", "").await;
    assert_eq!(with_outcome(&held, "held"), 2, "{}", held.text());
    let second = office.submit(&chosen, "/bulk", &words).await;
    assert_eq!(refusal(&second), refused(409, "bulk_open"));
    assert_given_back(&second, &[WORDS, OWN]);

    // A script keeps the form before the person's eyes.
    let mut form = chosen.fields_to("/bulk");
    form.retain(|(name, _)| name != "reason");
    form.push(("reason".to_owned(), WORDS.to_owned()));
    let part = office.script("/bulk", &chosen.session().unwrap(), |asked| asked.form(&form)).await;
    assert_eq!(refusal(&part), refused(409, "bulk_open"));
    assert_given_back(&part, &[]);

    assert_kept_nowhere(&stack).await;
    office.submit(&held, "/undo-all", &[]).await;
    stack.finish().await;
}

#[tokio::test]
async fn a_return_that_is_refused_gives_its_words_back_whatever_refused_it() {
    let stack = Stack::with(Wish { undo: "600s", wire: true, ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let (creators, admins) = (office.queue(CREATOR).await, office.queue(ADMIN).await);
    let visitor = &office.visitor;

    let long = format!("{WORDS} {}", "x".repeat(2_000));
    let too_long = visitor.press(&creators, task, "return", &long).await;
    assert_eq!(refusal(&too_long), refused(400, "reason_too_long"));
    assert_given_back(&too_long, &[long.as_str()]);

    let held = office.press(&admins, task, "approve", "").await;
    assert_eq!(held.outcome(), "held");
    let busy = visitor.press(&creators, task, "return", WORDS).await;
    assert_eq!(refusal(&busy), refused(409, "conflict"));
    assert_given_back(&busy, &[WORDS]);
    office.undo(&admins, &held.id).await;

    // What another site posts is nobody's words.
    let foreign = visitor.with_origin("https://other.example").press(&creators, task, "return", WORDS).await;
    assert_eq!(refusal(&foreign), refused(403, "wrong_origin"));
    assert_given_back(&foreign, &[]);

    stack.change("update sessions set used_at = now() - interval '61 minutes'").await;
    let ended = visitor.press(&creators, task, "return", WORDS).await;
    assert_eq!(refusal(&ended), refused(401, "session_ended"));
    assert_given_back(&ended, &[WORDS]);

    stack.wire().cut();
    let away = visitor.press(&creators, task, "return", WORDS).await;
    assert_eq!(away.status.as_u16(), 503, "{}", away.text());
    assert_given_back(&away, &[WORDS]);
    stack.wire().mend();

    assert_kept_nowhere(&stack).await;
    stack.finish().await;
}
