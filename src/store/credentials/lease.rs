//! The right to renew a pair: one holder at a time among all replicas, and a compare-and-set on the generation.

use super::{Account, Kind, Pair};
use crate::domain::{PortalId, UserId};
use crate::store::{Store, StoreError, impossible};
use std::time::Duration;
use uuid::Uuid;

/// What earlier attempts to renew this generation have come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// Answers that never came, and holders that never came back.
    pub lost: u16,
    /// Attempts in a row without a new pair, of any kind.
    pub failed: u16,
}

impl Store {
    /// Takes the right to renew this generation. `None` when another replica has it, or has already renewed, or when the
    /// pair rests. A holder that let its right run out counts as an answer lost.
    pub async fn take_lease(
        &self,
        of: Account,
        generation: i64,
        lease: Uuid,
        lasts: Duration,
    ) -> Result<Option<Tries>, StoreError> {
        let row = sqlx::query!(
            "update credentials set lost = lost + (lease_id is not null)::int::smallint, lease_id = $5,
                 lease_until = now() + make_interval(secs => $6)
             where portal_id = $1 and kind = $2 and user_id = $3 and generation = $4 and state = 'good'
               and (lease_until is null or lease_until < now()) and (retry_at is null or retry_at <= now())
             returning lost, failed",
            of.portal.0,
            of.kind.name(),
            of.user.get(),
            generation,
            lease,
            lasts.as_secs_f64()
        )
        .fetch_optional(&self.pool)
        .await?;
        let count = |count: i16| u16::try_from(count).unwrap_or_default();
        Ok(row.map(|row| Tries { lost: count(row.lost), failed: count(row.failed) }))
    }

    /// Saves a renewed pair over the generation it came from, for this person: the vendor may have given it to another one of
    /// the portal. False when somebody else was faster.
    pub async fn save_renewed(
        &self,
        of: Account,
        person: UserId,
        generation: i64,
        pair: &Pair,
    ) -> Result<bool, StoreError> {
        let (access, refresh) = self.seal_pair(Account { user: person, ..of }, pair)?;
        let done = sqlx::query!(
            "update credentials set user_id = $8, access_sealed = $5, refresh_sealed = $6, expires_at = now() + make_interval(secs => $7),
                 generation = generation + 1, state = 'good', lease_id = null, lease_until = null,
                 lost = 0, failed = 0, retry_at = null, updated_at = now()
             where portal_id = $1 and kind = $2 and user_id = $3 and generation = $4",
            of.portal.0,
            of.kind.name(),
            of.user.get(),
            generation,
            access,
            refresh,
            pair.lives.as_secs_f64(),
            person.get()
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The holder of the lease gives it back; nobody tries this generation again before `pause` is over.
    pub async fn rest_lease(&self, of: Account, lease: Uuid, tries: Tries, pause: Duration) -> Result<(), StoreError> {
        let count = |count: u16| i16::try_from(count).unwrap_or(i16::MAX);
        sqlx::query!(
            "update credentials set lease_id = null, lease_until = null, retry_at = now() + make_interval(secs => $5),
                 lost = $6, failed = $7
             where portal_id = $1 and kind = $2 and user_id = $3 and lease_id = $4",
            of.portal.0,
            of.kind.name(),
            of.user.get(),
            lease,
            pause.as_secs_f64(),
            count(tries.lost),
            count(tries.failed)
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Only a new opening can help this account. True when this generation was still the current one.
    pub async fn needs_opening(&self, of: Account, generation: i64) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "update credentials set state = 'reauth_required', lease_id = null, lease_until = null,
                 lost = 0, failed = 0, retry_at = null
             where portal_id = $1 and kind = $2 and user_id = $3 and generation = $4",
            of.portal.0,
            of.kind.name(),
            of.user.get(),
            generation
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// This pair could not be renewed, and is not [`Store::dormant`] again before `pause` is over.
    pub async fn rest_dormant(&self, of: Account, generation: i64, pause: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "update credentials set retry_at = now() + make_interval(secs => $5)
             where portal_id = $1 and kind = $2 and user_id = $3 and generation = $4 and state = 'good'",
            of.portal.0,
            of.kind.name(),
            of.user.get(),
            generation,
            pause.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Installers' pairs that were issued longer ago than this, the oldest first: their portals are dormant. Of all
    /// portals that are not leaving, gone or suspended: a keep-alive job. With the generation that was seen.
    pub async fn dormant(&self, age: Duration, most: i64) -> Result<Vec<(Account, i64)>, StoreError> {
        let rows = sqlx::query!(
            "select c.portal_id, c.user_id, c.generation from credentials c join portals p using (portal_id)
             where c.kind = 'installer' and c.state = 'good' and c.refresh_sealed is not null
               and c.updated_at < now() - make_interval(secs => $1) and p.status not in ('leaving', 'gone', 'suspended')
               and (c.lease_until is null or c.lease_until < now()) and (c.retry_at is null or c.retry_at <= now())
             order by c.updated_at limit $2",
            age.as_secs_f64(),
            most
        )
        .fetch_all(&self.pool)
        .await?;
        let seen = rows.into_iter().map(|row| {
            let user = UserId::new(row.user_id).ok_or_else(|| impossible("credentials", row.portal_id))?;
            Ok((Account { portal: PortalId(row.portal_id), kind: Kind::Installer, user }, row.generation))
        });
        seen.collect()
    }
}
