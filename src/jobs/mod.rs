//! What runs without a request: carrying decisions out, settling unknown outcomes, telling reasons, working on events,
//! confirming departures, tending installations, keeping house and dormant portals. Every replica runs all of it; the
//! database hands each piece of work to one.

use crate::domain::PortalId;
use crate::store::StoreError;
use crate::telemetry::metrics;
use crate::usecases::{
    App, carry_out::carry_out, follow_up::follow_up, inbox, journal, keep_alive::keep_alive, lease::LEASE, ring::ring,
    settle::settle, tell_reason::tell_reason, tend::tend, uninstall,
};
use futures_util::{StreamExt, stream};
use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How many events or departures one replica claims at a time.
const HANDFUL: i64 = 16;
/// At how many tasks it looks at a time for what became of a request.
const LOOKS: i64 = 200;
/// How many decisions one replica carries at once.
const HANDS: usize = 2_000;
/// How many reasons.
const HANDS_FOR_REASONS: usize = 64;
/// How many such looks are under way at once; one portal that lets us wait is no reason for the others to.
const HANDS_FOR_OUTCOMES: usize = 32;
/// How many of one portal are under way at once, in all replicas: four batches.
const MOST_OF_PORTAL: i64 = 200;
/// And where more than half of the hands are busy: one batch. A few portals that let us wait do not take them all.
const MOST_WHEN_BUSY: i64 = 50;
/// So many portals are compared with their desired state at once, each for so long: one that hangs is due again.
const TENDED_AT_ONCE: usize = 8;
const TENDING: Duration = Duration::from_secs(120);
/// Between two rounds when nobody rings.
const ROUND: Duration = Duration::from_millis(300);
const SETTLE_ROUND: Duration = Duration::from_secs(1);
const TEND_ROUND: Duration = Duration::from_secs(5);
const SWEEP_ROUND: Duration = Duration::from_secs(600);
const KEEP_ALIVE_ROUND: Duration = Duration::from_secs(600);

/// Starts all jobs. They stop taking work when `stop` is cancelled; what they took is in `tracker` until it ends.
pub fn start(app: &App, stop: &CancellationToken, tracker: &TaskTracker) {
    let job = Job { app: app.clone(), tracker: tracker.clone(), stop: stop.clone() };
    let hands = |most| Arc::new(Semaphore::new(most));
    let (decisions, outcomes, reasons) = (hands(HANDS), hands(HANDS_FOR_OUTCOMES), hands(HANDS_FOR_REASONS));
    job.rounds("decisions", Some(&app.due), ROUND, move |job| claim_due(job, decisions.clone()));
    job.rounds("outcomes", None, SETTLE_ROUND, move |job| claim_unknown(job, outcomes.clone()));
    job.rounds("followups", None, SETTLE_ROUND, claim_followups);
    job.rounds("reasons", None, SETTLE_ROUND, move |job| claim_reasons(job, reasons.clone()));
    job.rounds("bells", None, SETTLE_ROUND, claim_bells);
    job.rounds("events", Some(&app.mail), SETTLE_ROUND, claim_events);
    job.rounds("departures", Some(&app.leaving), SETTLE_ROUND, claim_leaving);
    // Each begins now: one that never ends well shows as well.
    ["tending", "housekeeping", "dormant portals"].into_iter().for_each(|job| metrics::round(job, app.world.now()));
    spawn(stop, tracker, tending(app.clone()));
    spawn(stop, tracker, housekeeping(app.clone()));
    spawn(stop, tracker, dormant_portals(app.clone()));
}

/// Writes the journal of calls until `stop`, and then what is left: the last thing that a stopping replica does.
pub fn journal(app: &App, stop: &CancellationToken) -> JoinHandle<()> {
    tokio::spawn(journal::write(app.clone(), stop.clone()))
}

/// What each job has.
#[derive(Clone)]
struct Job {
    app: App,
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Job {
    /// Claims work in rounds, and sooner when somebody rings; at once where there may be more. It ends between two rounds
    /// alone: what was claimed by then is in hand.
    fn rounds<F>(
        &self,
        what: &'static str,
        bell: Option<&Arc<Notify>>,
        pause: Duration,
        mut claim: impl FnMut(Self) -> F + Send + 'static,
    ) where
        F: Future<Output = Result<bool, StoreError>> + Send,
    {
        let (job, bell) = (self.clone(), bell.cloned().unwrap_or_default());
        self.tracker.spawn(async move {
            while !job.stop.is_cancelled() {
                match claim(job.clone()).await {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(error) => rest_after(what, &error).await,
                }
                tokio::select! {
                    () = job.stop.cancelled() => {}
                    () = bell.notified() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
        });
    }

    /// Does what was claimed, in a task of its own.
    fn take<F: Future<Output = ()> + Send + 'static>(&self, work: impl FnOnce(App) -> F) {
        self.tracker.spawn(work(self.app.clone()));
    }
}

/// Work that may be dropped at any moment.
fn spawn(stop: &CancellationToken, tracker: &TaskTracker, work: impl Future<Output = ()> + Send + 'static) {
    let stop = stop.clone();
    tracker.spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = work => {}
        }
    });
}

