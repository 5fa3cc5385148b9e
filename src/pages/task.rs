//! One task: opened from a card, a row menu, or the list when there is no script.

use super::{
    bbcode::{self, Block},
    choices::Choice,
    filters,
    lang::Lang,
    row::{RowContext, TaskRow, View},
    shell::Shell,
};
use crate::domain::{
    TaskId, UserId,
    past::{Handed, Point, Returned, Said, Work},
};
use askama::Template;
use chrono::{DateTime, FixedOffset, NaiveTime, Offset, TimeDelta, Utc};
use std::borrow::Cow;

/// When a working day ends, as Bitrix24 proposes deadlines.
const EVENING: NaiveTime = NaiveTime::from_hms_opt(19, 0, 0).unwrap();

/// The earliest day whose evening is still to come.
pub(super) fn first_day(now: &DateTime<Utc>, zone: FixedOffset) -> String {
    (now.with_timezone(&zone) + TimeDelta::hours(5)).format("%Y-%m-%d").to_string()
}

/// What makes a moment of a day that was typed.
pub(super) fn evening(zone: FixedOffset) -> String {
    DateTime::UNIX_EPOCH.with_timezone(&zone).format("T19:00:00%:z").to_string()
}

/// Whether there is anything to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Status 4, and Bitrix24 says that this person may decide.
    MayDecide,
    /// Status 4, but this person may not decide.
    NotAllowed,
    /// Any other status.
    NotWaiting,
}

/// What is shown of a task beside its row.
#[derive(Debug, Clone)]
pub struct TaskView {
    /// The row: facts, decision, forms.
    pub row: TaskRow,
    /// As Bitrix24 stores it; untrusted, with BBCode.
    pub description: String,
    /// `STATUS` in Bitrix24, 1 to 7.
    pub status: u8,
    /// What was done, and what has happened to it.
    pub work: Work,
    /// Whether the forms are offered.
    pub control: Control,
}

