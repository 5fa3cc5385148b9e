//! What goes when an installation ends, and what stays of it.

use super::{
    Store, StoreError,
    calls::forget_calls,
    life::{LifeError, live_on},
    may_take_long,
};
use crate::domain::{PortalId, UserId, installation::Happening};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

impl Store {
    /// Erases what a confirmed departure leaves nothing of: everything, or all but decisions and reasons. Unless the
    /// installer's pair is another one than the one that was asked about. True when it is done.
    pub async fn depart(&self, portal: PortalId, asked: Option<(UserId, i64)>) -> Result<bool, LifeError> {
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
        .fetch_optional(&mut *tx)
        .await?;
        let Some(clean) = clean else { return Ok(false) };
        live_on(&mut tx, portal, Happening::Departed).await?;
        if clean {
            erase(&mut tx, portal).await?;
        } else {
            close(&mut tx, portal).await?;
        }
        bury(&mut tx, portal, clean).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Clears by age, a few at a time: installations that were never finished and nobody uses, and what was kept of
    /// departed ones for a reinstallation. Of all portals: a housekeeping job.
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
                Ok(done) => cleared += u64::from(done),
                // One that cannot be cleared is no reason for the others to stay.
                Err(error) => {
                    tracing::error!(%portal, %error, "a portal could not be cleared; the next round tries again")
                }
            }
        }
        Ok(cleared)
    }

    /// One of them, if it still is one.
    async fn clear(&self, portal: PortalId) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let still = sqlx::query_scalar!(
            "select status from portals where portal_id = $1 and ((status = 'gone' and left_at < now() - interval '30 days')
                 or (status = 'new' and installed_at is null
                     and greatest(updated_at, opened_at) < now() - interval '7 days'
                     and not exists (select from sessions s where s.portal_id = $1))) for update",
            portal.0
        );
        let is_old = still.fetch_optional(&mut *tx).await?.is_some();
        if is_old {
            erase(&mut tx, portal).await?;
            bury(&mut tx, portal, true).await?;
        }
        tx.commit().await?;
        Ok(is_old)
    }
}

/// Everything of the portal.
pub(super) async fn erase(db: &mut PgConnection, portal: PortalId) -> Result<(), StoreError> {
    // Years of a large portal take longer than a request may.
    may_take_long(db).await?;
    sqlx::query!("delete from events where portal_id = $1", portal.0).execute(&mut *db).await?;
    sqlx::query!("delete from portals where portal_id = $1", portal.0).execute(&mut *db).await?;
    forget_calls(db, portal).await
}

/// Everything but decisions with their reasons, follow-ups and actions. What was held is not sent any more; of what had left nobody can read the outcome.
async fn close(db: &mut PgConnection, portal: PortalId) -> Result<(), StoreError> {
    // Years of a large portal take longer than a request may.
    may_take_long(db).await?;
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

pub(super) async fn bury(db: &mut PgConnection, portal: PortalId, clean: bool) -> Result<(), StoreError> {
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
pub(super) fn fingerprint(portal: PortalId) -> [u8; 32] {
    Sha256::digest(portal.member_id().to_string().as_bytes()).into()
}
