//! Reasons: kept with their decision, sent after it is done, with an outcome of their own.

use super::{Store, StoreError};
use crate::domain::{DecisionId, Delivery, PortalId, TaskId, UserId, past::OwnReturn};
use std::{collections::HashMap, time::Duration};
use uuid::Uuid;

/// Reasons of one portal that the worker has under way at once, in all replicas.
const MOST_OF_PORTAL: i64 = 4;

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
    /// The person's words; none where only what else was wished is told.
    pub body: String,
    /// How often it was taken up, this time included.
    pub tries: i32,
    /// Proof of the right to send it.
    pub lease: Uuid,
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
    /// Claims reasons whose decisions are done and whose time has come. One whose sender died on the chat's way may go
    /// again under the same key, once the vendor cannot be running the first request any more; on the comment's way
    /// nobody can say, and it becomes `unknown`. Of one decision, or of all portals: that is the worker's question.
    pub async fn claim_reasons(
        &self,
        of: Option<(PortalId, DecisionId)>,
        lease: Uuid,
        lasts: Duration,
        limit: i64,
    ) -> Result<Vec<ReasonToSend>, StoreError> {
        if of.is_none() {
            self.lose_comments().await?;
        }
        let rows = sqlx::query!(
            // Its sender died at least 22 seconds before the lease ended, and a request is over within 65.
            "update reasons r set delivery = 'sending', via = 'chat', lease_id = $2, tries = tries + 1,
                 lease_until = now() + make_interval(secs => $3)
             from decisions d
             where d.portal_id = r.portal_id and d.decision_id = r.decision_id
               and (r.portal_id, r.decision_id) in (
                 select r2.portal_id, r2.decision_id from reasons r2
                 join (select r3.portal_id, r3.decision_id,
                           coalesce(u.many, 0) + row_number() over (partition by r3.portal_id order by r3.try_at nulls first) as nth
                       from reasons r3
                       join decisions d3 on d3.portal_id = r3.portal_id and d3.decision_id = r3.decision_id
                       left join (select portal_id, count(*) as many from reasons
                                  where $4::uuid is null and delivery = 'sending' and lease_until >= now() group by portal_id) u on u.portal_id = r3.portal_id
                       where d3.state = 'done'
                         -- a portal that is said to have left waits for the first confirmation
                         and not exists (select from portals p where p.portal_id = r3.portal_id
                                         and p.status = 'leaving' and p.checks = 0)
                         -- what else was wished comes first: the message names it
                         and not exists (select from followups f where f.portal_id = r3.portal_id
                                         and f.decision_id = r3.decision_id and f.fate in ('pending', 'carrying'))
                         -- whoever carried the decision tells it, and knows whom, if they live
                         and ($4::uuid is not null or r3.tries > 0 or d3.finished_at < now() - interval '5 seconds')
                         and ($4::uuid is null or (r3.portal_id = $4 and r3.decision_id = $5)) and (
                           (r3.delivery = 'pending' and (r3.try_at is null or r3.try_at <= now()))
                           or (r3.delivery = 'sending' and r3.via = 'chat' and r3.lease_until < now()
                               and (r3.tried_at is null or r3.lease_until < now() - interval '45 seconds')))) due
                   on due.portal_id = r2.portal_id and due.decision_id = r2.decision_id
                 -- a portal with many of them keeps nobody else waiting, and none of its own longer than its lease
                 where $4 is not null or due.nth <= $6
                 limit $1 for update of r2 skip locked)
               and ((r.delivery = 'pending' and (r.try_at is null or r.try_at <= now()))
                 or (r.delivery = 'sending' and r.via = 'chat' and r.lease_until < now()
                     and (r.tried_at is null or r.lease_until < now() - interval '45 seconds')))
             returning r.portal_id, r.decision_id, r.body, r.tries, d.user_id, d.task_id",
            limit,
            lease,
            lasts.as_secs_f64(),
            of.map(|(portal, _)| portal.0),
            of.map(|(_, decision)| decision.0),
            MOST_OF_PORTAL
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
                tries: row.tries,
                lease,
            })
        });
        Ok(reasons.collect())
    }

    /// Comments whose sender died, once the vendor cannot be running the request any more. Of all portals.
    async fn lose_comments(&self) -> Result<(), StoreError> {
        sqlx::query!(
            "update reasons set delivery = 'unknown'
             where delivery = 'sending' and via = 'comment' and lease_until < now() - interval '45 seconds'"
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A request that carries it leaves now, by this way. False when another replica has taken the reason over.
    pub async fn reason_leaves(&self, reason: &ReasonToSend, via: Via, lasts: Duration) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "update reasons set via = $4, tried_at = now(), lease_until = now() + make_interval(secs => $5)
             where portal_id = $1 and decision_id = $2 and lease_id = $3 and delivery = 'sending'",
            reason.portal.0,
            reason.decision.0,
            reason.lease,
            via.name(),
            lasts.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Its sender lives. How many rows that is: none when it has ended, or another replica has taken it over.
    pub async fn extend_reason(&self, reason: &ReasonToSend, lasts: Duration) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update reasons set lease_until = now() + make_interval(secs => $4)
             where portal_id = $1 and decision_id = $2 and lease_id = $3 and delivery = 'sending'",
            reason.portal.0,
            reason.decision.0,
            reason.lease,
            lasts.as_secs_f64()
        );
        Ok(done.execute(&self.pool).await?.rows_affected())
    }

    /// How it ended. Nothing is written when another replica has taken it over.
    pub async fn reason_ended(&self, reason: &ReasonToSend, delivery: Delivery) -> Result<(), StoreError> {
        sqlx::query!(
            "update reasons set delivery = $4
             where portal_id = $1 and decision_id = $2 and lease_id = $3 and delivery = 'sending'",
            reason.portal.0,
            reason.decision.0,
            reason.lease,
            delivery.name()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// It certainly did not arrive, and may later: another try after `pause`.
    pub async fn reason_waits(&self, reason: &ReasonToSend, pause: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "update reasons set delivery = 'pending', try_at = now() + make_interval(secs => $4)
             where portal_id = $1 and decision_id = $2 and lease_id = $3 and delivery = 'sending'",
            reason.portal.0,
            reason.decision.0,
            reason.lease,
            pause.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Why these tasks were returned here, as far as it is kept: who may read a task may read what was told in it.
    pub async fn own_returns(
        &self,
        portal: PortalId,
        tasks: &[TaskId],
    ) -> Result<HashMap<TaskId, Vec<OwnReturn>>, StoreError> {
        let tasks: Vec<i64> = tasks.iter().map(|task| task.get()).collect();
        let rows = sqlx::query!(
            "select d.task_id, d.user_id, d.sending_since as \"since!\", r.body
             from decisions d join reasons r on r.portal_id = d.portal_id and r.decision_id = d.decision_id
             where d.portal_id = $1 and d.task_id = any($2) and d.action = 'return' and d.state = 'done'
               and d.sending_since is not null and r.body <> ''
             order by d.sending_since desc limit 400",
            portal.0,
            &tasks
        )
        .fetch_all(&self.pool)
        .await?;
        let mut found: HashMap<TaskId, Vec<OwnReturn>> = HashMap::new();
        for row in rows {
            if let (Some(task), Some(user)) = (TaskId::new(row.task_id), UserId::new(row.user_id)) {
                found.entry(task).or_default().push(OwnReturn { user, since: row.since, why: row.body });
            }
        }
        Ok(found)
    }

    /// A person wants the reason of their decision sent again: one that failed, or, once they have looked whether it is
    /// there already, one of which nobody knows. False when it is neither.
    pub async fn tell_again(
        &self,
        portal: PortalId,
        user: UserId,
        decision: DecisionId,
        looked: bool,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "update reasons r set delivery = 'pending', try_at = now(), tries = 0
             from decisions d
             where d.portal_id = r.portal_id and d.decision_id = r.decision_id
               and r.portal_id = $1 and r.decision_id = $3 and d.user_id = $2 and d.state = 'done'
               and (r.delivery = 'failed' or (r.delivery = 'unknown' and $4))",
            portal.0,
            user.get(),
            decision.0,
            looked
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
