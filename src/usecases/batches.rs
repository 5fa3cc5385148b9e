//! How many commands go into one batch: so many that the portal is done with them well before the vendor cuts the call.

use crate::bitrix24::Answer;
use crate::domain::PortalId;
use crate::usecases::app::App;
use moka::sync::Cache;
use std::time::{Duration, Instant};

/// Batches of one person, or of one long list, that are under way at once. A portal lets eight calls of ours in; people who look at their
/// lists meanwhile need some of them.
pub(super) const LANES: usize = 5;

/// What a batch is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// `getaccess`, with one list of the tasks beside them.
    Check,
    /// `disapprove` or `approve`.
    Change,
}

impl Kind {
    /// A batch has 50 commands; the list of a check is one of them.
    fn most(self) -> usize {
        match self {
            Self::Check => 49,
            Self::Change => 50,
        }
    }
}

/// A call should stay under 20 s; the next one may be slower than the last, so it is planned for a good half of that.
const PLANNED: Duration = Duration::from_secs(12);
/// As long as nothing was measured.
const UNKNOWN: Duration = Duration::from_millis(400);
/// A change takes longer than a question about it: history, notifications, events.
const CHANGE_TO_CHECK: u32 = 4;

/// Time for one command, by portal and kind, as it was measured. A cache: what is lost is measured again.
#[derive(Clone)]
pub struct Measures(Cache<(PortalId, Kind), Duration>);

impl Measures {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(100_000).time_to_idle(Duration::from_secs(3600)).build())
    }

    /// So many commands ran, and took so long. What was refused took no time: where nothing ran, nothing is learned.
    pub(super) fn note(&self, portal: PortalId, kind: Kind, ran: usize, took: Duration) {
        if ran == 0 {
            return;
        }
        let one = each(took, ran);
        // Slower counts at once, faster by and by.
        let kept = self.0.get(&(portal, kind)).map_or(one, |before| one.max((before * 3 + one) / 4));
        self.0.insert((portal, kind), kept);
    }

    /// So many were sent, and after so long the answer was lost: they take at least that.
    pub(super) fn lost(&self, portal: PortalId, kind: Kind, sent: usize, after: Duration) {
        let one = each(after, sent);
        if one > self.one(portal, kind) {
            self.0.insert((portal, kind), one);
        }
    }

    /// One page of a list took so many seconds, so one question about a task will not take longer. Counts only until
    /// questions were measured themselves, and only where it says less than nothing at all would.
    pub(super) fn suppose(&self, portal: PortalId, kind: Kind, seconds: f64) {
        let said = Duration::try_from_secs_f64(seconds).ok().filter(|one| !one.is_zero() && *one < UNKNOWN);
        if let (Some(one), None) = (said, self.0.get(&(portal, kind))) {
            self.0.insert((portal, kind), one);
        }
    }

    fn one(&self, portal: PortalId, kind: Kind) -> Duration {
        let own = self.0.get(&(portal, kind));
        let by_check = || self.0.get(&(portal, Kind::Check)).filter(|_| kind == Kind::Change);
        own.or_else(|| by_check().map(|check| check * CHANGE_TO_CHECK)).unwrap_or(UNKNOWN)
    }

    fn size(&self, portal: PortalId, kind: Kind) -> usize {
        fitting(self.one(portal, kind).as_secs_f64(), kind.most())
    }
}

/// A portal says what it likes; nothing takes longer than our own patience.
fn each(took: Duration, commands: usize) -> Duration {
    took.min(Duration::from_secs(120)) / u32::try_from(commands.max(1)).unwrap_or(u32::MAX)
}

/// How many commands, each of so many seconds, fit into one call.
pub(super) fn fitting(seconds: f64, most: usize) -> usize {
    let planned = PLANNED.as_secs_f64() / seconds.max(0.001);
    (planned as usize).clamp(1, most)
}

