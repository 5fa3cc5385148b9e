//! Notifications of returns: a row comes with the return (the database writes it), is claimed once it has been told why,
//! and goes two days after it is over.

use super::{Store, StoreError};
use crate::domain::{
    DecisionId, PortalId, TaskId, UserId,
    bell::{Fate, MOST_A_DAY},
};
use std::time::Duration;
use uuid::Uuid;

/// Of one portal that are under way at once, in all replicas.
const MOST_OF_PORTAL: i64 = 4;

/// A notification to be sent.
#[derive(Debug, Clone)]
pub struct BellToRing {
    /// Portal.
    pub portal: PortalId,
    /// Of which return.
    pub decision: DecisionId,
    /// In whose name.
    pub user: UserId,
    /// Of which task.
    pub task: TaskId,
    /// The person's words; none where there are none.
    pub body: String,
    /// How often it was taken up, this time included.
    pub tries: i32,
    /// Proof of the right to send it.
    pub lease: Uuid,
}

/// Whether it may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Now.
    Go,
    /// The assignee has had as many as there may be.
    Enough,
    /// Another replica has taken it over.
    Lost,
}

impl Store {
    /// Claims what is due, after what was wished with the return and its reason have ended. One whose sender died after
    /// the request had left may have rung: it is `unknown`, and never sent again. Of all portals: the worker's question.
    pub async fn claim_bells(&self, lease: Uuid, lasts: Duration, limit: i64) -> Result<Vec<BellToRing>, StoreError> {
        sqlx::query!(
            "update bells set fate = 'unknown', ended_at = now()
             where fate = 'ringing' and left_at is not null and bell_lease_until < now()"
        )
        .execute(&self.pool)
        .await?;
        let rows = sqlx::query!(
            "update bells b set fate = 'ringing', bell_tries = bell_tries + 1, bell_lease = $2,
                 bell_lease_until = now() + make_interval(secs => $3)
             from decisions d left join reasons r on r.portal_id = d.portal_id and r.decision_id = d.decision_id
             where d.portal_id = b.portal_id and d.decision_id = b.decision_id
               and (b.portal_id, b.decision_id) in (
                 select b2.portal_id, b2.decision_id from bells b2
                 join (select b3.portal_id, b3.decision_id,
                           coalesce(u.many, 0) + row_number() over (partition by b3.portal_id order by b3.ring_at nulls first) as nth
                       from bells b3
                       join decisions d3 on d3.portal_id = b3.portal_id and d3.decision_id = b3.decision_id
                       left join (select portal_id, count(*) as many from bells
                                  where fate = 'ringing' and bell_lease_until >= now() group by portal_id) u on u.portal_id = b3.portal_id
                       where d3.state = 'done'
                         -- a portal that is said to have left waits for the first confirmation
                         and not exists (select from portals p where p.portal_id = b3.portal_id
                                         and p.status = 'leaving' and p.checks = 0)
                         and ((b3.fate = 'pending' and (b3.ring_at is null or b3.ring_at <= now()))
                           or (b3.fate = 'ringing' and b3.left_at is null and b3.bell_lease_until < now()))
                         and not exists (select from followups f where f.portal_id = b3.portal_id
                                         and f.decision_id = b3.decision_id and f.fate in ('pending', 'carrying'))
                         and not exists (select from reasons w where w.portal_id = b3.portal_id
                                         and w.decision_id = b3.decision_id
                                         and w.delivery in ('pending', 'sending'))) due
                   on due.portal_id = b2.portal_id and due.decision_id = b2.decision_id
                 where due.nth <= $4
                 limit $1 for update of b2 skip locked)
               -- as it is now, whoever has taken it meanwhile
               and ((b.fate = 'pending' and (b.ring_at is null or b.ring_at <= now()))
                 or (b.fate = 'ringing' and b.left_at is null and b.bell_lease_until < now()))
             returning b.portal_id, b.decision_id, b.bell_tries, d.user_id, d.task_id,
                 coalesce(r.body, '') as \"body!\"",
            limit,
            lease,
            lasts.as_secs_f64(),
            MOST_OF_PORTAL
        )
        .fetch_all(&self.pool)
        .await?;
        let claimed = rows.into_iter().filter_map(|row| {
            Some(BellToRing {
                portal: PortalId(row.portal_id),
                decision: DecisionId(row.decision_id),
                user: UserId::new(row.user_id)?,
                task: TaskId::new(row.task_id)?,
                body: row.body,
                tries: row.bell_tries,
                lease,
            })
        });
        Ok(claimed.collect())
    }

