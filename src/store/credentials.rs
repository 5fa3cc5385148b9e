//! Access and refresh tokens: one row per (portal, kind, person), sealed, with a generation that counts stored pairs.

mod lease;

use super::{
    Store, StoreError, impossible,
    seal::{Label, SealError},
};
use crate::domain::{PortalId, UserId};
use chrono::{DateTime, Utc};
pub use lease::Tries;
use secrecy::SecretString;
use std::time::Duration;

/// What the tokens are for. The installer's keep the portal in order and never act for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Events, placements, self-check.
    Installer,
    /// A person's own.
    User,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Installer => "installer",
            Self::User => "user",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Installer, Self::User].into_iter().find(|kind| kind.name() == name)
    }
}

/// Whose tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Account {
    /// Portal.
    pub portal: PortalId,
    /// Purpose.
    pub kind: Kind,
    /// Person.
    pub user: UserId,
}

/// A pair as it was received.
#[derive(Debug, Clone)]
pub struct Pair {
    /// For calls.
    pub access: SecretString,
    /// For the next pair; single use.
    pub refresh: Option<SecretString>,
    /// From the moment it was received.
    pub lives: Duration,
}

/// A stored pair.
#[derive(Debug, Clone)]
pub struct Credential {
    /// For calls.
    pub access: SecretString,
    /// For the next pair.
    pub refresh: Option<SecretString>,
    /// By the database's clock.
    pub expires_at: DateTime<Utc>,
    /// A renewal is saved only over the generation it began from.
    pub generation: i64,
    /// False when only a new opening can help.
    pub good: bool,
    /// Somebody is renewing it now.
    pub held: bool,
    /// How long nobody tries to renew it.
    pub rests: Duration,
}

impl Account {
    pub(super) fn label(self, column: &'static str) -> Label<'static> {
        let kind = match (self.kind, column) {
            (Kind::Installer, "access") => "installer.access",
            (Kind::Installer, _) => "installer.refresh",
            (Kind::User, "access") => "user.access",
            (Kind::User, _) => "user.refresh",
        };
        Label { kind, portal: self.portal, user: Some(self.user) }
    }
}

impl Store {
    pub(super) fn seal_pair(&self, of: Account, pair: &Pair) -> Result<SealedPair, StoreError> {
        let access = self.keyring.seal(&self.world, of.label("access"), &pair.access)?;
        let refresh = pair.refresh.as_ref();
        let refresh = refresh.map(|r| self.keyring.seal(&self.world, of.label("refresh"), r)).transpose()?;
        Ok((access, refresh))
    }

    /// Keeps a pair that an opening brought. A replayed older one never replaces a younger one; two that end within the
    /// same few seconds are of one age, since the vendor counts whole seconds.
    pub async fn save_pair(&self, of: Account, pair: &Pair) -> Result<(), StoreError> {
        let (access, refresh) = self.seal_pair(of, pair)?;
        upsert(of, access, refresh, pair.lives).execute(&self.pool).await?;
        Ok(())
    }

    /// The account that keeps this portal in order.
    pub async fn installer(&self, portal: PortalId) -> Result<Option<Account>, StoreError> {
        let user = sqlx::query_scalar!(
            "select user_id from credentials where portal_id = $1 and kind = 'installer' order by updated_at desc limit 1",
            portal.0
        )
        .fetch_optional(&self.pool)
        .await?;
        user.map(|u| UserId::new(u).ok_or_else(|| impossible("credentials", portal)))
            .transpose()
            .map(|user| user.map(|user| Account { portal, kind: Kind::Installer, user }))
    }

    /// People whose pairs came last, for a question that anybody's tokens can answer.
    pub async fn recent_accounts(&self, portal: PortalId, limit: i64) -> Result<Vec<Account>, StoreError> {
        let users = sqlx::query_scalar!(
            "select user_id from credentials where portal_id = $1 and kind = 'user'
             order by state = 'good' desc, updated_at desc limit $2",
            portal.0,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let account = |user| Some(Account { portal, kind: Kind::User, user: UserId::new(user)? });
        Ok(users.into_iter().filter_map(account).collect())
    }

    /// The stored pair. One that does not open where it stands is no pair: somebody changed the row or moved it here, and
    /// only a new opening can help.
    ///
    /// # Errors
    /// [`StoreError::Seal`] when a key is missing in the settings: the pair itself may be as good as ever.
    pub async fn credential(&self, of: Account) -> Result<Option<Credential>, StoreError> {
        let row = sqlx::query!(
            "select access_sealed, refresh_sealed, expires_at, generation, state,
                 coalesce(lease_until > now(), false) as \"held!\",
                 greatest(extract(epoch from retry_at - now()), 0)::float8 as \"rests!\"
             from credentials where portal_id = $1 and kind = $2 and user_id = $3",
            of.portal.0,
            of.kind.name(),
            of.user.get()
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        match self.open_pair(of, &row.access_sealed, row.refresh_sealed.as_deref()) {
            Ok((access, refresh)) => Ok(Some(Credential {
                access,
                refresh,
                expires_at: row.expires_at,
                generation: row.generation,
                good: row.state == "good",
                held: row.held,
                rests: Duration::from_secs_f64(row.rests),
            })),
            Err(error @ (SealError::Foreign | SealError::Damaged)) => {
                tracing::error!(portal = %of.portal, user = %of.user, %error, "stored tokens are not used");
                self.needs_opening(of, row.generation).await?;
                Ok(None)
            }
            // A setting is missing, and the pair may be as good as ever.
            Err(error @ (SealError::NoKey | SealError::UnknownKey(_))) => Err(error.into()),
        }
    }

    fn open_pair(&self, of: Account, access: &[u8], refresh: Option<&[u8]>) -> Result<OpenPair, SealError> {
        let access = self.keyring.open(of.label("access"), access)?;
        Ok((access, refresh.map(|r| self.keyring.open(of.label("refresh"), r)).transpose()?))
    }
}

/// Access and refresh token.
type OpenPair = (SecretString, Option<SecretString>);

/// Access and refresh token as they are kept.
pub(super) type SealedPair = (Vec<u8>, Option<Vec<u8>>);

pub(super) fn upsert(
    of: Account,
    access: Vec<u8>,
    refresh: Option<Vec<u8>>,
    lives: Duration,
) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments> {
    sqlx::query!(
        "insert into credentials as c (portal_id, kind, user_id, access_sealed, refresh_sealed, expires_at)
             values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
             on conflict (portal_id, kind, user_id) do update set access_sealed = excluded.access_sealed,
                 refresh_sealed = coalesce(excluded.refresh_sealed, c.refresh_sealed), expires_at = excluded.expires_at,
                 generation = c.generation + 1, state = 'good', lease_id = null, lease_until = null,
                 lost = 0, failed = 0, retry_at = null, updated_at = now()
             where c.expires_at < excluded.expires_at + interval '5 seconds' or c.state <> 'good'",
        of.portal.0,
        of.kind.name(),
        of.user.get(),
        access,
        refresh,
        lives.as_secs_f64()
    )
}
