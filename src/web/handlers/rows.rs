//! From what the use cases found to the rows of a page.

use crate::domain::{
    DecisionId, ListView, Queue, Refusal, State, TaskId, UserId, WaitingTask,
    snooze::{End, Snooze},
    view::Head,
};
use crate::pages::{
    Asleep, Choice, GroupHead, Other, QueuePage, QueueRows, RowContext, Shell, Standing, TaskRow, ViewForm, Who,
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
use chrono::{DateTime, FixedOffset, Offset, Utc};
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
    let left_out = matches!(decision.state, State::Refused(Refusal::BeingReturned | Refusal::BeingAccepted));
    let at = |at| if left_out { None } else { Some(at) };
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
    let left_out =
        |kept: &Kept| matches!(kept.decision.state, State::Refused(Refusal::BeingReturned | Refusal::BeingAccepted));
    for kept in decide::recent(app, viewer).await?.into_iter().filter(|kept| !left_out(kept)) {
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

pub(super) async fn queue_page(app: &App, viewer: &Viewer, shell: Shell, looked: Looked) -> Result<QueuePage, Failure> {
    let newest = newest(app, viewer).await?;
    let rows = |tasks: Vec<WaitingTask>| -> Result<Vec<TaskRow>, Failure> {
        tasks
            .into_iter()
            .map(|task| {
                let kept = newest.get(&task.id);
                row(app, viewer, task, kept)
            })
            .collect()
    };
    let lang = shell.lang;
    let mut page = QueuePage::new(shell, viewer.user, app.world.now());
    let settings = settings_of(app, viewer).await?;
    page.choices = Choice::all(&saved_reasons(app, viewer).await?, &settings, lang, &viewer.lang);
    let context: RowContext = page.rows.context.under(Arc::new(settings));
    let queue = looked.review.queue;
    let listed: HashSet<TaskId> = queue.mine.iter().chain(&queue.also).map(|task| task.id).collect();
    let unsettled = unsettled(app, viewer, newest.values(), &listed).await?;
    let unsettled = unsettled.into_iter().map(|(kept, task)| {
        let standing = standing(&kept, viewer.user, Some(&task));
        Ok(TaskRow::listed(task, fresh_id(app)?, Some(standing)))
    });
    page.bulk = recent_bulk(app, viewer).await?.map(|bulk| (bulk.id, bulk.tally));
    page.unsettled = unsettled.collect::<Result<_, Failure>>()?;
    let (zone, now) = (zone(&queue), app.world.now());
    let listed = |tasks: Vec<WaitingTask>| -> Result<Vec<TaskRow>, Failure> {
        let heads = heads(&looked.view, &tasks, now);
        let mut rows = rows(tasks)?;
        for (row, head) in rows.iter_mut().zip(heads) {
            row.asleep = looked.snoozes.get(&row.id).map(|snooze| asleep(snooze, zone));
            row.head = head;
        }
        Ok(rows)
    };
    page.rows = QueueRows {
        context,
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
    };
    Ok(page)
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

/// The portal's clock, as its own dates tell it.
fn zone(queue: &Queue) -> FixedOffset {
    let dated = queue.mine.iter().chain(&queue.also).find_map(|task| task.handed_in);
    dated.map_or(Utc.fix(), |at| *at.offset())
}

fn asleep(snooze: &Snooze, zone: FixedOffset) -> Asleep {
    match snooze.end {
        End::At(until) => Asleep::Until(until.with_timezone(&zone)),
        End::Acts { .. } => Asleep::Acts,
    }
}

pub(super) fn context(shell: &Shell, view: crate::pages::View, viewer: UserId, app: &App) -> RowContext {
    RowContext::new(shell, view, viewer, app.world.now())
}
