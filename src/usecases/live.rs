//! Whether a page that is before somebody's eyes still shows what is so. First our own table of events is asked, which
//! costs the portal nothing; the list itself is read when a task has changed, or when nobody has told of any for a while.

use super::{
    app::App,
    failure::Failure,
    list_view::{Looked, View, look},
    open::Viewer,
    review_queue::Reach,
};
use crate::bitrix24::behind;
use crate::domain::ListView;
use std::time::Instant;

/// How often the lists of one portal are read for pages that only wait: so many at once, and so many each second.
pub(super) const AT_ONCE: f64 = 20.0;
pub(super) const EACH_SECOND: f64 = 1.0;

/// The list, if the page should be shown a new one. `stamp` is the page's; `due`: it has not seen any for a while.
pub async fn news(
    app: &App,
    viewer: &Viewer,
    view: Option<ListView>,
    stamp: &str,
    due: bool,
) -> Result<Option<Looked>, Failure> {
    let changed = stamp_of(app, viewer).await? != stamp;
    let (portal, now) = (viewer.portal_id(), Instant::now());
    // Pages that wait leave the portal to people who press something.
    if !(changed || due) || !app.waiting_reads.is_open(&portal, now) {
        return Ok(None);
    }
    app.waiting_reads.note(portal, now);
    let view = view.map_or(View::Last, View::Shown);
    behind(look(app, viewer, view, Reach::Everything)).await.map(Some)
}

/// Changes with every event about a task of the portal.
pub(super) async fn stamp_of(app: &App, viewer: &Viewer) -> Result<String, Failure> {
    Ok(app.store.last_task_event(viewer.portal_id()).await?.to_string())
}
