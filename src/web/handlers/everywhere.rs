//! `POST /queue/everywhere`: from the part of the list that a place shows to the whole of it.

use super::queue::saying;
use crate::usecases::open::show_everything;
use crate::web::{
    act::{Act, Nothing},
    error::Problem,
};
use actix_web::HttpResponse;

pub(in crate::web) async fn page(mut act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let widened = {
        let Act { web, viewer, session, .. } = &mut act;
        show_everything(&web.app, viewer, session).await
    };
    widened.map_err(|f| act.problem(f))?;
    saying(&act, None).await
}
