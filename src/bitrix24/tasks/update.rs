//! `tasks.task.update`, for the two fields that may go with a decision. The status is never set this way: it would leave
//! other traces than a decision. Source: `api-reference/tasks/tasks-task-update.md`.

use chrono::{DateTime, FixedOffset};
use serde_json::json;

use crate::bitrix24::{client::Command, wire::Id};

/// A new deadline, with its offset: without one the server would take its own. Needs `CHANGE_DEADLINE`.
pub fn set_deadline_command(task_id: Id, deadline: DateTime<FixedOffset>) -> Command {
    Command::new("tasks.task.update", json!({ "taskId": task_id, "fields": { "DEADLINE": deadline.to_rfc3339() } }))
}

/// The mark of the work: `P` or `N`.
pub fn set_mark_command(task_id: Id, mark: &str) -> Command {
    Command::new("tasks.task.update", json!({ "taskId": task_id, "fields": { "MARK": mark } }))
}
