//! From what the use cases found to the rows of a page.

use crate::domain::{
    DecisionId, ListView, Settings, TaskId, UserId, WaitingTask, Zone,
    snooze::{End, Snooze},
    view::Head,
};
use crate::pages::{
    Asleep, Choice, GroupHead, Other, QueuePage, QueueRows, RowContext, Shell, Standing, TaskRow, View, ViewForm, Who,
};
use crate::usecases::{
    App, Failure,
    bulk::recent_bulk,
    decide::{self, Kept},
    levels::settings_of,
    list_view::Looked,
    open::Viewer,
    saved_reasons::saved_reasons,
    unsettled::unsettled,
};
use chrono::{DateTime, FixedOffset, Utc};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

pub(super) fn fresh_id(app: &App) -> Result<DecisionId, Failure> {
    Ok(DecisionId(app.world.id()?))
}

/// `task` is what the page shows of the task: the one place where a name for the other person may be.
pub(super) fn standing(kept: &Kept, viewer: UserId, task: Option<&WaitingTask>) -> Standing {
    let decision = &kept.decision;
    // Of a task that was left out no more is known than who is deciding it.
    let at = |at| if decision.state.is_left_out() { None } else { Some(at) };
    let other = kept.other.map(|other| Other { who: who(other.user, viewer, task), at: at(other.at) });
    Standing {
        id: decision.id,
        action: decision.action,
        state: decision.state,
        delivery: kept.delivery,
        other,
        reason: kept.reason.clone(),
        following: kept.following,
    }
}

fn who(user: UserId, viewer: UserId, task: Option<&WaitingTask>) -> Who {
    let mut known = task.iter().flat_map(|task| [&task.creator, &task.assignee]).flatten();
    match known.find(|person| person.id == user && !person.name.is_empty()) {
        _ if user == viewer => Who::You,
        Some(person) => Who::Named(person.name.clone()),
        None => Who::Someone,
    }
}

/// A decision stands at a task while it is open, or as long as the task is as it was when it was decided on.
fn still_stands(kept: &Kept, status_changed: Option<DateTime<FixedOffset>>) -> bool {
    let seen = kept.decision.seen.status_changed.map(|at| at.to_utc());
    kept.decision.state.is_open() || seen == status_changed.map(|at| at.to_utc())
}

/// The newest decision of each task. That a bulk left a task out is told on the bulk's own page.
pub(super) async fn newest(app: &App, viewer: &Viewer) -> Result<HashMap<TaskId, Kept>, Failure> {
    let mut newest = HashMap::new();
    for kept in decide::recent(app, viewer).await?.into_iter().filter(|kept| !kept.decision.state.is_left_out()) {
        newest.entry(kept.decision.task).or_insert(kept);
    }
    Ok(newest)
}

pub(super) fn row(app: &App, viewer: &Viewer, task: WaitingTask, decided: Option<&Kept>) -> Result<TaskRow, Failure> {
    let stands = decided.filter(|kept| still_stands(kept, task.status_changed));
    let standing = stands.map(|kept| standing(kept, viewer.user, Some(&task)));
    Ok(TaskRow::listed(task, fresh_id(app)?, standing))
}

/// What became of a decision, for a script that has the rest of the row.
pub(super) fn state_row(app: &App, kept: &Kept) -> Result<TaskRow, Failure> {
    let decision = &kept.decision;
    // After a wish that came to nothing the next one stands on the same sight.
    Ok(TaskRow::state_only(
        decision.task,
        decision.seen.status_changed,
        fresh_id(app)?,
        Some(standing(kept, decision.user, None)),
    ))
}

