//! Checklists: as members of a task, and the positional `task.checklistitem.*` methods.

use crate::answer::{Outcome, Refusal, map_or_list};
use crate::php::Php;
use crate::rest::context::Ctx;
use crate::rest::positional;
use crate::state::portal::Portal;
use crate::state::task::{CheckItem, Task};
use crate::tasks::access;
use serde_json::{Value, json};

fn rights(portal: &Portal, task: &Task, user_id: u64) -> Value {
    let edit = access::allows(portal, task, user_id, "EDIT");
    let work = access::allows(portal, task, user_id, "CHECKLIST.ADD");
    json!({"modify": edit, "remove": edit, "toggle": work, "add": work, "addAccomplice": edit})
}

/// The `checklist` member: a map by id, `[]` without points.
pub fn map(portal: &Portal, task: &Task, user_id: u64) -> Value {
    let action = rights(portal, task, user_id);
    let row = |item: &CheckItem| {
        let parent = if item.parent_id == 0 { json!(0) } else { json!(item.parent_id.to_string()) };
        json!({
            "id": item.id.to_string(), "taskId": task.id.to_string(), "createdBy": item.created_by.to_string(),
            "parentId": parent, "title": item.title, "sortIndex": item.sort_index.to_string(),
            "isComplete": if item.complete { "Y" } else { "N" }, "isImportant": "N",
            "toggledBy": item.toggled_by.map(|id| id.to_string()),
            "toggledDate": item.toggled_date.map(|date| portal.iso(date)),
            "ufChecklistFiles": false, "members": [], "attachments": [], "entityId": task.id.to_string(),
            "action": action,
        })
    };
    map_or_list(task.checklist.iter().map(|item| (item.id.to_string(), row(item))).collect())
}

/// The `checkListTree` member: the same points, nested and with real numbers.
pub fn tree(portal: &Portal, task: &Task, user_id: u64) -> Value {
    let mut count = 0;
    let action = rights(portal, task, user_id);
    let below = branches(task, 0, user_id, &action, &mut count);
    json!({
        "nodeId": 0,
        "fields": {
            "id": null, "copiedId": null, "entityId": null, "userId": user_id, "createdBy": null, "parentId": null,
            "title": "", "sortIndex": null, "displaySortIndex": "", "isComplete": false, "isImportant": false,
            "completedCount": 0, "members": [], "attachments": [], "nodeId": null,
        },
        "action": [], "descendants": below,
    })
}

fn branches(task: &Task, parent: u64, user_id: u64, action: &Value, count: &mut u64) -> Vec<Value> {
    let mut out = Vec::new();
    for item in task.checklist.iter().filter(|item| item.parent_id == parent) {
        *count += 1;
        let node = *count;
        let display = if parent == 0 { String::new() } else { (item.sort_index + 1).to_string() };
        let done = task.checklist.iter().filter(|other| other.parent_id == item.id && other.complete).count();
        out.push(json!({
            "nodeId": node,
            "fields": {
                "id": item.id, "copiedId": null, "entityId": task.id, "userId": user_id,
                "createdBy": item.created_by, "parentId": item.parent_id, "title": item.title,
                "sortIndex": item.sort_index, "displaySortIndex": display, "isComplete": item.complete,
                "isImportant": false, "completedCount": done, "members": [], "attachments": [], "nodeId": null,
            },
            "action": action, "descendants": branches(task, item.id, user_id, action, count),
        }));
    }
    out
}

/// `task.checklistitem.getlist [taskId, order?]`
pub fn getlist(ctx: &mut Ctx, params: &Php) -> Outcome {
    let args = positional::arguments("ctaskchecklistitem::getlist", params);
    let id = args.task_id(0)?;
    let task = ctx.readable(id).ok_or_else(no_access)?;
    let rows = task.checklist.iter().map(|item| {
        json!({
            "ID": item.id.to_string(), "TASK_ID": id.to_string(), "PARENT_ID": item.parent_id.to_string(),
            "CREATED_BY": item.created_by.to_string(), "TITLE": item.title,
            "SORT_INDEX": item.sort_index.to_string(), "IS_COMPLETE": if item.complete { "Y" } else { "N" },
            "IS_IMPORTANT": "N", "TOGGLED_BY": item.toggled_by.map(|id| id.to_string()),
            "TOGGLED_DATE": item.toggled_date.map_or(String::new(), |date| ctx.portal.iso(date)),
            "MEMBERS": [], "ATTACHMENTS": [],
        })
    });
    Ok(rows.collect::<Value>().into())
}

/// `task.checklistitem.complete [taskId, itemId]`
pub fn complete(ctx: &mut Ctx, params: &Php) -> Outcome {
    toggle(ctx, &positional::arguments("ctaskchecklistitem::complete", params), true)
}

/// `task.checklistitem.renew [taskId, itemId]`
pub fn renew(ctx: &mut Ctx, params: &Php) -> Outcome {
    toggle(ctx, &positional::arguments("ctaskchecklistitem::renew", params), false)
}

fn toggle(ctx: &mut Ctx, args: &positional::Arguments, complete: bool) -> Outcome {
    let (id, item_id) = (args.task_id(0)?, args.task_id(1)?);
    set(ctx, id, item_id, complete)?;
    Ok(json!(true).into())
}

/// The right is that of the task that is named; whose point it is nobody looks at, as with the vendor.
pub fn set(ctx: &mut Ctx, id: u64, item_id: u64, complete: bool) -> Result<(), Refusal> {
    if !ctx.allows(id, "CHECKLIST.ADD") {
        return Err(no_access());
    }
    let (now, user_id) = (ctx.now, ctx.user());
    let mut points = ctx.portal.tasks.values_mut().flat_map(|task| task.checklist.iter_mut());
    let item = points.find(|item| item.id == item_id).ok_or_else(no_access)?;
    let (title, before) = (item.title.clone(), std::mem::replace(&mut item.complete, complete));
    item.toggled_by = Some(user_id);
    item.toggled_date = Some(now);
    if before != complete {
        let field = if complete { "CHECKLIST_ITEM_CHECK" } else { "CHECKLIST_ITEM_UNCHECK" };
        ctx.portal.note(id, user_id, field, Some(String::new()), Some(title), now);
    }
    ctx.touched(id);
    Ok(())
}

/// `task.checklistitem.isactionallowed [taskId, itemId, actionId]`: 1 add, 2 modify, 3 remove, 4 toggle.
pub fn is_action_allowed(ctx: &mut Ctx, params: &Php) -> Outcome {
    let args = positional::arguments("ctaskchecklistitem::isactionallowed", params);
    let (id, item_id, action) = (args.task_id(0)?, args.task_id(1)?, args.task_id(2)?);
    ctx.readable(id).ok_or_else(no_access)?;
    // Whose point it is nobody looks at.
    let known = ctx.portal.tasks.values().any(|task| task.checklist.iter().any(|item| item.id == item_id));
    let right = match action {
        1 | 4 => "CHECKLIST.ADD",
        2 | 3 => "EDIT",
        _ => return Err(args.wrong(2, "integer")),
    };
    Ok(json!(known && ctx.allows(id, right)).into())
}

fn no_access() -> Refusal {
    Refusal::core("TASKS_ERROR_EXCEPTION_#8; Action is not allowed; 8/TE/ACTION_NOT_ALLOWED")
}
