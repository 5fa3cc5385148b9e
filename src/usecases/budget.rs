//! How many questions to the authorization server strangers may cost, and portals that answer what is not so. What finds no
//! place soon is refused. Portals, accounts and questions under way are counted in each process; strangers, whose number
//! nothing limits, by all replicas together.

use super::{app::App, debts::Debts, failure::Failure};
use crate::bitrix24::{CallError, Refusal};
use crate::domain::PortalId;
use crate::store::{
    credentials::Account,
    turns::{Line, Rhythm},
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Anybody can name a portal that nobody knows, so all of them share one budget: each second, and at once. What a process
/// has no more of costs no question to the database either.
const STRANGERS: (u32, u32) = (10, 20);
/// Bad tokens for each known portal: forgiven each second, and at once; more than one address may bring, see `web::door`.
/// Its people's good ones cost nothing.
const KNOWN: (f64, f64) = (10.0, 60.0);
/// Questions under way for those whom we do not know, and for portals that we know: who names none of ours stands in
/// nobody's way, and three hundred openings a second pass while an answer takes 0.3 s. `egress::lanes` has room for both.
const PLACES: (usize, usize) = (16, 96);
/// Who waits longer than this for a place is told that there is no answer.
const LONGEST_WAIT: Duration = Duration::from_millis(1500);
/// Renewals of one account, forgiven each second, and at once. A pair lives for an hour; a portal that calls every token of
/// ours expired would have us renew with every request.
const RENEWALS: (f64, f64) = (1.0 / 300.0, 12.0);
/// Questions where one portal lives now: one that only says that it has moved would have us ask with every request.
const MOVES: (f64, f64) = (1.0 / 60.0, 12.0);
/// Ways to the sign-in of portals that are known, of all addresses; one address has fewer, see `web::door`.
const CONNECTS: (u32, u32) = (20, 20);

/// The budgets.
pub(super) struct Budgets {
    strangers: DefaultDirectRateLimiter,
    known: Debts<PortalId>,
    places_of_strangers: Semaphore,
    places_of_known: Semaphore,
    pub(super) renewals: Debts<Account>,
    pub(super) moves: Debts<PortalId>,
    connects: DefaultDirectRateLimiter,
}

impl Budgets {
    pub(super) fn new() -> Self {
        Self {
            strangers: RateLimiter::direct(quota(STRANGERS)),
            known: Debts::new(KNOWN.0, KNOWN.1),
            places_of_strangers: Semaphore::new(PLACES.0),
            places_of_known: Semaphore::new(PLACES.1),
            renewals: Debts::new(RENEWALS.0, RENEWALS.1),
            moves: Debts::new(MOVES.0, MOVES.1),
            connects: RateLimiter::direct(quota(CONNECTS)),
        }
    }

    /// A place for one question about a token to an authorization server, for a portal that we know or for none.
    async fn question(&self, known: Option<PortalId>) -> Result<SemaphorePermit<'_>, Failure> {
        let places = if known.is_some() { &self.places_of_known } else { &self.places_of_strangers };
        let place = tokio::time::timeout(LONGEST_WAIT, places.acquire()).await;
        let crowded = || Failure::AuthorizationDown(CallError::Refused(Refusal::Crowded));
        let place = place.ok().and_then(Result::ok).ok_or_else(crowded)?;
        let within = match known {
            Some(portal) => self.known.is_open(&portal, Instant::now()),
            None => self.strangers.check().is_ok(),
        };
        if within { Ok(place) } else { Err(Failure::TooMany("questions to the authorization server")) }
    }

    /// The authorization server did not know the token.
    pub(super) fn disowned(&self, known: Option<PortalId>) {
        if let Some(portal) = known {
            self.known.note(portal, Instant::now());
        }
    }

    /// One way to a portal's own sign-in.
    pub(super) fn connect(&self) -> Result<(), Failure> {
        self.connects.check().map_err(|_| Failure::TooMany("sign-ins from outside"))
    }
}

/// A place for one question, within what all replicas may ask about strangers together.
pub(super) async fn question(app: &App, known: Option<PortalId>) -> Result<SemaphorePermit<'_>, Failure> {
    let place = app.budgets.question(known).await?;
    if known.is_none() {
        let (each_second, at_once) = STRANGERS;
        let rhythm = Rhythm { step: Duration::from_secs(1) / each_second, at_once };
        let turn = app.store.take_turn(Line::Strangers, rhythm, Duration::ZERO).await?;
        turn.ok_or(Failure::TooMany("questions to the authorization server"))?;
    }
    Ok(place)
}

/// So many each second, so many at once.
fn quota((each_second, at_once): (u32, u32)) -> Quota {
    let some = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(some(each_second)).allow_burst(some(at_once))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(budgets: &Budgets, known: Option<PortalId>) -> usize {
        let mut answered = 0;
        for _ in 0..100 {
            if budgets.question(known).await.is_ok() {
                budgets.disowned(known);
                answered += 1;
            }
        }
        answered
    }

    #[tokio::test]
    async fn t33_strangers_share_a_budget_and_a_known_portal_has_its_own() {
        let budgets = Budgets::new();
        // A refill or two may happen meanwhile.
        assert!((20..25).contains(&answered(&budgets, None).await));
        let (one, other) = (PortalId(uuid::Uuid::from_u128(1)), PortalId(uuid::Uuid::from_u128(2)));
        assert!((60..65).contains(&answered(&budgets, Some(one)).await));
        assert!((60..65).contains(&answered(&budgets, Some(other)).await));
        assert!((20..25).contains(&(0..100).filter(|_| budgets.connect().is_ok()).count()));
    }

    #[tokio::test]
    async fn t33_good_tokens_cost_a_known_portal_nothing() {
        let (budgets, known) = (Budgets::new(), Some(PortalId(uuid::Uuid::from_u128(1))));
        for _ in 0..1000 {
            assert!(budgets.question(known).await.is_ok());
        }
    }

    #[tokio::test]
    async fn t33_sixteen_questions_about_strangers_are_under_way_and_hold_no_known_portal_up() {
        let (budgets, known) = (Budgets::new(), Some(PortalId(uuid::Uuid::from_u128(1))));
        let mut places = Vec::new();
        for _ in 0..PLACES.0 {
            places.push(budgets.question(None).await.unwrap());
        }
        assert!(matches!(budgets.question(None).await, Err(Failure::AuthorizationDown(_))), "the next is told so");
        for _ in 0..PLACES.1 {
            places.push(budgets.question(known).await.unwrap());
        }
        assert!(matches!(budgets.question(known).await, Err(Failure::AuthorizationDown(_))), "the next is told so");
        places.pop();
        assert!(budgets.question(known).await.is_ok());
    }
}
