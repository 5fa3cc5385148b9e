//! What people decided, and how it ended.

use super::{filters, shell::Shell, standing::Standing, when};
use crate::domain::{TaskId, UserId};
use askama::Template;
use chrono::{DateTime, FixedOffset};

/// One decision.
#[derive(Debug, Clone)]
pub struct ActionRow {
    /// About what.
    pub task: TaskId,
    /// Who; their name is not kept.
    pub user: UserId,
    /// When they pressed, portal time.
    pub pressed_at: DateTime<FixedOffset>,
    /// When it became final.
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// How it stands, with the reason's words.
    pub standing: Standing,
}

/// The log of actions: of the viewer, or of everybody.
#[derive(Debug, Template)]
#[template(path = "actions.html")]
pub struct ActionsPage {
    /// Around it.
    pub shell: Shell,
    /// Who looks.
    pub viewer: UserId,
    /// Whether it is everybody's.
    pub everybody: bool,
    /// Newest first.
    pub rows: Vec<ActionRow>,
    /// Where the next page begins, if there is one.
    pub further: Option<String>,
}

impl ActionsPage {
    fn title_key(&self) -> &'static str {
        if self.everybody { "actions-everybody" } else { "actions" }
    }

    fn at(&self, at: &DateTime<FixedOffset>) -> String {
        when::exact(self.shell.lang, at)
    }

    fn lead_key(&self) -> &'static str {
        if self.everybody { "actions-lead-everybody" } else { "actions-lead" }
    }
}
