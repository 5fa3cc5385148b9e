//! Which tasks came back to control after a return without a new result. Read only for who asks for exactly these.

use super::{
    app::App,
    batches::LANES,
    failure::Failure,
    look_closer::{change, handed},
    open::Viewer,
    portal_session::read_batch,
    review_queue::vendor_id,
};
use crate::bitrix24::{
    BatchAnswer, Command,
    tasks::{HistoryList, TaskResults, tasks_task_history_list_command, tasks_task_result_list_command},
};
use crate::domain::{TaskId, WaitingTask, past, queue::Person};
use chrono::{Offset, Utc};
use futures_util::{StreamExt, stream};
use std::collections::HashMap;

/// Two questions about each task, 50 in a call.
const TASKS: usize = 25;
/// Of a longer list the oldest are looked at.
const MOST: usize = 500;

/// Those of the tasks that were returned and have no result since; in their order. What could not be read is not said.
pub(super) async fn without_new_result(
    app: &App,
    viewer: &Viewer,
    tasks: Vec<WaitingTask>,
) -> Result<Vec<WaitingTask>, Failure> {
    let chunks = tasks[..tasks.len().min(MOST)].chunks(TASKS);
    let asked = chunks.map(|chunk| Box::pin(ask(app, viewer, chunk)));
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
    let mut answer = read_batch(app, &viewer.portal, viewer.account(), commands).await?;
    Ok(tasks.iter().filter(|task| is_unchanged(&mut answer, task) == Some(true)).map(|task| task.id).collect())
}

/// By the same rules as the card beside the list: `None` where the portal did not say.
fn is_unchanged(answer: &mut BatchAnswer, task: &WaitingTask) -> Option<bool> {
    let zone = answer.envelope.clock.map_or(Utc.fix(), |clock| *clock.offset());
    let history = answer.take::<HistoryList>(&format!("h{}", task.id)).ok()?.result;
    let results = answer.take::<TaskResults>(&format!("r{}", task.id)).ok()?.result;
    let history: Vec<_> = history.list.iter().map(|entry| change(entry, zone)).collect();
    let id = |person: &Option<Person>| person.as_ref().map(|person| person.id);
    let returns = past::returns(&history, id(&task.creator), id(&task.assignee).as_slice());
    if returns.is_empty() {
        return Some(false);
    }
    past::new_result(&returns, Some(&handed(results, &HashMap::new(), zone))).map(|new| !new)
}
