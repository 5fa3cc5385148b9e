//! Putting a task aside for a while: to a time, or until its assignee acts. Only read from Bitrix24, never changed there.

use super::{
    app::App,
    failure::Failure,
    levels::settings_of,
    open::Viewer,
    portal_session::read_batch,
    review_queue::vendor_id,
    task_view::{moment, waiting_task},
};
use crate::bitrix24::{
    Reaction,
    app::{MaybeProfile, profile_command},
    tasks::{MaybeTask, TaskResults, tasks_task_get_command, tasks_task_result_list_command},
};
use crate::domain::{
    TaskId, WaitingTask, Zone,
    snooze::{Choice, End, Snooze},
};
use chrono::{DateTime, FixedOffset};
use std::collections::HashMap;

const SELECT: &[&str] = &["ID", "TITLE", "STATUS", "STATUS_CHANGED_DATE"];

/// Results of so many tasks are asked for in one call.
const MOST: usize = 50;

/// What became of the wish to put a task aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// It is put aside until then, by the person's clock.
    Until(DateTime<FixedOffset>),
    /// It is put aside until its assignee acts.
    UntilActs,
    /// It is not: the day that was chosen is over, or too far away.
    NotAhead,
}

/// Puts a task that this person may see aside.
///
/// # Errors
/// [`Failure::TaskUnavailable`] for a task that they may not see, [`Failure::TooManySnoozed`].
pub async fn snooze(app: &App, viewer: &Viewer, task: TaskId, choice: Choice) -> Result<Aside, Failure> {
    let id = vendor_id(task.get())?;
    let commands = vec![
        ("me".to_owned(), profile_command()),
        ("task".to_owned(), tasks_task_get_command(id, SELECT)),
        ("results".to_owned(), tasks_task_result_list_command(id)),
    ];
    let mut answer = read_batch(app, &viewer.portal, viewer.account(), commands).await?;
    let found = answer.take::<MaybeTask>("task").ok().and_then(|found| found.result.0);
    let found = found.filter(|found| waiting_task(found).is_some_and(|seen| seen.id == task));
    let found = found.ok_or(Failure::TaskUnavailable)?;
    let me = answer.take::<MaybeProfile>("me").ok().and_then(|me| me.result.0);
    let zone = Zone::of(me.as_ref().and_then(|me| me.time_zone.as_deref()), answer.envelope.clock);
    let hours = settings_of(app, viewer).await?.week(viewer.user).hours;
    let (end, aside) = match (choice, choice.time(app.world.now(), zone, hours)) {
        (Choice::Acts, _) => {
            let status_changed = moment(&found.status_changed_date).map(|at| at.to_utc());
            let result = match answer.take::<TaskResults>("results") {
                Ok(results) => newest(&results.result),
                // A portal that has none: only the status can tell.
                Err(error) if matches!(error.reaction(), Reaction::NotFound | Reaction::MissingScope) => None,
                // One that is there and was not seen would be taken for a new one.
                Err(error) => return Err(Failure::of_portal(error)),
            };
            (End::Acts { status_changed, result }, Aside::UntilActs)
        }
        (_, Some(until)) => (End::At(until.to_utc()), Aside::Until(until)),
        (_, None) => return Ok(Aside::NotAhead),
    };
    match app.store.snooze(viewer.portal_id(), viewer.user, Snooze { task, end }).await? {
        true => Ok(aside),
        false => Err(Failure::TooManySnoozed),
    }
}

/// Takes a task up again.
pub async fn wake(app: &App, viewer: &Viewer, task: TaskId) -> Result<(), Failure> {
    Ok(app.store.wake(viewer.portal_id(), viewer.user, &[task]).await?)
}

fn newest(results: &TaskResults) -> Option<i64> {
    results.0.iter().map(|result| result.id.get()).max()
}

/// Those of the snoozes of listed tasks that nothing has ended yet. The others are taken up.
pub(super) async fn still_asleep(
    app: &App,
    viewer: &Viewer,
    snoozes: &[Snooze],
    listed: &HashMap<TaskId, &WaitingTask>,
) -> Result<HashMap<TaskId, Snooze>, Failure> {
    let (mut asleep, mut woken, mut unsure) = (HashMap::new(), Vec::new(), Vec::new());
    for snooze in snoozes {
        let Some(task) = listed.get(&snooze.task) else { continue };
        match snooze.end {
            End::At(_) => drop(asleep.insert(snooze.task, *snooze)),
            End::Acts { status_changed, .. } if task.status_changed.map(|at| at.to_utc()) != status_changed => {
                woken.push(snooze.task);
            }
            End::Acts { result, .. } => unsure.push((*snooze, result)),
        }
    }
    for chunk in unsure.chunks(MOST) {
        // What could not be read has not acted, as far as anybody knows.
        let results = newest_results(app, viewer, chunk.iter().map(|(snooze, _)| snooze.task)).await;
        let results = results.unwrap_or_else(|failure| {
            tracing::warn!(portal = %viewer.portal_id(), %failure, "results of snoozed tasks could not be read");
            HashMap::new()
        });
        for (snooze, seen) in chunk {
            match results.get(&snooze.task) {
                Some(now) if now != seen => woken.push(snooze.task),
                _ => drop(asleep.insert(snooze.task, *snooze)),
            }
        }
    }
    if !woken.is_empty() {
        app.store.wake(viewer.portal_id(), viewer.user, &woken).await?;
    }
    Ok(asleep)
}

async fn newest_results(
    app: &App,
    viewer: &Viewer,
    tasks: impl Iterator<Item = TaskId>,
) -> Result<HashMap<TaskId, Option<i64>>, Failure> {
    let tasks: Vec<TaskId> = tasks.collect();
    let command = |task: &TaskId| Ok((format!("r{task}"), tasks_task_result_list_command(vendor_id(task.get())?)));
    let commands = tasks.iter().map(command).collect::<Result<Vec<_>, Failure>>()?;
    let mut answer = read_batch(app, &viewer.portal, viewer.account(), commands).await?;
    let result = |task: &TaskId| {
        let results = answer.take::<TaskResults>(&format!("r{task}")).ok()?.result;
        Some((*task, newest(&results)))
    };
    Ok(tasks.iter().filter_map(result).collect())
}
