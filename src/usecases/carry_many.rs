//! Many decisions of one person whose undo windows are over: all are asked about in batches, then those that may be are
//! sent in batches. An answer is had before the act, so the two are never in one batch; and a batch whose answer is lost
//! leaves each of its decisions unknown and is never sent again.

use super::{
    app::App,
    batches::{Kind, chunks},
    carry_out::{
        HEARTBEAT, LEASE, MOST_AGAIN, PAUSES, SELECT, Sent, after_refusal, ended_before, ended_by, judge, sorted,
    },
    failure::Failure,
    portal_session::{Attempt, PortalTrouble, of_person, read_as, write_once},
    review_queue::vendor_id,
    tell_reason::{Assignee, tell_own_reason},
};
use crate::bitrix24::{
    Answer, BatchAnswer, CallError, Command, Deadline, Ran, Reaction, behind,
    tasks::{
        Access, Action as Right, ListQuery, MaybeTask, Task, TaskList, tasks_task_approve_command,
        tasks_task_disapprove_command, tasks_task_getaccess_command, tasks_task_list_command,
    },
};
use crate::domain::{Action, NotDone, Refusal, State, TaskId};
use crate::store::{
    credentials::Account,
    decisions::{Carried, Other, RecordError},
    portals::PortalFacts,
};
use chrono::{DateTime, FixedOffset};
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Batches of one person that are under way at once. A portal lets eight calls of ours in; people who look at their
/// lists meanwhile need some of them.
const LANES: usize = 5;
/// Rows of the database that are written at once.
const PENS: usize = 4;

/// Whose decisions they are, where, and whom their reasons are told.
struct Person {
    facts: PortalFacts,
    account: Account,
    assignees: Mutex<HashMap<TaskId, Assignee>>,
}

/// Carries decisions of one person in one portal, all claimed under one lease, to their ends or to `unknown`.
pub async fn carry_many(app: &App, mut carried: Vec<Carried>) {
    // One order, whatever the database's, so that what happens once can be made to happen again.
    carried.sort_by_key(|carried| carried.decision.task);
    let Some(first) = carried.first().copied() else { return };
    let (portal, ids) = (first.decision.portal, carried.iter().map(|c| c.decision.id.0).collect::<Vec<_>>());
    let beating = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match app.store.extend_leases(portal, &ids, first.lease, LEASE).await {
                // Every other one is final, or another replica's.
                Ok(0) => return,
                Ok(_) => {}
                Err(error) => tracing::warn!(%portal, %error, "leases could not be extended"),
            }
        }
    };
    tokio::select! {
        () = steps(app, carried) => {}
        () = beating => tracing::warn!(%portal, "other replicas carry these decisions now"),
    }
}

/// Asks before each request that changes something, also before one that follows another which certainly did not run.
async fn steps(app: &App, carried: Vec<Carried>) {
    let (mut left, mut pauses, mut again) = (carried, PAUSES.into_iter(), 0);
    while let Some(first) = left.first() {
        let (facts, account) = match of_person(app, first.decision.portal, first.decision.user).await {
            Ok(found) => found,
            // The database will be back; the leases run out and somebody asks again. Nothing was sent.
            Err(Failure::Busy(_)) => return,
            Err(failure) => return end_all(app, left, ended_before(&failure)).await,
        };
        let person = Person { facts, account, assignees: Mutex::default() };
        let allowed = check_all(app, &person, left).await;
        let sent = send_all(app, &person, allowed).await;
        let came_back = sent.iter().any(|(_, how)| matches!(how, Back::Again));
        let limited = sent.iter().any(|(_, how)| matches!(how, Back::Limited));
        let pause = limited.then(|| pauses.next()).flatten();
        let (mut later, mut over) = (Vec::new(), Vec::new());
        for (carried, how) in sent {
            match how {
                Back::Again if again < MOST_AGAIN => later.push(carried),
                Back::Again => over.push((carried, State::Refused(Refusal::SignInAgain))),
                Back::Limited if pause.is_some() => later.push(carried),
                Back::Limited => over.push((carried, State::NotRun(NotDone::Limited))),
            }
        }
        again += usize::from(came_back);
        record_all(app, None, over.into_iter().map(|(carried, state)| (carried, state, None)).collect()).await;
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        left = later;
    }
}

/// A request of which it is proved that it did not run.
enum Back {
    /// The tokens are renewed or the portal's new address is known.
    Again,
    /// The portal asks to slow down.
    Limited,
}

type Verdict = (Carried, Result<DateTime<FixedOffset>, (State, Option<Other>)>);

/// Those that may be sent, with the portal's clock. The others are recorded.
async fn check_all(app: &App, person: &Person, carried: Vec<Carried>) -> Vec<(Carried, DateTime<FixedOffset>)> {
    let asked = chunks(app, person.account.portal, Kind::Check, carried);
    let checked = stream::iter(asked.into_iter().map(|chunk| check(app, person, chunk)));
    let verdicts: Vec<Vec<Verdict>> = checked.buffered(LANES).collect().await;
    let (mut allowed, mut over) = (Vec::new(), Vec::new());
    for (carried, verdict) in verdicts.into_iter().flatten() {
        match verdict {
            Ok(clock) => allowed.push((carried, clock)),
            Err((state, other)) => over.push((carried, state, other)),
        }
    }
    record_all(app, None, over).await;
    allowed
}

