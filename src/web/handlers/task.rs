//! One task: from its card, from a row menu, by a deep link, or from the list without script.

use super::{
    fields::Fields,
    rows::{context, newest, row},
};
use crate::domain::TaskId;
use crate::pages::{Choice, Control, Looks, TaskPage, TaskView, View};
use crate::usecases::{
    Failure,
    decide::Kept,
    levels::settings_of,
    look_closer::{self, TaskSheet, look_ahead, look_closer},
    open::Viewer,
    saved_reasons::saved_reasons,
};
use crate::web::{
    act::Act,
    error::Problem,
    reply,
    server::{Web, request_id},
};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;
use std::{collections::HashMap, sync::Arc};

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
    let shell = reply::shell(web, viewer, session, request_id(request), false);
    let problem = |failure: Failure| Problem::new(failure).at(request).shown_to(viewer).within(shell.clone());
    let view = view(web, viewer, task).await.map_err(problem)?;
    let mut page = TaskPage { returning, ..TaskPage::new(shell.clone(), viewer.user, web.app.world.now(), view) };
    under_settings(&mut page, web, viewer).await.map_err(problem)?;
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
    let sheet = look_closer(&web.app, viewer, task).await?;
    let newest = newest(&web.app, viewer).await?;
    of_sheet(web, viewer, sheet, &newest)
}

fn of_sheet(web: &Web, viewer: &Viewer, sheet: TaskSheet, newest: &HashMap<TaskId, Kept>) -> Result<TaskView, Failure> {
    let control = match (sheet.status, sheet.may_decide) {
        (4, true) => Control::MayDecide,
        (4, false) => Control::NotAllowed,
        _ => Control::NotWaiting,
    };
    let kept = newest.get(&sheet.task.id);
    Ok(TaskView {
        row: row(&web.app, viewer, sheet.task, kept)?,
        description: sheet.description,
        status: u8::try_from(sheet.status).unwrap_or(0),
        work: sheet.work,
        control,
    })
}

/// `POST /looks`: what stands beside the list, of the chosen task and of those that come next.
pub(in crate::web) async fn looks(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let tasks: Result<Vec<TaskId>, _> = act.form.all("task_id").map(str::parse).collect();
    let tasks = tasks.ok().filter(|tasks| (1..=look_closer::MOST).contains(&tasks.len()));
    let tasks = tasks.ok_or_else(|| act.problem(Failure::Malformed("task_id")))?;
    let sheets = look_ahead(act.app(), &act.viewer, &tasks).await.map_err(|f| act.problem(f))?;
    let newest = newest(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
    let settings = settings_of(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
    let context = context(&act.shell(false), View::Queue, act.viewer.user, act.app()).under(Arc::new(settings));
    let mut looks = Looks { context, tasks: Vec::new(), gone: Vec::new() };
    for (task, sheet) in tasks.into_iter().zip(sheets) {
        match sheet {
            Ok(sheet) => {
                let view = of_sheet(&act.web, &act.viewer, sheet, &newest).map_err(|f| act.problem(f))?;
                looks.tasks.push(view);
            }
            Err(Failure::TaskUnavailable) => looks.gone.push(task),
            Err(failure) => return Err(act.problem(failure)),
        }
    }
    Ok(reply::framed(&act.web, &looks, &act.viewer))
}
