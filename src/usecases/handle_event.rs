//! What Bitrix24's event queue posts. An event is a hint to look, never data; whatever it destroys or replaces is
//! confirmed at the authorization server first.

use super::{
    anchor,
    app::App,
    failure::Failure,
    install::{Proof, install_by_event, is_token, update_by_event},
    open::claimed,
    portal_session::{PortalTrouble, as_account},
};
use crate::bitrix24::{Reaction, app::app_info, inbound::Event};
use crate::domain::{PortalId, UserId};
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

/// Any employee can read the application_token in a browser: only a portal that no longer knows our tokens is erased, and
/// only while the tokens that were asked about are still the installer's: somebody may be installing it again.
async fn confirm_uninstall(app: &App, portal: PortalId) {
    let erased = match verdict(app, portal).await {
        Ok(Verdict::Installed) => {
            tracing::warn!(%portal, "an uninstall event came, but the application is still installed there");
            return;
        }
        Ok(Verdict::Gone(asked)) => app.store.erase_portal(portal, asked).await.map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    match erased {
        Ok(true) => tracing::info!(%portal, "uninstalled: everything of the portal is erased"),
        Ok(false) => tracing::info!(%portal, "installed again meanwhile: nothing is erased"),
        Err(failure) => tracing::error!(%portal, %failure, "an uninstall event could not be confirmed"),
    }
}

enum Verdict {
    Installed,
    /// With the pair that was asked about; `None` when there was none to ask with.
    Gone(Option<(UserId, i64)>),
}

async fn verdict(app: &App, portal: PortalId) -> Result<Verdict, Failure> {
    let (known, installer) = (app.store.portal(portal).await?, app.store.installer(portal).await?);
    let (Some(known), Some(installer)) = (known, installer) else { return Ok(Verdict::Gone(None)) };
    let Some(credential) = app.store.credential(installer).await? else { return Ok(Verdict::Gone(None)) };
    let gone = Verdict::Gone(Some((installer.user, credential.generation)));
    anchor::forget(app, &credential.access).await;
    let server = app.auth_server(&known.facts.oauth_server);
    match server.app_info(&credential.access, anchor::PATIENCE).await {
        Ok(_) => return Ok(Verdict::Installed),
        Err(error) if error.reaction() == Reaction::Transient => return Err(Failure::AuthorizationDown(error)),
        // An access token ends by its age as well; a renewal, which the portal asks for then, is the second question.
        Err(_) => {}
    }
    match as_account(app, &known.facts, installer, |api| async move { app_info(&api).await }).await {
        Ok(_) => Ok(Verdict::Installed),
        Err(PortalTrouble::Call(error)) if matches!(error.reaction(), Reaction::Gone | Reaction::Reopen) => Ok(gone),
        Err(PortalTrouble::Before(Failure::SignInAgain)) => Ok(gone),
        Err(trouble) => Err(trouble.into()),
    }
}
