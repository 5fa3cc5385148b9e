//! `POST /settings`: what is installed, for administrators.

use crate::pages::{CallFields, Handler, Presence, Scope, SettingsPage, Tabs};
use crate::usecases::settings::{Overview, Standing, overview};
use crate::web::{
    act::{Act, Nothing},
    error::Problem,
    reply,
};
use actix_web::HttpResponse;

pub(in crate::web) async fn page(act: Act<Nothing>) -> Result<HttpResponse, Problem> {
    let found = overview(act.app(), &act.viewer).await.map_err(|f| act.problem(f))?;
    let page = SettingsPage {
        shell: act.shell(true),
        tabs: Tabs { portal: true, installation: true },
        portal: act.viewer.portal.host.name().to_owned(),
        scopes: scopes(&found),
        events: found.events.iter().map(handler).collect(),
        places: found.places.iter().map(handler).collect(),
        fields: CallFields::default(),
        version: found.version,
        installed: found.installed_at,
    };
    Ok(reply::framed(&act.web, &page, &act.viewer))
}

fn scopes(found: &Overview) -> Vec<Scope> {
    let needed = found.needed.iter().map(|code| Scope {
        code: (*code).to_owned(),
        granted: found.granted.iter().any(|g| g == code),
        needed: true,
    });
    let spare = found.granted.iter().filter(|g| !found.needed.contains(&g.as_str()));
    let left_out = found.left_out.iter().map(|code| Scope { code: (*code).to_owned(), granted: false, needed: false });
    let spare = spare.map(|code| Scope { code: code.clone(), granted: true, needed: false });
    needed.chain(left_out).chain(spare).collect()
}

fn handler((code, standing): &(&'static str, Standing)) -> Handler {
    let presence = match standing {
        Standing::Present => Presence::Present,
        Standing::Missing => Presence::Missing,
        Standing::NotOffered => Presence::NotOffered,
        Standing::Unknown => Presence::Unknown,
    };
    Handler { code: (*code).to_owned(), presence }
}
