//! What waits for a person, as they look at it: without what they have put aside, filtered, grouped.

use super::{
    app::App,
    failure::Failure,
    live::stamp_of,
    open::Viewer,
    resubmitted::without_new_result,
    review_queue::{Reach, Review, review_queue},
    snooze::still_asleep,
};
use crate::domain::{
    GroupId, TaskId, UserId, WaitingTask,
    queue::{Person, Scope},
    snooze::Snooze,
    view::ListView,
};
use std::collections::{BTreeMap, HashMap};

/// The list with what its form offers.
#[derive(Debug, Clone)]
pub struct Looked {
    /// What is shown.
    pub review: Review,
    /// How.
    pub view: ListView,
    /// Projects in the whole list, with the number of their tasks.
    pub projects: Vec<(GroupId, String, usize)>,
    /// How many are in no project.
    pub without_project: usize,
    /// Assignees likewise.
    pub assignees: Vec<(Person, usize)>,
    /// What is put aside of it, whether or not it is shown.
    pub snoozes: HashMap<TaskId, Snooze>,
    /// Changes with every event about a task of the portal.
    pub stamp: String,
}

/// In which view.
#[derive(Debug, Clone)]
pub enum View {
    /// The one that this person chose last.
    Last,
    /// One that they choose now: it is kept.
    Chosen(ListView),
    /// The one that a page shows already.
    Shown(ListView),
}

/// Reads the list in a view.
pub async fn look(app: &App, viewer: &Viewer, view: View, reach: Reach) -> Result<Looked, Failure> {
    let view = view_of(app, viewer, view).await?;
    // Before the list: what is said while it is read makes it be read once more.
    let stamp = stamp_of(app, viewer).await?;
    let asleep = app.store.snoozes(viewer.portal_id(), viewer.user).await?;
    let whole = view.needs_whole() || !asleep.is_empty();
    let reach = if whole && reach == Reach::FirstScreen { Reach::Everything } else { reach };
    let mut review = review_queue(app, viewer, reach).await?;
    let listed: HashMap<TaskId, &WaitingTask> =
        review.queue.mine.iter().chain(&review.queue.also).map(|task| (task.id, task)).collect();
    let snoozes = still_asleep(app, viewer, &asleep, &listed).await?;
    let (projects, without_project, assignees) = offered(listed.values().copied());
    let now = app.world.now();
    let shown = |task: &WaitingTask| snoozes.contains_key(&task.id) == view.snoozed && view.shows(task, now);
    let unread = review.queue.mine_total.saturating_sub(review.queue.mine.len());
    for list in [&mut review.queue.mine, &mut review.queue.also] {
        list.retain(|task| shown(task));
        if view.unchanged {
            *list = without_new_result(app, viewer, std::mem::take(list)).await?;
        }
        view.arrange(list, now);
    }
    // What is not read yet is counted as long as nothing is left out.
    review.queue.mine_total = review.queue.mine.len() + if view.filters() || view.snoozed { 0 } else { unread };
    Ok(Looked { review, view, projects, without_project, assignees, snoozes, stamp })
}

async fn view_of(app: &App, viewer: &Viewer, view: View) -> Result<ListView, Failure> {
    // In a project's own place the list is that project's; what was chosen there is not for everywhere.
    let everywhere = viewer.scope == Scope::All;
    match view {
        View::Chosen(view) => {
            if everywhere {
                app.store.keep_view(viewer.portal_id(), viewer.user, &view).await?;
            }
            Ok(view)
        }
        View::Shown(view) => Ok(view),
        View::Last if everywhere => Ok(app.store.view(viewer.portal_id(), viewer.user).await?),
        View::Last => Ok(ListView::default()),
    }
}

type Offered = (Vec<(GroupId, String, usize)>, usize, Vec<(Person, usize)>);

/// By name, each with how many there are.
fn offered<'a>(tasks: impl Iterator<Item = &'a WaitingTask>) -> Offered {
    let mut projects: BTreeMap<GroupId, (String, usize)> = BTreeMap::new();
    let mut assignees: BTreeMap<UserId, (String, usize)> = BTreeMap::new();
    let mut without = 0;
    for task in tasks {
        match &task.project {
            Some((id, name)) => projects.entry(*id).or_insert_with(|| (name.clone(), 0)).1 += 1,
            None => without += 1,
        }
        if let Some(person) = &task.assignee {
            assignees.entry(person.id).or_insert_with(|| (person.name.clone(), 0)).1 += 1;
        }
    }
    let mut projects: Vec<_> = projects.into_iter().map(|(id, (name, n))| (id, name, n)).collect();
    projects.sort_by_cached_key(|(id, name, _)| (name.to_lowercase(), *id));
    let mut assignees: Vec<_> = assignees.into_iter().map(|(id, (name, n))| (Person { id, name }, n)).collect();
    assignees.sort_by_cached_key(|(person, _)| (person.name.to_lowercase(), person.id));
    (projects, without, assignees)
}
