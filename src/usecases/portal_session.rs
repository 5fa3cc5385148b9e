//! An account -> an authorised client. Renewal lives here: only when the portal says `expired_token`, once for each
//! stored pair, by whoever comes first among all replicas.

use super::{anchor, app::App, failure::Failure, journal::caller};
use crate::bitrix24::{CallError, Deadline, PortalApi, Reaction, oauth::TokenPair};
use crate::domain::{PortalId, UserId};
use crate::store::credentials::{Account, Credential, Kind, Pair};
use crate::store::portals::PortalFacts;
use moka::future::Cache;
use std::{future::Future, time::Duration};

/// A holder that neither answers nor dies loses its right after this.
const LEASE: Duration = Duration::from_secs(40);
/// How long a loser waits for the winner's pair.
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(150);
/// A lost answer: the old refresh token is tried again no sooner than this.
const AFTER_LOSS: Duration = Duration::from_secs(5);
/// Within the lease, so that a late answer is never written over a later one.
const RENEWAL: Deadline = Deadline(Duration::from_secs(30));

/// Renewals under way in this process: one for each stored pair.
#[derive(Clone)]
pub struct Renewals(Cache<(Account, i64), ()>);

impl Renewals {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(60)).build())
    }
}

/// What became of one call that changes something.
#[derive(Debug)]
pub enum Attempt<T> {
    /// The portal answered.
    Answered(T),
    /// It is proved that nothing ran, and now it may: the tokens are renewed, or the portal's new address is known.
    Again,
}

/// Makes one call as this account, and never a second one: whatever has to be looked at before a change can be looked at
/// again before the next attempt.
pub async fn write_once<T, W, F>(
    app: &App,
    facts: &PortalFacts,
    of: Account,
    work: W,
) -> Result<Attempt<T>, PortalTrouble>
where
    W: FnOnce(PortalApi) -> F,
    F: Future<Output = Result<T, CallError>>,
{
    let credential = current(app, of).await?;
    let api = app.rest.portal(facts.endpoint.clone(), credential.access.clone(), caller(of));
    match work(api).await {
        Ok(answer) => Ok(Attempt::Answered(answer)),
        Err(error) if error.reaction() == Reaction::Refresh => {
            renew(app, facts, of, credential.generation).await?;
            Ok(Attempt::Again)
        }
        Err(CallError::Moved { .. }) => {
            find_moved(app, facts, of, &credential).await?;
            Ok(Attempt::Again)
        }
        Err(error) => {
            if error.reaction() == Reaction::NoAccessToApp && of.kind == Kind::User {
                // The administrator has taken the application from this person: open pages end as well.
                app.store.end_sessions(of.portal, of.user).await.map_err(Failure::from)?;
            }
            Err(PortalTrouble::Call(error))
        }
    }
}

/// Calls the portal as this account, for what changes nothing or may be repeated: again after a renewal or a move.
pub async fn as_account<T, W, F>(app: &App, facts: &PortalFacts, of: Account, work: W) -> Result<T, PortalTrouble>
where
    W: Fn(PortalApi) -> F,
    F: Future<Output = Result<T, CallError>>,
{
    match write_once(app, facts, of, &work).await? {
        Attempt::Answered(answer) => Ok(answer),
        Attempt::Again => {
            let known = app.store.portal(of.portal).await.map_err(Failure::from)?.ok_or(Failure::NotInstalled)?;
            let credential = current(app, of).await?;
            let api = app.rest.portal(known.facts.endpoint, credential.access, caller(of));
            work(api).await.map_err(PortalTrouble::Call)
        }
    }
}

/// 302: where it points to is a hint; the authorization server says where the portal lives now, and is asked with a fresh
/// token when it no longer knows the old one.
async fn find_moved(app: &App, facts: &PortalFacts, of: Account, old: &Credential) -> Result<(), PortalTrouble> {
    let member = of.portal.member_id();
    anchor::forget(app, &old.access).await;
    let anchored = match anchor::anchor(app, &old.access, member, None).await {
        Err(Failure::NotGenuine(_)) => {
            let renewed = renew(app, facts, of, old.generation).await?;
            anchor::anchor(app, &renewed.access, member, None).await?
        }
        anchored => anchored?,
    };
    app.store.save_facts(&anchored.facts).await.map_err(Failure::from)?;
    if anchored.facts.endpoint == facts.endpoint {
        return Err(PortalTrouble::Call(CallError::Moved { location: None }));
    }
    Ok(())
}

/// Why there is no answer: the call itself, or something before it.
#[derive(Debug)]
pub enum PortalTrouble {
    /// The portal's answer, or its absence.
    Call(CallError),
    /// No call was made.
    Before(Failure),
}

impl From<Failure> for PortalTrouble {
    fn from(failure: Failure) -> Self {
        Self::Before(failure)
    }
}

impl From<PortalTrouble> for Failure {
    fn from(trouble: PortalTrouble) -> Self {
        match trouble {
            PortalTrouble::Call(error) => Failure::of_portal(error),
            PortalTrouble::Before(failure) => failure,
        }
    }
}

async fn current(app: &App, of: Account) -> Result<Credential, Failure> {
    let credential = app.store.credential(of).await?.ok_or(Failure::SignInAgain)?;
    if credential.good { Ok(credential) } else { Err(Failure::SignInAgain) }
}

