//! The door of a portal's REST: which portal, which generation of the API, what came along.

use crate::rest::request::{Raw, Request, Webhook, method_name, parameters};
use crate::rest::run;
use crate::sandbox::Sandbox;
use crate::server::{host_of, unknown_portal};
use crate::state::Address;
use crate::wire::Answered;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use std::sync::Arc;

pub async fn call(request: HttpRequest, body: web::Bytes, sandbox: web::Data<Sandbox>) -> HttpResponse {
    let sandbox: Arc<Sandbox> = sandbox.into_inner();
    let host = host_of(&request);
    let path = request.path().trim_start_matches("/rest/").to_owned();
    let address = sandbox.world().portal_at(&host).cloned();
    let member_id = match address {
        Some(Address::Portal(member_id)) => member_id,
        Some(Address::Moved(member_id)) => return moved(&sandbox, &member_id, &request),
        None => return unknown_portal(),
    };
    let v3 = path.starts_with("api/");
    let asked = read(&request, &body, member_id, host, path.trim_start_matches("api/"), v3);
    // A task of its own: when the client leaves, actix drops this handler, and PHP would have gone on.
    let answer = tokio::spawn(run::answer(sandbox, asked)).await.unwrap_or(Answered::Cut);
    answer.respond(&request)
}

fn moved(sandbox: &Sandbox, member_id: &str, request: &HttpRequest) -> HttpResponse {
    let origin = sandbox.world().portals.get(member_id).map(|portal| portal.origin());
    let location = format!("{}{}", origin.unwrap_or_default(), request.uri());
    Answered::Redirect { location }.respond(request)
}

fn read(request: &HttpRequest, body: &[u8], member_id: String, host: String, path: &str, v3: bool) -> Request {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let raw = Raw {
        post: request.method() == Method::POST,
        content_type: text(header::CONTENT_TYPE).unwrap_or(""),
        bearer: text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")),
        query: request.query_string(),
        body,
    };
    let (params, token) = parameters(&raw, v3);
    let (webhook, path) = Webhook::split(path);
    let key = request.headers().get("Idempotency-Key").and_then(|value| value.to_str().ok());
    Request {
        member_id,
        host,
        method: method_name(path),
        v3,
        params,
        token,
        webhook,
        query: raw.query.to_owned(),
        idempotency_key: key.map(str::to_owned),
    }
}
