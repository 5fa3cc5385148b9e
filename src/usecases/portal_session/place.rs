//! Where a portal lives: the authorization server's word, and never that of whoever can write in the database.

use super::{PortalTrouble, current, renew};
use crate::bitrix24::CallError;
use crate::store::{
    credentials::{Account, Credential},
    portals::{Portal, PortalFacts},
};
use crate::usecases::{
    anchor::{self, Anchored},
    app::App,
    failure::Failure,
};
use std::sync::Arc;

/// The portal as it is kept, see [`proved`].
pub(in crate::usecases) async fn known_portal(app: &App, of: Account) -> Result<Option<Portal>, Failure> {
    match app.store.portal(of.portal).await? {
        Some(known) => proved(app, known, of).await.map(Some),
        None => Ok(None),
    }
}

/// Where a portal's row does not carry our seal for the endpoint, the authorization server is asked with this account's
/// token, before anything is sent to the portal.
pub(in crate::usecases) async fn proved(app: &App, mut known: Portal, of: Account) -> Result<Portal, Failure> {
    if !known.facts.proved {
        tracing::warn!(portal = %of.portal, "the portal's endpoint does not carry our seal: the authorization server is asked");
        let credential = current(app, of).await?;
        known.facts = where_now(app, &known.facts, of, &credential).await?.facts.clone();
        app.store.save_facts(&known.facts).await?;
    }
    Ok(known)
}

/// 302: where it points to is a hint; the authorization server says where the portal lives now.
pub(super) async fn find_moved(
    app: &App,
    facts: &PortalFacts,
    of: Account,
    old: &Credential,
) -> Result<(), PortalTrouble> {
    anchor::forget(app, &old.access).await;
    let anchored = where_now(app, facts, of, old).await?;
    app.store.save_facts(&anchored.facts).await.map_err(Failure::from)?;
    if anchored.facts.endpoint == facts.endpoint {
        return Err(PortalTrouble::Call(CallError::Moved { location: None }));
    }
    Ok(())
}

/// Asks with a fresh token when the old one is no longer known.
async fn where_now(app: &App, facts: &PortalFacts, of: Account, old: &Credential) -> Result<Arc<Anchored>, Failure> {
    let member = of.portal.member_id();
    match anchor::anchor(app, &old.access, member, None).await {
        Err(Failure::NotGenuine(_)) => {
            let renewed = renew(app, facts, of, old.generation).await?;
            anchor::anchor(app, &renewed.access, member, None).await
        }
        anchored => anchored,
    }
}
