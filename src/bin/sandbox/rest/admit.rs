//! Who is let in: the portal's own state, the request bucket, the token, the person, the scope, the working time.

use crate::answer::Refusal;
use crate::rest::context::Caller;
use crate::rest::methods::Method;
use crate::rest::request::{Request, Webhook};
use crate::state::World;
use serde_json::json;
use std::time::Instant;

/// Counts the request and refuses what a closed portal refuses before it looks at anything else.
pub fn door(world: &mut World, member_id: &str) -> Result<(), Refusal> {
    let Some(portal) = world.portals.get_mut(member_id) else {
        return Err(Refusal::new(500, "PORTAL_DELETED", "Portal was deleted"));
    };
    if portal.settings.deleted {
        return Err(Refusal::new(500, "PORTAL_DELETED", "Portal was deleted"));
    }
    let limited = !portal.settings.self_hosted;
    if limited && !portal.bucket.admit(portal.settings.limits, Instant::now()) {
        return Err(Refusal::new(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"));
    }
    Ok(())
}

/// Who asks: the person of a webhook, or of a token.
pub fn caller(world: &World, request: &Request) -> Result<Caller, Refusal> {
    match &request.webhook {
        Some(webhook) => of_webhook(world, &request.member_id, webhook),
        None => of_token(world, &request.member_id, request.token.as_deref()),
    }
}

/// No application stands behind it, so neither its payment nor its list of people counts.
fn of_webhook(world: &World, member_id: &str, webhook: &Webhook) -> Result<Caller, Refusal> {
    let known = world.portals.get(member_id).and_then(|portal| portal.webhooks.get(&webhook.secret));
    if known != Some(&webhook.user_id) {
        return Err(Refusal::new(401, "INVALID_CREDENTIALS", "Invalid request credentials"));
    }
    active(world, member_id, webhook.user_id)?;
    open_plan(world, member_id)?;
    Ok(Caller { user_id: webhook.user_id, client_id: Caller::WEBHOOK.to_owned() })
}

/// Whose token it is, if this portal accepts it now.
fn of_token(world: &World, member_id: &str, token: Option<&str>) -> Result<Caller, Refusal> {
    let unknown = || Refusal::new(401, "NO_AUTH_FOUND", "Wrong authorization data");
    let portal = world.portals.get(member_id).ok_or_else(unknown)?;
    let held = token.and_then(|token| world.tokens.access(token)).ok_or_else(unknown)?;
    if held.grant.member_id != member_id {
        return Err(unknown());
    }
    if held.dead || !portal.apps.contains_key(&held.grant.client_id) {
        return Err(Refusal::new(401, "invalid_token", "Unable to get application by token"));
    }
    if held.expires < world.now() {
        return Err(Refusal::new(401, "expired_token", "The access token provided has expired."));
    }
    person(world, member_id, held.grant.user_id)?;
    Ok(Caller { user_id: held.grant.user_id, client_id: held.grant.client_id.clone() })
}

fn active(world: &World, member_id: &str, user_id: u64) -> Result<(), Refusal> {
    match world.portals.get(member_id).and_then(|portal| portal.users.get(&user_id)) {
        Some(user) if user.active => Ok(()),
        _ => Err(Refusal::new(401, "authorization_error", "Unable to authorize user")),
    }
}

fn open_plan(world: &World, member_id: &str) -> Result<(), Refusal> {
    match world.portals.get(member_id) {
        Some(portal) if portal.settings.access_closed => {
            Err(Refusal::new(403, "ACCESS_DENIED", "REST is available only on commercial plans."))
        }
        _ => Ok(()),
    }
}

fn person(world: &World, member_id: &str, user_id: u64) -> Result<(), Refusal> {
    active(world, member_id, user_id)?;
    let Some(portal) = world.portals.get(member_id) else {
        return Ok(());
    };
    if portal.settings.payment_required {
        return Err(Refusal::new(401, "PAYMENT_REQUIRED", "Subscription has been ended"));
    }
    open_plan(world, member_id)?;
    if portal.settings.user_access_denied.contains(&user_id) {
        return Err(Refusal::new(403, "user_access_error", "The user does not have access to the application."));
    }
    Ok(())
}

/// Scope and working time of one method, for requests of their own and for commands of a batch alike.
pub fn method(world: &mut World, member_id: &str, caller: &Caller, name: &str, what: &Method) -> Result<(), Refusal> {
    let now = world.now();
    let Some(portal) = world.portals.get_mut(member_id) else {
        return Err(Refusal::method_not_found());
    };
    if !what.scope.is_empty() && !portal.settings.scopes.iter().any(|scope| scope == what.scope) {
        let text = "The request requires higher privileges than provided by the access token";
        return Err(Refusal::new(403, "insufficient_scope", text));
    }
    if caller.client_id == Caller::WEBHOOK && (name.starts_with("event.") || name.starts_with("placement.")) {
        return Err(Refusal::new(403, "WRONG_AUTH_TYPE", "Current authorization type is denied for this method"));
    }
    let so_far = portal.working_time.so_far(&caller.client_id, name, now);
    if !portal.settings.self_hosted && so_far.seconds > portal.settings.operating_limit {
        let refusal = Refusal::new(429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.");
        let time = json!({"operating": so_far.seconds, "operating_reset_at": so_far.reset_at});
        return Err(refusal.with("time", time));
    }
    Ok(())
}
