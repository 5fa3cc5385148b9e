//! Decisions whose task has left the queue although nobody knows yet, or can know, whether they ran, or the assignee was not
//! told why: they stay before the person's eyes.

use super::{
    app::App,
    decide::Kept,
    failure::Failure,
    open::Viewer,
    portal_session::read_batch,
    review_queue::vendor_id,
    task_view::{SELECT, waiting_task},
};
use crate::bitrix24::tasks::{MaybeTask, tasks_task_get_command};
use crate::domain::{Delivery, State, TaskId, WaitingTask};
use std::collections::HashSet;

/// More than this many at once is a portal in trouble, and its person reads the first ones.
const MOST: usize = 20;

/// Reads the tasks of those decisions, in one call, and only when there are any.
pub async fn unsettled<'a>(
    app: &App,
    viewer: &Viewer,
    decisions: impl Iterator<Item = &'a Kept>,
    listed: &HashSet<TaskId>,
) -> Result<Vec<(Kept, WaitingTask)>, Failure> {
    let open = |kept: &&Kept| {
        let state = kept.decision.state;
        let untold = matches!(kept.delivery, Some(Delivery::Failed | Delivery::Unknown));
        let unclear = matches!(state, State::Sending { .. } | State::Unknown { .. } | State::NeedsPerson);
        (unclear || (state == State::Done && untold)) && !listed.contains(&kept.decision.task)
    };
    let open: Vec<Kept> = decisions.filter(open).take(MOST).cloned().collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let commands = open.iter().map(|kept| {
        let id = vendor_id(kept.decision.task.get())?;
        Ok((format!("t{id}"), tasks_task_get_command(id, SELECT)))
    });
    let commands = commands.collect::<Result<Vec<_>, Failure>>()?;
    // The list comes without their titles as well.
    let answer = read_batch(app, &viewer.portal, viewer.account(), commands).await;
    let mut answer = answer.map_err(Failure::from).inspect_err(|failure| {
        tracing::warn!(portal = %viewer.portal_id(), %failure, "the titles of unsettled tasks could not be read");
    });
    let found = open.into_iter().map(|kept| {
        let key = format!("t{}", kept.decision.task);
        let task = answer.as_mut().ok().and_then(|answer| answer.take::<MaybeTask>(&key).ok()?.result.0);
        let task = task.as_ref().and_then(waiting_task).unwrap_or_else(|| nameless(kept.decision.task));
        (kept, task)
    });
    Ok(found.collect())
}

/// The person can no longer read it: its number is what there is to show.
fn nameless(id: TaskId) -> WaitingTask {
    WaitingTask {
        id,
        title: format!("#{id}"),
        creator: None,
        assignee: None,
        project: None,
        deadline: None,
        handed_in: None,
        status_changed: None,
        may_decide: None,
    }
}
