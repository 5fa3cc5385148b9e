//! What is installed, read live: for the administrator's page.

use super::{
    app::App,
    failure::Failure,
    install::{EVENTS, PLACES, SCOPES, USEFUL_SCOPES, require_admin_now},
    open::Viewer,
    portal_session::read_batch,
};
use crate::bitrix24::{
    CallError,
    app::{Names, scope_command},
    events::{EventHandlers, event_get_command},
    placements::{Placements, placement_get_command, placement_list_command},
};
use chrono::{DateTime, FixedOffset};

/// Whether something that we want stands at the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Present,
    /// It does not.
    Missing,
    /// This portal does not offer it.
    NotOffered,
    /// The portal did not say.
    Unknown,
}

/// The installation as the portal tells it now.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Version of the application there.
    pub version: Option<String>,
    /// When our side was finished, by the viewer's clock.
    pub installed_at: Option<DateTime<FixedOffset>>,
    /// Granted scopes.
    pub granted: Vec<String>,
    /// Scopes that features use in this portal.
    pub needed: Vec<&'static str>,
    /// Scopes that features would use, were they granted.
    pub left_out: Vec<&'static str>,
    /// Events by code.
    pub events: Vec<(&'static str, Standing)>,
    /// Placements by code.
    pub places: Vec<(&'static str, Standing)>,
}

/// Administrators only, asked at the portal each time.
pub async fn overview(app: &App, viewer: &Viewer) -> Result<Overview, Failure> {
    let zone = require_admin_now(app, viewer).await?;
    let portal = app.store.portal(viewer.portal_id()).await?.ok_or(Failure::NotInstalled)?;
    let commands = vec![
        ("scope".to_owned(), scope_command()),
        ("events".to_owned(), event_get_command()),
        ("offered".to_owned(), placement_list_command()),
        ("places".to_owned(), placement_get_command()),
    ];
    let mut answer = read_batch(app, &viewer.portal, viewer.account(), commands).await?;
    let granted = answer.take::<Names>("scope").map_err(Failure::of_portal)?.result.0;
    let events = answer.take::<EventHandlers>("events").map(|a| a.result.0);
    let offered = answer.take::<Names>("offered").map(|a| a.result.0);
    let places = answer.take::<Placements>("places").map(|a| a.result.0);
    let handler = |path: &str| app.settings.public_url.join(path).map(String::from).unwrap_or_default();
    let (event_handler, place_handler) = (handler("events"), handler("placement"));
    let event = |code: &&'static str| {
        let stands =
            stands(&events, |e| e.event.eq_ignore_ascii_case(code) && e.handler.as_deref() == Some(&event_handler));
        (*code, stands)
    };
    let place = |code: &'static str| {
        let stands =
            stands(&places, |p| p.placement.eq_ignore_ascii_case(code) && p.handler.as_deref() == Some(&place_handler));
        let is_offered = offered.as_ref().is_ok_and(|o| o.iter().any(|o| o.eq_ignore_ascii_case(code)));
        (
            code,
            if stands == Standing::Missing && offered.is_ok() && !is_offered { Standing::NotOffered } else { stands },
        )
    };
    let has = |scope: &&&str| granted.iter().any(|granted| granted == **scope);
    let needed = SCOPES.iter().chain(USEFUL_SCOPES.iter().filter(has)).copied().collect();
    let left_out = USEFUL_SCOPES.iter().filter(|scope| !has(scope)).copied().collect();
    Ok(Overview {
        version: portal.facts.app_version,
        installed_at: portal.installed_at.map(|at| zone.at(at)),
        granted,
        needed,
        left_out,
        events: EVENTS.iter().map(event).collect(),
        places: PLACES.iter().map(|(code, _)| place(code)).collect(),
    })
}

fn stands<T>(found: &Result<Vec<T>, CallError>, is_it: impl Fn(&T) -> bool) -> Standing {
    match found {
        Ok(all) if all.iter().any(is_it) => Standing::Present,
        Ok(_) => Standing::Missing,
        Err(_) => Standing::Unknown,
    }
}
