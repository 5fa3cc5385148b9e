//! How the work of all replicas stands, for `/metrics`. Of all portals, and names none.

use super::{Store, StoreError};
use crate::telemetry::metrics::Backlog;

impl Store {
    /// Counts what is open, due and installed. Every kind is there, also when it counts none, so that a figure falls
    /// to zero and does not vanish.
    pub async fn backlog(&self) -> Result<Backlog, StoreError> {
        let decisions = sqlx::query!(
            "select s.state as \"state!\", count(d.state) as \"many!\"
             from unnest(array['held', 'checking', 'sending', 'unknown']) as s (state)
             left join decisions d on d.state = s.state and d.state in ('held', 'checking', 'sending', 'unknown')
             group by s.state"
        )
        .fetch_all(&self.pool)
        .await?;
        let waiting = sqlx::query!(
            // A portal that is said to have left waits for the first confirmation, and so does all that is its own. A reason
            // may be told again long after its decision: it counts from when it was due.
            "select 'decision' as \"kind!\", count(*) as \"many!\",
                 coalesce(extract(epoch from now() - min(held_until)), 0)::float8 as \"oldest!\"
             from decisions d where ((state = 'held' and held_until <= now()) or (state = 'checking' and lease_until < now()))
                 and not exists (select from portals p where p.portal_id = d.portal_id and p.status = 'leaving' and p.checks = 0)
             union all
             select 'outcome', count(*), coalesce(extract(epoch from now() - min(sent_at)), 0)::float8
             from decisions where state in ('sending', 'unknown')
             union all
             select 'reason', count(*),
                 coalesce(extract(epoch from now() - min(case r.delivery when 'pending' then coalesce(r.try_at, d.finished_at)
                     else r.lease_until end)), 0)::float8
             from reasons r join decisions d on d.portal_id = r.portal_id and d.decision_id = r.decision_id
             where d.state = 'done'
                 and not exists (select from portals p where p.portal_id = r.portal_id and p.status = 'leaving' and p.checks = 0)
                 and ((r.delivery = 'pending' and (r.try_at is null or r.try_at <= now()))
                   or (r.delivery = 'sending' and r.lease_until < now()))
             union all
             select 'followup', count(*), coalesce(extract(epoch from now() - min(d.finished_at)), 0)::float8
             from followups f join decisions d on d.portal_id = f.portal_id and d.decision_id = f.decision_id
             where f.fate in ('pending', 'carrying') and d.state = 'done'
                 and not exists (select from portals p where p.portal_id = f.portal_id and p.status = 'leaving' and p.checks = 0)
             union all
             select 'bell', count(*), coalesce(extract(epoch from now() - min(d.finished_at)), 0)::float8
             from bells b join decisions d on d.portal_id = b.portal_id and d.decision_id = b.decision_id
             where b.fate in ('pending', 'ringing')
                 and not exists (select from portals p where p.portal_id = b.portal_id and p.status = 'leaving' and p.checks = 0)
             union all
             select 'event', count(*), coalesce(extract(epoch from now() - min(received_at)), 0)::float8
             from events where due_at is not null
             union all
             select 'departure', count(*),
                 coalesce(extract(epoch from now() - min(case checks when 0 then left_at else check_at end)), 0)::float8
             from portals where status = 'leaving' and (checks = 0 or check_at <= now())"
        )
        .fetch_all(&self.pool)
        .await?;
        let portals = sqlx::query!(
            "select s.status as \"status!\", count(p.status) as \"many!\"
             from unnest(array['new', 'active', 'suspended', 'leaving', 'gone']) as s (status)
             left join portals p on p.status = s.status group by s.status"
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(Backlog {
            decisions: decisions.into_iter().map(|row| (row.state, row.many)).collect(),
            waiting: waiting.into_iter().map(|row| (row.kind, row.many, row.oldest)).collect(),
            portals: portals.into_iter().map(|row| (row.status, row.many)).collect(),
        })
    }

    /// This replica's connections: all, and those that nobody uses. Known without asking the database.
    pub fn connections(&self) -> (u32, u32) {
        self.pool.count()
    }
}
