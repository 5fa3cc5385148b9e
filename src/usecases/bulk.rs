//! A person decides many tasks in one go. Each is a decision like any other; the bulk is what they have in common.

use super::{
    app::App,
    decide::{Kept, Taken, Wish, decide, decision_of, decisions_of},
    failure::Failure,
    open::Viewer,
    policy::require_reasons,
    sight,
    task_view::waiting_task,
};
use crate::domain::{
    Action, BulkId, Chosen, DecisionId, State, Tally, TaskId, WaitingTask, bulk::MOST, followup::Followup,
};
use crate::store::decisions::{BulkWish, HoldBulk};
use crate::telemetry::metrics;
use chrono::TimeDelta;
use std::collections::{HashMap, HashSet};

/// A bulk as far as it got.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// Which.
    pub id: BulkId,
    /// What was decided.
    pub action: Action,
    /// One decision for each chosen task.
    pub decisions: Vec<Kept>,
    /// The same, counted.
    pub tally: Tally,
    /// How many did not run and were not decided anew since.
    pub missed: usize,
}

/// What was taken back, and what was not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// How many.
    pub taken_back: usize,
    /// How many had left by then.
    pub too_late: usize,
}

/// No task, or more than any person looks at.
pub fn assert_reasonable(tasks: usize) -> Result<(), Failure> {
    match tasks {
        0 => Err(Failure::NothingChosen),
        n if n > MOST => Err(Failure::TooManyTasks),
        _ => Ok(()),
    }
}

/// Holds a decision for each chosen task; the same id again shows what became of it.
pub async fn decide_many(
    app: &App,
    viewer: &Viewer,
    id: BulkId,
    action: Action,
    chosen: Vec<Chosen>,
    followup: Option<Followup>,
) -> Result<Bulk, Failure> {
    let mut known = HashSet::new();
    let chosen: Vec<Chosen> = chosen.into_iter().filter(|one| known.insert(one.task)).collect();
    assert_reasonable(chosen.len())?;
    if action == Action::Return {
        let returns: Vec<_> = chosen.iter().map(|one| (one.task, one.reason.as_ref())).collect();
        require_reasons(app, viewer, &returns).await?;
    }
    let with_key = |one| Ok((DecisionId(app.world.id()?), one));
    let chosen = chosen.into_iter().map(with_key).collect::<Result<_, Failure>>()?;
    let wish = BulkWish { portal: viewer.portal_id(), user: viewer.user, id, action, chosen, followup };
    match app.store.hold_bulk(&wish, app.settings.undo).await? {
        HoldBulk::Busy(open) => return Err(Failure::BulkOpen(open)),
        HoldBulk::Held if app.settings.undo.is_zero() => app.due.notify_one(),
        HoldBulk::Held => {}
    }
    bulk_of(app, viewer, id).await
}

/// One of this person's bulks as it stands.
pub async fn bulk_of(app: &App, viewer: &Viewer, id: BulkId) -> Result<Bulk, Failure> {
    let decisions = app.store.bulk(viewer.portal_id(), viewer.user, id).await?;
    let action = decisions.first().map(|kept| kept.decision.action).ok_or(Failure::NotFound)?;
    let mut tally = Tally::default();
    decisions.iter().for_each(|kept| tally.add(kept.decision.state, kept.delivery));
    let missed = match tally.not_run {
        0 => 0,
        _ => app.store.not_run(viewer.portal_id(), viewer.user, Some(id), None).await?.len(),
    };
    Ok(Bulk { id, action, decisions, tally, missed })
}

/// The newest bulk of this person, as long as it moves and for an hour more.
pub async fn recent_bulk(app: &App, viewer: &Viewer) -> Result<Option<Bulk>, Failure> {
    let Some(id) = app.store.newest_bulk(viewer.portal_id(), viewer.user).await? else { return Ok(None) };
    let bulk = bulk_of(app, viewer, id).await?;
    let ended = bulk.decisions.iter().filter_map(|kept| kept.finished_at).max();
    let recent = ended.is_none_or(|at| at > app.world.now() - TimeDelta::hours(1));
    Ok(Some(bulk).filter(|bulk| bulk.tally.moves() || recent))
}

