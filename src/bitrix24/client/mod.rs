//! Calls: by name, by position, REST 3.0, and many in one.
//!
//! Source: `settings/how-to-call-rest-api/general-principles.md`, `settings/how-to-call-rest-api/data-encoding.md`,
//! `api-reference/rest-v3.md`. The token travels in the body alone: addresses end in logs.

mod answer;
mod batch;
mod pace;
mod query;
#[cfg(test)]
mod tests;
mod time;
mod witness;

use std::{fmt, future::Future, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::{
    egress::{Egress, Incoming, Lane, Outgoing},
    error::{CallError, Refusal},
};
pub use answer::Answer;
pub(in crate::bitrix24) use answer::{as_result, read_answer};
pub use batch::{BatchAnswer, Command, MAX_COMMANDS, Members};
use pace::Paces;
pub use pace::behind;
pub(in crate::bitrix24) use witness::Watch;
use witness::task_of;
pub use witness::{CallSeen, Caller, Seen, Trouble, Witness};

/// How long a whole call may take, from the name lookup to the last byte of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(pub Duration);

impl Deadline {
    /// 20 s, for what only reads.
    pub const READ: Deadline = Deadline(Duration::from_secs(20));
    /// 65 s, for what changes something: the vendor cuts at 60.
    pub const WRITE: Deadline = Deadline(Duration::from_secs(65));
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Rest {
    egress: Egress,
    paces: Paces,
    witness: Option<Arc<dyn Witness>>,
}

impl Rest {
    /// A client that knows no portal's pace yet and tells nobody; every call of it goes through this door.
    pub fn new(egress: Egress) -> Rest {
        Rest { egress, paces: Paces::default(), witness: None }
    }

    /// The same, with somebody who is told of every request.
    pub fn watched_by(self, witness: Arc<dyn Witness>) -> Rest {
        Rest { witness: Some(witness), ..self }
    }

    /// The portal at this endpoint said which licence it has (`LICENSE_FAMILY` of its `app.info`), which decides its pace.
    pub fn licensed(&self, portal: Uuid, endpoint: &Url, family: Option<&str>) {
        self.paces.licensed(portal, endpoint, family.is_some_and(|family| family.eq_ignore_ascii_case("ent")));
    }

    /// The door that its calls go through.
    pub fn egress(&self) -> &Egress {
        &self.egress
    }

    /// One person's access to one portal. `endpoint` is the portal's `client_endpoint` (`…/rest/`), as the
    /// authorization server named it; `caller` is for the witness, and has a pace of its own.
    pub fn portal(&self, endpoint: Url, access_token: SecretString, caller: Caller) -> PortalApi {
        PortalApi { rest: self.clone(), endpoint, access_token, caller }
    }

    /// A question to an authorization server, as JSON.
    pub(in crate::bitrix24) async fn ask(
        &self,
        url: Url,
        body: &impl Serialize,
        deadline: Deadline,
    ) -> Result<Incoming, CallError> {
        self.authorize(url, "application/json", written(body)?, deadline).await
    }

    /// The same with a form.
    pub(in crate::bitrix24) async fn ask_form(
        &self,
        url: Url,
        body: Vec<u8>,
        deadline: Deadline,
    ) -> Result<Incoming, CallError> {
        self.authorize(url, "application/x-www-form-urlencoded", body, deadline).await
    }

    async fn authorize(
        &self,
        url: Url,
        content_type: &'static str,
        body: Vec<u8>,
        Deadline(deadline): Deadline,
    ) -> Result<Incoming, CallError> {
        let lane = Lane::Authorization;
        self.egress.post(Outgoing { url, content_type, body, idempotency_key: None, deadline, lane }).await
    }
}

fn written(body: &impl Serialize) -> Result<Vec<u8>, CallError> {
    serde_json::to_vec(body).map_err(|_| CallError::Refused(Refusal::Request))
}

/// One person's access to one portal: every vendor method is a function that takes this.
#[derive(Clone)]
pub struct PortalApi {
    rest: Rest,
    endpoint: Url,
    access_token: SecretString,
    caller: Caller,
}

impl fmt::Debug for PortalApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PortalApi").field("host", &self.endpoint.host_str()).finish_non_exhaustive()
    }
}

