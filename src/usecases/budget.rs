//! How many questions strangers may cost. Counted in each process; what has no place in it is refused, not queued.

use super::failure::Failure;
use crate::domain::PortalId;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// Anybody can name a portal that nobody knows, so all of them share one budget.
const STRANGERS: (u32, u32) = (10, 20);
/// Each known portal: who names it takes from its budget alone.
const KNOWN: (u32, u32) = (20, 20);
/// Ways to a portal's own sign-in.
const CONNECTS: (u32, u32) = (20, 20);

/// The budgets.
pub(super) struct Budgets {
    strangers: DefaultDirectRateLimiter,
    known: DefaultKeyedRateLimiter<PortalId>,
    connects: DefaultDirectRateLimiter,
}

impl Budgets {
    pub(super) fn new() -> Self {
        Self {
            strangers: RateLimiter::direct(quota(STRANGERS)),
            known: RateLimiter::keyed(quota(KNOWN)),
            connects: RateLimiter::direct(quota(CONNECTS)),
        }
    }

    /// One question about a token to an authorization server, for a portal that we know or for none.
    pub(super) fn question(&self, known: Option<PortalId>) -> Result<(), Failure> {
        let within = match known {
            Some(portal) => self.known.check_key(&portal).is_ok(),
            None => self.strangers.check().is_ok(),
        };
        if within { Ok(()) } else { Err(Failure::TooMany("questions to the authorization server")) }
    }

    /// One way to a portal's own sign-in.
    pub(super) fn connect(&self) -> Result<(), Failure> {
        self.connects.check().map_err(|_| Failure::TooMany("sign-ins from outside"))
    }
}

/// So many each second, so many at once.
fn quota((each_second, at_once): (u32, u32)) -> Quota {
    let some = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(some(each_second)).allow_burst(some(at_once))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_share_a_budget_and_a_known_portal_has_its_own() {
        let budgets = Budgets::new();
        let answered = |known: Option<PortalId>| (0..100).filter(|_| budgets.question(known).is_ok()).count();
        // A refill or two may happen meanwhile.
        assert!((20..25).contains(&answered(None)));
        let (one, other) = (PortalId(uuid::Uuid::from_u128(1)), PortalId(uuid::Uuid::from_u128(2)));
        assert!((20..25).contains(&answered(Some(one))));
        assert!((20..25).contains(&answered(Some(other))));
        assert!((20..25).contains(&(0..100).filter(|_| budgets.connect().is_ok()).count()));
    }
}
