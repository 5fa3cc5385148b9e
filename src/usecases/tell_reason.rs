//! Tells the assignee why, in the task's own discussion, after the decision is done. A lost reason never causes a
//! second return.

mod words;

use super::{
    app::App,
    failure::Failure,
    follow_up::follow_own,
    lease::{LEASE, beat},
    portal_session::{Attempt, PortalTrouble, of_person, read_as, write_once},
    review_queue::vendor_id,
};
use crate::bitrix24::{
    CallError, Code, PortalApi, Ran, Reaction, behind,
    tasks::{Task, task_commentitem_add, tasks_task_chat_message_send, tasks_task_get},
    wire::Id,
};
use crate::domain::{Decision, Delivery};
use crate::store::reasons::{ReasonToSend, Via};
use crate::telemetry::metrics;
use futures_util::{StreamExt, stream};
use std::{future::Future, time::Duration};
pub(super) use words::told;
use words::{message, with_followed};

/// A reason that cannot get through is tried this often, over about half an hour.
const MOST_TRIES: i32 = 12;

/// Why the assignee has not been told.
pub(super) enum Trouble {
    /// Another replica has it now.
    Lost,
    /// The portal, or what is before it.
    Portal(PortalTrouble),
}

impl From<PortalTrouble> for Trouble {
    fn from(trouble: PortalTrouble) -> Self {
        Self::Portal(trouble)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Portal(PortalTrouble::Before(failure))
    }
}

/// The task's assignee, as the portal named them just before the decision.
#[derive(Debug, Clone)]
pub struct Assignee {
    id: Id,
    name: String,
}

impl Assignee {
    pub(super) fn of(task: &Task) -> Option<Self> {
        let user = task.responsible.get()?;
        Some(Self { id: (*user.id)?, name: (*user.name).clone()? })
    }
}

/// Reasons of one person's decisions that are told at once.
const PENS: usize = 4;

/// Tells the reasons of decisions that are done just now, in a task of its own: nobody waits for them, and whatever is left
/// is told by the worker.
pub fn tell_own_reasons(app: &App, done: Vec<(Decision, Option<Assignee>)>) {
    if done.is_empty() {
        return;
    }
    // Somebody looks at one row until it says that the reason has arrived; many make room for people.
    let (own, alone) = (app.clone(), done.len() == 1);
    let told = async move {
        let told = done.into_iter().map(|(decision, to)| {
            let own = own.clone();
            Box::pin(async move { tell_own_reason(&own, &decision, to).await })
        });
        stream::iter(told).buffer_unordered(PENS).collect::<Vec<()>>().await;
    };
    match alone {
        true => app.begin(told),
        false => app.begin(behind(told)),
    }
}

/// Tells the reason of a decision, if it has one.
async fn tell_own_reason(app: &App, decision: &Decision, assignee: Option<Assignee>) {
    follow_own(app, decision).await;
    let claimed = async {
        let lease = app.world.id()?;
        app.store.claim_reasons(Some((decision.portal, decision.id)), lease, LEASE, 1).await
    };
    match claimed.await {
        Ok(reasons) => {
            for reason in &reasons {
                tell(app, reason, assignee.clone()).await;
            }
        }
        Err(error) => tracing::warn!(%error, "a reason could not be claimed; the next round claims it"),
    }
}

/// Tells one claimed reason.
pub async fn tell_reason(app: &App, reason: &ReasonToSend) {
    behind(tell(app, reason, None)).await;
}

/// Extends the lease meanwhile: what a dead replica had in hand keeps the portal's other reasons waiting no longer than
/// that.
async fn tell(app: &App, reason: &ReasonToSend, assignee: Option<Assignee>) {
    let (portal, id) = (reason.portal, reason.decision);
    tokio::select! {
        () = tell_leased(app, reason, assignee) => {}
        () = beat(portal, || app.store.extend_reason(reason, LEASE)) => {
            tracing::warn!(%portal, decision = %id, "this reason is over, or another replica tells it now");
        }
    }
}

async fn tell_leased(app: &App, reason: &ReasonToSend, assignee: Option<Assignee>) {
    let (portal, id) = (reason.portal, reason.decision);
    let recorded = match attempt(app, reason, assignee).await {
        Ok(delivery) => {
            metrics::reason(delivery.name());
            app.store.reason_ended(reason, delivery).await
        }
        Err(Trouble::Lost) => {
            tracing::warn!(%portal, decision = %id, "another replica tells this reason now");
            Ok(())
        }
        Err(Trouble::Portal(trouble)) => {
            tracing::warn!(%portal, decision = %id, ?trouble, tries = reason.tries, "a reason was not delivered");
            if may_pass(&trouble) && reason.tries < MOST_TRIES {
                let pause = Duration::from_secs(5 * 2_u64.pow(reason.tries.clamp(1, 7).unsigned_abs() - 1));
                metrics::reason("again");
                app.store.reason_waits(reason, pause).await
            } else {
                metrics::reason(Delivery::Failed.name());
                app.store.reason_ended(reason, Delivery::Failed).await
            }
        }
    };
    if let Err(error) = recorded {
        tracing::error!(%portal, decision = %id, %error, "a delivery could not be recorded");
    }
}

