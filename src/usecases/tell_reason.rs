//! Tells the assignee why, in the task's own discussion, after the decision is done. A lost reason never causes a
//! second return.

use super::{
    app::App,
    failure::Failure,
    portal_session::{PortalTrouble, as_account, of_person, read_as},
    review_queue::vendor_id,
};
use crate::bitrix24::{
    CallError, Ran, Reaction,
    tasks::{task_commentitem_add, tasks_task_chat_message_send, tasks_task_get},
    wire::Id,
};
use crate::domain::{Delivery, Reason};
use crate::store::{
    credentials::Account,
    portals::PortalFacts,
    reasons::{ReasonToSend, Via},
};
use std::time::Duration;

/// Sends what is due, a few at a time.
pub async fn tell_reason(app: &App) {
    match app.store.claim_reasons(8).await {
        Ok(reasons) => {
            futures_util::future::join_all(reasons.iter().map(|reason| tell(app, reason))).await;
        }
        Err(error) => tracing::warn!(%error, "reasons could not be claimed"),
    }
}

async fn tell(app: &App, reason: &ReasonToSend) {
    let delivery = match attempt(app, reason).await {
        Ok(delivery) => delivery,
        Err(failure) => {
            tracing::warn!(portal = %reason.portal, decision = %reason.decision, %failure, "a reason was not delivered");
            Delivery::Failed
        }
    };
    if let Err(error) = app.store.reason_ended(reason, delivery).await {
        tracing::error!(portal = %reason.portal, decision = %reason.decision, %error, "a delivery could not be recorded");
    }
}

async fn attempt(app: &App, reason: &ReasonToSend) -> Result<Delivery, Failure> {
    let (facts, account) = of_person(app, reason.portal, reason.user).await?;
    let id = vendor_id(reason.task.get())?;
    let text = message(app, reason, &facts, account, id).await?;
    if let Some(delivery) = by_chat(app, reason, &facts, account, &text).await? {
        return Ok(delivery);
    }
    app.store.reason_goes_via(reason, Via::Comment).await?;
    let sent = as_account(app, &facts, account, |api| {
        let text = text.clone();
        async move { task_commentitem_add(&api, id, &text).await }
    });
    match sent.await {
        Ok(_) => Ok(Delivery::Delivered),
        Err(PortalTrouble::Call(error)) if error.ran() == Ran::Unknown => Ok(Delivery::Unknown),
        Err(trouble) => Err(trouble.into()),
    }
}

/// The chat of REST 3.0, under one key: a lost answer may be asked for again. `None` where the portal has no such way.
async fn by_chat(
    app: &App,
    reason: &ReasonToSend,
    facts: &PortalFacts,
    account: Account,
    text: &str,
) -> Result<Option<Delivery>, Failure> {
    let key = format!("handback-{}", reason.decision);
    let id = vendor_id(reason.task.get())?;
    for pause in [1, 2, 4, 0] {
        let sent = as_account(app, facts, account, |api| {
            let (text, key) = (text.to_owned(), key.clone());
            async move { tasks_task_chat_message_send(&api, id, &text, &key).await }
        });
        match sent.await {
            Ok(answer) if answer.result => return Ok(Some(Delivery::Delivered)),
            Ok(_) => return Ok(Some(Delivery::Failed)),
            Err(PortalTrouble::Call(error)) if is_no_way(&error) => return Ok(None),
            Err(PortalTrouble::Call(error)) if may_pass(&error) && pause > 0 => {
                tokio::time::sleep(Duration::from_secs(pause)).await;
            }
            Err(PortalTrouble::Call(error)) if error.ran() == Ran::Unknown => return Ok(Some(Delivery::Unknown)),
            Err(trouble) => return Err(trouble.into()),
        }
    }
    Ok(Some(Delivery::Unknown))
}

fn is_no_way(error: &CallError) -> bool {
    matches!(error.reaction(), Reaction::NotFound | Reaction::MissingScope)
}

fn may_pass(error: &CallError) -> bool {
    error.ran() == Ran::Unknown || error.reaction() == Reaction::SlowDown
}

/// Mentions the assignee; the person's own brackets stay text.
async fn message(
    app: &App,
    reason: &ReasonToSend,
    facts: &PortalFacts,
    account: Account,
    id: Id,
) -> Result<String, Failure> {
    let words = Reason::new(&reason.body).map_err(|e| Failure::Internal(Box::new(e)))?.as_bbcode();
    let task =
        read_as(app, facts, account, |api| async move { tasks_task_get(&api, id, &["ID", "RESPONSIBLE_ID"]).await });
    // Who the assignee is adorns the message; without it the reason still goes.
    let task = task.await.ok().and_then(|answer| answer.result);
    let assignee = task.as_ref().and_then(|task| {
        let user = task.responsible.get()?;
        Some(((*user.id)?, Reason::new((*user.name).as_deref()?).ok()?.as_bbcode()))
    });
    Ok(match assignee {
        Some((id, name)) => format!("[USER={id}]{name}[/USER], {words}"),
        None => words,
    })
}
