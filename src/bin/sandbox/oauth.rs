//! The authorization server: `/oauth/token/` and its own `/rest/app.info`.

use crate::answer::{Refusal, Time, time_block};
use crate::faults::On;
use crate::journal::Row;
use crate::php::Php;
use crate::rest::request::{Raw, parameters};
use crate::sandbox::Sandbox;
use crate::server::host_of;
use crate::state::World;
use crate::state::settings::Latency;
use crate::state::tokens::{ACCESS_SECONDS, Grant};
use crate::wire::{self, Answered};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::FixedOffset;
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
    let asked = Asked {
        name,
        host: host_of(&request),
        query: raw.query.to_owned(),
        params,
        token,
        work,
    };
    let answer = tokio::spawn(answer(sandbox, asked)).await.unwrap_or(Answered::Cut);
    answer.respond(&request)
}

async fn answer(sandbox: Arc<Sandbox>, asked: Asked) -> Answered {
    let begun = Instant::now();
    let (seq, fault, latency) = {
        let mut world = sandbox.world();
        let seq = open_row(&mut world, &asked);
        let latency = Latency::of(asked.name, &Latency::default(), &world.latency);
        let member_id = member_of(&world, &asked);
        (
            seq,
            world.faults.take(On::Oauth, member_id.as_deref(), asked.name, false),
            latency,
        )
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let early = match &fault {
        Some(kind) => wire::before(kind).await,
        None => None,
    };
    let answer = early.unwrap_or_else(|| execute(&sandbox, &asked, seq));
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
        Err(refusal) if refusal.code == "wrong_client" => Answered::Json {
            status: 200,
            body: json!({"error": "wrong_client"}),
        },
        Err(refusal) => Answered::Json {
            status: refusal.status,
            body: refusal.body(),
        },
    }
}

/// The portal a request is about, for faults that are meant for one portal.
fn member_of(world: &World, asked: &Asked) -> Option<String> {
    let refresh = asked
        .params
        .get("refresh_token")
        .and_then(Php::text)
        .unwrap_or_default();
    let held = asked.token.as_deref().and_then(|token| world.tokens.access(token));
    held.or(world.tokens.refresh(&refresh))
        .map(|held| held.grant.member_id.clone())
}

fn open_row(world: &mut World, asked: &Asked) -> u64 {
    let mut params = asked.params.clone();
    for secret in ["client_secret", "refresh_token", "code"] {
        params.remove(secret);
    }
    let at = world.now().to_rfc3339();
    world.journal.open(Row {
        seq: 0,
        at,
        on: On::Oauth.name(),
        member_id: None,
        host: asked.host.clone(),
        method: asked.name.to_owned(),
        v3: false,
        batch_seq: None,
        user_id: None,
        client_id: params.get("client_id").and_then(Php::text),
        params: params.to_json(),
        query: asked.query.clone(),
        header_idempotency: None,
        status: None,
        code: None,
        executed: false,
        changed: false,
        ms: None,
    })
}

/// Both grants. A refresh token works once and brings a new one.
fn token(world: &mut World, params: &Php, _: Option<&str>) -> Result<(Value, Grant), Refusal> {
    let field = |name: &str| params.get(name).and_then(Php::text).filter(|value| !value.is_empty());
    let needed = |name: &str| {
        field(name)
            .ok_or_else(|| Refusal::new(400, "invalid_request", &format!("Required parameter {name} is missing")))
    };
    let (grant_type, client_id) = (needed("grant_type")?, needed("client_id")?);
    if !world.clients.knows(&client_id) {
        return Err(Refusal::new(200, "wrong_client", ""));
    }
    if !world.clients.secret_fits(&client_id, &needed("client_secret")?) {
        return Err(Refusal::new(
            400,
            "invalid_client",
            "The client credentials are invalid",
        ));
    }
    let now = world.now();
    let (grant, is_refresh) = match grant_type.as_str() {
        "authorization_code" => (world.tokens.spend_code(&needed("code")?, &client_id, now), false),
        "refresh_token" => (
            world.tokens.spend_refresh(&needed("refresh_token")?, &client_id, now),
            true,
        ),
        _ => return Err(Refusal::new(400, "invalid_request", "Invalid grant_type parameter")),
    };
    let grant = grant.ok_or_else(|| Refusal::new(400, "invalid_grant", "Invalid refresh token or code"))?;
    paid(world, &grant)?;
    let mut body = pair_body(world, &grant, now);
    if is_refresh {
        body["expires"] = json!(now.timestamp() + ACCESS_SECONDS);
        body["user_id"] = json!(grant.user_id);
    }
    Ok((body, grant))
}

