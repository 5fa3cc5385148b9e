//! An account -> an authorised client, and what may be asked again.

mod owner;
mod pace;
mod place;
mod renewal;

use super::{app::App, failure::Failure};
use crate::bitrix24::{BatchAnswer, CallError, Command, Deadline, PortalApi, Reaction};
use crate::domain::{PortalId, UserId};
use crate::store::credentials::{Account, Credential, Kind};
use crate::store::portals::PortalFacts;
pub(super) use owner::{is_of, is_of_portal, pair};
use place::find_moved;
pub(super) use place::{known_portal, proved};
pub use renewal::{Renewals, knows_keys};
pub(super) use renewal::{are_keys_good, renew};
use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

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
///
/// # Errors
/// Behind [`PortalTrouble::Before`] nothing ran; for a [`PortalTrouble::Call`] ask [`CallError::ran`] before anything
/// is sent again.
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
    Ok(match once(app, facts, of, work).await? {
        Once::Answered(answer) => Attempt::Answered(answer),
        Once::Renewed(_) | Once::Moved => Attempt::Again,
    })
}

/// What became of one call, with what the next one needs.
enum Once<T> {
    Answered(T),
    Renewed(Arc<Credential>),
    Moved,
}

async fn once<T, W, F>(app: &App, facts: &PortalFacts, of: Account, work: W) -> Result<Once<T>, PortalTrouble>
where
    W: FnOnce(PortalApi) -> F,
    F: Future<Output = Result<T, CallError>>,
{
    let credential = current(app, of).await?;
    let api = app.portal_api(facts, credential.access.clone(), of)?;
    match work(api).await {
        Ok(answer) => Ok(Once::Answered(answer)),
        Err(error) if error.reaction() == Reaction::Refresh => {
            if !app.budgets.renewals.is_open(&of, Instant::now()) {
                tracing::warn!(portal = %of.portal, "the portal calls every token expired: none is renewed for a while");
                return Err(PortalTrouble::Call(error));
            }
            Ok(Once::Renewed(renew(app, facts, of, credential.generation).await?))
        }
        Err(error @ CallError::Moved { .. }) => {
            let (moves, now) = (&app.budgets.moves, Instant::now());
            if !moves.is_open(&of.portal, now) {
                tracing::warn!(portal = %of.portal, "the portal says again and again that it has moved");
                return Err(PortalTrouble::Call(error));
            }
            moves.note(of.portal, now);
            find_moved(app, facts, of, &credential).await?;
            Ok(Once::Moved)
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
    let api = match once(app, facts, of, &work).await? {
        Once::Answered(answer) => return Ok(answer),
        Once::Renewed(credential) => app.portal_api(facts, credential.access.clone(), of)?,
        Once::Moved => {
            let known = app.store.portal(of.portal).await.map_err(Failure::from)?.ok_or(Failure::NotInstalled)?;
            app.portal_api(&known.facts, current(app, of).await?.access, of)?
        }
    };
    work(api).await.map_err(PortalTrouble::Call)
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

impl From<CallError> for PortalTrouble {
    fn from(error: CallError) -> Self {
        Self::Call(error)
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
    let credential = match (app.store.credential(of).await?, of.kind) {
        // The vendor may have given the installer's pair to another administrator, see `owner::answers_for`.
        (None, Kind::Installer) => match app.store.installer(of.portal).await? {
            Some(now) => app.store.credential(now).await?,
            None => None,
        },
        (found, _) => found,
    };
    let credential = credential.ok_or(Failure::SignInAgain)?;
    if credential.good { Ok(credential) } else { Err(Failure::SignInAgain) }
}

/// Reads as this account. A portal that asks to slow down is asked again after 1, 2 and 4 seconds; one that stumbles,
/// twice. Only for what may be repeated: readings, and bindings, of which a second one changes nothing.
pub async fn read_as<T, W, F>(app: &App, facts: &PortalFacts, of: Account, work: W) -> Result<T, PortalTrouble>
where
    W: Fn(PortalApi) -> F,
    F: Future<Output = Result<T, CallError>>,
{
    patiently(|| as_account(app, facts, of, &work)).await
}

/// Reads as this account, everything in one call.
pub(super) async fn read_batch(
    app: &App,
    facts: &PortalFacts,
    of: Account,
    commands: Vec<(String, Command)>,
) -> Result<BatchAnswer, PortalTrouble> {
    read_as(app, facts, of, |api| {
        let commands = commands.clone();
        async move { api.batch(commands, Deadline::READ).await }
    })
    .await
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
///
/// # Errors
/// [`Failure::NotInstalled`] when the portal is no longer kept.
pub async fn of_person(app: &App, portal: PortalId, user: UserId) -> Result<(PortalFacts, Account), Failure> {
    let account = Account { portal, kind: Kind::User, user };
    let known = known_portal(app, account).await?.ok_or(Failure::NotInstalled)?;
    Ok((known.facts, account))
}
