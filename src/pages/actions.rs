//! What people decided, and how it ended.

use super::{filters, lang::Lang, shell::Shell, standing::Standing, view::Asleep, when};
use crate::domain::{TaskId, UserId};
use askama::Template;
use chrono::{DateTime, FixedOffset};
use std::borrow::Cow;

/// One decision.
#[derive(Debug, Clone)]
pub struct ActionRow {
    /// About what.
    pub task: TaskId,
    /// Who; their name is not kept.
    pub user: UserId,
    /// When they pressed, by the viewer's clock.
    pub pressed_at: DateTime<FixedOffset>,
    /// When it became final.
    pub ended_at: Option<DateTime<FixedOffset>>,
    /// How it stands, with the reason's words.
    pub standing: Standing,
}

/// A task that was put aside, or taken up again.
#[derive(Debug, Clone)]
pub struct AsideRow {
    /// Which.
    pub task: TaskId,
    /// When, by the viewer's clock.
    pub at: DateTime<FixedOffset>,
    /// Until when; `None` where it came back into the list.
    pub asleep: Option<Asleep>,
}

impl AsideRow {
    fn words(&self, lang: &Lang) -> Cow<'static, str> {
        self.asleep.map_or_else(|| lang.t("snooze-ended"), |asleep| asleep.words(lang))
    }
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
    /// What the viewer put aside lately, newest first; only beside their own newest decisions.
    pub put_aside: Vec<AsideRow>,
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
