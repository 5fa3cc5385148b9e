//! The worker's part of a decision: claims, leases, and the one way in which a state is written.

use super::{Other, Row, offset_minutes};
use crate::domain::{Decision, IllegalStep, PortalId, State};
use crate::store::{Store, StoreError};
use chrono::{DateTime, FixedOffset};
use std::time::Duration;
use uuid::Uuid;

/// The right of one replica to carry a decision for a while.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    /// The decision in its state when it was claimed.
    pub decision: Decision,
    /// Proof of the right; a late writer no longer has it.
    pub lease: Uuid,
    /// How long ago the changing request left, by the database's clock.
    pub sent_ago: Option<Duration>,
    /// How often its outcome was looked for.
    pub looks: i32,
}

/// A change of state that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The state machine has no such step.
    #[error("{0}")]
    Illegal(#[from] IllegalStep),
    /// The lease was lost: another replica carries it now.
    #[error("another replica carries this decision")]
    Lost,
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for RecordError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Claims decisions whose window is over, and those whose replica died while it asked: nothing was sent for either.
    /// At most `most` of one portal are under way at once, whatever the number of replicas. A portal that is said to have
    /// left waits for the first confirmation. Of all portals: this is the worker's question.
    pub async fn claim_due(
        &self,
        lease: Uuid,
        lasts: Duration,
        most: i64,
        limit: i64,
    ) -> Result<Vec<Carried>, StoreError> {
        let mut tx = self.pool.begin().await?;
        // Whoever counts has the portal to himself. Two statements: one alone would count what it saw before it waited.
        let portals = sqlx::query_scalar!(
            "select portal_id from portals
             where portal_id in (select distinct portal_id from decisions
                                 where (state = 'held' and held_until <= now()) or (state = 'checking' and lease_until < now()))
               and not (status = 'leaving' and checks = 0)
               -- a portal that is at its most waits, and keeps nobody else waiting
               and (select count(*) from decisions r where r.portal_id = portals.portal_id
                    and ((r.state = 'checking' and r.lease_until >= now()) or r.state = 'sending')) < $1
             order by random() limit 50
             for no key update skip locked",
            most
        );
        let portals = portals.fetch_all(&mut *tx).await?;
        if portals.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query!(
            "update decisions set state = 'checking', lease_id = $1, lease_until = now() + make_interval(secs => $2)
             where state in ('held', 'checking') and (portal_id, decision_id) in (
                 select due.portal_id, due.decision_id
                 from unnest($3::uuid[]) as p (portal_id)
                 cross join lateral (
                     select d.portal_id, d.decision_id from decisions d
                     where d.portal_id = p.portal_id
                       and ((state = 'held' and held_until <= now()) or (state = 'checking' and lease_until < now()))
                     order by held_until
                     limit greatest(0, $4 - (select count(*) from decisions r where r.portal_id = p.portal_id
                                             and ((r.state = 'checking' and r.lease_until >= now()) or r.state = 'sending')))
                     for update of d skip locked) as due
                 limit $5)
             returning portal_id, decision_id",
            lease,
            lasts.as_secs_f64(),
            &portals,
            most,
            limit
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        self.carried(rows.into_iter().map(|row| (row.portal_id, row.decision_id)).unzip(), lease).await
    }

    /// Claims decisions of which nobody knows whether they ran and whose time to look has come. A sender that died
    /// counts among them from the moment its lease ran out.
    pub async fn claim_unknown(&self, lease: Uuid, lasts: Duration, limit: i64) -> Result<Vec<Carried>, StoreError> {
        let rows = sqlx::query!(
            "update decisions set state = 'unknown', lease_id = $1, lease_until = now() + make_interval(secs => $2),
                 -- a dead sender's request may have left as late as its lease allowed
                 sent_at = case when state = 'sending' then greatest(sent_at, lease_until) else sent_at end
             where (portal_id, decision_id) in (
                 select portal_id, decision_id from decisions
                 where (state = 'sending' and lease_until < now())
                    or (state = 'unknown' and look_at <= now() and (lease_until is null or lease_until < now()))
                 order by look_at nulls first limit $3 for update skip locked)
             returning portal_id, decision_id",
            lease,
            lasts.as_secs_f64(),
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        self.carried(rows.into_iter().map(|row| (row.portal_id, row.decision_id)).unzip(), lease).await
    }

    /// The claimed rows. One that cannot be is said in the log and left to its lease: its neighbours are carried.
    async fn carried(&self, keys: (Vec<Uuid>, Vec<Uuid>), lease: Uuid) -> Result<Vec<Carried>, StoreError> {
        if keys.0.is_empty() {
            return Ok(Vec::new());
        }
        let rows =
            kept!("(d.portal_id, d.decision_id) in (select * from unnest($1::uuid[], $2::uuid[]))", &keys.0, &keys.1);
        let rows = rows.fetch_all(&self.pool).await?;
        let carried = rows.iter().filter_map(|row| match row.kept() {
            Ok(kept) => Some(Carried {
                decision: kept.decision,
                lease,
                sent_ago: row.sent_ago.map(|s| Duration::from_secs_f64(s.max(0.0))),
                looks: row.looks,
            }),
            Err(error) => {
                tracing::error!(%error, "a decision cannot be carried");
                None
            }
        });
        Ok(carried.collect())
    }

    /// Writes the next state, if the step is legal and the lease is still ours. A final state frees the task and drops
    /// a reason that has nothing to explain.
    pub async fn record(&self, carried: &mut Carried, to: State, other: Option<Other>) -> Result<(), RecordError> {
        let from = carried.decision.state;
        let next = from.step(to)?;
        let (detail, since) = match next {
            State::Refused(refusal) => (Some(refusal.name()), None),
            State::NotRun(why) => (Some(why.name()), None),
            State::Sending { since } | State::Unknown { since } => (None, Some(since)),
            _ => (None, None),
        };
        let changed = sqlx::query_scalar!(
            "with d as (update decisions set state = $5, detail = $6,
                            sending_since = coalesce($7, sending_since),
                            sending_offset_minutes = coalesce($8, sending_offset_minutes),
                            sent_at = case when $5 in ('sending', 'unknown') then now() else sent_at end,
                            look_at = case when $5 = 'unknown' then now() + interval '5 seconds' else look_at end,
                            lease_until = case when $5 = 'unknown' then null else lease_until end,
                            other_user_id = $9, other_at = $10, other_offset_minutes = $11,
                            finished_at = case when $12 then null else now() end
                        where portal_id = $1 and decision_id = $2 and lease_id = $3 and state = $4
                        returning portal_id, decision_id),
                  r as (update reasons r set delivery = 'dropped' from d
                        where r.portal_id = d.portal_id and r.decision_id = d.decision_id
                          and $5 in ('refused', 'not_run', 'needs_person', 'cancelled'))
             select count(*) as \"count!\" from d",
            carried.decision.portal.0,
            carried.decision.id.0,
            carried.lease,
            from.name(),
            next.name(),
            detail,
            since.map(|at| at.to_utc()),
            since.map(offset_minutes),
            other.map(|o| o.user.get()),
            other.map(|o| o.at.to_utc()),
            other.map(|o| offset_minutes(o.at)),
            next.is_open()
        )
        .fetch_one(&self.pool)
        .await?;
        if changed != 1 {
            return Err(RecordError::Lost);
        }
        carried.decision.state = next;
        Ok(())
    }

    /// The changing request leaves now, for the first time or after one that certainly did not run. The waiting time for
    /// "no trace" counts from here.
    pub async fn record_sending(&self, carried: &mut Carried, since: DateTime<FixedOffset>) -> Result<(), RecordError> {
        if carried.decision.state == State::Checking {
            return self.record(carried, State::Sending { since }, None).await;
        }
        let done = sqlx::query!(
            "update decisions set sent_at = now(), sending_since = $4, sending_offset_minutes = $5
             where portal_id = $1 and decision_id = $2 and lease_id = $3 and state = 'sending'",
            carried.decision.portal.0,
            carried.decision.id.0,
            carried.lease,
            since.to_utc(),
            offset_minutes(since)
        )
        .execute(&self.pool)
        .await?;
        if done.rows_affected() != 1 {
            return Err(RecordError::Lost);
        }
        carried.decision.state = State::Sending { since };
        Ok(())
    }

    /// Still working on it. False when the lease is lost.
    pub async fn extend_lease(&self, carried: &Carried, lasts: Duration) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "update decisions set lease_until = now() + make_interval(secs => $4)
             where portal_id = $1 and decision_id = $2 and lease_id = $3 and state in ('checking', 'sending', 'unknown')",
            carried.decision.portal.0,
            carried.decision.id.0,
            carried.lease,
            lasts.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// As [`Store::extend_lease`], for many of one portal. How many are still ours.
    pub async fn extend_leases(
        &self,
        portal: PortalId,
        ids: &[Uuid],
        lease: Uuid,
        lasts: Duration,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update decisions set lease_until = now() + make_interval(secs => $4)
             where portal_id = $1 and decision_id = any($2) and lease_id = $3 and state in ('checking', 'sending')",
            portal.0,
            ids,
            lease,
            lasts.as_secs_f64()
        );
        Ok(done.execute(&self.pool).await?.rows_affected())
    }

    /// As [`Store::record_sending`], for many of one portal under one lease that leave in one request. Those that are
    /// still ours; the others are another replica's, or taken back with their portal.
    pub async fn record_sending_many(
        &self,
        carried: Vec<Carried>,
        since: DateTime<FixedOffset>,
    ) -> Result<Vec<Carried>, RecordError> {
        let Some(first) = carried.first().copied() else { return Ok(carried) };
        for one in carried.iter().filter(|one| !matches!(one.decision.state, State::Sending { .. })) {
            one.decision.state.step(State::Sending { since })?;
        }
        let ids: Vec<Uuid> = carried.iter().map(|one| one.decision.id.0).collect();
        let ours = sqlx::query_scalar!(
            "update decisions set state = 'sending', sent_at = now(), sending_since = $4, sending_offset_minutes = $5
             where portal_id = $1 and decision_id = any($2) and lease_id = $3 and state in ('checking', 'sending')
             returning decision_id",
            first.decision.portal.0,
            &ids,
            first.lease,
            since.to_utc(),
            offset_minutes(since)
        )
        .fetch_all(&self.pool)
        .await?;
        let sending = |mut one: Carried| {
            one.decision.state = State::Sending { since };
            ours.contains(&one.decision.id.0).then_some(one)
        };
        Ok(carried.into_iter().filter_map(sending).collect())
    }

    /// Nothing found yet: look again after `pause`.
    pub async fn look_later(&self, carried: &Carried, pause: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "update decisions set look_at = now() + make_interval(secs => $4), looks = looks + 1, lease_until = null
             where portal_id = $1 and decision_id = $2 and lease_id = $3 and state = 'unknown'",
            carried.decision.portal.0,
            carried.decision.id.0,
            carried.lease,
            pause.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
