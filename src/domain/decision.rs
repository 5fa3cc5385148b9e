//! A decision is a row before it is a call. Its states carry their data; its transitions can refuse.
//!
//! ```text
//! held     -> checking | cancelled
//! checking -> sending | refused | not_run | cancelled
//! sending  -> done | refused | unknown | not_run (proved: the request did not run)
//! unknown  -> done | not_run | needs_person
//! ```

use super::ids::{DecisionId, PortalId, TaskId, UserId};
use chrono::{DateTime, FixedOffset, Utc};

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// `tasks.task.disapprove`: return for revision.
    Return,
    /// `tasks.task.approve`: accept as completed.
    Approve,
}

impl Action {
    /// As stored, and as `data-action`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::Approve => "approve",
        }
    }

    /// The inverse of [`Action::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Return, Self::Approve].into_iter().find(|a| a.name() == name)
    }
}

/// What the person had before their eyes when they decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// `statusChangedDate` of the task then; `None` where the portal does not tell.
    pub status_changed: Option<DateTime<FixedOffset>>,
}

/// Why Bitrix24 or we said no before anything was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `getaccess` does not say yes for this person.
    NotAllowed,
    /// Status or hand-in time is not what the person saw.
    TaskChanged,
    /// Somebody else has returned it since.
    AlreadyReturned,
    /// Somebody else has accepted it since.
    AlreadyAccepted,
    /// Deleted, or no longer visible to this person.
    NotAvailable,
    /// The person's tokens are gone; opening the application brings fresh ones.
    SignInAgain,
    /// The application was removed there, or lacks a scope.
    PortalClosed,
    /// The portal is gone.
    PortalDeleted,
    /// The portal's subscription of the application has ended.
    Unpaid,
    /// The portal's administrator does not let this person use the application.
    NoAppRight,
    /// The portal's plan lets no application in.
    AccessClosed,
    /// Left out of a bulk: a decision to return it was open.
    BeingReturned,
    /// Left out of a bulk: a decision to accept it was open.
    BeingAccepted,
}

impl Refusal {
    /// Whether it lies in the circumstances, not in the task: once they are mended, the same decision is offered again.
    pub fn may_end(self) -> bool {
        !matches!(self, Self::NotAllowed | Self::AlreadyReturned | Self::AlreadyAccepted | Self::NotAvailable)
    }
}

/// Why a request that was wanted is known not to have run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// The portal could not be reached.
    Unreachable,
    /// The portal asks to slow down.
    Limited,
    /// Reading the task after the waiting time shows no trace of the change.
    NoTrace,
    /// The portal refused with a known error.
    Rejected,
}

macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// As stored.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The inverse of `name`.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named!(Refusal {
    NotAllowed = "not_allowed",
    TaskChanged = "task_changed",
    AlreadyReturned = "already_returned",
    AlreadyAccepted = "already_accepted",
    NotAvailable = "not_available",
    SignInAgain = "sign_in_again",
    PortalClosed = "portal_closed",
    PortalDeleted = "portal_deleted",
    Unpaid = "unpaid",
    NoAppRight = "no_app_right",
    AccessClosed = "access_closed",
    BeingReturned = "being_returned",
    BeingAccepted = "being_accepted",
});
named!(NotDone { Unreachable = "unreachable", Limited = "limited", NoTrace = "no_trace", Rejected = "rejected" });

/// Where a decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for the undo window to close.
    Held {
        /// When it is taken up, by the database's clock.
        until: DateTime<Utc>,
    },
    /// A replica asks whether it is allowed. Nothing was sent that changes anything.
    Checking,
    /// The changing request may have left. From here only reading decides.
    Sending {
        /// The portal's clock just before.
        since: DateTime<FixedOffset>,
    },
    /// Executed.
    Done,
    /// Not executed, and will not be.
    Refused(Refusal),
    /// Nobody knows yet whether it ran.
    Unknown {
        /// The portal's clock just before sending.
        since: DateTime<FixedOffset>,
    },
    /// Proved not to have run; the person may press again.
    NotRun(NotDone),
    /// No reading can tell; the facts are shown to the person.
    NeedsPerson,
    /// Taken back, or the application was removed.
    Cancelled,
}

