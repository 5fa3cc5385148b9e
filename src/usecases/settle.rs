//! A change of which nobody knows whether it ran is never sent again. Reading the portal settles it.

use super::{
    app::App,
    batches::{Kind, chunks},
    carry_out::beat,
    failure::Failure,
    portal_session::{of_person, read_batch},
    review_queue::vendor_id,
    sight,
    task_view::moment,
    tell_reason::tell_own_reasons,
};
use crate::bitrix24::{
    behind,
    tasks::{HistoryList, Status, Task, tasks_task_history_list_command},
};
use crate::domain::{Action, NotDone, PortalId, State, TaskId, UserId};
use crate::store::decisions::{Carried, Ended};
use crate::telemetry::metrics;
use chrono::{DateTime, FixedOffset, SubsecRound};
use futures_util::future::join_all;
use std::{collections::BTreeMap, time::Duration};

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
    /// The portal did not say.
    Unread,
}

/// Looks once, at decisions that were all claimed under one lease. A positive finding is final at once, a negative one
/// only after the waiting time.
pub async fn settle(app: &App, claimed: Vec<Carried>) {
    let mut people: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for carried in claimed {
        people.entry((carried.decision.portal, carried.decision.user)).or_default().push(carried);
    }
    join_all(people.into_iter().map(|((portal, user), theirs)| settle_of(app, portal, user, theirs))).await;
}

/// A portal at its limit lets what happens behind people's backs wait for longer than a lease lasts.
async fn settle_of(app: &App, portal: PortalId, user: UserId, theirs: Vec<Carried>) {
    let Some(lease) = theirs.first().map(|first| first.lease) else { return };
    let ids: Vec<_> = theirs.iter().map(|one| one.decision.id.0).collect();
    let looking = async {
        for chunk in chunks(app, portal, Kind::Check, theirs) {
            let found = behind(look(app, portal, user, &chunk)).await;
            record(app, portal, chunk, found).await;
        }
    };
    tokio::pin!(looking);
    tokio::select! {
        () = &mut looking => {}
        // What is another replica's by now is not written here.
        () = beat(app, portal, &ids, lease) => looking.await,
    }
}

/// Writes down what is final by now, and when to look again at the others.
async fn record(app: &App, portal: PortalId, looked: Vec<Carried>, found: Result<Vec<Finding>, Failure>) {
    let (mut ended, mut later) = (Vec::new(), Vec::new());
    for (nth, carried) in looked.into_iter().enumerate() {
        let sent_ago = carried.sent_ago.unwrap_or(GIVE_UP);
        let found = found.as_ref().map(|found| found.get(nth).copied().unwrap_or(Finding::Unread));
        match end(found, sent_ago, app.settings.settle_after) {
            Some(to) => ended.push(Ended { carried, to, other: None }),
            None => later.push((carried, pause(carried.looks, app.settings.settle_after.saturating_sub(sent_ago)))),
        }
    }
    if let Err(failure) = &found {
        tracing::warn!(%portal, decisions = later.len(), %failure, "outcomes could not be read yet");
    }
    if let Err(error) = app.store.look_later(&later).await {
        tracing::warn!(%portal, %error, "the next look could not be planned; the leases run out");
    }
    let ended = app.store.record(ended).await.unwrap_or_else(|error| {
        tracing::warn!(%portal, %error, "findings could not be recorded; the leases run out");
        Vec::new()
    });
    for Carried { decision, sent_ago, .. } in &ended {
        metrics::decided(decision.action.name(), decision.state.name(), 1);
        sent_ago.iter().copied().for_each(metrics::settled);
        tracing::info!(%portal, decision = %decision.id, state = decision.state.name(), "settled");
    }
    let done = ended.into_iter().filter(|one| one.decision.state == State::Done);
    tell_own_reasons(app, done.map(|one| (one.decision, None)).collect());
}

