//! How long pages take, and how much a process holds. Figures of a busy machine: compare them with others of the same run.

use super::{Shown, Visitor};
use std::time::{Duration, Instant};

/// How long some pages took.
pub struct Times(Vec<Duration>);

impl Times {
    fn sorted(mut took: Vec<Duration>) -> Self {
        took.sort();
        Self(took)
    }

    /// Opens a list.
    async fn one(visitor: &Visitor, page: &Shown) -> Duration {
        let began = Instant::now();
        let shown = visitor.go("/queue", page).await;
        assert_eq!(shown.status.as_u16(), 200, "{}", shown.text());
        began.elapsed()
    }

    pub fn p50(&self) -> Duration {
        self.0[self.0.len() / 2]
    }

    /// Of a hundred, the slowest but one.
    pub fn p99(&self) -> Duration {
        self.0[(self.0.len() * 99 / 100).min(self.0.len() - 1)]
    }
}

/// A person's list, to be opened again and again.
pub type List<'a> = (&'a Visitor, &'a Shown);

/// How long the same pages took of a server that has something to bear, and of one that has nothing.
pub struct Beside {
    bearing: Times,
    control: Times,
}

impl Beside {
    /// In turns, so that whatever else the machine does falls on both alike: before and after would compare the machine
    /// with itself. What is left is what people wait for somebody else.
    pub async fn of(bearing: List<'_>, control: List<'_>, count: usize) -> Self {
        let (mut here, mut there) = (Vec::new(), Vec::new());
        for nth in 0..2 * count {
            let (of, took) = if nth % 2 == 0 { (bearing, &mut here) } else { (control, &mut there) };
            took.push(Times::one(of.0, of.1).await);
        }
        Self { bearing: Times::sorted(here), control: Times::sorted(there) }
    }

    fn with(self, more: Self) -> Self {
        let both = |one: Times, other: Times| Times::sorted([one.0, other.0].concat());
        Self { bearing: both(self.bearing, more.bearing), control: both(self.control, more.control) }
    }

    fn is_within(&self, most: f64, moment: Duration) -> bool {
        let p99 = self.bearing.p99().saturating_sub(moment).as_secs_f64() / self.control.p99().as_secs_f64();
        self.times(Times::p50) <= most && p99 <= most
    }

    fn times(&self, of: impl Fn(&Times) -> Duration) -> f64 {
        of(&self.bearing).as_secs_f64() / of(&self.control).as_secs_f64()
    }
}

/// The p99 of the server that bears something is at most so many times the other's, and its p50 as well. The p99 of a hundred
/// pages is one of them, on a machine that carries other stories too: what is not within is measured on, until one round, or
/// all of them together, are. What somebody else is made to wait for is in every round.
/// `moment`: what the beginning and the end of it may take once in each round.
pub async fn assert_unmoved(rounds: usize, most: f64, moment: Duration, what: &str, round: impl AsyncFn() -> Beside) {
    let mut all: Option<Beside> = None;
    for nth in 1..=rounds {
        let new = round().await;
        let is_within = new.is_within(most, moment);
        let beside = all.take().into_iter().fold(new, Beside::with);
        let (p50, p99) = (beside.times(Times::p50), beside.times(Times::p99));
        let seen = format!("p50 {p50:.2}, p99 {p99:.2} ({:.0?}) times a server at rest", beside.control.p99());
        if is_within || beside.is_within(most, moment) {
            println!("figure: pages of others beside {what}: {seen}, of {} (target {most})", beside.control.0.len());
            return;
        }
        assert!(nth < rounds, "{what}: {seen}, of {}", beside.control.0.len());
        all = Some(beside);
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
