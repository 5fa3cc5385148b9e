//! `POST /events`: Bitrix24's event queue. 200 once it is stored, 403 if not genuine, 503 if it could not be stored.

use crate::bitrix24::inbound::Event;
use crate::usecases::handle_event::accept_event;
use crate::web::{body::Body, error::Problem, server::Web};
use actix_web::{HttpRequest, HttpResponse, web::Data};

pub(in crate::web) async fn receive(
    request: HttpRequest,
    web: Data<Web>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    let event = Event::decode(request.query_string(), &body).map_err(|e| Problem::from(e).at(&request))?;
    accept_event(&web.app, &event).await.map_err(|failure| Problem::new(failure).at(&request))?;
    Ok(HttpResponse::Ok().finish())
}
