//! What waits for the control of one person: "mine" = status 4, created by them, whether or not they may decide; "also" =
//! the others in which Bitrix24 says that they may disapprove. One to four calls whatever the number of tasks up to a few
//! thousand.

use super::{
    app::App,
    batches::{Kind, LANES, even, fitting},
    failure::Failure,
    open::Viewer,
    portal_session::read_batch,
};
use crate::bitrix24::{
    Answer, BatchAnswer, CallError, Command,
    app::{MaybeProfile, profile_command},
    client::MAX_COMMANDS,
    tasks::{
        Access, Action as Right, ListQuery, PAGE, Task, TaskList, tasks_task_getaccess_command, tasks_task_list_command,
    },
    wire::Id,
};
use crate::domain::{Queue, Zone, queue::Scope};
use futures_util::{StreamExt, stream};
use lengths::Length;
pub use lengths::Lengths;
use listing::{List, Listing};
use serde_json::{Value, json};
use std::collections::HashMap;

mod lengths;
mod listing;

/// A portal may say that it is as slow as it likes: so many requests for what is asked at once, or as few as hold it.
const MOST_REQUESTS: usize = 16;
/// Rights are asked for so many rows at most; the others have no buttons.
const MOST_RIGHTS: usize = 5_000;
/// Bytes of texts in one reading: twenty thousand rows with long titles and names have a third of it.
const MOST_TEXT: usize = 16 * 1024 * 1024;
/// So many commands are one request, though two would be sooner there: a portal lets two requests a second pass.
const SHORT: usize = 8;
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
}

/// The lists and what the same call told about the person.
#[derive(Debug, Clone)]
pub struct Review {
    /// Both lists.
    pub queue: Queue,
    /// An administrator of the portal.
    pub is_admin: bool,
    /// The person's clock.
    pub zone: Zone,
}

/// Reads the lists as this person.
pub async fn review_queue(app: &App, viewer: &Viewer, reach: Reach) -> Result<Review, Failure> {
    let me = vendor_id(viewer.user.get())?;
    let mut reading = Reading::new(app, viewer, me);
    let known = if reach == Reach::FirstScreen { Length::default() } else { app.lengths.of(viewer) };
    let mut asked = vec![Ask::Page(List::Mine, 0), Ask::Page(List::Also, 0)];
    let further = |list: List, wanted: usize| (PAGE..wanted).step_by(PAGE).map(move |start| Ask::Page(list, start));
    let further: Vec<Ask> = further(List::Mine, known.mine).chain(further(List::Also, known.also)).collect();
    // As many requests as the first pages and then the others would take, but all at once, and each of them shorter.
    let (most, others) = (chunk_size(known.pace), further.len());
    asked.extend(further);
    let requests = if asked.len() <= most.min(SHORT) { 1 } else { 1 + others.div_ceil(most) };
    asked.push(Ask::Me);
    if let Err(failure) = reading.ask(asked, requests).await {
        // What was remembered may be why.
        app.lengths.forget(viewer);
        return Err(failure);
    }
    app.measures.suppose(viewer.portal.portal, Kind::Check, reading.pace);
    if reach != Reach::FirstScreen {
        reading.read_on().await?;
    }
    let Reading { lists: [mine, also], pace, is_admin, zone, .. } = reading;
    app.lengths.note(viewer, Length { mine: mine.wanted(), also: also.wanted(), pace });
    let rights = missing_rights(app, viewer, pace, &[&mine, &also]).await?;
    let complete = mine.is_complete() && also.is_complete();
    let mine_cut = mine.cut();
    let (mine, mine_total) = mine.finish(me, &rights);
    let also_cut = also.cut();
    let (also, _) = also.finish(me, &rights);
    Ok(Review { queue: Queue { mine, also, mine_total, mine_cut, also_cut, complete }, is_admin, zone })
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

/// What one command asks for.
#[derive(Clone, Copy)]
enum Ask {
    Page(List, usize),
    Me,
}

/// Both lists while they are read.
struct Reading<'a> {
    app: &'a App,
    viewer: &'a Viewer,
    me: Id,
    lists: [Listing; 2],
    /// Seconds for a page.
    pace: f64,
    /// Bytes of the texts read so far, also of pages that are read once more.
    text: usize,
    is_admin: bool,
    zone: Zone,
}

impl<'a> Reading<'a> {
    fn new(app: &'a App, viewer: &'a Viewer, me: Id) -> Self {
        let lists = [List::Mine, List::Also].map(Listing::empty);
        Self { app, viewer, me, lists, pace: 0.0, text: 0, is_admin: false, zone: Zone::of(None, None) }
    }

    /// Reads what is left of both lists; one that shifted meanwhile is read once more.
    async fn read_on(&mut self) -> Result<(), Failure> {
        self.ask_for_what_is_left().await?;
        self.lists.iter_mut().filter(|list| !list.is_settled()).for_each(Listing::begin_again);
        self.ask_for_what_is_left().await
    }

    async fn ask_for_what_is_left(&mut self) -> Result<(), Failure> {
        let left = self.left();
        let requests = left.len().div_ceil(chunk_size(self.pace));
        self.ask(left, requests).await
    }

    fn left(&self) -> Vec<Ask> {
        self.lists.iter().flat_map(|list| list.starts().map(|start| Ask::Page(list.list, start))).collect()
    }

