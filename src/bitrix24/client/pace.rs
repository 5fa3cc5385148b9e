//! How fast a portal may be asked. Source: `limits.md` of the vendor: a leaky bucket of 50 requests that loses 2 a second
//! (Enterprise: 250 and 5), and for each method a budget of working time, spent until `operating_reset_at`.
//!
//! Counted for each portal in this process; other processes on the same address share the vendor's bucket, so a refusal
//! is believed more than the count. Not for each host: a self-hosted portal may name somebody else's host as its own, and
//! would use up what that portal's people may ask.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use moka::sync::Cache;
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use super::Answer;
use crate::bitrix24::error::{CallError, Code, Reaction};

/// Requests that the bucket holds, and that it loses each second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Plan {
    holds: f64,
    loses: f64,
}

const STANDARD: Plan = Plan { holds: 50.0, loses: 2.0 };
const ENTERPRISE: Plan = Plan { holds: 250.0, loses: 5.0 };
/// A self-hosted portal without the vendor's limiter: it says nothing of working time.
const UNLIMITED: Plan = Plan { holds: f64::INFINITY, loses: f64::INFINITY };
/// After a refusal the bucket is taken for full, and to lose half as fast for so long.
const WARNED: Duration = Duration::from_secs(60);
/// This part of the bucket is for people who wait; work behind their backs stays below.
const FOR_WORK: f64 = 0.8;
/// Nobody who waits for a page waits longer for a place than this; then they are told that Bitrix24 asks to slow down.
const PATIENCE: Duration = Duration::from_secs(10);
/// So long work lets people go first.
const FOR_PEOPLE: Duration = Duration::from_secs(60);
/// `OVERLOAD_LIMIT` is a block by hand: one question in so long is enough to see it end.
const BLOCKED: Duration = Duration::from_secs(600);
/// A method whose time is used up, where the portal never said when some of it comes back: one of the ten minutes.
const MINUTE: Duration = Duration::from_secs(60);

tokio::task_local! {
    /// Set where nobody waits.
    static BEHIND: ();
}

/// Calls inside make room for people's.
pub async fn behind<F: Future>(work: F) -> F::Output {
    BEHIND.scope((), work).await
}

/// The pace of every portal in use.
#[derive(Clone)]
pub(super) struct Paces(Cache<(Uuid, String), Arc<Mutex<Pace>>>);

impl Default for Paces {
    fn default() -> Paces {
        // A kilobyte each. A portal that finds no room here is asked without a pace, also one that has blocked us.
        Paces(Cache::builder().max_capacity(100_000).time_to_idle(Duration::from_secs(24 * 3600)).build())
    }
}

impl Paces {
    fn of(&self, portal: Uuid, endpoint: &Url) -> Arc<Mutex<Pace>> {
        let key = (portal, endpoint.origin().ascii_serialization());
        self.0.get_with(key, || Arc::new(Mutex::new(Pace::new(Instant::now()))))
    }

    /// Waits for a place among this portal's requests. [`CallError::Withheld`] when the portal has asked to be left in
    /// peace: nothing is sent then.
    pub(super) async fn enter(&self, portal: Uuid, endpoint: &Url, methods: &[&str]) -> Result<(), CallError> {
        let (pace, behind) = (self.of(portal, endpoint), BEHIND.try_with(|()| ()).is_ok());
        let patient_until = Instant::now() + FOR_PEOPLE;
        loop {
            // Nobody waits for ever: after a minute work takes its turn like a person.
            let behind = behind && Instant::now() < patient_until;
            let wait = held(&pace).enter(Instant::now(), methods, behind)?;
            tokio::time::sleep(wait.0).await;
            if wait.1 {
                return Ok(());
            }
        }
    }

    /// Whether this method has used up its time with the portal: it would not be sent.
    pub(super) fn rests(&self, portal: Uuid, endpoint: &Url, method: &str) -> bool {
        held(&self.of(portal, endpoint)).rests(Instant::now(), method)
    }

    /// What an answer tells about the pace.
    pub(super) fn learn<T>(&self, portal: Uuid, endpoint: &Url, method: &str, answer: &Result<Answer<T>, CallError>) {
        held(&self.of(portal, endpoint)).learn(Instant::now(), method, answer);
    }

