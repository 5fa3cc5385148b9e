//! Adding people, groups and tasks to a portal.

use crate::answer::Time;
use crate::control::checklist::{Point, points};
use crate::control::{Said, Wrong, say};
use crate::outbox::{Happening, tell};
use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::people::{Group, User};
use crate::state::portal::Portal;
use crate::state::task::{AWAITING_CONTROL, IN_PROGRESS, Task, TaskResult};
use crate::tasks::filter::parse_date;
use actix_web::{HttpResponse, web};
use chrono::Duration;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub tasks: Vec<NewTask>,
    pub bulk_tasks: Option<Bulk>,
    /// Whether ONTASKADD is told for each new task; by default they have always been there.
    pub events: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    pub count: u64,
    pub created_by: u64,
    pub responsible_id: u64,
    #[serde(default = "awaiting")]
    pub status: u8,
    #[serde(default)]
    pub group_id: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    pub id: Option<u64>,
    pub title: String,
    #[serde(default)]
    pub description: String,
    pub created_by: u64,
    pub responsible_id: u64,
    #[serde(default = "awaiting")]
    pub status: u8,
    #[serde(default)]
    pub group_id: u64,
    pub deadline: Option<String>,
    #[serde(default = "yes")]
    pub task_control: bool,
    pub handed_in_minutes_ago: Option<i64>,
    pub created_minutes_ago: Option<i64>,
    #[serde(default)]
    pub accomplices: Vec<u64>,
    #[serde(default)]
    pub auditors: Vec<u64>,
    #[serde(default)]
    pub checklist: Vec<Point>,
    #[serde(default)]
    pub results: Vec<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub time_estimate: u64,
    #[serde(default)]
    pub time_spent: u64,
    pub priority: Option<u8>,
    pub mark: Option<String>,
    #[serde(default)]
    pub allow_change_deadline: bool,
}

impl NewTask {
    pub fn plain(title: &str, created_by: u64, responsible_id: u64) -> Self {
        Self {
            id: None,
            title: title.to_owned(),
            description: String::new(),
            created_by,
            responsible_id,
            status: awaiting(),
            group_id: 0,
            deadline: None,
            task_control: true,
            handed_in_minutes_ago: None,
            created_minutes_ago: None,
            accomplices: Vec::new(),
            auditors: Vec::new(),
            checklist: Vec::new(),
            results: Vec::new(),
            tags: Vec::new(),
            time_estimate: 0,
            time_spent: 0,
            priority: None,
            mark: None,
            allow_change_deadline: false,
        }
    }
}

fn awaiting() -> u8 {
    AWAITING_CONTROL
}

fn yes() -> bool {
    true
}

pub async fn add(
    sandbox: web::Data<Sandbox>,
    member_id: web::Path<String>,
    scenario: web::Json<Scenario>,
) -> HttpResponse {
    let mut world = sandbox.world();
    let (now, tells) = (world.now(), scenario.events);
    let portal = world.portals.get_mut(member_id.as_str()).ok_or_else(|| Wrong::not_found("portal"));
    let done = portal.and_then(|portal| apply(portal, scenario.into_inner(), now));
    if let (Ok(ids), true) = (&done, tells) {
        tell_of(&mut world, &member_id, ids);
    }
    say(done)
}

fn tell_of(world: &mut World, member_id: &str, ids: &Value) {
    for id in ids["tasks"].as_array().into_iter().flatten().filter_map(Value::as_u64) {
        let portal = world.portals.get(member_id);
        let creator = portal.and_then(|portal| portal.tasks.get(&id)).map_or(0, |task| task.created_by);
        tell(world, member_id, &Happening::task("ONTASKADD", id, creator));
    }
}

pub fn apply(portal: &mut Portal, scenario: Scenario, now: Time) -> Said {
    portal.users.extend(scenario.users.into_iter().map(|user| (user.id, user)));
    portal.groups.extend(scenario.groups.into_iter().map(|group| (group.id, group)));
    let mut ids = Vec::new();
    for task in scenario.tasks {
        ids.push(add_task(portal, task, now)?);
    }
    if let Some(bulk) = scenario.bulk_tasks {
        for at in 0..bulk.count {
            let mut task = Task::new(
                portal.next_task_id(),
                &format!("Bulk task {}", at + 1),
                bulk.created_by,
                bulk.responsible_id,
                now,
            );
            task.group_id = bulk.group_id;
            ids.push(task.id);
            let minutes = i64::try_from(at).unwrap_or(0) + 1;
            hand_in(portal, task, bulk.status, now - Duration::minutes(minutes));
        }
    }
    Ok(json!({ "tasks": ids }))
}

fn add_task(portal: &mut Portal, new: NewTask, now: Time) -> Result<u64, Wrong> {
    let handed_in = now - Duration::minutes(new.handed_in_minutes_ago.unwrap_or(60));
    let created = new.created_minutes_ago.map_or(handed_in - Duration::days(2), |ago| now - Duration::minutes(ago));
    let id = new.id.unwrap_or_else(|| portal.next_task_id());
    let mut task = Task::new(id, &new.title, new.created_by, new.responsible_id, created);
    if let Some(text) = &new.deadline {
        let date = parse_date(text, portal.settings.utc_offset);
        task.deadline = Some(date.ok_or_else(|| Wrong::bad(format!("deadline {text:?} is no date")))?);
    }
    task.description = new.description;
    task.group_id = new.group_id;
    task.task_control = new.task_control;
    task.accomplices = new.accomplices;
    task.auditors = new.auditors;
    task.time_estimate = new.time_estimate;
    task.time_spent = new.time_spent;
    task.tags = new.tags;
    task.mark = new.mark;
    task.priority = new.priority.unwrap_or(1);
    task.allow_change_deadline = new.allow_change_deadline;
    task.checklist = points(portal, &new.checklist, new.created_by);
    task.results = new
        .results
        .into_iter()
        .map(|text| TaskResult { id: portal.next_id(), created_by: new.responsible_id, created_at: handed_in, text })
        .collect();
    hand_in(portal, task, new.status, handed_in);
    Ok(id)
}

/// Puts the task into the portal with the traces its status would have left.
fn hand_in(portal: &mut Portal, mut task: Task, status: u8, at: Time) {
    let (id, performer, begun) = (task.id, task.responsible_id, task.created_date + (at - task.created_date) / 2);
    task.viewed.insert(performer, begun);
    let before = task.status;
    task.status = status;
    if before != status {
        task.status_changed_date = at;
        task.status_changed_by = performer;
        task.changed_date = at;
        task.changed_by = performer;
        task.activity_date = at;
        task.date_start = Some(begun);
    }
    if task.is_closed() {
        task.closed_date = Some(at);
        task.closed_by = performer;
    }
    portal.tasks.insert(id, task);
    portal.note(id, performer, "STATUS", Some("2".into()), Some("3".into()), begun);
    if status != before && status != IN_PROGRESS {
        portal.note(id, performer, "STATUS", Some("3".into()), Some(status.to_string()), at);
    }
}
