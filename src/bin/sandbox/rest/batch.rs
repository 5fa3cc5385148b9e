//! The classic `batch`: up to fifty commands as PHP queries, one after the other, each with its own cost.

use crate::answer::{Refusal, Time, map_or_list, time_block};
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

pub async fn run(sandbox: &Sandbox, request: &Request, caller: &Caller, seq: u64, start: Time) -> Answered {
    let empty = Php::empty();
    let commands = request.params.get_any_case("cmd").unwrap_or(&empty);
    let halt = request
        .params
        .get_any_case("halt")
        .and_then(Php::text)
        .is_some_and(|halt| halt != "0" && !halt.is_empty());
    let mut members = Members::default();
    let mut garbage = false;
    // A command that is no string is skipped without a word.
    let commands = commands
        .pairs()
        .iter()
        .filter_map(|(key, value)| Some((key, value.text()?)));
    for (at, (key, command)) in commands.enumerate() {
        let done = match at {
            at if at >= MOST => Err(Refusal::new(
                400,
                "ERROR_BATCH_LENGTH_EXCEEDED",
                "Max batch length exceeded",
            )),
            _ => match command_of(sandbox, request, caller, seq, &command, key, &mut members).await {
                Ok((done, spoils)) => {
                    garbage |= spoils;
                    done
                }
                Err(Stop::Whole(answer)) => return answer,
            },
        };
        if let Err(refusal) = done {
            members.error.push((key.clone(), refusal.body()));
            if halt {
                break;
            }
        }
    }
    if garbage {
        return wire::garbage();
    }
    let world = sandbox.world();
    let result = json!({
        "result": map_or_list(members.result), "result_error": map_or_list(members.error),
        "result_total": map_or_list(members.total), "result_next": map_or_list(members.next),
        "result_time": map_or_list(members.time),
    });
    let time = time_block(start, world.now(), zone(&world, &request.member_id), None);
    Answered::Json {
        status: 200,
        body: json!({"result": result, "time": time}),
    }
}

/// One command: its journal row, its fault, its run. The flag says that a fault spoils the whole answer.
async fn command_of(
    sandbox: &Sandbox,
    request: &Request,
    caller: &Caller,
    batch_seq: u64,
    command: &str,
    key: &str,
    members: &mut Members,
) -> Result<(Result<(), Refusal>, bool), Stop> {
    let begun = Instant::now();
    let (name, query) = command.split_once('?').unwrap_or((command, ""));
    let name = method_name(name);
    let mut params = Php::from_query(query);
    for reserved in ["auth", "access_token", "state"] {
        params.remove(reserved);
    }
    batch_refs::fill(&mut params, members);
    let seq = {
        let mut world = sandbox.world();
        let seq = open_row(&mut world, request, Some(batch_seq), &name, &params);
        if let Some(row) = world.journal.row(seq) {
            row.user_id = Some(caller.user_id);
            row.client_id = Some(caller.client_id.clone());
        }
        seq
    };
    let fault = inner_fault(sandbox, request, &name);
    let done = perform(sandbox, request, caller, &name, &params, seq, fault.as_ref()).await;
    if let Some(row) = sandbox.world().journal.row(seq) {
        row.status = done
            .as_ref()
            .ok()
            .map(|done| done.as_ref().map_or_else(|refusal| refusal.status, |_| 200));
        row.code = done
            .as_ref()
            .ok()
            .and_then(|done| done.as_ref().err().map(|refusal| refusal.code.clone()));
        row.ms = Some(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let outcome = done?.map(|(reply, time)| {
        members.result.push((key.to_owned(), reply.result));
        members
            .total
            .extend(reply.total.map(|total| (key.to_owned(), json!(total))));
        members
            .next
            .extend(reply.next.map(|next| (key.to_owned(), json!(next))));
        members.time.push((key.to_owned(), time));
    });
    Ok((outcome, matches!(fault, Some(Kind::GarbageAfter))))
}

type Done = Result<(crate::answer::Reply, Value), Refusal>;

async fn perform(
    sandbox: &Sandbox,
    request: &Request,
    caller: &Caller,
    name: &str,
    params: &Php,
    seq: u64,
    fault: Option<&Kind>,
) -> Result<Done, Stop> {
    if let Some(early) = early(fault).await {
        return early;
    }
    if matches!(name, "batch" | "upload" | "download") {
        let text = "Method is not allowed for batch usage";
        return Ok(Err(Refusal::new(405, "ERROR_BATCH_METHOD_NOT_ALLOWED", text)));
    }
    let Some(method) = methods::classic(name) else {
        return Ok(Err(Refusal::method_not_found()));
    };
    let start = sandbox.world().now();
    let call = Call {
        member_id: &request.member_id,
        caller,
        method: &method,
        params,
        seq,
    };
    let done = match one(sandbox, &call).await {
        Ok((outcome, operating)) => outcome.map(|reply| {
            let world = sandbox.world();
            (
                reply,
                time_block(start, world.now(), zone(&world, &request.member_id), operating),
            )
        }),
        // The reason for a missing scope stays unsaid inside a batch.
        Err(refusal) if refusal.code == "insufficient_scope" => Err(Refusal::new(403, "insufficient_scope", "")),
        Err(refusal) => Err(refusal),
    };
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
