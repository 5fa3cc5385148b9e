//! What each target does with its bytes, through the doors that the server itself uses. The stories replay the corpora
//! through the same functions.
#![allow(dead_code, clippy::unwrap_used, reason = "each target uses one of them, and fails where it cannot go on")]

use chrono::DateTime;
use handback::{
    bitrix24::{
        Answer, BatchAnswer, CallError,
        client::Members,
        inbound::{Event, OauthReturn, PageOpening},
        tasks::{Access, Action, Comments, HistoryList, MaybeTask, TaskList, TaskResults},
        wire::Id,
    },
    domain::{DecisionId, TaskId, UserId, WaitingTask, past::Work},
    pages::{Control, Lang, Page, Shell, TaskPage, TaskRow, TaskView},
};
use uuid::Uuid;

/// What a portal posts: a query, a line feed, a body; read as an opening, as an event and as a return from signing in.
pub fn inbound(data: &[u8]) {
    let cut = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (query, body) = data.split_at(cut);
    let (query, body) = (String::from_utf8_lossy(query), body.strip_prefix(b"\n").unwrap_or(body));
    if let Ok(opening) = PageOpening::decode(&query, body) {
        assert_eq!(opening.member_id.as_str().len(), 32);
        let _ = (opening.task_id(), opening.group_id(), opening.user_id());
    }
    if let Ok(event) = Event::decode(&query, body) {
        assert_eq!(event.auth.member_id.as_str().len(), 32);
        assert!(!event.event.is_empty() && event.value(&["FIELDS_AFTER"]).is_none_or(|text| text != "undefined"));
        let _ = event.task_id();
    }
    let _ = OauthReturn::decode(&query);
}

/// The answer to a batch, taken apart by the keys that an opening asks for.
pub fn batch(data: &[u8]) {
    let keys = ["me", "mine", "also", "0", "1"].map(str::to_owned);
    match Answer::<Members>::read(200, data) {
        Ok(answer) => {
            let mut batch = BatchAnswer::sort_out(answer, &keys);
            let _ = (batch.take::<MaybeTask>("me"), batch.take::<TaskList>("mine"), batch.take::<Access>("0"));
            let _ = (batch.take::<HistoryList>("1"), batch.take::<Comments>("also"));
            assert!(matches!(batch.take::<MaybeTask>("me"), Err(CallError::NotExecuted)), "an answer is taken once");
        }
        Err(error) => assert_short(&error),
    }
}

/// An answer about tasks, with the statuses that portals send.
pub fn task(data: &[u8]) {
    for http in [200, 400, 503] {
        let errors = [
            Answer::<MaybeTask>::read(http, data).err(),
            Answer::<TaskList>::read(http, data).err(),
            Answer::<HistoryList>::read(http, data).err(),
            Answer::<Comments>::read(http, data).err(),
            Answer::<TaskResults>::read(http, data).err(),
        ];
        errors.iter().flatten().for_each(assert_short);
        match Answer::<Access>::read(http, data) {
            Ok(access) => {
                let me: Id = "2".parse().unwrap();
                let may = access.result.may(me, Action::Disapprove);
                let said = |word: &[u8]| data.windows(word.len()).any(|part| part == word);
                assert!(!may || (http == 200 && said(b"true")), "a right out of nothing");
            }
            Err(error) => assert_short(&error),
        }
    }
}

/// A task's title and description, shown: whatever they are, the page has no elements but those of its own and those of a
/// text, and what a link leads to is on the web.
pub fn bbcode(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (page, plain) = (page(&text), page("x"));
    let elements = |html: &str| -> Vec<String> {
        let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "/!".contains(*c)).collect();
        html.split('<').skip(1).map(name).collect()
    };
    let mut own = elements(&plain);
    own.extend(["p", "a", "b", "i", "s", "bdi"].iter().flat_map(|name| [(*name).to_owned(), format!("/{name}")]));
    assert!(elements(&page).iter().all(|name| own.contains(name)), "{page}");
    let links = page.split("<a href=\"").skip(1);
    assert!(links.into_iter().all(|link| link.starts_with("http://") || link.starts_with("https://")), "{page}");
}

fn page(text: &str) -> String {
    let (viewer, id) = (UserId::new(1).unwrap(), TaskId::new(4).unwrap());
    let task = WaitingTask {
        id,
        title: text.to_owned(),
        creator: None,
        assignee: None,
        project: None,
        deadline: None,
        handed_in: None,
        status_changed: None,
        may_decide: Some(true),
    };
    let view = TaskView {
        row: TaskRow::listed(task, DecisionId(Uuid::nil()), None),
        description: text.to_owned(),
        status: 4,
        work: Work::default(),
        control: Control::MayDecide,
    };
    let shell = Shell::closed(Lang::english(), String::new());
    TaskPage::new(shell, viewer, DateTime::UNIX_EPOCH, view).html().unwrap()
}

/// An error says where, and nothing of the answer's words.
fn assert_short(error: &CallError) {
    assert!(format!("{error} {error:?}").len() < 600);
}
