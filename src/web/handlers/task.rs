//! One task: from its card, from a row menu, by a deep link, or from the list without script.

use super::rows::{newest, row};
use crate::domain::TaskId;
use crate::pages::{Control, TaskPage, TaskView};
use crate::usecases::{Failure, open::Viewer, task_view::show_task};
use crate::web::{
    act::Act,
    error::Problem,
    reply,
    server::{Web, request_id},
};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::web) struct Which {
    task_id: String,
}

pub(in crate::web) async fn page(act: Act<Which>) -> Result<HttpResponse, Problem> {
    let task = act.form.task_id.parse().map_err(|_| act.problem(Failure::Malformed("task_id")))?;
    show(&act.request, &act.web, &act.viewer, &act.session, task, false).await
}

pub(super) async fn show(
    request: &HttpRequest,
    web: &Web,
    viewer: &Viewer,
    session: &SecretString,
    task: TaskId,
    returning: bool,
) -> Result<HttpResponse, Problem> {
    let view = view(web, viewer, task).await.map_err(|failure| {
        let origin = viewer.portal.host.origin().to_owned();
        Problem::new(failure).at(request).framed_by(Some(origin)).in_language(&viewer.lang)
    })?;
    let shell = reply::shell(web, viewer, session, request_id(request), false);
    let page = TaskPage { returning, ..TaskPage::new(shell, viewer.user, web.app.world.now(), view) };
    Ok(reply::framed(web, &page, viewer))
}

async fn view(web: &Web, viewer: &Viewer, task: TaskId) -> Result<TaskView, Failure> {
    let sheet = show_task(&web.app, viewer, task).await?;
    let newest = newest(&web.app, viewer).await?;
    let control = match (sheet.status, sheet.may_decide) {
        (4, true) => Control::MayDecide,
        (4, false) => Control::NotAllowed,
        _ => Control::NotWaiting,
    };
    Ok(TaskView {
        row: row(&web.app, viewer, sheet.task, newest.get(&task))?,
        description: sheet.description,
        status: u8::try_from(sheet.status).unwrap_or(0),
        checklist: None,
        control,
    })
}
