//! `POST /health`: how the installation does, for administrators. `POST /health/mend` mends its events and places.

use crate::pages::{CallFields, HealthPage, Tabs};
use crate::usecases::health::{Seen, health, mend as mend_all};
use crate::web::{
    act::{Act, Nothing, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse};

pub(in crate::web) async fn page(act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let seen = health(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
    Ok(show(&act, seen, false))
}

pub(in crate::web) async fn mend(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, |act: Act<Nothing>| async move {
        let seen = mend_all(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
        Ok(show(&act, seen, true))
    })
    .await
}

fn show(act: &Act<Nothing>, seen: Seen, mended: bool) -> HttpResponse {
    let (shell, tabs) = (act.shell(true), Tabs { portal: true, installation: true });
    let portal = act.viewer.portal.host.name().to_owned();
    let fields = CallFields::default();
    let page = HealthPage { shell, tabs, portal, health: seen.health, zone: seen.zone, mended, fields };
    reply::framed(&act.web, &page, &act.viewer)
}
