//! What else is wished with a decision: kept with it, carried out once it is done, before the reason is told.

use super::{Store, StoreError};
use crate::domain::{
    DecisionId, PortalId, TaskId, UserId,
    followup::{Followed, Followup, Mark},
};
use chrono::{DateTime, FixedOffset, Utc};
use std::time::Duration;
use uuid::Uuid;

/// Of one portal that are under way at once, in all replicas.
const MOST_OF_PORTAL: i64 = 4;

/// A wish to be carried out.
#[derive(Debug, Clone)]
pub struct FollowupToCarry {
    /// Portal.
    pub portal: PortalId,
    /// With which decision it was wished.
    pub decision: DecisionId,
    /// In whose name.
    pub user: UserId,
    /// Of which task.
    pub task: TaskId,
    /// What.
    pub wish: Followup,
    /// How often it was taken up, this time included.
    pub tries: i32,
    /// Proof of the right to carry it out.
    pub lease: Uuid,
}

fn wish(deadline: Option<DateTime<Utc>>, minutes: Option<i32>, mark: Option<&str>, items: Vec<i64>) -> Followup {
    let zone = minutes.and_then(|minutes| FixedOffset::east_opt(minutes.checked_mul(60)?));
    let deadline = deadline.zip(zone).map(|(at, zone)| at.with_timezone(&zone));
    Followup { deadline, mark: mark.and_then(Mark::parse), items }
}

impl Store {
    /// Claims wishes whose decisions are done: of one decision, or of all portals, which is the worker's question. Every
    /// part of a wish is absolute, so one whose carrier died is carried out once more.
    pub async fn claim_followups(
        &self,
        of: Option<(PortalId, DecisionId)>,
        lease: Uuid,
        lasts: Duration,
        limit: i64,
    ) -> Result<Vec<FollowupToCarry>, StoreError> {
        let rows = sqlx::query!(
            "update followups f set fate = 'carrying', followup_tries = followup_tries + 1, followup_lease = $2,
                 followup_lease_until = now() + make_interval(secs => $3)
             from decisions d
             where d.portal_id = f.portal_id and d.decision_id = f.decision_id
               and (f.portal_id, f.decision_id) in (
                 select f2.portal_id, f2.decision_id from followups f2
                 join (select f3.portal_id, f3.decision_id,
                           coalesce(u.many, 0) + row_number() over (partition by f3.portal_id order by f3.carry_at nulls first) as nth
                       from followups f3
                       join decisions d3 on d3.portal_id = f3.portal_id and d3.decision_id = f3.decision_id
                       left join (select portal_id, count(*) as many from followups
                                  where $4::uuid is null and fate = 'carrying' and followup_lease_until >= now() group by portal_id) u on u.portal_id = f3.portal_id
                       where d3.state = 'done'
                         -- a portal that is said to have left waits for the first confirmation
                         and not exists (select from portals p where p.portal_id = f3.portal_id
                                         and p.status = 'leaving' and p.checks = 0)
                         -- whoever carried the decision carries this out as well, if they live
                         and ($4::uuid is not null or f3.followup_tries > 0 or d3.finished_at < now() - interval '5 seconds')
                         and ($4::uuid is null or (f3.portal_id = $4 and f3.decision_id = $5))
                         and ((f3.fate = 'pending' and (f3.carry_at is null or f3.carry_at <= now()))
                           or (f3.fate = 'carrying' and f3.followup_lease_until < now()))) due
                   on due.portal_id = f2.portal_id and due.decision_id = f2.decision_id
                 -- a portal with many of them keeps nobody else waiting
                 where $4 is not null or due.nth <= $6
                 limit $1 for update of f2 skip locked)
               -- as it is now, whoever has taken it meanwhile
               and ((f.fate = 'pending' and (f.carry_at is null or f.carry_at <= now()))
                 or (f.fate = 'carrying' and f.followup_lease_until < now()))
             returning f.portal_id, f.decision_id, f.deadline, f.deadline_offset_minutes, f.mark, f.items,
                 f.followup_tries, d.user_id, d.task_id",
            limit,
            lease,
            lasts.as_secs_f64(),
            of.map(|(portal, _)| portal.0),
            of.map(|(_, decision)| decision.0),
            MOST_OF_PORTAL
        )
        .fetch_all(&self.pool)
        .await?;
        let claimed = rows.into_iter().filter_map(|row| {
            Some(FollowupToCarry {
                portal: PortalId(row.portal_id),
                decision: DecisionId(row.decision_id),
                user: UserId::new(row.user_id)?,
                task: TaskId::new(row.task_id)?,
                wish: wish(row.deadline, row.deadline_offset_minutes, row.mark.as_deref(), row.items),
                tries: row.followup_tries,
                lease,
            })
        });
        Ok(claimed.collect())
    }

