//! Limits that really limit: the request bucket of a portal and the working time of each method.

use crate::answer::{Operating, Time};
use crate::state::settings::LimitPlan;
use std::collections::{HashMap, VecDeque};
use std::time::Instant;

/// A leaky bucket. It runs on real time: shifting the sandbox clock must not empty it.
#[derive(Default)]
pub struct Bucket {
    level: f64,
    seen: Option<Instant>,
}

impl Bucket {
    /// Counts one request; false when the bucket is full.
    pub fn admit(&mut self, plan: LimitPlan, at: Instant) -> bool {
        let (drain, size) = match plan {
            LimitPlan::Off => return true,
            LimitPlan::Normal => (2.0, 50.0),
            LimitPlan::Enterprise => (5.0, 250.0),
        };
        let passed = self.seen.map_or(0.0, |seen| at.saturating_duration_since(seen).as_secs_f64());
        self.seen = Some(at);
        self.level = (self.level - passed * drain).max(0.0);
        if self.level + 1.0 > size {
            return false;
        }
        self.level += 1.0;
        true
    }
}

const MINUTES: i64 = 10;

/// Working time per (application, method): ten buckets of one minute.
#[derive(Default)]
pub struct WorkingTime {
    methods: HashMap<(String, String), VecDeque<(i64, f64)>>,
}

impl WorkingTime {
    pub fn charge(&mut self, client_id: &str, method: &str, seconds: f64, now: Time) -> Operating {
        let minute = now.timestamp().div_euclid(60);
        let minutes = self.methods.entry((client_id.to_owned(), method.to_owned())).or_default();
        match minutes.back_mut() {
            Some((last, sum)) if *last == minute => *sum += seconds,
            _ => minutes.push_back((minute, seconds)),
        }
        self.so_far(client_id, method, now)
    }

    /// The sum over the last ten minutes and when its oldest minute falls away.
    pub fn so_far(&mut self, client_id: &str, method: &str, now: Time) -> Operating {
        let oldest = now.timestamp().div_euclid(60) - MINUTES;
        let Some(minutes) = self.methods.get_mut(&(client_id.to_owned(), method.to_owned())) else {
            return Operating { seconds: 0.0, reset_at: None };
        };
        minutes.retain(|(minute, _)| *minute > oldest);
        let seconds = minutes.iter().map(|(_, seconds)| seconds).sum();
        let reset_at = minutes.front().map(|(minute, _)| (minute + MINUTES + 1) * 60);
        Operating { seconds, reset_at }
    }
}
