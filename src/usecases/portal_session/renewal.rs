//! Renewal: only when the portal says `expired_token`, once for each stored pair, by whoever comes first among all
//! replicas. No connection is held while anybody waits.

use super::{
    current,
    owner::{answers_for, pair},
    pace::{AFTER_LOSS, Gate, MEMORY, Pace, RHYTHM, after_failure, with_jitter},
};
use crate::bitrix24::{CallError, Deadline, Reaction};
use crate::domain::UserId;
use crate::store::{
    StoreError,
    credentials::{Account, Credential, Pair, Tries},
    portals::PortalFacts,
    turns::Line,
};
use crate::telemetry::metrics;
use crate::usecases::{app::App, failure::Failure, journal::caller};
use moka::future::Cache;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use url::Url;
use uuid::Uuid;

/// A holder that neither answers nor dies loses its right after this.
const LEASE: Duration = Duration::from_secs(40);
/// How long a loser waits for the winner's pair, and anybody for their turn.
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(150);
/// For a question that can lose nothing.
const PATIENCE_OF_KEYS: Deadline = Deadline(Duration::from_secs(6));
/// Within the lease, so that a late answer is never written over a later one.
const RENEWAL: Deadline = Deadline(Duration::from_secs(30));
/// Between two looks whether the database is back. Shorter than the second look of a replica whose refresh token was
/// refused.
const SAVE_AGAIN: Duration = Duration::from_millis(500);

/// Renewals under way in this process: one for each stored pair.
#[derive(Clone)]
pub struct Renewals {
    flights: Cache<(Account, i64), Arc<Credential>>,
    /// Pairs whose successor is here and not yet in the database.
    unsaved: Arc<Mutex<HashSet<(Account, i64)>>>,
    pace: Arc<Pace>,
}

impl Renewals {
    pub(in crate::usecases) fn new() -> Self {
        // For those who come while the others are still being served; whoever comes later reads the row.
        let flights = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(2)).build();
        Self { flights, unsaved: Arc::default(), pace: Arc::new(Pace::new()) }
    }

    fn unsaved(&self) -> MutexGuard<'_, HashSet<(Account, i64)>> {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A pair younger than `stale`. Everybody in this process who needs it waits for one task, and gets what that one read: a
/// crowd that was kept waiting does not fall on the database.
pub(in crate::usecases) async fn renew(
    app: &App,
    facts: &PortalFacts,
    of: Account,
    stale: i64,
) -> Result<Arc<Credential>, Failure> {
    let renewal = {
        let (app, facts) = (app.clone(), facts.clone());
        async move {
            let own = app.clone();
            app.in_own_task(async move { renew_once(&own, &facts, of, stale).await.map(Arc::new) }).await
        }
    };
    app.renewals.flights.try_get_with((of, stale), renewal).await.map_err(Failure::again)
}

async fn renew_once(app: &App, facts: &PortalFacts, of: Account, stale: i64) -> Result<Credential, Failure> {
    let (lease, patient_until) = (app.world.id()?, Instant::now() + PATIENCE);
    loop {
        let credential = current(app, of).await?;
        if credential.generation > stale {
            return Ok(credential);
        }
        let patience = patient_until.saturating_duration_since(Instant::now());
        if patience.is_zero() || credential.rests > patience {
            return Err(not_now(of, "an earlier attempt failed, or is under way"));
        }
        let taken = credential.held || !credential.rests.is_zero() || app.renewals.unsaved().contains(&(of, stale));
        if !taken {
            await_turn(app, of, patience).await?;
            if let Some(tries) = app.store.take_lease(of, stale, lease, LEASE).await? {
                spend(app, facts, Held { of, lease, tries, old: credential }).await?;
                continue;
            }
        }
        tokio::time::sleep(GLANCE).await;
    }
}

async fn await_turn(app: &App, of: Account, patience: Duration) -> Result<(), Failure> {
    let (pace, now) = (&app.renewals.pace, Instant::now());
    match pace.gate(now) {
        Gate::Shut => return Err(not_now(of, "renewals have stopped: this application's keys are refused")),
        Gate::Ajar => return Ok(()),
        Gate::Open => {}
    }
    if app.store.is_troubled().await? {
        pace.trouble(now);
    } else if !pace.is_troubled(now) {
        return Ok(());
    }
    let wait = app.store.take_turn(Line::Renewals, RHYTHM, patience).await?;
    tokio::time::sleep(wait.ok_or_else(|| not_now(of, "the line after an outage is too long"))?).await;
    Ok(())
}

