//! Sending events: the body as the vendor's queue composes it, one try each, no repeats.

use crate::outbox::{Carries, Delivery};
use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::tokens::{ACCESS_SECONDS, Grant};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The form-encoded body with PHP bracket keys.
pub fn compose(world: &mut World, delivery: &Delivery) -> String {
    let now = world.now();
    let mut pairs: Vec<(String, String)> =
        vec![("event".into(), delivery.event.clone()), ("event_handler_id".into(), delivery.handler_id.to_string())];
    pairs.extend(delivery.data.iter().map(|(key, value)| (format!("data{key}"), value.clone())));
    pairs.push(("ts".into(), now.timestamp().to_string()));
    pairs.extend(auth(world, delivery).into_iter().map(|(key, value)| (format!("auth[{key}]"), value)));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn auth(world: &mut World, delivery: &Delivery) -> Vec<(&'static str, String)> {
    let now = world.now();
    let mut out = Vec::new();
    let Some(portal) = world.portals.get(&delivery.member_id) else {
        return out;
    };
    let known = portal.users.get(&delivery.user_id).is_some_and(|user| user.active);
    let app = portal.apps.get(&delivery.client_id);
    let own_token = app.map(|app| app.application_token.clone()).unwrap_or_default();
    if known && delivery.carries != Carries::Nothing {
        let grant = Grant {
            member_id: delivery.member_id.clone(),
            client_id: delivery.client_id.clone(),
            user_id: delivery.user_id,
        };
        let pair = (delivery.carries == Carries::Pair).then(|| world.tokens.mint(&grant, now));
        let access = pair.as_ref().map(|pair| pair.access_token.clone());
        out.push(("access_token", access.unwrap_or_else(|| world.tokens.mint_access(&grant, now))));
        out.extend(pair.map(|pair| ("refresh_token", pair.refresh_token)));
        out.push(("expires", (now.timestamp() + ACCESS_SECONDS).to_string()));
        out.push(("expires_in", ACCESS_SECONDS.to_string()));
        out.push(("scope", portal.settings.scopes.join(",")));
        out.push(("status", app.map_or("F", |app| app.status.as_str()).to_owned()));
        out.push(("user_id", delivery.user_id.to_string()));
    }
    out.push(("domain", portal.domain.clone()));
    out.push(("server_endpoint", world.oauth_endpoint()));
    out.push(("client_endpoint", portal.client_endpoint()));
    out.push(("member_id", portal.member_id.clone()));
    out.push(("application_token", delivery.application_token.clone().unwrap_or(own_token)));
    out
}

/// Sends for ever; a slow handler does not hold up the others.
pub async fn deliver(sandbox: Arc<Sandbox>) {
    let permits = Arc::new(Semaphore::new(64));
    let wake = sandbox.world().outbox.wake.clone();
    loop {
        let next = sandbox.world().outbox.next();
        let Some(delivery) = next else {
            wake.notified().await;
            continue;
        };
        let Ok(permit) = permits.clone().acquire_owned().await else {
            return;
        };
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            let status = send(&sandbox, &delivery).await;
            tracing::info!(event = delivery.event, url = delivery.url, ?status, "event delivered");
            sandbox.world().outbox.in_flight -= 1;
            drop(permit);
        });
    }
}

/// The HTTP status the handler gave, if it answered at all.
pub async fn send(sandbox: &Sandbox, delivery: &Delivery) -> Option<u16> {
    let body = match &delivery.body {
        Some(body) => body.clone(),
        None => compose(&mut sandbox.world(), delivery),
    };
    let request = sandbox.http.post(&delivery.url).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.timeout(Duration::from_secs(15)).body(body).send().await;
    answer.ok().map(|answer| answer.status().as_u16())
}
