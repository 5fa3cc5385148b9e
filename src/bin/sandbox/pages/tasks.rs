//! The native task lists of a person and of a group.

use crate::pages::html::{esc, page, placement_href, slider_link};
use crate::pages::people::choice;
use crate::pages::visit::{self, Visit};
use crate::sandbox::Sandbox;
use crate::server::unknown_portal;
use crate::state::people::User;
use crate::state::portal::Portal;
use crate::state::task::{AWAITING_CONTROL, Task};
use crate::tasks::access;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

/// A page for people, not for machines: more rows than this help nobody.
const SHOWN: usize = 200;

pub async fn of_user(request: HttpRequest, sandbox: web::Data<Sandbox>, user: web::Path<u64>) -> HttpResponse {
    let whose = user.into_inner();
    let place = ("TASK_USER_LIST_TOOLBAR", json!({"USER_ID": whose.to_string()}));
    list(&request, &sandbox, "Tasks", place, |task| task.takes_part(whose))
}

pub async fn of_group(request: HttpRequest, sandbox: web::Data<Sandbox>, group: web::Path<u64>) -> HttpResponse {
    let group_id = group.into_inner();
    let place = ("TASK_GROUP_LIST_TOOLBAR", json!({"GROUP_ID": group_id.to_string()}));
    list(&request, &sandbox, "Project tasks", place, |task| task.group_id == group_id)
}

fn list(
    request: &HttpRequest,
    sandbox: &Sandbox,
    title: &str,
    (place, mut options): (&str, serde_json::Value),
    wanted: impl Fn(&Task) -> bool,
) -> HttpResponse {
    let visit = match visit::of(request, sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let world = sandbox.world();
    let Some(portal) = world.portals.get(&visit.member_id) else {
        return unknown_portal();
    };
    let Some(user) = visit::person(&visit, portal) else {
        let body = choice(portal, |user| format!("/company/personal/user/{0}/tasks/?as={0}", user.id));
        return visit::page(&visit, page(portal, None, &visit, title, &body));
    };
    options["URI"] = json!(request.path());
    let mut tasks: Vec<&Task> = portal.tasks.values().collect();
    tasks.retain(|task| wanted(task) && access::can_read(portal, task, user.id));
    tasks.sort_by_key(|task| (task.status != AWAITING_CONTROL, std::cmp::Reverse(task.activity_date)));
    let now = world.now();
    let rows: String = tasks.iter().take(SHOWN).map(|task| row(portal, &visit, task, user, now)).collect();
    let buttons = portal.shown_placements(place);
    let buttons = buttons.map(|row| {
        slider_link("button", &placement_href(place, &row.handler, &options.to_string()), row.title_in(&user.lang))
    });
    let body = format!(
        "<div class=\"bar\"><h1>{}</h1><span class=\"gap\"></span>{}</div><section class=\"card\"><table class=\"list\">\
         <thead><tr><th></th><th>Name</th><th>Status</th><th>Deadline</th><th>Created by</th><th>Responsible</th></tr>\
         </thead><tbody>{rows}</tbody></table></section>",
        esc(title),
        buttons.collect::<String>(),
    );
    visit::page(&visit, page(portal, Some(user), &visit, title, &body))
}

fn row(portal: &Portal, visit: &Visit, task: &Task, user: &User, now: crate::answer::Time) -> String {
    let name = |id: u64| portal.users.get(&id).map(|user| esc(&user.full_name())).unwrap_or_default();
    let user_id = user.id;
    let card = format!("/company/personal/user/{user_id}/tasks/task/view/{}/", task.id);
    let uri = visit.path.split('?').next().unwrap_or("/");
    let options = json!({"ID": task.id.to_string(), "URI": uri}).to_string();
    let place = "TASK_LIST_CONTEXT_MENU";
    let rows = portal.shown_placements(place);
    let entries =
        rows.map(|row| slider_link("", &placement_href(place, &row.handler, &options), row.title_in(&user.lang)));
    let late = task.virtual_status(user_id, now) == -1;
    format!(
        "<tr><td><details class=\"rowmenu\"><summary aria-label=\"Menu of {title}\">&#8801;</summary><div>{open}{entries}\
         </div></details></td><td>{link}</td><td>{status}</td><td class=\"{late}\">{deadline}</td><td>{creator}</td>\
         <td>{responsible}</td></tr>",
        title = esc(&task.title),
        open = slider_link("", &card, "Open"),
        entries = entries.collect::<String>(),
        link = slider_link("title", &card, &task.title),
        status = chip(task.status),
        late = if late { "late" } else { "" },
        deadline = task.deadline.map(|date| day(portal, date)).unwrap_or_default(),
        creator = name(task.created_by),
        responsible = name(task.responsible_id),
    )
}

pub fn day(portal: &Portal, date: crate::answer::Time) -> String {
    date.with_timezone(&portal.settings.utc_offset).format("%-d %b %Y, %H:%M").to_string()
}

pub fn chip(status: u8) -> String {
    let (class, text) = match status {
        3 => ("going", "In progress"),
        4 => ("control", "Awaiting control"),
        5 => ("done", "Completed"),
        6 => ("", "Deferred"),
        7 => ("", "Declined"),
        _ => ("", "Pending"),
    };
    format!("<span class=\"chip {class}\">{text}</span>")
}