/// The authorization server did not answer usably: the other replicas' renewals stand in line as well.
async fn met_trouble(app: &App) {
    app.renewals.pace.trouble(Instant::now());
    if let Err(error) = app.store.remember_trouble(MEMORY).await {
        tracing::warn!(%error, "the other replicas are not told of the authorization server's trouble");
    }
}

fn not_now(of: Account, why: &'static str) -> Failure {
    tracing::info!(portal = %of.portal, user = %of.user, why, "no renewal now");
    Failure::AuthorizationDown(CallError::Lost)
}

/// The right to renew, and what it is about.
struct Held {
    of: Account,
    lease: Uuid,
    tries: Tries,
    old: Credential,
}

impl Held {
    fn has_lost_too_many(&self) -> bool {
        usize::from(self.tries.lost) > AFTER_LOSS.len()
    }
}

/// Spends the refresh token.
async fn spend(app: &App, facts: &PortalFacts, held: Held) -> Result<(), Failure> {
    let (of, generation) = (held.of, held.old.generation);
    let Some(refresh) = held.old.refresh.as_ref().filter(|_| !held.has_lost_too_many()) else {
        return reopen(app, &held).await;
    };
    app.renewals.pace.leave().await;
    let error = match app.auth_server(&facts.oauth_server).asked_for(caller(of)).token_refresh(refresh, RENEWAL).await {
        Ok(answer) => {
            app.renewals.pace.keys_accepted(Instant::now());
            let Some(person) = answers_for(app, facts, of, &answer).await else {
                tracing::error!(portal = %of.portal, user = %of.user, "a renewal answered for somebody else; discarded");
                return reopen(app, &held).await;
            };
            app.budgets.renewals.note(of, Instant::now());
            return keep(app, Replaced { of, generation, person }, pair(answer)).await;
        }
        Err(error) => error,
    };
    match error.reaction() {
        Reaction::Reopen => {
            app.renewals.pace.keys_accepted(Instant::now());
            used_up(app, &held).await
        }
        Reaction::Misconfigured => keys_refused(app, &held, error).await,
        _ if may_be_spent(&error) => lost(app, held, error).await,
        reaction => {
            let is_outage = matches!(reaction, Reaction::Transient | Reaction::SlowDown | Reaction::Stop);
            if is_outage {
                met_trouble(app).await;
            }
            // What the server says about one portal is soon asked again, so that its person reads the reason.
            let pause = if is_outage { after_failure(held.tries.failed) } else { AFTER_LOSS[0] };
            rest(app, &held, held.tries.lost, pause).await?;
            Err(match Failure::of_anchor(error) {
                Failure::NotGenuine(_) => Failure::SignInAgain,
                failure => failure,
            })
        }
    }
}

/// The request arrived, or may have, and what came back is no answer. A server that says that it is in trouble (5xx) has
/// most probably not worked.
fn may_be_spent(error: &CallError) -> bool {
    match error {
        CallError::Lost => true,
        CallError::BadAnswer { http, .. } | CallError::TooLarge { http } => *http < 500,
        _ => false,
    }
}

/// The new pair may be gone with the answer: the old token is shown a few times more, and then only an opening helps.
async fn lost(app: &App, mut held: Held, error: CallError) -> Result<(), Failure> {
    met_trouble(app).await;
    let Some(pause) = AFTER_LOSS.get(usize::from(held.tries.lost)) else {
        return reopen(app, &held).await;
    };
    held.tries.lost += 1;
    rest(app, &held, held.tries.lost, *pause).await?;
    Err(Failure::AuthorizationDown(error))
}

/// Whether the authorization server knows our keys: it said so lately, or it says now that a made-up token is none.
pub(in crate::usecases) async fn are_keys_good(app: &App, facts: &PortalFacts) -> Result<bool, Failure> {
    let pace = &app.renewals.pace;
    if !pace.are_keys_good(Instant::now()) && knows_keys(app, &facts.oauth_server).await?.unwrap_or(false) {
        pace.keys_accepted(Instant::now());
    }
    Ok(pace.are_keys_good(Instant::now()))
}

