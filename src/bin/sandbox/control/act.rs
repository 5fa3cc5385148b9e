//! A person doing something by hand in the portal. The page's buttons use the same function.

use crate::control::{Wrong, say};
use crate::outbox::{Happening, tell};
use crate::rest::context::{Caller, Ctx, with_ctx};
use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::task::TaskResult;
use crate::tasks::checklist;
use crate::tasks::status::{self, Step};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    pub user_id: u64,
    pub action: String,
    pub task_id: u64,
    #[serde(default)]
    pub text: String,
}

pub async fn act(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, act: web::Json<Act>) -> HttpResponse {
    let done = by_hand(&mut sandbox.world(), &member_id, &act);
    say(done.map(|status| json!({"ok": true, "status": status})))
}

/// Does it with the person's own rights, with history and events; answers the task's status afterwards.
pub fn by_hand(world: &mut World, member_id: &str, act: &Act) -> Result<Option<u8>, Wrong> {
    // By hand there is no application behind it.
    let caller = Caller { user_id: act.user_id, client_id: String::new() };
    let done = with_ctx(world, member_id, &caller, |ctx| {
        let done = perform(ctx, act);
        (done, std::mem::take(&mut ctx.happenings), ctx.portal.tasks.get(&act.task_id).map(|task| task.status))
    });
    let (done, happenings, status) = done.ok_or_else(|| Wrong::not_found("portal"))?;
    for happening in &happenings {
        tell(world, member_id, happening);
    }
    done.map(|()| status)
}

fn perform(ctx: &mut Ctx, act: &Act) -> Result<(), Wrong> {
    let id = act.task_id;
    if ctx.readable(id).is_none() {
        return Err(Wrong::not_found("task for this person"));
    }
    if let Some(step) = Step::by_name(&act.action) {
        return status::take(ctx, id, step).map_err(|refusal| Wrong::conflict(refusal.description));
    }
    match act.action.as_str() {
        "view" => look(ctx, id),
        "delete" => delete(ctx, id)?,
        "rename" | "set_title" => retitle(ctx, id, &act.text),
        // Into the chat of the new card, into the comments of the old one.
        "comment" => {
            ctx.say(id, act.user_id, act.text.clone(), ctx.portal.settings.rest_v3);
        }
        "result" => hand_in_result(ctx, id, &act.text),
        "tick" | "untick" => tick(ctx, id, &act.text, act.action == "tick")?,
        other => return Err(Wrong::bad(format!("unknown action {other:?}"))),
    }
    Ok(())
}

fn look(ctx: &mut Ctx, id: u64) {
    let (user_id, now) = (ctx.user(), ctx.now);
    if let Some(task) = ctx.portal.tasks.get_mut(&id) {
        task.viewed.insert(user_id, now);
    }
}

fn hand_in_result(ctx: &mut Ctx, id: u64, text: &str) {
    let (created_by, created_at, result_id) = (ctx.user(), ctx.now, ctx.portal.next_id());
    if let Some(task) = ctx.portal.tasks.get_mut(&id) {
        // The newest first, as the list answers them.
        task.results.insert(0, TaskResult { id: result_id, created_by, created_at, text: text.to_owned() });
    }
    ctx.touched(id);
}

/// A point by its title.
fn tick(ctx: &mut Ctx, id: u64, title: &str, complete: bool) -> Result<(), Wrong> {
    let task = ctx.portal.tasks.get(&id);
    let item = task.and_then(|task| task.checklist.iter().find(|item| item.title == title)).map(|item| item.id);
    let item = item.ok_or_else(|| Wrong::not_found("point"))?;
    checklist::set(ctx, id, item, complete).map_err(|refusal| Wrong::conflict(refusal.description))
}

fn delete(ctx: &mut Ctx, id: u64) -> Result<(), Wrong> {
    if !ctx.allows(id, "REMOVE") {
        return Err(Wrong::conflict("Action on the task is not allowed"));
    }
    ctx.portal.tasks.remove(&id);
    ctx.happenings.push(Happening::task("ONTASKDELETE", id, ctx.user()));
    Ok(())
}

fn retitle(ctx: &mut Ctx, id: u64, text: &str) {
    let (now, user_id) = (ctx.now, ctx.user());
    if let Some(task) = ctx.portal.tasks.get_mut(&id) {
        let before = std::mem::replace(&mut task.title, text.to_owned());
        ctx.portal.note(id, user_id, "TITLE", Some(before), Some(text.to_owned()), now);
    }
    ctx.touched(id);
}
