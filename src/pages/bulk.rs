//! Many tasks in one go: choosing the words, and what became of each.

use super::{
    filters,
    lang::Lang,
    row::{RowContext, TaskRow},
    shell::Shell,
};
use crate::domain::{Action, BulkId, Reason, Tally};
use askama::Template;
use chrono::{DateTime, FixedOffset, Offset, Utc};
use std::borrow::Cow;

/// The chosen tasks, before they are decided.
#[derive(Debug, Template)]
#[template(path = "choose.html")]
pub struct ChoosePage {
    /// Around it.
    pub shell: Shell,
    /// What is going to be decided.
    pub action: Action,
    /// The key of the bulk, made with this rendering.
    pub bulk: BulkId,
    /// Which tasks; the facts only where the page does not show them already.
    pub rows: Vec<TaskRow>,
    /// How many characters a reason has to have: where the least is asked for, and where the most is.
    pub least: (u16, u16),
    /// For the earliest deadline.
    pub now: DateTime<Utc>,
}

impl ChoosePage {
    /// What the words have to be: for all, or, where projects differ, for some of them.
    fn least_words(&self) -> Option<Cow<'static, str>> {
        let (everywhere, somewhere) = self.least;
        let key = if everywhere == somewhere { "bulk-least" } else { "bulk-least-some" };
        (somewhere > 0).then(|| self.shell.lang.tn(key, usize::from(somewhere)))
    }

    fn zone(&self) -> FixedOffset {
        self.rows.iter().find_map(|row| row.seen).map_or_else(|| Utc.fix(), |at| *at.offset())
    }

    fn today(&self) -> String {
        super::task::first_day(&self.now, self.zone())
    }

    fn evening(&self) -> String {
        super::task::evening(self.zone())
    }

    fn returns(&self) -> bool {
        self.action == Action::Return
    }

    fn title_key(&self) -> &'static str {
        if self.returns() { "choose-return" } else { "choose-approve" }
    }

    fn button_key(&self) -> &'static str {
        if self.returns() { "return" } else { "approve" }
    }

    fn max_reason(&self) -> usize {
        Reason::MAX_CHARS
    }
}

/// A bulk as far as it got, for the person whose it is.
#[derive(Debug)]
pub struct BulkOutcome {
    /// Which.
    pub id: BulkId,
    /// The key of the bulk that repeats what did not run.
    pub next: BulkId,
    /// What was decided.
    pub action: Action,
    /// Counted.
    pub tally: Tally,
    /// How many can be repeated.
    pub missed: usize,
    /// One for each task.
    pub rows: Vec<TaskRow>,
    /// What there is to say about the last press of a button.
    pub said: Option<String>,
}

/// The page of one bulk.
#[derive(Debug, Template)]
#[template(path = "bulk.html")]
pub struct BulkPage {
    /// Around it.
    pub shell: Shell,
    /// For its rows.
    pub context: RowContext,
    /// The bulk.
    pub outcome: BulkOutcome,
}

/// The same alone, for a script.
#[derive(Debug, Template)]
#[template(path = "bulk_part.html")]
pub struct BulkPart {
    /// For its rows.
    pub context: RowContext,
    /// The bulk.
    pub outcome: BulkOutcome,
}

/// What was taken back, for a script: words, and the rows that it names.
#[derive(Debug, Template)]
#[template(path = "undone.html")]
pub struct Undone {
    /// For the rows.
    pub context: RowContext,
    /// How many, and how many too late.
    pub said: String,
    /// Those that the page showed as held.
    pub rows: Vec<TaskRow>,
}

impl Undone {
    /// How many were taken back, and how many were not any more.
    pub fn words(lang: Lang, taken_back: usize, too_late: usize) -> String {
        let back = lang.tn("undone", taken_back);
        match too_late {
            0 => back.into_owned(),
            late => format!("{back} {}", lang.tn("undone-late", late)),
        }
    }
}

/// `37 of 60 decided`, in one place or another.
pub(super) fn progress(lang: Lang, key: &str, tally: &Tally) -> Cow<'static, str> {
    lang.with(key, &[("n", tally.ended().into()), ("of", tally.all().into())])
}

impl BulkOutcome {
    fn title_key(&self) -> &'static str {
        if self.action == Action::Return { "bulk-return" } else { "bulk-approve" }
    }

    fn words(&self, lang: Lang) -> Cow<'static, str> {
        progress(lang, "bulk-progress", &self.tally)
    }

    /// What became of how many, most wanted first.
    fn counts(&self) -> Vec<(&'static str, usize)> {
        let done = if self.action == Action::Return { "bulk-done-return" } else { "bulk-done-approve" };
        let Tally {
            held, sending, unknown, done: n, refused, skipped, not_run, needs_person, cancelled, untold, ..
        } = self.tally;
        let all = [
            (done, n),
            ("bulk-held", held),
            ("bulk-sending", sending),
            ("bulk-unknown", unknown),
            ("bulk-refused", refused),
            ("bulk-skipped", skipped),
            ("bulk-not-run", not_run),
            ("bulk-needs-person", needs_person),
            ("bulk-cancelled", cancelled),
            ("bulk-untold", untold),
        ];
        all.into_iter().filter(|(_, n)| *n > 0).collect()
    }

    /// Seconds until the last one is taken up.
    fn seconds_left(&self, context: &RowContext) -> Option<usize> {
        self.rows.iter().filter_map(|row| row.seconds_left(&context.now)).max()
    }

    fn may_retry(&self) -> bool {
        self.missed > 0 && !self.tally.is_open()
    }
}
