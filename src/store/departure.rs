//! What goes when an installation ends, and what stays of it.

use super::{
    Store, StoreError, Transaction,
    calls::forget_calls,
    life::{LifeError, take_step_in},
    receipts::count_all,
};
use crate::domain::{PortalId, UserId, installation::Happening};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What became of a departure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departed {
    /// Nothing: it was installed again meanwhile.
    Not,
    /// Decisions and reasons wait for a reinstallation.
    Closed,
    /// Nothing is left but the tombstone, with this receipt.
    Erased(Uuid),
}

impl Store {
    /// Erases what a confirmed departure leaves nothing of: everything, or all but decisions and reasons. Unless the
    /// installer's pair is another one than the one that was asked about.
    pub async fn depart(&self, portal: PortalId, asked: Option<(UserId, i64)>) -> Result<Departed, LifeError> {
        let mut tx = self.begin().await?;
        let clean = sqlx::query_scalar!(
            "select coalesce(clean, false) as \"clean!\" from portals p where portal_id = $1 and status = 'leaving'
             and not exists (select from credentials c where c.portal_id = p.portal_id and c.kind = 'installer'
                 and (c.user_id, c.generation) is distinct from ($2::bigint, $3::bigint))
             for update",
            portal.0,
            asked.map(|(user, _)| user.get()),
            asked.map(|(_, generation)| generation)
        )
        .fetch_optional(&mut tx)
        .await?;
        let Some(clean) = clean else { return Ok(Departed::Not) };
        take_step_in(&mut tx, portal, Happening::Departed).await?;
        let departed = if clean {
            let receipt = self.world.id().map_err(StoreError::from)?;
            erase_whole(&mut tx, portal, receipt, "departure").await?;
            Departed::Erased(receipt)
        } else {
            close(&mut tx, portal).await?;
            bury(&mut tx, portal, false).await?;
            Departed::Closed
        };
        tx.commit().await?;
        Ok(departed)
    }

    /// Closes, a few at a time, installations that nobody can act for any more and nobody has opened for seven months: a
    /// refresh token lives 180 days, so an uninstall whose event was lost ends here. What was decided waits for a
    /// reinstallation, as after any departure. Of all portals: a housekeeping job.
    pub async fn depart_by_age(&self) -> Result<u64, StoreError> {
        let old = sqlx::query_scalar!(
            "select portal_id from portals p
             where status in ('new', 'active', 'suspended') and (installed_at is not null or status = 'suspended')
               and opened_at < now() - interval '210 days'
               and not exists (select from credentials c where c.portal_id = p.portal_id and c.state = 'good'
                               and c.refresh_sealed is not null and c.updated_at > now() - interval '180 days')
             limit 100"
        )
        .fetch_all(&self.pool)
        .await?;
        let mut departed = 0;
        for portal in old.into_iter().map(PortalId) {
            match self.depart_old(portal).await {
                Ok(false) | Err(LifeError::Illegal(_)) => {}
                Ok(true) => {
                    tracing::info!(%portal, "departed by age: no token of it lives, and nobody opens it");
                    departed += 1;
                }
                Err(LifeError::Store(error)) => {
                    tracing::error!(%portal, %error, "a portal could not be closed; the next round tries again")
                }
            }
        }
        Ok(departed)
    }

    /// One of them, if nobody has opened it meanwhile.
    async fn depart_old(&self, portal: PortalId) -> Result<bool, LifeError> {
        let mut tx = self.begin().await?;
        let still = sqlx::query_scalar!(
            "select 1 as \"one!\" from portals where portal_id = $1 and status in ('new', 'active', 'suspended')
             and opened_at < now() - interval '210 days' for update",
            portal.0
        );
        if still.fetch_optional(&mut tx).await?.is_none() {
            return Ok(false);
        }
        take_step_in(&mut tx, portal, Happening::UninstallSaid).await?;
        take_step_in(&mut tx, portal, Happening::Departed).await?;
        close(&mut tx, portal).await?;
        bury(&mut tx, portal, false).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Clears by age, a few at a time: installations that were never finished and nobody uses, unless decisions of a former
    /// one still wait in them, and what was kept of departed ones for a reinstallation. Of all portals: a housekeeping job.
    pub async fn clear_by_age(&self) -> Result<u64, StoreError> {
        let old = sqlx::query_scalar!(
            "select portal_id from portals p
             where (status = 'gone' and left_at < now() - interval '30 days')
                or (status = 'new' and installed_at is null and greatest(updated_at, opened_at) < now() - interval '7 days'
                    and not exists (select from sessions s where s.portal_id = p.portal_id)
                    and not exists (select from decisions d where d.portal_id = p.portal_id
                                    and d.created_at > now() - interval '30 days'))
             order by updated_at limit 100"
        )
        .fetch_all(&self.pool)
        .await?;
        let mut cleared = 0;
        for portal in old.into_iter().map(PortalId) {
            match self.clear(portal).await {
                Ok(None) => {}
                Ok(Some(receipt)) => {
                    tracing::info!(%portal, %receipt, "cleared by age");
                    cleared += 1;
                }
                // One that cannot be cleared is no reason for the others to stay.
                Err(error) => {
                    tracing::error!(%portal, %error, "a portal could not be cleared; the next round tries again")
                }
            }
        }
        Ok(cleared)
    }

    /// One of them, if it still is one; the receipt.
    async fn clear(&self, portal: PortalId) -> Result<Option<Uuid>, StoreError> {
        let mut tx = self.begin().await?;
        let still = sqlx::query_scalar!(
            "select status from portals where portal_id = $1 and ((status = 'gone' and left_at < now() - interval '30 days')
                 or (status = 'new' and installed_at is null
                     and greatest(updated_at, opened_at) < now() - interval '7 days'
                     and not exists (select from sessions s where s.portal_id = $1)
                     and not exists (select from decisions d where d.portal_id = $1
                                     and d.created_at > now() - interval '30 days'))) for update",
            portal.0
        );
        if still.fetch_optional(&mut tx).await?.is_none() {
            return Ok(None);
        }
        let receipt = self.world.id()?;
        erase_whole(&mut tx, portal, receipt, "age").await?;
        tx.commit().await?;
        Ok(Some(receipt))
    }
}

