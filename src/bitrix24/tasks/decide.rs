//! The two decisions. Sources: `api-reference/tasks/tasks-task-disapprove.md`,
//! `api-reference/tasks/tasks-task-approve.md`.

use serde_json::{Value, json};

use super::{read::MaybeTask, task::Task};
use crate::bitrix24::{
    client::{Answer, Command, Deadline, PortalApi},
    error::CallError,
    wire::Id,
};

/// `tasks.task.disapprove`: returns a task that waits for control; it becomes pending (2).
///
/// The answer is the task as it is now, or `None` when the person cannot read it afterwards. **A task that is pending
/// already is answered with 200 and nothing happens**: ask `tasks.task.getaccess` before, read the status after.
///
/// Errors: 400 `1048582`, no right, no such task or not in status 4, which the vendor does not tell apart; 400 `0`, a
/// wrong id. After anything that [`CallError::ran`] calls unknown the outcome is read, never sent again.
pub async fn tasks_task_disapprove(api: &PortalApi, task_id: Id) -> Result<Answer<Option<Task>>, CallError> {
    decide(api, "tasks.task.disapprove", task_id).await
}

/// Decoded by [`MaybeTask`].
pub fn tasks_task_disapprove_command(task_id: Id) -> Command {
    Command::new("tasks.task.disapprove", params(task_id))
}

/// `tasks.task.approve`: accepts a task that waits for control; it becomes completed (5). Answer, errors and traps as
/// for [`tasks_task_disapprove`].
pub async fn tasks_task_approve(api: &PortalApi, task_id: Id) -> Result<Answer<Option<Task>>, CallError> {
    decide(api, "tasks.task.approve", task_id).await
}

/// Decoded by [`MaybeTask`].
pub fn tasks_task_approve_command(task_id: Id) -> Command {
    Command::new("tasks.task.approve", params(task_id))
}

async fn decide(api: &PortalApi, method: &str, task_id: Id) -> Result<Answer<Option<Task>>, CallError> {
    let answer = api.call::<MaybeTask>(method, params(task_id), Deadline::WRITE).await?;
    Ok(answer.map(|task| task.0))
}

fn params(task_id: Id) -> Value {
    json!({ "taskId": task_id })
}
