//! `tasks.task.history.list`. Source: `api-reference/tasks/tasks-task-history-list.md`.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::status::Status;
use crate::bitrix24::{
    client::Command,
    wire::{Field, Id, Map, Maybe, Moment, optional, required},
};

/// One change of a task.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// The entry's number.
    #[serde(deserialize_with = "required")]
    pub id: Id,
    /// Without an offset on old portals.
    pub created_date: Moment,
    /// Upper case, such as `STATUS`.
    #[serde(deserialize_with = "required")]
    pub field: String,
    #[serde(default)]
    value: Maybe<HistoryValue>,
    #[serde(default)]
    user: Maybe<HistoryUser>,
}

/// From what to what, in the field's own way to write values.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct HistoryValue {
    /// Before the change; nothing where there was nothing.
    pub from: Field<String>,
    /// After it.
    pub to: Field<String>,
}

/// Who did it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct HistoryUser {
    /// Their number in the portal.
    #[serde(deserialize_with = "optional")]
    pub id: Option<Id>,
    /// First name.
    #[serde(deserialize_with = "optional")]
    pub name: Option<String>,
    /// Family name.
    #[serde(deserialize_with = "optional")]
    pub last_name: Option<String>,
}

impl HistoryEntry {
    /// From what to what; `None` where the portal sent neither.
    pub fn value(&self) -> Option<&HistoryValue> {
        self.value.get()
    }

    /// Who did it; `None` where the portal names nobody.
    pub fn user(&self) -> Option<&HistoryUser> {
        self.user.get()
    }

    /// For a change of status: from which to which. A 4 → 2 may also be the performer's own taking back: look who did
    /// it.
    pub fn status_change(&self) -> Option<(Status, Status)> {
        let number = |field: &Field<String>| field.as_deref()?.trim().parse::<i64>().ok().map(Status::from);
        let value = self.value().filter(|_| self.field.eq_ignore_ascii_case("STATUS"))?;
        Some((number(&value.from)?, number(&value.to)?))
    }
}

/// What `tasks.task.history.list` answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryList {
    /// All of them, oldest first: this method has no pages.
    pub list: Vec<HistoryEntry>,
}

impl<'de> Deserialize<'de> for HistoryList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        struct Raw {
            list: Map<HistoryEntry>,
        }
        let raw = Maybe::<Raw>::deserialize(from)?.into_inner().unwrap_or_default();
        Ok(HistoryList { list: raw.list.into_values() })
    }
}

/// Decoded by [`HistoryList`].
pub fn tasks_task_history_list_command(task_id: Id, field: Option<&str>) -> Command {
    Command::new("tasks.task.history.list", params(task_id, field))
}

fn params(task_id: Id, field: Option<&str>) -> Value {
    let mut params = json!({ "taskId": task_id, "order": { "createdDate": "asc" } });
    if let Some(field) = field {
        params["filter"] = json!({ "FIELD": field });
    }
    params
}
