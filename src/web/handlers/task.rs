//! One task: from its card, from a row menu, by a deep link, or from the list without script.

use super::rows::{newest, row};
use crate::domain::TaskId;
use crate::pages::{Choice, Control, TaskPage, TaskView};
use crate::usecases::{Failure, levels::settings_of, open::Viewer, saved_reasons::saved_reasons, task_view::show_task};
use crate::web::{
    act::Act,
    error::Problem,
    reply,
    server::{Web, request_id},
};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;
use std::sync::Arc;

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
    let mut page = TaskPage { returning, ..TaskPage::new(shell, viewer.user, web.app.world.now(), view) };
    under_settings(&mut page, web, viewer).await.map_err(|failure| {
        let origin = viewer.portal.host.origin().to_owned();
        Problem::new(failure).at(request).framed_by(Some(origin)).in_language(&viewer.lang)
    })?;
    Ok(reply::framed(web, &page, viewer))
}

/// The reasons that are ready for a task of this project, and what a return needs there.
async fn under_settings(page: &mut TaskPage, web: &Web, viewer: &Viewer) -> Result<(), Failure> {
    let settings = settings_of(&web.app, viewer).await?;
    let project = page.task.row.facts.as_ref().and_then(|task| task.project.as_ref()).map(|(id, _)| *id);
    let mut reasons = saved_reasons(&web.app, viewer).await?;
    reasons.retain(|reason| reason.is_for(project));
    page.choices = Choice::all(&reasons, &settings, page.shell.lang, &viewer.lang);
    page.context = page.context.clone().under(Arc::new(settings));
    Ok(())
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