    /// Its carrier lives. How many rows that is: none when it has ended, or another replica has taken it over.
    pub async fn extend_followup(&self, followup: &FollowupToCarry, lasts: Duration) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update followups set followup_lease_until = now() + make_interval(secs => $4)
             where portal_id = $1 and decision_id = $2 and followup_lease = $3 and fate = 'carrying'",
            followup.portal.0,
            followup.decision.0,
            followup.lease,
            lasts.as_secs_f64()
        );
        Ok(done.execute(&self.pool).await?.rows_affected())
    }

    /// How it ended. Nothing is written when another replica has taken it over.
    pub async fn followup_ended(&self, followup: &FollowupToCarry, end: &Followed) -> Result<(), StoreError> {
        sqlx::query!(
            "update followups set fate = $4, done_items = $5, missed_items = $6, deadline_done = $7, mark_done = $8,
                 followup_lease = null, followup_lease_until = null
             where portal_id = $1 and decision_id = $2 and followup_lease = $3 and fate = 'carrying'",
            followup.portal.0,
            followup.decision.0,
            followup.lease,
            if end.is_whole() { "done" } else { "partly" },
            &end.items,
            i32::try_from(end.missed_items).unwrap_or(i32::MAX),
            end.deadline.map(|(_, set)| set),
            end.mark
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// It may go better later.
    pub async fn followup_waits(&self, followup: &FollowupToCarry, pause: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "update followups set fate = 'pending', carry_at = now() + make_interval(secs => $4)
             where portal_id = $1 and decision_id = $2 and followup_lease = $3 and fate = 'carrying'",
            followup.portal.0,
            followup.decision.0,
            followup.lease,
            pause.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What became of a decision's wish, if there is one and it has ended.
    pub async fn followed(&self, portal: PortalId, decision: DecisionId) -> Result<Option<Followed>, StoreError> {
        let row = sqlx::query!(
            "select deadline, deadline_offset_minutes, mark, done_items, missed_items, deadline_done, mark_done
             from followups where portal_id = $1 and decision_id = $2 and fate in ('done', 'partly')",
            portal.0,
            decision.0
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| {
            let wish = wish(row.deadline, row.deadline_offset_minutes, row.mark.as_deref(), row.done_items);
            Followed {
                items: wish.items,
                missed_items: usize::try_from(row.missed_items).unwrap_or(0),
                deadline: wish.deadline.map(|at| (at, row.deadline_done == Some(true))),
                mark: row.mark_done,
            }
        }))
    }

    /// What was wished with a decision, to be wished again with the next one.
    pub async fn followup_of(&self, portal: PortalId, decision: DecisionId) -> Result<Option<Followup>, StoreError> {
        let row = sqlx::query!(
            "select deadline, deadline_offset_minutes, mark, items from followups
             where portal_id = $1 and decision_id = $2",
            portal.0,
            decision.0
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| wish(row.deadline, row.deadline_offset_minutes, row.mark.as_deref(), row.items)))
    }
}
