//! The vendor's answers about a task's past, as ours.

use crate::bitrix24::{
    tasks::{
        ChatMessage, ChatMessages, ChecklistPoint, ChecklistPoints, HistoryEntry, HistoryValue, TaskResult, TaskResults,
    },
    wire::{Id, Moment},
};
use crate::domain::{
    UserId, WaitingTask,
    past::{self, Change, Handed, Point, Said, What},
    queue::Person,
};
use chrono::{DateTime, FixedOffset};
use std::collections::HashMap;

pub(super) fn user(id: Option<Id>) -> Option<UserId> {
    id.and_then(|id| UserId::new(id.get()))
}

/// Names that came with the answer: of the task's people, and of who is in its history.
pub(super) fn people(row: &WaitingTask, history: &[Change]) -> HashMap<UserId, Person> {
    let known = row.creator.iter().chain(&row.assignee).chain(history.iter().filter_map(|change| change.by.as_ref()));
    let named = known.filter(|person| !person.name.is_empty());
    named.map(|person| (person.id, person.clone())).collect()
}

pub(in crate::usecases) fn change(entry: &HistoryEntry, zone: FixedOffset) -> Change {
    let by = entry.user().and_then(|by| {
        let names: Vec<_> = [&by.name, &by.last_name].into_iter().flatten().map(|name| name.trim()).collect();
        Some(Person { id: user(by.id)?, name: names.join(" ").trim().to_owned() })
    });
    let value = |pick: fn(&HistoryValue) -> Option<&str>| entry.value().and_then(pick);
    let what = match entry.field.to_ascii_uppercase().as_str() {
        "STATUS" => entry.status_change().map(|(from, to)| What::Status { from: from.number(), to: to.number() }),
        "DEADLINE" => Some(What::Deadline {
            from: value(|value| value.from.as_deref()).and_then(|text| deadline(text, zone)),
            to: value(|value| value.to.as_deref()).and_then(|text| deadline(text, zone)),
        }),
        "FILES" | "UF_TASK_WEBDAV_FILES" => Some(What::Files),
        "COMMENT" => Some(What::Comment),
        _ => None,
    };
    Change { at: entry.created_date.at(zone), by, what: what.unwrap_or(What::Other) }
}

/// In a history deadlines are Unix seconds, or dates as anywhere.
fn deadline(text: &str, zone: FixedOffset) -> Option<DateTime<FixedOffset>> {
    let text = text.trim();
    match text.parse::<i64>() {
        Ok(0) => None,
        Ok(seconds) => Some(DateTime::from_timestamp(seconds, 0)?.with_timezone(&zone)),
        Err(_) => Moment::parse(text).map(|moment| moment.at(zone)),
    }
}

/// What persons said; not what the chat says by itself.
pub(super) fn said(chat: &ChatMessages, people: &HashMap<UserId, Person>, zone: FixedOffset) -> Vec<Said> {
    let named: HashMap<UserId, &str> =
        chat.users.values().filter_map(|one| Some((user(Some(one.id))?, one.name.as_deref()?))).collect();
    let name = |id: UserId| {
        let unknown = || Person { id, name: named.get(&id).copied().unwrap_or_default().to_owned() };
        people.get(&id).cloned().unwrap_or_else(unknown)
    };
    let one = |message: &ChatMessage| {
        let (by, at) = (user(message.author_id)?, message.date?.at(zone));
        Some(Said::new(name(by), at, message.text.as_deref().unwrap_or_default()))
    };
    chat.messages.values().filter_map(one).collect()
}

pub(in crate::usecases) fn handed(
    results: TaskResults,
    people: &HashMap<UserId, Person>,
    zone: FixedOffset,
) -> Vec<Handed> {
    let one = |result: TaskResult| {
        let by = user(result.created_by);
        let unnamed = |id| Person { id, name: String::new() };
        Handed {
            by: by.map(|id| people.get(&id).cloned().unwrap_or_else(|| unnamed(id))),
            at: result.created_at.map(|at| at.at(zone)),
            files: result.files().count(),
            text: result.text.unwrap_or_default(),
        }
    };
    let mut all: Vec<_> = results.0.into_iter().map(one).collect();
    all.sort_by_key(|result| std::cmp::Reverse(result.at));
    all
}

pub(in crate::usecases) fn points_of(points: ChecklistPoints, zone: FixedOffset) -> Vec<Point> {
    let mut all = points.0;
    all.sort_by_key(|point| (point.parent_id.map(Id::get), point.sort_index, point.id.get()));
    let one = |point: ChecklistPoint| Point {
        id: point.id.get(),
        parent: point.parent_id.map(Id::get),
        title: point.title.unwrap_or_default(),
        done: point.is_complete == Some(true),
        toggled: point.toggled_date.map(|at| at.at(zone)),
    };
    past::points_of(all.into_iter().map(one).collect())
}
