//! `placement.bind`, `placement.unbind`, `placement.get`, `placement.list`.

use crate::answer::{Outcome, Refusal};
use crate::php::Php;
use crate::rest::bindings::{check_handler, required};
use crate::rest::context::Ctx;
use crate::state::application::PlacementRow;
use serde_json::{Value, json};

/// Placement, scope it needs beside `placement`, option keys that are kept.
type Place = (&'static str, &'static str, &'static [&'static str]);

const PLACES: [Place; 9] = [
    ("LEFT_MENU", "", &[]),
    ("REST_APP_URI", "", &[]),
    ("TASK_VIEW_TAB", "task", &["groupId"]),
    ("TASK_VIEW_SIDEBAR", "task", &["groupId"]),
    ("TASK_VIEW_TOP_PANEL", "task", &[]),
    ("TASK_LIST_CONTEXT_MENU", "task", &[]),
    ("TASK_USER_LIST_TOOLBAR", "task", &[]),
    ("TASK_GROUP_LIST_TOOLBAR", "task", &[]),
    ("TASK_ROBOT_DESIGNER_TOOLBAR", "task", &[]),
];

pub fn bind(ctx: &mut Ctx, params: &Php) -> Outcome {
    must_be_admin(ctx)?;
    let placement = required(params, "PLACEMENT")?.to_uppercase();
    let handler = required(params, "HANDLER")?;
    if placement == "DEFAULT" {
        return Err(Refusal::argument("PLACEMENT", "Wrong value"));
    }
    let place = available(ctx).find(|(name, _, _)| *name == placement);
    let (_, _, kept) = place.ok_or_else(|| Refusal::new(400, "ERROR_PLACEMENT_NOT_FOUND", "Placement not found"))?;
    check_handler(ctx, &handler)?;
    let client_id = ctx.caller.client_id.clone();
    let own = |row: &&PlacementRow| row.client_id == client_id && row.placement == placement;
    if ctx.portal.placements.iter().any(|row| own(&row) && row.handler == handler) {
        return Err(Refusal::core("Unable to set placement handler: Handler already binded"));
    }
    if placement == "REST_APP_URI" && ctx.portal.placements.iter().any(|row| own(&row)) {
        return Err(Refusal::new(400, "ERROR_PLACEMENT_MAX_COUNT", "Placement max count"));
    }
    let row = read_row(ctx, params, client_id, placement, handler, kept);
    ctx.portal.placements.push(row);
    Ok(json!(true).into())
}

fn read_row(
    ctx: &mut Ctx,
    params: &Php,
    client_id: String,
    placement: String,
    handler: String,
    kept: &[&str],
) -> PlacementRow {
    let lang_all = params.get_any_case("LANG_ALL").filter(|all| all.is_array()).cloned().unwrap_or_else(Php::empty);
    let title = |name: &str| {
        let translated = lang_all.get("en").or_else(|| lang_all.pairs().first().map(|(_, texts)| texts));
        let own = params.get_any_case(name).and_then(Php::text).unwrap_or_default();
        translated.and_then(|texts| texts.get_any_case(name)).and_then(Php::text).unwrap_or(own)
    };
    let options = params.get_any_case("OPTIONS").map(|options| {
        let known = options.pairs().iter().filter(|(key, _)| kept.contains(&key.as_str()));
        crate::answer::map_or_list(known.map(|(key, value)| (key.clone(), value.to_json())).collect())
    });
    let name = if title("TITLE").is_empty() { "Application".to_owned() } else { title("TITLE") };
    let description = title("DESCRIPTION");
    PlacementRow {
        id: ctx.portal.next_id(),
        client_id,
        placement,
        handler,
        title: name,
        description,
        lang_all: lang_all.to_json(),
        options: options.unwrap_or_else(|| json!([])),
    }
}

/// The vendor counts every removed row twice.
pub fn unbind(ctx: &mut Ctx, params: &Php) -> Outcome {
    must_be_admin(ctx)?;
    let placement = required(params, "PLACEMENT")?.to_uppercase();
    let handler = params.get_any_case("HANDLER").and_then(Php::text);
    let client_id = ctx.caller.client_id.clone();
    let before = ctx.portal.placements.len();
    ctx.portal.placements.retain(|row| {
        let fits = row.client_id == client_id && row.placement == placement;
        !(fits && handler.as_ref().is_none_or(|handler| *handler == row.handler))
    });
    Ok(json!({"count": (before - ctx.portal.placements.len()) * 2}).into())
}

pub fn get(ctx: &mut Ctx, _: &Php) -> Outcome {
    must_be_admin(ctx)?;
    let own = ctx.portal.placements.iter().filter(|row| row.client_id == ctx.caller.client_id);
    let rows = own.map(|row| {
        json!({
            "placement": row.placement, "userId": 0, "handler": row.handler, "options": row.options,
            "title": row.title, "description": row.description, "langAll": row.lang_all,
        })
    });
    Ok(rows.collect::<Value>().into())
}

pub fn list(ctx: &mut Ctx, _: &Php) -> Outcome {
    Ok(available(ctx).map(|(name, _, _)| *name).collect::<Value>().into())
}

fn available(ctx: &Ctx) -> impl Iterator<Item = &'static Place> {
    let scopes = ctx.portal.settings.scopes.clone();
    PLACES.iter().filter(move |(_, scope, _)| scope.is_empty() || scopes.iter().any(|own| own == scope))
}

fn must_be_admin(ctx: &Ctx) -> Result<(), Refusal> {
    if ctx.is_admin() { Ok(()) } else { Err(Refusal::new(403, "ACCESS_DENIED", "Access denied!")) }
}
