//! Who is asking, proved: an action of our own page carries its session token (a header, or a hidden field without
//! script) and comes from our own origin. No cookie, no authority by GET.

use super::{body::Body, error::Problem, reply, server::Web};
use crate::domain::bulk::MOST;
use crate::pages::{ErrorKind, Lang, Shell};
use crate::telemetry::same_request;
use crate::usecases::{
    App, Failure,
    open::{Viewer, viewer_of},
};
use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    dev::Payload,
    http::header::{CONTENT_TYPE, ORIGIN},
    web::{Bytes, Data},
};
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use std::{future::Future, pin::Pin};

/// A proved action with its form.
pub(super) struct Act<T> {
    pub web: Data<Web>,
    pub viewer: Viewer,
    pub session: SecretString,
    pub form: T,
    pub request: HttpRequest,
}

impl<T> Act<T> {
    pub(super) fn app(&self) -> &App {
        &self.web.app
    }

    /// Whether the page's script asks and wants a part of a page.
    pub(super) fn wants_fragment(&self) -> bool {
        wants_fragment(&self.request)
    }

    /// Of the page that answers.
    pub(super) fn lang(&self) -> Lang {
        Lang::of(&self.viewer.lang)
    }

    pub(super) fn shell(&self, is_admin: bool) -> Shell {
        let id = super::server::request_id(&self.request);
        reply::shell(&self.web, &self.viewer, &self.session, id, is_admin)
    }

    /// A failure that is shown in this person's frame and language.
    pub(super) fn problem(&self, failure: Failure) -> Problem {
        self.shown(Problem::new(failure))
    }

    /// What our form lets a person say, and nobody can mean: its kind has the words for it.
    pub(super) fn mistake(&self, kind: ErrorKind) -> Problem {
        self.shown(Problem::of(kind, "typed or chosen by a person"))
    }

    fn shown(&self, problem: Problem) -> Problem {
        problem.at(&self.request).shown_to(&self.viewer).within(self.shell(false))
    }

    /// The page after something was stored. Where it cannot be made, the person learns that what they pressed holds.
    pub(super) fn or_taken(&self, page: Result<HttpResponse, Failure>) -> HttpResponse {
        page.unwrap_or_else(|failure| self.problem(failure).though_taken().error_response())
    }
}

/// Nothing beside the session.
#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
struct SessionField {
    session: Option<SecretString>,
}

impl<T: DeserializeOwned + 'static> FromRequest for Act<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let Body(body) = body.await?;
            prove(request, &body).await
        })
    }
}

/// An action that changes something, from its proof to its end in a task of its own: the server drops a handler when the
/// browser is gone, and a press of a button must not get lost with it. What was written in a form comes back with its
/// refusal, whatever refused it; where a decision of one's own is in the way, its row stands there instead.
pub(super) async fn uncut<T, F>(
    request: HttpRequest,
    Body(body): Body,
    work: impl FnOnce(Act<T>) -> F + 'static,
) -> Result<HttpResponse, Problem>
where
    T: DeserializeOwned + 'static,
    F: Future<Output = Result<HttpResponse, Problem>> + 'static,
{
    let (at, posted) = (request.clone(), body.clone());
    let task = actix_web::rt::spawn(same_request(async move { work(prove(request, &body).await?).await }));
    let done = task.await.unwrap_or_else(|error| Err(Problem::of(ErrorKind::Internal, error.to_string()).at(&at)));
    done.map_err(|problem| problem.giving_back(words(&at, &posted)))
}

/// The words for all tasks and those for one each, no more than any form of ours has fields for them. A script keeps the
/// form before the person's eyes.
fn words(request: &HttpRequest, body: &[u8]) -> Vec<String> {
    if wants_fragment(request) || is_json(request) {
        return Vec::new();
    }
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let is_ours = |name: &str| name == "reason" || name.starts_with("reason-");
    let written = fields.into_iter().filter(|(name, value)| is_ours(name) && !value.trim().is_empty());
    written.map(|(_, value)| value).take(1 + MOST).collect()
}

async fn prove<T: DeserializeOwned>(request: HttpRequest, body: &Bytes) -> Result<Act<T>, Problem> {
    let web = request.app_data::<Data<Web>>().cloned();
    let web = web.ok_or_else(|| Problem::of(ErrorKind::Internal, "no application").at(&request))?;
    own_origin(&web, &request).map_err(|p| p.at(&request))?;
    let session = session(&request, body);
    let session = session.ok_or_else(|| Problem::new(Failure::SessionEnded).at(&request))?;
    let viewer = match viewer_of(&web.app, &session).await {
        Ok(viewer) => viewer,
        Err(failure) => return Err(unproved(&web, &request, &session, failure).await),
    };
    let form = read(&request, body).map_err(|p| p.at(&request).shown_to(&viewer))?;
    Ok(Act { web, viewer, session, form, request })
}

/// A page that stood open for too long stands in its portal's frame still, and says so there. A token that nobody was given
/// has no frame.
async fn unproved(web: &Web, request: &HttpRequest, session: &SecretString, failure: Failure) -> Problem {
    let known = match failure {
        Failure::SessionEnded => web.app.store.frame_of_session(session).await.ok().flatten(),
        _ => None,
    };
    let (frame, lang) = known.unzip();
    Problem::new(failure).at(request).framed_by(frame).in_language(lang.as_deref().unwrap_or_default())
}

/// Browsers send Origin with every POST; one that is absent, `null` or foreign is not our page.
pub(super) fn own_origin(web: &Web, request: &HttpRequest) -> Result<(), Problem> {
    let own = web.app.settings.public_url.origin().ascii_serialization();
    let said = request.headers().get(ORIGIN).and_then(|o| o.to_str().ok());
    if said == Some(own.as_str()) { Ok(()) } else { Err(Problem::of(ErrorKind::WrongOrigin, "not our own origin")) }
}

fn wants_fragment(request: &HttpRequest) -> bool {
    request.headers().contains_key("X-Fragment")
}

fn is_json(request: &HttpRequest) -> bool {
    let said = request.headers().get(CONTENT_TYPE).and_then(|t| t.to_str().ok()).unwrap_or("");
    said.starts_with("application/json")
}

fn session(request: &HttpRequest, body: &[u8]) -> Option<SecretString> {
    let header = request.headers().get("X-Session").and_then(|s| s.to_str().ok());
    let header = header.filter(|s| !s.is_empty()).map(SecretString::from);
    let field = || serde_urlencoded::from_bytes::<SessionField>(body).ok()?.session;
    header.or_else(|| if is_json(request) { None } else { field() })
}

fn read<T: DeserializeOwned>(request: &HttpRequest, body: &[u8]) -> Result<T, Problem> {
    let malformed = || Problem::of(ErrorKind::Malformed, "a form that our pages do not send");
    if is_json(request) {
        serde_json::from_slice(body).map_err(|_| malformed())
    } else {
        serde_urlencoded::from_bytes(body).map_err(|_| malformed())
    }
}
