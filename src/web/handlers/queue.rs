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

pub(in crate::web) async fn page(act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let page = whole(&act).await?;
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

pub(in crate::web) async fn rows(act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let page = whole(&act).await?;
    Ok(reply::framed(&act.web, &page.rows, &act.viewer))
}

/// The first screen again, after a decision without script.
pub(super) async fn first_screen<T>(act: &Act<T>) -> Result<HttpResponse, Problem> {
    let review = review_queue(act.app(), &act.viewer, Reach::FirstScreen).await.map_err(|f| act.problem(f))?;
    let shell = act.shell(review.is_admin);
    let page = queue_page(act.app(), &act.viewer, shell, review).await.map_err(|f| act.problem(f))?;
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

async fn whole(act: &Act<Nothing>) -> Result<QueuePage, Problem> {
    let review = review_queue(act.app(), &act.viewer, Reach::Everything).await.map_err(|f| act.problem(f))?;
    let shell = act.shell(review.is_admin);
    queue_page(act.app(), &act.viewer, shell, review).await.map_err(|f| act.problem(f))
}
