//! `POST /`: the portal's application frame. `POST /placement`: a task card, a row menu, a toolbar, the left menu. The
//! place decides what is shown; the way in is the same.

use super::{queue::FIRST_ROWS, rows::queue_page, task::show};
use crate::bitrix24::inbound::PageOpening;
use crate::domain::TaskId;
use crate::usecases::{
    Failure,
    list_view::{View, look},
    open::{Opened, frame_of, open},
    review_queue::Reach,
};
use crate::web::{
    body::Body,
    error::Problem,
    reply,
    server::{Web, request_id},
};
use actix_web::{HttpRequest, HttpResponse, web::Data};

pub(in crate::web) async fn show_opened(
    request: HttpRequest,
    web: Data<Web>,
    Body(body): Body,
) -> Result<HttpResponse, Problem> {
    let opening = PageOpening::decode(request.query_string(), &body).map_err(|e| Problem::from(e).at(&request))?;
    let opened = match web.door.open(&request) {
        Ok(()) => open(&web.app, &opening).await,
        Err(failure) => Err(failure),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(failure) => return Err(refusal(&request, &web, &opening, failure).await),
    };
    // A deep link, a card or a row menu names its task.
    let returning = opening.placement == "TASK_LIST_CONTEXT_MENU";
    match opening.task_id().and_then(|id| TaskId::new(id.get())) {
        Some(task) => show(&request, &web, &opened.viewer, &opened.session, task, returning).await,
        None => show_queue(&request, &web, &opened).await,
    }
}

pub(in crate::web) async fn show_queue(
    request: &HttpRequest,
    web: &Web,
    opened: &Opened,
) -> Result<HttpResponse, Problem> {
    let viewer = &opened.viewer;
    let shell = |is_admin| reply::shell(web, viewer, &opened.session, request_id(request), is_admin);
    let problem = |failure: Failure| Problem::new(failure).at(request).shown_to(viewer).within(shell(false));
    let looked = look(&web.app, viewer, View::Last, Reach::FirstScreen).await.map_err(problem)?;
    let shell = shell(looked.review.is_admin);
    let page = queue_page(&web.app, viewer, shell, looked).await.map_err(problem)?;
    Ok(reply::framed(web, &page.cut(FIRST_ROWS), viewer))
}

/// Shown in the frame of a portal that is known to us, and of no other.
pub(in crate::web) async fn refusal(
    request: &HttpRequest,
    web: &Web,
    opening: &PageOpening,
    failure: Failure,
) -> Problem {
    web.door.note(request, &failure);
    // A database that does not answer is not asked once more for the sake of a frame.
    let frame = match failure {
        Failure::Busy(_) => None,
        _ => frame_of(&web.app, &opening.member_id).await,
    };
    Problem::new(failure).at(request).framed_by(frame).in_language(&opening.lang)
}
