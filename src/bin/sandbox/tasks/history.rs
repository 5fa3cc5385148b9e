//! `tasks.task.history.list` and `tasks.task.counters.get`.

use crate::answer::{Outcome, Refusal};
use crate::php::Php;
use crate::rest::context::{Ctx, task_id};
use crate::state::task::{HistoryEntry, Task};
use crate::tasks::access;
use crate::tasks::filter::{self, Wanted};
use serde_json::{Value, json};

pub fn list(ctx: &mut Ctx, params: &Php) -> Outcome {
    let id = task_id(params)?;
    if !ctx.portal.tasks.contains_key(&id) {
        return Ok(json!({"list": []}).into());
    }
    let task = ctx.readable(id).ok_or_else(|| Refusal::new(400, "0", "Access denied."))?;
    let mut rows: Vec<&HistoryEntry> = task.history.iter().filter(|row| wanted(ctx, params, row)).collect();
    if descends(params) {
        rows.reverse();
    }
    let list: Vec<Value> = rows.into_iter().map(|row| show(ctx, row)).collect();
    Ok(json!({ "list": list }).into())
}

fn show(ctx: &Ctx, row: &HistoryEntry) -> Value {
    let user = ctx.portal.users.get(&row.user_id);
    let part = |pick: fn(&crate::state::people::User) -> &str| user.map_or("", pick);
    json!({
        "id": row.id, "createdDate": ctx.portal.iso(row.date), "field": row.field,
        "value": {"from": row.from, "to": row.to},
        "user": {
            "id": row.user_id, "name": part(|user| &user.name), "lastName": part(|user| &user.last_name),
            "secondName": "", "login": format!("user{}@{}", row.user_id, "example.com"),
        },
    })
}

/// Filter keys FIELD, USER_ID, CREATED_DATE (with the usual prefixes).
fn wanted(ctx: &Ctx, params: &Php, row: &HistoryEntry) -> bool {
    let Some(filter) = params.get("filter") else {
        return true;
    };
    filter.pairs().iter().all(|(key, value)| {
        let (op, name) = filter::split_key(key);
        let wanted = Wanted::read(op, value, ctx.portal.settings.utc_offset);
        match name {
            "FIELD" => wanted.text(row.field),
            "USER_ID" => wanted.number(row.user_id),
            "CREATED_DATE" => wanted.date(Some(row.date)),
            _ => true,
        }
    })
}

fn descends(params: &Php) -> bool {
    let order = params.get("order").and_then(|order| order.pairs().first().cloned());
    order.and_then(|(_, way)| way.text()).is_some_and(|way| way.eq_ignore_ascii_case("desc"))
}

/// Counts what is overdue for a role; there is no counter of what awaits control.
pub fn counters(ctx: &mut Ctx, params: &Php) -> Outcome {
    let user_id = params.get("userId").and_then(Php::int).map_or(ctx.user(), |id| id.unsigned_abs());
    if user_id != ctx.user() && !ctx.is_admin() {
        return Ok(json!([]).into());
    }
    let overdue = |task: &&Task| task.created_by == user_id && task.virtual_status(user_id, ctx.now) == -1;
    let visible = ctx.portal.tasks.values().filter(|task| access::can_read(ctx.portal, task, user_id));
    let expired = visible.filter(overdue).count();
    let mut reply: crate::answer::Reply =
        json!({"expired": {"counter": expired, "code": 6_291_456}, "new_comments": {"counter": 0, "code": 12_582_912}})
            .into();
    reply.total = Some(1);
    Ok(reply)
}
