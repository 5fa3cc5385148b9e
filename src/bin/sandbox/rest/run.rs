//! One request from the door to the answer. It runs in a task of its own: PHP finishes its work whether or not the
//! client is still there.

use crate::answer::{Operating, Outcome, Refusal, envelope, time_block};
use crate::faults::{Kind, Met, On};
use crate::journal::{Row, kept};
use crate::outbox::tell;
use crate::php::Php;
use crate::rest::context::{Caller, with_ctx, zone};
use crate::rest::methods::{self, Method};
use crate::rest::request::Request;
use crate::rest::{admit, batch, v3};
use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::settings::Latency;
use crate::wire::{self, Answered};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub async fn answer(sandbox: Arc<Sandbox>, request: Request) -> Answered {
    let begun = Instant::now();
    let (seq, fault) = {
        let mut world = sandbox.world();
        let seq = open_row(&mut world, &request, None, &request.method, &request.params);
        (seq, world.faults.take(&met(&request, &request.method, false, &batch::commands(&request.params))))
    };
    let early = match &fault {
        Some(kind) => wire::before(kind).await,
        None => None,
    };
    let answer = match early {
        Some(answer) => answer,
        None => work(&sandbox, &request, seq).await,
    };
    if let Some(kind) = &fault {
        wire::hold_back(kind).await;
    }
    let answer = fault.iter().fold(answer, |answer, kind| wire::after(kind, answer));
    if let Some(row) = sandbox.world().journal.row(seq) {
        row.status = answer.status();
        row.code = answer.code();
        row.ms = Some(begun.elapsed().as_secs_f64() * 1000.0);
    }
    answer
}

async fn work(sandbox: &Sandbox, request: &Request, seq: u64) -> Answered {
    let start = sandbox.world().now();
    let admitted = enter(&mut sandbox.world(), request, seq);
    let (caller, method) = match admitted {
        Ok(admitted) => admitted,
        Err(refusal) => return refused(request, &refusal),
    };
    let Some(method) = method else {
        return batch::run(sandbox, request, &caller, seq, start).await;
    };
    if let Some(known) = replayed(sandbox, request, &caller) {
        return known;
    }
    let call = Call { member_id: &request.member_id, caller: &caller, method: &method, params: &request.params, seq };
    let (outcome, operating) = match one(sandbox, &call).await {
        Ok(done) => done,
        Err(refusal) => return refused(request, &refusal),
    };
    match outcome {
        Ok(reply) => {
            let mut world = sandbox.world();
            let body = envelope(reply, time_block(start, world.now(), zone(&world, &request.member_id), operating));
            if let (true, Some(key)) = (request.v3, &request.idempotency_key) {
                with_ctx(&mut world, &request.member_id, &caller, |ctx| {
                    v3::remember(ctx, &request.method, key, &fingerprint(request), &body);
                });
            }
            Answered::Json { status: 200, body }
        }
        Err(refusal) => refused(request, &refusal),
    }
}

fn refused(request: &Request, refusal: &Refusal) -> Answered {
    let body = if request.v3 { v3::error_body(refusal) } else { refusal.body() };
    Answered::Json { status: refusal.status, body }
}

/// Door, method, token, in the vendor's order. No method = the batch.
fn enter(world: &mut World, request: &Request, seq: u64) -> Result<(Caller, Option<Method>), Refusal> {
    admit::door(world, &request.member_id)?;
    let has_v3 = world.portals.get(&request.member_id).is_some_and(|portal| portal.settings.rest_v3);
    let method = match request.v3 {
        true if !has_v3 => return Err(Refusal::method_not_found()),
        true => Some(methods::v3(&request.method).ok_or_else(Refusal::method_not_found)?),
        false if request.method == "batch" => None,
        false => Some(methods::classic(&request.method).ok_or_else(Refusal::method_not_found)?),
    };
    let caller = admit::caller(world, request)?;
    if let Some(row) = world.journal.row(seq) {
        row.user_id = Some(caller.user_id);
        row.client_id = Some(caller.client_id.clone());
        row.executed = method.is_none();
    }
    Ok((caller, method))
}

