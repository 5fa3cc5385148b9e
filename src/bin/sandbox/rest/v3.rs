//! REST 3.0 under `/rest/api/`: three methods of the tasks module, with errors that are objects.

use crate::answer::{Outcome, Refusal};
use crate::php::Php;
use crate::rest::context::Ctx;
use crate::tasks::access;
use chrono::Duration;
use serde_json::{Map, Value, json};

/// Marks a refusal whose code is wrapped as REST 3.0 wraps it.
pub const CODE: &str = "BITRIX_REST_V3_EXCEPTION_";

fn refuse(status: u16, code: &str, message: &str) -> Refusal {
    Refusal::new(status, &format!("{CODE}{code}"), message)
}

fn invalid(field: &str, message: &str) -> Refusal {
    let refusal = refuse(400, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "Request validation failed");
    refusal.with("validation", json!([{"field": field, "message": message}]))
}

/// Errors of this generation are objects; system errors keep the classic shape.
pub fn error_body(refusal: &Refusal) -> Value {
    if !refusal.code.starts_with(CODE) {
        return refusal.body();
    }
    let mut error = json!({"code": refusal.code, "message": refusal.description});
    for (key, value) in &refusal.extra {
        error[key] = value.clone();
    }
    json!({ "error": error })
}

pub fn scope_refusal() -> Refusal {
    refuse(403, "INSUFFICIENTSCOPEEXCEPTION", "The request requires higher privileges")
}

fn denied() -> Refusal {
    refuse(403, "ACCESSDENIEDEXCEPTION", "Access denied")
}

fn id_of(params: &Php, name: &str) -> Result<u64, Refusal> {
    let id = params.get(name).and_then(Php::int).and_then(|id| u64::try_from(id).ok()).filter(|id| *id > 0);
    id.ok_or_else(|| invalid(name, "Required field"))
}

/// `{"id":51,"select":["id","status","chat.id"]}` -> typed JSON.
pub fn get(ctx: &mut Ctx, params: &Php) -> Outcome {
    let id = id_of(params, "id")?;
    let Some(task) = ctx.readable(id) else {
        return Err(refuse(400, "ENTITYNOTFOUNDEXCEPTION", "Entity not found"));
    };
    let person = |id: u64| {
        let name = ctx.portal.users.get(&id).map(|user| user.full_name());
        json!({"id": id, "name": name})
    };
    let all = json!({
        "id": task.id, "title": task.title, "description": task.description, "status": word(task.status),
        "needsControl": task.task_control, "creator": person(task.created_by),
        "responsible": person(task.responsible_id), "chat": {"id": task.chat_id(), "entityType": "TASKS_TASK"},
        "deadline": task.deadline.map(|date| ctx.portal.iso(date)),
        "closed": task.closed_date.map(|date| ctx.portal.iso(date)),
        "link": format!("/company/personal/user/{}/tasks/task/view/{id}/", ctx.user()),
    });
    let select = params.get("select").map(Php::many).unwrap_or_else(|| vec!["id".to_owned()]);
    Ok(json!({"item": pick(&all, &select)?}).into())
}

/// Unknown own fields are ignored, unknown related ones refused.
fn pick(all: &Value, select: &[String]) -> Result<Value, Refusal> {
    let mut item = Map::from_iter([("id".to_owned(), all["id"].clone())]);
    for name in select {
        match name.split_once('.') {
            None => drop(all.get(name).map(|value| item.insert(name.clone(), value.clone()))),
            Some((relation, field)) => {
                let value = all.get(relation).and_then(|related| related.get(field));
                let value = value.ok_or_else(|| refuse(400, "UNKNOWNDTOPROPERTYEXCEPTION", name))?;
                item.entry(relation).or_insert_with(|| json!({}))[field] = value.clone();
            }
        }
    }
    Ok(Value::Object(item))
}

fn word(status: u8) -> &'static str {
    match status {
        3 => "in_progress",
        4 => "supposedly_completed",
        5 => "completed",
        6 => "deferred",
        7 => "declined",
        _ => "pending",
    }
}

pub fn access_get(ctx: &mut Ctx, params: &Php) -> Outcome {
    let id = id_of(params, "id")?;
    let task = ctx.readable(id).ok_or_else(denied)?;
    Ok(access::v3(ctx.portal, task, ctx.user()).into())
}

/// `{"fields":{"taskId":51,"text":"…"}}`: the author is the token's person; reading is right enough.
pub fn message_send(ctx: &mut Ctx, params: &Php) -> Outcome {
    let fields = params.get("fields").filter(|fields| fields.is_array());
    let fields = fields.ok_or_else(|| invalid("fields", "Required field"))?;
    let id = id_of(fields, "taskId")?;
    let text = fields.get("text").and_then(Php::text).filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| refuse(400, "VALIDATION_DTOVALIDATIONEXCEPTION", "Text is empty"))?;
    if ctx.readable(id).is_none() {
        return Err(denied());
    }
    let author_id = ctx.user();
    ctx.say(id, author_id, text, true);
    Ok(json!({"result": true}).into())
}

const KEPT_HOURS: i64 = 24;

type Key = (String, u64, String, String);

fn key(ctx: &Ctx, method: &str, key: &str) -> Key {
    (ctx.caller.client_id.clone(), ctx.user(), method.to_owned(), key.to_owned())
}

/// The stored answer of a repeated key; another body under the same key is refused.
pub fn replay(ctx: &Ctx, method: &str, name: &str, body: &str) -> Result<Option<Value>, Refusal> {
    let printable = name.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if name.is_empty() || name.len() > 255 || !printable {
        return Err(refuse(400, "INVALIDIDEMPOTENCYKEYEXCEPTION", "Invalid Idempotency-Key"));
    }
    let Some(known) = ctx.portal.remembered.get(&key(ctx, method, name)) else {
        return Ok(None);
    };
    if ctx.now - known.at > Duration::hours(KEPT_HOURS) {
        return Ok(None);
    }
    if known.request != body {
        return Err(refuse(422, "IDEMPOTENCYKEYREUSEDEXCEPTION", "Idempotency-Key was used with another request"));
    }
    Ok(Some(known.answer.clone()))
}

/// Good answers are kept for a day; errors are not.
pub fn remember(ctx: &mut Ctx, method: &str, name: &str, body: &str, answer: &Value) {
    let kept = crate::state::portal::Remembered { request: body.to_owned(), answer: answer.clone(), at: ctx.now };
    let key = key(ctx, method, name);
    ctx.portal.remembered.insert(key, kept);
}