/// `getaccess` for each and the tasks as they are, in one call.
async fn check(app: &App, person: &Person, chunk: Vec<Carried>) -> Vec<Verdict> {
    let began = Instant::now();
    let asked = ask(app, person, &chunk).await;
    let mut answer = match asked {
        Ok(answer) => answer,
        Err(trouble) => return all(chunk, &trouble),
    };
    app.measures.note(person.account.portal, Kind::Check, chunk.len(), worked(&answer.envelope, began));
    let clock = answer.envelope.clock.unwrap_or_else(|| app.world.now().fixed_offset());
    let tasks = match answer.take::<TaskList>(TASKS) {
        Ok(tasks) => tasks.result.tasks,
        Err(error) => return all(chunk, &PortalTrouble::Call(error)),
    };
    if let Ok(mut assignees) = person.assignees.lock() {
        let named = |task: &Task| Some((TaskId::new((*task.id)?.get())?, Assignee::of(task)?));
        assignees.extend(tasks.iter().filter_map(named));
    }
    let verdict = |carried: &Carried| {
        let access = answer.take::<Access>(&key(carried)).map_err(PortalTrouble::Call);
        let right = match carried.decision.action {
            Action::Return => Right::Disapprove,
            Action::Approve => Right::Approve,
        };
        let allowed = match (access, vendor_id(carried.decision.user.get())) {
            (Ok(access), Ok(me)) => access.result.may(me, right),
            (Err(trouble), _) => return Err((ended_by(&trouble), None)),
            (_, Err(failure)) => return Err((ended_before(&failure), None)),
        };
        let task = tasks.iter().find(|task| is_about(task, carried));
        judge(carried, task, allowed).map_or(Ok(clock), |(refusal, other)| Err((State::Refused(refusal), other)))
    };
    let verdicts: Vec<_> = chunk.iter().map(verdict).collect();
    chunk.into_iter().zip(verdicts).collect()
}

/// The key of the list among the commands; the others are named by their decisions.
const TASKS: &str = "tasks";

fn key(carried: &Carried) -> String {
    format!("d{}", carried.decision.id)
}

fn is_about(task: &Task, carried: &Carried) -> bool {
    (*task.id).is_some_and(|id| id.get() == carried.decision.task.get())
}

async fn ask(app: &App, person: &Person, chunk: &[Carried]) -> Result<BatchAnswer, PortalTrouble> {
    let ids: Vec<i64> = chunk.iter().map(|carried| carried.decision.task.get()).collect();
    let list = ListQuery {
        filter: vec![("ID".to_owned(), json!(ids))],
        select: SELECT.to_vec(),
        start: -1,
        ..ListQuery::default()
    };
    let mut commands = vec![(TASKS.to_owned(), tasks_task_list_command(&list))];
    for carried in chunk {
        commands.push((key(carried), tasks_task_getaccess_command(vendor_id(carried.decision.task.get())?)));
    }
    let work = |api: crate::bitrix24::PortalApi| {
        let commands = commands.clone();
        async move { api.batch(false, commands, Deadline::READ).await }
    };
    read_as(app, &person.facts, person.account, work).await
}

/// Sends what is allowed. What certainly did not run comes back.
async fn send_all(app: &App, person: &Person, allowed: Vec<(Carried, DateTime<FixedOffset>)>) -> Vec<(Carried, Back)> {
    let batches = chunks(app, person.account.portal, Kind::Change, allowed);
    let sent = stream::iter(batches.into_iter().map(|batch| send(app, person, batch)));
    sent.buffered(LANES).collect::<Vec<_>>().await.into_iter().flatten().collect()
}

/// One batch, sent exactly once. An error of one command is that decision's alone.
async fn send(app: &App, person: &Person, batch: Vec<(Carried, DateTime<FixedOffset>)>) -> Vec<(Carried, Back)> {
    let Some(since) = batch.iter().map(|(_, clock)| *clock).min() else { return Vec::new() };
    let carried = batch.into_iter().map(|(carried, _)| carried).collect();
    let leaving = match app.store.record_sending_many(carried, since).await {
        Ok(leaving) => leaving,
        // Nothing was sent: the leases run out and somebody asks again.
        Err(error) => {
            tracing::warn!(portal = %person.account.portal, %error, "decisions could not be recorded as being sent");
            return Vec::new();
        }
    };
    let began = Instant::now();
    let commands: Result<Vec<_>, Failure> = leaving.iter().map(command).collect();
    let sent = match commands {
        Ok(commands) if commands.is_empty() => return Vec::new(),
        Ok(commands) => {
            write_once(app, &person.facts, person.account, |api| async move {
                api.batch(false, commands, Deadline::WRITE).await
            })
            .await
        }
        Err(failure) => Err(failure.into()),
    };
    if let Ok(Attempt::Answered(answer)) = &sent {
        app.measures.note(person.account.portal, Kind::Change, leaving.len(), worked(&answer.envelope, began));
    }
    sort_out(app, person, leaving, sent, since).await
}