    /// A request to this person leaves now, unless they have had enough. The portal's row is locked, so that two replicas
    /// do not both send the last one.
    pub async fn bell_leaves(&self, bell: &BellToRing, to: UserId, lasts: Duration) -> Result<Leave, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("select from portals where portal_id = $1 for no key update", bell.portal.0)
            .execute(&mut tx)
            .await?;
        let had = sqlx::query_scalar!(
            "select count(*) as \"had!\" from bells
             where portal_id = $1 and assignee_id = $2 and decision_id <> $3 and left_at > now() - interval '24 hours'",
            bell.portal.0,
            to.get(),
            bell.decision.0
        )
        .fetch_one(&mut tx)
        .await?;
        if had >= MOST_A_DAY {
            return Ok(Leave::Enough);
        }
        let left = sqlx::query!(
            "update bells set left_at = now(), assignee_id = $4, bell_lease_until = now() + make_interval(secs => $5)
             where portal_id = $1 and decision_id = $2 and bell_lease = $3 and fate = 'ringing'",
            bell.portal.0,
            bell.decision.0,
            bell.lease,
            to.get(),
            lasts.as_secs_f64()
        )
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(if left.rows_affected() == 1 { Leave::Go } else { Leave::Lost })
    }

    /// Its sender lives. How many rows that is: none when it has ended, or another replica has taken it over.
    pub async fn extend_bell(&self, bell: &BellToRing, lasts: Duration) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update bells set bell_lease_until = now() + make_interval(secs => $4)
             where portal_id = $1 and decision_id = $2 and bell_lease = $3 and fate = 'ringing'",
            bell.portal.0,
            bell.decision.0,
            bell.lease,
            lasts.as_secs_f64()
        );
        Ok(done.execute(&self.pool).await?.rows_affected())
    }

    /// How it ended; whom it was for stays only where it may be there. Nothing is written when another replica has taken
    /// it over.
    pub async fn bell_ended(&self, bell: &BellToRing, fate: Fate) -> Result<(), StoreError> {
        let there = matches!(fate, Fate::Rung | Fate::Unknown);
        sqlx::query!(
            "update bells set fate = $4, ended_at = now(), bell_lease = null, bell_lease_until = null,
                 left_at = case when $5 then left_at end, assignee_id = case when $5 then assignee_id end
             where portal_id = $1 and decision_id = $2 and bell_lease = $3 and fate = 'ringing'",
            bell.portal.0,
            bell.decision.0,
            bell.lease,
            fate.name(),
            there
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// It is certainly not there, and may be later: another try after `pause`.
    pub async fn bell_waits(&self, bell: &BellToRing, pause: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "update bells set fate = 'pending', left_at = null, assignee_id = null,
                 ring_at = now() + make_interval(secs => $4)
             where portal_id = $1 and decision_id = $2 and bell_lease = $3 and fate = 'ringing'",
            bell.portal.0,
            bell.decision.0,
            bell.lease,
            pause.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Removes what was over two days ago: by then it counts for nobody's day. Of all portals: a housekeeping job.
    pub async fn sweep_bells(&self) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        tx.may_take_long().await?;
        let old = sqlx::query!("delete from bells where ended_at < now() - interval '2 days'").execute(&mut tx).await?;
        tx.commit().await?;
        Ok(old.rows_affected())
    }
}
