//! Dormant portals. A refresh token dies 180 days after its issue, and Bitrix24 blocks who renews on a schedule: an
//! installer's pair that nothing has needed for 150 days is renewed once, and then not for another 150.

use super::{app::App, failure::Failure, portal_session::renew, tend::lived, uninstall};
use crate::domain::installation::{Closed, Happening};
use std::time::Duration;

const AGE: Duration = Duration::from_secs(150 * 24 * 60 * 60);
/// A few at a time, one after the other: there is a month for all.
const HANDFUL: i64 = 5;

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
                // Its turn goes to the others: it is closed, or has left without a word.
                match failure {
                    Failure::Unpaid => {
                        lived(app.store.live(account.portal, Happening::Closed(Closed::Unpaid)).await)?;
                    }
                    Failure::SignInAgain => uninstall::begin(app, account.portal, None).await?,
                    _ => {}
                }
            }
        }
    }
    Ok(renewed)
}
