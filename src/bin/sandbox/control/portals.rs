//! Making portals and turning their switches.

use crate::control::{Said, Wrong, optional, say};
use crate::installing;
use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::portal::Portal;
use crate::state::settings::{Settings, SettingsPatch};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub async fn list(sandbox: web::Data<Sandbox>) -> HttpResponse {
    let world = sandbox.world();
    let rows = world.portals.values().map(|portal| summary(&world, portal));
    HttpResponse::Ok().json(rows.collect::<Vec<_>>())
}

fn summary(world: &World, portal: &Portal) -> Value {
    let app = portal.apps.get(&world.clients.main);
    json!({
        "member_id": portal.member_id, "domain": portal.domain, "client_endpoint": portal.client_endpoint(),
        "application_token": app.map(|app| &app.application_token), "installed": app.map(|app| app.installed),
        "settings": portal.settings, "users": portal.users.len(), "tasks": portal.tasks.len(),
    })
}

pub async fn create(sandbox: web::Data<Sandbox>, body: web::Bytes) -> HttpResponse {
    say(optional(&body).and_then(|patch| make(&mut sandbox.world(), patch)))
}

fn make(world: &mut World, patch: SettingsPatch) -> Said {
    let (installed, mut settings) = (patch.installed, Settings::default());
    patch.apply(&mut settings).map_err(Wrong::bad)?;
    let portal = world.add_portal(settings);
    let portal = portal.ok_or_else(|| Wrong::conflict("every portal address is in use; start with more --portals"))?;
    let member_id = portal.member_id.clone();
    let main = world.clients.main.clone();
    installing::begin(world, &member_id, &main);
    set_installed(world, &member_id, installed);
    let portal = world.portals.get(&member_id).ok_or_else(|| Wrong::not_found("portal"))?;
    Ok(summary(world, portal))
}

pub async fn settings(
    sandbox: web::Data<Sandbox>,
    member_id: web::Path<String>,
    patch: web::Json<SettingsPatch>,
) -> HttpResponse {
    let (mut world, patch) = (sandbox.world(), patch.into_inner());
    let installed = patch.installed;
    let Some(portal) = world.portals.get_mut(member_id.as_str()) else {
        return say(Err(Wrong::not_found("portal")));
    };
    if let Err(text) = patch.apply(&mut portal.settings) {
        return say(Err(Wrong::bad(text)));
    }
    let settings = json!(portal.settings);
    set_installed(&mut world, &member_id, installed);
    say(Ok(settings))
}

fn set_installed(world: &mut World, member_id: &str, installed: Option<bool>) {
    match installed {
        Some(true) => installing::mark_installed(world, member_id),
        Some(false) if world.portals.get(member_id).is_some_and(|portal| portal.apps_finished(&world.clients.main)) => {
            installing::uninstall(world, member_id, false, false);
        }
        _ => {}
    }
}