/// Cuts into as few batches as the measured time allows, of nearly one size.
pub(super) fn chunks<T>(app: &App, portal: PortalId, kind: Kind, items: Vec<T>) -> Vec<Vec<T>> {
    even(items, app.measures.size(portal, kind))
}

/// As few as hold no more than `most`, of nearly one size.
pub(super) fn even<T>(items: Vec<T>, most: usize) -> Vec<Vec<T>> {
    let (count, batches) = (items.len(), items.len().div_ceil(most.max(1)));
    let mut items = items.into_iter();
    (0..batches).map(|nth| items.by_ref().take(count * (nth + 1) / batches - count * nth / batches).collect()).collect()
}

/// How long the portal worked, as it says, or else how long we waited.
pub(super) fn worked(envelope: &Answer<()>, began: Instant) -> Duration {
    let said = envelope.duration.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    said.unwrap_or_else(|| began.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(count: usize, most: usize) -> Vec<usize> {
        even((0..count).collect(), most).iter().map(Vec::len).collect()
    }

    #[test]
    fn as_few_batches_as_possible_and_nothing_is_lost() {
        assert_eq!(sizes(200, 49), [40, 40, 40, 40, 40]);
        assert_eq!(sizes(180, 50), [45, 45, 45, 45]);
        assert_eq!((sizes(1, 50), sizes(0, 50), sizes(3, 1)), (vec![1], vec![], vec![1, 1, 1]));
        let whole: Vec<usize> = even((0..99).collect(), 50).concat();
        assert_eq!(whole, (0..99).collect::<Vec<_>>(), "in their order");
    }

    #[test]
    fn what_a_list_took_counts_until_something_better_is_known() {
        let (measures, portal) = (Measures::new(), PortalId(uuid::Uuid::nil()));
        for says_nothing in [0.0, 5.0, -1.0] {
            measures.suppose(portal, Kind::Check, says_nothing);
        }
        assert_eq!(measures.size(portal, Kind::Check), 30, "nothing is known");
        measures.suppose(portal, Kind::Check, 0.05);
        assert_eq!((measures.size(portal, Kind::Check), measures.size(portal, Kind::Change)), (49, 50));
        measures.note(portal, Kind::Check, 10, Duration::from_secs(20));
        measures.suppose(portal, Kind::Check, 0.05);
        assert_eq!(measures.size(portal, Kind::Check), 6, "it was measured");
    }

    #[test]
    fn what_did_not_run_and_what_was_lost_teach_what_they_can() {
        let (measures, portal) = (Measures::new(), PortalId(uuid::Uuid::nil()));
        measures.note(portal, Kind::Change, 5, Duration::from_secs(15));
        assert_eq!(measures.size(portal, Kind::Change), 4, "45 others were refused");
        measures.note(portal, Kind::Change, 0, Duration::from_millis(1));
        measures.lost(portal, Kind::Change, 50, Duration::from_secs(1));
        assert_eq!(measures.size(portal, Kind::Change), 4, "neither makes it quicker");
        measures.lost(portal, Kind::Check, 49, Duration::from_secs(60));
        assert_eq!(measures.size(portal, Kind::Check), 9, "cut after a minute");
    }

    #[test]
    fn a_slow_portal_gets_small_batches() {
        let (measures, portal) = (Measures::new(), PortalId(uuid::Uuid::nil()));
        assert_eq!(measures.size(portal, Kind::Check), 30, "nothing is known");
        measures.note(portal, Kind::Check, 40, Duration::from_secs(2));
        assert_eq!((measures.size(portal, Kind::Check), measures.size(portal, Kind::Change)), (49, 50));
        measures.note(portal, Kind::Change, 10, Duration::from_secs(20));
        assert_eq!(measures.size(portal, Kind::Change), 6, "2 s each: twelve seconds' worth");
        measures.note(portal, Kind::Change, 1, Duration::MAX);
        measures.note(portal, Kind::Change, 1, Duration::MAX);
        assert_eq!(measures.size(portal, Kind::Change), 1);
    }
}
