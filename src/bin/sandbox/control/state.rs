//! Dumps: what the portal looks like inside.

use crate::control::{Said, Wrong, say};
use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::portal::Portal;
use crate::state::task::Task;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub async fn dump(sandbox: web::Data<Sandbox>, member_id: web::Path<String>) -> HttpResponse {
    let world = sandbox.world();
    let portal = world.portals.get(member_id.as_str()).ok_or_else(|| Wrong::not_found("portal"));
    say(portal.map(|portal| whole(&world, portal)))
}

fn whole(world: &World, portal: &Portal) -> Value {
    let app = portal.apps.get(&world.clients.main);
    json!({
        "member_id": portal.member_id, "domain": portal.domain, "client_endpoint": portal.client_endpoint(),
        "installed": app.is_some_and(|app| app.installed), "active": app.is_some_and(|app| app.active),
        "application_token": app.map(|app| &app.application_token), "version": app.map(|app| app.version),
        "apps": portal.apps, "settings": portal.settings, "handlers": portal.handlers,
        "placements": portal.placements, "users": portal.users.values().collect::<Vec<_>>(),
        "groups": portal.groups.values().collect::<Vec<_>>(),
        "tasks": portal.tasks.values().map(|task| show(portal, task)).collect::<Vec<_>>(),
        "notifications": portal.notifications,
    })
}

pub async fn task(sandbox: web::Data<Sandbox>, path: web::Path<(String, u64)>) -> HttpResponse {
    let world = sandbox.world();
    say(one(&world, &path.0, path.1))
}

fn one(world: &World, member_id: &str, id: u64) -> Said {
    let portal = world.portals.get(member_id).ok_or_else(|| Wrong::not_found("portal"))?;
    let task = portal.tasks.get(&id).ok_or_else(|| Wrong::not_found("task"))?;
    Ok(show(portal, task))
}

/// Own names, and beside them the names of the answers for the ones that tests look at most.
fn show(portal: &Portal, task: &Task) -> Value {
    let date = |time: Option<DateTime<Utc>>| time.map(|time| portal.iso(time));
    let mut shown = json!(task);
    shown["statusChangedDate"] = json!(date(Some(task.status_changed_date)));
    shown["closedDate"] = json!(date(task.closed_date));
    shown["createdDate"] = json!(date(Some(task.created_date)));
    shown["statusChangedBy"] = json!(task.status_changed_by);
    shown["closedBy"] = json!(task.closed_by);
    shown["createdBy"] = json!(task.created_by);
    shown["responsibleId"] = json!(task.responsible_id);
    shown["chatId"] = json!(task.chat_id());
    shown
}
