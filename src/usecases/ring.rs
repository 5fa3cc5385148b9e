//! Tells the assignee of a return by a notification as well, where the portal or the project wants it and they have not
//! switched it off. At most once: what may have left is never sent again.

use super::{
    app::App,
    failure::Failure,
    lease::{LEASE, beat},
    portal_session::{Attempt, PortalTrouble, of_person, read_batch, write_once},
    review_queue::vendor_id,
    tell_reason::{Trouble, may_pass, told},
};
use crate::bitrix24::{
    Ran,
    app::app_info_command,
    behind,
    notify::im_notify_personal_add,
    tasks::{MaybeTask, Task, task_checklistitem_getlist_command, tasks_task_get_command},
    wire::Id,
};
use crate::domain::{
    GroupId, Reason, UserId,
    bell::{self, Fate},
    followup::Followed,
};
use crate::store::{
    bells::{BellToRing, Leave},
    credentials::Account,
    portals::PortalFacts,
};
use std::time::Duration;

/// What cannot get through is tried this often, over about four minutes.
const MOST_TRIES: i32 = 8;
/// The permission without which nobody is notified.
pub const SCOPE: &str = "im";

/// One that the worker claimed. Extends the lease meanwhile: a busy portal may keep it waiting for minutes.
pub async fn ring(app: &App, bell: &BellToRing) {
    let (portal, id) = (bell.portal, bell.decision);
    tokio::select! {
        () = behind(ring_leased(app, bell)) => {}
        () = beat(portal, || app.store.extend_bell(bell, LEASE)) => {
            tracing::warn!(%portal, decision = %id, "this notification is over, or another replica sends it now");
        }
    }
}

async fn ring_leased(app: &App, bell: &BellToRing) {
    let (portal, id) = (bell.portal, bell.decision);
    let recorded = match attempt(app, bell).await {
        Ok(fate) => app.store.bell_ended(bell, fate).await,
        Err(Trouble::Lost) => Ok(()),
        Err(Trouble::Portal(trouble)) => {
            tracing::warn!(%portal, decision = %id, ?trouble, tries = bell.tries, "a notification was not sent");
            if may_pass(&trouble) && bell.tries < MOST_TRIES {
                let pause = Duration::from_secs(2_u64.pow(bell.tries.clamp(1, MOST_TRIES).unsigned_abs()));
                app.store.bell_waits(bell, pause).await
            } else {
                app.store.bell_ended(bell, Fate::Refused).await
            }
        }
    };
    if let Err(error) = recorded {
        tracing::error!(%portal, decision = %id, %error, "the end of a notification could not be recorded");
    }
}

/// Whom, and what.
struct Notice {
    to: UserId,
    text: String,
}

async fn attempt(app: &App, bell: &BellToRing) -> Result<Fate, Trouble> {
    let (facts, account) = of_person(app, bell.portal, bell.user).await?;
    if !facts.scopes.iter().any(|scope| scope == SCOPE) {
        return Ok(Fate::Refused);
    }
    let Some(notice) = notice(app, bell, &facts, account).await? else { return Ok(Fate::Quiet) };
    let to = vendor_id(notice.to.get())?;
    let tag = format!("handback|return|{}", bell.task);
    for _ in 0..2 {
        match app.store.bell_leaves(bell, notice.to, LEASE).await.map_err(Failure::from)? {
            Leave::Go => {}
            Leave::Enough => return Ok(Fate::Enough),
            Leave::Lost => return Err(Trouble::Lost),
        }
        // Anew each time: after the first attempt the portal may be known to have moved.
        let (facts, account) = of_person(app, bell.portal, bell.user).await?;
        let (text, tag) = (&notice.text, &tag);
        let sent = write_once(app, &facts, account, |api| async move {
            im_notify_personal_add(&api, to, text, tag, "handback|return").await
        });
        match sent.await {
            Ok(Attempt::Answered(answer)) => return Ok(if answer.result { Fate::Rung } else { Fate::Refused }),
            Ok(Attempt::Again) => {}
            Err(PortalTrouble::Call(error)) if error.ran() == Ran::Unknown => return Ok(Fate::Unknown),
            Err(trouble) => return Err(trouble.into()),
        }
    }
    Err(Failure::SignInAgain.into())
}

/// Reads the task as it is now, as whoever returned it. `None` where nobody is to be notified: Bitrix24 itself tells that a
/// task came back, so without a reason there is nothing to add.
async fn notice(
    app: &App,
    bell: &BellToRing,
    facts: &PortalFacts,
    account: Account,
) -> Result<Option<Notice>, Trouble> {
    let followed = app.store.followed(bell.portal, bell.decision).await.map_err(Failure::from)?;
    let followed = followed.filter(Followed::is_told);
    if bell.body.is_empty() && followed.is_none() {
        return Ok(None);
    }
    let id = vendor_id(bell.task.get())?;
    let mut commands = vec![
        ("app".to_owned(), app_info_command()),
        ("task".to_owned(), tasks_task_get_command(id, &["ID", "TITLE", "RESPONSIBLE_ID", "GROUP_ID"])),
    ];
    if followed.as_ref().is_some_and(|followed| !followed.items.is_empty()) {
        commands.push(("points".to_owned(), task_checklistitem_getlist_command(id)));
    }
    let mut answer = read_batch(app, facts, account, commands).await?;
    let task = answer.take::<MaybeTask>("task").map_err(PortalTrouble::Call)?.result.0;
    let Some((to, project, title)) = task.as_ref().and_then(whom) else { return Ok(None) };
    let settings = app.store.settings(bell.portal, to).await.map_err(Failure::from)?;
    if to == bell.user || !settings.rings(project, to) {
        return Ok(None);
    }
    let words = Reason::read(&bell.body).map_err(|e| Failure::Internal(Box::new(e)))?;
    let words = words.map(|words| words.as_bbcode()).unwrap_or_default();
    let (told, lang) = told(&words, &mut answer, followed.as_ref());
    let card = format!("{}{}", facts.host.origin(), facts.host.task_path(to, bell.task));
    Ok(Some(Notice { to, text: bell::message(&title, &card, &told, &lang) }))
}

/// The assignee, the project, and the title as text.
fn whom(task: &Task) -> Option<(UserId, Option<GroupId>, String)> {
    let user = |id: Id| UserId::new(id.get());
    let to = (*task.responsible_id).and_then(user).or_else(|| (*task.responsible.get()?.id).and_then(user))?;
    let project = (*task.group_id).and_then(|id| GroupId::new(id.get()));
    let title = (*task.title).clone().unwrap_or_default();
    // One line, whatever stands in it.
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = Reason::new(&title).map(|title| title.as_bbcode()).ok()?;
    Some((to, project, title))
}
