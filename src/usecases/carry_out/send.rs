//! Sends what may be sent, each request exactly once, and sorts the answers.

use super::{
    Person, Ready,
    check::{Over, check_all},
    record_all,
    verdict::{Sent, ended_before, ended_by, sorted},
};
use crate::bitrix24::{
    CallError, Code, Command, Deadline, PortalApi,
    tasks::{
        MaybeTask, Task, tasks_task_approve, tasks_task_approve_command, tasks_task_disapprove,
        tasks_task_disapprove_command,
    },
};
use crate::domain::{Action, Refusal, State};
use crate::store::decisions::Carried;
use crate::usecases::{
    app::App,
    batches::{Kind, LANES, chunks, worked},
    failure::Failure,
    portal_session::{Attempt, PortalTrouble, write_once},
    review_queue::vendor_id,
};
use chrono::{DateTime, FixedOffset};
use futures_util::{StreamExt, stream};
use std::{collections::HashMap, time::Instant};

/// Sends them in batches. What certainly did not run, because the portal asks to slow down, comes back.
pub(super) async fn send_all(app: &App, person: &Person<'_>, ready: Vec<Ready>) -> Vec<Ready> {
    let batches = chunks(app, person.account.portal, Kind::Change, ready);
    let sent = stream::iter(batches.into_iter().map(|batch| Box::pin(send(app, person, batch))));
    sent.buffered(LANES).collect::<Vec<_>>().await.into_iter().flatten().collect()
}

/// One request, and one more when the first certainly did not run: the tokens are renewed now, or the portal's new
/// address is known. A second time it is no accident.
async fn send(app: &App, person: &Person<'_>, batch: Vec<Ready>) -> Vec<Ready> {
    let (again, limited) = attempt(app, person, batch).await;
    if again.is_empty() {
        return limited;
    }
    let carried = |again: Vec<Ready>| again.into_iter().map(|one| one.carried).collect::<Vec<_>>();
    let person = match person.anew(app).await {
        Ok(person) => person,
        Err(failure) => {
            record_all(app, person, without_person(carried(again), &failure)).await;
            return Vec::new();
        }
    };
    let (again, limited) = attempt(app, &person, again).await;
    record_all(app, &person, without_person(carried(again), &Failure::SignInAgain)).await;
    limited
}

/// What may be sent once more at once, and what may after a pause.
async fn attempt(app: &App, person: &Person<'_>, batch: Vec<Ready>) -> (Vec<Ready>, Vec<Ready>) {
    let ready = fresh(app, person, batch).await;
    let Some(since) = ready.iter().map(|one| one.checked.clock).min() else { return Default::default() };
    let checked: HashMap<_, _> = ready.iter().map(|one| (one.carried.decision.id, one.checked)).collect();
    let carried = ready.into_iter().map(|one| one.carried).collect();
    let leaving = match app.store.record_sending(carried, since).await {
        Ok(leaving) => leaving,
        // Nothing was sent: the leases run out and somebody asks again.
        Err(error) => {
            tracing::warn!(portal = %person.account.portal, %error, "decisions could not be recorded as being sent");
            return Default::default();
        }
    };
    let ready = |carried: Carried| Some(Ready { checked: *checked.get(&carried.decision.id)?, carried });
    let limited = match request(app, person, &leaving).await {
        Ok(Attempt::Answered(answers)) => sort_out(app, person, leaving, answers, since).await,
        Ok(Attempt::Again) => {
            return (leaving.into_iter().filter_map(ready).collect(), Vec::new());
        }
        Err(PortalTrouble::Call(error)) => {
            let answers = leaving.iter().map(|_| Err(error.clone())).collect();
            sort_out(app, person, leaving, answers, since).await
        }
        // The database is away, not the portal, and nothing was sent: that may go after a pause.
        Err(PortalTrouble::Before(Failure::Busy(_))) => leaving,
        Err(trouble) => {
            let over = leaving.into_iter().map(|carried| (carried, ended_by(&trouble), None)).collect();
            record_all(app, person, over).await;
            Vec::new()
        }
    };
    (Vec::new(), limited.into_iter().filter_map(ready).collect())
}

/// Where the answer about rights has grown old while others were sent, it is asked for once more.
async fn fresh(app: &App, person: &Person<'_>, batch: Vec<Ready>) -> Vec<Ready> {
    let (mut ready, old): (Vec<Ready>, Vec<Ready>) = batch.into_iter().partition(Ready::is_fresh);
    if !old.is_empty() {
        let (again, over) = check_all(app, person, old.into_iter().map(|old| old.carried).collect()).await;
        record_all(app, person, over).await;
        ready.extend(again);
    }
    ready
}