fn paid(world: &World, grant: &Grant) -> Result<(), Refusal> {
    let owes = world
        .portals
        .get(&grant.member_id)
        .is_some_and(|portal| portal.settings.payment_required);
    if owes {
        Err(Refusal::new(401, "PAYMENT_REQUIRED", "Subscription has been ended"))
    } else {
        Ok(())
    }
}

/// `domain` is the authorization server's own; the portal is `client_endpoint`. There is no `token_type`.
fn pair_body(world: &mut World, grant: &Grant, now: Time) -> Value {
    let pair = world.tokens.issue(grant, now);
    let portal = world.portals.get(&grant.member_id);
    let status = portal
        .and_then(|portal| portal.apps.get(&grant.client_id))
        .map_or("F", |app| app.status.as_str());
    json!({
        "access_token": pair.access_token, "refresh_token": pair.refresh_token, "expires_in": ACCESS_SECONDS,
        "client_endpoint": portal.map(|portal| portal.client_endpoint()), "domain": world.oauth_domain(),
        "member_id": grant.member_id, "server_endpoint": world.oauth_endpoint(), "status": status,
        "scope": portal.map(|portal| portal.settings.scopes.join(",")),
    })
}

/// Whose token this is: the one answer an application may believe.
fn app_info(world: &mut World, _: &Php, token: Option<&str>) -> Result<(Value, Grant), Refusal> {
    let start = world.now();
    let token = token.ok_or_else(|| Refusal::new(401, "NO_AUTH_FOUND", "Wrong authorization data"))?;
    let Some(held) = world.tokens.access(token) else {
        return Err(not_a_token(token));
    };
    let (grant, expires, dead) = (held.grant.clone(), held.expires, held.dead);
    let portal = world.portals.get(&grant.member_id);
    let app = portal.and_then(|portal| portal.apps.get(&grant.client_id));
    let (Some(portal), Some(app), false) = (portal, app, dead) else {
        return Err(Refusal::new(401, "NOT_INSTALLED", "Application not installed"));
    };
    if expires < start {
        return Err(Refusal::new(
            401,
            "expired_token",
            "The access token provided has expired.",
        ));
    }
    let scope = portal.settings.scopes.join(",");
    let utc = FixedOffset::east_opt(0).expect("zero is an offset");
    let result = json!({
        "client_id": grant.client_id, "scope": scope, "expires": crate::answer::iso(expires, utc),
        "user_id": grant.user_id.to_string(),
        "install": {
            "installed": app.installed, "version": app.version.to_string(), "status": app.status, "scope": scope,
            "domain": portal.domain, "uri": format!("http://{}", portal.domain),
            "client_endpoint": portal.client_endpoint(), "member_id": portal.member_id, "member_type": "user",
        },
    });
    let time = time_block(start, world.now(), utc, None);
    Ok((json!({"result": result, "time": time}), grant))
}

/// Something that looks like a token but is none is `invalid_client` at this server.
fn not_a_token(token: &str) -> Refusal {
    let alike = token.len() >= 32 && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match alike {
        true => Refusal::new(400, "invalid_client", "Invalid client"),
        false => Refusal::new(401, "NO_AUTH_FOUND", "Wrong authorization data"),
    }
}
