//! The life of the installation, and events on demand.

use crate::control::{Said, Wrong, optional, say};
use crate::delivery::send;
use crate::installing;
use crate::outbox::{Carries, Delivery};
use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::portal::Portal;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct By {
    user_id: Option<u64>,
    /// An update may bring another application_token.
    new_application_token: bool,
}

pub async fn finish(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let done =
        optional::<By>(&body).map(|by| installing::finish(&mut sandbox.world(), &member_id, by.user_id.unwrap_or(1)));
    say(done.map(|done| json!({ "result": done })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Uninstall {
    clean: bool,
    send_event: Option<bool>,
}

pub async fn uninstall(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let done = optional::<Uninstall>(&body)
        .map(|how| installing::uninstall(&mut sandbox.world(), &member_id, how.clean, how.send_event.unwrap_or(true)));
    say(done.map(|done| json!({ "result": done })))
}

pub async fn update(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let version = optional::<By>(&body).and_then(|by| {
        let mut world = sandbox.world();
        let updated = installing::update(&mut world, &member_id, by.user_id.unwrap_or(1), by.new_application_token);
        updated.ok_or_else(|| Wrong::not_found("installation"))
    });
    say(version.map(|version| json!({ "version": version })))
}

/// Somebody deletes every handler and placement of the application by hand.
pub async fn unbind(sandbox: web::Data<Sandbox>, member_id: web::Path<String>) -> HttpResponse {
    let mut world = sandbox.world();
    let main = world.clients.main.clone();
    let portal = world.portals.get_mut(member_id.as_str()).ok_or_else(|| Wrong::not_found("portal"));
    say(portal.map(|portal| {
        portal.drop_bindings(&main);
        json!({ "result": true })
    }))
}

pub async fn rename(sandbox: web::Data<Sandbox>, member_id: web::Path<String>) -> HttpResponse {
    let mut world = sandbox.world();
    if !world.portals.contains_key(member_id.as_str()) {
        return say(Err(Wrong::not_found("portal")));
    }
    let domain = world.rename(&member_id);
    let endpoint = world.portals.get(member_id.as_str()).map(Portal::client_endpoint);
    let answer = domain.map(|domain| json!({"domain": domain, "client_endpoint": endpoint}));
    say(answer.ok_or_else(|| Wrong::conflict("every portal address is in use; start with more --portals")))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    event: String,
    #[serde(default)]
    data: Value,
    application_token: Option<String>,
    #[serde(default)]
    with_tokens: bool,
    url: Option<String>,
    user_id: Option<u64>,
}

/// Posts at once, past every rule of the queue, so that a test can forge, repeat and reorder.
pub async fn event(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, event: web::Json<Event>) -> HttpResponse {
    let deliveries = match prepare(&sandbox.world(), &member_id, &event) {
        Ok(deliveries) => deliveries,
        Err(wrong) => return say(Err(wrong)),
    };
    let mut sent = Vec::new();
    for delivery in &deliveries {
        sent.push(json!({"url": delivery.url, "status": send(&sandbox, delivery).await}));
    }
    let first = sent.first().map(|first| first["status"].clone());
    say(Said::Ok(json!({"status": first, "deliveries": sent})))
}

fn prepare(world: &World, member_id: &str, event: &Event) -> Result<Vec<Delivery>, Wrong> {
    let portal = world.portals.get(member_id).ok_or_else(|| Wrong::not_found("portal"))?;
    let name = event.event.to_uppercase();
    let main = &world.clients.main;
    let bound = portal.handlers.iter().filter(|row| row.event == name && row.client_id == *main);
    let targets: Vec<(String, u64)> = match &event.url {
        Some(url) => vec![(url.clone(), 1)],
        None => bound.map(|row| (row.handler.clone(), row.id)).collect(),
    };
    let mut data = Vec::new();
    flatten("", &event.data, &mut data);
    let life_cycle = name.starts_with("ONAPP");
    let carries = match event.with_tokens {
        true if life_cycle => Carries::Pair,
        true => Carries::Access,
        false => Carries::Nothing,
    };
    let delivery = |(url, handler_id): (String, u64)| Delivery {
        member_id: member_id.to_owned(),
        client_id: main.clone(),
        url,
        event: name.clone(),
        handler_id,
        data: data.clone(),
        user_id: event.user_id.unwrap_or(1),
        carries,
        application_token: event.application_token.clone(),
        body: None,
    };
    Ok(targets.into_iter().map(delivery).collect())
}

/// `{"FIELDS_AFTER":{"ID":5}}` -> `[FIELDS_AFTER][ID]=5`.
fn flatten(prefix: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| flatten(&format!("{prefix}[{key}]"), value, out)),
        Value::Array(list) => list.iter().enumerate().for_each(|(at, v)| flatten(&format!("{prefix}[{at}]"), v, out)),
        Value::Null if prefix.is_empty() => {}
        Value::String(text) => out.push((prefix.to_owned(), text.clone())),
        other => out.push((prefix.to_owned(), other.to_string())),
    }
}
