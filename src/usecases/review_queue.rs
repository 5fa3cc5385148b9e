//! What waits for the control of one person: "mine" = status 4, created by them, whether or not they may decide; "also" =
//! the others in which Bitrix24 says that they may disapprove. Two or three calls whatever the number of tasks up to a
//! few thousand.

use super::{
    app::App,
    batches::{Kind, LANES},
    failure::Failure,
    open::Viewer,
    portal_session::read_batch,
};
use crate::bitrix24::{
    BatchAnswer, CallError, Command,
    app::{MaybeProfile, profile_command},
    client::MAX_COMMANDS,
    tasks::{Access, Action as Right, ListQuery, TaskList, tasks_task_getaccess_command, tasks_task_list_command},
    wire::Id,
};
use crate::domain::{Queue, queue::Scope};
use futures_util::{StreamExt, stream};
use listing::{List, Listing};
use serde_json::{Value, json};
use std::collections::HashMap;

mod listing;

/// A call should stay under this many seconds: the cloud cuts at 60.
const CALL_SECONDS: f64 = 20.0;
const SELECT: &[&str] = &[
    "ID",
    "TITLE",
    "STATUS",
    "CREATED_BY",
    "RESPONSIBLE_ID",
    "GROUP_ID",
    "DEADLINE",
    "CLOSED_DATE",
    "STATUS_CHANGED_DATE",
];

/// How much to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The first page of both lists: what a person sees at once.
    FirstScreen,
    /// Every row.
    Everything,
    /// The same for a page that knows already who looks at it.
    Rows,
}

/// The lists and what the same call told about the person.
#[derive(Debug, Clone)]
pub struct Review {
    /// Both lists.
    pub queue: Queue,
    /// An administrator of the portal, where that was asked for.
    pub is_admin: bool,
}

/// Reads the lists as this person.
pub async fn review_queue(app: &App, viewer: &Viewer, reach: Reach) -> Result<Review, Failure> {
    let scope = viewer.scope;
    let me = vendor_id(viewer.user.get())?;
    let mut first = vec![
        ("mine".to_owned(), tasks_task_list_command(&query(List::Mine, me, scope, 0))),
        ("also".to_owned(), tasks_task_list_command(&query(List::Also, me, scope, 0))),
    ];
    if reach != Reach::Rows {
        first.push(("me".to_owned(), profile_command()));
    }
    let mut answer = batch(app, viewer, first).await?;
    let profile = match reach {
        Reach::Rows => None,
        _ => answer.take::<MaybeProfile>("me").map_err(Failure::of_portal)?.result.0,
    };
    let pace = answer.envelope.duration.unwrap_or(0.0) / 2.0;
    app.measures.suppose(viewer.portal.portal, Kind::Check, pace);
    let mut mine = Listing::first(List::Mine, &mut answer)?;
    let mut also = Listing::first(List::Also, &mut answer)?;
    if reach != Reach::FirstScreen {
        read_on(app, viewer, scope, pace, [&mut mine, &mut also]).await?;
    }
    let rights = missing_rights(app, viewer, pace, &[&mine, &also]).await?;
    let complete = mine.is_complete() && also.is_complete();
    let (mine, mine_total) = mine.finish(me, &rights);
    let also_cut = also.cut();
    let (also, _) = also.finish(me, &rights);
    let is_admin = profile.is_some_and(|p| p.id == me && p.admin == Some(true));
    Ok(Review { queue: Queue { mine, also, mine_total, also_cut, complete }, is_admin })
}

fn query(list: List, me: Id, scope: Scope, start: usize) -> ListQuery {
    let creator = if list == List::Mine { "CREATED_BY" } else { "!CREATED_BY" };
    let mut filter: Vec<(String, Value)> =
        vec![("REAL_STATUS".to_owned(), json!(4)), (creator.to_owned(), json!(me.get()))];
    match scope {
        Scope::All => {}
        Scope::Assignee(user) => filter.push(("RESPONSIBLE_ID".to_owned(), json!(user.get()))),
        Scope::Project(group) => filter.push(("GROUP_ID".to_owned(), json!(group.get()))),
    }
    ListQuery {
        filter,
        select: SELECT.to_vec(),
        order: vec![("CLOSED_DATE", "asc"), ("ID", "asc")],
        return_access: true,
        with_result_info: false,
        start: i64::try_from(start).unwrap_or(i64::MAX),
    }
}