/// New decisions, with the same reasons, for those of a bulk that are proved not to have run.
pub async fn retry_many(app: &App, viewer: &Viewer, of: BulkId, next: BulkId) -> Result<Bulk, Failure> {
    let before = bulk_of(app, viewer, of).await?;
    // Pressed twice: the second press finds the first one's bulk.
    if let Ok(again) = bulk_of(app, viewer, next).await {
        return Ok(again);
    }
    let missed = app.store.not_run(viewer.portal_id(), viewer.user, Some(of), None).await?;
    let chosen: Vec<Chosen> = missed.into_iter().map(|(_, chosen)| chosen).collect();
    if chosen.is_empty() {
        // Nothing is left to repeat, or the first press was written down while this one looked.
        return bulk_of(app, viewer, next).await.or(Ok(before));
    }
    // What else was wished was the same for all of them.
    let one = before.decisions.iter().find(|kept| matches!(kept.decision.state, State::NotRun(_)));
    let followup = match one {
        Some(kept) => wished_again(app, viewer, kept.decision.id).await?,
        None => None,
    };
    decide_many(app, viewer, next, before.action, chosen, followup).await
}

/// The same for one decision.
pub async fn retry(app: &App, viewer: &Viewer, of: DecisionId, next: DecisionId) -> Result<Taken, Failure> {
    let before = decision_of(app, viewer, of).await?;
    let missed = app.store.not_run(viewer.portal_id(), viewer.user, None, Some(of)).await?;
    let Some((action, chosen)) = missed.into_iter().next() else {
        // Pressed twice, or decided since.
        return decision_of(app, viewer, next).await.or(Ok(before)).map(Taken::Mine);
    };
    let followup = wished_again(app, viewer, of).await?;
    let Chosen { task, seen, reason } = chosen;
    decide(app, viewer, &Wish { id: next, task, action, seen, reason, followup }).await
}

/// What else was wished with a decision that did not run. A deadline that is over by now is none.
async fn wished_again(app: &App, viewer: &Viewer, of: DecisionId) -> Result<Option<Followup>, Failure> {
    let wish = app.store.followup_of(viewer.portal_id(), of).await?;
    Ok(wish.and_then(|wish| wish.still_ahead(app.world.now())))
}

/// Takes back everything of a person that is still held. Too late are those of the bulk, or of those that the page shows
/// as held, that have left by then.
pub async fn undo_all(
    app: &App,
    viewer: &Viewer,
    bulk: Option<BulkId>,
    shown: &[DecisionId],
) -> Result<Undone, Failure> {
    let taken_back = app.store.undo_all(viewer.portal_id(), viewer.user, bulk).await?;
    for action in &taken_back {
        metrics::decided(action.name(), "cancelled", 1);
    }
    let decisions = match bulk {
        Some(id) => bulk_of(app, viewer, id).await?.decisions,
        None => decisions_of(app, viewer, shown).await?,
    };
    // What is held still was no longer to be taken back: it is about to be sent.
    let in_time = |state: State| state == State::Cancelled || state.is_left_out();
    let late = decisions.iter().filter(|kept| !in_time(kept.decision.state));
    Ok(Undone { taken_back: taken_back.len(), too_late: late.count() })
}

const SELECT: &[&str] = &["ID", "TITLE", "CREATED_BY", "RESPONSIBLE_ID", "STATUS_CHANGED_DATE"];

/// What a person sees of these tasks, in one call; where Bitrix24 does not say, their numbers have to do.
pub async fn titles(app: &App, viewer: &Viewer, tasks: &[TaskId]) -> HashMap<TaskId, WaitingTask> {
    match sight::read(app, &viewer.portal, viewer.account(), tasks, SELECT).await {
        Ok(found) => found.iter().filter_map(waiting_task).map(|task| (task.id, task)).collect(),
        Err(trouble) => {
            let failure = Failure::from(trouble);
            tracing::warn!(portal = %viewer.portal_id(), %failure, "the titles of a bulk could not be read");
            HashMap::new()
        }
    }
}
