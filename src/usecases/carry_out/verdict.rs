//! May it be sent, and did it run? What a portal's answers mean for a decision; nothing here asks anybody.

use crate::bitrix24::{
    CallError, Code, Ran, Reaction,
    tasks::{Status, Task},
};
use crate::domain::{NotDone, Refusal, State, UserId};
use crate::store::decisions::{Carried, Other};
use crate::usecases::{failure::Failure, portal_session::PortalTrouble, settle::target, task_view::moment};
use chrono::{DateTime, FixedOffset};

/// Allowed, and still what the person saw? `None`: it may be sent.
pub(super) fn judge(carried: &Carried, task: Option<&Task>, allowed: bool) -> Option<(Refusal, Option<Other>)> {
    let Some(task) = task.filter(|task| is_about(task, carried)) else {
        return Some((Refusal::NotAvailable, None));
    };
    let other = || {
        let by = (*task.status_changed_by).and_then(|id| UserId::new(id.get()))?;
        Some(Other { user: by, at: moment(&task.status_changed_date)? })
    };
    match *task.status {
        Some(Status::SupposedlyCompleted) => {}
        Some(Status::Completed) => return Some((Refusal::AlreadyAccepted, other())),
        Some(Status::New | Status::Pending | Status::InProgress) => return Some((Refusal::AlreadyReturned, other())),
        _ => return Some((Refusal::TaskChanged, other())),
    }
    let seen = carried.decision.seen.status_changed.map(|at| at.to_utc());
    if let (Some(seen), Some(now)) = (seen, moment(&task.status_changed_date))
        && seen != now.to_utc()
    {
        return Some((Refusal::TaskChanged, None));
    }
    (!allowed).then_some((Refusal::NotAllowed, None))
}

fn is_about(task: &Task, carried: &Carried) -> bool {
    (*task.id).is_some_and(|id| id.get() == carried.decision.task.get())
}

/// What became of one command that changes something.
#[derive(Debug, PartialEq)]
pub(super) enum Sent {
    /// Its end, or `unknown`.
    Ended(State),
    /// Somebody else had done the same a moment before: the portal says yes, and nothing ran.
    Others(Refusal, Option<Other>),
    /// Nothing ran; the portal asks to slow down.
    Limited,
    /// A refusal with a known code: nothing ran.
    Refused(CallError),
}

/// Did it run? The one place where an answer to a change is sorted into done, unknown, and did not run.
pub(super) fn sorted(carried: &Carried, answer: Result<Option<Task>, CallError>, since: DateTime<FixedOffset>) -> Sent {
    match answer {
        Ok(Some(task)) if is_others(&task, carried) => match judge(carried, Some(&task), true) {
            Some((refusal, other)) => Sent::Others(refusal, other),
            None => Sent::Ended(State::Unknown { since }),
        },
        Ok(task) if is_done(task.as_ref(), carried) => Sent::Ended(State::Done),
        Ok(_) => Sent::Ended(State::Unknown { since }),
        Err(error) if error.ran() == Ran::Unknown => Sent::Ended(State::Unknown { since }),
        Err(error) if error.reaction() == Reaction::SlowDown => Sent::Limited,
        Err(error) => Sent::Refused(error),
    }
}

/// What was wished, by somebody else: whoever comes second gets the same answer, and changes nothing.
fn is_others(task: &Task, carried: &Carried) -> bool {
    let by = (*task.status_changed_by).map(|id| id.get());
    is_about(task, carried)
        && *task.status == Some(target(carried.decision.action))
        && by.is_some_and(|by| by != carried.decision.user.get())
}

/// The task asked for, and no longer in status 4.
fn is_done(task: Option<&Task>, carried: &Carried) -> bool {
    task.is_some_and(|task| {
        is_about(task, carried) && (*task.status).is_some_and(|status| status != Status::SupposedlyCompleted)
    })
}

/// The end of a decision of which nothing was sent, or nothing ran.
pub(super) fn ended_by(trouble: &PortalTrouble) -> State {
    match trouble {
        PortalTrouble::Call(error) => match error.reaction() {
            Reaction::Refresh | Reaction::Reopen => State::Refused(Refusal::SignInAgain),
            Reaction::SlowDown | Reaction::PauseMethod | Reaction::Stop => State::NotRun(NotDone::Limited),
            Reaction::Gone if error.code() == Some(&Code::PortalDeleted) => State::Refused(Refusal::PortalDeleted),
            Reaction::Unpaid => State::Refused(Refusal::Unpaid),
            Reaction::NoAccessToApp => State::Refused(Refusal::NoAppRight),
            Reaction::PlanOrRight => State::Refused(Refusal::AccessClosed),
            Reaction::Gone | Reaction::MissingScope => State::Refused(Refusal::PortalClosed),
            Reaction::NotAllowed => State::Refused(Refusal::NotAllowed),
            Reaction::Transient => State::NotRun(NotDone::Unreachable),
            _ => State::NotRun(NotDone::Rejected),
        },
        PortalTrouble::Before(failure) => ended_before(failure),
    }
}

