//! A decision whose undo window is over: ask whether it is allowed, send it once, sort the answer.

use super::{
    app::App,
    failure::Failure,
    portal_session::{Attempt, PortalTrouble, of_person, read_as, write_once},
    review_queue::vendor_id,
    task_view::moment,
    tell_reason::{Assignee, tell_own_reason},
};
use crate::bitrix24::{
    CallError, Code, Deadline, Ran, Reaction,
    tasks::{
        Access, Action as Right, MaybeTask, Status, Task, tasks_task_approve, tasks_task_disapprove,
        tasks_task_get_command, tasks_task_getaccess_command,
    },
};
use crate::domain::{Action, NotDone, Refusal, State, UserId};
use crate::store::{
    credentials::Account,
    decisions::{Carried, Other, RecordError},
    portals::PortalFacts,
};
use chrono::{DateTime, FixedOffset};
use std::time::Duration;

/// A replica that does not extend its right within this has lost it.
pub const LEASE: Duration = Duration::from_secs(30);
pub(super) const HEARTBEAT: Duration = Duration::from_secs(8);

/// Carries one decision to its end, or to `unknown`. Extends its lease while it waits for the portal; when the lease is
/// lost everything stops where it is, because another replica reads from there.
pub async fn carry_out(app: &App, carried: Carried) {
    let (portal, id) = (carried.decision.portal, carried.decision.id);
    let work = async {
        let mut carried = carried;
        let mut assignee = None;
        let done = steps(app, &mut carried, &mut assignee).await;
        (done, carried.decision.state, assignee)
    };
    let lost = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match app.store.extend_lease(&carried, LEASE).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%portal, decision = %id, %error, "a lease could not be extended"),
            }
        }
    };
    let ended = tokio::select! {
        ended = work => Some(ended),
        () = lost => None,
    };
    match ended {
        Some((Ok(()), state, assignee)) => {
            tracing::info!(%portal, decision = %id, state = state.name(), "decision carried");
            if state == State::Done {
                tell_own_reason(app, &carried.decision, assignee).await;
            }
        }
        Some((Err(RecordError::Lost), ..)) | None => {
            tracing::warn!(%portal, decision = %id, "another replica carries this decision now");
        }
        Some((Err(error), ..)) => tracing::error!(%portal, decision = %id, %error, "a decision could not be recorded"),
    }
}

/// What was found just before the act.
struct Checked {
    refusal: Option<(Refusal, Option<Other>)>,
    /// Whom a reason is told.
    assignee: Option<Assignee>,
    /// The portal's clock.
    clock: DateTime<FixedOffset>,
}

/// How often a request that certainly did not run is followed by another, and after how long.
pub(super) const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];
/// An expired token or a portal that moved is mended once; a second time it is no accident.
pub(super) const MOST_AGAIN: usize = 1;

/// Asks before each request that changes something, also before one that follows another which certainly did not run:
/// the task may have been returned and handed in again meanwhile.
async fn steps(app: &App, carried: &mut Carried, assignee: &mut Option<Assignee>) -> Result<(), RecordError> {
    let (mut pauses, mut again) = (PAUSES.into_iter(), 0);
    loop {
        let (facts, account) = match of_person(app, carried.decision.portal, carried.decision.user).await {
            Ok(found) => found,
            Err(failure) => return give_up(app, carried, &failure).await,
        };
        let checked = match check(app, carried, &facts, account).await {
            Ok(checked) => checked,
            Err(trouble) => return not_sent(app, carried, trouble).await,
        };
        if let Some((refusal, other)) = checked.refusal {
            return app.store.record(carried, State::Refused(refusal), other).await;
        }
        *assignee = checked.assignee;
        app.store.record_sending(carried, checked.clock).await?;
        match send(app, carried, &facts, account, checked.clock).await {
            Sent::Ended(state, other) => return app.store.record(carried, state, other).await,
            Sent::Again if again < MOST_AGAIN => again += 1,
            Sent::Again => return app.store.record(carried, State::Refused(Refusal::SignInAgain), None).await,
            Sent::Limited => match pauses.next() {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return app.store.record(carried, State::NotRun(NotDone::Limited), None).await,
            },
        }
    }
}

/// `getaccess` and the task as it is, in one call: allowed, and still what the person saw?
async fn check(app: &App, carried: &Carried, facts: &PortalFacts, account: Account) -> Result<Checked, PortalTrouble> {
    let decision = carried.decision;
    let (me, id) = (vendor_id(decision.user.get())?, vendor_id(decision.task.get())?);
    let mut answer = read_as(app, facts, account, |api| async move {
        let commands = vec![
            ("access".to_owned(), tasks_task_getaccess_command(id)),
            ("task".to_owned(), tasks_task_get_command(id, SELECT)),
        ];
        api.batch(false, commands, Deadline::READ).await
    })
    .await?;
    let clock = answer.envelope.clock.unwrap_or_else(|| app.world.now().fixed_offset());
    let access = answer.take::<Access>("access").map_err(PortalTrouble::Call)?.result;
    let task = answer.take::<MaybeTask>("task").map_err(PortalTrouble::Call)?.result.0;
    let right = match decision.action {
        Action::Return => Right::Disapprove,
        Action::Approve => Right::Approve,
    };
    let assignee = task.as_ref().and_then(Assignee::of);
    Ok(Checked { refusal: judge(carried, task.as_ref(), access.may(me, right)), assignee, clock })
}