/// Whether this authorization server knows our keys, asked with a token that nobody has; it looks at the keys first.
///
/// # Errors
/// Only without randomness. The answer itself may be an error as well: the server does not answer, or says something else.
pub async fn knows_keys(app: &App, server: &Url) -> Result<Result<bool, CallError>, Failure> {
    let made_up = hex::encode(app.world.bytes::<32>()?).into();
    Ok(match app.auth_server(server).token_refresh(&made_up, PATIENCE_OF_KEYS).await {
        Ok(_) => Ok(true),
        Err(error) => match error.reaction() {
            Reaction::Reopen => Ok(true),
            Reaction::Misconfigured => Ok(false),
            _ => Err(error),
        },
    })
}

/// Our own keys are wrong, or the application was removed: no reason to delete anything.
async fn keys_refused(app: &App, held: &Held, error: CallError) -> Result<(), Failure> {
    let portal = held.of.portal;
    tracing::warn!(%portal, %error, "the authorization server refuses this application's keys");
    if app.renewals.pace.keys_refused(portal, Instant::now()) {
        metrics::keys_refused();
        tracing::error!(%error, "ALARM: the authorization server refuses this application's keys in three portals; check HANDBACK_CLIENT_ID and HANDBACK_CLIENT_SECRET. Renewals stop for five minutes");
    }
    rest(app, held, held.tries.lost, after_failure(held.tries.failed)).await?;
    Err(Failure::AuthorizationDown(error))
}

async fn rest(app: &App, held: &Held, lost: u16, pause: Duration) -> Result<(), Failure> {
    let [chance] = app.world.bytes()?;
    let tries = Tries { lost, failed: held.tries.failed.saturating_add(1) };
    Ok(app.store.rest_lease(held.of, held.lease, tries, with_jitter(pause, chance)).await?)
}

/// `invalid_grant`: perhaps another replica, or an opening, brought a new pair meanwhile.
async fn used_up(app: &App, held: &Held) -> Result<(), Failure> {
    for pause in [Duration::ZERO, Duration::from_secs(2)] {
        tokio::time::sleep(pause).await;
        if current(app, held.of).await?.generation > held.old.generation {
            return Ok(());
        }
    }
    reopen(app, held).await
}

async fn reopen(app: &App, held: &Held) -> Result<(), Failure> {
    let Account { portal, kind, user } = held.of;
    if app.store.needs_opening(held.of, held.old.generation).await? {
        tracing::warn!(%portal, ?kind, %user, "these tokens are of no use any more; only an opening helps");
    }
    Err(Failure::SignInAgain)
}

/// Saves what replaces this generation. While the database is away the new pair, of which there is no other copy, stays
/// in memory, and nobody here spends the old token a second time.
async fn keep(app: &App, replaced: Replaced, pair: Pair) -> Result<(), Failure> {
    let Replaced { of, generation, .. } = replaced;
    let Err(error) = save(app, replaced, &pair).await else { return Ok(()) };
    if !error.is_outage() {
        return Err(error.into());
    }
    tracing::warn!(portal = %of.portal, %error, "a renewed pair is kept in memory until the database is back");
    app.renewals.unsaved().insert((of, generation));
    let own = app.clone();
    app.begin(async move {
        loop {
            tokio::time::sleep(SAVE_AGAIN).await;
            match save(&own, replaced, &pair).await {
                Ok(()) => break,
                Err(error) if error.is_outage() => {}
                Err(error) => {
                    tracing::error!(portal = %of.portal, %error, "a renewed pair could not be saved");
                    break;
                }
            }
        }
        own.renewals.unsaved().remove(&(of, generation));
    });
    Err(error.into())
}

/// What a new pair replaces, and whose it is.
#[derive(Clone, Copy)]
struct Replaced {
    of: Account,
    generation: i64,
    person: UserId,
}

async fn save(app: &App, replaced: Replaced, pair: &Pair) -> Result<(), StoreError> {
    let Replaced { of, generation, person } = replaced;
    if !app.store.save_renewed(of, person, generation, pair).await? {
        tracing::info!(portal = %of.portal, user = %of.user, "a younger pair is stored already; the renewed one is dropped");
    }
    Ok(())
}
