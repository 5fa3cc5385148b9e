//! The native task card.

use crate::control::act::{Act, by_hand};
use crate::pages::card_parts as parts;
use crate::pages::frame::{Frame, render};
use crate::pages::html::{bbcode, esc, page};
use crate::pages::people::choice;
use crate::pages::visit::{self, Visit};
use crate::sandbox::Sandbox;
use crate::server::unknown_portal;
use crate::state::World;
use crate::state::portal::Portal;
use crate::state::task::Task;
use crate::tasks::access;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use std::collections::HashMap;

const PLACES: [&str; 3] = ["TASK_VIEW_TAB", "TASK_VIEW_SIDEBAR", "TASK_VIEW_TOP_PANEL"];

pub async fn show(request: HttpRequest, sandbox: web::Data<Sandbox>, path: web::Path<(u64, u64)>) -> HttpResponse {
    let visit = match visit::of(&request, &sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let (mut world, id) = (sandbox.world(), path.1);
    let now = world.now();
    let Some(portal) = world.portals.get_mut(&visit.member_id) else {
        return unknown_portal();
    };
    let Some(user_id) = visit.user_id else {
        let body = choice(portal, |user| format!("{}?as={}", request.path(), user.id));
        return visit::page(&visit, page(portal, None, &visit, "Task", &body));
    };
    if let Some(task) = portal.tasks.get_mut(&id) {
        task.viewed.insert(user_id, now);
    }
    let frames = frames(&mut world, &visit, user_id, id, request.path());
    let Some(portal) = world.portals.get(&visit.member_id) else {
        return unknown_portal();
    };
    let user = visit::person(&visit, portal);
    let task = portal.tasks.get(&id).filter(|task| access::can_read(portal, task, user_id));
    let body = match task {
        Some(task) => body(portal, task, user_id, &visit, &frames),
        None => "<section class=\"card narrow\"><h1>Task not found</h1><p>It may have been deleted, or you may not \
                 have access to it.</p></section>"
            .to_owned(),
    };
    let title = task.map_or("Task not found", |task| task.title.as_str());
    visit::page(&visit, page(portal, user, &visit, title, &body))
}

/// Since 25.700 every kind of card placement appears in one block of applications.
fn frames(world: &mut World, visit: &Visit, user_id: u64, id: u64, path: &str) -> String {
    let Some(portal) = world.portals.get(&visit.member_id) else {
        return String::new();
    };
    let group_id = portal.tasks.get(&id).map_or(0, |task| task.group_id).to_string();
    // The option limits a placement to projects: "11,12".
    let fits = |options: &serde_json::Value| {
        options["groupId"].as_str().is_none_or(|only| only.split(',').any(|id| id.trim() == group_id))
    };
    let readable = portal.tasks.get(&id).is_some_and(|task| access::can_read(portal, task, user_id));
    let rows = PLACES.iter().flat_map(|place| portal.shown_placements(place));
    let rows = rows.filter(|row| readable && fits(&row.options));
    let lang = portal.users.get(&user_id).map_or("en", |user| user.lang.as_str());
    let rows: Vec<_> =
        rows.map(|row| (row.placement.clone(), row.handler.clone(), row.title_in(lang).to_owned())).collect();
    let options = json!({"taskId": id.to_string(), "URI": path});
    let mut out = String::new();
    for (place, handler, title) in &rows {
        let frame = Frame {
            member_id: &visit.member_id,
            user_id,
            place,
            options: Some(&options),
            handler: Some(handler),
            popup: false,
        };
        let html = render(world, &frame).unwrap_or_default();
        out.push_str(&format!("<h3>{}</h3>{html}", esc(title)));
    }
    out
}

fn body(portal: &Portal, task: &Task, user_id: u64, visit: &Visit, frames: &str) -> String {
    let error = visit.get("error").map(|text| format!("<p class=\"error\" role=\"alert\">{}</p>", esc(text)));
    let apps = match frames {
        "" => String::new(),
        frames => format!("<section class=\"card\"><h2>Applications</h2>{frames}</section>"),
    };
    format!(
        "<div class=\"task\"><div><section class=\"card\">{error}<div class=\"bar\">{status}<span class=\"quiet\">\
         Task No. {id}</span></div><h1>{title}</h1><div class=\"text\">{description}</div>{checklist}{results}\
         {buttons}</section>{apps}{talk}{history}</div><aside class=\"card\">{people}</aside></div>",
        error = error.unwrap_or_default(),
        status = crate::pages::tasks::chip(task.status),
        id = task.id,
        title = esc(&task.title),
        description = bbcode(&task.description),
        checklist = parts::checklist(task),
        results = parts::results(portal, task),
        buttons = parts::buttons(portal, task, user_id, &visit.path),
        talk = parts::talk(portal, task, &visit.path),
        history = parts::history(portal, task),
        people = parts::people(portal, task),
    )
}

/// A button of the card: the same hands as control uses.
pub async fn act(
    request: HttpRequest,
    sandbox: web::Data<Sandbox>,
    path: web::Path<(u64, u64)>,
    form: web::Form<HashMap<String, String>>,
) -> HttpResponse {
    let visit = match visit::of(&request, &sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let act = Act {
        user_id: visit.user_id.unwrap_or(0),
        action: form.get("action").cloned().unwrap_or_default(),
        task_id: path.1,
        text: form.get("text").cloned().unwrap_or_default(),
    };
    let done = by_hand(&mut sandbox.world(), &visit.member_id, &act);
    let mut query: Vec<(&str, &str)> = Vec::new();
    if visit.framed {
        query.push(("IFRAME", "Y"));
    }
    if done.is_err() {
        query.push(("error", "Action on the task is not allowed"));
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    visit::go_to(&format!("{}?{query}", request.path()))
}