pub(super) const SELECT: &[&str] = &["ID", "STATUS", "STATUS_CHANGED_DATE", "STATUS_CHANGED_BY", "RESPONSIBLE_ID"];

pub(super) fn judge(carried: &Carried, task: Option<&Task>, allowed: bool) -> Option<(Refusal, Option<Other>)> {
    let Some(task) = task.filter(|t| (*t.id).is_some_and(|id| id.get() == carried.decision.task.get())) else {
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

/// What became of one request.
pub(super) enum Sent {
    Ended(State, Option<Other>),
    /// Nothing ran; the tokens are renewed or the portal's new address is known.
    Again,
    /// Nothing ran; the portal asks to slow down.
    Limited,
}

/// Sends the change, exactly once.
async fn send(
    app: &App,
    carried: &Carried,
    facts: &PortalFacts,
    account: Account,
    since: DateTime<FixedOffset>,
) -> Sent {
    let Ok(id) = vendor_id(carried.decision.task.get()) else {
        return Sent::Ended(State::NotRun(NotDone::Rejected), None);
    };
    let action = carried.decision.action;
    let sent = write_once(app, facts, account, |api| async move {
        match action {
            Action::Return => tasks_task_disapprove(&api, id).await,
            Action::Approve => tasks_task_approve(&api, id).await,
        }
    });
    let trouble = match sent.await {
        Ok(Attempt::Again) => return Sent::Again,
        Ok(Attempt::Answered(answer)) => match sorted(carried, Ok(answer.result), since) {
            Ok(sent) => return sent,
            Err(error) => PortalTrouble::Call(error),
        },
        Err(PortalTrouble::Call(error)) => match sorted(carried, Err(error), since) {
            Ok(sent) => return sent,
            Err(error) => PortalTrouble::Call(error),
        },
        Err(trouble) => trouble,
    };
    let (state, other) = after_refusal(app, carried, facts, account, trouble).await;
    Sent::Ended(state, other)
}

/// Did it run? The one place where an answer to a change is sorted into done, unknown, and did not run. What comes back
/// as an error is a refusal with a known code: nothing ran, and the task as it is now tells why.
pub(super) fn sorted(
    carried: &Carried,
    answer: Result<Option<Task>, CallError>,
    since: DateTime<FixedOffset>,
) -> Result<Sent, CallError> {
    match answer {
        Ok(task) if is_done(task.as_ref(), carried) => Ok(Sent::Ended(State::Done, None)),
        Ok(_) => Ok(Sent::Ended(State::Unknown { since }, None)),
        Err(error) if error.ran() == Ran::Unknown => Ok(Sent::Ended(State::Unknown { since }, None)),
        Err(error) if error.reaction() == Reaction::SlowDown => Ok(Sent::Limited),
        Err(error) => Err(error),
    }
}

/// 200, the task asked for, and no longer in status 4.
fn is_done(task: Option<&Task>, carried: &Carried) -> bool {
    task.is_some_and(|t| {
        (*t.id).is_some_and(|id| id.get() == carried.decision.task.get())
            && (*t.status).is_some_and(|s| s != Status::SupposedlyCompleted)
    })
}

/// The portal said no, and it is known that nothing ran. What the task is now tells why.
pub(super) async fn after_refusal(
    app: &App,
    carried: &Carried,
    facts: &PortalFacts,
    account: Account,
    trouble: PortalTrouble,
) -> (State, Option<Other>) {
    if matches!(&trouble, PortalTrouble::Call(error) if error.code() == Some(&Code::ActionNotAllowed)) {
        let now = check(app, carried, facts, account).await.ok().and_then(|c| c.refusal);
        let (refusal, other) = now.unwrap_or((Refusal::NotAllowed, None));
        return (State::Refused(refusal), other);
    }
    (ended_by(&trouble), None)
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

async fn not_sent(app: &App, carried: &mut Carried, trouble: PortalTrouble) -> Result<(), RecordError> {
    tracing::warn!(portal = %carried.decision.portal, decision = %carried.decision.id, ?trouble, "not sent");
    app.store.record(carried, ended_by(&trouble), None).await
}

async fn give_up(app: &App, carried: &mut Carried, failure: &Failure) -> Result<(), RecordError> {
    if matches!(failure, Failure::Busy(_)) {
        // The database will be back; the lease runs out and somebody asks again. Nothing was sent.
        return Ok(());
    }
    app.store.record(carried, ended_before(failure), None).await
}

impl From<CallError> for PortalTrouble {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}