impl TaskView {
    /// Bitrix24's word for the status.
    fn status_key(&self) -> &'static str {
        match self.status {
            1 | 2 => "status-pending",
            3 => "status-in-progress",
            4 => "status-review",
            5 => "status-completed",
            6 => "status-deferred",
            7 => "status-declined",
            _ => "status-unknown",
        }
    }

    /// What to say instead of the forms.
    fn closed_key(&self) -> Option<&'static str> {
        match self.control {
            Control::MayDecide => None,
            Control::NotAllowed => Some("control-not-allowed"),
            Control::NotWaiting => Some("control-not-waiting"),
        }
    }

    fn description(&self, context: &RowContext) -> Vec<Block> {
        bbcode::blocks(&self.description, context.portal_origin.as_deref())
    }

    fn result(&self) -> Option<&Handed> {
        self.work.results.as_ref()?.first()
    }

    fn blocks_of(&self, result: &Handed, context: &RowContext) -> Vec<Block> {
        bbcode::blocks(&result.text, context.portal_origin.as_deref())
    }

    fn words_of(&self, said: &Said, context: &RowContext) -> Vec<Block> {
        bbcode::blocks(&said.text, context.portal_origin.as_deref())
    }

    fn earlier(&self) -> usize {
        self.work.results.as_ref().map_or(0, |results| results.len().saturating_sub(1))
    }

    /// Only where results can be read and there is none.
    fn has_no_result(&self) -> bool {
        self.work.results.as_ref().is_some_and(Vec::is_empty)
    }

    fn points(&self) -> &[Point] {
        self.work.points.as_deref().unwrap_or_default()
    }

    fn progress(&self, lang: &Lang) -> Cow<'static, str> {
        let done = self.points().iter().filter(|point| point.done).count();
        lang.with("checklist-progress", &[("n", done.into()), ("of", self.points().len().into())])
    }

    fn open_points(&self) -> Vec<&Point> {
        self.points().iter().filter(|point| !point.done).collect()
    }

    /// What can be called not good: the others are open anyway.
    fn done_points(&self) -> Vec<&Point> {
        self.points().iter().filter(|point| point.done).collect()
    }

    /// Newest first.
    fn returns(&self) -> Vec<&Returned> {
        self.work.returns.iter().flatten().rev().collect()
    }

    fn since_title(&self, lang: &Lang, viewer: &UserId) -> Cow<'static, str> {
        let Some(last) = self.returns().first().copied() else { return Cow::Borrowed("") };
        let own = last.by.as_ref().is_some_and(|by| by.id == *viewer);
        let at = super::when::moment(*lang, &last.at);
        lang.with(if own { "since-yours" } else { "since-last" }, &[("x", at.into())])
    }

    /// "1 h 30 min of 2 h"; `None` where time is not counted.
    fn time(&self, lang: &Lang) -> Option<Cow<'static, str>> {
        let words = |seconds: u64| {
            let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).into();
            lang.with("time", &[("h", number(seconds / 3600)), ("m", number(seconds % 3600 / 60))])
        };
        match (self.work.spent, self.work.estimate) {
            (None, None) => None,
            (spent, Some(planned)) => {
                let pair = [("x", words(spent.unwrap_or(0)).into()), ("of", words(planned).into())];
                Some(lang.with("time-of", &pair))
            }
            (Some(spent), None) => Some(words(spent)),
        }
    }

    fn is_over_time(&self) -> bool {
        self.work.spent.zip(self.work.estimate).is_some_and(|(spent, planned)| spent > planned)
    }

    /// Deadlines that are offered: so many days after the later of now and the deadline that is.
    fn later(&self, now: &DateTime<Utc>) -> [(usize, DateTime<FixedOffset>); 2] {
        let now = now.with_timezone(&self.zone());
        let due = self.row.facts.as_ref().and_then(|facts| facts.deadline).filter(|at| *at > now);
        // Without one, or late, at the end of a working day, as Bitrix24 proposes it.
        let base = due.unwrap_or_else(|| now.with_time(EVENING).single().unwrap_or(now));
        [1, 3].map(|days| (days, base + TimeDelta::days(if days == 1 { 1 } else { 3 })))
    }

    fn zone(&self) -> FixedOffset {
        let facts = self.row.facts.as_ref();
        let at = self.row.seen.or_else(|| facts.and_then(|facts| facts.deadline.or(facts.handed_in)));
        at.map_or_else(|| Utc.fix(), |at| *at.offset())
    }

    /// The earliest day that can be typed.
    fn today(&self, now: &DateTime<Utc>) -> String {
        first_day(now, self.zone())
    }

    /// What makes a moment of a day that was typed.
    fn evening(&self) -> String {
        evening(self.zone())
    }

    /// What stands for `{deadline}` in a ready reason.
    fn deadline_words(&self, lang: &Lang) -> String {
        let at = self.row.facts.as_ref().and_then(|facts| facts.deadline);
        at.map(|at| super::when::moment(*lang, &at)).unwrap_or_default()
    }

    fn assignee(&self) -> &str {
        self.row.facts.as_ref().and_then(|facts| facts.assignee.as_ref()).map_or("", |person| person.name.as_str())
    }

    /// A standing decision is shown whatever the task's state; the forms only where they may work.
    fn shows_state(&self) -> bool {
        self.control == Control::MayDecide || self.row.standing.as_ref().is_some_and(|s| s.state.is_open())
    }

    /// `data-outcome`: a task that does not wait has none of the decision's words.
    fn outcome(&self) -> &'static str {
        match (&self.row.standing, self.control) {
            (None, Control::NotWaiting | Control::NotAllowed) => "refused",
            _ => self.row.outcome(),
        }
    }
}

/// The page of one task.
#[derive(Debug, Template)]
#[template(path = "task.html")]
pub struct TaskPage {
    /// Around it.
    pub shell: Shell,
    /// For the forms.
    pub context: RowContext,
    /// The task.
    pub task: TaskView,
    /// Who came by "Return for revision" finds the form open.
    pub returning: bool,
    /// Saved reasons for its project, in order.
    pub choices: Vec<Choice>,
}

impl TaskPage {
    /// For a viewer at a moment.
    pub fn new(shell: Shell, viewer: UserId, now: DateTime<Utc>, task: TaskView) -> Self {
        let context = RowContext::new(&shell, View::Task, viewer, now);
        Self { shell, context, task, returning: false, choices: Vec::new() }
    }
}

/// Tasks that a page looks at, or will soon: parts of one, for its script.
#[derive(Debug, Template)]
#[template(path = "looks.html")]
pub struct Looks {
    /// Shared things.
    pub context: RowContext,
    /// Those that could be read.
    pub tasks: Vec<TaskView>,
    /// Those that could not: deleted, or not this person's to see.
    pub gone: Vec<TaskId>,
}
