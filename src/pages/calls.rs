//! What Handback asked of Bitrix24, for the administrator.

use super::{filters, number, shell::Shell};
use crate::domain::{CallWhy, TaskId, UserId};
use askama::Template;
use chrono::{DateTime, FixedOffset};
use std::borrow::Cow;

/// What was searched for, as it was typed, so that the form stays as it is.
#[derive(Debug, Clone, Default)]
pub struct CallFields {
    /// Number of a task.
    pub task: String,
    /// Number of a person.
    pub user: String,
    /// Part of a method's name.
    pub method: String,
    /// A day.
    pub from: String,
    /// A day.
    pub until: String,
    /// Only what came to nothing.
    pub failed: bool,
}

/// One call.
#[derive(Debug, Clone)]
pub struct CallRow {
    /// By the viewer's clock.
    pub at: DateTime<FixedOffset>,
    /// A command of a batch, and not a request.
    pub is_command: bool,
    /// The vendor's name.
    pub method: String,
    /// What it was about.
    pub task: Option<TaskId>,
    /// With whose access.
    pub user: Option<UserId>,
    /// The access that keeps the portal in order.
    pub installer: bool,
    /// Status of the answer.
    pub http: Option<u16>,
    /// The vendor's documented code.
    pub code: Option<String>,
    /// What it means, if it came to nothing.
    pub why: Option<CallWhy>,
    /// Milliseconds.
    pub duration_ms: Option<i32>,
    /// Seconds.
    pub operating: Option<f64>,
    /// Of our own request.
    pub request_id: Option<String>,
}

/// The journal of calls.
#[derive(Debug, Template)]
#[template(path = "calls.html")]
pub struct CallsPage {
    /// Around it.
    pub shell: Shell,
    /// Whose cards the links open.
    pub viewer: UserId,
    /// The search.
    pub fields: CallFields,
    /// What it found.
    pub rows: Vec<CallRow>,
    /// Where the next page begins, if there is one.
    pub further: Option<String>,
}

impl CallRow {
    fn words(&self, shell: &Shell) -> Cow<'static, str> {
        let key = self.why.map_or_else(|| "call-ok".to_owned(), |why| format!("call-{}", why.name()));
        shell.lang.t(&key)
    }

    fn class(&self) -> &'static str {
        if self.why.is_some() { "failed" } else { "done" }
    }

    /// `200`, `400 1048582`, or nothing where no answer came.
    fn said(&self) -> String {
        let http = self.http.map(|http| http.to_string());
        [http.as_deref(), self.code.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn took(&self, shell: &Shell) -> Option<String> {
        Some(number::whole(shell.lang, usize::try_from(self.duration_ms?).ok()?))
    }

    /// Only where there is something to say: most calls use next to nothing.
    fn operating(&self, shell: &Shell) -> Option<String> {
        self.operating.filter(|seconds| *seconds >= 0.05).map(|seconds| number::tenths(shell.lang, seconds))
    }
}
