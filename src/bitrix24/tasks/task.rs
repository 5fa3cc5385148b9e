//! What is read of a task; every field is optional, since `select` decides what comes.
//! Source: `api-reference/tasks/fields.md`, `api-reference/tasks/tasks-task-disapprove.md`.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::status::{Action, Status};
use crate::bitrix24::wire::{Field, Id, Map, Maybe, Moment};

/// A task as the vendor sent it, as far as anybody reads it.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Task {
    /// The task's number in its portal.
    pub id: Field<Id>,
    /// May hold HTML entities; escape it anyway.
    pub title: Field<String>,
    /// BBCode when `descriptionInBbcode`.
    pub description: Field<String>,
    /// `P`, `N` or nothing.
    pub mark: Field<String>,
    /// The creator, who controls the task.
    pub created_by: Field<Id>,
    /// The assignee.
    pub responsible_id: Field<Id>,
    /// Who works on it beside the assignee.
    pub accomplices: Map<Field<Id>>,
    /// For a task in status 4: when it was handed in.
    pub closed_date: Field<Moment>,
    /// Nothing when it has none.
    pub deadline: Field<Moment>,
    /// Whether time tracking is switched on for it.
    pub allow_time_tracking: Field<bool>,
    /// Seconds.
    pub time_estimate: Field<u64>,
    /// Seconds.
    pub time_spent_in_logs: Field<u64>,
    /// The real status.
    pub status: Field<Status>,
    /// Also rewritten by an update that repeats the same status.
    pub status_changed_date: Field<Moment>,
    /// Who gave it the status that it has.
    pub status_changed_by: Field<Id>,
    /// The project; nothing when there is none.
    pub group_id: Field<Id>,
    /// `[]` when there is no project, or `GROUP_ID` was not selected.
    pub group: Maybe<Group>,
    /// The person of `created_by`; only where that was selected.
    pub creator: Maybe<User>,
    /// The person of `responsible_id`; only where that was selected.
    pub responsible: Maybe<User>,
    /// Files of the card, whose ids only `UF_TASK_WEBDAV_FILES` tells; nothing where it was not selected.
    pub uf_task_webdav_files: Files,
    action: Rights,
}

/// A person beside a task.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct User {
    /// Their number in the portal.
    pub id: Field<Id>,
    /// As the portal shows it.
    pub name: Field<String>,
}

/// The project of a task.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Group {
    /// The project's number in the portal.
    pub id: Field<Id>,
    /// As the portal shows it.
    pub name: Field<String>,
}

/// Longest title, in characters. The vendor's own field has 255, and its HTML entities may be written out.
const MOST_OF_TITLE: usize = 1_000;
/// Longest name of a person or a project.
const MOST_OF_NAME: usize = 150;

impl Task {
    /// The row of a list: its texts no longer than the vendor lets them be, and none that a list does not show. Whoever
    /// answers for the vendor could keep megabytes with each.
    pub fn into_row(self) -> Task {
        let name = |name: Field<String>| shortened(name, MOST_OF_NAME);
        let person = |of: Maybe<User>| Maybe::from(of.into_inner().map(|one| User { name: name(one.name), ..one }));
        Task {
            title: shortened(self.title, MOST_OF_TITLE),
            creator: person(self.creator),
            responsible: person(self.responsible),
            group: Maybe::from(self.group.into_inner().map(|one| Group { name: name(one.name), ..one })),
            description: Field::default(),
            mark: Field::default(),
            accomplices: Map::default(),
            ..self
        }
    }

    /// Bytes of the texts that a row shows.
    pub fn weight(&self) -> usize {
        let names = [self.creator.get().map(|one| &one.name), self.responsible.get().map(|one| &one.name)];
        let names = names.into_iter().chain([self.group.get().map(|one| &one.name)]).flatten();
        names.chain([&self.title]).filter_map(|text| text.as_ref()).map(String::len).sum()
    }

    /// Whether the person whose token asked may do this, as the task's own `action` map says; `None` where the portal
    /// sent no map (absent, `[]` or `{}`): then ask `tasks.task.getaccess`. Only a JSON `true` is a yes.
    pub fn may(&self, action: Action) -> Option<bool> {
        self.action.said.then(|| self.action.given.contains(&action))
    }
}

/// A copy, so that what is cut off is not kept.
fn shortened(text: Field<String>, most: usize) -> Field<String> {
    Field::from(text.into_inner().map(|text| match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }))
}

/// Shows no title and no text.
impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}

/// How many files, where a list of them came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Files(pub Option<usize>);

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let sent = Value::deserialize(from)?;
        Ok(Files(sent.as_array().map(Vec::len)))
    }
}

/// The rights that we ask about, of a map with all of them. Whatever is odd about it is no yes and no error.
#[derive(Clone, Default, PartialEq)]
struct Rights {
    said: bool,
    given: Vec<Action>,
}

impl<'de> Deserialize<'de> for Rights {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let sent = Value::deserialize(from)?;
        let is_given = |action: &Action| sent.get(action.camel()) == Some(&Value::Bool(true));
        Ok(Rights {
            said: sent.as_object().is_some_and(|map| !map.is_empty()),
            given: Action::ALL.into_iter().filter(is_given).collect(),
        })
    }
}
