//! The vendor's task as ours, and the page of one task.

use super::{app::App, failure::Failure, open::Viewer, portal_session::read_as, review_queue::vendor_id};
use crate::bitrix24::{
    CallError, Deadline,
    tasks::{
        Access, Action as Right, MaybeTask, Status, Task, User, tasks_task_get_command, tasks_task_getaccess_command,
    },
    wire::{Field, Maybe, Moment},
};
use crate::domain::{GroupId, TaskId, UserId, WaitingTask, queue::Person};
use chrono::{DateTime, FixedOffset};

pub(super) fn moment(field: &Field<Moment>) -> Option<DateTime<FixedOffset>> {
    (**field).and_then(Moment::known)
}

fn person(user: &Maybe<User>, id: Option<UserId>) -> Option<Person> {
    let named = user.get().and_then(|u| Some((UserId::new((*u.id)?.get())?, (*u.name).clone().unwrap_or_default())));
    match (named, id) {
        (Some((id, name)), _) => Some(Person { id, name }),
        (None, Some(id)) => Some(Person { id, name: String::new() }),
        (None, None) => None,
    }
}

/// Whatever state it is in; `None` when the portal sent no id.
pub(super) fn waiting_task(task: &Task) -> Option<WaitingTask> {
    let user = |field: &Field<crate::bitrix24::wire::Id>| (**field).and_then(|id| UserId::new(id.get()));
    let group = (*task.group_id).and_then(|id| GroupId::new(id.get()));
    let group_name = task.group.get().and_then(|g| (*g.name).clone()).unwrap_or_default();
    Some(WaitingTask {
        id: TaskId::new((*task.id)?.get())?,
        title: (*task.title).clone().unwrap_or_default(),
        creator: person(&task.creator, user(&task.created_by)),
        assignee: person(&task.responsible, user(&task.responsible_id)),
        project: group.map(|id| (id, group_name)),
        deadline: moment(&task.deadline),
        handed_in: moment(&task.closed_date).or_else(|| moment(&task.status_changed_date)),
        status_changed: moment(&task.status_changed_date),
        may_decide: task.may(Right::Disapprove),
    })
}

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
}

/// Reads one task with this person's rights in one call. Not visible and not there are the same.
pub async fn show_task(app: &App, viewer: &Viewer, task: TaskId) -> Result<TaskSheet, Failure> {
    let (me, id) = (vendor_id(viewer.user.get())?, vendor_id(task.get())?);
    let answer = read_as(app, &viewer.portal, viewer.account(), |api| async move {
        let commands = vec![
            ("access".to_owned(), tasks_task_getaccess_command(id)),
            ("task".to_owned(), tasks_task_get_command(id, SELECT)),
        ];
        api.batch(false, commands, Deadline::READ).await
    });
    let mut answer = answer.await?;
    let access = answer.take::<Access>("access").map_err(of_task)?.result;
    let found = answer.take::<MaybeTask>("task").map_err(of_task)?.result.0.ok_or(Failure::TaskUnavailable)?;
    let status = (*found.status).map_or(0, Status::number);
    let may = access.may(me, Right::Disapprove);
    let task = waiting_task(&found).filter(|t| t.id == task).ok_or(Failure::TaskUnavailable)?;
    Ok(TaskSheet {
        task: WaitingTask { may_decide: Some(may), ..task },
        description: (*found.description).clone().unwrap_or_default(),
        status,
        may_decide: status == 4 && may,
    })
}

/// What a portal's refusal to show one task means.
fn of_task(error: CallError) -> Failure {
    match Failure::of_portal(error) {
        Failure::NotFound => Failure::TaskUnavailable,
        other => other,
    }
}

/// What a row and a sheet show of a task.
pub(super) const SELECT: &[&str] = &[
    "ID",
    "TITLE",
    "DESCRIPTION",
    "STATUS",
    "CREATED_BY",
    "RESPONSIBLE_ID",
    "GROUP_ID",
    "DEADLINE",
    "CLOSED_DATE",
    "STATUS_CHANGED_DATE",
];
