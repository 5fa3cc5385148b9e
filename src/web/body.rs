//! What was posted, as it is. One that is too large, or broke off, gets a page that says so.

use super::error::Problem;
use crate::pages::ErrorKind;
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::StatusCode, web::Bytes};
use std::{future::Future, pin::Pin, time::Duration};
use tokio::time::timeout;

/// What a portal posts has a few kilobytes: a slow phone needs a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// No larger than anything a portal posts.
pub(super) struct Body(pub Bytes);

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = timeout(PATIENCE, Bytes::from_request(request, payload));
        let request = request.clone();
        Box::pin(async move {
            let body =
                body.await.map_err(|_| Problem::of(ErrorKind::Malformed, "a body that does not end").at(&request))?;
            body.map(Self).map_err(|error| {
                let too_large = error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE;
                let kind = if too_large { ErrorKind::TooLarge } else { ErrorKind::Malformed };
                Problem::of(kind, "body").at(&request)
            })
        })
    }
}
