//! `POST /events`: Bitrix24's event queue. 200 once it is stored, 403 if not genuine, 503 if it could not be stored.

use crate::bitrix24::inbound::Event;
use crate::usecases::{
    Failure,
    handle_event::{Bringer, accept_event},
};
use crate::web::{body::Body, error::Problem, server::Web};
use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode, web::Data};
use std::time::{Duration, Instant};

/// Whoever is refused is told on a beat: some refusals need a question to the database, some one to the authorization server,
/// and the time they take must not say which it was.
const BEAT: Duration = Duration::from_millis(500);

pub(in crate::web) async fn receive(
    request: HttpRequest,
    web: Data<Web>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    let event = Event::decode(request.query_string(), &body).map_err(|e| Problem::from(e).at(&request))?;
    let began = Instant::now();
    let Err(failure) = accept_event(&web.app, &event, &Knocking { web: &web, request: &request }).await else {
        return Ok(HttpResponse::Ok().finish());
    };
    let problem = Problem::new(failure).at(&request);
    if problem.status_code() == StatusCode::FORBIDDEN {
        tokio::time::sleep(until_told(began.elapsed())).await;
    }
    Err(problem)
}

/// Whoever posted this, by address.
struct Knocking<'a> {
    web: &'a Web,
    request: &'a HttpRequest,
}

impl Bringer for Knocking<'_> {
    fn may_ask(&self) -> Result<(), Failure> {
        self.web.door.open(self.request)
    }

    fn asked_in_vain(&self, failure: &Failure) {
        self.web.door.note(self.request, failure);
    }
}

/// What is left until the next beat.
fn until_told(since: Duration) -> Duration {
    let beats = since.as_millis() / BEAT.as_millis() + 1;
    (BEAT * u32::try_from(beats).unwrap_or(u32::MAX)).saturating_sub(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_waits_for_the_next_beat() {
        let left = |ms| until_told(Duration::from_millis(ms)).as_millis();
        assert_eq!([0, 1, 499, 500, 740, 1_000].map(left), [500, 499, 1, 500, 260, 500]);
        assert_eq!(until_told(Duration::from_micros(499_999)), Duration::from_micros(1));
    }
}
