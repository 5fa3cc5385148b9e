//! A decision is held for a while: time to take it back, and no need to keep the browser open.

use crate::support::{Shown, Stack, Wish, decisions::*, refusal, refused};
use serde_json::json;
use sqlx::Connection;
use std::{io::Write, net::TcpStream, time::Duration};

fn two_seconds() -> Wish {
    Wish { undo: "2s", ..Wish::default() }
}

#[tokio::test]
async fn a_held_decision_is_taken_back_and_nothing_was_asked() {
    let stack = Stack::with(two_seconds()).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    office.bitrix.forget_journal().await;
    let sent = office.give_back(&page, tasks[0]).await;
    assert_eq!(
        (sent.outcome().as_str(), sent.words().contains("Will be returned in 2 s")),
        ("held", true),
        "{}",
        sent.words()
    );
    assert!(sent.shown.offers(tasks[0], "undo"));
    let undone = office.undo(&page, &sent.id).await;
    assert_eq!((undone.status.as_u16(), undone.outcome(tasks[0]).as_deref()), (200, Some("cancelled")));
    assert!(undone.row_text(tasks[0]).contains("Taken back"), "{}", undone.text());

    // Without script: the page's own form.
    let held = office.visitor.press(&page, tasks[1], "approve", "").await;
    assert_eq!(held.outcome(tasks[1]).as_deref(), Some("held"));
    let undone_too = office.visitor.press(&held, tasks[1], "undo", "").await;
    assert_eq!(undone_too.outcome(tasks[1]).as_deref(), Some("cancelled"));

    tokio::time::sleep(Duration::from_millis(2_600)).await;
    for method in [ACCESS, RETURN, ACCEPT, CHAT] {
        assert!(office.calls(method).await.is_empty(), "{method} was called for what was taken back");
    }
    assert_eq!(stack.count("select count(*) from reasons where delivery = 'dropped'").await, 1);
    // Taken back is not decided: the row offers it again.
    let again = office.give_back(&undone_again(&office, &page, &sent.id).await, tasks[0]).await;
    assert_ne!(again.id, sent.id);
    office.until(&page, &again, "done", "Reason delivered").await;
    assert_eq!(office.moves(tasks[0]).await.len(), 1);
    stack.finish().await;
}

/// The row as it stands, whose form has a key of its own and the page's session.
async fn undone_again(office: &Office, page: &Shown, id: &str) -> Shown {
    let row = office.stands(page, id).await;
    assert_eq!(row.session(), page.session());
    row
}

#[tokio::test]
async fn too_late_and_not_yours_are_told() {
    let stack = Stack::with(two_seconds()).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let (page, admins) = (office.queue(CREATOR).await, office.queue(ADMIN).await);
    let sent = office.give_back(&page, task).await;
    let not_theirs = office.undo(&admins, &sent.id).await;
    assert_eq!((not_theirs.status.as_u16(), not_theirs.error().as_deref()), (404, Some("not_found")));
    assert_eq!(office.stands(&page, &sent.id).await.outcome(task).as_deref(), Some("held"), "it is still held");
    assert!(office.stands(&admins, &sent.id).await.rows().is_empty(), "nobody else reads it");
    office.until(&page, &sent, "done", "Reason delivered").await;
    let late = office.undo(&page, &sent.id).await;
    assert_eq!((late.status.as_u16(), late.outcome(task).as_deref()), (200, Some("done")));
    assert!(late.row_text(task).contains("Returned for revision"), "{}", late.text());
    assert_eq!(office.moves(task).await, [(CREATOR, "2".to_owned())]);
    stack.finish().await;
}

#[tokio::test]
async fn a_page_that_was_hidden_for_an_hour_learns_the_end() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    let sent = office.give_back(&page, task).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    let later = "update decisions set created_at = created_at - interval '1 hour', finished_at = finished_at - interval '1 hour'";
    sqlx::query(later).execute(&mut stack.database().await).await.unwrap();
    let shown = office.stands(&page, &sent.id).await;
    assert_eq!((shown.status.as_u16(), shown.outcome(task).as_deref()), (200, Some("done")), "{}", shown.html);
    // Still nobody else's.
    let admins = office.queue(ADMIN).await;
    assert!(office.stands(&admins, &sent.id).await.rows().is_empty());
    stack.finish().await;
}

