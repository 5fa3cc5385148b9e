//! `POST /queue` and `/queue/rows`: the list in a view, as a page and as a part of one. `/queue/live`: the same part, when
//! there may be something new in it.

use super::{
    look::Look,
    rows::{queue_page, queue_rows},
};
use crate::pages::QueuePage;
use crate::usecases::{
    list_view::{View, look},
    live::news,
    review_queue::Reach,
};
use crate::web::{act::Act, error::Problem, reply};
use actix_web::HttpResponse;

/// A browser draws this many rows with their forms at once; who has no script sees the oldest ones.
const MOST_ROWS: usize = 500;
/// So many come with a page, as many as the portal's own page has; a script brings the rest.
pub(super) const FIRST_ROWS: usize = 50;

pub(in crate::web) async fn page(act: Act<Look>) -> Result<HttpResponse, Problem> {
    let view = act.form.view().map_err(|f| act.problem(f))?.map_or(View::Last, View::Chosen);
    let (reach, most) = match act.form.all.is_empty() {
        true => (Reach::FirstScreen, FIRST_ROWS),
        false => (Reach::Everything, MOST_ROWS),
    };
    let page = listed(&act, view, reach).await?;
    Ok(reply::framed(&act.web, &page.cut(most), &act.viewer))
}

pub(in crate::web) async fn rows(act: Act<Look>) -> Result<HttpResponse, Problem> {
    let view = act.form.view().map_err(|f| act.problem(f))?.map_or(View::Last, View::Chosen);
    let shown = async {
        let looked = look(act.app(), &act.viewer, view, Reach::Everything).await?;
        queue_rows(act.app(), &act.viewer, &act.shell(false), looked).await
    };
    let rows = shown.await.map_err(|f| act.problem(f))?;
    Ok(reply::framed(&act.web, &rows, &act.viewer))
}

/// Nothing, where there is nothing new.
pub(in crate::web) async fn live(act: Act<Look>) -> Result<HttpResponse, Problem> {
    let shown = async {
        let (view, due) = (act.form.view()?, !act.form.due.is_empty());
        let Some(looked) = news(act.app(), &act.viewer, view, &act.form.stamp, due).await? else { return Ok(None) };
        queue_rows(act.app(), &act.viewer, &act.shell(false), looked).await.map(Some)
    };
    Ok(match shown.await.map_err(|f| act.problem(f))? {
        Some(rows) => reply::framed(&act.web, &rows, &act.viewer),
        None => HttpResponse::NoContent().finish(),
    })
}

/// The first screen again, after a decision without script, in the last view; with words about what was pressed.
pub(super) async fn saying<T>(act: &Act<T>, said: Option<String>) -> Result<HttpResponse, Problem> {
    let mut page = listed(act, View::Last, Reach::FirstScreen).await?;
    page.said = said;
    Ok(reply::framed(&act.web, &page.cut(FIRST_ROWS), &act.viewer))
}

async fn listed<T>(act: &Act<T>, view: View, reach: Reach) -> Result<QueuePage, Problem> {
    let shown = async {
        let looked = look(act.app(), &act.viewer, view, reach).await?;
        let shell = act.shell(looked.review.is_admin);
        queue_page(act.app(), &act.viewer, shell, looked).await
    };
    shown.await.map_err(|f| act.problem(f))
}