/// What is final after a request that left so long ago; `None`: look again.
fn end(found: Result<Finding, &Failure>, sent_ago: Duration, settle_after: Duration) -> Option<State> {
    let waited = sent_ago >= settle_after;
    match found {
        Ok(Finding::Ran) => Some(State::Done),
        Ok(Finding::NoTrace) if waited => Some(State::NotRun(NotDone::NoTrace)),
        Ok(Finding::Unclear) if waited => Some(State::NeedsPerson),
        Err(failure) if waited && is_shut(failure) => Some(State::NeedsPerson),
        Ok(Finding::NoTrace | Finding::Unclear) => None,
        Ok(Finding::Unread) | Err(_) => (sent_ago >= GIVE_UP).then_some(State::NeedsPerson),
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

/// A finding for each: by the tasks as they are, in one short call, and only where these leave it open by their histories.
async fn look(app: &App, portal: PortalId, user: UserId, chunk: &[Carried]) -> Result<Vec<Finding>, Failure> {
    let (facts, account) = of_person(app, portal, user).await?;
    let wanted: Vec<TaskId> = chunk.iter().map(|carried| carried.decision.task).collect();
    let tasks = sight::read(app, &facts, account, &wanted, SELECT).await?;
    let by_task = |one: &Carried| (*one, shown(one, sight::find(&tasks, one.decision.task)));
    let by_task: Vec<(Carried, Option<Finding>)> = chunk.iter().map(by_task).collect();
    let open = by_task.iter().filter(|(_, found)| found.is_none()).map(|(Carried { decision, .. }, _)| {
        let id = vendor_id(decision.task.get())?;
        Ok((decision.id.to_string(), tasks_task_history_list_command(id, Some("STATUS"))))
    });
    let commands = open.collect::<Result<Vec<_>, Failure>>()?;
    if commands.is_empty() {
        return Ok(by_task.into_iter().filter_map(|(_, found)| found).collect());
    }
    let mut answer = read_batch(app, &facts, account, commands).await?;
    let finding = |(one, found): (Carried, Option<Finding>)| {
        if let Some(found) = found {
            return found;
        }
        match answer.take::<HistoryList>(&one.decision.id.to_string()) {
            Ok(history) => told(&one, sight::find(&tasks, one.decision.task), &history.result),
            // Without read access the history is an error of its own; then only a person can tell.
            Err(error) if error.http() == Some(400) && sight::find(&tasks, one.decision.task).is_none() => {
                Finding::Unclear
            }
            Err(error) => {
                tracing::warn!(%portal, decision = %one.decision.id, %error, "a history could not be read yet");
                Finding::Unread
            }
        }
    };
    Ok(by_task.into_iter().map(finding).collect())
}

const SELECT: &[&str] = &["ID", "STATUS", "STATUS_CHANGED_DATE", "STATUS_CHANGED_BY"];

/// What the task itself shows: changed as we wished, by this person, not before it was sent; or exactly as it was seen.
fn shown(carried: &Carried, task: Option<&Task>) -> Option<Finding> {
    let (State::Unknown { since }, task) = (carried.decision.state, task?) else { return Some(Finding::Unclear) };
    let by_us = (*task.status_changed_by).is_some_and(|id| id.get() == carried.decision.user.get());
    let at = moment(&task.status_changed_date);
    if by_us
        && *task.status == Some(target(carried.decision.action))
        && at.is_some_and(|at| at >= since.trunc_subsecs(0))
    {
        return Some(Finding::Ran);
    }
    let seen = carried.decision.seen.status_changed;
    (seen.is_some() && is_as_seen(seen, task)).then_some(Finding::NoTrace)
}

/// What the history tells of a task that shows neither.
fn told(carried: &Carried, task: Option<&Task>, history: &HistoryList) -> Finding {
    let State::Unknown { since } = carried.decision.state else {
        return Finding::Unclear;
    };
    // History knows whole seconds.
    let since = since.trunc_subsecs(0);
    let ours = history.list.iter().any(|entry| {
        let by_us = entry.user().and_then(|u| u.id).is_some_and(|id| id.get() == carried.decision.user.get());
        let turned = entry.status_change() == Some((Status::SupposedlyCompleted, target(carried.decision.action)));
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

/// What a task is after it.
pub(super) fn target(action: Action) -> Status {
    match action {
        Action::Return => Status::Pending,
        Action::Approve => Status::Completed,
    }
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
    use crate::domain::{Decision, DecisionId, Seen};
    use serde_json::json;

    #[test]
    fn i1_what_the_task_itself_shows() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap();
        let (seen, since) = (at("2026-11-20T10:00:00+03:00"), at("2026-11-20T12:00:00.7+03:00"));
        let carried = |seen, action| Carried {
            decision: Decision {
                portal: PortalId(uuid::Uuid::nil()),
                id: DecisionId(uuid::Uuid::nil()),
                user: UserId::new(2).unwrap(),
                task: TaskId::new(7).unwrap(),
                action,
                seen: Seen { status_changed: seen },
                state: State::Unknown { since },
            },
            lease: uuid::Uuid::nil(),
            sent_ago: None,
            looks: 0,
        };
        let task = |status: &str, at: &str, by: &str| -> Task {
            let fields = json!({"id": "7", "status": status, "statusChangedDate": at, "statusChangedBy": by});
            serde_json::from_value(fields).unwrap()
        };
        let cases = [
            // By us, at or after the second in which it was sent.
            (task("2", "2026-11-20T12:00:00+03:00", "2"), Some(Finding::Ran)),
            (task("2", "2026-11-20T09:00:01+00:00", "2"), Some(Finding::Ran)),
            // Before it, by somebody else, to another status, with nobody named: the history has to tell.
            (task("2", "2026-11-20T11:59:59+03:00", "2"), None),
            (task("2", "2026-11-20T12:00:05+03:00", "3"), None),
            (task("3", "2026-11-20T12:00:05+03:00", "2"), None),
            (task("2", "2026-11-20T12:00:05+03:00", ""), None),
            // As it was seen; and handed in anew: 4 -> 2 -> 4.
            (task("4", "2026-11-20T07:00:00+00:00", "3"), Some(Finding::NoTrace)),
            (task("4", "2026-11-20T12:00:09+03:00", "3"), None),
        ];
        for (nth, (task, expected)) in cases.iter().enumerate() {
            assert_eq!(shown(&carried(Some(seen), Action::Return), Some(task)), *expected, "case {nth}");
        }
        let waits = task("4", "2026-11-20T10:00:00+03:00", "3");
        assert_eq!(shown(&carried(None, Action::Return), Some(&waits)), None, "nobody knows what was seen");
        assert_eq!(shown(&carried(Some(seen), Action::Return), None), None, "not visible");
        let accepted = task("5", "2026-11-20T12:00:03+03:00", "2");
        assert_eq!(shown(&carried(Some(seen), Action::Approve), Some(&accepted)), Some(Finding::Ran));
        assert_eq!(shown(&carried(Some(seen), Action::Return), Some(&accepted)), None);
    }

    #[test]
    fn looks_grow_apart_and_meet_the_end_of_the_waiting_time() {
        let secs = |looks, left| pause(looks, Duration::from_secs(left)).as_millis();
        assert_eq!([secs(0, 65), secs(1, 65), secs(2, 65), secs(9, 65)], [5_000, 10_000, 20_000, 60_000]);
        assert_eq!([secs(2, 3), secs(2, 0)], [3_100, 20_000]);
    }
}
