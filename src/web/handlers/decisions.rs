//! `POST /decisions`: how a page's decisions stand.

use super::rows::{context, state_row};
use crate::domain::DecisionId;
use crate::pages::{Rows, View};
use crate::usecases::{Failure, decide, levels::settings_of};
use crate::web::{act::Act, error::Problem, reply};
use actix_web::HttpResponse;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(in crate::web) struct Ids {
    ids: Vec<String>,
}

pub(in crate::web) async fn rows(act: Act<Ids>) -> Result<HttpResponse, Problem> {
    let problem = |failure| act.problem(failure);
    if act.form.ids.len() > 1_000 {
        return Err(problem(Failure::Malformed("too many ids")));
    }
    let wanted: Vec<DecisionId> = act.form.ids.iter().filter_map(|id| id.parse().ok()).collect();
    let found = decide::decisions_of(act.app(), &act.viewer, &wanted).await.map_err(problem)?;
    let rows = found.iter().map(|kept| state_row(act.app(), kept)).collect::<Result<_, _>>().map_err(problem)?;
    let settings = settings_of(act.app(), &act.viewer).await.map_err(problem)?;
    let context = context(&act.shell(false), View::Queue, act.viewer.user, act.app()).under(Arc::new(settings));
    Ok(reply::framed(&act.web, &Rows { context, rows }, &act.viewer))
}