/// A pair younger than `stale`. Everybody in this process who needs it waits for one task.
async fn renew(app: &App, facts: &PortalFacts, of: Account, stale: i64) -> Result<Credential, Failure> {
    let renewal = {
        let (app, facts) = (app.clone(), facts.clone());
        async move {
            let own = app.clone();
            app.in_own_task(async move { renew_once(&own, &facts, of, stale).await }).await
        }
    };
    app.renewals.0.try_get_with((of, stale), renewal).await.map_err(Failure::again)?;
    let credential = current(app, of).await?;
    if credential.generation > stale { Ok(credential) } else { Err(Failure::SignInAgain) }
}

async fn renew_once(app: &App, facts: &PortalFacts, of: Account, stale: i64) -> Result<(), Failure> {
    let lease = app.world.id()?;
    let rounds = PATIENCE.as_millis() / GLANCE.as_millis();
    for _ in 0..rounds {
        let credential = current(app, of).await?;
        if credential.generation > stale {
            return Ok(());
        }
        if app.store.take_lease(of, stale, lease, LEASE).await? {
            return spend(app, facts, of, credential, lease).await;
        }
        tokio::time::sleep(GLANCE).await;
    }
    Err(Failure::AuthorizationDown(CallError::Lost))
}

/// Spends the refresh token. Only the holder of the lease comes here.
async fn spend(app: &App, facts: &PortalFacts, of: Account, old: Credential, lease: uuid::Uuid) -> Result<(), Failure> {
    let Some(refresh) = &old.refresh else {
        app.store.needs_opening(of, old.generation).await?;
        return Err(Failure::SignInAgain);
    };
    match app.auth_server(&facts.oauth_server).asked_for(caller(of)).token_refresh(refresh, RENEWAL).await {
        Ok(answer) if is_of(&answer, of) => {
            app.store.save_renewed(of, old.generation, &pair(answer)).await?;
            Ok(())
        }
        Ok(_) => {
            tracing::error!(portal = %of.portal, user = %of.user, "a renewal answered for somebody else; discarded");
            app.store.needs_opening(of, old.generation).await?;
            Err(Failure::SignInAgain)
        }
        Err(error) if error.reaction() == Reaction::Reopen => used_up(app, of, &old).await,
        Err(error) if error.reaction() == Reaction::Misconfigured => {
            // Our own keys are wrong: nobody's fault but ours, and no reason to delete anything.
            tracing::error!(portal = %of.portal, %error, "the authorization server refuses this application's keys");
            app.store.rest_lease(of, lease, AFTER_LOSS).await?;
            Err(Failure::Internal(Box::new(error)))
        }
        Err(error) => {
            app.store.rest_lease(of, lease, AFTER_LOSS).await?;
            Err(Failure::of_anchor(error)).map_err(|failure| match failure {
                Failure::NotGenuine(_) => Failure::SignInAgain,
                failure => failure,
            })
        }
    }
}

/// `invalid_grant`: perhaps an opening brought a new pair meanwhile.
async fn used_up(app: &App, of: Account, old: &Credential) -> Result<(), Failure> {
    for pause in [Duration::ZERO, Duration::from_secs(2)] {
        tokio::time::sleep(pause).await;
        if current(app, of).await?.generation > old.generation {
            return Ok(());
        }
    }
    app.store.needs_opening(of, old.generation).await?;
    Err(Failure::SignInAgain)
}

/// A renewal must name the row's portal and person.
pub(super) fn is_of(answer: &TokenPair, of: Account) -> bool {
    is_of_portal(answer, of) && answer.user_id.is_some()
}

/// The answer to a code need not name the person.
pub(super) fn is_of_portal(answer: &TokenPair, of: Account) -> bool {
    let member = answer.member_id.as_ref().and_then(|m| m.as_str().parse().ok());
    member == Some(of.portal.member_id()) && answer.user_id.is_none_or(|user| user.get() == of.user.get())
}

pub(super) fn pair(answer: TokenPair) -> Pair {
    Pair {
        access: answer.access_token,
        refresh: Some(answer.refresh_token),
        lives: Duration::from_secs(answer.expires_in),
    }
}

/// Reads as this account. A portal that asks to slow down is asked again after 1, 2 and 4 seconds; one that stumbles,
/// twice. Only for what changes nothing.
pub async fn read_as<T, W, F>(app: &App, facts: &PortalFacts, of: Account, work: W) -> Result<T, PortalTrouble>
where
    W: Fn(PortalApi) -> F,
    F: Future<Output = Result<T, CallError>>,
{
    patiently(|| as_account(app, facts, of, &work)).await
}

/// Reads again what may be read again.
pub(super) async fn patiently<T, W, F>(read: W) -> Result<T, PortalTrouble>
where
    W: Fn() -> F,
    F: Future<Output = Result<T, PortalTrouble>>,
{
    let (mut limited, mut stumbled) = ([1_000, 2_000, 4_000].into_iter(), [250, 1_000].into_iter());
    loop {
        let trouble = match read().await {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        let pause = match &trouble {
            // What never came back has used up its time already.
            PortalTrouble::Call(
                error @ (CallError::Api { .. } | CallError::BadAnswer { .. } | CallError::Unreachable),
            ) => match error.reaction() {
                Reaction::SlowDown => limited.next(),
                Reaction::Transient => stumbled.next(),
                _ => None,
            },
            _ => None,
        };
        let Some(pause) = pause else { return Err(trouble) };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

/// For the worker: everything that a person's account needs to be called.
pub async fn of_person(app: &App, portal: PortalId, user: UserId) -> Result<(PortalFacts, Account), Failure> {
    let known = app.store.portal(portal).await?.ok_or(Failure::NotInstalled)?;
    Ok((known.facts, Account { portal, kind: Kind::User, user }))
}
