//! An installation: proved at the authorization server, stored in one transaction, then events and placements are
//! brought to the desired state. Safe to repeat, by the installer's page or by `ONAPPINSTALL`, in either order.

use super::{
    anchor::{self, Anchored},
    app::App,
    budget,
    failure::Failure,
    journal::caller,
    open::{Viewer, claimed, note_domain},
    portal_session::{PortalTrouble, is_of, pair, patiently, read_as},
    tend::learn,
};
use crate::bitrix24::{
    CallError, Deadline, Reaction,
    app::{Profile, profile},
    inbound::PageOpening,
};
use crate::domain::{
    MemberId, PortalId, UserId, Zone,
    install::{Step, StepKind, StepOutcome},
    queue::Scope,
};
use crate::store::{
    credentials::{Account, Kind, Pair},
    portals::PortalFacts,
    sessions::{self, Session},
};

use secrecy::{ExposeSecret, SecretString};
use std::{sync::Arc, time::Duration};

mod desired;
mod handlers;
pub use desired::{Brought, EVENTS, METHODS, PLACES, SCOPES, USEFUL_SCOPES, reconcile};
pub(super) use desired::{judge, scopes, set_handlers, why_of_failure};
pub(super) use handlers::{Found, Handlers, questions};

/// What an installer's frame or an install event brings.
#[derive(Clone)]
pub struct Proof {
    /// Claimed portal.
    pub member: MemberId,
    /// The administrator's access token.
    pub access: SecretString,
    /// Spent once, to prove that the pair was issued to us.
    pub refresh: Option<SecretString>,
    /// The portal's shared secret with us, if it is posted.
    pub application_token: Option<SecretString>,
    /// May select one of our authorization servers.
    pub server_hint: Option<String>,
}

/// A finished or unfinished installation, for its page.
pub struct Installed {
    /// The administrator.
    pub viewer: Viewer,
    /// For the retry button.
    pub session: SecretString,
    /// What was done.
    pub steps: Vec<Step>,
}

/// The installer's page.
///
/// # Errors
/// [`Failure::SignInAgain`] when no token was posted, [`Failure::AdminRequired`], [`Failure::NotGenuine`] when the
/// refresh token is spent or somebody else's; else as for [`anchor::anchor`]. Nothing is stored then. A step that
/// failed is among the steps.
pub async fn install(app: &App, opening: &PageOpening) -> Result<Installed, Failure> {
    let proof = Proof {
        member: claimed(&opening.member_id)?,
        access: opening.auth_id.clone().ok_or(Failure::SignInAgain)?,
        refresh: opening.refresh_id.clone(),
        application_token: opening.application_token.clone(),
        server_hint: opening.server_endpoint.clone(),
    };
    let (own, said) = (app.clone(), opening.domain.clone());
    let (anchored, steps) = app
        .in_own_task(async move {
            let anchored = prove_and_store(&own, &proof).await?;
            note_domain(&anchored, &said);
            let steps = finish(&own, &anchored.facts).await?;
            Ok((anchored, steps))
        })
        .await?;
    let viewer =
        Viewer { portal: anchored.facts.clone(), user: anchored.user, lang: opening.lang.clone(), scope: Scope::All };
    let session =
        Session { portal: viewer.portal_id(), user: viewer.user, lang: viewer.lang.clone(), scope: Scope::All };
    let session = app.store.begin_session(&session).await?;
    Ok(Installed { viewer, session, steps })
}

/// `ONAPPINSTALL`: the whole installation where no page did it before; else only the application_token is learnt.
/// Bitrix24 asks not to renew tokens without need, so the event's refresh token then stays unspent.
///
/// # Errors
/// As for [`install`].
pub async fn install_by_event(app: &App, mut proof: Proof) -> Result<(), Failure> {
    let known = app.store.portal(proof.member.portal_id()).await?;
    let finished = known.is_some_and(|portal| portal.installed_at.is_some());
    if finished && app.store.installer(proof.member.portal_id()).await?.is_some() {
        proof.refresh = None;
    }
    let own = app.clone();
    app.in_own_task(async move {
        let anchored = prove_and_store(&own, &proof).await?;
        if proof.refresh.is_some() {
            finish(&own, &anchored.facts).await?;
        }
        Ok(())
    })
    .await
}

/// `ONAPPUPDATE`: handlers and placements fell with the old version, and the application_token may be another.
///
/// # Errors
/// As for [`install`].
pub async fn update_by_event(app: &App, proof: Proof) -> Result<(), Failure> {
    let own = app.clone();
    app.in_own_task(async move {
        let anchored = prove_and_store(&own, &proof).await?;
        finish(&own, &anchored.facts).await.map(|_| ())
    })
    .await
}

/// The retry button: the installer's own stored account works on.
///
/// # Errors
/// [`Failure::AdminRequired`] for anybody but the installer, [`Failure::NotInstalled`] where there is none.
pub async fn retry(app: &App, viewer: &Viewer) -> Result<Vec<Step>, Failure> {
    let installer = app.store.installer(viewer.portal_id()).await?.ok_or(Failure::NotInstalled)?;
    if installer.user != viewer.user {
        return Err(Failure::AdminRequired);
    }
    let (own, facts) = (app.clone(), viewer.portal.clone());
    app.in_own_task(async move { finish(&own, &facts).await }).await
}

async fn finish(app: &App, facts: &PortalFacts) -> Result<Vec<Step>, Failure> {
    let done = |kind| Step { kind, outcome: StepOutcome::Done };
    let brought = reconcile(app, facts).await?;
    learn(app, facts.portal, &brought).await?;
    Ok([done(StepKind::Identity), done(StepKind::Stored)].into_iter().chain(brought.steps()).collect())
}

