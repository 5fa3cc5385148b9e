//! A task with every field that the vendor documents; every one is optional, since `select` decides what comes.
//! Source: `api-reference/tasks/fields.md`, `api-reference/tasks/tasks-task-disapprove.md`.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    checklist::{ChecklistItem, ChecklistNode},
    status::{Action, Status},
};
use crate::bitrix24::wire::{Field, Id, Map, Maybe, Moment, is_absent};

macro_rules! task {
    ($($(#[$doc:meta])* $name:ident: $type:ident<$inner:ty>,)*) => {
        /// A task as the vendor sent it. It is written back without loss: absent, empty and filled fields keep their
        /// form, unknown keys are kept in `rest`.
        #[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct Task {
            $($(#[$doc])* #[serde(skip_serializing_if = "is_absent")] pub $name: $type<$inner>,)*
            /// Keys that this client does not know.
            #[serde(flatten)]
            pub rest: BTreeMap<String, Value>,
        }
    };
}

task! {
    id: Field<Id>,
    parent_id: Field<Id>,
    /// May hold HTML entities; escape it anyway.
    title: Field<String>,
    /// BBCode when `description_in_bbcode`.
    description: Field<String>,
    /// `P`, `N` or nothing.
    mark: Field<String>,
    /// 0 low, 1 medium, 2 high.
    priority: Field<u64>,
    multitask: Field<bool>,
    not_viewed: Field<bool>,
    replicate: Field<bool>,
    stage_id: Field<Id>,
    sprint_id: Field<Id>,
    backlog_id: Field<Id>,
    /// The creator, who controls the task.
    created_by: Field<Id>,
    created_date: Field<Moment>,
    responsible_id: Field<Id>,
    changed_by: Field<Id>,
    changed_date: Field<Moment>,
    status_changed_by: Field<Id>,
    /// Who handed it in; nothing while the task is open.
    closed_by: Field<Id>,
    /// For a task in status 4: when it was handed in.
    closed_date: Field<Moment>,
    activity_date: Field<Moment>,
    date_start: Field<Moment>,
    deadline: Field<Moment>,
    start_date_plan: Field<Moment>,
    end_date_plan: Field<Moment>,
    guid: Field<String>,
    xml_id: Field<String>,
    /// Forum counters; of little use in the new card.
    comments_count: Field<u64>,
    service_comments_count: Field<u64>,
    allow_change_deadline: Field<bool>,
    allow_time_tracking: Field<bool>,
    /// Whether a finished task waits for control; not a condition of returning it.
    task_control: Field<bool>,
    add_in_report: Field<bool>,
    forked_by_template_id: Field<Id>,
    /// Seconds.
    time_estimate: Field<u64>,
    /// Seconds.
    time_spent_in_logs: Field<u64>,
    match_work_time: Field<bool>,
    forum_topic_id: Field<Id>,
    forum_id: Field<Id>,
    site_id: Field<String>,
    subordinate: Field<bool>,
    exchange_modified: Field<String>,
    exchange_id: Field<String>,
    outlook_version: Field<u64>,
    viewed_date: Field<Moment>,
    sorting: Field<f64>,
    duration_fact: Field<u64>,
    is_muted: Field<bool>,
    is_pinned: Field<bool>,
    is_pinned_in_group: Field<bool>,
    flow_id: Field<Id>,
    description_in_bbcode: Field<bool>,
    /// The real status.
    status: Field<Status>,
    /// The virtual status; lists only.
    sub_status: Field<Status>,
    /// Also rewritten by an update that repeats the same status.
    status_changed_date: Field<Moment>,
    /// In units of `duration_type`.
    duration_plan: Field<u64>,
    duration_type: Field<String>,
    favorite: Field<bool>,
    /// The project; nothing when there is none.
    group_id: Field<Id>,
    auditors: Map<Field<Id>>,
    accomplices: Map<Field<Id>>,
    /// By id.
    checklist: Map<ChecklistItem>,
    /// `[]` when there is no project, or `GROUP_ID` was not selected.
    group: Maybe<Group>,
    creator: Maybe<User>,
    responsible: Maybe<User>,
    /// By user id.
    accomplices_data: Map<User>,
    /// By user id.
    auditors_data: Map<User>,
    new_comments_count: Field<u64>,
    /// Rights of the person who asked, as they came; read them with [`Task::may`].
    action: Map<Value>,
    check_list_tree: Maybe<ChecklistNode>,
    check_list_can_add: Field<bool>,
    /// By id as text.
    tags: Map<Tag>,
    /// The task's chat; nothing on an old card.
    chat_id: Field<Id>,
    /// `WITH_RESULT_INFO`: the task asks for a result.
    task_require_result: Field<bool>,
    task_has_open_result: Field<bool>,
    task_has_result: Field<bool>,
}

/// A person beside a task. `link` and `icon` are what the portal says: a path or any address at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    #[serde(skip_serializing_if = "is_absent")]
    pub id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub name: Field<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub link: Field<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub icon: Field<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub work_position: Field<String>,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// The project of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    #[serde(skip_serializing_if = "is_absent")]
    pub id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub name: Field<String>,
    #[serde(skip_serializing_if = "is_absent")]
    pub opened: Field<bool>,
    #[serde(skip_serializing_if = "is_absent")]
    pub members_count: Field<u64>,
    #[serde(skip_serializing_if = "is_absent")]
    pub image: Field<String>,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// A tag; the key of its map is its id as text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tag {
    #[serde(skip_serializing_if = "is_absent")]
    pub id: Field<Id>,
    #[serde(skip_serializing_if = "is_absent")]
    pub title: Field<String>,
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

impl Task {
    /// Whether the person whose token asked may do this, as the task's own `action` map says; `None` where the portal
    /// sent no map (absent, `[]` or `{}`): then ask `tasks.task.getaccess`. Only a JSON `true` is a yes.
    pub fn may(&self, action: Action) -> Option<bool> {
        if self.action.is_empty() || !self.action.is_object() {
            return None;
        }
        Some(self.action.get(action.camel()) == Some(&Value::Bool(true)))
    }
}

/// Shows no title and no text.
impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("id", &self.id).field("status", &self.status).finish_non_exhaustive()
    }
}