/// The same, where the portal was not even asked.
pub(super) fn ended_before(failure: &Failure) -> State {
    match failure {
        Failure::SignInAgain | Failure::NotGenuine(_) | Failure::OtherApplication => {
            State::Refused(Refusal::SignInAgain)
        }
        Failure::PortalDeleted => State::Refused(Refusal::PortalDeleted),
        Failure::Unpaid => State::Refused(Refusal::Unpaid),
        Failure::NotInstalled | Failure::HttpPortal | Failure::AddressRefused(_) => {
            State::Refused(Refusal::PortalClosed)
        }
        _ => State::NotRun(NotDone::Unreachable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Decision, DecisionId, PortalId, Seen, TaskId};
    use serde_json::{Value, json};
    use uuid::Uuid;

    const SEEN: &str = "2026-11-20T10:00:00+03:00";

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    fn carried() -> Carried {
        let decision = Decision {
            portal: PortalId(Uuid::nil()),
            id: DecisionId(Uuid::nil()),
            user: UserId::new(2).unwrap(),
            task: TaskId::new(7).unwrap(),
            action: Action::Return,
            seen: Seen { status_changed: Some(at(SEEN)) },
            state: State::Checking,
        };
        Carried { decision, lease: Uuid::nil(), sent_ago: None, looks: 0 }
    }

    fn task(fields: Value) -> Option<Task> {
        Some(serde_json::from_value(fields).unwrap())
    }

    #[test]
    fn i1_f32_did_it_run() {
        let since = at(SEEN);
        let unknown = || Sent::Ended(State::Unknown { since });
        let api = |code, http| CallError::Api { code, http };
        let refused = |code: Code, http| (Err(api(code.clone(), http)), Sent::Refused(api(code, http)));
        let cases = [
            // The task asked for, no longer waiting.
            (Ok(task(json!({"id": "7", "status": "2"}))), Sent::Ended(State::Done)),
            (Ok(task(json!({"id": "7", "status": "5"}))), Sent::Ended(State::Done)),
            (Ok(task(json!({"id": "7", "status": "2", "statusChangedBy": "2"}))), Sent::Ended(State::Done)),
            // The same answer, after somebody else was quicker.
            (
                Ok(task(json!({"id": "7", "status": "2", "statusChangedDate": SEEN, "statusChangedBy": "9"}))),
                Sent::Others(Refusal::AlreadyReturned, Some(Other { user: UserId::new(9).unwrap(), at: at(SEEN) })),
            ),
            // Returned by us, and begun anew before the answer was written.
            (Ok(task(json!({"id": "7", "status": "3", "statusChangedBy": "9"}))), Sent::Ended(State::Done)),
            // 200, and no proof of it.
            (Ok(task(json!({"id": "7", "status": "4"}))), unknown()),
            (Ok(task(json!({"id": "8", "status": "2"}))), unknown()),
            (Ok(task(json!({"id": "7"}))), unknown()),
            (Ok(None), unknown()),
            // No answer, or none that says anything.
            (Err(CallError::Lost), unknown()),
            (Err(CallError::BadAnswer { http: 200, path: "result".to_owned() }), unknown()),
            (Err(CallError::BadAnswer { http: 502, path: String::new() }), unknown()),
            (Err(api(Code::InternalServerError, 500)), unknown()),
            // It certainly did not run.
            (Err(api(Code::QueryLimitExceeded, 503)), Sent::Limited),
            refused(Code::OperationTimeLimit, 429),
            refused(Code::ExpiredToken, 401),
            refused(Code::ActionNotAllowed, 400),
            (Err(CallError::NotExecuted), unknown()),
        ];
        for (nth, (answer, expected)) in cases.into_iter().enumerate() {
            assert_eq!(sorted(&carried(), answer, since), expected, "case {nth}");
        }
    }

    #[test]
    fn t46_f14_what_may_be_sent() {
        let waiting = json!({"id": "7", "status": "4", "statusChangedDate": SEEN});
        let with = |field: &str, value: &str| {
            let mut task = waiting.clone();
            task[field] = value.into();
            serde_json::from_value::<Task>(task).ok()
        };
        let other = Some(Other { user: UserId::new(9).unwrap(), at: at(SEEN) });
        let by_other = |status: &str| {
            task(json!({"id": "7", "status": status, "statusChangedDate": SEEN, "statusChangedBy": "9"}))
        };
        let cases = [
            (task(waiting.clone()), true, None),
            (with("statusChangedDate", "2026-11-20T07:00:00+00:00"), true, None),
            (task(waiting.clone()), false, Some((Refusal::NotAllowed, None))),
            (with("statusChangedDate", "2026-11-20T10:00:01+03:00"), true, Some((Refusal::TaskChanged, None))),
            (by_other("5"), true, Some((Refusal::AlreadyAccepted, other))),
            (by_other("2"), true, Some((Refusal::AlreadyReturned, other))),
            (by_other("6"), true, Some((Refusal::TaskChanged, other))),
            (with("id", "8"), true, Some((Refusal::NotAvailable, None))),
            (None, true, Some((Refusal::NotAvailable, None))),
        ];
        for (nth, (task, allowed, expected)) in cases.into_iter().enumerate() {
            assert_eq!(judge(&carried(), task.as_ref(), allowed), expected, "case {nth}");
        }
    }
}
