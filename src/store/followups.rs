//! What else is wished with a decision: kept with it, carried out once it is done, before the reason is told.

use super::{Store, StoreError};
use crate::domain::{
    DecisionId, PortalId, TaskId, UserId,
    followup::{Followed, Followup, Mark},
};
use chrono::{DateTime, FixedOffset, Utc};
use std::time::Duration;
use uuid::Uuid;

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
                 join decisions d2 on d2.portal_id = f2.portal_id and d2.decision_id = f2.decision_id
                 where d2.state = 'done'
                   -- a portal that is said to have left waits for the first confirmation
                   and not exists (select from portals p where p.portal_id = f2.portal_id
                                   and p.status = 'leaving' and p.checks = 0)
                   -- whoever carried the decision carries this out as well, if they live
                   and ($4::uuid is not null or f2.followup_tries > 0 or d2.finished_at < now() - interval '5 seconds')
                   and ($4::uuid is null or (f2.portal_id = $4 and f2.decision_id = $5))
                   and ((f2.fate = 'pending' and (f2.carry_at is null or f2.carry_at <= now()))
                     or (f2.fate = 'carrying' and f2.followup_lease_until < now()))
                 limit $1 for update of f2 skip locked)
             returning f.portal_id, f.decision_id, f.deadline, f.deadline_offset_minutes, f.mark, f.items,
                 f.followup_tries, d.user_id, d.task_id",
            limit,
            lease,
            lasts.as_secs_f64(),
            of.map(|(portal, _)| portal.0),
            of.map(|(_, decision)| decision.0)
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