/// The press of a button that returns a task, by a browser that reads nothing: its decision, and the connection.
fn post(office: &Office, page: &Shown, task: i64) -> (String, TcpStream) {
    let mut form = page.form(task, "return");
    form.retain(|(name, _)| name != "reason");
    form.push(("reason".to_owned(), "Totals".to_owned()));
    let id = form.iter().find(|(name, _)| name == "decision_id").unwrap().1.clone();
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    (id, send(office, "/decide", &form))
}

/// A browser that has sent a form and reads nothing.
pub fn send(office: &Office, path: &str, form: &[(&str, &str)]) -> TcpStream {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let port = url::Url::parse(&office.visitor.url(path)).unwrap().port().unwrap();
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    socket.write_all(request.as_bytes()).unwrap();
    socket
}

/// A reset, as from a browser whose tab is closed.
pub fn leave(socket: TcpStream) {
    tokio::net::TcpSocket::from_std_stream(socket).set_zero_linger().unwrap();
}

#[tokio::test]
async fn f26_a_closed_browser_does_not_stop_a_decision() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    // Where the server stands when the browser goes: at the session, at the decision, at the portal.
    for (task, table) in tasks.iter().zip([Some("sessions"), Some("decisions"), Some("reasons"), None]) {
        let mut database = stack.database().await;
        let mut held = database.begin().await.unwrap();
        if let Some(table) = table {
            let lock = sqlx::AssertSqlSafe(format!("lock table {table} in access exclusive mode"));
            sqlx::query(lock).execute(&mut *held).await.unwrap();
        }
        let (id, socket) = post(&office, &page, *task);
        tokio::time::sleep(Duration::from_millis(400)).await;
        leave(socket);
        tokio::time::sleep(Duration::from_millis(100)).await;
        held.rollback().await.unwrap();
        let sent = Sent { id, task: *task, shown: office.queue(CREATOR).await };
        office.until(&page, &sent, "done", "Reason delivered").await;
        assert_eq!((office.moves(*task).await.len(), office.told(*task).await.len()), (1, 1), "gone at {table:?}");
    }
    stack.finish().await;
}

fn is_taken(shown: &Shown) {
    assert_eq!(refusal(shown), refused(503, "taken"), "{}", shown.text());
    let text = shown.text();
    assert!(text.contains("What you pressed was received") && !text.contains("Nothing was changed"), "{text}");
    assert!(shown.attributes("action").contains(&"/queue".to_owned()), "the list is offered: {}", shown.html);
}

#[tokio::test]
async fn what_is_stored_is_never_said_to_be_nothing_because_the_list_cannot_be_read() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let office = Office::with(&stack, json!({"limits": "off"})).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    let (session, other) = (page.session().unwrap(), tasks[1].to_string());
    let form = page.form(tasks[0], "return");
    let (_, id) = form.into_iter().find(|(name, _)| name == "decision_id").unwrap();
    // As often as a list is asked for again.
    let no_list = json!({"kind": "html", "status": 502, "among": "tasks.task.list", "times": 3});

    office.fault("batch", no_list.clone()).await;
    is_taken(&office.visitor.press(&page, tasks[0], "return", "The totals do not match").await);
    assert_eq!(stack.count("select count(*) from decisions where state = 'held'").await, 1);
    office.fault("batch", no_list.clone()).await;
    is_taken(&office.visitor.post("/undo", &[("session", &session), ("decision_id", &id)]).await);
    assert_eq!(stack.count("select count(*) from decisions where state = 'cancelled'").await, 1);
    for (path, aside) in [("/snooze", 1), ("/wake", 0)] {
        office.fault("batch", no_list.clone()).await;
        let form = [("session", session.as_str()), ("task_id", &other), ("until", "hour")];
        is_taken(&office.visitor.post(path, &form).await);
        assert_eq!(stack.count("select count(*) from snoozes").await, aside, "{path}");
    }
    // Where nothing was pressed that holds, it is still said what is wrong.
    office.fault("batch", no_list).await;
    let list = office.visitor.go("/queue", &page).await;
    assert_eq!(refusal(&list), refused(502, "portal_unreachable"), "{}", list.text());
    assert_eq!(in_list(&office.visitor.go("/queue", &list).await, "mine"), tasks, "the page leads on");
    stack.finish().await;
}
