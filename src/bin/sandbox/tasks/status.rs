//! Changes of status: `tasks.task.disapprove`, `approve`, `renew`, `complete`, `start`.

use crate::answer::{Outcome, Refusal};
use crate::php::Php;
use crate::rest::context::{Ctx, task_id};
use crate::state::task::{AWAITING_CONTROL, COMPLETED, IN_PROGRESS, PENDING};
use crate::tasks::view;
use serde_json::json;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    Approve,
    Disapprove,
    Renew,
    Complete,
    Start,
}

impl Step {
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "approve" => Some(Self::Approve),
            "disapprove" => Some(Self::Disapprove),
            "renew" => Some(Self::Renew),
            "complete" => Some(Self::Complete),
            "start" => Some(Self::Start),
            _ => None,
        }
    }

    fn right(self) -> &'static str {
        match self {
            Self::Approve => "APPROVE",
            Self::Disapprove => "DISAPPROVE",
            Self::Renew => "RENEW",
            Self::Complete => "COMPLETE",
            Self::Start => "START",
        }
    }
}

pub fn disapprove(ctx: &mut Ctx, params: &Php) -> Outcome {
    by_request(ctx, params, Step::Disapprove)
}

pub fn approve(ctx: &mut Ctx, params: &Php) -> Outcome {
    by_request(ctx, params, Step::Approve)
}

pub fn renew(ctx: &mut Ctx, params: &Php) -> Outcome {
    by_request(ctx, params, Step::Renew)
}

pub fn complete(ctx: &mut Ctx, params: &Php) -> Outcome {
    by_request(ctx, params, Step::Complete)
}

pub fn start(ctx: &mut Ctx, params: &Php) -> Outcome {
    by_request(ctx, params, Step::Start)
}

fn by_request(ctx: &mut Ctx, params: &Php, step: Step) -> Outcome {
    let id = task_id(params)?;
    take(ctx, id, step)?;
    Ok(match ctx.readable(id) {
        Some(task) => json!({ "task": view::full(ctx.portal, task, ctx.user(), ctx.now) }).into(),
        None => json!([]).into(),
    })
}

/// One step, by REST or by hand. The order of the checks is the vendor's: when the virtual status already equals the
/// target nothing is checked and nothing is done, and the answer is a good one.
pub fn take(ctx: &mut Ctx, id: u64, step: Step) -> Result<(), Refusal> {
    let task = ctx.readable(id).ok_or_else(Refusal::not_allowed)?;
    let target = match step {
        Step::Approve => COMPLETED,
        Step::Disapprove | Step::Renew => PENDING,
        Step::Start => IN_PROGRESS,
        Step::Complete => completed_status(ctx, task.task_control, task.created_by),
    };
    if task.virtual_status(ctx.user(), ctx.now) == i64::from(target) {
        return Ok(());
    }
    if !ctx.allows(id, step.right()) {
        return Err(Refusal::not_allowed());
    }
    set_status(ctx, id, target);
    if step == Step::Renew {
        ctx.portal.note(id, ctx.caller.user_id, "RENEW", None, None, ctx.now);
    }
    Ok(())
}

/// "Finish" leads to control only when control is asked for and somebody else has to look.
fn completed_status(ctx: &Ctx, task_control: bool, created_by: u64) -> u8 {
    let own = ctx.user() == created_by || ctx.is_admin();
    if task_control && !own { AWAITING_CONTROL } else { COMPLETED }
}

/// Writes the status with all its traces: dates, closing, history, event, notifications.
pub fn set_status(ctx: &mut Ctx, id: u64, target: u8) {
    let (now, user_id) = (ctx.now, ctx.caller.user_id);
    let Some(task) = ctx.portal.tasks.get_mut(&id) else {
        return;
    };
    let before = std::mem::replace(&mut task.status, target);
    task.status_changed_by = user_id;
    task.status_changed_date = now;
    let closed = task.is_closed();
    task.closed_by = if closed { user_id } else { 0 };
    task.closed_date = closed.then_some(now);
    if target == IN_PROGRESS {
        task.date_start = Some(now);
    }
    let (people, title) = (task.participants(), task.title.clone());
    if before != target {
        ctx.portal.note(id, user_id, "STATUS", Some(before.to_string()), Some(target.to_string()), now);
    }
    for person in people.into_iter().filter(|person| *person != user_id) {
        ctx.portal.notify(person, user_id, &format!("{}: \"{title}\"", told(target)), "");
    }
    ctx.touched(id);
}

fn told(status: u8) -> &'static str {
    match status {
        PENDING => "Task returned to work",
        IN_PROGRESS => "Task started",
        AWAITING_CONTROL => "Task awaits your control",
        COMPLETED => "Task completed",
        _ => "Task status changed",
    }
}
