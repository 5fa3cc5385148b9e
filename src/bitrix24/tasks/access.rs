//! `tasks.task.getaccess`. Source: `api-reference/tasks/tasks-task-get-access.md`.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::status::Action;
use crate::bitrix24::{
    client::Command,
    wire::{Id, Maybe},
};

/// Who may do what to one task. Without read access, or for a task that does not exist, `allowedActions` is `[]`.
///
/// Kept as it came: whatever is odd about it, also about another person or another action, is no yes and no error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Access {
    allowed_actions: Value,
}

impl<'de> Deserialize<'de> for Access {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Raw {
            allowed_actions: Value,
        }
        let raw = Maybe::<Raw>::deserialize(from)?.into_inner().unwrap_or_default();
        Ok(Access { allowed_actions: raw.allowed_actions })
    }
}

impl Access {
    /// Whether this person may do this: `allowedActions` is an object, holds the person's id, and under it the action is
    /// the JSON boolean `true`. Everything else is no.
    pub fn may(&self, user_id: Id, action: Action) -> bool {
        let people = self.allowed_actions.as_object();
        let actions = people.and_then(|people| people.get(&user_id.to_string())?.as_object());
        actions.and_then(|actions| actions.get(action.upper())) == Some(&Value::Bool(true))
    }
}

/// Decoded by [`Access`].
pub fn tasks_task_getaccess_command(task_id: Id) -> Command {
    Command::new("tasks.task.getaccess", params(task_id))
}

fn params(task_id: Id) -> Value {
    json!({ "taskId": task_id })
}
