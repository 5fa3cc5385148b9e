//! A decision whose undo window is over: ask whether it is allowed, send it once, sort the answer.

use super::{
    app::App,
    failure::Failure,
    portal_session::{PortalTrouble, as_account, of_person, read_as},
    review_queue::vendor_id,
    task_view::moment,
    tell_reason::tell_reason,
};
use crate::bitrix24::{
    CallError, Code, Deadline, Ran, Reaction,
    tasks::{
        Access, Action as Right, MaybeTask, Status, Task, tasks_task_approve, tasks_task_disapprove,
        tasks_task_get_command, tasks_task_getaccess_command,
    },
    wire::Id,
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
const HEARTBEAT: Duration = Duration::from_secs(8);

/// Carries one decision to its end, or to `unknown`. Extends its lease while it waits for the portal.
pub async fn carry_out(app: &App, carried: Carried) {
    let id = carried.decision.id;
    let portal = carried.decision.portal;
    let work = async {
        let mut carried = carried;
        match steps(app, &mut carried).await {
            Ok(()) if carried.decision.state == State::Done => tell_reason(app).await,
            Ok(()) => {}
            Err(RecordError::Lost) => {
                tracing::warn!(%portal, decision = %id, "another replica carries this decision now")
            }
            Err(error) => tracing::error!(%portal, decision = %id, %error, "a decision could not be recorded"),
        }
        tracing::info!(%portal, decision = %id, state = carried.decision.state.name(), "decision carried");
    };
    let heart = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if let Err(error) = app.store.extend_lease(&carried, LEASE).await {
                tracing::warn!(%portal, decision = %id, %error, "a lease could not be extended");
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = heart => {}
    }
}

/// What was found just before the act.
struct Checked {
    refusal: Option<(Refusal, Option<Other>)>,
    /// The portal's clock.
    clock: DateTime<FixedOffset>,
}

async fn steps(app: &App, carried: &mut Carried) -> Result<(), RecordError> {
    let decision = carried.decision;
    let (facts, account) = match of_person(app, decision.portal, decision.user).await {
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
    app.store.record(carried, State::Sending { since: checked.clock }, None).await?;
    let (state, other) = send(app, carried, &facts, account, checked.clock).await;
    app.store.record(carried, state, other).await
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
    Ok(Checked { refusal: judge(carried, task.as_ref(), access.may(me, right)), clock })
}

const SELECT: &[&str] = &["ID", "STATUS", "STATUS_CHANGED_DATE", "STATUS_CHANGED_BY", "RESPONSIBLE_ID"];

fn judge(carried: &Carried, task: Option<&Task>, allowed: bool) -> Option<(Refusal, Option<Other>)> {
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

/// Sends the change. Again only after an answer which proves that it did not run.
async fn send(
    app: &App,
    carried: &Carried,
    facts: &PortalFacts,
    account: Account,
    since: DateTime<FixedOffset>,
) -> (State, Option<Other>) {
    let unknown = (State::Unknown { since }, None);
    let Ok(id) = vendor_id(carried.decision.task.get()) else {
        return unknown;
    };
    let action = carried.decision.action;
    for pause in [1, 2, 4, 0] {
        let sent = as_account(app, facts, account, |api| async move {
            match action {
                Action::Return => tasks_task_disapprove(&api, id).await,
                Action::Approve => tasks_task_approve(&api, id).await,
            }
        });
        match sent.await {
            Ok(answer) => {
                return if is_done(answer.result.as_ref(), id) { (State::Done, None) } else { unknown };
            }
            Err(PortalTrouble::Call(error)) if error.ran() == Ran::Unknown => return unknown,
            Err(PortalTrouble::Call(error)) if error.reaction() == Reaction::SlowDown && pause > 0 => {
                tokio::time::sleep(Duration::from_secs(pause)).await;
            }
            Err(trouble) => return after_refusal(app, carried, facts, account, trouble).await,
        }
    }
    (State::NotRun(NotDone::Limited), None)
}

/// 200, the task asked for, and no longer in status 4.
fn is_done(task: Option<&Task>, id: Id) -> bool {
    task.is_some_and(|t| *t.id == Some(id) && (*t.status).is_some_and(|s| s != Status::SupposedlyCompleted))
}

/// The portal said no, and it is known that nothing ran. What the task is now tells why.
async fn after_refusal(
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
fn ended_by(trouble: &PortalTrouble) -> State {
    match trouble {
        PortalTrouble::Call(error) => match error.reaction() {
            Reaction::Refresh | Reaction::Reopen => State::Refused(Refusal::SignInAgain),
            Reaction::SlowDown | Reaction::PauseMethod | Reaction::Stop => State::NotRun(NotDone::Limited),
            Reaction::Gone
            | Reaction::Unpaid
            | Reaction::NoAccessToApp
            | Reaction::PlanOrRight
            | Reaction::MissingScope => State::Refused(Refusal::PortalClosed),
            Reaction::NotAllowed => State::Refused(Refusal::NotAllowed),
            Reaction::Transient => State::NotRun(NotDone::Unreachable),
            _ => State::NotRun(NotDone::Rejected),
        },
        PortalTrouble::Before(failure) => ended_before(failure),
    }
}

fn ended_before(failure: &Failure) -> State {
    match failure {
        Failure::SignInAgain | Failure::NotGenuine(_) | Failure::OtherApplication => {
            State::Refused(Refusal::SignInAgain)
        }
        Failure::NotInstalled
        | Failure::Unpaid
        | Failure::PortalDeleted
        | Failure::HttpPortal
        | Failure::AddressRefused(_) => State::Refused(Refusal::PortalClosed),
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
