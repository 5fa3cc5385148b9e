//! How long pages take, and how much a process holds. Figures of a busy machine: compare them with others of the same run.

use super::{Shown, Visitor};
use std::time::{Duration, Instant};

/// How long some pages took.
pub struct Times(Vec<Duration>);

impl Times {
    /// Opens a list one time after the other; every one has to be a page.
    pub async fn of(visitor: &Visitor, page: &Shown, count: usize) -> Self {
        let mut took = Vec::new();
        for _ in 0..count {
            let began = Instant::now();
            let shown = visitor.go("/queue", page).await;
            took.push(began.elapsed());
            assert_eq!(shown.status.as_u16(), 200, "{}", shown.text());
        }
        took.sort();
        Self(took)
    }

    pub fn p50(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    /// Of a hundred, the slowest but one.
    pub fn p99(&self) -> Duration {
        self.0[(self.0.len() * 99 / 100).min(self.0.len() - 1)]
    }

    /// The target is twice the time before. Other stories run beside this one, so what fails is a page that waits for
    /// somebody, not one that shares a processor.
    pub fn assert_near(&self, before: &Times, what: &str) {
        let (p50, p99) = (self.p50(), self.p99());
        println!(
            "figure: pages of others beside {what}: p50 {p50:.1?}, p99 {p99:.1?}; before {:.1?}, {:.1?} (target at most doubled)",
            before.p50(),
            before.p99()
        );
        let noise = Duration::from_millis(150);
        assert!(p50 < 2 * before.p50() + noise, "{what}: p50 {p50:?} after {:?}", before.p50());
        assert!(p99 < 2 * before.p99() + 8 * noise, "{what}: p99 {p99:?} after {:?}", before.p99());
    }
}

/// Resident memory of a process now, in MiB. From here on its peak is counted anew.
pub fn resident(process: u32) -> f64 {
    let _ = std::fs::write(format!("/proc/{process}/clear_refs"), "5");
    memory(process, "VmRSS:")
}

/// The most that a process has held since.
pub fn peak(process: u32) -> f64 {
    memory(process, "VmHWM:")
}

fn memory(process: u32, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
