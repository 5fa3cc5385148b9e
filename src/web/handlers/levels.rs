//! `POST /settings/mine`, `/settings/portal`, `/settings/project`: what holds, and where it comes from. `/settings/set` and
//! `/settings/delegate` change it.

use super::fields::Fields;
use crate::domain::{GroupId, Level, SavedReason, Setting, Settings, UserId, Value};
use crate::pages::{Delegate, MinePage, PortalPage, ProjectName, ProjectPage, Said, SavedList, SettingRow, Tabs};
use crate::usecases::{
    Failure,
    levels::{self, Rank, delegates, rank_now, require_keeper, settings_of},
    names::{Names, names_of},
    saved_reasons::saved_reasons,
};
use crate::web::{
    act::{Act, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse};

pub(super) fn tabs(rank: Rank) -> Tabs {
    Tabs { portal: rank.keeps_portal(), installation: rank.is_admin }
}

pub(in crate::web) async fn mine(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    show_mine(&act, None).await.map_err(|f| act.problem(f))
}

pub(in crate::web) async fn portal(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    show_portal(&act, None).await.map_err(|f| act.problem(f))
}

pub(in crate::web) async fn project(act: Act<Fields>) -> Result<HttpResponse, Problem> {
    let shown = async {
        let group = act.form.one("group_id")?.parse().map_err(|_| Failure::Malformed("group_id"))?;
        show_project(&act, group, None).await
    };
    shown.await.map_err(|f| act.problem(f))
}

pub(super) async fn show_mine(act: &Act<Fields>, said: Option<Said>) -> Result<HttpResponse, Failure> {
    let rank = rank_now(act.app(), &act.viewer).await?;
    let settings = settings_of(act.app(), &act.viewer).await?;
    let page = MinePage {
        shell: act.shell(rank.is_admin),
        tabs: tabs(rank),
        said,
        settings: SettingRow::all(&settings, Level::Person(act.viewer.user), &act.viewer.portal.scopes),
        reasons: list(act, "mine", &settings, |reason| reason.owner.is_some()).await?,
    };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

pub(super) async fn show_portal(act: &Act<Fields>, said: Option<Said>) -> Result<HttpResponse, Failure> {
    let rank = require_keeper(act.app(), &act.viewer).await?;
    let settings = settings_of(act.app(), &act.viewer).await?;
    let (named, own) = (delegates(act.app(), &act.viewer).await?, settings.projects());
    let names = names_of(act.app(), &act.viewer, &named, &own).await;
    let project = |id: GroupId| ProjectName { id, name: names.projects.get(&id).cloned() };
    let mut people: Vec<_> = names.people.iter().map(|(id, name)| (*id, name.clone())).collect();
    people.sort_by(|a, b| a.1.cmp(&b.1));
    let page = PortalPage {
        shell: act.shell(rank.is_admin),
        tabs: tabs(rank),
        said,
        settings: SettingRow::all(&settings, Level::Portal, &act.viewer.portal.scopes),
        others: known_projects(&names).into_iter().filter(|known| !own.contains(&known.id)).collect(),
        projects: own.into_iter().map(project).collect(),
        delegates: named.iter().map(|id| Delegate { user: *id, name: names.people.get(id).cloned() }).collect(),
        people,
        reasons: list(act, "portal", &settings, |reason| reason.owner.is_none()).await?,
    };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

pub(super) fn known_projects(names: &Names) -> Vec<ProjectName> {
    let mut all: Vec<_> =
        names.projects.iter().map(|(id, name)| ProjectName { id: *id, name: Some(name.clone()) }).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

async fn show_project(act: &Act<Fields>, group: GroupId, said: Option<Said>) -> Result<HttpResponse, Failure> {
    let rank = require_keeper(act.app(), &act.viewer).await?;
    let settings = settings_of(act.app(), &act.viewer).await?;
    let names = names_of(act.app(), &act.viewer, &[], &[group]).await;
    let page = ProjectPage {
        shell: act.shell(rank.is_admin),
        tabs: tabs(rank),
        said,
        project: ProjectName { id: group, name: names.projects.get(&group).cloned() },
        settings: SettingRow::all(&settings, Level::Project(group), &act.viewer.portal.scopes),
    };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

async fn list(
    act: &Act<Fields>,
    list: &'static str,
    settings: &Settings,
    of: impl Fn(&SavedReason) -> bool,
) -> Result<SavedList, Failure> {
    let reasons = saved_reasons(act.app(), &act.viewer).await?.into_iter().filter(of).collect();
    Ok(SavedList { list, reasons, lang: act.viewer.lang.clone(), portal_lang: settings.language() })
}

pub(in crate::web) async fn set(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, |act: Act<Fields>| async move { take(&act).await.map_err(|f| act.problem(f)) }).await
}

async fn take(act: &Act<Fields>) -> Result<HttpResponse, Failure> {
    let form = &act.form;
    let subject = form.one("subject")?.parse().map_err(|_| Failure::Malformed("subject"))?;
    let level = Level::parse(form.one("level")?, subject).ok_or(Failure::Malformed("level"))?;
    let setting = Setting::parse(form.one("name")?).ok_or(Failure::Malformed("name"))?;
    let (value, said) = match form.one("do")? {
        "set" => match value(form, setting)? {
            Some(value) => (Some(value), Said::Saved),
            None => (None, Said::NotThat(setting)),
        },
        "clear" => (None, Said::Cleared),
        _ => return Err(Failure::Malformed("do")),
    };
    if said.is_done() {
        levels::set(act.app(), &act.viewer, level, setting, value).await?;
    }
    let page = match level {
        Level::Portal => show_portal(act, Some(said)).await,
        Level::Project(group) => show_project(act, group, Some(said)).await,
        Level::Person(_) => show_mine(act, Some(said)).await,
    };
    pressed(act, said, page)
}

/// The page after a press: where something was stored and the page cannot be made, that is said.
pub(super) fn pressed(
    act: &Act<Fields>,
    said: Said,
    page: Result<HttpResponse, Failure>,
) -> Result<HttpResponse, Failure> {
    if said.is_done() { Ok(act.or_taken(page)) } else { page }
}

/// A value as its form posts it; `None` for what a person can choose or type there and that is none.
fn value(form: &Fields, setting: Setting) -> Result<Option<Value>, Failure> {
    let text = match setting {
        Setting::ReasonPolicy if form.one("value")? == "least" => format!("least:{}", form.one("least")?),
        Setting::WorkDays => form.all("day").collect(),
        Setting::WorkHours => format!("{}-{}", form.one("from")?, form.one("to")?),
        _ => form.one("value")?.to_owned(),
    };
    // No day, a night, no number. Where a browser has no field for times anything can be typed.
    let can_be_typed = match setting {
        Setting::WorkDays => text.is_empty(),
        Setting::WorkHours => true,
        Setting::ReasonPolicy => text.starts_with("least:"),
        _ => false,
    };
    match setting.read(&text) {
        None if !can_be_typed => Err(Failure::Malformed("value")),
        value => Ok(value),
    }
}

pub(in crate::web) async fn delegate(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, |act: Act<Fields>| async move { name(&act).await.map_err(|f| act.problem(f)) }).await
}

async fn name(act: &Act<Fields>) -> Result<HttpResponse, Failure> {
    let user: UserId = act.form.one("user_id")?.trim().parse().map_err(|_| Failure::Malformed("user_id"))?;
    let said = match act.form.one("do")? {
        "name" if levels::name_delegate(act.app(), &act.viewer, user).await? => Said::Saved,
        "name" => Said::Full,
        "remove" => {
            levels::remove_delegate(act.app(), &act.viewer, user).await?;
            Said::Removed
        }
        _ => return Err(Failure::Malformed("do")),
    };
    pressed(act, said, show_portal(act, Some(said)).await)
}
