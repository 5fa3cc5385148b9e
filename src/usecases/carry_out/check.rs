//! `getaccess` for each decision, with the tasks as they are, in as few calls as the portal's speed allows.

use super::{
    Checked, Person, Ready,
    verdict::{ended_before, ended_by, judge},
};
use crate::bitrix24::{
    BatchAnswer, CallError,
    tasks::{Access, Action as Right, Task, tasks_task_getaccess_command},
};
use crate::domain::{Action, State, TaskId};
use crate::store::decisions::{Carried, Other};
use crate::usecases::{
    app::App,
    batches::{Kind, LANES, chunks, worked},
    failure::Failure,
    portal_session::{PortalTrouble, read_batch},
    review_queue::vendor_id,
    sight,
    tell_reason::Assignee,
};
use futures_util::{StreamExt, stream};
use std::time::Instant;

/// What is read of each task.
const SELECT: &[&str] = &["ID", "STATUS", "STATUS_CHANGED_DATE", "STATUS_CHANGED_BY", "RESPONSIBLE_ID"];

/// A decision that ends here, and how.
pub(super) type Over = (Carried, State, Option<Other>);

/// Those that may be sent, and those that end here.
pub(super) async fn check_all(app: &App, person: &Person<'_>, carried: Vec<Carried>) -> (Vec<Ready>, Vec<Over>) {
    let asked = chunks(app, person.account.portal, Kind::Check, carried);
    let checked = stream::iter(asked.into_iter().map(|chunk| Box::pin(check(app, person, chunk))));
    let (mut ready, mut over) = (Vec::new(), Vec::new());
    for (may, may_not) in checked.buffered(LANES).collect::<Vec<_>>().await {
        ready.extend(may);
        over.extend(may_not);
    }
    (ready, over)
}

async fn check(app: &App, person: &Person<'_>, chunk: Vec<Carried>) -> (Vec<Ready>, Vec<Over>) {
    let began = Instant::now();
    let wanted: Vec<TaskId> = chunk.iter().map(|carried| carried.decision.task).collect();
    let mut answer = match ask(app, person, &chunk, &wanted).await {
        Ok(answer) => answer,
        // The database is away, not the portal: the leases run out, and somebody asks again, or reads what became of it.
        Err(PortalTrouble::Before(Failure::Busy(_))) => return Default::default(),
        Err(trouble) => {
            if matches!(trouble, PortalTrouble::Call(CallError::Lost)) {
                app.measures.lost(person.account.portal, Kind::Check, chunk.len(), began.elapsed());
            }
            return (Vec::new(), all(chunk, &trouble));
        }
    };
    // The list beside them is one of those that ran.
    let asked = answer.executed().saturating_sub(1);
    app.measures.note(person.account.portal, Kind::Check, asked, worked(&answer.envelope, began));
    let clock = answer.envelope.clock.unwrap_or_else(|| app.world.now().fixed_offset());
    let tasks = match sight::take(&mut answer, &wanted) {
        Ok(tasks) => tasks,
        Err(error) => return (Vec::new(), all(chunk, &PortalTrouble::Call(error))),
    };
    person.meet(tasks.iter().filter_map(|task| Some((TaskId::new((*task.id)?.get())?, Assignee::of(task)?))));
    let (mut ready, mut over) = (Vec::new(), Vec::new());
    for carried in chunk {
        match verdict(&carried, &tasks, &mut answer) {
            None => ready.push(Ready { carried, checked: Checked { clock, at: began } }),
            Some((state, other)) => over.push((carried, state, other)),
        }
    }
    (ready, over)
}

/// Whether the tasks are as they were, after a pause in which they may have been returned and handed in again. One call,
/// whatever their number.
pub(super) async fn look_again(app: &App, person: &Person<'_>, ready: Vec<Ready>) -> (Vec<Ready>, Vec<Over>) {
    let wanted: Vec<TaskId> = ready.iter().map(|one| one.carried.decision.task).collect();
    let tasks = match sight::read(app, &person.facts, person.account, &wanted, SELECT).await {
        Ok(tasks) => tasks,
        Err(trouble) => return (Vec::new(), all(ready.into_iter().map(|one| one.carried).collect(), &trouble)),
    };
    let (mut still, mut over) = (Vec::new(), Vec::new());
    for one in ready {
        // The right was asked for before; the portal's own check is the last one.
        match judge(&one.carried, sight::find(&tasks, one.carried.decision.task), true) {
            None => still.push(one),
            Some((refusal, other)) => over.push((one.carried, State::Refused(refusal), other)),
        }
    }
    (still, over)
}

/// `None`: it may be sent.
fn verdict(carried: &Carried, tasks: &[Task], answer: &mut BatchAnswer) -> Option<(State, Option<Other>)> {
    let access = answer.take::<Access>(&carried.decision.id.to_string()).map_err(PortalTrouble::Call);
    let right = match carried.decision.action {
        Action::Return => Right::Disapprove,
        Action::Approve => Right::Approve,
    };
    let allowed = match (access, vendor_id(carried.decision.user.get())) {
        (Ok(access), Ok(me)) => access.result.may(me, right),
        (Err(trouble), _) => return Some((ended_by(&trouble), None)),
        (_, Err(failure)) => return Some((ended_before(&failure), None)),
    };
    judge(carried, sight::find(tasks, carried.decision.task), allowed)
        .map(|(refusal, other)| (State::Refused(refusal), other))
}

async fn ask(
    app: &App,
    person: &Person<'_>,
    chunk: &[Carried],
    wanted: &[TaskId],
) -> Result<BatchAnswer, PortalTrouble> {
    let mut commands = vec![sight::command(wanted, SELECT)?];
    for Carried { decision, .. } in chunk {
        commands.push((decision.id.to_string(), tasks_task_getaccess_command(vendor_id(decision.task.get())?)));
    }
    read_batch(app, &person.facts, person.account, commands).await
}

fn all(chunk: Vec<Carried>, trouble: &PortalTrouble) -> Vec<Over> {
    if let Some(first) = chunk.first() {
        tracing::warn!(portal = %first.decision.portal, decisions = chunk.len(), ?trouble, "not sent");
    }
    chunk.into_iter().map(|carried| (carried, ended_by(trouble), None)).collect()
}
