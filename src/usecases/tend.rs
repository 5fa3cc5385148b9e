//! An installation that looks after itself: events and placements are compared with the desired state once a day, and
//! what the portal says about itself meanwhile moves its life along.

use super::{
    app::App,
    failure::Failure,
    install::{Brought, reconcile},
    uninstall,
};
use crate::bitrix24::behind;
use crate::domain::{
    PortalId,
    install::may_finish,
    installation::{Happening, Life},
};
use crate::store::life::LifeError;
use std::time::Duration;

/// Between two tendings of a portal that is in use. A few hours of chance keep portals that were installed together from
/// being tended together.
const DAY: Duration = Duration::from_secs(22 * 3600);
const SPREAD: Duration = Duration::from_secs(4 * 3600);
/// After an attempt that did not bring everything about.
const SOON: Duration = Duration::from_secs(3600);

/// Looks at one portal and mends what can be mended.
pub async fn tend(app: &App, portal: PortalId) -> Result<(), Failure> {
    let Some(known) = app.store.portal(portal).await? else { return Ok(()) };
    let (own, facts) = (app.clone(), known.facts);
    app.in_own_task(behind(async move {
        let brought = reconcile(&own, &facts).await?;
        learn(&own, portal, &brought).await?;
        // An uninstall event may have been lost: there is never a second one. The authorization server will know.
        if matches!(brought, Brought::NotThere(_)) { uninstall::begin(&own, portal, None).await } else { Ok(()) }
    }))
    .await
}

/// What an attempt to bring the desired state about says of the installation's life, and when the next one is due.
pub(super) async fn learn(app: &App, portal: PortalId, brought: &Brought) -> Result<(), Failure> {
    let (what, next) = match brought {
        Brought::NotThere(_) => return Ok(app.store.tended(portal, DAY).await?),
        Brought::Unanswered(_) => return Ok(app.store.tended(portal, SOON).await?),
        Brought::Answered(steps) if may_finish(steps) => (Happening::Finished, DAY),
        Brought::Answered(_) => (Happening::Reopened, SOON),
        Brought::Closed(why, _) => (Happening::Closed(*why), DAY),
    };
    lived(app.store.take_step(portal, what).await)?;
    let spread = SPREAD.mul_f64(f64::from(app.world.bytes::<1>()?[0]) / 255.0);
    Ok(app.store.tended(portal, next + spread).await?)
}

/// A word about a former life is no failure.
pub(super) fn lived(step: Result<Life, LifeError>) -> Result<(), Failure> {
    match step {
        Ok(_) => Ok(()),
        Err(LifeError::Illegal(illegal)) => {
            tracing::info!(%illegal, "came too late");
            Ok(())
        }
        Err(LifeError::Store(error)) => Err(error.into()),
    }
}
