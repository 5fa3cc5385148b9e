//! A person presses a button: the decision is a row before it is a call. Taking it back is for the undo window alone.

use super::{app::App, failure::Failure, open::Viewer, policy::require_reasons};
use crate::domain::{Action, Decision, DecisionId, Delivery, Reason, Seen, State, TaskId, followup::Followup};
use crate::store::decisions::Hold;
pub use crate::store::decisions::Kept;
use crate::telemetry::metrics;
use std::time::Duration;

/// What the form says.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Made with the page: pressing twice is one decision.
    pub id: DecisionId,
    /// Which task.
    pub task: TaskId,
    /// What.
    pub action: Action,
    /// What was before the person's eyes.
    pub seen: Seen,
    /// Of a return, as the portal wants it.
    pub reason: Option<Reason>,
    /// What else.
    pub followup: Option<Followup>,
}

/// What became of the wish.
#[derive(Debug, Clone)]
pub enum Taken {
    /// Held, or already further: it is this person's own.
    Mine(Kept),
    /// Another decision about the task is open; whose is in the row.
    Busy(Kept),
}

/// Holds the decision. With no undo window the worker is called at once.
pub async fn decide(app: &App, viewer: &Viewer, wish: &Wish) -> Result<Taken, Failure> {
    if wish.action == Action::Return {
        require_reasons(app, viewer, &[(wish.task, wish.reason.as_ref())]).await?;
    }
    let decision = Decision {
        portal: viewer.portal_id(),
        id: wish.id,
        user: viewer.user,
        task: wish.task,
        action: wish.action,
        seen: wish.seen,
        state: State::Held { until: app.world.now() },
    };
    let (reason, followup) = (wish.reason.as_ref(), wish.followup.as_ref());
    match app.store.hold(&decision, reason, followup, app.settings.undo).await? {
        // The id is another person's, or was used for something else: nobody learns which.
        Hold::Held(kept) if kept.decision.user != decision.user || kept.decision.task != decision.task => {
            Err(Failure::NotFound)
        }
        Hold::Held(kept) if kept.decision.action != wish.action => Err(Failure::Conflict),
        Hold::Held(kept) => {
            if app.settings.undo.is_zero() {
                app.due.notify_one();
            }
            Ok(Taken::Mine(kept))
        }
        Hold::Busy(kept) => Ok(Taken::Busy(kept)),
    }
}

/// One of this person's decisions as it stands.
pub async fn decision_of(app: &App, viewer: &Viewer, id: DecisionId) -> Result<Kept, Failure> {
    let kept = app.store.decision(viewer.portal_id(), id).await?;
    kept.filter(|k| k.decision.user == viewer.user).ok_or(Failure::NotFound)
}

/// Those of this person's decisions that a page asks for: one hidden for hours still learns how they ended.
pub async fn decisions_of(app: &App, viewer: &Viewer, ids: &[DecisionId]) -> Result<Vec<Kept>, Failure> {
    Ok(app.store.decisions_by_id(viewer.portal_id(), viewer.user, ids).await?)
}

/// Waits a little for the end of a decision that is sent at once, so that a page without script shows it.
pub async fn await_end(app: &App, viewer: &Viewer, kept: Kept, patience: Duration) -> Result<Kept, Failure> {
    const GLANCE: Duration = Duration::from_millis(40);
    let mut kept = kept;
    let mut left = patience;
    while is_moving(&kept) && !left.is_zero() {
        tokio::time::sleep(GLANCE.min(left)).await;
        left = left.saturating_sub(GLANCE);
        kept = decision_of(app, viewer, kept.decision.id).await?;
    }
    Ok(kept)
}

fn is_moving(kept: &Kept) -> bool {
    use Delivery::{Pending, Sending};
    let telling = kept.decision.state == State::Done && matches!(kept.delivery, Some(Pending | Sending));
    telling || matches!(kept.decision.state, State::Held { .. } | State::Checking | State::Sending { .. })
}

/// Takes a held decision back. Later it is too late: then false, and the answer shows how far it is.
pub async fn undo(app: &App, viewer: &Viewer, id: DecisionId) -> Result<(Kept, bool), Failure> {
    decision_of(app, viewer, id).await?;
    let taken_back = app.store.undo(viewer.portal_id(), viewer.user, id).await?;
    let kept = decision_of(app, viewer, id).await?;
    if taken_back {
        metrics::decided(kept.decision.action.name(), "cancelled", 1);
    }
    // Pressed twice, it was in time.
    let in_time = kept.decision.state == State::Cancelled;
    Ok((kept, in_time))
}

/// Sends a reason that did not arrive again. One of which nobody knows whether it did only goes again when the person
/// has looked; a reason never causes a second decision.
pub async fn tell_again(app: &App, viewer: &Viewer, id: DecisionId, looked: bool) -> Result<(Kept, bool), Failure> {
    decision_of(app, viewer, id).await?;
    app.store.tell_again(viewer.portal_id(), viewer.user, id, looked).await?;
    let kept = decision_of(app, viewer, id).await?;
    let goes = !matches!(kept.delivery, Some(Delivery::Failed | Delivery::Unknown));
    Ok((kept, goes))
}

/// This person's open and recent decisions, youngest first.
pub async fn recent(app: &App, viewer: &Viewer) -> Result<Vec<Kept>, Failure> {
    Ok(app.store.recent_decisions(viewer.portal_id(), viewer.user).await?)
}
