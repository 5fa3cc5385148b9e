//! What becomes of decisions that are carried: the one way in which their states are written.

use super::{Carried, Other, offset_minutes};
use crate::domain::{Decision, IllegalStep, PortalId, State};
use crate::store::{Store, StoreError};
use chrono::{DateTime, FixedOffset, Utc};
use std::time::Duration;
use uuid::Uuid;

/// What became of a decision that was carried.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// The decision as it was.
    pub carried: Carried,
    /// Its end, or `unknown`.
    pub to: State,
    /// Who else decided first.
    pub other: Option<Other>,
}

impl Ended {
    /// The decision in its next state. A step that the states do not have is a mistake of ours: it is said in the log, and
    /// the decision is left to its lease.
    fn step(&self) -> Option<Carried> {
        let Decision { portal, id, state, .. } = self.carried.decision;
        match state.step(self.to) {
            Ok(next) => Some(Carried { decision: Decision { state: next, ..self.carried.decision }, ..self.carried }),
            Err(error) => {
                tracing::error!(%portal, decision = %id, %error, "an end cannot be recorded");
                None
            }
        }
    }
}

/// A change of state that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The state machine has no such step.
    #[error("{0}")]
    Illegal(#[from] IllegalStep),
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
    /// Writes the next states of decisions of one portal under one lease: those whose step is legal and whose lease is still
    /// ours, which are answered. A final state frees the task and drops a reason that has nothing to explain.
    pub async fn record(&self, ended: Vec<Ended>) -> Result<Vec<Carried>, StoreError> {
        let Some(Carried { decision, lease, .. }) = ended.first().map(|one| one.carried) else { return Ok(Vec::new()) };
        let steps: Vec<(Ended, Carried)> = ended.iter().filter_map(|one| Some((*one, one.step()?))).collect();
        let columns = Columns::of(&steps);
        let written = sqlx::query_scalar!(
            "with e as (select * from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int[],
                                             $9::bool[], $10::bigint[], $11::timestamptz[], $12::int[])
                            as e(id, was, becomes, why, since, since_offset, open, other, at, at_offset)),
                  -- always in this order, so that nobody waits for anybody in a ring
                  l as (select decision_id from decisions where portal_id = $1 and decision_id = any($3) and lease_id = $2
                        order by decision_id for update),
                  d as (update decisions d set state = e.becomes, detail = e.why,
                            sending_since = coalesce(e.since, sending_since),
                            sending_offset_minutes = coalesce(e.since_offset, sending_offset_minutes),
                            sent_at = case e.becomes when 'unknown' then now() else sent_at end,
                            look_at = case e.becomes when 'unknown' then now() + interval '1 second' else look_at end,
                            lease_until = case e.becomes when 'unknown' then null else lease_until end,
                            other_user_id = e.other, other_at = e.at, other_offset_minutes = e.at_offset,
                            finished_at = case when e.open then null else now() end
                        from e join l on l.decision_id = e.id
                        where d.portal_id = $1 and d.decision_id = e.id and d.lease_id = $2 and d.state = e.was
                        returning d.portal_id, d.decision_id, d.state),
                  r as (update reasons r set delivery = 'dropped' from d
                        where r.portal_id = d.portal_id and r.decision_id = d.decision_id
                          and d.state in ('refused', 'not_run', 'needs_person', 'cancelled'))
             select decision_id from d",
            decision.portal.0,
            lease,
            &columns.ids,
            &columns.was,
            &columns.becomes,
            &columns.why as &[Option<&str>],
            &columns.since as &[Option<DateTime<Utc>>],
            &columns.since_offset as &[Option<i32>],
            &columns.open,
            &columns.other as &[Option<i64>],
            &columns.at as &[Option<DateTime<Utc>>],
            &columns.at_offset as &[Option<i32>]
        )
        .fetch_all(&self.pool)
        .await?;
        if written.len() < steps.len() {
            let lost = steps.len() - written.len();
            tracing::warn!(portal = %decision.portal, lost, "other replicas carry these decisions now");
        }
        let next = steps.into_iter().map(|(_, next)| next);
        Ok(next.filter(|one| written.contains(&one.decision.id.0)).collect())
    }

    /// Requests that change something leave now, for the first time or after ones that certainly did not run. Of one
    /// portal under one lease; answers those that are still ours, the others are another replica's, or taken back with
    /// their portal. The waiting time for "no trace" counts from here.
    ///
    /// # Errors
    /// [`RecordError::Illegal`] when one of them may not be sent from where it stands; none is written then.
    pub async fn record_sending(
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
            "with l as (select decision_id from decisions where portal_id = $1 and decision_id = any($2) and lease_id = $3
                        order by decision_id for update)
             update decisions d set state = 'sending', sent_at = now(), sending_since = $4, sending_offset_minutes = $5
             from l where d.portal_id = $1 and d.decision_id = l.decision_id and d.lease_id = $3
               and d.state in ('checking', 'sending')
             returning d.decision_id",
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

    /// Still working on these of one portal. How many are still ours.
    pub async fn extend_leases(
        &self,
        portal: PortalId,
        ids: &[Uuid],
        lease: Uuid,
        lasts: Duration,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "with l as (select decision_id from decisions where portal_id = $1 and decision_id = any($2) and lease_id = $3
                        order by decision_id for update)
             update decisions d set lease_until = now() + make_interval(secs => $4)
             from l where d.portal_id = $1 and d.decision_id = l.decision_id and d.lease_id = $3
               and d.state in ('checking', 'sending', 'unknown') and d.lease_until is not null",
            portal.0,
            ids,
            lease,
            lasts.as_secs_f64()
        );
        Ok(done.execute(&self.pool).await?.rows_affected())
    }

    /// Nothing found yet: look at each again after its pause.
    pub async fn look_later(&self, later: &[(Carried, Duration)]) -> Result<(), StoreError> {
        let Some((Carried { decision, lease, .. }, _)) = later.first() else { return Ok(()) };
        let ids: Vec<Uuid> = later.iter().map(|(one, _)| one.decision.id.0).collect();
        let pauses: Vec<f64> = later.iter().map(|(_, pause)| pause.as_secs_f64()).collect();
        sqlx::query!(
            "update decisions d set look_at = now() + make_interval(secs => p.pause), looks = looks + 1, lease_until = null
             from unnest($3::uuid[], $4::float8[]) as p (id, pause)
             where d.portal_id = $1 and d.decision_id = p.id and d.lease_id = $2 and d.state = 'unknown'",
            decision.portal.0,
            lease,
            &ids,
            &pauses
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// The columns of one statement.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    was: Vec<String>,
    becomes: Vec<String>,
    why: Vec<Option<&'static str>>,
    since: Vec<Option<DateTime<Utc>>>,
    since_offset: Vec<Option<i32>>,
    open: Vec<bool>,
    other: Vec<Option<i64>>,
    at: Vec<Option<DateTime<Utc>>>,
    at_offset: Vec<Option<i32>>,
}

impl Columns {
    fn of(steps: &[(Ended, Carried)]) -> Self {
        let mut columns = Self::default();
        for (one, next) in steps {
            let next = next.decision.state;
            let (why, since) = match next {
                State::Refused(refusal) => (Some(refusal.name()), None),
                State::NotRun(why) => (Some(why.name()), None),
                State::Unknown { since } => (None, Some(since)),
                _ => (None, None),
            };
            columns.ids.push(one.carried.decision.id.0);
            columns.was.push(one.carried.decision.state.name().to_owned());
            columns.becomes.push(next.name().to_owned());
            columns.why.push(why);
            columns.since.push(since.map(|at| at.to_utc()));
            columns.since_offset.push(since.map(offset_minutes));
            columns.open.push(next.is_open());
            columns.other.push(one.other.map(|other| other.user.get()));
            columns.at.push(one.other.map(|other| other.at.to_utc()));
            columns.at_offset.push(one.other.map(|other| offset_minutes(other.at)));
        }
        columns
    }
}
