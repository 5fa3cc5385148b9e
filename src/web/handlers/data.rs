//! `POST /data`: what is kept about people. `/data/export` hands it out as a file, `/data/erase` asks once more and then
//! erases it.

use crate::domain::{UserId, Zone};
use crate::pages::{DataPage, ErasePage, ReceiptPage, Shell, Tabs};
use crate::usecases::{
    Failure,
    install::{OwnProfile, own_profile},
    levels::delegated,
    personal_data::{self, Whose, receipts},
};
use crate::web::{
    act::{Act, Nothing, uncut},
    body::Body,
    error::Problem,
    reply,
};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web) struct Form {
    whose: String,
    user: String,
    words: Option<String>,
}

impl Form {
    fn whose(&self, me: UserId) -> Result<Whose, Failure> {
        match self.whose.as_str() {
            "me" => Ok(Whose::Person(me)),
            "person" => self.user.trim().parse().map(Whose::Person).map_err(|_| Failure::Malformed("user")),
            "portal" => Ok(Whose::Portal),
            _ => Err(Failure::Malformed("whose")),
        }
    }
}

/// A portal that does not answer leaves what is one's own.
pub(in crate::web) async fn page(act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let profile = own_profile(act.app(), &act.viewer).await.ok();
    let is_admin = profile.is_some_and(|profile| profile.is_admin);
    let zone = profile.map_or_else(|| Zone::of(None, None), |OwnProfile { zone, .. }| zone);
    let receipts = if is_admin { receipts(act.app(), &act.viewer).await } else { Ok(Vec::new()) };
    let receipts = receipts.map_err(|f| act.problem(f))?;
    let is_delegate = delegated(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
    let tabs = Tabs { portal: is_admin || is_delegate, installation: is_admin };
    let page = DataPage { shell: act.shell(is_admin), tabs, viewer: act.viewer.user, receipts, zone };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

pub(in crate::web) async fn export(act: Act<Form>) -> Result<HttpResponse, Problem> {
    let made = async {
        let whose = act.form.whose(act.viewer.user)?;
        personal_data::export(act.app(), &act.viewer, whose).await
    };
    let file = made.await.map_err(|f| act.problem(f))?;
    Ok(reply::download("handback-export.json", file))
}

pub(in crate::web) async fn erase(request: HttpRequest, body: Body) -> Result<HttpResponse, Problem> {
    uncut(request, body, |act: Act<Form>| async move { ask_or_erase(&act).await.map_err(|f| act.problem(f)) }).await
}

/// The first press asks; only the words that it asks for erase.
async fn ask_or_erase(act: &Act<Form>) -> Result<HttpResponse, Failure> {
    let whose = act.form.whose(act.viewer.user)?;
    let (user, words) = match whose {
        Whose::Person(user) => (Some(user), user.to_string()),
        Whose::Portal => (None, act.viewer.portal.host.name().to_owned()),
    };
    let typed = act.form.words.as_deref().map(str::trim);
    if typed == Some(words.as_str()) {
        let receipt = personal_data::erase(act.app(), &act.viewer, whose).await?;
        let ended = receipt.whole || user == Some(act.viewer.user);
        let shell = act.shell(true);
        let shell = if ended { Shell::closed(shell.lang, shell.request_id) } else { shell };
        let page = ReceiptPage { shell, receipt, zone: Zone::of(None, None) };
        return Ok(reply::framed(&act.web, &page, &act.viewer));
    }
    let known = match whose {
        Whose::Person(user) if user == act.viewer.user => "me",
        Whose::Person(_) => "person",
        Whose::Portal => "portal",
    };
    personal_data::may_ask(act.app(), &act.viewer, whose).await?;
    let (shell, wrong) = (act.shell(known != "me"), typed.is_some());
    let page = ErasePage { shell, whose: known, user, words, wrong };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}
