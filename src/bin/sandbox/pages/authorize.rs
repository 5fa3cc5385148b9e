//! `/oauth/authorize/`: the current person consents, and the browser goes back to the application with a code.

use crate::pages::html::page;
use crate::pages::people::choice;
use crate::pages::visit::{self, Visit};
use crate::sandbox::Sandbox;
use crate::server::unknown_portal;
use crate::state::World;
use crate::state::tokens::Grant;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};

pub async fn consent(request: HttpRequest, sandbox: web::Data<Sandbox>) -> HttpResponse {
    let visit = match visit::of(&request, &sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let mut world = sandbox.world();
    let Some(portal) = world.portals.get(&visit.member_id) else {
        return unknown_portal();
    };
    if visit.user_id.is_none() {
        let here = visit.path.clone();
        let body = choice(portal, |user| format!("{here}&as={}", user.id));
        return visit::page(&visit, page(portal, None, &visit, "Who are you?", &body));
    }
    let client_id = visit.get("client_id").unwrap_or("").to_owned();
    // The redirect address is the one of the application's card; a parameter for it does not exist. Errors stay here.
    if client_id != world.clients.main || !portal.apps.contains_key(&client_id) {
        let body =
            "<section class=\"card narrow\"><h1>Authorization error</h1><p>Application not installed.</p></section>";
        return visit::page(&visit, page(portal, None, &visit, "Authorization error", body));
    }
    let location = redirect(&mut world, &visit, client_id);
    HttpResponse::Found().insert_header((LOCATION, location)).finish()
}

fn redirect(world: &mut World, visit: &Visit, client_id: String) -> String {
    let now = world.now();
    let grant = Grant { member_id: visit.member_id.clone(), client_id, user_id: visit.user_id.unwrap_or(0) };
    let code = world.tokens.mint_code(&grant, now);
    let server = world.oauth_domain();
    let portal = world.portals.get(&visit.member_id);
    let scope = portal.map(|portal| portal.settings.scopes.join(",")).unwrap_or_default();
    let domain = portal.map(|portal| portal.domain.clone()).unwrap_or_default();
    let mut pairs = vec![("code", code.as_str())];
    pairs.extend(visit.get("state").map(|state| ("state", state)));
    pairs.extend([
        ("domain", domain.as_str()),
        ("member_id", &visit.member_id),
        ("scope", &scope),
        ("server_domain", &server),
    ]);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}/?{query}", world.app_url)
}
