//! `POST /settings/reason`: one saved reason in a form; `/settings/reason/keep` writes it down, `/settings/reason/move`
//! puts it elsewhere.

use super::{
    fields::Fields,
    levels::{known_projects, pressed, show_mine, show_portal, tabs},
};
use crate::domain::{GroupId, SavedReason, SavedReasonId, language, saved_reason::SavedProblem};
use crate::pages::{ProjectName, ReasonPage, Said};
use crate::usecases::{
    Failure,
    levels::{rank_now, require_keeper, settings_of},
    names::names_of,
    saved_reasons::{Edit, List, Move, change, keep, saved_reason},
};
use crate::web::{
    act::{Act, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse};

fn list(form: &Fields) -> Result<List, Failure> {
    match form.one("list")? {
        "portal" => Ok(List::Portal),
        "mine" => Ok(List::Mine),
        _ => Err(Failure::Malformed("list")),
    }
}

fn key(form: &Fields) -> Result<SavedReasonId, Failure> {
    form.one("reason_id")?.parse().map_err(|_| Failure::Malformed("reason_id"))
}

fn blank(id: SavedReasonId) -> SavedReason {
    SavedReason { id, owner: None, ready: None, texts: Vec::new(), projects: Vec::new(), archived: false }
}

pub(in crate::web) async fn edit(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let shown = async {
        let list = list(&act.form)?;
        let (reason, is_new) = match act.form.one("reason_id")? {
            "" => (blank(SavedReasonId(act.app().world.id()?)), true),
            _ => (saved_reason(act.app(), &act.viewer, list, key(&act.form)?).await?, false),
        };
        show(&act, list, reason, is_new, None).await
    };
    shown.await.map_err(|f| act.problem(f))
}

async fn show(
    act: &Act<Fields>,
    list: List,
    reason: SavedReason,
    is_new: bool,
    problem: Option<SavedProblem>,
) -> Result<HttpResponse, Failure> {
    let rank = match list {
        List::Portal => require_keeper(act.app(), &act.viewer).await?,
        List::Mine => rank_now(act.app(), &act.viewer).await?,
    };
    let portal = settings_of(act.app(), &act.viewer).await?.language();
    let names = names_of(act.app(), &act.viewer, &[], &reason.projects).await;
    let mut projects = known_projects(&names);
    let nameless = reason.projects.iter().filter(|id| !names.projects.contains_key(id));
    projects.extend(nameless.map(|id| ProjectName { id: *id, name: None }));
    let own = language::known(&act.viewer.lang).unwrap_or(portal);
    let page = ReasonPage {
        shell: act.shell(rank.is_admin),
        tabs: tabs(rank),
        list: if list == List::Portal { "portal" } else { "mine" },
        id: reason.id,
        is_new,
        reason,
        problem,
        projects,
        first: if list == List::Portal { portal } else { own },
    };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

pub(in crate::web) async fn save(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, |act: Act<Fields>| async move { write(&act).await.map_err(|f| act.problem(f)) }).await
}

async fn write(act: &Act<Fields>) -> Result<HttpResponse, Failure> {
    let (list, id) = (list(&act.form)?, key(&act.form)?);
    let is_new = act.form.one("new")? == "1";
    let known = match is_new {
        true => blank(id),
        false => saved_reason(act.app(), &act.viewer, list, id).await?,
    };
    let typed = act.form.after("text-").filter_map(|(code, words)| Some((language::known(code)?, words)));
    let typed: Vec<(String, String)> = typed.map(|(code, words)| (code.to_owned(), words.to_owned())).collect();
    let project = |id: &str| id.parse::<GroupId>().map_err(|_| Failure::Malformed("project"));
    let projects = act.form.all("project").map(project).collect::<Result<Vec<_>, _>>()?;
    let reason = SavedReason { texts: typed, projects, ..known };
    let problem = match reason.clone().checked() {
        Ok(checked) => match keep(act.app(), &act.viewer, list, checked, is_new).await? {
            Edit::Full => SavedProblem::TooMany,
            _ => return back(act, list, Said::Saved).await,
        },
        Err(problem) => problem,
    };
    show(act, list, reason, is_new, Some(problem)).await
}

pub(in crate::web) async fn put(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, |act: Act<Fields>| async move { moved(&act).await.map_err(|f| act.problem(f)) }).await
}

async fn moved(act: &Act<Fields>) -> Result<HttpResponse, Failure> {
    let (list, id) = (list(&act.form)?, key(&act.form)?);
    let (what, said) = match act.form.one("do")? {
        "up" => (Move::Up, Said::Saved),
        "down" => (Move::Down, Said::Saved),
        "archive" => (Move::Archive, Said::Archived),
        "restore" => (Move::Restore, Said::Saved),
        _ => return Err(Failure::Malformed("do")),
    };
    let said = match change(act.app(), &act.viewer, list, id, what).await? {
        Edit::Full => Said::ListFull,
        _ => said,
    };
    back(act, list, said).await
}

async fn back(act: &Act<Fields>, list: List, said: Said) -> Result<HttpResponse, Failure> {
    let page = match list {
        List::Portal => show_portal(act, Some(said)).await,
        List::Mine => show_mine(act, Some(said)).await,
    };
    pressed(act, said, page)
}
