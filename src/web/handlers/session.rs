//! `POST /session`: the page proves anew who its person is. Works also when the session's hours are over, so it is not
//! an [`Act`](crate::web::act::Act).

use crate::pages::ErrorKind;
use crate::usecases::open::renew_session;
use crate::web::{act::own_origin, body::Body, error::Problem, server::Web};
use actix_web::{HttpRequest, HttpResponse, web::Data};
use secrecy::SecretString;
use serde::Deserialize;

#[derive(Deserialize)]
struct Form {
    session: SecretString,
    access_token: SecretString,
}

pub(in crate::web) async fn renew(
    request: HttpRequest,
    web: Data<Web>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    own_origin(&web, &request).map_err(|p| p.at(&request))?;
    let form: Form = serde_urlencoded::from_bytes(&body)
        .map_err(|_| Problem::of(ErrorKind::Malformed, "session and access_token").at(&request))?;
    web.door.open(&request).map_err(|failure| Problem::new(failure).at(&request))?;
    let renewed = renew_session(&web.app, &form.session, &form.access_token).await;
    renewed.map_err(|failure| {
        web.door.note(&request, &failure);
        Problem::new(failure).at(&request)
    })?;
    Ok(HttpResponse::NoContent().finish())
}