/// Claims decisions whose undo window is over. Those of one person are carried together, each person's in a task of
/// their own. True when there may be more.
async fn claim_due(job: Job, hands: Arc<Semaphore>) -> Result<bool, StoreError> {
    let free = hands.available_permits();
    if free == 0 {
        return Ok(false);
    }
    let limit = i64::try_from(free).unwrap_or(i64::MAX);
    let most = if free > HANDS / 2 { MOST_OF_PORTAL } else { MOST_WHEN_BUSY };
    let claimed = job.app.store.claim_due(job.app.world.id()?, LEASE, most, limit).await?;
    let any = !claimed.is_empty();
    let mut people: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for carried in claimed {
        people.entry((carried.decision.portal, carried.decision.user)).or_default().push(carried);
    }
    for (_, theirs) in people {
        let many = u32::try_from(theirs.len()).unwrap_or(u32::MAX);
        let held = hands.clone().try_acquire_many_owned(many);
        job.take(|app| async move {
            carry_out(&app, theirs).await;
            drop(held);
        });
    }
    Ok(any)
}

/// Looks for the outcomes of changes that may have run.
async fn claim_unknown(job: Job, hands: Arc<Semaphore>) -> Result<bool, StoreError> {
    let Ok(held) = hands.try_acquire_owned() else { return Ok(false) };
    let claimed = job.app.store.claim_unknown(job.app.world.id()?, LEASE, LOOKS).await?;
    if !claimed.is_empty() {
        job.take(|app| async move {
            settle(&app, claimed).await;
            drop(held);
        });
    }
    Ok(false)
}

/// Carries out what was wished with decisions and did not get through right after them.
async fn claim_followups(job: Job) -> Result<bool, StoreError> {
    for wish in job.app.store.claim_followups(None, job.app.world.id()?, LEASE, HANDFUL).await? {
        job.take(|app| async move { follow_up(&app, &wish).await });
    }
    Ok(false)
}

/// Tells reasons that were not told right after their decision.
async fn claim_reasons(job: Job, hands: Arc<Semaphore>) -> Result<bool, StoreError> {
    let free = i64::try_from(hands.available_permits()).unwrap_or(i64::MAX);
    if free == 0 {
        return Ok(false);
    }
    for reason in job.app.store.claim_reasons(None, job.app.world.id()?, LEASE, free).await? {
        let held = hands.clone().try_acquire_owned();
        job.take(|app| async move {
            tell_reason(&app, &reason).await;
            drop(held);
        });
    }
    Ok(false)
}

/// Sends notifications of returns, after everything else of them.
async fn claim_bells(job: Job) -> Result<bool, StoreError> {
    for bell in job.app.store.claim_bells(job.app.world.id()?, LEASE, HANDFUL).await? {
        job.take(|app| async move { ring(&app, &bell).await });
    }
    Ok(false)
}

/// Works on events about which something is to be done.
async fn claim_events(job: Job) -> Result<bool, StoreError> {
    for event in job.app.store.claim_events(job.app.world.id()?, inbox::LEASE, HANDFUL).await? {
        job.take(|app| async move { inbox::work_on(&app, &event).await });
    }
    Ok(false)
}

/// Asks the authorization server about portals that are said to have left.
async fn claim_leaving(job: Job) -> Result<bool, StoreError> {
    for leaving in job.app.store.claim_leaving(uninstall::LEASE, HANDFUL).await? {
        job.take(|app| async move { uninstall::confirm(&app, leaving).await });
    }
    Ok(false)
}

/// Compares installations with the desired state: nobody waits for it.
async fn tending(app: App) {
    loop {
        match app.store.claim_tending(HANDFUL).await {
            Ok(due) => {
                metrics::round("tending", app.world.now());
                let tended = stream::iter(due).for_each_concurrent(TENDED_AT_ONCE, |portal| tended(&app, portal));
                tended.await;
            }
            Err(error) => rest_after("tending", &error).await,
        }
        tokio::time::sleep(TEND_ROUND).await;
    }
}

async fn tended(app: &App, portal: PortalId) {
    match tokio::time::timeout(TENDING, tend(app, portal)).await {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => {
            tracing::warn!(%portal, %failure, "a portal could not be tended; the next hour tries again")
        }
        Err(_) => tracing::warn!(%portal, "a portal could not be tended in time; the next hour tries again"),
    }
}

async fn housekeeping(app: App) {
    loop {
        match sweep(&app).await {
            Ok(rows) => {
                metrics::round("housekeeping", app.world.now());
                if rows > 0 {
                    tracing::info!(rows, "swept what is past its time");
                }
            }
            Err(error) => tracing::warn!(%error, "sweeping failed; the next round tries again"),
        }
        tokio::time::sleep(SWEEP_ROUND).await;
    }
}

async fn sweep(app: &App) -> Result<u64, StoreError> {
    let store = &app.store;
    // All are tried: what keeps one of them from its work is no reason for the others to rest.
    let swept = [
        store.tend_calls().await,
        store.sweep().await,
        store.sweep_events().await,
        store.depart_by_age().await,
        store.clear_by_age().await,
        store.sweep_actions().await,
        store.sweep_snoozes().await,
        store.sweep_bells().await,
        store.sweep_receipts().await,
    ];
    swept.into_iter().sum()
}

/// Renews what would die unused.
async fn dormant_portals(app: App) {
    loop {
        match keep_alive(&app).await {
            Ok(portals) => {
                metrics::round("dormant portals", app.world.now());
                if portals > 0 {
                    tracing::info!(portals, "dormant portals are kept alive");
                }
            }
            Err(failure) => tracing::warn!(%failure, "dormant portals were not looked for; the next round tries again"),
        }
        tokio::time::sleep(KEEP_ALIVE_ROUND).await;
    }
}

/// The database is away: say so once a round, and wait a little longer than usual.
async fn rest_after(what: &str, error: &StoreError) {
    tracing::warn!(what, %error, "work could not be claimed");
    tokio::time::sleep(Duration::from_secs(1)).await;
}
