//! What people and projects are called, read live and never kept: from tasks that the viewer may read, since that needs no
//! further scope.

use super::{app::App, failure::Failure, open::Viewer, portal_session::read_batch};
use crate::bitrix24::{
    BatchAnswer, Command,
    tasks::{ListQuery, Task, TaskList, tasks_task_list_command},
};
use crate::domain::{GroupId, UserId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// A batch has 50 commands; of a person both roles are asked for.
const MOST_PEOPLE: usize = 20;
const MOST_PROJECTS: usize = 9;

/// As far as they could be read.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// People.
    pub people: HashMap<UserId, String>,
    /// Projects, in the order of their numbers: those that were asked for, and those of the viewer's youngest tasks.
    pub projects: BTreeMap<GroupId, String>,
}

/// One call; whoever cannot be read has no name.
pub async fn names_of(app: &App, viewer: &Viewer, people: &[UserId], projects: &[GroupId]) -> Names {
    match read(app, viewer, people, projects).await {
        Ok(names) => names,
        Err(failure) => {
            tracing::warn!(portal = %viewer.portal_id(), %failure, "names could not be read");
            Names::default()
        }
    }
}

async fn read(app: &App, viewer: &Viewer, people: &[UserId], projects: &[GroupId]) -> Result<Names, Failure> {
    let one = |field: &str, id: i64| list(vec![(field.to_owned(), json!(id))]);
    let mut commands = vec![("youngest".to_owned(), list(vec![("!GROUP_ID".to_owned(), json!(0))]))];
    for user in people.iter().take(MOST_PEOPLE) {
        commands.push((format!("r{user}"), one("RESPONSIBLE_ID", user.get())));
        commands.push((format!("c{user}"), one("CREATED_BY", user.get())));
    }
    for group in projects.iter().take(MOST_PROJECTS) {
        commands.push((format!("g{group}"), one("GROUP_ID", group.get())));
    }
    let keys: Vec<String> = commands.iter().map(|(key, _)| key.clone()).collect();
    let mut answer = read_batch(app, &viewer.portal, viewer.account(), commands).await?;
    let mut names = Names::default();
    for task in keys.iter().flat_map(|key| tasks(&mut answer, key)) {
        names.learn(&task);
    }
    Ok(names)
}

fn list(filter: Vec<(String, Value)>) -> Command {
    tasks_task_list_command(&ListQuery {
        filter,
        select: vec!["ID", "CREATED_BY", "RESPONSIBLE_ID", "GROUP_ID"],
        order: vec![("ID", "desc")],
        start: -1,
        ..ListQuery::default()
    })
}

/// What one question brought; one that was refused brought nothing.
fn tasks(answer: &mut BatchAnswer, key: &str) -> Vec<Task> {
    answer.take::<TaskList>(key).map(|list| list.result.tasks).unwrap_or_default()
}

impl Names {
    fn learn(&mut self, task: &Task) {
        for user in [task.creator.get(), task.responsible.get()].into_iter().flatten() {
            let id = (*user.id).and_then(|id| UserId::new(id.get()));
            if let (Some(id), Some(name)) = (id, (*user.name).clone()) {
                self.people.insert(id, name);
            }
        }
        let group = (*task.group_id).and_then(|id| GroupId::new(id.get()));
        let name = task.group.get().and_then(|group| (*group.name).clone());
        if let (Some(id), Some(name)) = (group, name) {
            self.projects.insert(id, name);
        }
    }
}
