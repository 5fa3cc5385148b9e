//! A task's checklist, in the two forms in which the vendor sends it: by id, and as a tree.
//! Source: `api-reference/tasks/tasks-task-disapprove.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bitrix24::wire::{Field, Id, Map, Maybe, Moment, is_absent};

/// One point, from the map by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChecklistItem {
    #[serde(skip_serializing_if = "is_absent")]
    pub id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub task_id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub created_by: Field<Id>,
    /// The list or point above; nothing for a list itself.
    #[serde(skip_serializing_if = "is_absent")]
    pub parent_id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub title: Field<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub sort_index: Field<i64>,
    #[serde(skip_serializing_if = "is_absent")]
    pub is_complete: Field<bool>,
    #[serde(skip_serializing_if = "is_absent")]
    pub is_important: Field<bool>,
    #[serde(skip_serializing_if = "is_absent")]
    pub toggled_by: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub toggled_date: Field<Moment>,
    #[serde(skip_serializing_if = "is_absent")]
    pub entity_id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub action: Map<Field<bool>>,
    /// Members, files and keys that this client does not know.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// One node of the tree; the root's fields are empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChecklistNode {
    /// Counted by the server for this answer, from 0.
    #[serde(skip_serializing_if = "is_absent")]
    pub node_id: Field<i64>,
    #[serde(skip_serializing_if = "is_absent")]
    pub fields: Maybe<ChecklistNodeFields>,
    #[serde(skip_serializing_if = "is_absent")]
    pub action: Map<Field<bool>>,
    #[serde(skip_serializing_if = "is_absent")]
    pub descendants: Map<ChecklistNode>,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// What a node holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChecklistNodeFields {
    #[serde(skip_serializing_if = "is_absent")]
    pub id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub entity_id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub user_id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub created_by: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub parent_id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub title: Field<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub sort_index: Field<i64>,
    #[serde(skip_serializing_if = "is_absent")]
    pub display_sort_index: Field<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub is_complete: Field<bool>,
    #[serde(skip_serializing_if = "is_absent")]
    pub is_important: Field<bool>,
    #[serde(skip_serializing_if = "is_absent")]
    pub completed_count: Field<i64>,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}
