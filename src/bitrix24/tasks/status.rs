//! Statuses and the names of rights. Sources: `api-reference/tasks/fields.md`,
//! `api-reference/tasks/tasks-task-get-access.md`.

use serde_json::Value;

use crate::bitrix24::wire::Scalar;

/// A task's real status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// 1, no longer written by the vendor.
    New,
    /// 2: where a returned task goes.
    Pending,
    /// 3
    InProgress,
    /// 4: waits for control.
    SupposedlyCompleted,
    /// 5: where an approved task goes.
    Completed,
    /// 6
    Deferred,
    /// 7, no longer written by the vendor.
    Declined,
    /// Anything else; in `subStatus` −1 overdue, −2 not viewed, −3 nearly overdue.
    Other(i64),
}

impl Status {
    /// The vendor's number.
    pub fn number(self) -> i64 {
        match self {
            Status::New => 1,
            Status::Pending => 2,
            Status::InProgress => 3,
            Status::SupposedlyCompleted => 4,
            Status::Completed => 5,
            Status::Deferred => 6,
            Status::Declined => 7,
            Status::Other(number) => number,
        }
    }
}

impl From<i64> for Status {
    fn from(number: i64) -> Status {
        match number {
            1 => Status::New,
            2 => Status::Pending,
            3 => Status::InProgress,
            4 => Status::SupposedlyCompleted,
            5 => Status::Completed,
            6 => Status::Deferred,
            7 => Status::Declined,
            other => Status::Other(other),
        }
    }
}

impl Scalar for Status {
    fn read(raw: Value) -> Result<Option<Status>, &'static str> {
        Ok(i64::read(raw)?.map(Status::from))
    }
}

/// A right that the application asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Accept the work.
    Approve,
    /// Return it for revision.
    Disapprove,
    /// Change the task.
    Edit,
    /// Give it another deadline.
    ChangeDeadline,
    /// Give a mark.
    Rate,
}

impl Action {
    pub(super) const ALL: [Action; 5] =
        [Action::Approve, Action::Disapprove, Action::Edit, Action::ChangeDeadline, Action::Rate];

    /// As `tasks.task.getaccess` spells it.
    pub(super) fn upper(self) -> &'static str {
        match self {
            Action::Approve => "APPROVE",
            Action::Disapprove => "DISAPPROVE",
            Action::Edit => "EDIT",
            Action::ChangeDeadline => "CHANGE_DEADLINE",
            Action::Rate => "RATE",
        }
    }

    /// As a task's own `action` map spells it.
    pub(super) fn camel(self) -> &'static str {
        match self {
            Action::Approve => "approve",
            Action::Disapprove => "disapprove",
            Action::Edit => "edit",
            Action::ChangeDeadline => "changeDeadline",
            Action::Rate => "rate",
        }
    }
}
