//! The event queue: what happened, and to whom it is told.

use crate::delivery::compose;
use crate::state::World;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Notify;

/// Which tokens an event carries.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Carries {
    Nothing,
    Access,
    Pair,
}

/// Something that applications may want to hear of.
#[derive(Debug, Clone)]
pub struct Happening {
    pub event: String,
    /// Keys after `data`, with brackets: `[FIELDS_AFTER][ID]`.
    pub data: Vec<(String, String)>,
    pub user_id: u64,
    pub carries: Carries,
    pub only_client: Option<String>,
}

impl Happening {
    /// The word `undefined` stands in place of whatever a task event does not have.
    pub fn task(event: &str, task_id: u64, user_id: u64) -> Self {
        let id = task_id.to_string();
        let none = || "undefined".to_owned();
        let fields = |name: &str, has: bool| match has {
            true => (format!("[{name}][ID]"), id.clone()),
            false => (format!("[{name}]"), none()),
        };
        let flag = |is: bool| if is { "N".to_owned() } else { none() };
        let (added, deleted) = (event == "ONTASKADD", event == "ONTASKDELETE");
        let data = vec![
            fields("FIELDS_BEFORE", !added),
            fields("FIELDS_AFTER", !deleted),
            ("[IS_ACCESSIBLE_BEFORE]".to_owned(), flag(added)),
            ("[IS_ACCESSIBLE_AFTER]".to_owned(), flag(deleted)),
        ];
        Self { event: event.to_owned(), data, user_id, carries: Carries::Access, only_client: None }
    }

    /// In the new card the id is 0 and the message has one of its own.
    pub fn comment(task_id: u64, message_id: u64, user_id: u64, chat: bool) -> Self {
        let id = if chat { 0 } else { message_id };
        let data = vec![
            ("[FIELDS_BEFORE]".to_owned(), "undefined".to_owned()),
            ("[FIELDS_AFTER][ID]".to_owned(), id.to_string()),
            ("[FIELDS_AFTER][TASK_ID]".to_owned(), task_id.to_string()),
            ("[FIELDS_AFTER][MESSAGE_ID]".to_owned(), message_id.to_string()),
        ];
        let event = "ONTASKCOMMENTADD".to_owned();
        Self { event, data, user_id, carries: Carries::Access, only_client: None }
    }

    pub fn application(event: &str, user_id: u64, data: Vec<(&str, String)>) -> Self {
        let data = data.into_iter().map(|(key, value)| (format!("[{key}]"), value)).collect();
        let carries = if event == "ONAPPUNINSTALL" { Carries::Nothing } else { Carries::Pair };
        Self { event: event.to_owned(), data, user_id, carries, only_client: None }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    pub member_id: String,
    pub client_id: String,
    pub url: String,
    pub event: String,
    pub handler_id: u64,
    pub data: Vec<(String, String)>,
    pub user_id: u64,
    pub carries: Carries,
    /// Control may put a wrong one in its place.
    pub application_token: Option<String>,
    /// Filled where the application will be gone by the time of sending.
    pub body: Option<String>,
}

#[derive(Default)]
pub struct Outbox {
    waiting: VecDeque<Delivery>,
    pub in_flight: usize,
    pub wake: Arc<Notify>,
}

impl Outbox {
    pub fn undelivered(&self) -> usize {
        self.waiting.len() + self.in_flight
    }

    pub fn push(&mut self, delivery: Delivery) {
        self.waiting.push_back(delivery);
        self.wake.notify_one();
    }

    pub fn next(&mut self) -> Option<Delivery> {
        let delivery = self.waiting.pop_front()?;
        self.in_flight += 1;
        Some(delivery)
    }
}

/// One delivery per handler of an application that gets events at all.
pub fn tell(world: &mut World, member_id: &str, happening: &Happening) {
    let Some(portal) = world.portals.get(member_id) else {
        return;
    };
    let heard = |client_id: &str| {
        portal.apps.get(client_id).is_some_and(|app| app.gets_events())
            && happening.only_client.as_deref().is_none_or(|only| only == client_id)
    };
    let handlers = portal.handlers.iter().filter(|row| row.event == happening.event && heard(&row.client_id));
    let deliveries: Vec<Delivery> = handlers
        .map(|row| Delivery {
            member_id: member_id.to_owned(),
            client_id: row.client_id.clone(),
            url: row.handler.clone(),
            event: happening.event.clone(),
            handler_id: row.id,
            data: happening.data.clone(),
            user_id: if row.auth_type == 0 { happening.user_id } else { row.auth_type },
            carries: happening.carries,
            application_token: None,
            body: None,
        })
        .collect();
    for mut delivery in deliveries {
        if happening.carries == Carries::Nothing {
            delivery.body = Some(compose(world, &delivery));
        }
        world.outbox.push(delivery);
    }
}
