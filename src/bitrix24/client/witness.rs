//! Who sees every call. This client names nothing of the application: what it is told about a caller it passes on.

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::{Answer, BatchAnswer, Command, Rest, read_answer};
use crate::bitrix24::{
    egress::Incoming,
    error::{CallError, Code},
};

/// For whom a call is made, as the application knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The member_id as 128 bits.
    pub portal: Uuid,
    /// The person whose token it is; in an answer that names none, nobody.
    pub user: Option<i64>,
    /// The token keeps the portal in order and acts for nobody.
    pub installer: bool,
}

/// What became of a call, or of a command in a batch, without a word of its request or its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The vendor's name; `oauth/token` for the token endpoint.
    pub method: String,
    /// The task that it is about, if its parameters name one.
    pub task: Option<i64>,
    /// Status of the answer; of a command in a batch, the one documented for its error.
    pub http: Option<u16>,
    /// The vendor's error code, if it is one of the documented ones.
    pub code: Option<&'static str>,
    /// Why there is no usable answer and no documented code.
    pub trouble: Option<Trouble>,
    /// Until the last byte of the answer; of a command, as long as the portal says that it worked on it.
    pub took: Option<Duration>,
    /// Seconds that the method has used of the portal's budget.
    pub operating: Option<f64>,
}

/// Why there is no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection: certainly not sent.
    Unreachable,
    /// Sent, or perhaps sent, and no answer came.
    Lost,
    /// Whoever waited for the answer went away first.
    Abandoned,
    /// Our own door did not let it out.
    NotSent,
    /// The portal lives elsewhere.
    Moved,
    /// Not what the method promises, or too large.
    BadAnswer,
    /// An error code that is in no list of the vendor's.
    OtherCode,
    /// The batch left this command out.
    NotExecuted,
}

/// One request, and the commands in it if it is a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSeen {
    /// Nobody, as long as nobody is proved.
    pub caller: Option<Caller>,
    /// The request.
    pub call: Seen,
    /// The commands of a batch, in their order.
    pub commands: Vec<Seen>,
}

/// Told of every request when it is over. Must not wait for anything: the caller does.
pub trait Witness: Send + Sync {
    /// A request is over, whatever became of it.
    fn saw(&self, call: CallSeen);
}

impl Seen {
    fn begun(method: &str, task: Option<i64>) -> Seen {
        let trouble = Some(Trouble::Abandoned);
        Seen { method: method.to_owned(), task, http: None, code: None, trouble, took: None, operating: None }
    }

    fn end(&mut self, http: Option<u16>, ended: Result<Option<f64>, &CallError>) {
        self.trouble = None;
        match ended {
            Ok(operating) => {
                self.http = http;
                self.operating = operating;
            }
            Err(error) => {
                self.http = http.or(error.http());
                self.code = error.code().and_then(Code::documented);
                self.trouble = if self.code.is_some() { None } else { Some(Trouble::of(error)) };
            }
        }
    }
}

impl Trouble {
    fn of(error: &CallError) -> Trouble {
        match error {
            CallError::Api { .. } => Trouble::OtherCode,
            CallError::Unreachable => Trouble::Unreachable,
            CallError::Lost => Trouble::Lost,
            CallError::BadAnswer { .. } | CallError::TooLarge { .. } => Trouble::BadAnswer,
            CallError::Moved { .. } => Trouble::Moved,
            CallError::Refused(_) | CallError::Withheld(_) => Trouble::NotSent,
            CallError::NotExecuted => Trouble::NotExecuted,
        }
    }
}

/// The task that named parameters, or the first positional one of a `task.*` method, are about.
pub(super) fn task_of(method: &str, params: &Value) -> Option<i64> {
    let id = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
    match params {
        Value::Object(named) => {
            let fields = named.get("fields");
            named.get("taskId").or_else(|| fields?.get("taskId")).and_then(id)
        }
        Value::Array(args) if method.starts_with("task.") => args.first().and_then(id),
        _ => None,
    }
}

/// Looks at one request from its beginning, and tells when it is dropped: so a call is told as well when whoever waited
/// for it goes away.
pub(in crate::bitrix24) struct Watch {
    rest: Rest,
    seen: CallSeen,
    began: Instant,
}

impl Watch {
    pub(in crate::bitrix24) fn begin(rest: &Rest, caller: Option<Caller>, method: &str, task: Option<i64>) -> Watch {
        let seen = CallSeen { caller, call: Seen::begun(method, task), commands: Vec::new() };
        Watch { rest: rest.clone(), seen, began: Instant::now() }
    }

    pub(super) fn with(mut self, commands: &[(String, Command)]) -> Watch {
        let begun = |command: &Command| Seen::begun(command.method(), task_of(command.method(), command.params()));
        self.seen.commands = commands.iter().map(|(_, command)| begun(command)).collect();
        self
    }

    /// Who is proved to ask, where only the answer tells.
    pub(in crate::bitrix24) fn proved(&mut self, caller: Option<Caller>) {
        self.seen.caller = self.seen.caller.or(caller);
    }

    /// Reads the answer and notes what it is.
    pub(in crate::bitrix24) fn read<T: DeserializeOwned>(
        &mut self,
        incoming: Result<Incoming, CallError>,
    ) -> Result<Answer<T>, CallError> {
        let http = incoming.as_ref().ok().map(|incoming| incoming.http);
        let read = incoming.and_then(|incoming| read_answer(&incoming));
        self.ended(http, &read, |answer| answer.operating);
        read
    }

    /// Notes what the request came to.
    pub(in crate::bitrix24) fn ended<T>(
        &mut self,
        http: Option<u16>,
        ended: &Result<T, CallError>,
        operating: impl Fn(&T) -> Option<f64>,
    ) {
        self.seen.call.took = Some(self.began.elapsed());
        self.seen.call.end(http, ended.as_ref().map(operating));
    }

    /// Notes what each command came to; when the whole batch came to nothing, that is what each did.
    pub(super) fn sorted(&mut self, keys: &[String], sorted: &Result<BatchAnswer, CallError>) {
        for (command, key) in self.seen.commands.iter_mut().zip(keys) {
            let answer = sorted.as_ref().and_then(|batch| batch.peek(key));
            command.took = answer.ok().and_then(|a| a.duration).and_then(|s| Duration::try_from_secs_f64(s).ok());
            command.end(answer.is_ok().then_some(200), answer.map(|answer| answer.operating));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.seen.call.took.get_or_insert(self.began.elapsed());
        if let Some(witness) = &self.rest.witness {
            let nothing = Seen::begun("", None);
            let call = std::mem::replace(&mut self.seen.call, nothing);
            let commands = std::mem::take(&mut self.seen.commands);
            witness.saw(CallSeen { caller: self.seen.caller, call, commands });
        }
    }
}
