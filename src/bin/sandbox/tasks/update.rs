//! `tasks.task.update`: the deadline with its own right, other fields with the right to edit.

use crate::answer::{Outcome, Refusal};
use crate::php::Php;
use crate::rest::context::{Ctx, task_id};
use crate::tasks::{filter, status, view};
use serde_json::json;

pub fn update(ctx: &mut Ctx, params: &Php) -> Outcome {
    let id = task_id(params)?;
    let Some(fields) = params.get("fields") else {
        return Err(Refusal::new(400, "100", "Could not find value for parameter {fields}"));
    };
    for (name, value) in fields.pairs() {
        let right = if name == "DEADLINE" { "CHANGE_DEADLINE" } else { "EDIT" };
        if !ctx.allows(id, right) {
            return Err(Refusal::new(400, "0", "Action on the task is not allowed"));
        }
        check(ctx, name, value)?;
    }
    if ctx.readable(id).is_none() {
        return Err(Refusal::new(400, "0", "Action on the task is not allowed"));
    }
    for (name, value) in fields.pairs() {
        set(ctx, id, name, value);
    }
    ctx.touched(id);
    Ok(match ctx.readable(id) {
        Some(task) => json!({ "task": view::full(ctx.portal, task, ctx.user(), ctx.now) }).into(),
        None => json!([]).into(),
    })
}

/// Business refusals end with a line break in HTML, as the vendor's do.
fn check(ctx: &Ctx, name: &str, value: &Php) -> Result<(), Refusal> {
    let text = value.text().unwrap_or_default();
    let good = match name {
        "TITLE" => !text.trim().is_empty(),
        "STATUS" => matches!(value.int(), Some(2..=6)),
        "DEADLINE" => text.is_empty() || filter::parse_date(&text, ctx.portal.settings.utc_offset).is_some(),
        "RESPONSIBLE_ID" => value.int().is_some_and(|id| ctx.portal.users.contains_key(&id.unsigned_abs())),
        _ => true,
    };
    if good { Ok(()) } else { Err(Refusal::core(&format!("Invalid value of the field {name}<br>"))) }
}

fn set(ctx: &mut Ctx, id: u64, name: &str, value: &Php) {
    if name == "STATUS" {
        // Possible for editors, and it leaves other traces than disapprove: no notification of a return.
        if let Some(target) = value.int().and_then(|status| u8::try_from(status).ok()) {
            status::set_status(ctx, id, target);
        }
        return;
    }
    let text = value.text().unwrap_or_default();
    let number = value.int().map(i64::unsigned_abs);
    let zone = ctx.portal.settings.utc_offset;
    let deadline = filter::parse_date(&text, zone);
    let Some(task) = ctx.portal.tasks.get_mut(&id) else {
        return;
    };
    let before = match name {
        "TITLE" => Some(("TITLE", std::mem::replace(&mut task.title, text.clone()))),
        "DESCRIPTION" => Some(("DESCRIPTION", std::mem::replace(&mut task.description, text.clone()))),
        "DEADLINE" => {
            let old = std::mem::replace(&mut task.deadline, deadline);
            Some(("DEADLINE", old.map(|date| date.timestamp().to_string()).unwrap_or_default()))
        }
        "RESPONSIBLE_ID" => {
            number.map(|id| ("RESPONSIBLE_ID", std::mem::replace(&mut task.responsible_id, id).to_string()))
        }
        "PRIORITY" => {
            let new = number.and_then(|n| u8::try_from(n).ok()).unwrap_or(task.priority);
            Some(("PRIORITY", std::mem::replace(&mut task.priority, new).to_string()))
        }
        "MARK" => Some(("MARK", task.mark.replace(text.clone()).unwrap_or_default())),
        "TASK_CONTROL" => {
            let old = std::mem::replace(&mut task.task_control, text == "Y");
            Some(("TASK_CONTROL", if old { "Y" } else { "N" }.to_owned()))
        }
        _ => None,
    };
    if let Some((field, old)) = before {
        let new = deadline.filter(|_| name == "DEADLINE").map_or(text, |date| date.timestamp().to_string());
        ctx.portal.note(id, ctx.caller.user_id, field, Some(old), Some(new), ctx.now);
    }
}
