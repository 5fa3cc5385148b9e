//! A change of which nobody knows whether it ran is never sent again. Reading the portal settles it.

use super::{
    app::App,
    failure::Failure,
    portal_session::{PortalTrouble, of_person, read_as},
    review_queue::vendor_id,
    task_view::moment,
};
use crate::bitrix24::{
    Deadline, behind,
    tasks::{HistoryList, MaybeTask, Status, Task, tasks_task_get_command, tasks_task_history_list_command},
};
use crate::domain::{Action, NotDone, State};
use crate::store::decisions::{Carried, RecordError};
use chrono::{DateTime, FixedOffset, SubsecRound};
use std::time::Duration;

/// After this long without a single usable reading a person has to look.
const GIVE_UP: Duration = Duration::from_secs(24 * 3600);

/// What a reading says about a change that may have run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    /// History shows it, by this person, not before it was sent.
    Ran,
    /// The task is exactly as it was seen.
    NoTrace,
    /// Something else happened.
    Unclear,
}

/// Looks once. A positive finding is final at once, a negative one only after the waiting time.
pub async fn settle(app: &App, mut carried: Carried) {
    let (portal, id) = (carried.decision.portal, carried.decision.id);
    let sent_ago = carried.sent_ago.unwrap_or(GIVE_UP);
    let waited = sent_ago >= app.settings.settle_after;
    let to = match behind(look(app, &carried)).await {
        Ok(Finding::Ran) => Some(State::Done),
        Ok(Finding::NoTrace) if waited => Some(State::NotRun(NotDone::NoTrace)),
        Ok(Finding::Unclear) if waited => Some(State::NeedsPerson),
        Ok(_) => None,
        Err(failure) if waited && is_shut(&failure) => Some(State::NeedsPerson),
        Err(failure) => {
            tracing::warn!(%portal, decision = %id, %failure, "the outcome could not be read yet");
            (sent_ago >= GIVE_UP).then_some(State::NeedsPerson)
        }
    };
    let recorded = match to {
        Some(state) => app.store.record(&mut carried, state, None).await,
        None => {
            let pause = pause(carried.looks, app.settings.settle_after.saturating_sub(sent_ago));
            app.store.look_later(&carried, pause).await.map_err(RecordError::Store)
        }
    };
    match recorded {
        Ok(()) => tracing::info!(%portal, decision = %id, state = carried.decision.state.name(), "looked"),
        Err(error) => tracing::warn!(%portal, decision = %id, %error, "a finding could not be recorded"),
    }
    if carried.decision.state == State::Done {
        super::tell_reason::tell_own_reason(app, &carried.decision, None).await;
    }
}

/// Nobody can read the task any more on this person's behalf, and that does not pass by itself.
fn is_shut(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::SignInAgain
            | Failure::NotInstalled
            | Failure::PortalDeleted
            | Failure::Unpaid
            | Failure::NoAppRight
            | Failure::AccessClosed(_)
    )
}

/// 5, 10, 20, 40 and then 60 seconds, and exactly when the waiting time is over.
fn pause(looks: i32, left: Duration) -> Duration {
    let growing = Duration::from_secs((5 << looks.clamp(0, 4)).min(60));
    if left.is_zero() { growing } else { growing.min(left + Duration::from_millis(100)) }
}

async fn look(app: &App, carried: &Carried) -> Result<Finding, Failure> {
    let decision = carried.decision;
    let (facts, account) = of_person(app, decision.portal, decision.user).await?;
    let id = vendor_id(decision.task.get())?;
    let mut answer = read_as(app, &facts, account, |api| async move {
        let commands = vec![
            ("history".to_owned(), tasks_task_history_list_command(id, Some("STATUS"))),
            ("task".to_owned(), tasks_task_get_command(id, &["ID", "STATUS", "STATUS_CHANGED_DATE"])),
        ];
        api.batch(false, commands, Deadline::READ).await
    })
    .await?;
    let task = answer.take::<MaybeTask>("task").map_err(Failure::of_portal)?.result.0;
    // Without read access the history is an error of its own; then only a person can tell.
    match answer.take::<HistoryList>("history") {
        Ok(history) => Ok(find(carried, task.as_ref(), &history.result)),
        Err(error) if task.is_none() && error.http() == Some(400) => Ok(Finding::Unclear),
        Err(error) => Err(PortalTrouble::Call(error).into()),
    }
}

fn find(carried: &Carried, task: Option<&Task>, history: &HistoryList) -> Finding {
    let State::Unknown { since } = carried.decision.state else {
        return Finding::Unclear;
    };
    let target = match carried.decision.action {
        Action::Return => Status::Pending,
        Action::Approve => Status::Completed,
    };
    // History knows whole seconds.
    let since = since.trunc_subsecs(0);
    let ours = history.list.iter().any(|entry| {
        let by_us = entry.user().and_then(|u| u.id).is_some_and(|id| id.get() == carried.decision.user.get());
        let turned = entry.status_change() == Some((Status::SupposedlyCompleted, target));
        by_us && turned && entry.created_date.at(*since.offset()) >= since
    });
    if ours {
        return Finding::Ran;
    }
    if task.is_some_and(|task| is_as_seen(carried.decision.seen.status_changed, task)) {
        return Finding::NoTrace;
    }
    Finding::Unclear
}

fn is_as_seen(seen: Option<DateTime<FixedOffset>>, task: &Task) -> bool {
    let now = moment(&task.status_changed_date);
    *task.status == Some(Status::SupposedlyCompleted)
        && match (seen, now) {
            (Some(seen), Some(now)) => seen == now,
            // The portal never told it: status 4 without our entry in its history is all there is to read.
            (None, _) => true,
            (Some(_), None) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_grow_apart_and_meet_the_end_of_the_waiting_time() {
        let secs = |looks, left| pause(looks, Duration::from_secs(left)).as_millis();
        assert_eq!([secs(0, 65), secs(1, 65), secs(2, 65), secs(9, 65)], [5_000, 10_000, 20_000, 60_000]);
        assert_eq!([secs(2, 3), secs(2, 0)], [3_100, 20_000]);
    }
}
