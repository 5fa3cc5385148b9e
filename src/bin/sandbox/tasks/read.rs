//! `tasks.task.get` and `tasks.task.getaccess`.

use crate::answer::{Outcome, Refusal};
use crate::php::{self, Php};
use crate::rest::context::{Ctx, task_id};
use crate::tasks::{access, view};
use serde_json::{Value, json};

/// A task that is missing or not for the caller's eyes: HTTP 200 and `[]`.
pub fn get(ctx: &mut Ctx, params: &Php) -> Outcome {
    let id = task_id(params)?;
    if params.get("select").is_some_and(|select| !select.is_array()) {
        return Err(Refusal::new(400, "100", "Invalid value to match with parameter {select}. Should be array."));
    }
    let Some(task) = ctx.readable(id) else {
        return Ok(json!([]).into());
    };
    let viewer = view::Viewer { portal: ctx.portal, user_id: ctx.user(), now: ctx.now };
    let mut shown = match view::select_of(params) {
        Some(select) => Value::Object(view::selected(&viewer, task, &select)),
        None => view::full(ctx.portal, task, ctx.user(), ctx.now),
    };
    if params.get("select").is_none() && ctx.portal.settings.rest_v3 {
        shown["chatId"] = json!(task.chat_id());
    }
    shown["action"] = access::camel(ctx.portal, task, ctx.user());
    Ok(json!({ "task": shown }).into())
}

/// A caller without access to the task gets `[]`; people without rights get a map of `false`.
pub fn getaccess(ctx: &mut Ctx, params: &Php) -> Outcome {
    let id = task_id(params)?;
    let users = match params.get("users") {
        Some(users) if !users.is_array() => {
            return Err(Refusal::new(400, "100", "Invalid value to match with parameter {users}. Should be array."));
        }
        Some(users) => users.many().iter().filter_map(|id| id.parse().ok()).collect(),
        None => Vec::new(),
    };
    let users = if users.is_empty() { vec![ctx.user()] } else { users };
    let Some(task) = ctx.readable(id) else {
        return Ok(json!({"allowedActions": []}).into());
    };
    let rights = users.iter().map(|user| (user.to_string(), access::upper(ctx.portal, task, *user)));
    // The key is a user id: never a list, not even for user 0.
    let map = Value::Object(rights.collect());
    let allowed = if map.as_object().is_some_and(|map| map.is_empty()) { php::array(Vec::new()) } else { map };
    Ok(json!({ "allowedActions": allowed }).into())
}
