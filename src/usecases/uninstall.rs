//! A departure is said by an event that any employee can forge, so it is confirmed at the authorization server: at once
//! and a few times more. Until the first answer nothing of the portal is carried out; only what the server no longer
//! knows is erased.

use super::{
    anchor,
    app::App,
    failure::Failure,
    journal::caller,
    portal_session::{are_keys_good, renew},
    tend::lived,
};
use crate::bitrix24::{Code, Reaction};
use crate::domain::{PortalId, UserId, installation::Happening};
use crate::store::{
    credentials::{Account, Credential},
    departure::Departed,
    life::{Leaving, LifeError},
    portals::Portal,
};
use std::time::Duration;

/// While one replica asks, no other does.
pub const LEASE: Duration = Duration::from_secs(90);
/// After a question that was not answered; later longer, see `ask_again`.
const PAUSE: Duration = Duration::from_secs(10);

/// An uninstall was said, with its wish whether everything is to be erased; or is suspected, with none.
pub(super) async fn begin(app: &App, portal: PortalId, clean: Option<bool>) -> Result<(), Failure> {
    let first = app.settings.uninstall_checks.first().copied().unwrap_or_default();
    lived(app.store.begin_leaving(portal, clean, first).await)?;
    app.leaving.notify_one();
    Ok(())
}

/// One confirmation that is due.
pub async fn confirm(app: &App, leaving: Leaving) {
    let portal = leaving.portal;
    let confirmed = match verdict(app, portal).await {
        Ok(Verdict::Installed) => alive(app, leaving).await,
        Ok(Verdict::Gone(asked)) => gone(app, portal, asked).await,
        // Where nothing is left that the server knows, the event is all there is, once every check has found nothing. A
        // suspicion is none.
        Ok(Verdict::Mute(asked)) if leaving.said && leaving.checks + 1 >= app.settings.uninstall_checks.len() => {
            gone(app, portal, asked).await
        }
        Ok(Verdict::Mute(_)) => alive(app, leaving).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = confirmed {
        // Nothing is erased without an answer.
        tracing::warn!(%portal, %failure, "a departure could not be confirmed yet");
        if let Err(error) = app.store.ask_again(leaving, PAUSE).await {
            tracing::warn!(%portal, %error, "the next question waits until this claim has run out");
        }
    }
}

async fn alive(app: &App, leaving: Leaving) -> Result<(), Failure> {
    let portal = leaving.portal;
    if let Some(after) = app.settings.uninstall_checks.get(leaving.checks + 1) {
        app.store.check_again(leaving, *after).await?;
        app.due.notify_one();
        return Ok(());
    }
    match app.store.take_step(portal, Happening::StillThere).await {
        Ok(_) if leaving.said => {
            tracing::error!(%portal, "an uninstall event was forged or wrong: the application is installed there");
        }
        Ok(_) => {}
        Err(LifeError::Illegal(_)) => {}
        Err(LifeError::Store(error)) => return Err(error.into()),
    }
    app.due.notify_one();
    Ok(())
}

async fn gone(app: &App, portal: PortalId, asked: Option<(UserId, i64)>) -> Result<(), Failure> {
    match app.store.depart(portal, asked).await {
        Ok(Departed::Erased(receipt)) => tracing::info!(%portal, %receipt, "departed: erased"),
        Ok(Departed::Closed) => tracing::info!(%portal, "departed: what was decided waits for a reinstallation"),
        Ok(Departed::Not) => tracing::info!(%portal, "installed again meanwhile: nothing is erased"),
        Err(LifeError::Illegal(_)) => {}
        Err(LifeError::Store(error)) => return Err(error.into()),
    }
    Ok(())
}

enum Verdict {
    Installed,
    /// With the installer's pair that was asked about; `None` when there is none.
    Gone(Option<(UserId, i64)>),
    /// No pair is left that the server knows.
    Mute(Option<(UserId, i64)>),
}

async fn verdict(app: &App, portal: PortalId) -> Result<Verdict, Failure> {
    let Some(known) = app.store.portal(portal).await? else { return Ok(Verdict::Mute(None)) };
    let installer = app.store.installer(portal).await?;
    let mut asked = None;
    // When the installer's pair is of no use any more, somebody else's may still be.
    let others = app.store.recent_accounts(portal, 3).await?;
    for account in installer.into_iter().chain(others) {
        let Some(credential) = app.store.credential(account).await? else { continue };
        if installer == Some(account) {
            asked = Some((account.user, credential.generation));
        }
        match ask(app, &known, account, &credential).await? {
            Word::Alive => return Ok(Verdict::Installed),
            Word::NotInstalled => return Ok(Verdict::Gone(asked)),
            Word::Nothing => {}
        }
    }
    Ok(Verdict::Mute(asked))
}

/// What the authorization server says about one pair.
enum Word {
    Alive,
    NotInstalled,
    /// Only that this pair is of no use.
    Nothing,
}

async fn ask(app: &App, known: &Portal, account: Account, credential: &Credential) -> Result<Word, Failure> {
    let server = app.auth_server(&known.facts.oauth_server).asked_for(caller(account));
    anchor::forget(app, &credential.access).await;
    match server.app_info(&credential.access, anchor::PATIENCE).await {
        Ok(_) => return Ok(Word::Alive),
        Err(error) => match error.reaction() {
            // Others that speak of a dead token may speak of its age.
            Reaction::Gone if matches!(error.code(), Some(Code::NotInstalled | Code::PortalDeleted)) => {
                return Ok(Word::NotInstalled);
            }
            // Not paid is not gone.
            Reaction::Unpaid => return Ok(Word::Alive),
            Reaction::Transient | Reaction::SlowDown | Reaction::Stop => return Err(Failure::AuthorizationDown(error)),
            // An access token ends by its age as well: the refresh token is the second question.
            _ => {}
        },
    }
    // By the one way in which anybody renews: under the lease, saved over what it came from, and answered for its owner.
    match renew(app, &known.facts, account, credential.generation).await {
        Ok(_) | Err(Failure::Unpaid) => Ok(Word::Alive),
        Err(Failure::SignInAgain) => Ok(Word::Nothing),
        // Our own keys are wrong, which says nothing about the portal; or they are good, and are no longer its.
        Err(Failure::AuthorizationDown(error))
            if error.reaction() == Reaction::Misconfigured && are_keys_good(app, &known.facts).await? =>
        {
            Ok(Word::Nothing)
        }
        Err(failure) => Err(failure),
    }
}
