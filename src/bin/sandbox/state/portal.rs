//! One pretend portal.

use crate::answer::{Time, iso};
use crate::state::application::{AppRow, Handler, Notification, PlacementRow};
use crate::state::limits::{Bucket, WorkingTime};
use crate::state::people::{Group, User};
use crate::state::settings::Settings;
use crate::state::task::{HistoryEntry, Task};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// A v3 answer kept for a repeated Idempotency-Key.
pub struct Remembered {
    pub request: String,
    pub answer: Value,
    pub at: Time,
}

pub struct Portal {
    pub member_id: String,
    pub scheme: &'static str,
    /// Host with port. It may change; the member id never does.
    pub domain: String,
    pub settings: Settings,
    pub users: BTreeMap<u64, User>,
    pub groups: BTreeMap<u64, Group>,
    pub tasks: BTreeMap<u64, Task>,
    pub apps: BTreeMap<String, AppRow>,
    pub handlers: Vec<Handler>,
    pub placements: Vec<PlacementRow>,
    pub notifications: Vec<Notification>,
    pub bucket: Bucket,
    pub working_time: WorkingTime,
    /// Secret of an incoming webhook -> whose rights it has.
    pub webhooks: HashMap<String, u64>,
    pub remembered: HashMap<(String, u64, String, String), Remembered>,
    last_id: u64,
}

impl Portal {
    pub fn new(member_id: String, scheme: &'static str, domain: String, settings: Settings) -> Self {
        Self {
            member_id,
            scheme,
            domain,
            settings,
            users: BTreeMap::from([(1, User::administrator())]),
            groups: BTreeMap::new(),
            tasks: BTreeMap::new(),
            apps: BTreeMap::new(),
            handlers: Vec::new(),
            placements: Vec::new(),
            notifications: Vec::new(),
            bucket: Bucket::default(),
            working_time: WorkingTime::default(),
            webhooks: HashMap::new(),
            remembered: HashMap::new(),
            last_id: 100,
        }
    }

    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.domain)
    }

    pub fn client_endpoint(&self) -> String {
        format!("{}/rest/", self.origin())
    }

    /// Ids of comments, history rows, handlers: one rising counter is enough.
    pub fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub fn next_task_id(&self) -> u64 {
        self.tasks.last_key_value().map_or(1, |(id, _)| id + 1)
    }

    pub fn iso(&self, time: Time) -> String {
        iso(time, self.settings.utc_offset)
    }

    pub fn is_admin(&self, user_id: u64) -> bool {
        self.users.get(&user_id).is_some_and(|user| user.admin && user.active)
    }

    pub fn is_group_editor(&self, group_id: u64, user_id: u64) -> bool {
        self.groups.get(&group_id).is_some_and(|group| group.editors.contains(&user_id))
    }

    pub fn apps_finished(&self, client_id: &str) -> bool {
        self.apps.get(client_id).is_some_and(|app| app.installed)
    }

    /// The row of an application, made when there is none.
    pub fn ensure_app(&mut self, client_id: &str, installed: bool) -> &mut AppRow {
        if !self.apps.contains_key(client_id) {
            let id = self.next_id();
            self.apps.insert(client_id.to_owned(), AppRow::new(id, client_id, installed));
        }
        self.apps.get_mut(client_id).expect("it was just put there")
    }

    /// Placements that people see: those of finished applications.
    pub fn shown_placements(&self, place: &str) -> impl Iterator<Item = &PlacementRow> {
        let visible = |row: &&PlacementRow| self.apps_finished(&row.client_id);
        self.placements.iter().filter(move |row| row.placement == place).filter(visible)
    }

    /// Handlers and placements go with the row, and on every update as well.
    pub fn drop_bindings(&mut self, client_id: &str) {
        self.handlers.retain(|row| row.client_id != client_id);
        self.placements.retain(|row| row.client_id != client_id);
    }

    pub fn note(
        &mut self,
        task_id: u64,
        user_id: u64,
        field: &'static str,
        from: Option<String>,
        to: Option<String>,
        at: Time,
    ) {
        let id = self.next_id();
        if let Some(task) = self.tasks.get_mut(&task_id) {
            task.history.push(HistoryEntry { id, date: at, user_id, field, from, to });
        }
    }

    /// A notification with a tag takes the place of an earlier one with the same tag to the same person.
    pub fn notify(&mut self, to: u64, from: u64, text: &str, tag: &str) -> u64 {
        if !tag.is_empty() {
            self.notifications.retain(|old| old.to != to || old.tag != tag);
        }
        let id = self.next_id();
        self.notifications.push(Notification { id, to, from, text: text.to_owned(), tag: tag.to_owned() });
        id
    }
}
