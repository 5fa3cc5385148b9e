//! Faults, journal, clock, latency: what a test turns and reads.

use crate::control::{Wrong, say};
use crate::faults::Fault;
use crate::sandbox::Sandbox;
use crate::state::settings::Latency;
use actix_web::{HttpResponse, web};
use chrono::Duration;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

pub async fn faults(sandbox: web::Data<Sandbox>) -> HttpResponse {
    HttpResponse::Ok().json(sandbox.world().faults.left())
}

pub async fn add_fault(sandbox: web::Data<Sandbox>, fault: web::Json<Fault>) -> HttpResponse {
    let id = sandbox.world().faults.add(fault.into_inner());
    say(Ok(json!({ "id": id })))
}

pub async fn clear_faults(sandbox: web::Data<Sandbox>) -> HttpResponse {
    sandbox.world().faults.clear();
    say(Ok(json!({"ok": true})))
}

#[derive(Debug, Default, Deserialize)]
pub struct Since {
    #[serde(default)]
    since: u64,
}

pub async fn journal(sandbox: web::Data<Sandbox>, since: web::Query<Since>) -> HttpResponse {
    HttpResponse::Ok().json(sandbox.world().journal.since(since.since))
}

pub async fn clear_journal(sandbox: web::Data<Sandbox>) -> HttpResponse {
    sandbox.world().journal.clear();
    say(Ok(json!({"ok": true})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    offset_seconds: i64,
}

pub async fn clock(sandbox: web::Data<Sandbox>, clock: web::Json<Clock>) -> HttpResponse {
    let mut world = sandbox.world();
    world.clock_offset = Duration::seconds(clock.offset_seconds);
    say(Ok(json!({"now": world.now().to_rfc3339()})))
}

/// Without `member_id` for everybody, with it for one portal; a portal's own figures win.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slowness {
    default_ms: Option<u64>,
    #[serde(default)]
    methods: HashMap<String, u64>,
    member_id: Option<String>,
}

pub async fn latency(sandbox: web::Data<Sandbox>, slow: web::Json<Slowness>) -> HttpResponse {
    let slow = slow.into_inner();
    let latency = Latency { default_ms: slow.default_ms, methods: slow.methods };
    let mut world = sandbox.world();
    match slow.member_id {
        None => world.latency = latency,
        Some(member_id) => match world.portals.get_mut(&member_id) {
            Some(portal) => portal.settings.latency = latency,
            None => return say(Err(Wrong::not_found("portal"))),
        },
    }
    say(Ok(json!({"ok": true})))
}

pub async fn handshakes(sandbox: web::Data<Sandbox>) -> HttpResponse {
    HttpResponse::Ok().json(&sandbox.world().handshakes)
}

pub async fn leftovers(sandbox: web::Data<Sandbox>) -> HttpResponse {
    let world = sandbox.world();
    say(Ok(json!({"faults": world.faults.left(), "undelivered_events": world.outbox.undelivered()})))
}
