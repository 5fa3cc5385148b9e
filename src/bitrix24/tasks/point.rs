//! `task.checklistitem.*`, positional. Sources: `api-reference/tasks/checklist-item/task-checklist-item-get-list.md`,
//! `api-reference/tasks/checklist-item/task-checklist-item-renew.md`,
//! `api-reference/tasks/checklist-item/task-checklist-item-is-action-allowed.md`.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::bitrix24::{
    client::Command,
    wire::{Id, Map, Moment, optional, required},
};

/// A list or one of its points.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct ChecklistPoint {
    /// The number by which it is ticked and unticked.
    #[serde(deserialize_with = "required")]
    pub id: Id,
    /// Nothing for a list itself.
    #[serde(default, deserialize_with = "optional")]
    pub parent_id: Option<Id>,
    /// What is to be done; of a list itself, its name.
    #[serde(default, deserialize_with = "optional")]
    pub title: Option<String>,
    /// The smaller, the higher in its list.
    #[serde(default, deserialize_with = "optional")]
    pub sort_index: Option<i64>,
    /// Whether it is ticked.
    #[serde(default, deserialize_with = "optional")]
    pub is_complete: Option<bool>,
    /// Who ticked or unticked it last; nobody as long as nobody has.
    #[serde(default, deserialize_with = "optional")]
    pub toggled_by: Option<Id>,
    /// When that was.
    #[serde(default, deserialize_with = "optional")]
    pub toggled_date: Option<Moment>,
}

/// Shows no text.
impl fmt::Debug for ChecklistPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChecklistPoint").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What `task.checklistitem.getlist` answers.
#[derive(Clone, Debug, PartialEq)]
pub struct ChecklistPoints(pub Vec<ChecklistPoint>);

impl<'de> Deserialize<'de> for ChecklistPoints {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(ChecklistPoints(Map::deserialize(from)?.into_values()))
    }
}

/// The task's lists and points. Decoded by [`ChecklistPoints`].
pub fn task_checklistitem_getlist_command(task_id: Id) -> Command {
    Command::new("task.checklistitem.getlist", json!([task_id]))
}

/// Whether the token's owner may tick and untick this point. **The method does not look whether the point is one of the
/// task's**: prove that by the task's own list.
pub fn task_checklistitem_may_toggle_command(task_id: Id, item_id: Id) -> Command {
    const TOGGLE: u8 = 4;
    Command::new("task.checklistitem.isactionallowed", json!([task_id, item_id, TOGGLE]))
}

/// Unticks a point. The same warning.
pub fn task_checklistitem_renew_command(task_id: Id, item_id: Id) -> Command {
    Command::new("task.checklistitem.renew", json!([task_id, item_id]))
}
