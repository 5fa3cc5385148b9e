//! Many calls in one request. Source: `settings/how-to-call-rest-api/batch.md`.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};

use super::{
    Answer, Deadline, Named, PortalApi,
    answer::ErrorField,
    query::php_query,
    time::{Lax, Time},
};
use crate::bitrix24::{
    error::{CallError, Code, Refusal},
    wire::{self, Map},
};

/// Most commands in one batch.
pub const MAX_COMMANDS: usize = 50;

/// One call inside a batch. Its builder is beside the method's own function.
///
/// The server replaces `$result[…]` inside the values of a command, so texts of persons never travel in a batch.
#[derive(Clone, PartialEq)]
pub struct Command {
    method: &'static str,
    params: Value,
    spare: bool,
}

impl Command {
    /// `params`: an object, a list for a positional method, or `null`.
    pub fn new(method: &'static str, params: Value) -> Command {
        Command { method, params, spare: false }
    }

    /// The others of its batch are of use without it: while its method rests, it stays at home.
    pub fn spare(self) -> Command {
        Command { spare: true, ..self }
    }

    /// The vendor's name of the method, such as `tasks.task.get`.
    pub fn method(&self) -> &'static str {
        self.method
    }

    pub(super) fn params(&self) -> &Value {
        &self.params
    }

    pub(in crate::bitrix24) fn line(&self) -> String {
        let query = php_query(&self.params);
        if query.is_empty() { self.method.to_owned() } else { format!("{}?{query}", self.method) }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({})", self.method)
    }
}

/// What a batch brought, by key. The whole has HTTP 200 even when every command failed.
pub struct BatchAnswer {
    results: HashMap<String, Result<Answer<Box<RawValue>>, CallError>>,
    /// The envelope's own figures; its `result` is empty.
    pub envelope: Answer<()>,
}

impl BatchAnswer {
    /// Sorts the members by the keys that were asked for. A key with an error is an error, whatever else is said of it.
    pub fn sort_out(answer: Answer<Members>, keys: &[String]) -> BatchAnswer {
        let mut raw = None;
        let envelope = answer.map(|batch| raw = Some(batch));
        let mut results = HashMap::new();
        if let Some(raw) = raw {
            let (mut times, mut totals) = (asked(raw.result_time, keys), asked(raw.result_total, keys));
            let mut nexts = asked(raw.result_next, keys);
            for (key, result) in asked(raw.result, keys) {
                let figure = |of: &mut HashMap<String, Lax<u64>>| of.remove(&key).and_then(|figure| figure.0);
                let (total, next) = (figure(&mut totals), figure(&mut nexts));
                let answer = times.remove(&key).unwrap_or_default().wrap(result, total, next);
                results.insert(key, Ok(answer));
            }
            for (key, error) in asked(raw.result_error, keys) {
                let code = error.code();
                let http = code.documented_http();
                results.insert(key, Err(CallError::Api { code, http }));
            }
        }
        BatchAnswer { results, envelope }
    }

    /// A command's answer, left where it is.
    pub(super) fn peek(&self, key: &str) -> Result<&Answer<Box<RawValue>>, &CallError> {
        self.results.get(key).map_or(Err(&CallError::NotExecuted), Result::as_ref)
    }

    /// How many commands certainly ran.
    pub fn executed(&self) -> usize {
        self.results.values().filter(|result| result.is_ok()).count()
    }

    /// Takes a command's answer out, decoded. An error of the command is an [`CallError::Api`] with the HTTP status
    /// documented for its code; a command that was not executed (or was taken already) is
    /// [`CallError::NotExecuted`].
    ///
    /// # Errors
    /// As above, and [`CallError::BadAnswer`] with a path that begins with the key.
    pub fn take<T: DeserializeOwned>(&mut self, key: &str) -> Result<Answer<T>, CallError> {
        let answer = self.results.remove(key).unwrap_or(Err(CallError::NotExecuted))?;
        let Answer { result, total, next, clock, duration, operating, operating_reset_at } = answer;
        let result = wire::decode(result.get().as_bytes());
        let result = result.map_err(|path| CallError::bad(200, format!("{key}.{path}")))?;
        Ok(Answer { result, total, next, clock, duration, operating, operating_reset_at })
    }
}

