//! The life of an application on one portal: its row, its event handlers, its placements.

use crate::state::random_hex;
use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Clone, Serialize)]
pub struct AppRow {
    pub id: u64,
    pub client_id: String,
    pub code: String,
    pub version: u32,
    /// Licence state: L, F, D, T, P or S.
    pub status: String,
    pub active: bool,
    /// False until `installFinish`: only administrators see the application, events and placements are held back.
    pub installed: bool,
    /// The secret of this pair of portal and application.
    pub application_token: String,
    pub payment_expired: bool,
}

impl AppRow {
    pub fn new(id: u64, client_id: &str, installed: bool) -> Self {
        Self {
            id,
            client_id: client_id.to_owned(),
            code: format!("sandbox.{}", client_id.replace(['.', ' '], "_")),
            version: 1,
            status: "F".to_owned(),
            active: true,
            installed,
            application_token: random_hex(16),
            payment_expired: false,
        }
    }

    /// Events are made only for an application that is finished and paid for.
    pub fn gets_events(&self) -> bool {
        self.active && self.installed && !self.payment_expired
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Handler {
    pub id: u64,
    pub client_id: String,
    pub event: String,
    pub handler: String,
    /// 0: the token of whoever caused the event; else of this user.
    pub auth_type: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct PlacementRow {
    pub id: u64,
    pub client_id: String,
    pub placement: String,
    pub handler: String,
    pub title: String,
    pub description: String,
    pub lang_all: Value,
    pub options: Value,
}

impl PlacementRow {
    /// What this person reads on it.
    pub fn title_in(&self, lang: &str) -> &str {
        self.lang_all[lang]["TITLE"].as_str().filter(|title| !title.is_empty()).unwrap_or(&self.title)
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Notification {
    pub id: u64,
    pub to: u64,
    /// 0 when the portal or an application speaks.
    pub from: u64,
    pub text: String,
    pub tag: String,
}
