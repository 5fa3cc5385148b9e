//! Reasons: kept with their decision, sent after it is done, with an outcome of their own.

use super::{Store, StoreError};
use crate::domain::{DecisionId, Delivery, PortalId, TaskId, UserId};

/// A reason to be told to the assignee.
#[derive(Debug, Clone)]
pub struct ReasonToSend {
    /// Portal.
    pub portal: PortalId,
    /// The decision it explains; also the key that makes sending it twice one message.
    pub decision: DecisionId,
    /// In whose name.
    pub user: UserId,
    /// In which task's discussion.
    pub task: TaskId,
    /// The person's words.
    pub body: String,
}

/// By which way it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// REST 3.0 chat: repeating is safe under one key.
    Chat,
    /// Comment of the old card: never repeated by itself.
    Comment,
}

impl Via {
    fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Comment => "comment",
        }
    }
}

impl Store {
    /// Claims reasons whose decisions are done and that nobody has sent. Those whose sender died on the chat's way may
    /// go again under the same key; on the comment's way nobody can say, and they become `unknown`.
    pub async fn claim_reasons(&self, limit: i64) -> Result<Vec<ReasonToSend>, StoreError> {
        sqlx::query!(
            "update reasons set delivery = 'unknown'
             where delivery = 'sending' and tried_at < now() - interval '90 seconds' and via = 'comment'"
        )
        .execute(&self.pool)
        .await?;
        let rows = sqlx::query!(
            "update reasons r set delivery = 'sending', via = 'chat', tried_at = now()
             from decisions d
             where d.portal_id = r.portal_id and d.decision_id = r.decision_id
               and (r.portal_id, r.decision_id) in (
                 select r2.portal_id, r2.decision_id from reasons r2
                 join decisions d2 on d2.portal_id = r2.portal_id and d2.decision_id = r2.decision_id
                 where d2.state = 'done' and (r2.delivery = 'pending'
                    or (r2.delivery = 'sending' and r2.via = 'chat' and r2.tried_at < now() - interval '90 seconds'))
                 limit $1 for update of r2 skip locked)
             returning r.portal_id, r.decision_id, r.body, d.user_id, d.task_id",
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let reasons = rows.into_iter().filter_map(|row| {
            Some(ReasonToSend {
                portal: PortalId(row.portal_id),
                decision: DecisionId(row.decision_id),
                user: UserId::new(row.user_id)?,
                task: TaskId::new(row.task_id)?,
                body: row.body,
            })
        });
        Ok(reasons.collect())
    }

    /// The other way is tried now.
    pub async fn reason_goes_via(&self, reason: &ReasonToSend, via: Via) -> Result<(), StoreError> {
        sqlx::query!(
            "update reasons set via = $3, tried_at = now()
             where portal_id = $1 and decision_id = $2 and delivery = 'sending'",
            reason.portal.0,
            reason.decision.0,
            via.name()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// How it ended.
    pub async fn reason_ended(&self, reason: &ReasonToSend, delivery: Delivery) -> Result<(), StoreError> {
        sqlx::query!(
            "update reasons set delivery = $3 where portal_id = $1 and decision_id = $2 and delivery = 'sending'",
            reason.portal.0,
            reason.decision.0,
            delivery.name()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