    /// Asks for all of it at once, in so many requests.
    async fn ask(&mut self, asked: Vec<Ask>, requests: usize) -> Result<(), Failure> {
        let mut most = each(asked.len(), requests.min(MOST_REQUESTS));
        let (mut left, mut pages) = (asked, Vec::new());
        while !left.is_empty() {
            let chunks = even(left, most);
            let batches: Vec<_> = chunks.iter().map(|chunk| self.batch(chunk)).collect();
            let mut answers = stream::iter(chunks).zip(stream::iter(batches).buffered(LANES));
            let (mut again, mut refused) = (Vec::new(), 0);
            while let Some((chunk, answer)) = answers.next().await {
                match answer {
                    // Longer rows than usual: fewer of them at a time.
                    Err(Failure::PortalUnreachable(CallError::TooLarge { .. })) if chunk.len() > 1 => {
                        refused = chunk.len().max(refused);
                        again.extend(chunk);
                    }
                    answer => self.sort_out(&chunk, answer?, &mut pages)?,
                }
            }
            left = again;
            most = refused.div_ceil(2);
        }
        pages.sort_by_key(|&(_, start, _)| start);
        for (list, start, page) in pages {
            self.lists[usize::from(list == List::Also)].add(start, page);
        }
        Ok(())
    }

    fn batch(&self, asked: &[Ask]) -> impl Future<Output = Result<BatchAnswer, Failure>> + use<'a> {
        let command = |ask: &Ask| match *ask {
            Ask::Page(list, start) => tasks_task_list_command(&query(list, self.me, self.viewer.scope, start)),
            Ask::Me => profile_command().spare(),
        };
        // What waits in a row of futures is kept there three times, and this one is large.
        Box::pin(batch(self.app, self.viewer, asked.iter().map(|ask| (ask.key(), command(ask))).collect()))
    }

    fn sort_out(&mut self, asked: &[Ask], mut answer: BatchAnswer, pages: &mut Vec<Page>) -> Result<(), Failure> {
        // Behind a list's end a page takes no time.
        let mut filled = 0;
        for ask in asked {
            match *ask {
                Ask::Page(list, start) => {
                    let page = answer.take::<TaskList>(&ask.key()).map_err(Failure::of_portal)?;
                    let page = page.map(|list| list.tasks.into_iter().map(Task::into_row).collect::<Vec<_>>());
                    filled += usize::from(!page.result.is_empty());
                    self.text += page.result.iter().map(Task::weight).sum::<usize>();
                    if self.text > MOST_TEXT {
                        return Err(Failure::PortalUnreachable(CallError::TooLarge { http: 200 }));
                    }
                    pages.push((list, start, page));
                }
                Ask::Me => {
                    // Without it the list is what it is: rights are asked with every press.
                    let profile = answer.take::<MaybeProfile>(&ask.key()).ok().and_then(|answer| answer.result.0);
                    let profile = profile.filter(|profile| profile.id == self.me);
                    let zone = profile.as_ref().and_then(|profile| profile.time_zone.as_deref());
                    self.zone = Zone::of(zone, answer.envelope.clock);
                    self.is_admin = profile.is_some_and(|profile| profile.admin == Some(true));
                }
            }
        }
        self.pace = self.pace.max(answer.envelope.duration.unwrap_or(0.0) / filled.max(1) as f64);
        Ok(())
    }
}

type Page = (List, usize, Answer<Vec<Task>>);

impl Ask {
    fn key(self) -> String {
        match self {
            Self::Page(list, start) => format!("{}{start}", list.key()),
            Self::Me => "me".to_owned(),
        }
    }
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
    let ids: Vec<Id> =
        rows.filter(|t| t.may(Right::Disapprove).is_none()).filter_map(|t| *t.id).take(MOST_RIGHTS).collect();
    let mut rights = HashMap::with_capacity(ids.len());
    let requests = ids.len().div_ceil(chunk_size(pace)).min(MOST_RIGHTS / MAX_COMMANDS);
    for chunk in ids.chunks(each(ids.len(), requests)) {
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
    fitting(pace, MAX_COMMANDS)
}

/// Commands for each of so many requests, of which none may hold more than fifty.
fn each(commands: usize, requests: usize) -> usize {
    commands.div_ceil(requests.max(1)).clamp(1, MAX_COMMANDS)
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
    fn a_portal_that_calls_itself_slow_is_asked_no_more_often_than_so() {
        // Of a thousand seconds for a page: twenty-two thousand rows, and the rights of five thousand.
        let (pages, rights) = (441_usize, MOST_RIGHTS);
        assert_eq!(chunk_size(1e3), 1);
        assert_eq!(pages.div_ceil(each(pages, pages.min(MOST_REQUESTS))), 16);
        assert_eq!(rights.div_ceil(each(rights, rights.min(MOST_RIGHTS / MAX_COMMANDS))), 100);
        assert_eq!([each(0, 0), each(3, 1), each(101, 3), each(5_000, 16)], [1, 3, 34, 50], "fifty at most");
    }

    #[test]
    fn slow_portals_get_smaller_calls() {
        assert_eq!([0.0, 0.05, 1.0, 8.0, 90.0].map(chunk_size), [50, 50, 12, 1, 1]);
    }
}
