//! Whether a return may go with the words that it has, or with none. The page asks for what the portal wants; here it is
//! required, whoever made the post.

use super::{app::App, failure::Failure, open::Viewer, portal_session::read_batch};
use crate::bitrix24::tasks::{ListQuery, TaskList, tasks_task_list_command};
use crate::domain::{GroupId, Reason, ReasonPolicy, TaskId};
use serde_json::json;
use std::collections::HashMap;

/// Refuses when one of the returns lacks words, or names what is no reason of this portal or person.
pub(super) async fn require_reasons(
    app: &App,
    viewer: &Viewer,
    returns: &[(TaskId, Option<&Reason>)],
) -> Result<(), Failure> {
    let mut codes: Vec<_> = returns.iter().filter_map(|(_, reason)| reason.and_then(Reason::code)).collect();
    // Many tasks are returned with one reason.
    codes.dedup();
    for code in codes {
        if !app.store.knows_code(viewer.portal_id(), viewer.user, code).await? {
            return Err(Failure::Malformed("reason_code"));
        }
    }
    let settings = super::levels::settings_of(app, viewer).await?;
    let strictest = settings.reason_policies().max_by_key(|policy| policy.least());
    let strictest = strictest.unwrap_or(ReasonPolicy::Required);
    let short = returns.iter().filter(|(_, reason)| Reason::suffices(*reason, strictest).is_err());
    let short: Vec<_> = short.copied().collect();
    if short.is_empty() {
        return Ok(());
    }
    // Only where a project has a policy of its own it matters in which one a task is.
    let projects = match settings.projects().is_empty() {
        true => HashMap::new(),
        false => projects_of(app, viewer, &short.iter().map(|(task, _)| *task).collect::<Vec<_>>()).await?,
    };
    for (task, reason) in short {
        let policy = match projects.get(&task) {
            Some(project) => settings.reason_policy(*project),
            None if settings.projects().is_empty() => settings.reason_policy(None),
            // Not to be seen, so not to be decided either.
            None => strictest,
        };
        Reason::suffices(reason, policy)?;
    }
    Ok(())
}

/// In which project each task is now, as far as this person may see it.
async fn projects_of(
    app: &App,
    viewer: &Viewer,
    tasks: &[TaskId],
) -> Result<HashMap<TaskId, Option<GroupId>>, Failure> {
    let query = |ids: &[TaskId]| ListQuery {
        filter: vec![("ID".to_owned(), json!(ids.iter().map(|id| id.get()).collect::<Vec<_>>()))],
        select: vec!["ID", "GROUP_ID"],
        start: -1,
        ..ListQuery::default()
    };
    let pages = tasks.chunks(50).enumerate();
    let commands: Vec<_> = pages.map(|(nth, ids)| (format!("p{nth}"), tasks_task_list_command(&query(ids)))).collect();
    let mut answer = read_batch(app, &viewer.portal, viewer.account(), commands.clone()).await?;
    let mut found = HashMap::with_capacity(tasks.len());
    for (key, _) in &commands {
        let page = answer.take::<TaskList>(key).map_err(Failure::of_portal)?;
        found.extend(page.result.tasks.iter().filter_map(|task| {
            let id = TaskId::new((*task.id)?.get())?;
            Some((id, (*task.group_id).and_then(|group| GroupId::new(group.get()))))
        }));
    }
    Ok(found)
}
