//! `POST /queue` and `/queue/rows`: the whole list, as a page and as a part of one.

use super::rows::queue_page;
use crate::pages::QueuePage;
use crate::usecases::review_queue::{Reach, review_queue};
use crate::web::{
    act::{Act, Nothing},
    error::Problem,
    reply,
};
use actix_web::HttpResponse;
use serde::Deserialize;

/// A browser draws this many rows with their forms at once; who has no script sees the oldest ones.
const MOST_ROWS: usize = 500;

#[derive(Deserialize)]
pub(in crate::web) struct Form {
    /// Asked for by "Show all", which only a page without script offers.
    all: Option<String>,
}

pub(in crate::web) async fn page(act: Act<Form>) -> Result<HttpResponse, Problem> {
    if act.form.all.is_none() {
        return first_screen(&act).await;
    }
    let mut page = whole(&act, Reach::Everything).await?;
    page.rows.complete &= page.rows.mine.len().max(page.rows.also.len()) <= MOST_ROWS;
    page.rows.mine.truncate(MOST_ROWS);
    page.rows.also.truncate(MOST_ROWS);
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

pub(in crate::web) async fn rows(act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let page = whole(&act, Reach::Rows).await?;
    Ok(reply::framed(&act.web, &page.rows, &act.viewer))
}

/// The first screen again, after a decision without script.
pub(super) async fn first_screen<T>(act: &Act<T>) -> Result<HttpResponse, Problem> {
    saying(act, None).await
}

/// The same, with words about what was pressed.
pub(super) async fn saying<T>(act: &Act<T>, said: Option<String>) -> Result<HttpResponse, Problem> {
    let review = review_queue(act.app(), &act.viewer, Reach::FirstScreen).await.map_err(|f| act.problem(f))?;
    let shell = act.shell(review.is_admin);
    let mut page = queue_page(act.app(), &act.viewer, shell, review).await.map_err(|f| act.problem(f))?;
    page.said = said;
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

async fn whole<T>(act: &Act<T>, reach: Reach) -> Result<QueuePage, Problem> {
    let review = review_queue(act.app(), &act.viewer, reach).await.map_err(|f| act.problem(f))?;
    let shell = act.shell(review.is_admin);
    queue_page(act.app(), &act.viewer, shell, review).await.map_err(|f| act.problem(f))
}
