//! A person signs in outside Bitrix24's frame, at the portal itself, and comes back with a code.

use super::{
    anchor::{self, anchor},
    app::App,
    budget,
    failure::Failure,
    open::{Opened, admit},
    portal_session::{is_of_portal, pair},
};
use crate::bitrix24::{Deadline, inbound::OauthReturn, oauth::TokenPair};
use crate::domain::{MemberId, PortalId, installation::Status, queue::Scope};
use crate::store::{
    credentials::{Account, Kind},
    oauth_states::Begun,
    portals::PortalFacts,
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use url::Url;

/// Where a browser outside the frame is sent to sign in, and the value of its cookie.
///
/// # Errors
/// [`Failure::Malformed`] for what is no host, [`Failure::NotInstalled`] where no portal is known at it,
/// [`Failure::TooMany`] when too many sign in from outside.
pub async fn begin(app: &App, domain: &str) -> Result<(Url, SecretString), Failure> {
    let scheme = app.settings.oauth_servers.first().map_or("https", Url::scheme);
    let wanted = Url::parse(&format!("{scheme}://{}", domain.trim())).map_err(|_| Failure::Malformed("domain"))?;
    let plain = wanted.path() == "/" && wanted.query().is_none() && wanted.username().is_empty();
    if !plain || domain.len() > 253 {
        return Err(Failure::Malformed("domain"));
    }
    let origin = wanted.origin().ascii_serialization();
    let portal = app.store.portal_at(&origin).await?.ok_or(Failure::NotInstalled)?;
    // Nobody is sent anywhere else than they said, whatever the database says of it.
    if portal.facts.host.origin() != origin {
        return Err(Failure::NotInstalled);
    }
    // Only what leads somewhere costs: a name that nobody has takes no way from anybody.
    app.budgets.connect()?;
    let (state, browser) = app.store.begin_code_flow(portal.facts.portal, &origin).await?;
    let mut to = portal.facts.endpoint.join("/oauth/authorize/").map_err(|_| Failure::NotInstalled)?;
    to.query_pairs_mut().append_pair("client_id", &app.settings.client_id).append_pair("state", state.expose_secret());
    Ok((to, browser))
}

/// The browser is back with a code. The state is spent first: a code that does not belong to it is never exchanged.
///
/// # Errors
/// [`Failure::NotGenuine`] for a state or a code that is unknown, used, old, or of another browser or portal; else as
/// for [`anchor()`].
pub async fn finish(app: &App, back: &OauthReturn, browser: &SecretString, lang: &str) -> Result<Opened, Failure> {
    let state = back.state.as_ref().ok_or(Failure::NotGenuine("a code without a state"))?;
    let begun = app.store.finish_code_flow(state, browser).await?;
    let begun = begun.ok_or(Failure::NotGenuine("the state is unknown, used, old or of another browser"))?;
    let known = app.store.portal(begun.portal).await?.ok_or(Failure::NotInstalled)?;
    let (own, code) = (app.clone(), back.code.clone());
    let lang = lang.to_owned();
    app.in_own_task(async move {
        let (answer, server) = exchange(&own, &known.facts, &code).await?;
        let portal = who_lives_there(&own, &begun, &answer).await?;
        let access = answer.access_token.clone();
        anchor::forget(&own, &access).await;
        let anchored = anchor(&own, &access, portal.member_id(), Some(server.as_str())).await?;
        let account = Account { portal, kind: Kind::User, user: anchored.user };
        if !is_of_portal(&answer, account) {
            return Err(Failure::NotGenuine("the code is of another portal"));
        }
        admit(&own, &anchored, &pair(answer), &lang, Scope::All).await
    })
    .await
}

/// Spends the code at the authorization server that knows it: the one of the portal with which the sign-in began, or the
/// other region's. Answers which it was.
async fn exchange(app: &App, facts: &PortalFacts, code: &SecretString) -> Result<(TokenPair, Url), Failure> {
    let mut unknown = Failure::NotGenuine("no authorization server knows the code");
    let known = Some(facts.portal);
    for server in app.auth_servers(&facts.oauth_server) {
        let _place = budget::question(app, known).await?;
        let answer = app.auth_server(server).token_exchange(code, Deadline(Duration::from_secs(7))).await;
        match answer.map_err(Failure::of_anchor) {
            Ok(answer) => return Ok((answer, server.clone())),
            Err(failure @ Failure::NotGenuine(_)) => {
                app.budgets.disowned(known);
                unknown = failure;
            }
            Err(failure) => return Err(failure),
        }
    }
    Err(unknown)
}

/// The portal that issued the code: the one with which the sign-in began, or another that is known at the address to which
/// the browser was sent. A self-hosted portal can claim anybody's address, and must not keep their people out.
async fn who_lives_there(app: &App, begun: &Begun, answer: &TokenPair) -> Result<PortalId, Failure> {
    let foreign = || Failure::NotGenuine("the code is of another portal");
    let member: MemberId = answer.member_id.as_ref().and_then(|m| m.as_str().parse().ok()).ok_or_else(foreign)?;
    let portal = member.portal_id();
    if portal == begun.portal {
        return Ok(portal);
    }
    let known = app.store.portal(portal).await?.filter(|known| known.status != Status::Gone && known.facts.proved);
    let there = known.is_some_and(|known| begun.origin.as_deref() == Some(known.facts.host.origin()));
    if there { Ok(portal) } else { Err(foreign()) }
}
