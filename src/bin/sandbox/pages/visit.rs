//! Who is looking at which portal. The person is named by `?as=` and remembered in a cookie of the portal.

use crate::sandbox::Sandbox;
use crate::server::{host_of, unknown_portal};
use crate::state::Address;
use crate::state::portal::Portal;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;

const COOKIE: &str = "sandbox_as";

pub struct Visit {
    pub member_id: String,
    pub user_id: Option<u64>,
    /// Shown inside a slider of another page: without menu.
    pub framed: bool,
    pub path: String,
    pub query: Vec<(String, String)>,
}

impl Visit {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The visit, or what to answer when there is no portal behind the address.
pub fn of(request: &HttpRequest, sandbox: &Sandbox) -> Result<Visit, Box<HttpResponse>> {
    let world = sandbox.world();
    let member_id = match world.portal_at(&host_of(request)) {
        None => return Err(Box::new(unknown_portal())),
        Some(Address::Portal(member_id)) => member_id.clone(),
        Some(Address::Moved(member_id)) => {
            let origin = world.portals.get(member_id).map(|portal| portal.origin()).unwrap_or_default();
            let location = format!("{origin}{}", request.uri());
            return Err(Box::new(HttpResponse::Found().insert_header((LOCATION, location)).finish()));
        }
    };
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    let named = query.iter().find(|(key, _)| key == "as").map(|(_, value)| value.clone());
    let cookie = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned());
    let known = |id: &u64| world.portals.get(&member_id).is_some_and(|portal| portal.users.contains_key(id));
    let user_id = named.or(cookie).and_then(|id| id.parse().ok()).filter(known);
    let framed = query.iter().any(|(key, value)| key == "IFRAME" && value == "Y");
    let path = request.uri().to_string();
    Ok(Visit { member_id, user_id, framed, path, query })
}

/// A page as this person's; the cookie keeps who it was.
pub fn page(visit: &Visit, body: String) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    if let Some(user_id) = visit.user_id {
        answer.insert_header(("Set-Cookie", format!("{COOKIE}={user_id}; Path=/; HttpOnly; SameSite=Lax")));
    }
    answer.content_type("text/html; charset=utf-8").insert_header(("Cache-Control", "no-store")).body(body)
}

pub fn go_to(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, location)).finish()
}

/// Without a person there is nothing to show but the choice of one.
pub fn person<'a>(visit: &Visit, portal: &'a Portal) -> Option<&'a crate::state::people::User> {
    portal.users.get(&visit.user_id?)
}
