//! Users and groups of a portal.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    pub id: u64,
    pub name: String,
    #[serde(default)]
    pub last_name: String,
    #[serde(default)]
    pub admin: bool,
    #[serde(default = "yes")]
    pub active: bool,
    /// Head of this person in the company structure.
    #[serde(default)]
    pub supervisor: Option<u64>,
    #[serde(default = "english")]
    pub lang: String,
    /// `Europe/Berlin`; most people have none.
    #[serde(default)]
    pub time_zone: String,
    #[serde(default)]
    pub work_position: String,
    /// Whether this person has opened the application before (FIRST_RUN is per user).
    #[serde(default)]
    pub has_run: bool,
}

fn yes() -> bool {
    true
}

fn english() -> String {
    "en".to_owned()
}

impl User {
    pub fn administrator() -> Self {
        Self {
            id: 1,
            name: "Portal".to_owned(),
            last_name: "Administrator".to_owned(),
            admin: true,
            active: true,
            supervisor: None,
            lang: english(),
            time_zone: String::new(),
            work_position: String::new(),
            has_run: false,
        }
    }

    pub fn full_name(&self) -> String {
        format!("{} {}", self.name, self.last_name).trim().to_owned()
    }

    /// The short form inside task answers; link and icon are relative to the portal.
    pub fn card(&self) -> Value {
        json!({
            "id": self.id.to_string(), "name": self.full_name(),
            "link": format!("/company/personal/user/{}/", self.id),
            "icon": "/bitrix/images/tasks/default_avatar.png", "workPosition": self.work_position,
        })
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Group {
    pub id: u64,
    pub name: String,
    #[serde(default)]
    pub members: BTreeSet<u64>,
    /// Members whose group role grants `tasks/edit_tasks`.
    #[serde(default)]
    pub editors: BTreeSet<u64>,
}

impl Group {
    pub fn has(&self, user_id: u64) -> bool {
        self.members.contains(&user_id) || self.editors.contains(&user_id)
    }

    pub fn card(&self) -> Value {
        json!({
            "id": self.id.to_string(), "name": self.name, "opened": false,
            "membersCount": self.members.union(&self.editors).count(),
            "image": "/bitrix/images/socialnetwork/workgroup/folder.png", "additionalData": [],
        })
    }
}

/// Whether `head` stands above `user_id` in the company structure, at any height.
pub fn is_superior(users: &BTreeMap<u64, User>, head: u64, user_id: u64) -> bool {
    let mut current = user_id;
    for _ in 0..users.len() {
        match users.get(&current).and_then(|user| user.supervisor) {
            Some(above) if above == head => return true,
            Some(above) => current = above,
            None => return false,
        }
    }
    false
}