/// Reads the remaining pages of both lists, many in one call; a list that shifted meanwhile is read once more.
async fn read_on(app: &App, viewer: &Viewer, scope: Scope, pace: f64, lists: [&mut Listing; 2]) -> Result<(), Failure> {
    let [mine, also] = lists;
    read_pages(app, viewer, scope, pace, [mine, also]).await?;
    if mine.is_settled() && also.is_settled() {
        return Ok(());
    }
    for listing in [&mut *mine, &mut *also] {
        if !listing.is_settled() {
            listing.begin_again();
        }
    }
    read_pages(app, viewer, scope, pace, [mine, also]).await
}

async fn read_pages(
    app: &App,
    viewer: &Viewer,
    scope: Scope,
    pace: f64,
    lists: [&mut Listing; 2],
) -> Result<(), Failure> {
    let me = vendor_id(viewer.user.get())?;
    let [mine, also] = lists;
    let pages = mine.starts().map(|s| (List::Mine, s)).chain(also.starts().map(|s| (List::Also, s)));
    let pages: Vec<(List, usize)> = pages.collect();
    let command = |&(list, start): &(List, usize)| {
        (format!("{}{start}", list.key()), tasks_task_list_command(&query(list, me, scope, start)))
    };
    let (mut left, mut most) = (pages, chunk_size(pace));
    while !left.is_empty() {
        let asked = left.chunks(most).map(|chunk| batch(app, viewer, chunk.iter().map(command).collect()));
        let answers: Vec<_> = stream::iter(asked).buffered(LANES).collect().await;
        let (mut again, mut refused) = (Vec::new(), 0);
        for (chunk, answer) in left.chunks(most).zip(answers) {
            let mut answer = match answer {
                // Longer rows than usual: fewer of them at a time.
                Err(Failure::PortalUnreachable(CallError::TooLarge { .. })) if chunk.len() > 1 => {
                    again.extend_from_slice(chunk);
                    refused = chunk.len().max(refused);
                    continue;
                }
                answer => answer?,
            };
            for &(list, start) in chunk {
                let page = answer.take::<TaskList>(&format!("{}{start}", list.key())).map_err(Failure::of_portal)?;
                let listing = if list == List::Mine { &mut *mine } else { &mut *also };
                listing.add(start, page);
            }
        }
        left = again;
        most = refused.div_ceil(2);
    }
    Ok(())
}

/// Asks `getaccess` for every row that came without rights: this portal does not send them with the list.
async fn missing_rights(
    app: &App,
    viewer: &Viewer,
    pace: f64,
    lists: &[&Listing],
) -> Result<HashMap<Id, bool>, Failure> {
    let me = vendor_id(viewer.user.get())?;
    let rows = lists.iter().flat_map(|l| l.rows());
    let ids: Vec<Id> = rows.filter(|t| t.may(Right::Disapprove).is_none()).filter_map(|t| *t.id).collect();
    let mut rights = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(chunk_size(pace)) {
        let command = |id: &Id| (format!("a{id}"), tasks_task_getaccess_command(*id));
        let mut answer = batch(app, viewer, chunk.iter().map(command).collect()).await?;
        for id in chunk {
            // What could not be checked stays unknown; the next reading asks again.
            if let Ok(access) = answer.take::<Access>(&format!("a{id}")) {
                rights.insert(*id, access.result.may(me, Right::Disapprove));
            }
        }
    }
    Ok(rights)
}

/// Commands for one call, by how long one took.
fn chunk_size(pace: f64) -> usize {
    let fitting = CALL_SECONDS / pace.max(0.001);
    // Between 1 and 50, so nothing is lost in the conversion.
    (fitting.min(MAX_COMMANDS as f64).max(1.0)) as usize
}

async fn batch(app: &App, viewer: &Viewer, commands: Vec<(String, Command)>) -> Result<BatchAnswer, Failure> {
    let answer = read_batch(app, &viewer.portal, viewer.account(), commands);
    Ok(answer.await?)
}

pub(super) fn vendor_id(id: i64) -> Result<Id, Failure> {
    Id::new(id).ok_or_else(|| Failure::Internal(Box::new(CallError::Lost)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_portals_get_smaller_calls() {
        assert_eq!([0.0, 0.05, 1.0, 8.0, 90.0].map(chunk_size), [50, 50, 20, 2, 1]);
    }
}