fn command(carried: &Carried) -> Result<(String, Command), Failure> {
    let id = vendor_id(carried.decision.task.get())?;
    Ok((
        key(carried),
        match carried.decision.action {
            Action::Return => tasks_task_disapprove_command(id),
            Action::Approve => tasks_task_approve_command(id),
        },
    ))
}

/// Sorts the answer into ends, which are recorded, and what may be sent again.
async fn sort_out(
    app: &App,
    person: &Person,
    leaving: Vec<Carried>,
    sent: Result<Attempt<BatchAnswer>, PortalTrouble>,
    since: DateTime<FixedOffset>,
) -> Vec<(Carried, Back)> {
    let (mut back, mut over, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    let mut answer = match sent {
        Ok(Attempt::Answered(answer)) => answer,
        Ok(Attempt::Again) => return leaving.into_iter().map(|carried| (carried, Back::Again)).collect(),
        Err(PortalTrouble::Call(error)) if error.ran() == Ran::Unknown => {
            let unknown = leaving.into_iter().map(|carried| (carried, State::Unknown { since }, None));
            record_all(app, None, unknown.collect()).await;
            return Vec::new();
        }
        Err(PortalTrouble::Call(error)) if error.reaction() == Reaction::SlowDown => {
            return leaving.into_iter().map(|carried| (carried, Back::Limited)).collect();
        }
        Err(trouble) => {
            end_all(app, leaving, ended_by(&trouble)).await;
            return Vec::new();
        }
    };
    for carried in leaving {
        let one: Result<Answer<MaybeTask>, CallError> = answer.take(&key(&carried));
        match sorted(&carried, one.map(|answer| answer.result.0), since) {
            Ok(Sent::Ended(state, other)) => over.push((carried, state, other)),
            Ok(Sent::Again) => back.push((carried, Back::Again)),
            Ok(Sent::Limited) => back.push((carried, Back::Limited)),
            Err(error) => refused.push((carried, PortalTrouble::Call(error))),
        }
    }
    // What is done is written down before anybody asks why others were refused.
    record_all(app, Some(person), over).await;
    for (carried, trouble) in refused {
        let (state, other) = after_refusal(app, &carried, &person.facts, person.account, trouble).await;
        record_all(app, None, vec![(carried, state, other)]).await;
    }
    back
}

/// Seconds that the portal worked, as it says, or else that we waited.
fn worked(envelope: &Answer<()>, began: Instant) -> Duration {
    let said = envelope.duration.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    said.unwrap_or_else(|| began.elapsed())
}

fn all(chunk: Vec<Carried>, trouble: &PortalTrouble) -> Vec<Verdict> {
    if let Some(first) = chunk.first() {
        tracing::warn!(portal = %first.decision.portal, decisions = chunk.len(), ?trouble, "not sent");
    }
    chunk.into_iter().map(|carried| (carried, Err((ended_by(trouble), None)))).collect()
}

async fn end_all(app: &App, carried: Vec<Carried>, state: State) {
    record_all(app, None, carried.into_iter().map(|carried| (carried, state, None)).collect()).await;
}

/// Writes the ends down, and tells the reasons of what is done.
async fn record_all(app: &App, person: Option<&Person>, ended: Vec<(Carried, State, Option<Other>)>) {
    let written = stream::iter(ended.into_iter().map(|(carried, state, other)| record(app, carried, state, other)));
    let done: Vec<Option<Carried>> = written.buffer_unordered(PENS).collect().await;
    let assignees = person.and_then(|person| person.assignees.lock().ok());
    let assignee = |carried: &Carried| assignees.as_ref().and_then(|all| all.get(&carried.decision.task).cloned());
    let done: Vec<_> = done.into_iter().flatten().map(|carried| (carried, assignee(&carried))).collect();
    if !done.is_empty() {
        let own = app.clone();
        // The next batch does not wait for them; whatever is left is told by the worker.
        app.begin(behind(async move {
            let told = done.into_iter().map(|(carried, to)| {
                let own = own.clone();
                async move { tell_own_reason(&own, &carried.decision, to).await }
            });
            stream::iter(told).buffer_unordered(PENS).collect::<Vec<()>>().await;
        }));
    }
}

/// The decision, when it is done.
async fn record(app: &App, mut carried: Carried, state: State, other: Option<Other>) -> Option<Carried> {
    let (portal, id) = (carried.decision.portal, carried.decision.id);
    match app.store.record(&mut carried, state, other).await {
        Ok(()) => tracing::info!(%portal, decision = %id, state = state.name(), "decision carried"),
        Err(RecordError::Lost) => tracing::warn!(%portal, decision = %id, "another replica carries this decision now"),
        Err(error) => tracing::error!(%portal, decision = %id, %error, "a decision could not be recorded"),
    }
    (carried.decision.state == State::Done).then_some(carried)
}