fn replayed(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Option<Answered> {
    let key = request.idempotency_key.as_deref().filter(|_| request.v3)?;
    let mut world = sandbox.world();
    let known = with_ctx(&mut world, &request.member_id, caller, |ctx| {
        v3::replay(ctx, &request.method, key, &fingerprint(request))
    })?;
    match known {
        Ok(Some(body)) => Some(Answered::Replayed { body }),
        Ok(None) => None,
        Err(refusal) => Some(refused(request, &refusal)),
    }
}

/// The request without its token: a renewed token is no other request.
fn fingerprint(request: &Request) -> String {
    request.params.to_json().to_string()
}

pub struct Call<'a> {
    pub member_id: &'a str,
    pub caller: &'a Caller,
    pub method: &'a Method,
    pub params: &'a Php,
    pub seq: u64,
}

/// One method, alone or inside a batch: scope and working time, the latency asked for, the work, the charge.
pub async fn one(sandbox: &Sandbox, call: &Call<'_>) -> Result<(Outcome, Option<Operating>), Refusal> {
    let begun = Instant::now();
    let latency = {
        let mut world = sandbox.world();
        let refusal = admit::method(&mut world, call.member_id, call.caller, call.method.name, call.method);
        refusal.map_err(|refusal| in_v3_words(call, refusal))?;
        let own = world.portals.get(call.member_id).map(|portal| portal.settings.latency.clone());
        Latency::of(call.method.name, &own.unwrap_or_default(), &world.latency)
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let mut world = sandbox.world();
    let done = with_ctx(&mut world, call.member_id, call.caller, |ctx| {
        let outcome = (call.method.run)(ctx, call.params);
        (outcome, ctx.changed, std::mem::take(&mut ctx.happenings))
    });
    let (outcome, changed, happenings) = done.ok_or_else(Refusal::method_not_found)?;
    for happening in &happenings {
        tell(&mut world, call.member_id, happening);
    }
    if let Some(row) = world.journal.row(call.seq) {
        row.executed = outcome.is_ok();
        row.changed = changed;
    }
    let operating = charge(&mut world, call, begun.elapsed());
    Ok((outcome, operating))
}

fn in_v3_words(call: &Call, refusal: Refusal) -> Refusal {
    let is_v3 = call.method.scope == "tasks";
    if is_v3 && refusal.code == "insufficient_scope" { v3::scope_refusal() } else { refusal }
}

fn charge(world: &mut World, call: &Call, spent: Duration) -> Option<Operating> {
    let now = world.now();
    let portal = world.portals.get_mut(call.member_id).filter(|portal| portal.settings.counts_operating())?;
    Some(portal.working_time.charge(&call.caller.client_id, call.method.name, spent.as_secs_f64(), now))
}

pub fn open_row(world: &mut World, request: &Request, batch_seq: Option<u64>, method: &str, params: &Php) -> u64 {
    let at = world.now().to_rfc3339();
    world.journal.open(Row {
        seq: 0,
        at,
        on: On::Portal.name(),
        member_id: Some(request.member_id.clone()),
        host: request.host.clone(),
        method: method.to_owned(),
        v3: request.v3,
        batch_seq,
        user_id: None,
        client_id: None,
        params: kept(&params.to_json()),
        query: if batch_seq.is_some() { String::new() } else { request.query.clone() },
        header_idempotency: request.idempotency_key.clone().filter(|_| batch_seq.is_none()),
        status: None,
        code: None,
        executed: false,
        changed: false,
        ms: None,
    })
}

/// A fault meant for one command of a batch.
pub fn inner_fault(sandbox: &Sandbox, request: &Request, method: &str) -> Option<Kind> {
    sandbox.world().faults.take(&met(request, method, true, &[]))
}

fn met<'a>(request: &'a Request, method: &'a str, inner: bool, commands: &'a [String]) -> Met<'a> {
    Met { on: On::Portal, member_id: Some(&request.member_id), method, inner, commands }
}
