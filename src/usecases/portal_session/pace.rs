//! How fast we renew. Without trouble, at once. After an outage everybody's pair has run out, and the authorization server
//! is not met by all of them together: all replicas stand in one line, which is in the database.

use crate::domain::PortalId;
use crate::store::turns::Rhythm;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// As long as an outage is remembered, four renewals each second.
pub(super) const RHYTHM: Rhythm = Rhythm { step: Duration::from_millis(250), at_once: 1 };
/// Between two requests that really leave: those that were held up after their turn do not make more than five a second.
const GAP: Duration = Duration::from_millis(200);
/// How long an outage is remembered after its last sign.
pub(super) const MEMORY: Duration = Duration::from_secs(300);
/// So many portals for which our own keys are refused, within [`MEMORY`], are no accident of one portal.
const ALARM: usize = 3;
/// How long nobody renews after the alarm.
const STOP: Duration = Duration::from_secs(300);
/// But for one in so long, to see whether it was a false one: where the application was removed, `invalid_client` is the
/// answer as well, and three such portals must not stop all others.
const PROBE: Duration = Duration::from_secs(30);

/// What a pair rests after an answer that was lost; after the last one only a new opening helps.
pub(super) const AFTER_LOSS: [Duration; 3] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(120)];

/// What a pair rests after so many failures in a row that were no lost answer: 30 s, 60 s, then 2 min.
pub(super) fn after_failure(failed: u16) -> Duration {
    Duration::from_secs(30 << failed.min(2))
}

/// Up to a quarter more, so that those who failed together do not come back together.
pub(super) fn with_jitter(pause: Duration, chance: u8) -> Duration {
    pause + pause / 4 * u32::from(chance) / u32::from(u8::MAX)
}

/// Whether renewals go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    /// For this one alone, to see whether the authorization server knows our keys again.
    Ajar,
    /// For nobody, for a while: it refuses our keys.
    Shut,
}

/// The process's pace.
pub(super) struct Pace {
    state: Mutex<State>,
    last_left: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Default)]
