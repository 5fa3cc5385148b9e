//! What waits for the control of one person.

use super::ids::{GroupId, TaskId, UserId};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

/// A person as Bitrix24 names them; read live, never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their number in this portal.
    pub id: UserId,
    /// Display name, untrusted text.
    pub name: String,
}

/// A task in status 4 that waits for this person.
#[derive(Debug, Clone)]
pub struct WaitingTask {
    /// The task's number.
    pub id: TaskId,
    /// Untrusted text.
    pub title: String,
    /// Who is asked to decide by default.
    pub creator: Option<Person>,
    /// Who handed it in.
    pub assignee: Option<Person>,
    /// Number and name of the project.
    pub project: Option<(GroupId, String)>,
    /// When it was due.
    pub deadline: Option<DateTime<FixedOffset>>,
    /// Since when it waits.
    pub handed_in: Option<DateTime<FixedOffset>>,
    /// `statusChangedDate` as the person saw it; a decision is refused when it has moved.
    pub status_changed: Option<DateTime<FixedOffset>>,
    /// Whether Bitrix24 lets this person decide it now; `None` when that could not be read.
    pub may_decide: Option<bool>,
}

/// How long a task has waited, as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeBand {
    /// Less than a day.
    Fresh,
    /// One to three days.
    Waiting,
    /// More than three days.
    Late,
}

impl AgeBand {
    /// Bands by age in the queue.
    pub fn of(age: TimeDelta) -> Self {
        match age.num_hours() {
            ..24 => Self::Fresh,
            24..72 => Self::Waiting,
            _ => Self::Late,
        }
    }

    /// As a class name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Waiting => "waiting",
            Self::Late => "late",
        }
    }
}

impl WaitingTask {
    /// Time since hand-in; zero when the portal's clock is ahead of ours.
    pub fn age(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.handed_in.map(|at| (now - at.to_utc()).max(TimeDelta::zero()))
    }
}

/// Which part of the queue a place in Bitrix24 shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything that waits.
    All,
    /// What one person handed in.
    Assignee(UserId),
    /// One project.
    Project(GroupId),
}

/// Both tabs, oldest hand-in first.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// Created by this person.
    pub mine: Vec<WaitingTask>,
    /// Others in which Bitrix24 says that this person may decide.
    pub also: Vec<WaitingTask>,
    /// How many the portal counted in "mine", loaded or not.
    pub mine_total: usize,
    /// Only so many of the oldest of one's own were read; `None` when all were.
    pub mine_cut: Option<usize>,
    /// Only so many of the oldest tasks of others were looked through; `None` when all were.
    pub also_cut: Option<usize>,
    /// Whether every row that is to be shown is here.
    pub complete: bool,
}

/// Oldest hand-in first; unknown dates last; then by number so that the order never flickers.
pub fn oldest_first(tasks: &mut Vec<WaitingTask>) {
    tasks.sort_by_key(|t| (t.handed_in.is_none(), t.handed_in, t.id));
    tasks.dedup_by_key(|t| t.id);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: i64, at: Option<&str>) -> WaitingTask {
        WaitingTask {
            id: TaskId::new(id).unwrap(),
            title: String::new(),
            creator: None,
            assignee: None,
            project: None,
            deadline: None,
            handed_in: at.map(|t| DateTime::parse_from_rfc3339(t).unwrap()),
            status_changed: None,
            may_decide: Some(true),
        }
    }

    #[test]
    fn oldest_hand_in_first_and_each_task_once() {
        let mut tasks = vec![
            task(3, None),
            task(2, Some("2026-01-02T10:00:00+03:00")),
            task(1, Some("2026-01-02T08:00:00+00:00")),
            task(2, Some("2026-01-02T10:00:00+03:00")),
        ];
        oldest_first(&mut tasks);
        assert_eq!(tasks.iter().map(|t| t.id.get()).collect::<Vec<_>>(), [2, 1, 3]);
    }

    #[test]
    fn bands_change_at_one_and_three_days() {
        let band = |h| AgeBand::of(TimeDelta::hours(h));
        assert_eq!(
            [band(0), band(23), band(24), band(71), band(72)].map(AgeBand::name),
            ["fresh", "fresh", "waiting", "waiting", "late"]
        );
    }
}
