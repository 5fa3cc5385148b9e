//! Chat messages and notifications.

use crate::answer::{Outcome, Refusal};
use crate::php::Php;
use crate::rest::context::Ctx;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// `im.message.add` into the chat of a task: only for those who take part in it.
pub fn message_add(ctx: &mut Ctx, params: &Php) -> Outcome {
    let text = text_of(params, "MESSAGE")?;
    let task_id = dialog_task(ctx, params)?;
    let author_id = ctx.user();
    Ok(json!(ctx.say(task_id, author_id, text, true)).into())
}

/// `im.dialog.messages.get`: newest first, 20 unless told, 50 at most; those after `FIRST_ID`, or before `LAST_ID`.
pub fn messages_get(ctx: &mut Ctx, params: &Php) -> Outcome {
    let task_id = dialog_task(ctx, params)?;
    let Some(task) = ctx.portal.tasks.get(&task_id) else {
        return Err(no_access());
    };
    let number = |name: &str| params.get_any_case(name).and_then(Php::int).map(i64::unsigned_abs);
    let (first, last) = (number("FIRST_ID").unwrap_or(0), number("LAST_ID").unwrap_or(u64::MAX));
    let limit = number("LIMIT").map_or(20, |limit| limit.clamp(1, 50)) as usize;
    let shown = task.chat.iter().rev().filter(|message| message.id > first && message.id < last).take(limit);
    let rows = shown.clone().map(|message| {
        json!({
            "id": message.id, "chat_id": task.chat_id(), "author_id": message.author_id,
            "date": ctx.portal.iso(message.date), "text": message.text, "unread": false, "uuid": null, "replaces": [],
            "params": [], "disappearing_date": null,
        })
    });
    let messages: Value = rows.collect();
    let authors: BTreeSet<u64> = shown.map(|message| message.author_id).collect();
    let users = authors.iter().filter_map(|id| ctx.portal.users.get(id)).map(
        |user| json!({"id": user.id, "active": true, "name": user.full_name(), "status": "online", "type": "user"}),
    );
    let users: Value = users.collect();
    Ok(json!({"chat_id": task.chat_id(), "messages": messages, "users": users, "files": []}).into())
}

pub fn notify_system(ctx: &mut Ctx, params: &Php) -> Outcome {
    notify(ctx, params, 0)
}

pub fn notify_personal(ctx: &mut Ctx, params: &Php) -> Outcome {
    let from = ctx.user();
    notify(ctx, params, from)
}

fn notify(ctx: &mut Ctx, params: &Php, from: u64) -> Outcome {
    let to = params.get_any_case("USER_ID").and_then(Php::int).and_then(|id| u64::try_from(id).ok());
    let Some(to) = to.filter(|id| *id > 0) else {
        return Err(Refusal::new(400, "USER_ID_EMPTY", "User ID can't be empty"));
    };
    let text = text_of(params, "MESSAGE")?.trim().to_owned();
    attach(params)?;
    // Nobody to notify: the method says so without an error.
    if !ctx.portal.users.get(&to).is_some_and(|user| user.active) {
        return Ok(json!(false).into());
    }
    let tag = params.get_any_case("TAG").and_then(Php::text).unwrap_or_default();
    Ok(json!(ctx.portal.notify(to, from, &text, &tag)).into())
}

/// An object, or JSON as text; at most 30 KB.
fn attach(params: &Php) -> Result<(), Refusal> {
    let Some(attach) = params.get_any_case("ATTACH") else { return Ok(()) };
    let value = match attach.text() {
        Some(text) => serde_json::from_str::<Value>(&text).ok(),
        None => attach.is_array().then(|| attach.to_json()),
    };
    let value = value.filter(|value| value.is_object() || value.is_array());
    let value = value.ok_or_else(|| Refusal::new(400, "ATTACH_ERROR", "Incorrect attach params"))?;
    if value.to_string().len() > 30 * 1024 {
        let text = "You have exceeded the maximum allowable size of attach";
        return Err(Refusal::new(400, "ATTACH_OVERSIZE", text));
    }
    Ok(())
}

fn text_of(params: &Php, name: &str) -> Result<String, Refusal> {
    let text = params.get_any_case(name).and_then(Php::text).filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| Refusal::new(400, "MESSAGE_EMPTY", "Message can't be empty"))
}

/// `chat2051` -> the task behind that chat.
fn dialog_task(ctx: &Ctx, params: &Php) -> Result<u64, Refusal> {
    let dialog = params.get_any_case("DIALOG_ID").and_then(Php::text);
    let dialog = dialog.ok_or_else(|| Refusal::new(400, "DIALOG_ID_EMPTY", "Dialog ID can't be empty"))?;
    let chat_id: u64 = dialog.strip_prefix("chat").and_then(|id| id.parse().ok()).ok_or_else(no_access)?;
    let task = ctx.portal.tasks.values().find(|task| task.chat_id() == chat_id);
    let task = task.filter(|task| ctx.portal.settings.rest_v3 && task.takes_part(ctx.user()));
    task.map(|task| task.id).ok_or_else(no_access)
}

fn no_access() -> Refusal {
    Refusal::new(403, "ACCESS_ERROR", "You do not have access to the specified dialog")
}
