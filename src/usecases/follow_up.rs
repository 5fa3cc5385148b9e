//! Carries out what else was wished with a decision, in the person's own name, once the decision is done. Rights are asked
//! first, and whether a point is the task's is read from the task's own list: the page is believed in neither. Every part
//! is absolute, so a lost answer is asked again.

use super::{
    app::App,
    failure::Failure,
    lease::{LEASE, beat},
    look_closer::points_of,
    portal_session::{Attempt, PortalTrouble, of_person, read_batch, write_once},
    review_queue::vendor_id,
};
use crate::bitrix24::{
    BatchAnswer, CallError, Command, Deadline, Ran, Reaction,
    app::Yes,
    behind,
    tasks::{
        Access, Action as Right, ChecklistPoints, set_deadline_command, set_mark_command,
        task_checklistitem_getlist_command, task_checklistitem_may_toggle_command, task_checklistitem_renew_command,
        tasks_task_getaccess_command,
    },
    wire::Id,
};
use crate::domain::{Decision, followup::Followed, past::Point};
use crate::store::{credentials::Account, followups::FollowupToCarry, portals::PortalFacts};
use chrono::{Offset, Utc};
use serde_json::Value;
use std::{collections::HashSet, time::Duration};

/// What cannot get through is tried this often, over about four minutes.
const MOST_TRIES: i32 = 8;

/// The wish of a decision that is done just now, if it has one.
pub(super) async fn follow_own(app: &App, decision: &Decision) {
    let claimed = async {
        let of = (decision.portal, decision.id);
        app.store.claim_followups(Some(of), app.world.id()?, LEASE, 1).await
    };
    match claimed.await {
        Ok(wishes) => {
            for wish in &wishes {
                carry(app, wish).await;
            }
        }
        Err(error) => tracing::warn!(%error, "a wish could not be claimed; the next round claims it"),
    }
}

/// One that the worker claimed.
pub async fn follow_up(app: &App, wish: &FollowupToCarry) {
    behind(carry(app, wish)).await;
}

/// Extends the lease meanwhile: a busy portal may keep it waiting for minutes.
async fn carry(app: &App, wish: &FollowupToCarry) {
    let (portal, id) = (wish.portal, wish.decision);
    tokio::select! {
        () = carry_leased(app, wish) => {}
        () = beat(portal, || app.store.extend_followup(wish, LEASE)) => {
            tracing::warn!(%portal, decision = %id, "this wish is over, or another replica carries it out now");
        }
    }
}

async fn carry_leased(app: &App, wish: &FollowupToCarry) {
    let (portal, id) = (wish.portal, wish.decision);
    let recorded = match attempt(app, wish).await {
        Ok(end) => app.store.followup_ended(wish, &end).await,
        Err(trouble) if may_pass(&trouble) && wish.tries < MOST_TRIES => {
            tracing::warn!(%portal, decision = %id, ?trouble, tries = wish.tries, "a wish waits");
            let pause = Duration::from_secs(2_u64.pow(wish.tries.clamp(1, MOST_TRIES).unsigned_abs()));
            app.store.followup_waits(wish, pause).await
        }
        Err(trouble) => {
            tracing::warn!(%portal, decision = %id, ?trouble, "a wish could not be carried out");
            app.store.followup_ended(wish, &nothing(wish)).await
        }
    };
    if let Err(error) = recorded {
        tracing::error!(%portal, decision = %id, %error, "the end of a wish could not be recorded");
    }
}

fn nothing(wish: &FollowupToCarry) -> Followed {
    Followed {
        items: Vec::new(),
        missed_items: wish.wish.items.len(),
        deadline: wish.wish.deadline.map(|at| (at, false)),
        mark: wish.wish.mark.map(|_| false),
    }
}

/// Also what may have run: doing it once more changes nothing.
fn may_pass(trouble: &PortalTrouble) -> bool {
    match trouble {
        PortalTrouble::Call(error) => is_passing(error),
        PortalTrouble::Before(failure) => failure.may_pass(),
    }
}

fn is_passing(error: &CallError) -> bool {
    let later = [Reaction::SlowDown, Reaction::PauseMethod, Reaction::Stop, Reaction::Transient];
    error.ran() == Ran::Unknown || later.contains(&error.reaction())
}

/// What may be done, as the portal says just now.
struct Allowed {
    deadline: bool,
    mark: bool,
    /// Points of this task that may be reopened and are not open.
    renew: Vec<i64>,
    /// Points of this task that are open already.
    open: Vec<i64>,
}

