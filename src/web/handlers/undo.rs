//! `POST /undo`: take a held decision back.

use super::{
    bulk,
    decide::shown,
    fields::Fields,
    queue,
    rows::{context, state_row},
};
use crate::domain::{BulkId, DecisionId};
use crate::pages::{Undone, View};
use crate::usecases::{Failure, bulk::undo_all as take_back_all, decide, levels::settings_of};
use crate::web::{
    act::{Act, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde::Deserialize;
use std::sync::Arc;

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
    let (kept, in_time) = decide::undo(act.app(), &act.viewer, id).await.map_err(|f| act.problem(f))?;
    shown(&act, &kept, View::of(&act.form.view), StatusCode::OK, !in_time).await
}

/// `POST /undo-all`: of one bulk, or everything of this person that is held; the page names what it shows as held.
pub(in crate::web) async fn undo_all(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, take_all_back).await
}

async fn take_all_back(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let bulk = act.form.bulk("bulk_id").map_err(|f| act.problem(f))?;
    let shown: Vec<DecisionId> = act.form.all("decision_id").filter_map(|id| id.parse().ok()).take(1_000).collect();
    let undone = take_back_all(act.app(), &act.viewer, bulk, &shown).await.map_err(|f| act.problem(f))?;
    let said = Undone::words(act.lang(), undone.taken_back, undone.too_late);
    say(&act, bulk, &shown, said).await.map_err(Problem::though_taken)
}

/// What became of them: on the bulk's page, in the rows that a script named, or above the list.
async fn say(
    act: &Act<Fields>,
    bulk: Option<BulkId>,
    shown: &[DecisionId],
    said: String,
) -> Result<HttpResponse, Problem> {
    match bulk {
        Some(id) => bulk::show_saying(act, id, Some(said)).await,
        None if act.wants_fragment() => {
            let found = decide::decisions_of(act.app(), &act.viewer, shown).await.map_err(|f| act.problem(f))?;
            let rows = found.iter().map(|kept| state_row(act.app(), kept)).collect::<Result<_, _>>();
            let rows = rows.map_err(|f| act.problem(f))?;
            let settings = settings_of(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
            let context = context(&act.shell(false), View::Queue, act.viewer.user, act.app()).under(Arc::new(settings));
            Ok(reply::framed(&act.web, &Undone { context, said, rows }, &act.viewer))
        }
        None => queue::saying(act, Some(said)).await,
    }
}
