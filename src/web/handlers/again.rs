//! `POST /retry`: the same decision anew, where it did not run. `POST /reason/again`: the reason anew, where it did not
//! arrive.

use super::{
    bulk,
    decide::{after, in_the_way, taken_as},
    fields::Fields,
};
use crate::domain::DecisionId;
use crate::pages::View;
use crate::usecases::{
    Failure,
    bulk::retry as decide_again,
    decide::{self},
};
use crate::web::{
    act::{Act, uncut},
    body::Body,
    error::Problem,
};
use actix_web::{HttpRequest, HttpResponse};

fn key(form: &Fields, name: &'static str) -> Result<DecisionId, Failure> {
    form.one(name)?.parse().map_err(|_| Failure::Malformed(name))
}

pub(in crate::web) async fn retry(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, repeat).await
}

async fn repeat(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let again = async {
        let (before, next) = (key(&act.form, "decision_id")?, key(&act.form, "next")?);
        decide_again(act.app(), &act.viewer, before, next).await
    };
    let taken = again.await.map_err(|f| act.problem(f))?;
    taken_as(&act, taken, act.form.view()).await
}

pub(in crate::web) async fn tell(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, send_reason).await
}

async fn send_reason(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let looked = act.form.all("looked").next() == Some("1");
    let told = async { decide::tell_again(act.app(), &act.viewer, key(&act.form, "decision_id")?, looked).await };
    let (kept, goes) = told.await.map_err(|f| act.problem(f))?;
    match (act.form.view(), act.form.bulk("bulk_id")) {
        (View::Bulk, Ok(Some(id))) => bulk::show_saying(&act, id, None)
            .await
            .map_err(|problem| if goes { problem.though_taken() } else { problem }),
        (view, _) if goes => after(&act, &kept, view).await,
        (view, _) => in_the_way(&act, &kept, view).await,
    }
}
