//! Many tasks in one go: `POST /bulk/choose` asks for the words, `/bulk` decides, `/bulk/show` tells how it stands,
//! `/bulk/retry` repeats what did not run.

use super::{
    decide::{Form, require_deadline},
    fields::Fields,
    rows::{context, fresh_id, standing},
};
use crate::domain::{Action, BulkId, Chosen, Reason, ReasonCode, Seen, TaskId, WaitingTask};
use crate::pages::{BulkOutcome, BulkPage, BulkPart, ChoosePage, TaskRow, View};
use crate::usecases::{
    Failure,
    bulk::{Bulk, assert_reasonable, bulk_of, decide_many, retry_many, titles},
    decide::Kept,
    levels::settings_of,
};
use crate::web::{
    act::{Act, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse};
use chrono::DateTime;
use std::collections::{HashMap, HashSet};

/// Five hundred reasons of one's own, each as long as they are in practice.
pub(in crate::web) const MOST_WORDS: usize = 1024 * 1024;

/// A chosen task as a field says it: `17@2026-11-20T17:00:00+03:00`, or `17@` where Bitrix24 does not tell.
fn chosen(field: &str) -> Result<(TaskId, Seen), Failure> {
    let (id, seen) = field.split_once('@').ok_or(Failure::Malformed("task"))?;
    let status_changed = match seen {
        "" => None,
        text => Some(DateTime::parse_from_rfc3339(text).map_err(|_| Failure::Malformed("task"))?),
    };
    Ok((id.parse().map_err(|_| Failure::Malformed("task"))?, Seen { status_changed }))
}

/// Each task once; too many are refused before anybody reads them.
fn all_chosen(form: &Fields) -> Result<Vec<(TaskId, Seen)>, Failure> {
    assert_reasonable(form.all("task").count())?;
    let mut known = HashSet::new();
    let all = form.all("task").map(chosen).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|(task, _)| known.insert(*task)).collect())
}

fn action(form: &Fields) -> Result<Action, Failure> {
    Action::parse(form.one("action")?).ok_or(Failure::Malformed("action"))
}

pub(in crate::web) async fn choose(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let page = asked(&act).await.map_err(|f| act.problem(f))?;
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

async fn asked(act: &Act<Fields>) -> Result<ChoosePage, Failure> {
    let (action, chosen) = (action(&act.form)?, all_chosen(&act.form)?);
    let tasks: Vec<TaskId> = chosen.iter().map(|(task, _)| *task).collect();
    // The page of a script shows the titles already.
    let mut facts = match act.wants_fragment() {
        true => HashMap::new(),
        false => titles(act.app(), &act.viewer, &tasks).await,
    };
    let row = |(task, seen): (TaskId, Seen)| {
        let row = TaskRow::state_only(task, seen.status_changed, fresh_id(act.app())?, None);
        Ok(TaskRow { facts: facts.remove(&task), ..row })
    };
    let rows = chosen.into_iter().map(row).collect::<Result<_, Failure>>()?;
    let settings = settings_of(act.app(), &act.viewer).await?;
    let least: Vec<u16> = settings.reason_policies().map(|policy| policy.least()).collect();
    Ok(ChoosePage {
        shell: act.shell(false),
        action,
        bulk: BulkId(act.app().world.id()?),
        rows,
        least: (least.iter().min().copied().unwrap_or(0), least.iter().max().copied().unwrap_or(0)),
        now: act.app().world.now(),
    })
}

pub(in crate::web) async fn decide(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, take).await
}

async fn take(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    require_deadline(&act)?;
    let bulk = held(&act).await.map_err(|f| act.problem(f))?;
    show_bulk(&act, bulk, None).await.map_err(Problem::though_taken)
}

async fn held(act: &Act<Fields>) -> Result<Bulk, Failure> {
    let id = act.form.bulk("bulk_id")?.ok_or(Failure::Malformed("bulk_id"))?;
    let (action, tasks) = (action(&act.form)?, all_chosen(&act.form)?);
    let chosen = match action {
        Action::Approve => tasks.into_iter().map(|(task, seen)| Chosen { task, seen, reason: None }).collect(),
        Action::Return => with_reasons(&act.form, tasks)?,
    };
    let followup = match action {
        Action::Approve => None,
        // Points are one task's.
        Action::Return if act.form.all("item").next().is_some() => return Err(Failure::Malformed("item")),
        Action::Return => Form(&act.form).followup(action, act.app().world.now())?,
    };
    decide_many(act.app(), &act.viewer, id, action, chosen, followup).await
}