/// A step that the state machine does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a decision cannot go from {from} to {to}")]
pub struct IllegalStep {
    /// Name of the state it is in.
    pub from: &'static str,
    /// Name of the state that was wanted.
    pub to: &'static str,
}

impl State {
    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Checking => "checking",
            Self::Sending { .. } => "sending",
            Self::Done => "done",
            Self::Refused(_) => "refused",
            Self::Unknown { .. } => "unknown",
            Self::NotRun(_) => "not_run",
            Self::NeedsPerson => "needs_person",
            Self::Cancelled => "cancelled",
        }
    }

    /// The page's word for it (`data-outcome`); a check is part of sending for a person.
    pub fn outcome(self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Checking | Self::Sending { .. } => "sending",
            Self::Done => "done",
            Self::Refused(_) => "refused",
            Self::Unknown { .. } | Self::NeedsPerson => "unknown",
            Self::NotRun(_) => "not-run",
            Self::Cancelled => "cancelled",
        }
    }

    /// A bulk left the task out, because another decision about it was open.
    pub fn is_left_out(self) -> bool {
        matches!(self, Self::Refused(Refusal::BeingReturned | Refusal::BeingAccepted))
    }

    /// Open decisions hold their task: there is one at most for a (portal, task).
    pub fn is_open(self) -> bool {
        matches!(self, Self::Held { .. } | Self::Checking | Self::Sending { .. } | Self::Unknown { .. })
    }

    /// The next state, or a refusal.
    pub fn step(self, to: State) -> Result<State, IllegalStep> {
        use State::*;
        let legal = matches!(
            (self, to),
            (Held { .. }, Checking | Cancelled)
                | (Checking, Sending { .. } | Refused(_) | NotRun(_) | Cancelled)
                | (Sending { .. }, Done | Refused(_) | Unknown { .. } | NotRun(_))
                | (Unknown { .. }, Done | NotRun(_) | NeedsPerson)
        );
        if legal { Ok(to) } else { Err(IllegalStep { from: self.name(), to: to.name() }) }
    }
}

/// One person's decision about one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whose portal.
    pub portal: PortalId,
    /// Made with the page.
    pub id: DecisionId,
    /// In whose name.
    pub user: UserId,
    /// About which task.
    pub task: TaskId,
    /// What.
    pub action: Action,
    /// On which sight.
    pub seen: Seen,
    /// How far it got.
    pub state: State,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<State> {
        let at = DateTime::UNIX_EPOCH;
        let since = at.fixed_offset();
        vec![
            State::Held { until: at },
            State::Checking,
            State::Sending { since },
            State::Done,
            State::Refused(Refusal::NotAllowed),
            State::Unknown { since },
            State::NotRun(NotDone::NoTrace),
            State::NeedsPerson,
            State::Cancelled,
        ]
    }

    #[test]
    fn what_is_final_stays_final() {
        for from in all().into_iter().filter(|s| !s.is_open()) {
            for to in all() {
                assert!(from.step(to).is_err(), "{} -> {}", from.name(), to.name());
            }
        }
    }

    #[test]
    fn what_may_have_left_is_never_sent_again() {
        let since = DateTime::UNIX_EPOCH.fixed_offset();
        for from in [State::Sending { since }, State::Unknown { since }] {
            for to in [State::Held { until: DateTime::UNIX_EPOCH }, State::Checking, State::Sending { since }] {
                assert!(from.step(to).is_err(), "{} -> {}", from.name(), to.name());
            }
            assert!(from.step(State::Cancelled).is_err(), "nothing takes back what may have run");
        }
    }

    #[test]
    fn names_come_back() {
        use Refusal::{AccessClosed, NoAppRight, NotAllowed, PortalClosed, PortalDeleted, SignInAgain, Unpaid};
        for refusal in [NotAllowed, SignInAgain, PortalClosed, PortalDeleted, Unpaid, NoAppRight, AccessClosed] {
            assert_eq!(Refusal::parse(refusal.name()), Some(refusal));
        }
        assert_eq!(NotDone::parse("limited"), Some(NotDone::Limited));
        assert_eq!(Action::parse("approve"), Some(Action::Approve));
    }
}
