//! The authorization server's door: `/oauth/token/` and its own `/rest/app.info`, with their faults and journal rows.

use crate::answer::Refusal;
use crate::faults::{Met, On};
use crate::grants::{app_info, token};
use crate::journal::{Row, kept};
use crate::php::Php;
use crate::rest::request::{Raw, parameters};
use crate::sandbox::Sandbox;
use crate::server::host_of;
use crate::state::World;
use crate::state::settings::Latency;
use crate::state::tokens::Grant;
use crate::wire::{self, Answered};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/oauth/token/", web::to(token_endpoint))
        .route("/oauth/token", web::to(token_endpoint))
        .route("/rest/app.info", web::to(app_info_endpoint))
        .route("/rest/app.info.json", web::to(app_info_endpoint));
}

type Work = fn(&mut World, &Php, Option<&str>) -> Result<(Value, Grant), Refusal>;

struct Asked {
    name: &'static str,
    host: String,
    query: String,
    params: Php,
    token: Option<String>,
    work: Work,
}

async fn token_endpoint(request: HttpRequest, body: web::Bytes, sandbox: web::Data<Sandbox>) -> HttpResponse {
    handle(request, body, sandbox.into_inner(), "oauth/token", token).await
}

async fn app_info_endpoint(request: HttpRequest, body: web::Bytes, sandbox: web::Data<Sandbox>) -> HttpResponse {
    handle(request, body, sandbox.into_inner(), "app.info", app_info).await
}

async fn handle(
    request: HttpRequest,
    body: web::Bytes,
    sandbox: Arc<Sandbox>,
    name: &'static str,
    work: Work,
) -> HttpResponse {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let raw = Raw {
        post: request.method() == Method::POST,
        content_type: text(header::CONTENT_TYPE).unwrap_or(""),
        bearer: text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")),
        query: request.query_string(),
        body: &body,
    };
    let (params, token) = parameters(&raw, false);
    let asked = Asked { name, host: host_of(&request), query: raw.query.to_owned(), params, token, work };
    let answer = tokio::spawn(answer(sandbox, asked)).await.unwrap_or(Answered::Cut);
    answer.respond(&request)
}

async fn answer(sandbox: Arc<Sandbox>, asked: Asked) -> Answered {
    let begun = Instant::now();
    let (seq, fault, latency) = {
        let mut world = sandbox.world();
        let presented = presented(&world, &asked);
        let seq = open_row(&mut world, &asked, presented.as_ref());
        let latency = Latency::of(asked.name, &Latency::default(), &world.latency);
        let member_id = presented.map(|grant| grant.member_id);
        let met =
            Met { on: On::Oauth, member_id: member_id.as_deref(), method: asked.name, inner: false, commands: &[] };
        (seq, world.faults.take(&met), latency)
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let early = match &fault {
        Some(kind) => wire::before(kind).await,
        None => None,
    };
    let answer = early.unwrap_or_else(|| execute(&sandbox, &asked, seq));
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

fn execute(sandbox: &Sandbox, asked: &Asked, seq: u64) -> Answered {
    let mut world = sandbox.world();
    let done = (asked.work)(&mut world, &asked.params, asked.token.as_deref());
    if let (Ok((_, grant)), Some(row)) = (&done, world.journal.row(seq)) {
        row.member_id = Some(grant.member_id.clone());
        row.user_id = Some(grant.user_id);
        row.client_id = Some(grant.client_id.clone());
        row.executed = true;
    }
    match done {
        Ok((body, _)) => Answered::Json { status: 200, body },
        // The one error that has neither a description nor a failing status.
        Err(refusal) if refusal.code == "wrong_client" => {
            Answered::Json { status: 200, body: json!({"error": "wrong_client"}) }
        }
        Err(refusal) => Answered::Json { status: refusal.status, body: refusal.body() },
    }
}

/// Whose token a request presents, good or not: for the journal, and for faults that are meant for one portal.
fn presented(world: &World, asked: &Asked) -> Option<Grant> {
    let refresh = asked.params.get("refresh_token").and_then(Php::text).unwrap_or_default();
    let held = asked.token.as_deref().and_then(|token| world.tokens.access(token));
    held.or(world.tokens.refresh(&refresh)).map(|held| held.grant.clone())
}

fn open_row(world: &mut World, asked: &Asked, presented: Option<&Grant>) -> u64 {
    let mut params = asked.params.clone();
    for secret in ["client_secret", "refresh_token", "code"] {
        params.remove(secret);
    }
    let at = world.now().to_rfc3339();
    world.journal.open(Row {
        seq: 0,
        at,
        on: On::Oauth.name(),
        member_id: presented.map(|grant| grant.member_id.clone()),
        host: asked.host.clone(),
        method: asked.name.to_owned(),
        v3: false,
        batch_seq: None,
        user_id: presented.map(|grant| grant.user_id),
        client_id: params.get("client_id").and_then(Php::text),
        params: kept(&params.to_json()),
        query: asked.query.clone(),
        header_idempotency: None,
        status: None,
        code: None,
        executed: false,
        changed: false,
        ms: None,
    })
}
