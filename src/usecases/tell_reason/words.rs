//! The one message: whom, why, and what else was carried out with the decision.

use super::{
    super::{
        app::App,
        failure::Failure,
        look_closer::points_of,
        portal_session::{of_person, read_batch},
    },
    Assignee, Trouble,
};
use crate::bitrix24::{
    BatchAnswer,
    app::{AppInfo, app_info_command},
    tasks::{ChecklistPoints, task_checklistitem_getlist_command},
    wire::Id,
};
use crate::domain::{
    Reason,
    followup::{self, Followed},
};
use crate::store::reasons::ReasonToSend;
use chrono::{Offset, Utc};

/// What else was carried out with the decision, in the portal's language. Titles are read from the task's own list. `None`
/// where nothing was, and nobody gave words.
pub(super) async fn with_followed(
    app: &App,
    reason: &ReasonToSend,
    id: Id,
    text: String,
) -> Result<Option<String>, Trouble> {
    let followed = app.store.followed(reason.portal, reason.decision).await.map_err(Failure::from)?;
    let Some(followed) = followed.filter(Followed::is_told) else {
        return Ok((!reason.body.is_empty()).then_some(text));
    };
    let (facts, account) = of_person(app, reason.portal, reason.user).await?;
    let commands =
        vec![("app".to_owned(), app_info_command()), ("points".to_owned(), task_checklistitem_getlist_command(id))];
    let mut answer = read_batch(app, &facts, account, commands).await?;
    Ok(Some(told(&text, &mut answer, Some(&followed)).0))
}

/// The message with what else was carried out, in the portal's language (`app` and `points` of the answer); and which
/// language that is.
pub(in crate::usecases) fn told(text: &str, answer: &mut BatchAnswer, followed: Option<&Followed>) -> (String, String) {
    let lang = answer.take::<AppInfo>("app").ok().and_then(|info| info.result.language_id).unwrap_or_default();
    let wrong = followed.map(|followed| wrong_points(answer, followed)).unwrap_or_default();
    let deadline = followed.and_then(|followed| followed.deadline).and_then(|(at, set)| set.then_some(at));
    (followup::message(text, &wrong, deadline, &lang), lang)
}

/// The titles of the points that are open again, from the task's own list.
fn wrong_points(answer: &mut BatchAnswer, followed: &Followed) -> Vec<String> {
    let points = answer.take::<ChecklistPoints>("points").map(|points| points_of(points.result, Utc.fix()));
    let wrong = points.unwrap_or_default().into_iter().filter(|point| followed.items.contains(&point.id));
    wrong.filter_map(|point| Some(Reason::new(&point.title).ok()?.as_bbcode())).collect()
}

/// Mentions the assignee; the person's own brackets stay text.
pub(super) fn message(body: &str, assignee: Option<Assignee>) -> Result<String, Failure> {
    let words = Reason::read(body).map_err(|e| Failure::Internal(Box::new(e)))?.map(|words| words.as_bbcode());
    let name = |assignee: Assignee| Some((assignee.id, Reason::new(&assignee.name).ok()?.as_bbcode()));
    let mention = assignee.and_then(name).map(|(id, name)| format!("[USER={id}]{name}[/USER]"));
    Ok(mention.into_iter().chain(words).collect::<Vec<_>>().join(", "))
}
