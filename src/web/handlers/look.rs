//! How the list is to be looked at, as its form says.

use crate::domain::view::{Grouping, ListView, OfProject};
use crate::usecases::Failure;
use serde::Deserialize;

/// Everything as it was chosen.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web) struct Look {
    /// Asked for by "Show all", which only a page without script offers.
    pub all: String,
    /// What the page knows of the portal's events.
    pub stamp: String,
    /// Whether it has not read the list for a while.
    pub due: String,
    /// Whether the form was there at all.
    look: String,
    reset: String,
    group: String,
    project: String,
    assignee: String,
    overdue: String,
    unchanged: String,
    text: String,
    snoozed: String,
}

const LONGEST_TEXT: usize = 200;

impl Look {
    /// `None`: nothing was chosen now, and the last view holds.
    pub(super) fn view(&self) -> Result<Option<ListView>, Failure> {
        if self.look.is_empty() {
            return Ok(None);
        }
        let grouping = match self.group.as_str() {
            "" => Grouping::None,
            name => Grouping::parse(name).ok_or(Failure::Malformed("group"))?,
        };
        if !self.reset.is_empty() {
            return Ok(Some(ListView { grouping, ..ListView::default() }));
        }
        let project = match self.project.as_str() {
            "" => None,
            number => {
                let number = number.parse().map_err(|_| Failure::Malformed("project"))?;
                Some(OfProject::of(number).ok_or(Failure::Malformed("project"))?)
            }
        };
        let assignee = match self.assignee.as_str() {
            "" => None,
            number => Some(number.parse().map_err(|_| Failure::Malformed("assignee"))?),
        };
        Ok(Some(ListView {
            grouping,
            project,
            assignee,
            overdue: !self.overdue.is_empty(),
            unchanged: !self.unchanged.is_empty(),
            text: self.text.chars().take(LONGEST_TEXT).collect(),
            snoozed: !self.snoozed.is_empty(),
        }))
    }
}
