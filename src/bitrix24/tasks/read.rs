//! `tasks.task.list` and `tasks.task.get`. Sources: `api-reference/tasks/tasks-task-list.md`,
//! `api-reference/tasks/tasks-task-get.md`.

use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

use super::task::Task;
use crate::bitrix24::{
    client::{Answer, Command, Deadline, PortalApi},
    error::CallError,
    wire::{Id, Map, Maybe, first},
};

/// What to list. Field names are the vendor's, upper case and exact: the server drops unknown ones without a word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListQuery {
    /// Field, with an operator before it (`!`, `<`, `<=`, `>`, `>=`), to a value; a list means "one of".
    pub filter: Vec<(String, Value)>,
    /// Fields of each row; a person or a project comes only beside its id's field.
    pub select: Vec<&'static str>,
    /// Field and `asc` or `desc`; anything that is not documented as sortable is an error 400 `0`.
    pub order: Vec<(&'static str, &'static str)>,
    /// Ask for each row's rights (`RETURN_ACCESS`). Not documented: rows may come without, see [`Task::may`].
    pub return_access: bool,
    /// Ask whether each task has a result (`WITH_RESULT_INFO`).
    pub with_result_info: bool,
    /// Offset of the page of 50; −1 switches counting off.
    pub start: i64,
}

impl ListQuery {
    fn params(&self) -> Value {
        let filter: serde_json::Map<String, Value> = self.filter.iter().cloned().collect();
        let order: serde_json::Map<String, Value> =
            self.order.iter().map(|(field, way)| ((*field).to_owned(), json!(way))).collect();
        let mut params = serde_json::Map::new();
        if self.return_access {
            params.insert("RETURN_ACCESS".to_owned(), "Y".into());
        }
        if self.with_result_info {
            params.insert("WITH_RESULT_INFO".to_owned(), true.into());
        }
        json!({ "filter": filter, "select": self.select, "order": order, "params": params, "start": self.start })
    }
}

/// Rows of a page of `tasks.task.list`.
pub const PAGE: usize = 50;

/// A portal that sends more rows than a page has fills no memory with them.
fn page<'de, D: Deserializer<'de>>(from: D) -> Result<Map<Maybe<Task>>, D::Error> {
    first(PAGE, from)
}

/// What `tasks.task.list` answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskList {
    /// The rows of one page, [`PAGE`] at most.
    pub tasks: Vec<Task>,
}

impl<'de> Deserialize<'de> for TaskList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        struct Raw {
            #[serde(deserialize_with = "page")]
            tasks: Map<Maybe<Task>>,
        }
        let raw = Maybe::<Raw>::deserialize(from)?.into_inner().unwrap_or_default();
        // Serde alone would also fill a task from a list, by position.
        let tasks = raw.tasks.into_values().into_iter().map(Maybe::into_inner);
        let tasks = tasks.collect::<Option<_>>().ok_or_else(|| de::Error::custom("a list of tasks"))?;
        Ok(TaskList { tasks })
    }
}

/// What `tasks.task.get`, `.approve` and `.disapprove` answer: nobody's task (`[]`) when the caller cannot read it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MaybeTask(pub Option<Task>);

impl<'de> Deserialize<'de> for MaybeTask {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        struct Raw {
            #[serde(default)]
            task: Maybe<Task>,
        }
        let raw = Maybe::<Raw>::deserialize(from)?.into_inner().unwrap_or_default();
        Ok(MaybeTask(raw.task.into_inner()))
    }
}

/// Decoded by [`TaskList`]. Empty containers vanish on the way (PHP), which means the same here.
pub fn tasks_task_list_command(query: &ListQuery) -> Command {
    Command::new("tasks.task.list", query.params())
}

/// `tasks.task.get`: `None` when the task does not exist or the person may not read it. The rights (`action`) always
/// come.
pub async fn tasks_task_get(
    api: &PortalApi,
    task_id: Id,
    select: &[&'static str],
) -> Result<Answer<Option<Task>>, CallError> {
    let answer = api.call::<MaybeTask>("tasks.task.get", get_params(task_id, select), Deadline::READ).await?;
    Ok(answer.map(|task| task.0))
}

/// Decoded by [`MaybeTask`].
pub fn tasks_task_get_command(task_id: Id, select: &[&'static str]) -> Command {
    Command::new("tasks.task.get", get_params(task_id, select))
}

fn get_params(task_id: Id, select: &[&'static str]) -> Value {
    if select.is_empty() { json!({ "taskId": task_id }) } else { json!({ "taskId": task_id, "select": select }) }
}
