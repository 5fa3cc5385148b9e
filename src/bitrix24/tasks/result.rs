//! `tasks.task.result.list`: what the performer handed in. Source:
//! `api-reference/tasks/result/tasks-task-result-list.md`.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::bitrix24::{
    client::Command,
    wire::{Field, Id, Map, Moment, optional, required},
};

/// One result. `text` is BBCode; the vendor's HTML form is not read.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TaskResult {
    /// The result's number in the portal.
    #[serde(deserialize_with = "required")]
    pub id: Id,
    /// The task for which it was handed in.
    #[serde(default, deserialize_with = "optional")]
    pub task_id: Option<Id>,
    /// `None` in the new card.
    #[serde(default, deserialize_with = "optional")]
    pub comment_id: Option<Id>,
    /// Who handed it in.
    #[serde(default, deserialize_with = "optional")]
    pub created_by: Option<Id>,
    /// When they did.
    #[serde(default, deserialize_with = "optional")]
    pub created_at: Option<Moment>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "optional")]
    pub updated_at: Option<Moment>,
    /// 0 open, 1 closed.
    #[serde(default, deserialize_with = "optional")]
    pub status: Option<u64>,
    /// What they wrote.
    #[serde(default, deserialize_with = "optional")]
    pub text: Option<String>,
    #[serde(default)]
    files: Map<Field<Id>>,
}

/// Shows no text.
impl fmt::Debug for TaskResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskResult").field("id", &self.id).finish_non_exhaustive()
    }
}

impl TaskResult {
    /// Ids of the attached files.
    pub fn files(&self) -> impl Iterator<Item = Id> {
        self.files.values().filter_map(|id| **id)
    }
}

/// What `tasks.task.result.list` answers.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskResults(pub Vec<TaskResult>);

impl<'de> Deserialize<'de> for TaskResults {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(TaskResults(Map::deserialize(from)?.into_values()))
    }
}

/// Decoded by [`TaskResults`].
pub fn tasks_task_result_list_command(task_id: Id) -> Command {
    Command::new("tasks.task.result.list", json!({ "taskId": task_id }))
}
