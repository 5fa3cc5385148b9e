//! The inbox of Bitrix24's events: proved, one row, answered; what is to be done about it is done later.

use super::{Store, StoreError, seal::Label};
use crate::domain::PortalId;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::time::Duration;
use uuid::Uuid;

/// No portal may have more undone events of one name than this: whoever knows its shared secret could fill the inbox, and
/// must not keep an uninstall out with something else.
const MOST_UNDONE: i64 = 100;

/// A proved event.
#[derive(Debug)]
pub struct NewEvent<'a> {
    /// Whose.
    pub portal: PortalId,
    /// The same delivery has the same key.
    pub key: Uuid,
    /// Upper case, such as `ONAPPINSTALL`.
    pub event: &'a str,
    /// The task that it is about; 0 where Bitrix24 does not say which.
    pub task: Option<i64>,
    /// By the portal's clock.
    pub said_at: Option<DateTime<Utc>>,
    /// An uninstall's wish that everything be erased.
    pub clean: Option<bool>,
    /// The tokens that an installation's event brings.
    pub proof: Option<SecretString>,
    /// Whether something is to be done about it.
    pub work: bool,
    /// Proved by a secret of the portal, which is therefore there.
    pub known: bool,
}

/// What became of an event that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It is there now.
    New,
    /// The same delivery came before.
    Before,
    /// The portal has left since the event was proved.
    Left,
}

/// An event whose time has come.
#[derive(Debug, Clone)]
pub struct DueEvent {
    /// Whose.
    pub portal: PortalId,
    /// Which.
    pub key: Uuid,
    /// Upper case.
    pub event: String,
    /// An uninstall's wish that everything be erased.
    pub clean: bool,
    /// The tokens that came with it.
    pub proof: Option<SecretString>,
    /// How often it was taken up, this time included.
    pub tries: i32,
    /// Proof of the right to work on it.
    pub lease: Uuid,
}

pub(super) fn label(portal: PortalId) -> Label<'static> {
    Label { kind: "event.proof", portal, user: None }
}

impl Store {
    /// When the last event about a task of the portal came, in microseconds; 0: there is none.
    pub async fn last_task_event(&self, portal: PortalId) -> Result<i64, StoreError> {
        let at = sqlx::query_scalar!(
            "select received_at from events where portal_id = $1 and task_id is not null
             order by received_at desc limit 1",
            portal.0
        );
        Ok(at.fetch_optional(&self.pool).await?.map_or(0, |at| at.timestamp_micros()))
    }

    /// Keeps a proved event. The portal's own row is held meanwhile, so that an erasure finds what was written.
    ///
    /// # Errors
    /// [`StoreError::Full`] when as many events of this name wait in the portal as there may be; this one is not kept.
    pub async fn keep_event(&self, event: NewEvent<'_>) -> Result<Stored, StoreError> {
        let proof = event.proof.as_ref();
        let sealed = proof.map(|text| self.keyring.seal(&self.world, label(event.portal), text)).transpose()?;
        let stored = sqlx::query!(
            "with held as (select from portals where portal_id = $1 and status <> 'gone' for key share)
             insert into events (portal_id, event_id, event, task_id, said_at, clean, proof_sealed, due_at)
             select $1, $2, $3, $4, $5, $6, $7, case when $8 then now() end
             where (exists (select from held) or not $10)
               and (not $8 or (select count(*) from events where portal_id = $1 and event = $3 and due_at is not null) < $9)
             on conflict do nothing",
            event.portal.0,
            event.key,
            event.event,
            event.task,
            event.said_at,
            event.clean,
            sealed,
            event.work,
            MOST_UNDONE,
            event.known
        )
        .execute(&self.pool)
        .await?;
        if stored.rows_affected() == 1 {
            return Ok(Stored::New);
        }
        let found = sqlx::query!(
            "select exists (select from events where portal_id = $1 and event_id = $2) as \"before!\",
                 exists (select from portals where portal_id = $1 and status <> 'gone') as \"there!\"",
            event.portal.0,
            event.key
        );
        match found.fetch_one(&self.pool).await? {
            found if found.before => Ok(Stored::Before),
            found if event.known && !found.there => Ok(Stored::Left),
            _ => Err(StoreError::Full),
        }
    }

    /// Takes up events whose time has come, oldest first. Of all portals: this is the worker's question.
    pub async fn claim_events(&self, lease: Uuid, lasts: Duration, limit: i64) -> Result<Vec<DueEvent>, StoreError> {
        let rows = sqlx::query!(
            "update events set lease_id = $1, due_at = now() + make_interval(secs => $2), tries = tries + 1
             where (portal_id, event_id) in (select portal_id, event_id from events where due_at <= now()
                                             order by due_at limit $3 for update skip locked)
             returning portal_id, event_id, event, clean, proof_sealed, tries",
            lease,
            lasts.as_secs_f64(),
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let mut due = Vec::with_capacity(rows.len());
        for row in rows {
            let (portal, key) = (PortalId(row.portal_id), row.event_id);
            // A proof that does not open is none: the event remains a hint.
            let proof = row.proof_sealed.and_then(|sealed| {
                let opened = self.keyring.open(label(portal), &sealed);
                opened.inspect_err(|error| tracing::error!(%portal, %error, "an event's proof cannot be opened")).ok()
            });
            let clean = row.clean.unwrap_or(false);
            due.push(DueEvent { portal, key, event: row.event, clean, proof, tries: row.tries, lease });
        }
        Ok(due)
    }

    /// The event is dealt with; its tokens are not kept any longer.
    pub async fn event_done(&self, event: &DueEvent, outcome: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "update events set due_at = null, lease_id = null, outcome = $4, proof_sealed = null
             where portal_id = $1 and event_id = $2 and lease_id = $3",
            event.portal.0,
            event.key,
            event.lease,
            outcome
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Something was away: the event is tried again after a pause.
    pub async fn event_again(&self, event: &DueEvent, pause: Duration, outcome: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "update events set due_at = now() + make_interval(secs => $4), lease_id = null, outcome = $5
             where portal_id = $1 and event_id = $2 and lease_id = $3",
            event.portal.0,
            event.key,
            event.lease,
            pause.as_secs_f64(),
            outcome
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Events of the installations' lives that came within this time are worked on once more, and those that wait for their
    /// next try at once. The tokens of the others are gone, so each is a hint to look at the portal. Of all portals: an
    /// operator's wish.
    pub async fn replay_events(&self, since: Duration) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "update events set due_at = now(), tries = 0, outcome = null
             where (due_at is null or (due_at > now() and lease_id is null))
               and event like 'ONAPP%' and received_at > now() - make_interval(secs => $1)",
            since.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Removes events past their use: hints about tasks after an hour, but for the last of a portal, everything after 30
    /// days.
    pub async fn sweep_events(&self) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            // In steps: no statement may take longer than a request may wait.
            let done = sqlx::query!(
                "delete from events where (portal_id, event_id) in (
                     select portal_id, event_id from events e where due_at is null and received_at < now() - interval '1 hour'
                       and (received_at < now() - interval '30 days'
                         or (event not like 'ONAPP%'
                             and exists (select from events n where n.portal_id = e.portal_id and n.task_id is not null
                                         and n.received_at > e.received_at)))
                     limit 5000)"
            );
            let rows = done.execute(&self.pool).await?.rows_affected();
            swept += rows;
            if rows < 5000 {
                return Ok(swept);
            }
        }
    }
}