type Answers = Vec<Result<Option<Task>, CallError>>;

/// One alone goes without a batch around it. Answers in the order of the decisions.
async fn request(app: &App, person: &Person<'_>, leaving: &[Carried]) -> Result<Attempt<Answers>, PortalTrouble> {
    let began = Instant::now();
    match leaving {
        [] => Ok(Attempt::Answered(Vec::new())),
        [one] => {
            let (id, action) = (vendor_id(one.decision.task.get())?, one.decision.action);
            let work = |api: PortalApi| async move {
                match action {
                    Action::Return => tasks_task_disapprove(&api, id).await,
                    Action::Approve => tasks_task_approve(&api, id).await,
                }
            };
            let sent = write_once(app, &person.facts, person.account, work).await?;
            Ok(match sent {
                Attempt::Answered(answer) => Attempt::Answered(vec![Ok(answer.result)]),
                Attempt::Again => Attempt::Again,
            })
        }
        _ => {
            let commands = leaving.iter().map(command).collect::<Result<Vec<_>, Failure>>()?;
            let work = |api: PortalApi| async move { api.batch(commands, Deadline::WRITE).await };
            let sent = write_once(app, &person.facts, person.account, work).await;
            if let Err(PortalTrouble::Call(CallError::Lost)) = &sent {
                app.measures.lost(person.account.portal, Kind::Change, leaving.len(), began.elapsed());
            }
            let mut answer = match sent? {
                Attempt::Answered(answer) => answer,
                Attempt::Again => return Ok(Attempt::Again),
            };
            let took = worked(&answer.envelope, began);
            let one = |carried: &Carried| answer.take::<MaybeTask>(&carried.decision.id.to_string());
            let answers: Answers = leaving.iter().map(one).map(|one| Ok(one?.result.0)).collect();
            let ran = answers.iter().filter(|answer| answer.is_ok()).count();
            app.measures.note(person.account.portal, Kind::Change, ran, took);
            Ok(Attempt::Answered(answers))
        }
    }
}

fn command(Carried { decision, .. }: &Carried) -> Result<(String, Command), Failure> {
    let id = vendor_id(decision.task.get())?;
    let command = match decision.action {
        Action::Return => tasks_task_disapprove_command(id),
        Action::Approve => tasks_task_approve_command(id),
    };
    Ok((decision.id.to_string(), command.spare()))
}

/// Records the ends; answers what may be sent after a pause. An error of one command is that decision's alone.
async fn sort_out(
    app: &App,
    person: &Person<'_>,
    leaving: Vec<Carried>,
    answers: Answers,
    since: DateTime<FixedOffset>,
) -> Vec<Carried> {
    let (mut limited, mut over, mut denied) = (Vec::new(), Vec::new(), Vec::new());
    for (carried, answer) in leaving.into_iter().zip(answers) {
        match sorted(&carried, answer, since) {
            Sent::Ended(state) => over.push((carried, state, None)),
            Sent::Others(refusal, other) => over.push((carried, State::Refused(refusal), other)),
            Sent::Limited => limited.push(carried),
            Sent::Refused(error) if error.code() == Some(&Code::ActionNotAllowed) => denied.push(carried),
            Sent::Refused(error) => over.push((carried, ended_by(&PortalTrouble::Call(error)), None)),
        }
    }
    // What is done is written down before anybody asks why others were refused.
    record_all(app, person, over).await;
    record_all(app, person, why_denied(app, person, denied).await).await;
    limited
}

/// The portal said no, so nothing ran. What the task is now tells why.
async fn why_denied(app: &App, person: &Person<'_>, denied: Vec<Carried>) -> Vec<Over> {
    if denied.is_empty() {
        return Vec::new();
    }
    let (_, over) = check_all(app, person, denied.clone()).await;
    let told = |carried: &Carried| over.iter().find(|(one, ..)| one.decision.id == carried.decision.id).copied();
    let end = |carried: Carried| match told(&carried) {
        Some((carried, state @ State::Refused(_), other)) => (carried, state, other),
        // It is as it was, or could not be read: the refusal stands.
        _ => (carried, State::Refused(Refusal::NotAllowed), None),
    };
    denied.into_iter().map(end).collect()
}

/// The end of decisions for which nobody can even ask.
pub(super) fn without_person(carried: Vec<Carried>, failure: &Failure) -> Vec<Over> {
    carried.into_iter().map(|carried| (carried, ended_before(failure), None)).collect()
}
