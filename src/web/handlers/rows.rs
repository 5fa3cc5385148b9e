//! From what the use cases found to the rows of a page.

use crate::domain::{DecisionId, TaskId, UserId, WaitingTask};
use crate::pages::{QueuePage, QueueRows, RowContext, Shell, Standing, TaskRow};
use crate::usecases::{
    App, Failure,
    decide::{self, Kept},
    open::Viewer,
    review_queue::Review,
};
use chrono::{DateTime, FixedOffset};
use std::collections::HashMap;

pub(super) fn fresh_id(app: &App) -> Result<DecisionId, Failure> {
    Ok(DecisionId(app.world.id()?))
}

pub(super) fn standing(kept: &Kept) -> Standing {
    let decision = &kept.decision;
    Standing { id: decision.id, action: decision.action, state: decision.state, delivery: kept.delivery, reason: kept.reason.clone() }
}

/// A decision stands at a task while it is open, or as long as the task is as it was when it was decided on.
fn still_stands(kept: &Kept, status_changed: Option<DateTime<FixedOffset>>) -> bool {
    let seen = kept.decision.seen.status_changed.map(|at| at.to_utc());
    kept.decision.state.is_open() || seen == status_changed.map(|at| at.to_utc())
}

/// The newest decision of each task.
pub(super) async fn newest(app: &App, viewer: &Viewer) -> Result<HashMap<TaskId, Kept>, Failure> {
    let mut newest = HashMap::new();
    for kept in decide::recent(app, viewer).await? {
        newest.entry(kept.decision.task).or_insert(kept);
    }
    Ok(newest)
}

pub(super) fn row(app: &App, task: WaitingTask, decided: Option<&Kept>) -> Result<TaskRow, Failure> {
    let stands = decided.filter(|kept| still_stands(kept, task.status_changed));
    Ok(TaskRow::listed(task, fresh_id(app)?, stands.map(standing)))
}

/// What became of a decision, for a script that has the rest of the row.
pub(super) fn state_row(app: &App, kept: &Kept) -> Result<TaskRow, Failure> {
    let decision = &kept.decision;
    // After a wish that came to nothing the next one stands on the same sight.
    Ok(TaskRow::state_only(decision.task, decision.seen.status_changed, fresh_id(app)?, Some(standing(kept))))
}

pub(super) async fn queue_page(app: &App, viewer: &Viewer, shell: Shell, review: Review) -> Result<QueuePage, Failure> {
    let newest = newest(app, viewer).await?;
    let rows = |tasks: Vec<WaitingTask>| -> Result<Vec<TaskRow>, Failure> {
        tasks
            .into_iter()
            .map(|task| {
                let kept = newest.get(&task.id);
                row(app, task, kept)
            })
            .collect()
    };
    let mut page = QueuePage::new(shell, viewer.user, app.world.now());
    let context: RowContext = page.rows.context;
    let queue = review.queue;
    page.rows = QueueRows {
        context,
        mine: rows(queue.mine)?,
        also: rows(queue.also)?,
        mine_total: queue.mine_total,
        complete: queue.complete,
    };
    Ok(page)
}

pub(super) fn context(shell: &Shell, view: crate::pages::View, viewer: UserId, app: &App) -> RowContext {
    RowContext::new(shell, view, viewer, app.world.now())
}
