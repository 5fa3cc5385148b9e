//! `POST /undo`: take a held decision back.

use super::decide::after;
use crate::pages::View;
use crate::usecases::{Failure, decide};
use crate::web::{
    act::{Act, uncut},
    body::Body,
    error::Problem,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::web) struct Form {
    decision_id: String,
    #[serde(default)]
    view: String,
}

pub(in crate::web) async fn undo(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, take_back).await
}

async fn take_back(act: Act<Form>) -> Result<HttpResponse, Problem> {
    let id = act.form.decision_id.parse().map_err(|_| act.problem(Failure::Malformed("decision_id")))?;
    let kept = decide::undo(act.app(), &act.viewer, id).await.map_err(|f| act.problem(f))?;
    let view = View::parse(&act.form.view).unwrap_or(View::Queue);
    after(&act, &kept, view, StatusCode::OK).await
}
