//! Claims: the right of one replica to carry decisions for a while.

use super::Row;
use crate::domain::Decision;
use crate::store::{Store, StoreError};
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
        let mut tx = self.begin().await?;
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
        let portals = portals.fetch_all(&mut tx).await?;
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
        .fetch_all(&mut tx)
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
                    or (state = 'unknown' and (look_at is null or look_at <= now()) and (lease_until is null or lease_until < now()))
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
}
