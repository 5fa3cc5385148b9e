//! A task and everything that hangs on it.

use crate::answer::Time;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

pub const PENDING: u8 = 2;
pub const IN_PROGRESS: u8 = 3;
pub const AWAITING_CONTROL: u8 = 4;
pub const COMPLETED: u8 = 5;
pub const DEFERRED: u8 = 6;
pub const DECLINED: u8 = 7;

#[derive(Debug, Clone, Serialize)]
pub struct Task {
    pub id: u64,
    pub title: String,
    pub description: String,
    pub created_by: u64,
    pub responsible_id: u64,
    pub accomplices: Vec<u64>,
    pub auditors: Vec<u64>,
    pub group_id: u64,
    pub parent_id: Option<u64>,
    pub status: u8,
    pub task_control: bool,
    pub allow_change_deadline: bool,
    pub allow_time_tracking: bool,
    pub priority: u8,
    pub mark: Option<String>,
    pub tags: Vec<String>,
    pub time_estimate: u64,
    pub time_spent: u64,
    pub deadline: Option<Time>,
    pub date_start: Option<Time>,
    pub created_date: Time,
    pub changed_date: Time,
    pub changed_by: u64,
    pub status_changed_date: Time,
    pub status_changed_by: u64,
    pub closed_date: Option<Time>,
    pub closed_by: u64,
    pub activity_date: Time,
    pub guid: String,
    pub viewed: BTreeMap<u64, Time>,
    pub favorite: BTreeSet<u64>,
    pub checklist: Vec<CheckItem>,
    pub results: Vec<TaskResult>,
    pub comments: Vec<Comment>,
    pub chat: Vec<Comment>,
    pub history: Vec<HistoryEntry>,
}

#[derive(Debug, Clone, Serialize)]
pub struct CheckItem {
    pub id: u64,
    /// 0 for a checklist itself; its points name it as their parent.
    pub parent_id: u64,
    pub title: String,
    pub sort_index: u64,
    pub complete: bool,
    pub created_by: u64,
    pub toggled_by: Option<u64>,
    pub toggled_date: Option<Time>,
}

#[derive(Debug, Clone, Serialize)]
pub struct TaskResult {
    pub id: u64,
    pub created_by: u64,
    pub created_at: Time,
    pub text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Comment {
    pub id: u64,
    pub author_id: u64,
    pub date: Time,
    pub text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct HistoryEntry {
    pub id: u64,
    pub date: Time,
    pub user_id: u64,
    pub field: &'static str,
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Task {
    /// A bare task as its creator would leave it.
    pub fn new(id: u64, title: &str, created_by: u64, responsible_id: u64, at: Time) -> Self {
        Self {
            id,
            title: title.to_owned(),
            description: String::new(),
            created_by,
            responsible_id,
            accomplices: Vec::new(),
            auditors: Vec::new(),
            group_id: 0,
            parent_id: None,
            status: PENDING,
            task_control: true,
            allow_change_deadline: false,
            allow_time_tracking: false,
            priority: 1,
            mark: None,
            tags: Vec::new(),
            time_estimate: 0,
            time_spent: 0,
            deadline: None,
            date_start: None,
            created_date: at,
            changed_date: at,
            changed_by: created_by,
            status_changed_date: at,
            status_changed_by: created_by,
            closed_date: None,
            closed_by: 0,
            activity_date: at,
            guid: format!("{{{}}}", uuid::Uuid::new_v4()),
            viewed: BTreeMap::new(),
            favorite: BTreeSet::new(),
            checklist: Vec::new(),
            results: Vec::new(),
            comments: Vec::new(),
            chat: Vec::new(),
            history: Vec::new(),
        }
    }

    /// The chat of the new card; Bitrix24 gives each task one of its own.
    pub fn chat_id(&self) -> u64 {
        self.id + 2000
    }

    pub fn is_performer(&self, user_id: u64) -> bool {
        self.responsible_id == user_id || self.accomplices.contains(&user_id)
    }

    pub fn takes_part(&self, user_id: u64) -> bool {
        self.created_by == user_id || self.is_performer(user_id) || self.auditors.contains(&user_id)
    }

    pub fn participants(&self) -> BTreeSet<u64> {
        let named = [self.created_by, self.responsible_id];
        named.into_iter().chain(self.accomplices.iter().copied()).chain(self.auditors.iter().copied()).collect()
    }

    pub fn is_closed(&self) -> bool {
        self.status == AWAITING_CONTROL || self.status == COMPLETED
    }

    /// What filters on STATUS and `subStatus` see: -1 overdue, -2 not viewed, -3 nearly overdue. It never hides 4 or 5.
    pub fn virtual_status(&self, user_id: u64, now: Time) -> i64 {
        if self.is_closed() {
            return i64::from(self.status);
        }
        let left = self.deadline.map(|deadline| deadline - now);
        let unseen = user_id != self.created_by && self.status <= PENDING && !self.viewed.contains_key(&user_id);
        match left {
            Some(left) if left < chrono::Duration::zero() => -1,
            _ if unseen => -2,
            Some(left) if left < chrono::Duration::days(1) => -3,
            _ => i64::from(self.status),
        }
    }
}