/// A task's own words, else those for all.
fn with_reasons(form: &Fields, tasks: Vec<(TaskId, Seen)>) -> Result<Vec<Chosen>, Failure> {
    let own: HashMap<&str, &str> = form.after("reason-").filter(|(_, words)| !words.trim().is_empty()).collect();
    let code = match form.one("reason_code")? {
        "" => None,
        name => Some(ReasonCode::parse(name).ok_or(Failure::Malformed("reason_code"))?),
    };
    let common = form.one("reason")?;
    let chosen = |(task, seen): (TaskId, Seen)| {
        let reason = match own.get(task.to_string().as_str()) {
            Some(words) => Reason::read(words)?,
            None => Reason::read(common)?.map(|reason| reason.begun_with(code)),
        };
        Ok(Chosen { task, seen, reason })
    };
    tasks.into_iter().map(chosen).collect()
}

pub(in crate::web) async fn show(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let id = act.form.bulk("bulk_id").and_then(|id| id.ok_or(Failure::Malformed("bulk_id")));
    let id = id.map_err(|f| act.problem(f))?;
    show_saying(&act, id, None).await
}

/// How a bulk stands, with words about what was pressed.
pub(super) async fn show_saying(act: &Act<Fields>, id: BulkId, said: Option<String>) -> Result<HttpResponse, Problem> {
    let bulk = bulk_of(act.app(), &act.viewer, id).await.map_err(|f| act.problem(f))?;
    show_bulk(act, bulk, said).await
}

pub(in crate::web) async fn retry(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, repeat).await
}

async fn repeat(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let key = |name| act.form.bulk(name).and_then(|id| id.ok_or(Failure::Malformed(name)));
    let again = async { retry_many(act.app(), &act.viewer, key("bulk_id")?, key("next")?).await };
    let bulk = again.await.map_err(|f| act.problem(f))?;
    show_bulk(&act, bulk, None).await.map_err(Problem::though_taken)
}

/// A page reads what the tasks are called; a script asks for it once.
async fn show_bulk(act: &Act<Fields>, bulk: Bulk, said: Option<String>) -> Result<HttpResponse, Problem> {
    let named = !act.wants_fragment() || act.form.all("named").next().is_some();
    let tasks: Vec<TaskId> = bulk.decisions.iter().map(|kept| kept.decision.task).collect();
    let facts = if named { titles(act.app(), &act.viewer, &tasks).await } else { HashMap::new() };
    let outcome = outcome(act, &bulk, facts, said).map_err(|f| act.problem(f))?;
    let shell = act.shell(false);
    let mut context = context(&shell, View::Bulk, act.viewer.user, act.app());
    context.bulk = Some(bulk.id);
    Ok(match act.wants_fragment() {
        true => reply::framed(&act.web, &BulkPart { context, outcome }, &act.viewer),
        false => reply::framed(&act.web, &BulkPage { shell, context, outcome }, &act.viewer),
    })
}

fn outcome(
    act: &Act<Fields>,
    bulk: &Bulk,
    mut facts: HashMap<TaskId, WaitingTask>,
    said: Option<String>,
) -> Result<BulkOutcome, Failure> {
    let row = |kept: &Kept| {
        let (task, seen) = (kept.decision.task, kept.decision.seen.status_changed);
        let facts = facts.remove(&task);
        let standing = standing(kept, act.viewer.user, facts.as_ref());
        Ok(TaskRow { facts, ..TaskRow::state_only(task, seen, fresh_id(act.app())?, Some(standing)) })
    };
    Ok(BulkOutcome {
        id: bulk.id,
        next: BulkId(act.app().world.id()?),
        action: bulk.action,
        tally: bulk.tally,
        missed: bulk.missed,
        rows: bulk.decisions.iter().map(row).collect::<Result<_, Failure>>()?,
        said,
    })
}