/// The five members of a batch's result, each `[]` when empty.
#[derive(Deserialize)]
pub struct Members {
    #[serde(default)]
    result: Map<Box<RawValue>>,
    #[serde(default)]
    result_error: Map<CommandError>,
    #[serde(default)]
    result_total: Map<Lax<u64>>,
    #[serde(default)]
    result_next: Map<Lax<u64>>,
    #[serde(default)]
    result_time: Map<Time>,
}

/// What was asked for, and nothing else; of a key that came twice, the last.
fn asked<V>(member: Map<V>, keys: &[String]) -> HashMap<String, V> {
    let keys: HashSet<&String> = keys.iter().collect();
    member.into_entries().into_iter().filter(|(key, _)| keys.contains(key)).collect()
}

/// `{"error":…,"error_description":…}`, or the bare code.
#[derive(Deserialize)]
#[serde(untagged)]
enum CommandError {
    Full { error: ErrorField },
    Bare(ErrorField),
}

impl CommandError {
    fn code(self) -> Code {
        let (CommandError::Full { error } | CommandError::Bare(error)) = self;
        error.0.unwrap_or_else(|| Code::parse(""))
    }
}

impl PortalApi {
    /// Up to 50 calls in one request, run in order; the server goes on after an error (`halt` is always 0). Keys are the
    /// caller's, each once. [Spare](Command::spare) commands of a method that has used up its time there stay here: each is
    /// [`CallError::Withheld`], and the others go.
    ///
    /// # Errors
    /// [`Refusal::Batch`] for more than 50 commands, a key twice or a batch inside; [`CallError::Withheld`] when another
    /// command's method has used up its time, or all of them stay here; else what became of the whole call.
    pub async fn batch(&self, commands: Vec<(String, Command)>, deadline: Deadline) -> Result<BatchAnswer, CallError> {
        lines(&commands)?;
        let rests = |command: &Command| self.rest.paces.rests(self.caller.portal, &self.endpoint, command.method);
        let stays = |(_, command): &(String, Command)| command.spare && rests(command);
        let (home, mut commands): (Vec<_>, Vec<_>) = commands.into_iter().partition(stays);
        let sent = if commands.is_empty() { home.len() } else { commands.len() };
        commands.extend(home);
        let (going, home) = commands.split_at(sent);
        let keys: Vec<String> = commands.iter().map(|(key, _)| key.clone()).collect();
        let params = json!({ "halt": 0, "cmd": lines(going)? });
        let url = self.address("", "batch")?;
        let mut watch = self.watch("batch", None).with(&commands);
        let body = Named { params: &params, token: &self.access_token };
        let mut methods: Vec<&str> = going.iter().map(|(_, command)| command.method).collect();
        methods.dedup();
        let answer = watch.read::<Members>(self.paced(&methods, self.send(url, &body, None, deadline)).await);
        let mut sorted = self.learn("batch", answer).map(|answer| BatchAnswer::sort_out(answer, &keys));
        if let Ok(sorted) = &mut sorted {
            for (key, command) in going {
                sorted.results.get(key).into_iter().for_each(|result| self.note(command.method, result));
            }
            let withheld =
                |(key, _): &(String, Command)| (key.clone(), Err(CallError::Withheld(Code::OperationTimeLimit)));
            sorted.results.extend(home.iter().map(withheld));
        }
        watch.sorted(&keys, &sorted);
        sorted
    }
}

impl PortalApi {
    fn note(&self, method: &str, result: &Result<Answer<Box<RawValue>>, CallError>) {
        self.rest.paces.learn(self.caller.portal, &self.endpoint, method, result);
    }
}

fn lines(commands: &[(String, Command)]) -> Result<serde_json::Map<String, Value>, CallError> {
    let cmd: serde_json::Map<String, Value> =
        commands.iter().map(|(key, command)| (key.clone(), command.line().into())).collect();
    let barred = commands.iter().any(|(_, command)| command.method.eq_ignore_ascii_case("batch"));
    if barred || cmd.len() != commands.len() || cmd.is_empty() || cmd.len() > MAX_COMMANDS {
        return Err(CallError::Refused(Refusal::Batch));
    }
    Ok(cmd)
}