/// An administrator of exactly this portal, or nobody. Where the portal has moved since the authorization server was asked
/// about this token, it is asked again.
pub(super) async fn prove(app: &App, proof: &Proof) -> Result<Arc<Anchored>, Failure> {
    let hint = proof.server_hint.as_deref();
    let anchored = anchor::anchor(app, &proof.access, proof.member, hint).await?;
    match require_admin(app, &anchored, &proof.access).await {
        Ok(()) => Ok(anchored),
        Err(PortalTrouble::Call(CallError::Moved { .. })) => {
            anchor::forget(app, &proof.access).await;
            let anchored = anchor::anchor(app, &proof.access, proof.member, hint).await?;
            require_admin(app, &anchored, &proof.access).await?;
            Ok(anchored)
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// Nothing is written before an administrator of exactly this portal is proved, and then all in one transaction.
async fn prove_and_store(app: &App, proof: &Proof) -> Result<Arc<Anchored>, Failure> {
    let anchored = prove(app, proof).await?;
    let installer = Account { portal: anchored.facts.portal, kind: Kind::Installer, user: anchored.user };
    let pair = spend(app, &anchored, installer, proof).await?;
    let token = proof.application_token.as_ref().filter(|t| is_token(t)).map(sessions::hash);
    app.store.install(&anchored.facts, installer, pair.as_ref(), token).await.map_err(Failure::of_life)?;
    Ok(anchored)
}

/// An absent, empty or placeholder token is never stored, so nothing empty can ever equal it.
pub(super) fn is_token(token: &SecretString) -> bool {
    (16..=256).contains(&token.expose_secret().len())
}

async fn require_admin(app: &App, anchored: &Anchored, access: &SecretString) -> Result<(), PortalTrouble> {
    let installer = Account { portal: anchored.facts.portal, kind: Kind::Installer, user: anchored.user };
    let api = app.portal_api(&anchored.facts, access.clone(), installer)?;
    let who = patiently(|| async { profile(&api).await.map_err(PortalTrouble::Call) }).await?.result;
    Ok(only_admin(who.as_ref(), anchored.user)?)
}

pub(super) fn only_admin(who: Option<&Profile>, user: UserId) -> Result<(), Failure> {
    let admin = who.is_some_and(|p| p.id.get() == user.get() && p.admin == Some(true));
    if admin { Ok(()) } else { Err(Failure::AdminRequired) }
}

/// Spends the posted refresh token with our secret: the new pair was never in a browser. A repeated post, whose token
/// is spent already, goes on with what the first one stored.
async fn spend(app: &App, anchored: &Anchored, installer: Account, proof: &Proof) -> Result<Option<Pair>, Failure> {
    let stored = app.store.credential(installer).await?.filter(|c| c.good);
    let Some(refresh) = &proof.refresh else {
        let known = stored.is_some() || app.store.installer(installer.portal).await?.is_some();
        return if known { Ok(None) } else { Err(Failure::SignInAgain) };
    };
    let server = app.auth_server(&anchored.facts.oauth_server).asked_for(caller(installer));
    let known = Some(installer.portal);
    let place = budget::question(app, known).await?;
    let answer = server.token_refresh(refresh, Deadline(Duration::from_secs(15))).await;
    drop(place);
    match answer {
        Ok(answer) if is_of(&answer, installer) => Ok(Some(pair(answer))),
        Ok(_) => Err(Failure::NotGenuine("the refresh token is of another portal or person")),
        Err(error) if error.reaction() == Reaction::Reopen => {
            app.budgets.disowned(known);
            // Two posts of one form at once: the other one may be about to store.
            for pause in [0, 300, 1_000, 2_000] {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                if app.store.credential(installer).await?.is_some_and(|c| c.good) {
                    return Ok(None);
                }
            }
            Err(Failure::NotGenuine("the refresh token is spent or of another application"))
        }
        // The server refuses our own keys: that is nobody's forgery.
        Err(error) if error.reaction() == Reaction::Misconfigured => Err(Failure::Internal(Box::new(error))),
        Err(error) => Err(Failure::of_anchor(error)),
    }
}

/// What the portal says of a person now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnProfile {
    /// An administrator of the portal.
    pub is_admin: bool,
    /// By which clock they read.
    pub zone: Zone,
}

/// Asks the portal about this person, as this person.
pub async fn own_profile(app: &App, viewer: &Viewer) -> Result<OwnProfile, Failure> {
    let who = read_as(app, &viewer.portal, viewer.account(), |api| async move { profile(&api).await }).await?;
    let zone = Zone::of(who.result.as_ref().and_then(|p| p.time_zone.as_deref()), who.clock);
    Ok(OwnProfile { is_admin: only_admin(who.result.as_ref(), viewer.user).is_ok(), zone })
}

/// Administrators alone, asked at the portal. Answers by which clock they read.
///
/// # Errors
/// [`Failure::AdminRequired`] for everybody else.
pub async fn require_admin_now(app: &App, viewer: &Viewer) -> Result<Zone, Failure> {
    let own = own_profile(app, viewer).await?;
    if own.is_admin { Ok(own.zone) } else { Err(Failure::AdminRequired) }
}

/// The portal's installer account, which keeps events and placements.
pub(super) async fn installer_of(app: &App, portal: PortalId) -> Result<Account, Failure> {
    app.store.installer(portal).await?.ok_or(Failure::NotInstalled)
}
