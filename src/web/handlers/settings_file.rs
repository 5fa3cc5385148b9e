//! `POST /settings/export`: the portal's settings as a file. `/settings/import` shows what such a file would change, and
//! once more pressed takes it over.

use super::{
    fields::Fields,
    levels::{pressed, show_portal, tabs},
};
use crate::domain::{SettingsFile, TakeOver};
use crate::pages::{Said, TakeOverPage};
use crate::usecases::{
    Failure,
    levels::require_keeper,
    names::{Names, names_of},
    settings_file::{self, look, take_over},
};
use crate::web::{
    act::{Act, Nothing, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse};

/// Four times as much as a file may have: in a form a byte that is no plain letter is written as three.
pub(in crate::web) const MOST: usize = 4 * SettingsFile::MOST_BYTES;

pub(in crate::web) async fn export(act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let file = settings_file::export(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
    Ok(reply::download("handback-settings.json", file))
}

pub(in crate::web) async fn import(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, |act: Act<Fields>| async move { ask_or_take(&act).await.map_err(|f| act.problem(f)) }).await
}

/// The first press asks; the second one brings the same text again, and it is judged again.
async fn ask_or_take(act: &Act<Fields>) -> Result<HttpResponse, Failure> {
    let (text, sure) = (act.form.one("file")?, act.form.one("sure")? == "1");
    let found = match sure {
        true => match take_over(act.app(), &act.viewer, text).await? {
            Ok(()) => return pressed(act, Said::TakenOver, show_portal(act, Some(Said::TakenOver)).await),
            Err(problem) => Err(problem),
        },
        false => look(act.app(), &act.viewer, text).await?,
    };
    let rank = require_keeper(act.app(), &act.viewer).await?;
    let projects = found.as_ref().map(TakeOver::projects).unwrap_or_default();
    let names = match projects.is_empty() {
        true => Names::default(),
        false => names_of(act.app(), &act.viewer, &[], &projects).await,
    };
    let page = TakeOverPage {
        shell: act.shell(rank.is_admin),
        tabs: tabs(rank),
        text: text.to_owned(),
        found,
        names: names.projects,
    };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}