async fn attempt(app: &App, wish: &FollowupToCarry) -> Result<Followed, PortalTrouble> {
    let (facts, account) = of_person(app, wish.portal, wish.user).await?;
    let id = vendor_id(wish.task.get())?;
    let allowed = ask(app, wish, &facts, account, id).await?;
    let mut commands: Vec<(String, Command)> = Vec::new();
    for item in &allowed.renew {
        commands.push((format!("i{item}"), task_checklistitem_renew_command(id, vendor_id(*item)?)));
    }
    if let Some(at) = wish.wish.deadline.filter(|_| allowed.deadline) {
        commands.push(("deadline".to_owned(), set_deadline_command(id, at)));
    }
    if let Some(mark) = wish.wish.mark.filter(|_| allowed.mark) {
        commands.push(("mark".to_owned(), set_mark_command(id, mark.name())));
    }
    let mut end = nothing(wish);
    let done =
        |key: &str, answer: &mut Option<BatchAnswer>| match answer.as_mut().map(|answer| answer.take::<Value>(key)) {
            Some(Ok(_)) => Ok(true),
            Some(Err(error)) if is_passing(&error) && error != CallError::NotExecuted => Err(error),
            _ => Ok(false),
        };
    let mut answer = if commands.is_empty() { None } else { Some(write(app, wish, commands).await?) };
    end.items = allowed.open;
    for item in allowed.renew {
        if done(&format!("i{item}"), &mut answer)? {
            end.items.push(item);
        }
    }
    end.missed_items = wish.wish.items.len().saturating_sub(end.items.len());
    if let Some((_, set)) = end.deadline.as_mut().filter(|_| allowed.deadline) {
        *set = done("deadline", &mut answer)?;
    }
    if let Some(given) = end.mark.as_mut().filter(|_| allowed.mark) {
        *given = done("mark", &mut answer)?;
    }
    Ok(end)
}

/// Twice, if the tokens are renewed now, or the portal's new address is known.
async fn write(
    app: &App,
    wish: &FollowupToCarry,
    commands: Vec<(String, Command)>,
) -> Result<BatchAnswer, PortalTrouble> {
    for _ in 0..2 {
        let (facts, account) = of_person(app, wish.portal, wish.user).await?;
        let commands = commands.clone();
        let sent = write_once(app, &facts, account, |api| async move { api.batch(commands, Deadline::WRITE).await });
        if let Attempt::Answered(answer) = sent.await? {
            return Ok(answer);
        }
    }
    Err(Failure::SignInAgain.into())
}

/// Rights and the task's own list, in one call.
async fn ask(
    app: &App,
    wish: &FollowupToCarry,
    facts: &PortalFacts,
    account: Account,
    id: Id,
) -> Result<Allowed, PortalTrouble> {
    let me = vendor_id(wish.user.get())?;
    let mut commands = vec![("access".to_owned(), tasks_task_getaccess_command(id))];
    if !wish.wish.items.is_empty() {
        commands.push(("points".to_owned(), task_checklistitem_getlist_command(id)));
    }
    for item in &wish.wish.items {
        commands.push((format!("i{item}"), task_checklistitem_may_toggle_command(id, vendor_id(*item)?)));
    }
    let mut answer = read_batch(app, facts, account, commands).await?;
    let access = answer.take::<Access>("access").map_err(PortalTrouble::Call)?.result;
    let points = match answer.take::<ChecklistPoints>("points") {
        Ok(points) => points_of(points.result, Utc.fix()),
        Err(error) if is_passing(&error) && !wish.wish.items.is_empty() => return Err(error.into()),
        Err(_) => Vec::new(),
    };
    let wished: HashSet<i64> = wish.wish.items.iter().copied().collect();
    let (done, open): (Vec<Point>, Vec<Point>) =
        points.into_iter().filter(|point| wished.contains(&point.id)).partition(|point| point.done);
    let mut may = |item: i64| answer.take::<Yes>(&format!("i{item}")).is_ok_and(|yes| yes.result.0);
    Ok(Allowed {
        deadline: access.may(me, Right::ChangeDeadline),
        mark: access.may(me, Right::Rate),
        renew: done.into_iter().map(|point| point.id).filter(|item| may(*item)).collect(),
        open: open.into_iter().map(|point| point.id).collect(),
    })
}