    /// The portal's licence was read: whether it is an Enterprise one.
    pub(super) fn licensed(&self, portal: Uuid, endpoint: &Url, enterprise: bool) {
        held(&self.of(portal, endpoint)).enterprise = enterprise;
    }
}

fn held(pace: &Mutex<Pace>) -> MutexGuard<'_, Pace> {
    pace.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Pace {
    enterprise: bool,
    /// Some answer spoke of working time or of a limit: there is a limiter.
    limited: bool,
    /// Some answer of a method spoke of none. A batch's own figures never do.
    unlimited: bool,
    /// Requests in the bucket at `at`.
    level: f64,
    at: Instant,
    warned_until: Option<Instant>,
    blocked_until: Option<Instant>,
    methods: HashMap<String, Method>,
}

#[derive(Clone, Copy, Default)]
struct Method {
    /// When some of its time comes back, as the last good answer said.
    resets: Option<Instant>,
    paused_until: Option<Instant>,
}

impl Pace {
    fn new(now: Instant) -> Pace {
        Pace {
            enterprise: false,
            limited: false,
            unlimited: false,
            level: 0.0,
            at: now,
            warned_until: None,
            blocked_until: None,
            methods: HashMap::new(),
        }
    }

    fn rests(&self, now: Instant, method: &str) -> bool {
        self.methods.get(method).and_then(|known| known.paused_until).is_some_and(|until| now < until)
    }

    fn plan(&self) -> Plan {
        match (self.unlimited && !self.limited, self.enterprise) {
            (true, _) => UNLIMITED,
            (false, true) => ENTERPRISE,
            (false, false) => STANDARD,
        }
    }

    /// How long to wait, and whether the place is taken then; else one asks again.
    fn enter(&mut self, now: Instant, methods: &[&str], behind: bool) -> Result<(Duration, bool), CallError> {
        if self.blocked_until.is_some_and(|until| now < until) {
            return Err(CallError::Withheld(Code::OverloadLimit));
        }
        if methods.iter().any(|name| self.rests(now, name)) {
            return Err(CallError::Withheld(Code::OperationTimeLimit));
        }
        let Plan { holds, mut loses } = self.plan();
        if holds.is_infinite() {
            return Ok((Duration::ZERO, true));
        }
        if self.warned_until.is_some_and(|until| now < until) {
            loses /= 2.0;
        }
        self.level = (self.level - now.duration_since(self.at).as_secs_f64() * loses).max(0.0);
        self.at = now;
        let room = if behind { holds * FOR_WORK } else { holds };
        let wait = Duration::from_secs_f64(((self.level + 1.0 - room) / loses).max(0.0));
        // Work behind people's backs takes no place in advance: whoever comes meanwhile goes first.
        if behind && !wait.is_zero() {
            return Ok((wait.min(Duration::from_secs(1)), false));
        }
        if !behind && wait > PATIENCE {
            return Err(CallError::Withheld(Code::QueryLimitExceeded));
        }
        self.level += 1.0;
        // Only the first of ten minutes passes.
        if let Some(until) = &mut self.blocked_until {
            *until = now + BLOCKED;
        }
        Ok((wait, true))
    }

    fn learn<T>(&mut self, now: Instant, method: &str, answer: &Result<Answer<T>, CallError>) {
        match answer {
            Ok(answer) => {
                self.blocked_until = None;
                self.limited |= answer.operating.is_some();
                self.unlimited |= answer.clock.is_some() && answer.operating.is_none() && method != "batch";
                if let (Some(resets), Some(clock)) = (answer.operating_reset_at, answer.clock) {
                    let left = u64::try_from(resets.saturating_sub(clock.timestamp())).unwrap_or_default().min(600);
                    let known = self.methods.entry(method.to_owned()).or_default();
                    known.resets = Some(now + Duration::from_secs(left));
                }
            }
            Err(CallError::Api { code, .. }) => match code.reaction() {
                Reaction::SlowDown => {
                    self.limited = true;
                    self.level = self.level.max(self.plan().holds);
                    self.at = now;
                    self.warned_until = Some(now + WARNED);
                }
                Reaction::Stop => self.blocked_until = Some(now + BLOCKED),
                Reaction::PauseMethod => {
                    let known = self.methods.entry(method.to_owned()).or_default();
                    let resets = known.resets.filter(|resets| *resets > now);
                    known.paused_until = Some(resets.unwrap_or(now + MINUTE));
                }
                _ => {}
            },
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
