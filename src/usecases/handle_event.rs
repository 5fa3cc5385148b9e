//! What Bitrix24's event queue posts. An event is a hint to look, never data; whatever it destroys or replaces is
//! confirmed at the authorization server first.

use super::{
    anchor,
    app::App,
    failure::Failure,
    install::{Proof, install_by_event, is_token, update_by_event},
    open::claimed,
    portal_session::as_account,
};
use crate::bitrix24::{CallError, Reaction, app::app_info, inbound::Event};
use crate::domain::PortalId;
use crate::store::sessions;
use secrecy::SecretString;
use subtle::ConstantTimeEq;

/// Accepts a genuine event, or says that it is none.
pub async fn handle_event(app: &App, event: &Event) -> Result<(), Failure> {
    let member = claimed(&event.auth.member_id)?;
    match event.event.as_str() {
        // Nothing may be stored yet, and an update may bring a new application_token: an administrator's access token
        // inside the event, confirmed at the authorization server, is the proof.
        name @ ("ONAPPINSTALL" | "ONAPPUPDATE") => {
            let access = event.auth.access_token.clone().ok_or(Failure::NotGenuine("no access token"))?;
            let proof = Proof {
                member,
                access,
                refresh: event.auth.refresh_token.clone(),
                application_token: event.auth.application_token.clone(),
                server_hint: event.auth.server_endpoint.clone(),
            };
            if name == "ONAPPUPDATE" { update_by_event(app, proof).await } else { install_by_event(app, proof).await }
        }
        name => {
            require_known(app, member.portal_id(), event.auth.application_token.as_ref()).await?;
            if name == "ONAPPUNINSTALL" {
                let (own, portal) = (app.clone(), member.portal_id());
                app.begin(async move { confirm_uninstall(&own, portal).await });
            }
            Ok(())
        }
    }
}

/// The portal's shared secret, compared in constant time. One that was never stored equals nothing.
async fn require_known(app: &App, portal: PortalId, said: Option<&SecretString>) -> Result<(), Failure> {
    let stored = app.store.application_token_hash(portal).await?;
    // Work of the same kind whether the portal is known or not.
    let said = said.filter(|token| is_token(token)).map(sessions::hash);
    let (stored_hash, said_hash) = (stored.unwrap_or([0; 32]), said.unwrap_or([1; 32]));
    let equal: bool = stored_hash.ct_eq(&said_hash).into();
    if equal && stored.is_some() && said.is_some() {
        Ok(())
    } else {
        Err(Failure::NotGenuine("the application_token is not this portal's"))
    }
}

/// Any employee can read the application_token in a browser: only a portal that no longer knows our tokens is erased.
async fn confirm_uninstall(app: &App, portal: PortalId) {
    match is_gone(app, portal).await {
        Ok(true) => match app.store.erase_portal(portal).await {
            Ok(()) => tracing::info!(%portal, "uninstalled: everything of the portal is erased"),
            Err(error) => tracing::error!(%portal, %error, "uninstalled, but the portal could not be erased"),
        },
        Ok(false) => tracing::warn!(%portal, "an uninstall event came, but the application is still installed there"),
        Err(failure) => tracing::warn!(%portal, %failure, "an uninstall event could not be confirmed"),
    }
}

async fn is_gone(app: &App, portal: PortalId) -> Result<bool, Failure> {
    let Some(known) = app.store.portal(portal).await? else {
        return Ok(false);
    };
    let Some(installer) = app.store.installer(portal).await? else {
        return Ok(true);
    };
    let Some(credential) = app.store.credential(installer).await? else {
        return Ok(true);
    };
    anchor::forget(app, &credential.access).await;
    let server = app.auth_server(&known.facts.oauth_server);
    match server.app_info(&credential.access, anchor::PATIENCE).await {
        Ok(_) => Ok(false),
        Err(error) if error.reaction() == Reaction::Transient => Err(Failure::AuthorizationDown(error)),
        // Old access tokens end as well; a renewal is the second question.
        Err(_) => {
            let asked = as_account(app, &known.facts, installer, |api| async move { app_info(&api).await }).await;
            Ok(match asked {
                Ok(_) => false,
                Err(super::portal_session::PortalTrouble::Call(CallError::Api { code, .. })) => {
                    matches!(code.reaction(), Reaction::Gone | Reaction::Reopen)
                }
                Err(super::portal_session::PortalTrouble::Before(Failure::SignInAgain)) => true,
                Err(trouble) => return Err(trouble.into()),
            })
        }
    }
}
