//! The event queue: what happened, to whom it is told, and the background sender. One try each, as the vendor's.

use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::tokens::{ACCESS_SECONDS, Grant};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

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
        Self {
            event: event.to_owned(),
            data,
            user_id,
            carries: Carries::Access,
            only_client: None,
        }
    }

    pub fn application(event: &str, user_id: u64, data: Vec<(&str, String)>) -> Self {
        let data = data
            .into_iter()
            .map(|(key, value)| (format!("[{key}]"), value))
            .collect();
        let carries = if event == "ONAPPUNINSTALL" {
            Carries::Nothing
        } else {
            Carries::Pair
        };
        Self {
            event: event.to_owned(),
            data,
            user_id,
            carries,
            only_client: None,
        }
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
    in_flight: usize,
    wake: Arc<Notify>,
}

impl Outbox {
    pub fn undelivered(&self) -> usize {
        self.waiting.len() + self.in_flight
    }

    pub fn push(&mut self, delivery: Delivery) {
        self.waiting.push_back(delivery);
        self.wake.notify_one();
    }

    fn next(&mut self) -> Option<Delivery> {
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
    let handlers = portal
        .handlers
        .iter()
        .filter(|row| row.event == happening.event && heard(&row.client_id));
    let deliveries: Vec<Delivery> = handlers
        .map(|row| Delivery {
            member_id: member_id.to_owned(),
            client_id: row.client_id.clone(),
            url: row.handler.clone(),
            event: happening.event.clone(),
            handler_id: row.id,
            data: happening.data.clone(),
            user_id: if row.auth_type == 0 {
                happening.user_id
            } else {
                row.auth_type
            },
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

/// The form-encoded body with PHP bracket keys.
pub fn compose(world: &mut World, delivery: &Delivery) -> String {
    let now = world.now();
    let mut pairs: Vec<(String, String)> = vec![
        ("event".into(), delivery.event.clone()),
        ("event_handler_id".into(), delivery.handler_id.to_string()),
    ];
    pairs.extend(
        delivery
            .data
            .iter()
            .map(|(key, value)| (format!("data{key}"), value.clone())),
    );
    pairs.push(("ts".into(), now.timestamp().to_string()));
    pairs.extend(
        auth(world, delivery)
            .into_iter()
            .map(|(key, value)| (format!("auth[{key}]"), value)),
    );
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn auth(world: &mut World, delivery: &Delivery) -> Vec<(&'static str, String)> {
    let now = world.now();
    let mut out = Vec::new();
    let Some(portal) = world.portals.get(&delivery.member_id) else {
        return out;
    };
    let known = portal.users.get(&delivery.user_id).is_some_and(|user| user.active);
    let app = portal.apps.get(&delivery.client_id);
    let own_token = app.map(|app| app.application_token.clone()).unwrap_or_default();
    if known && delivery.carries != Carries::Nothing {
        let grant = Grant {
            member_id: delivery.member_id.clone(),
            client_id: delivery.client_id.clone(),
            user_id: delivery.user_id,
        };
        let pair = (delivery.carries == Carries::Pair).then(|| world.tokens.issue(&grant, now));
        let access = pair.as_ref().map(|pair| pair.access_token.clone());
        out.push((
            "access_token",
            access.unwrap_or_else(|| world.tokens.issue_access(&grant, now)),
        ));
        out.extend(pair.map(|pair| ("refresh_token", pair.refresh_token)));
        out.push(("expires", (now.timestamp() + ACCESS_SECONDS).to_string()));
        out.push(("expires_in", ACCESS_SECONDS.to_string()));
        out.push(("scope", portal.settings.scopes.join(",")));
        out.push(("status", app.map_or("F", |app| app.status.as_str()).to_owned()));
        out.push(("user_id", delivery.user_id.to_string()));
    }
    out.push(("domain", portal.domain.clone()));
    out.push(("server_endpoint", format!("http://{}:{}/rest/", world.home, world.port)));
    out.push(("client_endpoint", portal.client_endpoint()));
    out.push(("member_id", portal.member_id.clone()));
    out.push((
        "application_token",
        delivery.application_token.clone().unwrap_or(own_token),
    ));
    out
}

/// Sends for ever; a slow handler does not hold up the others.
pub async fn deliver(sandbox: Arc<Sandbox>) {
    let permits = Arc::new(Semaphore::new(64));
    let wake = sandbox.world().outbox.wake.clone();
    loop {
        let next = sandbox.world().outbox.next();
        let Some(delivery) = next else {
            wake.notified().await;
            continue;
        };
        let Ok(permit) = permits.clone().acquire_owned().await else {
            return;
        };
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            let status = send(&sandbox, &delivery).await;
            tracing::info!(event = delivery.event, url = delivery.url, ?status, "event delivered");
            sandbox.world().outbox.in_flight -= 1;
            drop(permit);
        });
    }
}

/// The HTTP status the handler gave, if it answered at all.
pub async fn send(sandbox: &Sandbox, delivery: &Delivery) -> Option<u16> {
    let body = match &delivery.body {
        Some(body) => body.clone(),
        None => compose(&mut sandbox.world(), delivery),
    };
    let request = sandbox
        .http
        .post(&delivery.url)
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = request.timeout(Duration::from_secs(15)).body(body).send().await;
    answer.ok().map(|answer| answer.status().as_u16())
}