impl PortalApi {
    /// The portal's `client_endpoint`, under which its methods are called.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Calls a method with named parameters (a JSON object, or `null` for none).
    ///
    /// # Errors
    /// Whatever became of the call; see [`CallError`].
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: Value,
        deadline: Deadline,
    ) -> Result<Answer<T>, CallError> {
        let url = self.address("", method)?;
        let body = Named { params: &params, token: &self.access_token };
        let mut watch = self.watch(method, task_of(method, &params));
        let answer = watch.read(self.paced(&[method], self.send(url, &body, None, deadline)).await);
        self.learn(method, answer)
    }

    /// Calls an old `task.*` method: the server takes the values in their order and ignores names, so the body's keys
    /// are `"0"`, `"1"`, …, `"auth"`, written in this order.
    ///
    /// # Errors
    /// Whatever became of the call; see [`CallError`].
    pub async fn call_positional<T: DeserializeOwned>(
        &self,
        method: &str,
        args: &[Value],
        deadline: Deadline,
    ) -> Result<Answer<T>, CallError> {
        let url = self.address("", method)?;
        let body = Positional { args, token: &self.access_token };
        let mut watch = self.watch(method, task_of(method, &args.into()));
        let answer = watch.read(self.paced(&[method], self.send(url, &body, None, deadline)).await);
        self.learn(method, answer)
    }

    /// Calls a REST 3.0 method, which lives under `/rest/api/`. With `idempotency_key` (1 to 255 printable ASCII
    /// characters) the server repeats the stored answer of a successful call for 24 h instead of running it again.
    /// A portal without REST 3.0 answers 404 `ERROR_METHOD_NOT_FOUND`.
    ///
    /// # Errors
    /// Whatever became of the call; see [`CallError`].
    pub async fn call_v3<T: DeserializeOwned>(
        &self,
        method: &str,
        params: Value,
        idempotency_key: Option<&str>,
        deadline: Deadline,
    ) -> Result<Answer<T>, CallError> {
        let sendable = |key: &str| (1..=255).contains(&key.len()) && key.bytes().all(|b| (0x20..0x7f).contains(&b));
        if idempotency_key.is_some_and(|key| !sendable(key)) {
            return Err(CallError::Refused(Refusal::Request));
        }
        let url = self.address("api/", method)?;
        let body = Named { params: &params, token: &self.access_token };
        let mut watch = self.watch(method, task_of(method, &params));
        let sent = self.send(url, &body, idempotency_key.map(str::to_owned), deadline);
        let answer = watch.read(self.paced(&[method], sent).await);
        self.learn(method, answer)
    }

    async fn send(
        &self,
        url: Url,
        body: &impl Serialize,
        idempotency_key: Option<String>,
        Deadline(deadline): Deadline,
    ) -> Result<Incoming, CallError> {
        let (body, content_type) = (written(body)?, "application/json");
        let lane = Lane::Portal(self.caller.portal);
        self.rest.egress.post(Outgoing { url, content_type, body, idempotency_key, deadline, lane }).await
    }

    /// Waits until the portal may be asked, and then sends.
    async fn paced(
        &self,
        methods: &[&str],
        sent: impl Future<Output = Result<Incoming, CallError>>,
    ) -> Result<Incoming, CallError> {
        self.rest.paces.enter(self.caller.portal, &self.endpoint, methods).await?;
        sent.await
    }

    fn learn<T>(&self, method: &str, answer: Result<Answer<T>, CallError>) -> Result<Answer<T>, CallError> {
        self.rest.paces.learn(self.caller.portal, &self.endpoint, method, &answer);
        answer
    }

    fn watch(&self, method: &str, task: Option<i64>) -> Watch {
        Watch::begin(&self.rest, Some(self.caller), method, task)
    }

    /// `client_endpoint` + method name. A method name holds letters, digits and dots: anything else could leave the
    /// endpoint.
    fn address(&self, generation: &str, method: &str) -> Result<Url, CallError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_';
        if method.is_empty() || method.contains("..") || !method.bytes().all(plain) {
            return Err(CallError::Refused(Refusal::Request));
        }
        let mut url = self.endpoint.clone();
        let base = url.path().trim_end_matches('/');
        let path = format!("{base}/{generation}{method}");
        url.set_path(&path);
        Ok(url)
    }
}

struct Named<'a> {
    params: &'a Value,
    token: &'a SecretString,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut body = to.serialize_map(None)?;
        match self.params {
            Value::Null => {}
            Value::Object(params) => {
                for (name, value) in params {
                    body.serialize_entry(name, value)?;
                }
            }
            _ => return Err(serde::ser::Error::custom("parameters are an object")),
        }
        body.serialize_entry("auth", self.token.expose_secret())?;
        body.end()
    }
}

struct Positional<'a> {
    args: &'a [Value],
    token: &'a SecretString,
}

impl Serialize for Positional<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut body = to.serialize_map(Some(self.args.len() + 1))?;
        for (position, value) in self.args.iter().enumerate() {
            body.serialize_entry(&position.to_string(), value)?;
        }
        body.serialize_entry("auth", self.token.expose_secret())?;
        body.end()
    }
}
