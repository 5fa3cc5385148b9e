//! `POST /install`: the portal's installer frame.

use super::main_page::refusal;
use crate::bitrix24::inbound::PageOpening;
use crate::pages::InstallPage;
use crate::usecases::install;
use crate::web::{
    act::{Act, Nothing},
    body::Body,
    error::Problem,
    reply,
    server::{Web, request_id},
};
use actix_web::{HttpRequest, HttpResponse, web::Data};

pub(in crate::web) async fn install(
    request: HttpRequest,
    web: Data<Web>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    let opening = PageOpening::decode(request.query_string(), &body).map_err(|e| Problem::from(e).at(&request))?;
    let done = match web.door.open(&request) {
        Ok(()) => install::install(&web.app, &opening).await,
        Err(failure) => Err(failure),
    };
    let done = match done {
        Ok(done) => done,
        Err(failure) => return Err(refusal(&request, &web, &opening, failure).await),
    };
    let shell = reply::shell(&web, &done.viewer, &done.session, request_id(&request), true);
    Ok(reply::framed(&web, &InstallPage { shell, steps: done.steps }, &done.viewer))
}

pub(in crate::web) async fn retry(act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let steps = install::retry(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
    Ok(reply::framed(&act.web, &InstallPage { shell: act.shell(true), steps }, &act.viewer))
}
