//! The control API: JSON, on the authorization server's address only. Tests tell their stories with it.
//!
//! - `GET /control/health`: `{"ok":true}`
//! - `GET /control/portals`: every portal; `POST`: a new one on the next free address (all settings optional)
//! - `POST /control/portals/{member_id}/settings`: changes some settings
//! - `POST /control/portals/{member_id}/scenario`: adds users, groups, tasks, bulk tasks; answers their ids
//! - `GET /control/portals/{member_id}/state`: everything; `GET …/tasks/{id}`: one task
//! - `POST /control/portals/{member_id}/open`: what the browser would post for a place, with fresh tokens
//! - `POST /control/portals/{member_id}/token`: a fresh pair for a person
//! - `POST /control/portals/{member_id}/webhook`: an incoming webhook with a person's rights; answers its address
//! - `POST /control/portals/{member_id}/expire`, `…/revoke`: access tokens run out; refresh tokens die as well
//! - `POST /control/portals/{member_id}/rehome`: somebody left; their refresh tokens bring another person's pairs
//! - `POST /control/portals/{member_id}/act`: a person does something by hand in the portal
//! - `POST /control/portals/{member_id}/install_finish`, `…/uninstall`, `…/update`, `…/rename`,
//!   `…/unbind`: handlers and placements are deleted by hand
//! - `POST /control/portals/{member_id}/event`: posts an event now and answers the HTTP status it got
//! - `POST /control/faults`: adds one (kinds in `faults.rs`; `late` executes and answers later, `delay` the other
//!   way round; `among` waits for a batch with a certain command); `GET`: those not used up; `DELETE`: none any more
//! - `GET /control/journal?since=N`: what was asked; `DELETE`: forgets it
//! - `POST /control/clock`, `POST /control/latency`
//! - `GET /control/handshakes`: TLS handshakes by address, done and failed
//! - `GET /control/leftovers`: faults not used up and events not delivered

pub mod act;
pub mod checklist;
mod installation;
mod instruments;
mod opening;
mod portals;
pub mod scenario;
mod state;

use actix_web::error::{InternalError, JsonPayloadError};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/control/health", web::get().to(health))
        .route("/control/portals", web::get().to(portals::list))
        .route("/control/portals", web::post().to(portals::create))
        .route("/control/faults", web::get().to(instruments::faults))
        .route("/control/faults", web::post().to(instruments::add_fault))
        .route("/control/faults", web::delete().to(instruments::clear_faults))
        .route("/control/journal", web::get().to(instruments::journal))
        .route("/control/journal", web::delete().to(instruments::clear_journal))
        .route("/control/clock", web::post().to(instruments::clock))
        .route("/control/latency", web::post().to(instruments::latency))
        .route("/control/handshakes", web::get().to(instruments::handshakes))
        .route("/control/leftovers", web::get().to(instruments::leftovers))
        .service(
            web::scope("/control/portals/{member_id}")
                .route("/settings", web::post().to(portals::settings))
                .route("/scenario", web::post().to(scenario::add))
                .route("/state", web::get().to(state::dump))
                .route("/tasks/{id}", web::get().to(state::task))
                .route("/open", web::post().to(opening::open))
                .route("/token", web::post().to(opening::token))
                .route("/webhook", web::post().to(opening::webhook))
                .route("/expire", web::post().to(opening::expire))
                .route("/revoke", web::post().to(opening::revoke))
                .route("/rehome", web::post().to(opening::rehome))
                .route("/act", web::post().to(act::act))
                .route("/install_finish", web::post().to(installation::finish))
                .route("/uninstall", web::post().to(installation::uninstall))
                .route("/update", web::post().to(installation::update))
                .route("/unbind", web::post().to(installation::unbind))
                .route("/rename", web::post().to(installation::rename))
                .route("/event", web::post().to(installation::event)),
        );
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({"ok": true}))
}

/// Control speaks plainly: the reason in words, under `error`.
pub struct Wrong(u16, String);

impl Wrong {
    pub fn not_found(what: &str) -> Self {
        Self(404, format!("no such {what}"))
    }

    pub fn bad(text: impl Into<String>) -> Self {
        Self(400, text.into())
    }

    pub fn conflict(text: impl Into<String>) -> Self {
        Self(409, text.into())
    }
}

pub type Said = Result<Value, Wrong>;

pub fn say(said: Said) -> HttpResponse {
    match said {
        Ok(value) => HttpResponse::Ok().json(value),
        Err(Wrong(status, text)) => {
            let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
            HttpResponse::build(status).json(json!({"error": text}))
        }
    }
}

/// A body that may be missing, but not wrong: a misspelt switch must not be taken for none.
pub fn optional<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Wrong> {
    if body.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| Wrong::bad(error.to_string()))
}

pub fn bad_json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let text = error.to_string();
    InternalError::from_response(error, HttpResponse::BadRequest().json(json!({"error": text}))).into()
}
