//! Dormant portals. A refresh token dies 180 days after its issue, and Bitrix24 blocks who renews on a schedule: an
//! installer's pair that nothing has needed for 150 days is renewed once, and then not for another 150.

use super::{
    app::App,
    failure::Failure,
    portal_session::{are_keys_good, renew},
    tend::lived,
    uninstall,
};
use crate::bitrix24::Reaction;
use crate::domain::installation::{Closed, Happening};
use crate::store::{credentials::Account, portals::PortalFacts};
use std::time::Duration;

const AGE: Duration = Duration::from_secs(150 * 24 * 60 * 60);
/// A few at a time, one after the other: there is a month for all.
const HANDFUL: i64 = 5;
/// A pair that cannot be renewed for a reason of its own: its turn goes to the others for so long.
const REST: Duration = Duration::from_secs(60 * 60);

/// Renews a handful of pairs, the oldest first. Says how many.
///
/// # Errors
/// Only the database's: a pair that cannot be renewed is in the log, and does not keep the others from it.
pub async fn keep_alive(app: &App) -> Result<usize, Failure> {
    let mut renewed = 0;
    for (account, generation) in app.store.dormant(AGE, HANDFUL).await? {
        let Some(known) = app.store.portal(account.portal).await? else { continue };
        match renew(app, &known.facts, account, generation).await {
            Ok(_) => renewed += 1,
            Err(failure) => {
                tracing::warn!(portal = %account.portal, %failure, "a dormant portal could not be kept alive");
                give_way(app, &known.facts, account, generation, failure).await?;
            }
        }
    }
    Ok(renewed)
}

/// A pair that could not be renewed leaves its turn to the others, where the reason is its own.
async fn give_way(app: &App, facts: &PortalFacts, of: Account, generation: i64, why: Failure) -> Result<(), Failure> {
    match why {
        Failure::Unpaid => {
            lived(app.store.take_step(of.portal, Happening::Closed(Closed::Unpaid)).await)?;
        }
        // It has left without a word, perhaps; its pair is of no use in any case.
        Failure::SignInAgain => {
            app.store.needs_opening(of, generation).await?;
            uninstall::begin(app, of.portal, None).await?;
        }
        // So it is answered for an application that was removed. A few of these are no alarm where our keys are good.
        Failure::AuthorizationDown(error) if error.reaction() == Reaction::Misconfigured => {
            app.store.rest_dormant(of, generation, REST).await?;
            are_keys_good(app, facts).await?;
        }
        // An outage is everybody's.
        Failure::AuthorizationDown(_) => {}
        _ => app.store.rest_dormant(of, generation, REST).await?,
    }
    Ok(())
}
