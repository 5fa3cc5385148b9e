//! What the portal's own script asks its server: new tokens for a frame, and the end of an installation.

use crate::installing;
use crate::opening::{self, Asked};
use crate::pages::visit;
use crate::sandbox::Sandbox;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use std::collections::HashMap;

pub async fn answer(
    request: HttpRequest,
    sandbox: web::Data<Sandbox>,
    form: web::Form<HashMap<String, String>>,
) -> HttpResponse {
    let visit = match visit::of(&request, &sandbox) {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let mut world = sandbox.world();
    let user_id = visit.user_id.unwrap_or(0);
    match form.get("action").map(String::as_str) {
        // The vendor's answer holds a word, not a boolean; its page takes any word for a yes.
        Some("set_installed") => {
            let done = installing::finish(&mut world, &visit.member_id, user_id);
            HttpResponse::Ok().json(json!({"result": if done { "true" } else { "false" }}))
        }
        Some("refresh") => {
            let main = world.clients.main.clone();
            let asked = Asked {
                member_id: &visit.member_id,
                user_id,
                client_id: &main,
                place: "DEFAULT",
                options: None,
                handler: None,
            };
            match opening::opening(&mut world, &asked) {
                Some(opening) => HttpResponse::Ok().json(json!({
                    "AUTH_ID": opening.pair.access_token, "AUTH_EXPIRES": 3600,
                    "REFRESH_ID": opening.pair.refresh_token,
                })),
                None => HttpResponse::Forbidden().finish(),
            }
        }
        _ => HttpResponse::BadRequest().finish(),
    }
}
