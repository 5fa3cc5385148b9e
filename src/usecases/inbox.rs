//! What is done about an event, after it was stored and answered. Each is a hint to look: done twice, it does no harm.

use super::{
    app::App,
    failure::Failure,
    handle_event::unsealed,
    install::{install_by_event, update_by_event},
    tend::tend,
    uninstall,
};
use crate::store::events::DueEvent;
use crate::telemetry::metrics;
use std::time::Duration;

/// While one replica works on an event, no other does.
pub const LEASE: Duration = Duration::from_secs(120);
/// What was away is tried again after these pauses, and then given up: the next opening or tending heals it.
const PAUSES: [u64; 6] = [5, 30, 120, 600, 1800, 3600];

/// Works on one event and writes down how it ended.
pub async fn work_on(app: &App, event: &DueEvent) {
    let worked = work(app, event).await;
    let outcome = worked.as_ref().map_or_else(Failure::to_string, |()| "done".to_owned());
    let pause = usize::try_from(event.tries - 1).ok().and_then(|nth| PAUSES.get(nth));
    let written = match (&worked, pause) {
        (Err(failure), Some(pause)) if failure.may_pass() => {
            tracing::warn!(portal = %event.portal, event = event.event, %failure, pause, "an event is tried again later");
            metrics::event("again");
            app.store.event_again(event, Duration::from_secs(*pause), &outcome).await
        }
        (Err(failure), _) => {
            tracing::warn!(portal = %event.portal, event = event.event, %failure, "an event came to nothing");
            metrics::event("nothing");
            app.store.event_done(event, &outcome).await
        }
        (Ok(()), _) => {
            metrics::event("done");
            app.store.event_done(event, &outcome).await
        }
    };
    if let Err(error) = written {
        tracing::warn!(portal = %event.portal, event = event.event, %error, "an event's outcome was not written; it is worked on again");
    }
}

async fn work(app: &App, event: &DueEvent) -> Result<(), Failure> {
    let proof = event.proof.as_ref().and_then(|text| unsealed(event.portal, text));
    match (event.event.as_str(), proof) {
        ("ONAPPINSTALL", Some(proof)) => install_by_event(app, proof).await,
        ("ONAPPUPDATE", Some(proof)) => update_by_event(app, proof).await,
        ("ONAPPUNINSTALL", _) => uninstall::begin(app, event.portal, Some(event.clean)).await,
        // A payment, and whatever came without tokens: what the portal says now is what counts.
        _ => tend(app, event.portal).await,
    }
}
