//! What a person needs before their eyes to decide on a task: the task, what was handed in, its checklist and its past, of
//! several tasks in one call. What a portal does not give is left out; only the task itself has to come.

mod answers;

use super::{
    app::App,
    failure::Failure,
    open::Viewer,
    portal_session::read_batch,
    review_queue::vendor_id,
    task_view::{SELECT as ROW, waiting_task},
};
use crate::bitrix24::{
    BatchAnswer, CallError, Command,
    tasks::{
        Access, Action as Right, ChatMessages, ChecklistPoints, HistoryList, MaybeTask, Status, Task, TaskResults,
        im_dialog_messages_get_command, task_checklistitem_getlist_command, tasks_task_get_command,
        tasks_task_getaccess_command, tasks_task_history_list_command, tasks_task_result_list_command,
    },
    wire::Id,
};
use crate::domain::{
    TaskId, UserId, WaitingTask,
    past::{self, Change, OwnReturn, Work},
};
use crate::store::portals::PortalFacts;
pub(super) use answers::{change, handed, points_of};
use answers::{people, said, user};
use chrono::{Offset, Utc};

/// Tasks of one call: six questions each at most.
pub const MOST: usize = 4;

/// One task, read live.
#[derive(Debug, Clone)]
pub struct TaskSheet {
    /// Title, people, dates.
    pub task: WaitingTask,
    /// BBCode, untrusted.
    pub description: String,
    /// The vendor's number, 4 = pending review.
    pub status: i64,
    /// Bitrix24 says that this person may return it now.
    pub may_decide: bool,
    /// What was done, and what has happened to it.
    pub work: Work,
}

/// One task. Not visible and not there are the same.
///
/// # Errors
/// [`Failure::TaskUnavailable`] is both.
pub async fn look_closer(app: &App, viewer: &Viewer, task: TaskId) -> Result<TaskSheet, Failure> {
    let mut sheets = look_ahead(app, viewer, &[task]).await?;
    sheets.pop().ok_or(Failure::TaskUnavailable)?
}

/// Several, in their order.
///
/// # Errors
/// Where the call as a whole came to nothing. What became of each task stands in its place, and is
/// [`Failure::TaskUnavailable`] for one that this person may not see.
pub async fn look_ahead(
    app: &App,
    viewer: &Viewer,
    tasks: &[TaskId],
) -> Result<Vec<Result<TaskSheet, Failure>>, Failure> {
    let me = vendor_id(viewer.user.get())?;
    let mut commands = Vec::new();
    for task in tasks {
        commands.extend(questions(*task)?);
        if has_chat(&viewer.portal) {
            commands.push((format!("chat{task}"), im_dialog_messages_get_command(&format!("task{task}")).spare()));
        }
    }
    let answer = read_batch(app, &viewer.portal, viewer.account(), commands);
    let mut answer = answer.await?;
    let mut own = app.store.own_returns(viewer.portal_id(), tasks).await?;
    let sheet = |task: &TaskId| sheet(&mut answer, *task, me, viewer.user, &own.remove(task).unwrap_or_default());
    Ok(tasks.iter().map(sheet).collect())
}

/// Whether tasks have chats, and we may read them: `tasks` is the scope of portals with the new card.
fn has_chat(portal: &PortalFacts) -> bool {
    ["im", "tasks"].iter().all(|scope| portal.scopes.iter().any(|granted| granted == scope))
}

fn questions(task: TaskId) -> Result<[(String, Command); 5], Failure> {
    let id = vendor_id(task.get())?;
    let select: Vec<_> = ROW.iter().chain(MORE).copied().collect();
    Ok([
        (format!("access{id}"), tasks_task_getaccess_command(id)),
        (format!("task{id}"), tasks_task_get_command(id, &select)),
        (format!("results{id}"), tasks_task_result_list_command(id).spare()),
        (format!("points{id}"), task_checklistitem_getlist_command(id).spare()),
        (format!("history{id}"), tasks_task_history_list_command(id, None).spare()),
    ])
}

const MORE: &[&str] =
    &["CHAT_ID", "ACCOMPLICES", "ALLOW_TIME_TRACKING", "TIME_ESTIMATE", "TIME_SPENT_IN_LOGS", "UF_TASK_WEBDAV_FILES"];

fn sheet(
    answer: &mut BatchAnswer,
    task: TaskId,
    me: Id,
    viewer: UserId,
    own: &[OwnReturn],
) -> Result<TaskSheet, Failure> {
    let access = answer.take::<Access>(&format!("access{task}")).map_err(of_task)?.result;
    let found = answer.take::<MaybeTask>(&format!("task{task}")).map_err(of_task)?.result.0;
    let found = found.ok_or(Failure::TaskUnavailable)?;
    let status = (*found.status).map_or(0, Status::number);
    let may = access.may(me, Right::Disapprove);
    let row = waiting_task(&found).filter(|row| row.id == task).ok_or(Failure::TaskUnavailable)?;
    let work = Work {
        may_change_deadline: access.may(me, Right::ChangeDeadline),
        may_mark: access.may(me, Right::Rate),
        ..work(answer, &found, &row, viewer, own)
    };
    Ok(TaskSheet {
        task: WaitingTask { may_decide: Some(may), ..row },
        description: (*found.description).clone().unwrap_or_default(),
        status,
        may_decide: status == 4 && may,
        work,
    })
}

/// What a portal's refusal to show one task means.
fn of_task(error: CallError) -> Failure {
    match Failure::of_portal(error) {
        Failure::NotFound => Failure::TaskUnavailable,
        other => other,
    }
}

fn work(answer: &mut BatchAnswer, found: &Task, row: &WaitingTask, viewer: UserId, own: &[OwnReturn]) -> Work {
    let task = row.id;
    let zone = answer.envelope.clock.map_or_else(|| Utc.fix(), |clock| *clock.offset());
    let history = answer.take::<HistoryList>(&format!("history{task}")).ok();
    let history: Option<Vec<Change>> =
        history.map(|answer| answer.result.list.iter().map(|entry| change(entry, zone)).collect());
    let people = people(row, history.as_deref().unwrap_or_default());
    let results = answer.take::<TaskResults>(&format!("results{task}")).ok();
    let results = results.map(|answer| handed(answer.result, &people, zone));
    let points = answer.take::<ChecklistPoints>(&format!("points{task}")).ok();
    let points = points.map(|answer| points_of(answer.result, zone));
    let performers: Vec<UserId> =
        found.accomplices.values().filter_map(|id| user(**id)).chain(user(*found.responsible_id)).collect();
    let returns = history.as_deref().map(|history| {
        let mut returns = past::returns(history, user(*found.created_by), &performers);
        past::explain(&mut returns, own);
        returns
    });
    let chat = answer.take::<ChatMessages>(&format!("chat{task}")).ok();
    let chat = chat.map(|answer| said(&answer.result, &people, zone));
    let since = returns.as_deref().zip(history.as_deref()).and_then(|(returns, history)| {
        past::since(
            returns,
            history,
            results.as_deref(),
            points.as_deref().unwrap_or_default(),
            chat.as_deref(),
            viewer,
        )
    });
    let tracked = *found.allow_time_tracking == Some(true);
    let seconds = |field: Option<u64>| field.filter(|seconds| tracked || *seconds > 0);
    Work {
        results,
        points,
        returns,
        since,
        spent: seconds(*found.time_spent_in_logs),
        estimate: seconds(*found.time_estimate).filter(|seconds| *seconds > 0),
        files: found.uf_task_webdav_files.0,
        ..Work::default()
    }
}