struct State {
    trouble: Option<Instant>,
    refused: Vec<(PortalId, Instant)>,
    stopped: Option<Instant>,
    /// The last renewal that was let through nevertheless.
    probed: Option<Instant>,
    /// The authorization server knew our keys.
    accepted: Option<Instant>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { state: Mutex::default(), last_left: tokio::sync::Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody may renew now.
    pub(super) fn gate(&self, now: Instant) -> Gate {
        let mut state = self.state();
        let Some(at) = state.stopped.filter(|at| now < *at + STOP) else { return Gate::Open };
        if now < state.probed.unwrap_or(at).max(at) + PROBE {
            return Gate::Shut;
        }
        state.probed = Some(now);
        Gate::Ajar
    }

    /// Whether an outage is remembered here.
    pub(super) fn is_troubled(&self, now: Instant) -> bool {
        self.state().trouble.is_some_and(|at| now <= at + MEMORY)
    }

    /// The last step before a request leaves, for whoever had their turn.
    pub(super) async fn leave(&self) {
        if !self.is_troubled(Instant::now()) {
            return;
        }
        let mut last = self.last_left.lock().await;
        if let Some(at) = *last {
            tokio::time::sleep((at + GAP).saturating_duration_since(Instant::now())).await;
        }
        *last = Some(Instant::now());
    }

    /// The authorization server did not answer usably.
    pub(super) fn trouble(&self, now: Instant) {
        self.state().trouble = Some(now);
    }

    /// It has looked at the token, so it knows our keys: whatever it refuses elsewhere is about that portal.
    pub(super) fn keys_accepted(&self, now: Instant) {
        let mut state = self.state();
        state.refused.clear();
        (state.stopped, state.accepted) = (None, Some(now));
    }

    /// Whether it has known them within the last minutes, and refused none since.
    pub(super) fn are_keys_good(&self, now: Instant) -> bool {
        let state = self.state();
        state.stopped.is_none() && state.refused.is_empty() && state.accepted.is_some_and(|at| now < at + MEMORY)
    }

    /// It refused our own keys in this portal's renewal. True when that is the alarm: all renewals stop.
    pub(super) fn keys_refused(&self, portal: PortalId, now: Instant) -> bool {
        let mut state = self.state();
        state.refused.retain(|(other, at)| *other != portal && now < *at + MEMORY);
        state.refused.push((portal, now));
        let alarm = state.refused.len() >= ALARM;
        if alarm {
            state.refused.clear();
            state.stopped = Some(now);
        }
        alarm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn t34_an_outage_is_remembered_for_a_while() {
        let (pace, now) = (Pace::new(), Instant::now());
        assert!(!pace.is_troubled(now));
        pace.trouble(now);
        assert!(pace.is_troubled(now) && pace.is_troubled(now + MEMORY));
        assert!(!pace.is_troubled(now + MEMORY + SECOND));
    }

    #[tokio::test]
    async fn t34_those_who_come_late_to_their_turn_do_not_leave_together() {
        let pace = Pace::new();
        let four = async || {
            let began = Instant::now();
            futures_util::future::join_all((0..4).map(|_| pace.leave())).await;
            began.elapsed()
        };
        assert!(four().await < GAP);
        pace.trouble(Instant::now());
        assert!(four().await >= 3 * GAP);
    }

    #[test]
    fn t34_rests_grow_and_differ() {
        let seconds = |failed| after_failure(failed).as_secs();
        assert_eq!([0, 1, 2, 3, u16::MAX].map(seconds), [30, 60, 120, 120, 120]);
        assert_eq!(with_jitter(60 * SECOND, 0), 60 * SECOND);
        assert_eq!(with_jitter(60 * SECOND, 255), 75 * SECOND);
        assert!(with_jitter(60 * SECOND, 128) > 67 * SECOND);
    }

    #[test]
    fn three_portals_within_five_minutes_stop_everything_for_a_while() {
        let (pace, now) = (Pace::new(), Instant::now());
        let portal = |n| PortalId(uuid::Uuid::from_u128(n));
        assert!(!pace.keys_refused(portal(1), now));
        assert!(!pace.keys_refused(portal(1), now), "one portal alone never");
        assert!(!pace.keys_refused(portal(2), now + MEMORY), "the first is too long ago");
        assert!(!pace.keys_refused(portal(3), now + MEMORY + SECOND));
        assert_eq!(pace.gate(now + MEMORY), Gate::Open);
        assert!(pace.keys_refused(portal(4), now + MEMORY + SECOND));
        assert_eq!(pace.gate(now + MEMORY + 2 * SECOND), Gate::Shut);
        let over = now + MEMORY + STOP + SECOND;
        assert_eq!(pace.gate(over), Gate::Open);
        assert!(!pace.keys_refused(portal(5), over), "and it is counted anew");
    }

    #[test]
    fn three_removed_applications_stop_nobody_whose_keys_are_known() {
        let (pace, now) = (Pace::new(), Instant::now());
        let portal = |n| PortalId(uuid::Uuid::from_u128(n));
        assert!(!pace.are_keys_good(now));
        for n in 1..=9 {
            assert!(!pace.keys_refused(portal(n), now), "{n}");
            pace.keys_accepted(now);
        }
        assert!(pace.are_keys_good(now + MEMORY - SECOND) && !pace.are_keys_good(now + MEMORY));
        // Where nobody else renews meanwhile it is an alarm, and the first good answer ends it.
        let alarms: Vec<bool> = (1..=3).map(|n| pace.keys_refused(portal(n), now)).collect();
        assert_eq!(alarms, [false, false, true]);
        assert!(!pace.are_keys_good(now), "an alarm is no good word");
        let gate = |seconds: u32| pace.gate(now + seconds * SECOND);
        assert_eq!(gate(29), Gate::Shut);
        assert_eq!(gate(30), Gate::Ajar, "one is let through");
        assert_eq!([gate(31), gate(59)], [Gate::Shut, Gate::Shut], "and no other");
        assert_eq!(gate(60), Gate::Ajar);
        pace.keys_accepted(now + 61 * SECOND);
        assert_eq!([gate(61), gate(61)], [Gate::Open, Gate::Open]);
    }
}
