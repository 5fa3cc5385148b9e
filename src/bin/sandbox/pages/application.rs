//! The application's own page in the portal, and frames for places.

use crate::installing;
use crate::pages::frame::{Frame, render};
use crate::pages::html::{esc, page};
use crate::pages::people::choice;
use crate::pages::visit::{self, Visit};
use crate::php::Php;
use crate::sandbox::Sandbox;
use crate::server::unknown_portal;
use crate::state::World;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

pub async fn main_page(request: HttpRequest, sandbox: web::Data<Sandbox>) -> HttpResponse {
    let visit = match visit::of(&request, &sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let mut world = sandbox.world();
    let body = inside(&mut world, &visit);
    show(&world, &visit, "Application", &body)
}

fn show(world: &World, visit: &Visit, title: &str, body: &str) -> HttpResponse {
    let Some(portal) = world.portals.get(&visit.member_id) else {
        return unknown_portal();
    };
    let user = visit::person(visit, portal);
    visit::page(visit, page(portal, user, visit, title, body))
}

/// What stands on the page depends on how far the installation has come, and on who looks.
fn inside(world: &mut World, visit: &Visit) -> String {
    let main = world.clients.main.clone();
    let Some(portal) = world.portals.get(&visit.member_id) else {
        return String::new();
    };
    let Some(user) = visit::person(visit, portal) else {
        return choice(portal, |user| format!("/marketplace/app/?as={}", user.id));
    };
    let (admin, user_id) = (user.admin, user.id);
    if portal.settings.user_access_denied.contains(&user_id) {
        return note("The administrator has not opened this application for you.", "");
    }
    let installed = portal.apps.get(&main).map(|app| app.installed);
    let install = button("install", "Install", "primary");
    match installed {
        None if admin => note("The application is not installed on this portal.", &install),
        None => note("The application is not installed. Ask your administrator.", ""),
        Some(false) if !admin => note("The installation of this application is not finished yet.", ""),
        Some(done) => {
            let bar = if admin && !visit.framed { manage_bar(done) } else { String::new() };
            let options = options(visit);
            // A link goes to the handler that was registered for links, if there is one.
            let linked = visit.path.starts_with("/marketplace/view/")
                && portal.placements.iter().any(|row| row.client_id == main && row.placement == "REST_APP_URI");
            let frame = Frame {
                member_id: &visit.member_id,
                user_id,
                place: if !done {
                    "INSTALL"
                } else if linked {
                    "REST_APP_URI"
                } else {
                    "DEFAULT"
                },
                options: options.as_ref(),
                handler: None,
                popup: visit.get("popup").is_some(),
            };
            format!("{bar}{}", render(world, &frame).unwrap_or_default())
        }
    }
}

fn note(text: &str, more: &str) -> String {
    format!("<section class=\"card narrow\"><h1>Application</h1><p>{}</p>{more}</section>", esc(text))
}

fn button(action: &str, text: &str, class: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/marketplace/app/\"><input type=\"hidden\" name=\"action\" value=\"{action}\">\
         <button class=\"{class}\">{text}</button></form>"
    )
}

fn manage_bar(installed: bool) -> String {
    let state = if installed { "" } else { "<span class=\"chip\">installation not finished</span>" };
    let clean = "<label><input type=\"checkbox\" name=\"clean\" value=\"1\"> delete settings and data</label>";
    let uninstall = button("uninstall", "Uninstall", "plain").replace("<button", &format!("{clean}<button"));
    format!(
        "<div class=\"bar\"><h1>Application</h1>{state}<span class=\"gap\"></span>{}{uninstall}</div>",
        button("update", "Update", "plain")
    )
}

/// The page's own `params[…]` are what the application is opened with; nothing when there are none.
fn options(visit: &Visit) -> Option<Value> {
    let query = visit.path.split_once('?')?.1;
    let params = Php::from_query(query);
    params.get("params").filter(|params| params.is_array()).map(Php::to_json)
}

pub async fn manage(
    request: HttpRequest,
    sandbox: web::Data<Sandbox>,
    form: web::Form<std::collections::HashMap<String, String>>,
) -> HttpResponse {
    let visit = match visit::of(&request, &sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let mut world = sandbox.world();
    let user_id = visit.user_id.unwrap_or(0);
    if world.portals.get(&visit.member_id).is_some_and(|portal| portal.is_admin(user_id)) {
        let main = world.clients.main.clone();
        match form.get("action").map(String::as_str) {
            Some("install") => installing::begin(&mut world, &visit.member_id, &main),
            Some("update") => drop(installing::update(&mut world, &visit.member_id, user_id, false)),
            Some("uninstall") => {
                installing::uninstall(&mut world, &visit.member_id, form.contains_key("clean"), true);
            }
            _ => {}
        }
    }
    visit::go_to("/marketplace/app/")
}

/// A place opened over another page: row menus, toolbars, the main menu.
pub async fn placement(request: HttpRequest, sandbox: web::Data<Sandbox>) -> HttpResponse {
    let visit = match visit::of(&request, &sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let mut world = sandbox.world();
    let options: Value =
        visit.get("options").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| json!([]));
    let frame = Frame {
        member_id: &visit.member_id,
        user_id: visit.user_id.unwrap_or(0),
        place: visit.get("place").unwrap_or("DEFAULT"),
        options: Some(&options),
        handler: visit.get("handler"),
        popup: false,
    };
    let body = render(&mut world, &frame).unwrap_or_else(|| note("There is nothing to show here.", ""));
    show(&world, &visit, "Application", &body)
}
