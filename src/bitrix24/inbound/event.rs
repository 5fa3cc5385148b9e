//! An event of the portal: a hint that something is to be read again. Whatever it says is a claim.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{
    InboundError, MemberId,
    form::{self, Form, Place, SHORT},
    malformed,
    opening::{list, number},
};
use crate::bitrix24::wire::{Id, Scalar};

/// One delivery; there is never a second one of the same event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Upper case, such as `ONTASKUPDATE`.
    pub event: String,
    /// Unix seconds, the portal's clock.
    pub ts: Option<u64>,
    /// Nested objects of texts. In place of an object the text `undefined` may stand.
    pub data: Map<String, Value>,
    /// From whom it claims to be, with that portal's shared secret.
    pub auth: EventAuth,
    /// The portal's number of the handler that this was posted to; `None` where none or no id came.
    pub event_handler_id: Option<Id>,
}

/// Who sends, as he says. The tokens come only when a person could be named, the refresh token only with the events of
/// the application's own life.
#[derive(Clone, Debug)]
pub struct EventAuth {
    /// The portal that the event claims to come from.
    pub member_id: MemberId,
    /// The shared secret of portal and application; every employee can read it.
    pub application_token: Option<SecretString>,
    /// Of whoever acted, or of the user whom the binding names (`auth_type`).
    pub access_token: Option<SecretString>,
    /// Of the same person.
    pub refresh_token: Option<SecretString>,
    /// Seconds.
    pub expires_in: Option<u64>,
    /// Owner of the tokens, as the event says; `None` where none or no id came.
    pub user_id: Option<Id>,
    /// Host of the portal. Only ever compared or logged.
    pub domain: Option<String>,
    /// Where the portal says that its methods are called; calls go where the authorization server says.
    pub client_endpoint: Option<String>,
    /// Attacker-controlled: may select an entry of our own list, nothing else.
    pub server_endpoint: Option<String>,
    /// Scopes of the access token; empty when missing.
    pub scope: Vec<String>,
    /// `L`, `F`, `D`, `T`, `P` or `S`. Informational.
    pub status: Option<String>,
}

impl Event {
    /// Decodes a raw query string and a raw body; every field stands in the body.
    ///
    /// # Errors
    /// As for [`PageOpening::decode`](super::PageOpening::decode); a missing `event` or `auth[member_id]`.
    pub fn decode(query: &str, body: &[u8]) -> Result<Event, InboundError> {
        let form = Form::decode(query, body)?;
        let event =
            form.take(Place::Body, "event", SHORT)?.filter(|name| !name.is_empty()).ok_or(malformed("event"))?;
        let handler = form.take(Place::Body, "event_handler_id", SHORT)?;
        let ts = number(form.take(Place::Body, "ts", SHORT)?, "ts")?;
        let data = match form.tree("data")? {
            Some(Value::Object(data)) => data,
            _ => Map::new(),
        };
        let auth = match form.tree("auth")? {
            Some(Value::Object(auth)) => EventAuth::read(&auth)?,
            _ => return Err(malformed("auth")),
        };
        let event_handler_id = handler.and_then(|id| Id::read(id.into()).ok().flatten());
        Ok(Event { event: event.to_ascii_uppercase(), ts, data, auth, event_handler_id })
    }

    /// A value deep in the data; `None` where the path leads to `undefined`, to nothing or to an object.
    pub fn value(&self, path: &[&str]) -> Option<&str> {
        let (first, rest) = path.split_first()?;
        let found = rest.iter().try_fold(self.data.get(*first)?, |branch, key| branch.get(key))?;
        found.as_str().filter(|text| *text != "undefined")
    }

    /// The task that the event is about: that of a comment, else the object after, else the object before.
    pub fn task_id(&self) -> Option<Id> {
        let paths = [["FIELDS_AFTER", "TASK_ID"], ["FIELDS_AFTER", "ID"], ["FIELDS_BEFORE", "ID"]];
        paths.iter().find_map(|path| self.value(path).and_then(|text| text.parse().ok()))
    }
}

impl EventAuth {
    fn read(auth: &Map<String, Value>) -> Result<EventAuth, InboundError> {
        let secret = |name| form::secret(text(auth, name, form::TOKEN)?, name);
        let plain = |name| text(auth, name, SHORT);
        let member_id = plain("member_id")?.as_deref().and_then(MemberId::parse).ok_or(malformed("member_id"))?;
        Ok(EventAuth {
            member_id,
            application_token: secret("application_token")?,
            access_token: secret("access_token")?,
            refresh_token: secret("refresh_token")?,
            // Nobody's decision hangs on it, and an event never comes twice.
            expires_in: number(plain("expires_in")?, "expires_in").unwrap_or_default(),
            user_id: plain("user_id")?.and_then(|id| Id::read(id.into()).ok().flatten()),
            domain: plain("domain")?,
            client_endpoint: plain("client_endpoint")?,
            server_endpoint: plain("server_endpoint")?,
            scope: list(plain("scope")?),
            status: plain("status")?,
        })
    }
}

/// A field of the block: a text, whole and not too long.
fn text(auth: &Map<String, Value>, name: &'static str, longest: usize) -> Result<Option<String>, InboundError> {
    match auth.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if text.len() <= longest => Ok(Some(text.clone())),
        Some(_) => Err(malformed(name)),
    }
}