/// Only what certainly did not run comes here; some of that may go better later.
pub(super) fn may_pass(trouble: &PortalTrouble) -> bool {
    match trouble {
        PortalTrouble::Call(error) => matches!(
            error.reaction(),
            Reaction::SlowDown | Reaction::PauseMethod | Reaction::Stop | Reaction::Transient
        ),
        PortalTrouble::Before(failure) => failure.may_pass(),
    }
}

async fn attempt(app: &App, reason: &ReasonToSend, assignee: Option<Assignee>) -> Result<Delivery, Trouble> {
    let id = vendor_id(reason.task.get())?;
    let assignee = match assignee {
        Some(assignee) => Some(assignee),
        None => read_assignee(app, reason, id).await?,
    };
    let text = message(&reason.body, assignee)?;
    let Some(text) = with_followed(app, reason, id, text).await? else { return Ok(Delivery::Dropped) };
    if let Some(delivery) = by_chat(app, reason, &text, id).await? {
        return Ok(delivery);
    }
    by_comment(app, reason, &text, id).await
}

/// After a lost answer, in seconds. Two calls under one key that run at once may both write, so that the first has time to end.
const PAUSES: [u64; 4] = [5, 10, 20, 0];

/// The chat of REST 3.0, under one key: a lost answer may be asked for again. `None` where the portal has no such way.
async fn by_chat(app: &App, reason: &ReasonToSend, text: &str, id: Id) -> Result<Option<Delivery>, Trouble> {
    let key = format!("handback-{}", reason.decision);
    let mut again = false;
    for pause in PAUSES {
        let sent = write(app, reason, Via::Chat, |api| {
            let (text, key) = (text.to_owned(), key.clone());
            async move { tasks_task_chat_message_send(&api, id, &text, &key).await }
        });
        match sent.await {
            Ok(Attempt::Answered(answer)) if answer.result => return Ok(Some(Delivery::Delivered)),
            Ok(Attempt::Answered(_)) => return Ok(Some(Delivery::Failed)),
            Ok(Attempt::Again) if !again => again = true,
            Ok(Attempt::Again) => return Err(Failure::SignInAgain.into()),
            Err(Trouble::Portal(PortalTrouble::Call(error))) => match error {
                // Only a message that arrived uses its key up; the assignee may have another name by now.
                error if error.code() == Some(&Code::V3IdempotencyKeyReused) => return Ok(Some(Delivery::Delivered)),
                error if matches!(error.reaction(), Reaction::NotFound | Reaction::MissingScope) => return Ok(None),
                error if error.ran() == Ran::No || pause == 0 => return unknown_or(error).map(Some),
                _ => tokio::time::sleep(Duration::from_secs(pause)).await,
            },
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(Some(Delivery::Unknown))
}

/// A comment of the old card: never repeated when it may have run.
async fn by_comment(app: &App, reason: &ReasonToSend, text: &str, id: Id) -> Result<Delivery, Trouble> {
    for _ in 0..2 {
        let sent = write(app, reason, Via::Comment, |api| {
            let text = text.to_owned();
            async move { task_commentitem_add(&api, id, &text).await }
        });
        match sent.await {
            Ok(Attempt::Answered(_)) => return Ok(Delivery::Delivered),
            Ok(Attempt::Again) => {}
            Err(Trouble::Portal(PortalTrouble::Call(error))) => return unknown_or(error),
            Err(trouble) => return Err(trouble),
        }
    }
    Err(Failure::SignInAgain.into())
}

fn unknown_or(error: CallError) -> Result<Delivery, Trouble> {
    if error.ran() == Ran::Unknown { Ok(Delivery::Unknown) } else { Err(PortalTrouble::Call(error).into()) }
}

/// One request, stamped before it leaves.
async fn write<T, W, F>(app: &App, reason: &ReasonToSend, via: Via, work: W) -> Result<Attempt<T>, Trouble>
where
    W: FnOnce(PortalApi) -> F,
    F: Future<Output = Result<T, CallError>>,
{
    let (facts, account) = of_person(app, reason.portal, reason.user).await?;
    if !app.store.reason_leaves(reason, via, LEASE).await.map_err(Failure::from)? {
        return Err(Trouble::Lost);
    }
    Ok(write_once(app, &facts, account, work).await?)
}

/// Who the assignee is adorns the message; without it the reason still goes.
async fn read_assignee(app: &App, reason: &ReasonToSend, id: Id) -> Result<Option<Assignee>, Failure> {
    let (facts, account) = of_person(app, reason.portal, reason.user).await?;
    let task =
        read_as(app, &facts, account, |api| async move { tasks_task_get(&api, id, &["ID", "RESPONSIBLE_ID"]).await });
    Ok(task.await.ok().and_then(|answer| answer.result).as_ref().and_then(Assignee::of))
}
