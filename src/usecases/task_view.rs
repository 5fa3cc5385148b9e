//! The vendor's task as ours.

use crate::bitrix24::{
    tasks::{Action as Right, Task, User},
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
