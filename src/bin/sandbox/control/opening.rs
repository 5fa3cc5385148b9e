//! Openings and tokens.

use crate::control::{Said, Wrong, optional, say};
use crate::installing;
use crate::opening::{Asked, opening};
use crate::sandbox::Sandbox;
use crate::state::tokens::Grant;
use crate::state::{World, random_hex};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    user_id: u64,
    #[serde(default = "default_place")]
    place: String,
    options: Option<Value>,
    handler: Option<String>,
    #[serde(default)]
    overrides: Map<String, Value>,
    client_id: Option<String>,
}

fn default_place() -> String {
    "DEFAULT".to_owned()
}

pub async fn open(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, open: web::Json<Open>) -> HttpResponse {
    say(make(&mut sandbox.world(), &member_id, &open))
}

fn make(world: &mut World, member_id: &str, open: &Open) -> Said {
    let client_id = open.client_id.clone().unwrap_or(world.clients.main.clone());
    known(world, member_id, open.user_id)?;
    installing::begin(world, member_id, &client_id);
    let asked = Asked {
        member_id,
        user_id: open.user_id,
        client_id: &client_id,
        place: &open.place,
        options: open.options.as_ref(),
        handler: open.handler.as_deref(),
    };
    let mut opening = opening(world, &asked).ok_or_else(|| Wrong::not_found("portal or user"))?;
    opening.distort(&open.overrides);
    Ok(opening.as_json())
}

fn known(world: &World, member_id: &str, user_id: u64) -> Result<(), Wrong> {
    let portal = world.portals.get(member_id).ok_or_else(|| Wrong::not_found("portal"))?;
    if portal.users.contains_key(&user_id) { Ok(()) } else { Err(Wrong::not_found("user")) }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    user_id: u64,
    client_id: Option<String>,
}

pub async fn token(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, whose: web::Json<Whose>) -> HttpResponse {
    let mut world = sandbox.world();
    if let Err(wrong) = known(&world, &member_id, whose.user_id) {
        return say(Err(wrong));
    }
    let client_id = whose.client_id.clone().unwrap_or(world.clients.main.clone());
    installing::begin(&mut world, &member_id, &client_id);
    let (now, member_id) = (world.now(), member_id.into_inner());
    let pair = world.tokens.mint(&Grant { member_id, client_id, user_id: whose.user_id }, now);
    let expires = pair.expires.timestamp();
    say(Ok(json!({"access_token": pair.access_token, "refresh_token": pair.refresh_token, "expires": expires})))
}

/// What the portal's page for incoming webhooks makes: an address with one person's rights.
pub async fn webhook(
    sandbox: web::Data<Sandbox>,
    member_id: web::Path<String>,
    whose: web::Json<Only>,
) -> HttpResponse {
    let mut world = sandbox.world();
    if let Err(wrong) = known(&world, &member_id, whose.user_id) {
        return say(Err(wrong));
    }
    let (user_id, secret) = (whose.user_id, random_hex(8));
    let portal = world.portals.get_mut(member_id.as_str()).ok_or_else(|| Wrong::not_found("portal"));
    say(portal.map(|portal| {
        portal.webhooks.insert(secret.clone(), user_id);
        json!({"url": format!("{}{user_id}/{secret}/", portal.client_endpoint()), "user_id": user_id, "secret": secret})
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    user_id: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Perhaps {
    user_id: Option<u64>,
}

pub async fn expire(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let mut world = sandbox.world();
    let now = world.now();
    let whose = optional::<Perhaps>(&body);
    say(whose.map(|whose| json!({"expired": world.tokens.expire_access(&member_id, whose.user_id, now)})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rehome {
    from: u64,
    to: u64,
}

pub async fn rehome(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, who: web::Json<Rehome>) -> HttpResponse {
    let mut world = sandbox.world();
    if let Err(wrong) = known(&world, &member_id, who.to) {
        return say(Err(wrong));
    }
    say(Ok(json!({"rehomed": world.tokens.rehome(&member_id, who.from, who.to)})))
}

pub async fn revoke(sandbox: web::Data<Sandbox>, member_id: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let mut world = sandbox.world();
    let now = world.now();
    let whose = optional::<Perhaps>(&body);
    say(whose.map(|whose| json!({"revoked": world.tokens.revoke(&member_id, whose.user_id, now)})))
}
