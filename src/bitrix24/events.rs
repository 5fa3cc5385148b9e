//! Which events a portal sends us. Sources: `api-reference/events/event-get.md`, `api-reference/events/event-bind.md`,
//! `api-reference/events/event-unbind.md`.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{
    client::Command,
    wire::{Map, optional, required},
};

/// One bound handler.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct EventHandler {
    /// Upper case, such as `ONTASKUPDATE`.
    #[serde(deserialize_with = "required")]
    pub event: String,
    /// The address to which the events are posted.
    #[serde(default, deserialize_with = "optional")]
    pub handler: Option<String>,
    /// The user whose token the events carry; `None` (0) = the one who acted.
    #[serde(default, deserialize_with = "optional")]
    pub auth_type: Option<i64>,
    /// Whether the portal collects these events until somebody fetches them, and posts none.
    #[serde(default, deserialize_with = "optional")]
    pub offline: Option<bool>,
}

/// What `event.get` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventHandlers(pub Vec<EventHandler>);

impl<'de> Deserialize<'de> for EventHandlers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(EventHandlers(Map::deserialize(from)?.into_values()))
    }
}

/// How many rows were removed. `placement.unbind` counts each twice: only "more than none" means something.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub struct Removed {
    /// As the portal counts.
    #[serde(deserialize_with = "required")]
    pub count: u64,
}

/// Decoded by [`EventHandlers`].
pub fn event_get_command() -> Command {
    Command::new("event.get", Value::Null)
}

/// `event.bind`, for an administrator's token. A second binding of the same pair is `ERROR_CORE`
/// ([`Reaction::MaybeDone`](super::error::Reaction::MaybeDone)): look with [`event_get_command`]. Decoded by
/// [`Yes`](super::app::Yes).
pub fn event_bind_command(event: &str, handler: &str) -> Command {
    Command::new("event.bind", bind_params(event, handler))
}

/// `event.unbind` of one handler of one event. Decoded by [`Removed`].
pub fn event_unbind_command(event: &str, handler: &str) -> Command {
    Command::new("event.unbind", bind_params(event, handler))
}

fn bind_params(event: &str, handler: &str) -> Value {
    json!({ "event": event, "handler": handler })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitrix24::{app::Yes, client::read_answer, egress::Incoming};

    fn read<T: serde::de::DeserializeOwned>(body: &str) -> T {
        let incoming = Incoming { http: 200, body: body.as_bytes().to_vec(), location: None };
        read_answer(&incoming).unwrap().result
    }

    #[test]
    fn recorded_answers_read() {
        let handlers = read::<EventHandlers>(include_str!("examples/event.get.json")).0;
        assert_eq!((handlers[0].event.as_str(), handlers[0].auth_type), ("ONTASKUPDATE", Some(0)));
        assert_eq!((handlers[1].auth_type, handlers[1].offline), (Some(15), Some(false)));
        assert!(read::<Yes>(include_str!("examples/event.bind.json")).0);
        assert_eq!(read::<Removed>(include_str!("examples/event.unbind.json")).count, 1);
        assert!(read::<EventHandlers>(r#"{"result":[]}"#).0.is_empty());
    }
}
