//! The list of what waits for the control of one person.

use super::{
    choices::Choice,
    filters, number,
    row::{RowContext, TaskRow},
    shell::Shell,
    view::ViewForm,
};
use crate::domain::{BulkId, DecisionId, State, Tally, queue::Scope};
use askama::Template;
use std::borrow::Cow;

/// The first page.
#[derive(Debug, Template)]
#[template(path = "queue.html")]
pub struct QueuePage {
    /// Around it.
    pub shell: Shell,
    /// What there is to say about the last press of a button.
    pub said: Option<String>,
    /// The newest bulk, open or recent: which, and how far it is.
    pub bulk: Option<(BulkId, Tally)>,
    /// Decisions without a known end, or whose reason did not arrive, and whose tasks are in neither list.
    pub unsettled: Vec<TaskRow>,
    /// The rows.
    pub rows: QueueRows,
    /// Saved reasons, in order.
    pub choices: Vec<Choice>,
}

/// Both lists with their counts; alone, the answer to a script that completes its page.
#[derive(Debug, Template)]
#[template(path = "queue_rows.html")]
pub struct QueueRows {
    /// Shared things.
    pub context: RowContext,
    /// Created by this person, oldest first.
    pub mine: Vec<TaskRow>,
    /// Others that this person may decide, oldest first.
    pub also: Vec<TaskRow>,
    /// How many are "mine", loaded or not.
    pub mine_total: usize,
    /// Only so many of the oldest of one's own were read; `None` when all were.
    pub mine_cut: Option<usize>,
    /// Only so many of the oldest tasks of others were looked through; `None` when all were.
    pub also_cut: Option<usize>,
    /// Whether every row that is to be shown is here.
    pub complete: bool,
    /// What was known of the portal's events when they were read.
    pub stamp: String,
    /// How they are looked at.
    pub form: ViewForm,
}

/// One of the two lists, for the template.
struct List<'a> {
    name: &'static str,
    rows: &'a [TaskRow],
    /// With a plus sign when there may be more.
    total: String,
    cut: Option<usize>,
    /// Something is left out.
    filtered: bool,
}

impl List<'_> {
    fn key(&self) -> &'static str {
        if self.name == "mine" { "tab-mine" } else { "tab-also" }
    }

    fn cut_key(&self) -> &'static str {
        if self.name == "mine" { "queue-cut-mine" } else { "queue-cut" }
    }

    fn empty_key(&self) -> &'static str {
        if self.filtered {
            return "empty-filtered";
        }
        if self.name == "mine" { "empty-mine" } else { "empty-also" }
    }
}

impl QueueRows {
    fn lists(&self) -> [List<'_>; 2] {
        let filtered = self.form.is_set();
        let count = |n| number::whole(self.context.lang, n);
        let also_total = format!("{}{}", count(self.also.len()), if self.also_cut.is_some() { "+" } else { "" });
        [
            List { name: "mine", rows: &self.mine, total: count(self.mine_total), cut: self.mine_cut, filtered },
            List { name: "also", rows: &self.also, total: also_total, cut: self.also_cut, filtered },
        ]
    }

    fn total(&self) -> usize {
        self.mine_total
    }

    /// After how many seconds a long list follows a change of which Bitrix24 does not tell; the page's script (live.js)
    /// reads one that is longer than this less often.
    fn slow_live(&self) -> Option<usize> {
        const AT_ONCE: usize = 500;
        (self.mine_total > AT_ONCE).then(|| self.mine_total.saturating_mul(8).div_ceil(AT_ONCE) + 2)
    }

    /// How many of "mine" are not here yet.
    fn missing(&self) -> usize {
        self.mine_total.saturating_sub(self.mine.len())
    }
}

impl QueuePage {
    /// With so many rows of a list at most.
    pub fn cut(mut self, most: usize) -> Self {
        self.rows.complete &= self.rows.mine.len().max(self.rows.also.len()) <= most;
        self.rows.mine.truncate(most);
        self.rows.also.truncate(most);
        self
    }

    /// Of which project or person this is the list, where it is not everything: the word for it, and its name as far as
    /// a row tells it.
    fn part(&self) -> Option<(&'static str, String)> {
        let rows = self.rows.mine.iter().chain(&self.rows.also).filter_map(|row| row.facts.as_ref());
        let (key, number, name) = match self.shell.scope {
            Scope::All => return None,
            Scope::Project(id) => {
                let mut named = rows.filter_map(|task| task.project.as_ref());
                ("project", id.get(), named.find(|(project, _)| *project == id).map(|(_, name)| name))
            }
            Scope::Assignee(id) => {
                let mut named = rows.filter_map(|task| task.assignee.as_ref());
                ("assignee", id.get(), named.find(|person| person.id == id).map(|person| &person.name))
            }
        };
        let name = name.filter(|name| !name.trim().is_empty()).cloned();
        Some((key, name.unwrap_or_else(|| format!("#{number}"))))
    }

    fn has_rows(&self) -> bool {
        self.rows.mine.len() + self.rows.also.len() > 0
    }

    /// Decisions on this page that can be taken back.
    fn held(&self) -> Vec<DecisionId> {
        let rows = self.rows.mine.iter().chain(&self.rows.also).chain(&self.unsettled);
        let held = rows.filter_map(|row| row.standing.as_ref());
        held.filter(|standing| matches!(standing.state, State::Held { .. })).map(|standing| standing.id).collect()
    }

    fn bulk_words(&self, tally: &Tally) -> Cow<'static, str> {
        super::bulk::progress(self.shell.lang, "bulk-last", tally)
    }
}
