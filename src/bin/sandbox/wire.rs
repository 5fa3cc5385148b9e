//! How an answer leaves: as JSON, as anything else, or by cutting the connection.

use crate::answer::to_text;
use crate::faults::Kind;
use crate::oversize::Made;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

/// A second handle on a connection's socket, so that a fault can cut it under the server's hands.
pub struct Wire(TcpStream);

impl Wire {
    pub fn of(connection: &dyn std::any::Any) -> Option<Self> {
        let stream = connection.downcast_ref::<actix_web::rt::net::TcpStream>()?;
        stream.as_fd().try_clone_to_owned().ok().map(|fd| Self(TcpStream::from(fd)))
    }
}

#[derive(Debug, Clone)]
pub enum Answered {
    Json {
        status: u16,
        body: Value,
    },
    /// A v3 answer out of the memory for repeated keys.
    Replayed {
        body: Value,
    },
    Raw {
        status: u16,
        content_type: String,
        body: String,
    },
    Redirect {
        location: String,
    },
    /// A body that is made while it leaves.
    Made(Made),
    Cut,
}

impl Answered {
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Json { status, .. } | Self::Raw { status, .. } => Some(*status),
            Self::Replayed { .. } => Some(200),
            Self::Redirect { .. } => Some(302),
            Self::Made(_) => Some(200),
            Self::Cut => None,
        }
    }

    /// The error code in it, classic or v3.
    pub fn code(&self) -> Option<String> {
        let Self::Json { body, .. } = self else { return None };
        let error = body.get("error")?;
        error.as_str().or_else(|| error["code"].as_str()).map(str::to_owned)
    }

    pub fn respond(self, request: &HttpRequest) -> HttpResponse {
        let open = ("Access-Control-Allow-Origin", "*");
        let json = "application/json; charset=utf-8";
        match self {
            Self::Json { status, body } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                HttpResponse::build(status).insert_header(open).content_type(json).body(to_text(&body))
            }
            Self::Replayed { body } => HttpResponse::Ok()
                .insert_header(open)
                .insert_header(("Idempotent-Replayed", "true"))
                .content_type(json)
                .body(to_text(&body)),
            Self::Raw { status, content_type, body } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                HttpResponse::build(status).content_type(content_type).body(body)
            }
            Self::Redirect { location } => HttpResponse::Found().insert_header((LOCATION, location)).finish(),
            Self::Made(made) => made.respond(json),
            Self::Cut => {
                if let Some(Wire(stream)) = request.conn_data::<Wire>() {
                    let _ = stream.shutdown(Shutdown::Both);
                }
                // Nobody can read this one: the socket is shut already.
                HttpResponse::InternalServerError().finish()
            }
        }
    }
}

pub fn html(status: u16, title: &str) -> Answered {
    let body =
        format!("<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1></body></html>");
    Answered::Raw { status, content_type: "text/html; charset=utf-8".to_owned(), body }
}

/// What a fault does before anything is executed. Nothing = go on.
pub async fn before(kind: &Kind) -> Option<Answered> {
    match kind.clone() {
        Kind::Error { status, code, description, mut extra } => {
            extra.insert("error".into(), json!(code));
            extra.insert("error_description".into(), json!(description));
            Some(Answered::Json { status, body: Value::Object(extra) })
        }
        Kind::Html { status } => Some(html(status, "Service error")),
        Kind::Body { status, body, content_type } => {
            let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
            Some(Answered::Raw { status, content_type, body })
        }
        Kind::Drip { ms } => Some(Answered::Made(Made::Drip { ms })),
        Kind::Large { megabytes, gzip } => Some(Answered::Made(Made::Large { megabytes, gzip })),
        Kind::Deep { levels } => Some(Answered::Made(Made::Deep { levels })),
        Kind::Redirect { location } => Some(Answered::Redirect { location }),
        Kind::DropBefore => Some(Answered::Cut),
        Kind::Hang { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Some(Answered::Cut)
        }
        Kind::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            None
        }
        Kind::Late { .. } | Kind::DropAfter | Kind::GarbageAfter | Kind::Patch { .. } => None,
    }
}

/// How long the answer stays away when everything has been executed.
pub async fn hold_back(kind: &Kind) {
    if let Kind::Late { ms } = kind {
        tokio::time::sleep(Duration::from_millis(*ms)).await;
    }
}

/// What a fault makes of the answer when everything has been executed.
pub fn after(kind: &Kind, answer: Answered) -> Answered {
    match (kind, answer) {
        (Kind::DropAfter, _) => Answered::Cut,
        (Kind::GarbageAfter, _) => garbage(),
        (Kind::Patch { pointer, value }, Answered::Json { status, mut body }) => {
            set(&mut body, pointer, value.clone());
            Answered::Json { status, body }
        }
        (_, answer) => answer,
    }
}

pub fn garbage() -> Answered {
    let body = "{\"result\":{\"task\":{\"id\":\"80\u{fffd}<br />Warning: Unexpected".to_owned();
    Answered::Raw { status: 200, content_type: "application/json; charset=utf-8".to_owned(), body }
}

/// Sets the place a JSON pointer names, adding the last key where its parent is an object.
pub fn set(body: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value;
        return;
    }
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return;
    };
    if let Some(Value::Object(map)) = body.pointer_mut(parent) {
        map.insert(key.replace("~1", "/").replace("~0", "~"), value);
    }
}
