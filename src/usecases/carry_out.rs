//! Decisions of one person whose undo windows are over: all are asked about, then those that may be are sent, then the
//! answers are sorted. An answer is had before the act, so the two are never in one batch; and a request whose answer is
//! lost leaves each of its decisions unknown and is never sent again.

mod check;
mod send;
mod verdict;

use super::{
    app::App,
    failure::Failure,
    lease::{self, LEASE},
    portal_session::of_person,
    tell_reason::{Assignee, tell_own_reasons},
};
use crate::domain::{Decision, NotDone, PortalId, State, TaskId, UserId};
use crate::store::{
    credentials::Account,
    decisions::{Carried, Ended},
    portals::PortalFacts,
};
use crate::telemetry::metrics;
use check::{Over, check_all, look_again};
use chrono::{DateTime, FixedOffset};
use send::{send_all, without_person};
use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// How often a request that certainly did not run is followed by another, and after how long.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];
/// So long an answer about rights counts. A request that leaves later asks anew; one that leaves after a pause at least
/// looks whether the task is as it was.
const FRESH: Duration = Duration::from_secs(15);

/// Whose decisions they are, where, and whom their reasons are told.
struct Person<'a> {
    facts: PortalFacts,
    account: Account,
    assignees: &'a Mutex<HashMap<TaskId, Assignee>>,
}

impl<'a> Person<'a> {
    async fn of(
        app: &App,
        portal: PortalId,
        user: UserId,
        assignees: &'a Mutex<HashMap<TaskId, Assignee>>,
    ) -> Result<Self, Failure> {
        let (facts, account) = of_person(app, portal, user).await?;
        Ok(Self { facts, account, assignees })
    }

    /// With the portal's present address.
    async fn anew(&self, app: &App) -> Result<Self, Failure> {
        Self::of(app, self.account.portal, self.account.user, self.assignees).await
    }

    fn meet(&self, assignees: impl Iterator<Item = (TaskId, Assignee)>) {
        if let Ok(mut known) = self.assignees.lock() {
            known.extend(assignees);
        }
    }

    fn assignee(&self, task: TaskId) -> Option<Assignee> {
        self.assignees.lock().ok()?.get(&task).cloned()
    }
}

/// An answer about rights.
#[derive(Debug, Clone, Copy)]
struct Checked {
    /// The portal's clock.
    clock: DateTime<FixedOffset>,
    /// When it was asked for.
    at: Instant,
}

/// A decision that may be sent.
struct Ready {
    carried: Carried,
    checked: Checked,
}

impl Ready {
    fn is_fresh(&self) -> bool {
        self.checked.at.elapsed() < FRESH
    }
}

/// Carries decisions of one person in one portal, all claimed under one lease, to their ends or to `unknown`. Extends the
/// lease while it waits for the portal; when it is lost everything stops where it is, because another replica reads from
/// there.
pub async fn carry_out(app: &App, mut carried: Vec<Carried>) {
    // One order, whatever the database's, so that what happens once can be made to happen again.
    carried.sort_by_key(|carried| carried.decision.task);
    let Some(first) = carried.first().copied() else { return };
    let (portal, ids) = (first.decision.portal, carried.iter().map(|c| c.decision.id.0).collect::<Vec<_>>());
    tokio::select! {
        () = rounds(app, carried) => {}
        () = beat(app, portal, &ids, first.lease) => tracing::warn!(%portal, "other replicas carry these decisions now"),
    }
}

/// Keeps these decisions until every one of them is final, or another replica's.
pub(super) async fn beat(app: &App, portal: PortalId, ids: &[Uuid], lease: Uuid) {
    lease::beat(portal, || app.store.extend_leases(portal, ids, lease, LEASE)).await;
}

/// Until nothing comes back, or the portal has asked to slow down too often.
async fn rounds(app: &App, carried: Vec<Carried>) {
    let (assignees, first) = (Mutex::default(), carried.first().map(|first| first.decision));
    let Some(Decision { portal, user, .. }) = first else { return };
    let mut person = match Person::of(app, portal, user, &assignees).await {
        Ok(person) => person,
        // The database will be back; the leases run out and somebody asks again. Nothing was sent.
        Err(Failure::Busy(_)) => return,
        Err(failure) => return drop(record(app, without_person(carried, &failure)).await),
    };
    let (mut ready, over) = check_all(app, &person, carried).await;
    record_all(app, &person, over).await;
    for pause in PAUSES {
        let limited = send_all(app, &person, ready).await;
        if limited.is_empty() {
            return;
        }
        tokio::time::sleep(pause).await;
        person = match person.anew(app).await {
            Ok(person) => person,
            Err(Failure::Busy(_)) => return,
            Err(failure) => return drop(record(app, without_person(all_of(limited), &failure)).await),
        };
        let (still, over) = look_again(app, &person, limited).await;
        record_all(app, &person, over).await;
        ready = still;
    }
    let limited = all_of(send_all(app, &person, ready).await);
    let over = limited.into_iter().map(|carried| (carried, State::NotRun(NotDone::Limited), None));
    record_all(app, &person, over.collect()).await;
}

fn all_of(ready: Vec<Ready>) -> Vec<Carried> {
    ready.into_iter().map(|one| one.carried).collect()
}

/// Writes the ends down, and tells the reasons of what is done.
async fn record_all(app: &App, person: &Person<'_>, over: Vec<Over>) {
    let done = record(app, over).await;
    let done = done.into_iter().map(|one| (one.decision, person.assignee(one.decision.task)));
    tell_own_reasons(app, done.collect());
}

/// Those of them that are done.
async fn record(app: &App, over: Vec<Over>) -> Vec<Carried> {
    let Some(portal) = over.first().map(|(carried, ..)| carried.decision.portal) else { return Vec::new() };
    let ended = over.into_iter().map(|(carried, to, other)| Ended { carried, to, other }).collect();
    let written = match app.store.record(ended).await {
        Ok(written) => written,
        Err(error) => {
            tracing::error!(%portal, %error, "ends of decisions could not be recorded; reading will tell them");
            return Vec::new();
        }
    };
    for one in &written {
        let (id, state) = (one.decision.id, one.decision.state.name());
        metrics::decided(one.decision.action.name(), state, 1);
        tracing::info!(%portal, decision = %id, state, "decision carried");
    }
    written.into_iter().filter(|one| one.decision.state == State::Done).collect()
}
