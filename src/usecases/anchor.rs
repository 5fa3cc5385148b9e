//! Who is asking: the one thing to believe is the authorization server, at a host from our settings.

use super::{app::App, budget, failure::Failure};
use crate::bitrix24::{CallError, Deadline, Refusal, oauth::TokenOwner, wire::Moment};
use crate::domain::{Host, MemberId, UserId};
use crate::store::{portals::PortalFacts, sessions};
use chrono::{DateTime, Utc};
use moka::{Expiry, future::Cache};
use secrecy::SecretString;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use url::Url;

/// What the authorization server says about a token.
#[derive(Debug, Clone)]
pub struct Anchored {
    /// The portal, where it lives, and what it granted.
    pub facts: PortalFacts,
    /// The token's owner.
    pub user: UserId,
    /// When the token ends, by the server's clock.
    pub expires: Option<DateTime<Utc>>,
}

/// An opening shows its "does not answer" page within eight seconds.
pub(super) const PATIENCE: Deadline = Deadline(Duration::from_secs(6));

/// An answer worth keeping: a positive one for five minutes, a negative one for one.
#[derive(Clone)]
enum Known {
    Yes(Arc<Anchored>),
    NotGenuine(&'static str),
    OtherApplication,
}

/// Answers under the SHA-256 of their token; one question at a time for each token.
#[derive(Clone)]
pub struct Anchors(Cache<[u8; 32], Known>);

struct Lifetime;

impl Expiry<[u8; 32], Known> for Lifetime {
    fn expire_after_create(&self, _: &[u8; 32], known: &Known, _: Instant) -> Option<Duration> {
        Some(Duration::from_secs(if matches!(known, Known::Yes(_)) { 300 } else { 60 }))
    }
}

impl Anchors {
    pub(super) fn new() -> Self {
        // A kilobyte each. Whoever opens again within minutes is among the last of them; the others cost a question more.
        Self(Cache::builder().max_capacity(5_000).expire_after(Lifetime).build())
    }
}

/// Whose token this is. `claimed` is what the request says; `hint` may select one of our authorization servers by
/// exact host and is otherwise only logged. Answers that are kept cost nothing, questions have a budget.
///
/// # Errors
/// [`Failure::NotGenuine`] when no server knows the token or it is of another portal, [`Failure::OtherApplication`],
/// and [`Failure::AddressRefused`] or [`Failure::HttpPortal`] for a portal that we do not call. Without an answer
/// [`Failure::AuthorizationDown`], and [`Failure::TooMany`] when the budget is spent: neither is ever a yes.
pub async fn anchor(
    app: &App,
    token: &SecretString,
    claimed: MemberId,
    hint: Option<&str>,
) -> Result<Arc<Anchored>, Failure> {
    let asked = ask(app, token, claimed, server_for(app, hint));
    let known = app.anchors.0.try_get_with(sessions::hash(token), asked).await;
    match known {
        Ok(Known::Yes(anchored)) if anchored.facts.portal.member_id() == claimed => Ok(anchored),
        Ok(Known::Yes(_)) => Err(Failure::NotGenuine("the token is of another portal")),
        Ok(Known::NotGenuine(why)) => Err(Failure::NotGenuine(why)),
        Ok(Known::OtherApplication) => Err(Failure::OtherApplication),
        Err(failure) => Err(Failure::again(failure)),
    }
}

/// Forgets what is known of a token: the portal may have moved since.
pub async fn forget(app: &App, token: &SecretString) {
    app.anchors.0.invalidate(&sessions::hash(token)).await;
}

fn server_for<'a>(app: &'a App, hint: Option<&str>) -> &'a Url {
    let servers = &app.settings.oauth_servers;
    let hinted = hint.and_then(|h| Url::parse(h).ok());
    let found = hinted.as_ref().and_then(|h| servers.iter().find(|s| s.origin() == h.origin()));
    if let (Some(hint), None) = (&hinted, found) {
        tracing::warn!(host = hint.host_str().unwrap_or("-"), "a request names an unknown authorization server");
    }
    // The settings refuse an empty list.
    found.unwrap_or(&servers[0])
}

async fn ask(app: &App, token: &SecretString, claimed: MemberId, first: &Url) -> Result<Known, Failure> {
    let known = app.store.portal(claimed.portal_id()).await?.map(|portal| portal.facts.portal);
    let mut answer = Known::NotGenuine("no authorization server knows the token");
    for server in app.auth_servers(first) {
        let _place = budget::question(app, known).await?;
        match app.auth_server(server).app_info(token, PATIENCE).await {
            Ok(answer) => return judge(app, server, &answer.result),
            // A token of the other region: ask there once.
            Err(error) => match Failure::of_anchor(error) {
                Failure::NotGenuine(why) => {
                    app.budgets.disowned(known);
                    answer = Known::NotGenuine(why);
                }
                failure => return Err(failure),
            },
        }
    }
    Ok(answer)
}

fn judge(app: &App, server: &Url, info: &TokenOwner) -> Result<Known, Failure> {
    if info.client_id.as_deref() != Some(app.settings.client_id.as_str()) {
        return Ok(Known::OtherApplication);
    }
    let install = &info.install;
    let Some(member) = install.member_id.as_ref().and_then(|m| m.as_str().parse::<MemberId>().ok()) else {
        return Ok(Known::NotGenuine("the authorization server names no portal"));
    };
    let Some(endpoint) = install.client_endpoint.clone() else {
        return Ok(Known::NotGenuine("the authorization server names no endpoint"));
    };
    app.rest.egress().check(&endpoint).map_err(|refusal| Failure::of_portal(CallError::Refused(refusal)))?;
    let host = Host::of_endpoint(&endpoint).ok_or(Failure::AddressRefused(Refusal::Host))?;
    let Some(user) = info.user_id.and_then(|id| UserId::new(id.get())) else {
        return Ok(Known::NotGenuine("the authorization server names no person"));
    };
    let expires = info.expires.and_then(Moment::known).map(|at| at.to_utc());
    let facts = PortalFacts {
        portal: member.portal_id(),
        endpoint,
        host,
        oauth_server: server.clone(),
        scopes: info.scope.clone(),
        app_version: install.version.clone(),
        proved: true,
    };
    Ok(Known::Yes(Arc::new(Anchored { facts, user, expires })))
}
