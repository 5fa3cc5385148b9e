//! Who has used up how much of something lately: bad tokens of an address or a portal, readings for pages that only wait.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// More debtors than this are not kept apart: those that owe little are forgotten.
const MOST: usize = 50_000;

#[derive(Clone, Copy)]
struct Debt {
    owed: f64,
    at: Instant,
}

/// What each debtor owes: so much may be owed at once, so much is forgiven each second.
pub struct Debts<K> {
    at_once: f64,
    each_second: f64,
    owed: Mutex<HashMap<K, Debt>>,
}

impl<K: Eq + Hash> Debts<K> {
    /// Nobody owes anything yet.
    pub fn new(each_second: f64, at_once: f64) -> Self {
        Self { at_once, each_second, owed: Mutex::default() }
    }

    /// Whether one may go on.
    pub fn is_open(&self, debtor: &K, now: Instant) -> bool {
        let owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        owed.get(debtor).is_none_or(|debt| self.left(*debt, now) < self.at_once)
    }

    /// One more.
    pub fn note(&self, debtor: K, now: Instant) {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        if owed.len() >= MOST {
            owed.retain(|_, debt| self.left(*debt, now) > self.at_once / 2.0);
        }
        if owed.len() >= MOST {
            owed.clear();
        }
        let before = owed.get(&debtor).map_or(0.0, |debt| self.left(*debt, now));
        owed.insert(debtor, Debt { owed: before + 1.0, at: now });
    }

    fn left(&self, debt: Debt, now: Instant) -> f64 {
        (debt.owed - now.duration_since(debt.at).as_secs_f64() * self.each_second).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn t33_bad_tokens_count_for_a_while_and_for_their_bringer_alone() {
        let (debts, now) = (Debts::new(1.0, 40.0), Instant::now());
        for _ in 0..39 {
            debts.note("one", now);
        }
        assert!(debts.is_open(&"one", now));
        debts.note("one", now);
        assert!(!debts.is_open(&"one", now));
        assert!(debts.is_open(&"two", now), "the neighbour owes nothing");
        assert!(debts.is_open(&"one", now + Duration::from_millis(1100)), "it is forgiven in time");
    }

    #[test]
    fn a_flood_of_debtors_fills_no_memory() {
        let (debts, now) = (Debts::new(1.0, 4.0), Instant::now());
        for _ in 0..4 {
            debts.note(0, now);
        }
        for debtor in 1..MOST + 10 {
            debts.note(debtor, now);
        }
        assert!(debts.owed.lock().unwrap().len() < MOST);
        assert!(!debts.is_open(&0, now), "who owes most is not forgotten for them");
    }
}
