//! Which tasks came back to control after a return without a new result. Read only for who asks for exactly these.

use super::{app::App, failure::Failure, open::Viewer, portal_session::read_as, review_queue::vendor_id};
use crate::bitrix24::{
    BatchAnswer, Command, Deadline,
    tasks::{HistoryList, Status, TaskResults, tasks_task_history_list_command, tasks_task_result_list_command},
};
use crate::domain::{TaskId, UserId, WaitingTask};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};

/// Two questions about each task, 50 in a call.
const TASKS: usize = 25;
const LANES: usize = 4;
/// Of a longer list the oldest are looked at.
const MOST: usize = 500;

/// Those of the tasks that were returned and have no result since; in their order. What could not be read is not said.
pub(super) async fn without_new_result(
    app: &App,
    viewer: &Viewer,
    tasks: Vec<WaitingTask>,
) -> Result<Vec<WaitingTask>, Failure> {
    let chunks = tasks[..tasks.len().min(MOST)].chunks(TASKS);
    let asked = chunks.map(|chunk| ask(app, viewer, chunk));
    let answers: Vec<Result<Vec<TaskId>, Failure>> = stream::iter(asked).buffered(LANES).collect().await;
    let mut found = Vec::new();
    for answer in answers {
        found.extend(answer?);
    }
    Ok(tasks.into_iter().filter(|task| found.contains(&task.id)).collect())
}

async fn ask(app: &App, viewer: &Viewer, tasks: &[WaitingTask]) -> Result<Vec<TaskId>, Failure> {
    let mut commands: Vec<(String, Command)> = Vec::with_capacity(tasks.len() * 2);
    for task in tasks {
        let id = vendor_id(task.id.get())?;
        commands.push((format!("h{id}"), tasks_task_history_list_command(id, Some("STATUS"))));
        commands.push((format!("r{id}"), tasks_task_result_list_command(id)));
    }
    let mut answer = read_as(app, &viewer.portal, viewer.account(), |api| {
        let commands = commands.clone();
        async move { api.batch(false, commands, Deadline::READ).await }
    })
    .await?;
    Ok(tasks.iter().filter(|task| is_unchanged(&mut answer, task) == Some(true)).map(|task| task.id).collect())
}

/// `None` where the portal did not say.
fn is_unchanged(answer: &mut BatchAnswer, task: &WaitingTask) -> Option<bool> {
    let history = answer.take::<HistoryList>(&format!("h{}", task.id)).ok()?.result;
    let results = answer.take::<TaskResults>(&format!("r{}", task.id)).ok()?.result;
    let returned = last_return(&history, task.assignee.as_ref().map(|person| person.id));
    let Some(returned) = returned else { return Some(false) };
    let newest = results.0.iter().filter_map(|result| result.created_at?.known()).max();
    Some(newest.is_none_or(|at| at.to_utc() < returned))
}

/// When somebody else than the assignee, who may also take their work back, took it out of control unfinished.
fn last_return(history: &HistoryList, assignee: Option<UserId>) -> Option<DateTime<Utc>> {
    let returns = history.list.iter().filter(|entry| {
        let unfinished = matches!(entry.status_change(), Some((from, to))
            if from.number() == 4 && to.number() != 5 && to != Status::from(4));
        let own = entry.user().and_then(|user| user.id).is_some_and(|id| Some(id.get()) == assignee.map(UserId::get));
        unfinished && !own
    });
    returns.filter_map(|entry| Some(entry.created_date.known()?.to_utc())).max()
}
