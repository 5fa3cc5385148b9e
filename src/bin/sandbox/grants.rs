//! What the authorization server knows: both grants, and whose token a token is.

use crate::answer::{Refusal, Time, time_block};
use crate::php::Php;
use crate::state::World;
use crate::state::tokens::{ACCESS_SECONDS, Grant};
use chrono::FixedOffset;
use serde_json::{Value, json};

/// Both grants. A refresh token works once and brings a new one.
pub fn token(world: &mut World, params: &Php, _: Option<&str>) -> Result<(Value, Grant), Refusal> {
    let field = |name: &str| params.get(name).and_then(Php::text).filter(|value| !value.is_empty());
    let needed = |name: &str| {
        field(name)
            .ok_or_else(|| Refusal::new(400, "invalid_request", &format!("Required parameter {name} is missing")))
    };
    let (grant_type, client_id) = (needed("grant_type")?, needed("client_id")?);
    if !world.clients.knows(&client_id) {
        return Err(Refusal::new(200, "wrong_client", ""));
    }
    if !world.clients.secret_fits(&client_id, &needed("client_secret")?) {
        return Err(Refusal::new(400, "invalid_client", "The client credentials are invalid"));
    }
    let now = world.now();
    let (grant, is_refresh) = match grant_type.as_str() {
        "authorization_code" => (world.tokens.spend_code(&needed("code")?, &client_id, now), false),
        "refresh_token" => (world.tokens.spend_refresh(&needed("refresh_token")?, &client_id, now), true),
        _ => return Err(Refusal::new(400, "invalid_request", "Invalid grant_type parameter")),
    };
    let grant = grant.ok_or_else(|| Refusal::new(400, "invalid_grant", "Invalid refresh token or code"))?;
    paid(world, &grant)?;
    let mut body = pair_body(world, &grant, now);
    if is_refresh {
        body["expires"] = json!(now.timestamp() + ACCESS_SECONDS);
        body["user_id"] = json!(grant.user_id);
    }
    Ok((body, grant))
}

fn paid(world: &World, grant: &Grant) -> Result<(), Refusal> {
    let owes = world.portals.get(&grant.member_id).is_some_and(|portal| portal.settings.payment_required);
    if owes { Err(Refusal::new(401, "PAYMENT_REQUIRED", "Subscription has been ended")) } else { Ok(()) }
}

/// `domain` is the authorization server's own; the portal is `client_endpoint`. There is no `token_type`.
fn pair_body(world: &mut World, grant: &Grant, now: Time) -> Value {
    let pair = world.tokens.mint(grant, now);
    let portal = world.portals.get(&grant.member_id);
    let status = portal.and_then(|portal| portal.apps.get(&grant.client_id)).map_or("F", |app| app.status.as_str());
    json!({
        "access_token": pair.access_token, "refresh_token": pair.refresh_token, "expires_in": ACCESS_SECONDS,
        "client_endpoint": portal.map(|portal| portal.client_endpoint()), "domain": world.oauth_domain(),
        "member_id": grant.member_id, "server_endpoint": world.oauth_endpoint(), "status": status,
        "scope": portal.map(|portal| portal.settings.scopes.join(",")),
    })
}

/// Whose token this is: the one answer an application may believe.
pub fn app_info(world: &mut World, _: &Php, token: Option<&str>) -> Result<(Value, Grant), Refusal> {
    let start = world.now();
    let token = token.ok_or_else(|| Refusal::new(401, "NO_AUTH_FOUND", "Wrong authorization data"))?;
    let Some(held) = world.tokens.access(token) else {
        return Err(not_a_token(token));
    };
    let (grant, expires, dead) = (held.grant.clone(), held.expires, held.dead);
    let portal = world.portals.get(&grant.member_id);
    let app = portal.and_then(|portal| portal.apps.get(&grant.client_id));
    let (Some(portal), Some(app), false) = (portal, app, dead) else {
        return Err(Refusal::new(401, "NOT_INSTALLED", "Application not installed"));
    };
    if expires < start {
        return Err(Refusal::new(401, "expired_token", "The access token provided has expired."));
    }
    let scope = portal.settings.scopes.join(",");
    let utc = FixedOffset::east_opt(0).expect("zero is an offset");
    let result = json!({
        "client_id": grant.client_id, "scope": scope, "expires": crate::answer::iso(expires, utc),
        "user_id": grant.user_id.to_string(),
        "install": {
            "installed": app.installed, "version": app.version.to_string(), "status": app.status, "scope": scope,
            "domain": portal.domain, "uri": portal.origin(),
            "client_endpoint": portal.client_endpoint(), "member_id": portal.member_id, "member_type": "user",
        },
    });
    let time = time_block(start, world.now(), utc, None);
    Ok((json!({"result": result, "time": time}), grant))
}

/// Something that looks like a token but is none is `invalid_client` at this server.
fn not_a_token(token: &str) -> Refusal {
    let alike = token.len() >= 32 && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match alike {
        true => Refusal::new(400, "invalid_client", "Invalid client"),
        false => Refusal::new(401, "NO_AUTH_FOUND", "Wrong authorization data"),
    }
}
