//! Some tasks as they are now, by themselves or beside whatever else is asked in the same call.

use super::{
    app::App,
    failure::Failure,
    portal_session::{PortalTrouble, read_batch},
    review_queue::vendor_id,
};
use crate::bitrix24::{
    BatchAnswer, CallError, Command,
    tasks::{ListQuery, MaybeTask, PAGE, Task, TaskList, tasks_task_get_command, tasks_task_list_command},
};
use crate::domain::TaskId;
use crate::store::{credentials::Account, portals::PortalFacts};
use serde_json::json;

/// The command's key in the batch.
const KEY: &str = "tasks";

/// Those of these tasks that this person may see, in one call; at most 2 500.
pub(super) async fn read(
    app: &App,
    facts: &PortalFacts,
    account: Account,
    tasks: &[TaskId],
    select: &'static [&'static str],
) -> Result<Vec<Task>, PortalTrouble> {
    let pages = tasks.chunks(PAGE).enumerate().map(|(nth, page)| Ok((format!("p{nth}"), command(page, select)?.1)));
    let commands = pages.collect::<Result<Vec<_>, Failure>>()?;
    let mut answer = read_batch(app, facts, account, commands).await?;
    let mut found = Vec::with_capacity(tasks.len());
    for (nth, page) in tasks.chunks(PAGE).enumerate() {
        found.extend(taken(&mut answer, &format!("p{nth}"), page)?);
    }
    Ok(found)
}

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
    taken(answer, KEY, tasks)
}

fn taken(answer: &mut BatchAnswer, key: &str, tasks: &[TaskId]) -> Result<Vec<Task>, CallError> {
    Ok(match tasks {
        [_] => answer.take::<MaybeTask>(key)?.result.0.into_iter().collect(),
        _ => answer.take::<TaskList>(key)?.result.tasks,
    })
}

/// Which of them is this one.
pub(super) fn find(tasks: &[Task], wanted: TaskId) -> Option<&Task> {
    tasks.iter().find(|task| (*task.id).is_some_and(|id| id.get() == wanted.get()))
}
