//! Some tasks as they are now, read beside whatever else is asked in the same call.

use super::{failure::Failure, review_queue::vendor_id};
use crate::bitrix24::{
    BatchAnswer, CallError, Command,
    tasks::{ListQuery, MaybeTask, Task, TaskList, tasks_task_get_command, tasks_task_list_command},
};
use crate::domain::TaskId;
use serde_json::json;

/// The command's key in the batch.
const KEY: &str = "tasks";

/// One task is read by itself, so that one decision does not depend on the method of the lists, whose working time is
/// used up first; up to fifty take one list.
pub(super) fn command(tasks: &[TaskId], select: &'static [&'static str]) -> Result<(String, Command), Failure> {
    let command = match tasks {
        [one] => tasks_task_get_command(vendor_id(one.get())?, select),
        _ => tasks_task_list_command(&ListQuery {
            filter: vec![("ID".to_owned(), json!(tasks.iter().map(|task| task.get()).collect::<Vec<_>>()))],
            select: select.to_vec(),
            start: -1,
            ..ListQuery::default()
        }),
    };
    Ok((KEY.to_owned(), command))
}

/// Those of them that this person may see.
pub(super) fn take(answer: &mut BatchAnswer, tasks: &[TaskId]) -> Result<Vec<Task>, CallError> {
    Ok(match tasks {
        [_] => answer.take::<MaybeTask>(KEY)?.result.0.into_iter().collect(),
        _ => answer.take::<TaskList>(KEY)?.result.tasks,
    })
}

/// Which of them is this one.
pub(super) fn find(tasks: &[Task], wanted: TaskId) -> Option<&Task> {
    tasks.iter().find(|task| (*task.id).is_some_and(|id| id.get() == wanted.get()))
}