/// Everything of the portal; a tombstone stays, with the receipt of that: how many rows of each kind there were, and when
/// it was done. `asked_by`: an [`Asker`](crate::domain::receipt::Asker)'s name, a departure with deletion, or age.
pub(super) async fn erase_whole(
    db: &mut Transaction,
    portal: PortalId,
    receipt: Uuid,
    asked_by: &str,
) -> Result<(BTreeMap<String, i64>, DateTime<Utc>), StoreError> {
    // Years of a large portal take longer than a request may.
    db.may_take_long().await?;
    let rows = count_all(db, portal).await?;
    sqlx::query!("delete from events where portal_id = $1", portal.0).execute(&mut *db).await?;
    sqlx::query!("delete from portals where portal_id = $1", portal.0).execute(&mut *db).await?;
    forget_calls(db, portal).await?;
    bury(db, portal, true).await?;
    let hash = fingerprint(portal);
    let at = sqlx::query_scalar!(
        "update tombstones set receipt_id = $2, asked_by = $3, rows = $4 where portal_hash = $1 returning departed_at",
        hash.as_slice(),
        receipt,
        asked_by,
        serde_json::json!(rows)
    );
    Ok((rows, at.fetch_one(db).await?))
}

/// Everything but decisions with their reasons, follow-ups and actions. What was held is not sent any more; of what had left nobody can read the outcome.
async fn close(db: &mut Transaction, portal: PortalId) -> Result<(), StoreError> {
    // Years of a large portal take longer than a request may.
    db.may_take_long().await?;
    for gone in [
        sqlx::query!("delete from events where portal_id = $1", portal.0),
        sqlx::query!("delete from credentials where portal_id = $1", portal.0),
        sqlx::query!("delete from sessions where portal_id = $1", portal.0),
        sqlx::query!("delete from oauth_states where portal_id = $1", portal.0),
        sqlx::query!("delete from settings where portal_id = $1", portal.0),
        sqlx::query!("delete from delegates where portal_id = $1", portal.0),
        sqlx::query!("delete from saved_reasons where portal_id = $1", portal.0),
        sqlx::query!("delete from bells where portal_id = $1", portal.0),
        sqlx::query!("delete from views where portal_id = $1", portal.0),
        sqlx::query!("delete from snoozes where portal_id = $1", portal.0),
        sqlx::query!("delete from snooze_log where portal_id = $1", portal.0),
        sqlx::query!("delete from receipts where portal_id = $1", portal.0),
        sqlx::query!(
            "update portals set application_token_hash = null, former_token_hash = null, former_token_until = null
             where portal_id = $1",
            portal.0
        ),
        sqlx::query!(
            "with d as (update decisions
                        set state = case when state in ('held', 'checking') then 'cancelled' else 'needs_person' end,
                            lease_id = null, lease_until = null, finished_at = now()
                        where portal_id = $1 and state in ('held', 'checking', 'sending', 'unknown'))
             update reasons set delivery = 'dropped', lease_id = null, lease_until = null
             where portal_id = $1 and delivery in ('pending', 'sending')",
            portal.0
        ),
    ] {
        gone.execute(&mut *db).await?;
    }
    forget_calls(db, portal).await
}

async fn bury(db: &mut Transaction, portal: PortalId, clean: bool) -> Result<(), StoreError> {
    let hash = fingerprint(portal);
    sqlx::query!(
        "insert into tombstones (portal_hash, clean) values ($1, $2)
         on conflict (portal_hash) do update set departed_at = now(), clean = excluded.clean,
             receipt_id = null, asked_by = null, rows = null",
        hash.as_slice(),
        clean
    )
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// All that is left of a portal: SHA-256 of its member_id.
fn fingerprint(portal: PortalId) -> [u8; 32] {
    Sha256::digest(portal.member_id().to_string().as_bytes()).into()
}
