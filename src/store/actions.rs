//! What each person did, and how it ended. The database writes the rows itself, with the decision that they are about,
//! and lets nobody change them.

use super::{Store, StoreError, impossible};
use crate::domain::{Action, DecisionId, Delivery, NotDone, PortalId, Refusal, State, TaskId, UserId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A decision in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    /// Which.
    pub id: DecisionId,
    /// Who.
    pub user: UserId,
    /// About what.
    pub task: TaskId,
    /// What.
    pub action: Action,
    /// When they pressed.
    pub pressed_at: DateTime<Utc>,
    /// How it ended, and when; `None` while it is open.
    pub ended: Option<(State, DateTime<Utc>)>,
    /// The reason's words, as long as they are kept.
    pub reason: Option<String>,
    /// What became of the reason.
    pub delivery: Option<Delivery>,
}

/// Where a page of the log ends.
pub type Behind = (DateTime<Utc>, DecisionId);

impl Store {
    /// The log of a portal, or of one person in it, newest first, from behind a decision.
    pub async fn actions(
        &self,
        portal: PortalId,
        user: Option<UserId>,
        behind: Option<Behind>,
        limit: i64,
    ) -> Result<Vec<Logged>, StoreError> {
        let rows = sqlx::query!(
            "select p.decision_id, p.user_id, p.task_id, p.action, p.at as pressed_at, e.outcome as \"outcome?\",
                 e.detail as \"detail?\", e.at as \"ended_at?\", r.body as \"body?\", r.delivery as \"delivery?\"
             from actions p
             left join actions e on e.portal_id = p.portal_id and e.decision_id = p.decision_id and e.outcome <> 'pressed'
             left join reasons r on r.portal_id = p.portal_id and r.decision_id = p.decision_id
             where p.portal_id = $1 and p.outcome = 'pressed' and ($2::int8 is null or p.user_id = $2)
               and ($3::timestamptz is null or (p.at, p.decision_id) < ($3, $4))
             order by p.at desc, p.decision_id desc limit $5",
            portal.0,
            user.map(UserId::get),
            behind.map(|(at, _)| at),
            behind.map(|(_, id)| id.0),
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let logged = rows.into_iter().map(|row| {
            let read = || {
                let ended = match row.outcome.as_deref() {
                    Some(outcome) => Some((state(outcome, row.detail.as_deref())?, row.ended_at?)),
                    None => None,
                };
                Some(Logged {
                    id: DecisionId(row.decision_id),
                    user: UserId::new(row.user_id)?,
                    task: TaskId::new(row.task_id)?,
                    action: Action::parse(&row.action)?,
                    pressed_at: row.pressed_at,
                    ended,
                    reason: row.body.clone().filter(|body| !body.is_empty()),
                    delivery: row.delivery.as_deref().and_then(Delivery::parse),
                })
            };
            read().ok_or_else(|| impossible("actions", Uuid::simple(row.decision_id)))
        });
        logged.collect()
    }

    /// Removes rows past their time: 400 days, so that the same weeks of the year before can be looked at. The database
    /// refuses whatever is younger. Of all portals: a housekeeping job.
    pub async fn sweep_actions(&self) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        tx.may_take_long().await?;
        let done = sqlx::query!("delete from actions where at < now() - interval '400 days'").execute(&mut tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }
}

/// A final state as the log has it.
fn state(outcome: &str, detail: Option<&str>) -> Option<State> {
    Some(match outcome {
        "done" => State::Done,
        "refused" => State::Refused(Refusal::parse(detail?)?),
        "not_run" => State::NotRun(NotDone::parse(detail?)?),
        "needs_person" => State::NeedsPerson,
        "cancelled" => State::Cancelled,
        _ => return None,
    })
}