/// The list as a page.
pub(super) async fn queue_page(app: &App, viewer: &Viewer, shell: Shell, looked: Looked) -> Result<QueuePage, Failure> {
    let known = Known::read(app, viewer).await?;
    let choices = Choice::all(&saved_reasons(app, viewer).await?, &known.settings, shell.lang, &viewer.lang);
    let queue = &looked.review.queue;
    let listed: HashSet<TaskId> = queue.mine.iter().chain(&queue.also).map(|task| task.id).collect();
    let unsettled = unsettled(app, viewer, known.newest.values(), &listed).await?;
    let unsettled = unsettled.into_iter().map(|(kept, task)| {
        let standing = standing(&kept, viewer.user, Some(&task));
        Ok(TaskRow::listed(task, fresh_id(app)?, Some(standing)))
    });
    let unsettled = unsettled.collect::<Result<_, Failure>>()?;
    let bulk = recent_bulk(app, viewer).await?.map(|bulk| (bulk.id, bulk.tally));
    let rows = known.rows(app, viewer, &shell, looked)?;
    Ok(QueuePage { shell, said: None, bulk, unsettled, rows, choices })
}

/// The list alone, for a page that is there already.
pub(super) async fn queue_rows(
    app: &App,
    viewer: &Viewer,
    shell: &Shell,
    looked: Looked,
) -> Result<QueueRows, Failure> {
    Known::read(app, viewer).await?.rows(app, viewer, shell, looked)
}

/// What is known here of the rows of a list.
struct Known {
    newest: HashMap<TaskId, Kept>,
    settings: Arc<Settings>,
}

impl Known {
    async fn read(app: &App, viewer: &Viewer) -> Result<Self, Failure> {
        let newest = newest(app, viewer).await?;
        Ok(Self { newest, settings: Arc::new(settings_of(app, viewer).await?) })
    }

    fn rows(&self, app: &App, viewer: &Viewer, shell: &Shell, looked: Looked) -> Result<QueueRows, Failure> {
        let (queue, zone, now) = (looked.review.queue, looked.review.zone, app.world.now());
        let listed = |tasks: Vec<WaitingTask>| -> Result<Vec<TaskRow>, Failure> {
            let heads = heads(&looked.view, &tasks, now);
            let rows = tasks.into_iter().zip(heads).map(|(task, head)| {
                let kept = self.newest.get(&task.id);
                let mut row = row(app, viewer, task, kept)?;
                row.asleep = looked.snoozes.get(&row.id).map(|snooze| asleep(snooze, zone));
                row.head = head;
                Ok(row)
            });
            rows.collect()
        };
        Ok(QueueRows {
            context: RowContext::new(shell, View::Queue, viewer.user, now).under(self.settings.clone()),
            mine: listed(queue.mine)?,
            also: listed(queue.also)?,
            mine_total: queue.mine_total,
            mine_cut: queue.mine_cut,
            also_cut: queue.also_cut,
            complete: queue.complete,
            stamp: looked.stamp,
            form: ViewForm {
                snoozed: looked.snoozes.len(),
                view: looked.view.clone(),
                projects: looked.projects,
                without_project: looked.without_project,
                assignees: looked.assignees,
            },
        })
    }
}

/// The head of each group at its first row.
fn heads(view: &ListView, tasks: &[WaitingTask], now: DateTime<Utc>) -> Vec<Option<GroupHead>> {
    let heads: Vec<_> = tasks.iter().map(|task| view.head(task, now)).collect();
    let first = |(at, head): (usize, &Option<Head>)| {
        let head = head.clone().filter(|_| at == 0 || heads[at - 1] != heads[at])?;
        let count = heads[at..].iter().take_while(|next| next.as_ref() == Some(&head)).count();
        Some(GroupHead { head, count })
    };
    heads.iter().enumerate().map(first).collect()
}

fn asleep(snooze: &Snooze, zone: Zone) -> Asleep {
    match snooze.end {
        End::At(until) => Asleep::Until(zone.at(until)),
        End::Acts { .. } => Asleep::Acts,
    }
}

pub(super) fn context(shell: &Shell, view: View, viewer: UserId, app: &App) -> RowContext {
    RowContext::new(shell, view, viewer, app.world.now())
}
