//! The classic `batch`: up to fifty commands as PHP queries, one after the other, each with its own cost.

use crate::answer::{Refusal, Reply, Time, map_or_list, time_block};
use crate::faults::Kind;
use crate::php::Php;
use crate::rest::context::{Caller, zone};
use crate::rest::request::{Request, method_name};
use crate::rest::run::{Call, inner_fault, one, open_row};
use crate::rest::{batch_refs, methods};
use crate::sandbox::Sandbox;
use crate::wire::{self, Answered};
use serde_json::{Value, json};
use std::time::Instant;

const MOST: usize = 50;

/// The five members of the answer, each `[]` while empty.
#[derive(Default)]
pub struct Members {
    pub result: Vec<(String, Value)>,
    error: Vec<(String, Value)>,
    pub total: Vec<(String, Value)>,
    pub next: Vec<(String, Value)>,
    time: Vec<(String, Value)>,
}

/// A fault inside the batch that takes the whole answer with it.
enum Stop {
    Whole(Answered),
}

type Done = Result<(Reply, Value), Refusal>;

/// One batch under way.
struct Batch<'a> {
    sandbox: &'a Sandbox,
    request: &'a Request,
    caller: &'a Caller,
    seq: u64,
    members: Members,
    /// A fault spoiled the whole answer.
    garbage: bool,
}

/// One command as it was read, with its row in the journal.
struct Command {
    name: String,
    params: Php,
    seq: u64,
}

pub async fn run(sandbox: &Sandbox, request: &Request, caller: &Caller, seq: u64, start: Time) -> Answered {
    let mut batch = Batch { sandbox, request, caller, seq, members: Members::default(), garbage: false };
    if let Err(Stop::Whole(answer)) = batch.all().await {
        return answer;
    }
    if batch.garbage {
        return wire::garbage();
    }
    let world = sandbox.world();
    let time = time_block(start, world.now(), zone(&world, &request.member_id), None);
    Answered::Json { status: 200, body: json!({"result": batch.members.into_json(), "time": time}) }
}

/// The methods of a batch's commands; nothing for any other request.
pub fn commands(params: &Php) -> Vec<String> {
    let commands = params.get_any_case("cmd").map_or(&[][..], Php::pairs);
    commands.iter().filter_map(|(_, command)| Some(method_name(command.text()?.split('?').next()?))).collect()
}

impl Members {
    fn into_json(self) -> Value {
        json!({
            "result": map_or_list(self.result), "result_error": map_or_list(self.error),
            "result_total": map_or_list(self.total), "result_next": map_or_list(self.next),
            "result_time": map_or_list(self.time),
        })
    }

    fn take(&mut self, key: &str, reply: Reply, time: Value) {
        self.result.push((key.to_owned(), reply.result));
        self.total.extend(reply.total.map(|total| (key.to_owned(), json!(total))));
        self.next.extend(reply.next.map(|next| (key.to_owned(), json!(next))));
        self.time.push((key.to_owned(), time));
    }
}

impl Batch<'_> {
    async fn all(&mut self) -> Result<(), Stop> {
        let (request, empty) = (self.request, Php::empty());
        let commands = request.params.get_any_case("cmd").unwrap_or(&empty);
        let halt = request.params.get_any_case("halt").and_then(Php::text);
        let halt = halt.is_some_and(|halt| halt != "0" && !halt.is_empty());
        // A command that is no string is skipped without a word.
        let commands = commands.pairs().iter().filter_map(|(key, value)| Some((key, value.text()?)));
        for (at, (key, command)) in commands.enumerate() {
            let done = match at {
                at if at >= MOST => Err(Refusal::new(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")),
                _ => self.one(&command).await?,
            };
            match done {
                Ok((reply, time)) => self.members.take(key, reply, time),
                Err(refusal) => {
                    self.members.error.push((key.clone(), refusal.body()));
                    if halt {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// One command: its journal row, its fault, its run.
    async fn one(&mut self, text: &str) -> Result<Done, Stop> {
        let begun = Instant::now();
        let command = self.read(text);
        let fault = inner_fault(self.sandbox, self.request, &command.name);
        let done = self.perform(&command, fault.as_ref()).await;
        self.garbage |= matches!(fault, Some(Kind::GarbageAfter));
        if let Some(row) = self.sandbox.world().journal.row(command.seq) {
            row.ms = Some(begun.elapsed().as_secs_f64() * 1000.0);
            match &done {
                Ok(Ok(_)) => row.status = Some(200),
                Ok(Err(refusal)) => {
                    row.status = Some(refusal.status);
                    row.code = Some(refusal.code.clone());
                }
                Err(_) => {}
            }
        }
        done
    }

    /// `method?query` in PHP's manner, with references to earlier answers filled in.
    fn read(&self, text: &str) -> Command {
        let (name, query) = text.split_once('?').unwrap_or((text, ""));
        let (name, mut params) = (method_name(name), Php::from_query(query));
        for reserved in ["auth", "access_token", "state"] {
            params.remove(reserved);
        }
        batch_refs::fill(&mut params, &self.members);
        let mut world = self.sandbox.world();
        let seq = open_row(&mut world, self.request, Some(self.seq), &name, &params);
        if let Some(row) = world.journal.row(seq) {
            row.user_id = Some(self.caller.user_id);
            row.client_id = Some(self.caller.client_id.clone());
        }
        Command { name, params, seq }
    }

    async fn perform(&self, command: &Command, fault: Option<&Kind>) -> Result<Done, Stop> {
        if let Some(early) = early(fault).await {
            return early;
        }
        if matches!(command.name.as_str(), "batch" | "upload" | "download") {
            let text = "Method is not allowed for batch usage";
            return Ok(Err(Refusal::new(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", text)));
        }
        let done = self.execute(command).await;
        match (fault, done) {
            (Some(Kind::DropAfter), _) => Err(Stop::Whole(Answered::Cut)),
            (Some(Kind::Patch { pointer, value }), Ok((mut reply, time))) => {
                // The pointer means the same place as for a request of its own: it starts above `result`.
                let mut body = json!({"result": reply.result});
                wire::set(&mut body, pointer, value.clone());
                reply.result = body["result"].take();
                Ok(Ok((reply, time)))
            }
            (_, done) => Ok(done),
        }
    }

    async fn execute(&self, command: &Command) -> Done {
        let method = methods::classic(&command.name).ok_or_else(Refusal::method_not_found)?;
        let (member_id, start) = (self.request.member_id.as_str(), self.sandbox.world().now());
        let call = Call { member_id, caller: self.caller, method: &method, params: &command.params, seq: command.seq };
        match one(self.sandbox, &call).await {
            Ok((outcome, operating)) => outcome.map(|reply| {
                let world = self.sandbox.world();
                (reply, time_block(start, world.now(), zone(&world, member_id), operating))
            }),
            // The reason for a missing scope stays unsaid inside a batch.
            Err(refusal) if refusal.code == "insufficient_scope" => Err(Refusal::new(403, "insufficient_scope", "")),
            Err(refusal) => Err(refusal),
        }
    }
}

/// What a fault does before the command: a refusal of the command, or the end of the whole answer.
async fn early(fault: Option<&Kind>) -> Option<Result<Done, Stop>> {
    let answer = wire::before(fault?).await?;
    let refusal = |status: u16, body: Value| {
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        Ok(Err(Refusal::new(status, &text("error"), &text("error_description"))))
    };
    Some(match answer {
        Answered::Json { status, body } => refusal(status, body),
        whole => Err(Stop::Whole(whole)),
    })
}
