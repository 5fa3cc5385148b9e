//! The first page of a portal: whom to be. And the list of portals on the authorization server's address.

use crate::pages::html::{esc, initials, page};
use crate::pages::visit;
use crate::sandbox::Sandbox;
use crate::state::people::User;
use crate::state::portal::Portal;
use actix_web::{HttpRequest, HttpResponse, web};

pub async fn people(request: HttpRequest, sandbox: web::Data<Sandbox>) -> HttpResponse {
    let mut visit = match visit::of(&request, &sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    visit.user_id = None;
    let world = sandbox.world();
    let Some(portal) = world.portals.get(&visit.member_id) else {
        return crate::server::unknown_portal();
    };
    let body = choice(portal, |user| format!("/company/personal/user/{0}/tasks/?as={0}", user.id));
    visit::page(&visit, page(portal, None, &visit, "People", &body))
}

/// Cards of all people; where each leads is the caller's matter.
pub fn choice(portal: &Portal, link: impl Fn(&User) -> String) -> String {
    let mut cards = String::new();
    for user in portal.users.values() {
        let role = match (user.admin, user.work_position.as_str()) {
            (true, "") => "Administrator",
            (_, position) => position,
        };
        cards.push_str(&format!(
            "<a class=\"person\" href=\"{}\"><span class=\"avatar\">{}</span><span><b>{}</b><small>{}</small></span></a>",
            esc(&link(user)),
            esc(&initials(user)),
            esc(&user.full_name()),
            esc(role),
        ));
    }
    format!(
        "<section class=\"card narrow\"><h1>{}</h1><p class=\"quiet\">A pretend portal. Who would you like to be?</p>\
         <div class=\"people\">{cards}</div></section>",
        esc(&portal.domain)
    )
}

pub async fn portals(sandbox: web::Data<Sandbox>) -> HttpResponse {
    let world = sandbox.world();
    let link = |portal: &Portal| {
        let (origin, domain) = (esc(&portal.origin()), esc(&portal.domain));
        format!("<li><a href=\"{origin}/\">{domain}</a> <code>{}</code></li>", portal.member_id)
    };
    let links: String = world.portals.values().map(link).collect();
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sandbox</title><body><h1>Sandbox</h1>\
         <p>Authorization server and control of pretend portals.</p><ul>{links}</ul></body></html>"
    );
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body)
}
