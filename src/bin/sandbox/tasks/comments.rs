//! The old comments (`task.commentitem.*`, positional) and task results.

use crate::answer::{Outcome, Refusal};
use crate::php::Php;
use crate::rest::context::{Ctx, task_id};
use crate::rest::positional;
use serde_json::{Value, json};

/// `task.commentitem.add [taskId, {POST_MESSAGE}]`: works on the old card and, as documented, on the new one.
pub fn add(ctx: &mut Ctx, params: &Php) -> Outcome {
    let args = positional::arguments("ctaskcommentitem::add", params);
    let id = args.task_id(0)?;
    let fields = args.fields(1)?;
    let text = fields.get("POST_MESSAGE").and_then(Php::text).unwrap_or_default();
    if ctx.readable(id).is_none() {
        return Err(Refusal::core("TASKS_ERROR_EXCEPTION_#8; Action is not allowed; 8/TE/ACTION_NOT_ALLOWED"));
    }
    if text.trim().is_empty() {
        return Err(Refusal::core("TASKS_ERROR_EXCEPTION_#256; Message text is empty.; 256/TE/WRONG_ARGUMENTS"));
    }
    // The docs warn that AUTHOR_ID may name anybody; the server takes it as it comes.
    let author_id = fields.get("AUTHOR_ID").and_then(Php::int).and_then(|id| u64::try_from(id).ok());
    let author_id = author_id.unwrap_or_else(|| ctx.user());
    Ok(json!(ctx.say(id, author_id, text, false)).into())
}

/// `task.commentitem.getlist [taskId]`: gone on portals with the new card.
pub fn getlist(ctx: &mut Ctx, params: &Php) -> Outcome {
    if ctx.portal.settings.rest_v3 {
        return Err(Refusal::method_not_found());
    }
    let args = positional::arguments("ctaskcommentitem::getlist", params);
    let id = args.task_id(0)?;
    let Some(task) = ctx.readable(id) else {
        return Err(Refusal::core("TASKS_ERROR_EXCEPTION_#8; Action is not allowed; 8/TE/ACTION_NOT_ALLOWED"));
    };
    let rows = task.comments.iter().map(|comment| {
        let author = ctx.portal.users.get(&comment.author_id).map(|user| user.full_name()).unwrap_or_default();
        json!({
            "ID": comment.id.to_string(), "AUTHOR_ID": comment.author_id.to_string(), "AUTHOR_NAME": author,
            "POST_MESSAGE": comment.text, "POST_DATE": ctx.portal.iso(comment.date),
        })
    });
    Ok(rows.collect::<Value>().into())
}

/// `tasks.task.result.list`: a plain list with real integers; `formattedText` is HTML.
pub fn results(ctx: &mut Ctx, params: &Php) -> Outcome {
    let id = task_id(params)?;
    let Some(task) = ctx.readable(id) else {
        return Err(Refusal::new(400, "0", "Access denied."));
    };
    let open = !task.is_closed();
    let rows = task.results.iter().map(|result| {
        let html = result.text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br />");
        json!({
            "id": result.id, "taskId": id, "commentId": 0, "createdBy": result.created_by,
            "createdAt": ctx.portal.iso(result.created_at), "updatedAt": ctx.portal.iso(result.created_at),
            "status": if open { 0 } else { 1 }, "text": result.text, "formattedText": html, "files": [],
        })
    });
    Ok(rows.collect::<Value>().into())
}
