//! One task: opened from a card, a row menu, or the list when there is no script.

use super::{
    bbcode,
    choices::Choice,
    filters,
    lang::Lang,
    row::{RowContext, TaskRow, View},
    shell::Shell,
};
use crate::domain::UserId;
use askama::Template;
use chrono::{DateTime, Utc};
use std::borrow::Cow;

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

/// How far the task's checklist is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checklist {
    /// Ticked.
    pub done: usize,
    /// All.
    pub total: usize,
}

impl Checklist {
    fn words(&self, lang: &Lang) -> Cow<'static, str> {
        lang.with("checklist-progress", &[("n", self.done.into()), ("of", self.total.into())])
    }
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
    /// If there is one.
    pub checklist: Option<Checklist>,
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

    /// The description without markup; `None` if nothing is left.
    fn text(&self) -> Option<String> {
        Some(bbcode::plain(&self.description)).filter(|text| !text.is_empty())
    }

    /// What to say instead of the forms.
    fn closed_key(&self) -> Option<&'static str> {
        match self.control {
            Control::MayDecide => None,
            Control::NotAllowed => Some("control-not-allowed"),
            Control::NotWaiting => Some("control-not-waiting"),
        }
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
