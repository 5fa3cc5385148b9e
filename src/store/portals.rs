//! One row per portal, named by its member_id.

use super::{
    Store, StoreError,
    credentials::{Account, Pair},
    impossible,
    life::{LifeError, take_step_in},
    seal::Label,
};
use crate::domain::{
    Host, PortalId, UserId,
    installation::{Happening, Status},
};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use url::Url;

/// What the authorization server said about a portal.
#[derive(Debug, Clone)]
pub struct PortalFacts {
    /// Its key.
    pub portal: PortalId,
    /// `client_endpoint`, e.g. `https://portal.bitrix24.com/rest/`.
    pub endpoint: Url,
    /// Scheme and host of the endpoint.
    pub host: Host,
    /// Which authorization server answers for it.
    pub oauth_server: Url,
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// Version of the application there.
    pub app_version: Option<String>,
    /// The endpoint is the authorization server's word. False when the row does not carry our seal for it: whoever can
    /// write in the database may have chosen it, and no token goes there.
    pub proved: bool,
}

/// A portal as stored.
#[derive(Debug, Clone)]
pub struct Portal {
    /// Its facts at the last opening.
    pub facts: PortalFacts,
    /// Where the installation stands.
    pub status: Status,
    /// Who installed.
    pub installed_by: Option<UserId>,
    /// When the installation was finished on our side.
    pub installed_at: Option<DateTime<Utc>>,
}

pub(super) struct Row {
    pub(super) portal_id: uuid::Uuid,
    pub(super) endpoint: String,
    pub(super) endpoint_sealed: Option<Vec<u8>>,
    pub(super) oauth_server: String,
    pub(super) status: String,
    pub(super) closed: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) app_version: Option<String>,
    pub(super) installed_by: Option<i64>,
    pub(super) installed_at: Option<DateTime<Utc>>,
}

impl Store {
    pub(super) fn portal_of(&self, row: Row) -> Result<Portal, StoreError> {
        let (portal, wrong) = (PortalId(row.portal_id), || impossible("portals", row.portal_id));
        let sealed = row.endpoint_sealed.and_then(|sealed| self.keyring.open(endpoint_of(portal), &sealed).ok());
        let endpoint: Url = row.endpoint.parse().map_err(|_| wrong())?;
        Ok(Portal {
            facts: PortalFacts {
                portal,
                proved: sealed.is_some_and(|sealed| sealed.expose_secret() == row.endpoint),
                host: Host::of_endpoint(&endpoint).ok_or_else(wrong)?,
                endpoint,
                oauth_server: row.oauth_server.parse().map_err(|_| wrong())?,
                scopes: row.scopes,
                app_version: row.app_version,
            },
            status: Status::parse(&row.status, row.closed.as_deref()).ok_or_else(wrong)?,
            installed_by: row.installed_by.and_then(UserId::new),
            installed_at: row.installed_at,
        })
    }

    /// The portal, if it is known.
    pub async fn portal(&self, portal: PortalId) -> Result<Option<Portal>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            "select portal_id, endpoint, endpoint_sealed, oauth_server, status, closed, scopes, app_version,
                 installed_by, installed_at
             from portals where portal_id = $1",
            portal.0
        );
        row.fetch_optional(&self.pool).await?.map(|row| self.portal_of(row)).transpose()
    }

    /// A portal that is said to live at this origin; of several, since a self-hosted one can claim any, the one that was
    /// there first. Only to find where the code flow begins: the portal's own answer, with its member_id, decides whose
    /// tokens they are.
    pub async fn portal_at(&self, origin: &str) -> Result<Option<Portal>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            "select portal_id, endpoint, endpoint_sealed, oauth_server, status, closed, scopes, app_version,
                 installed_by, installed_at
             from portals where origin = $1 and status <> 'gone' order by created_at limit 1",
            origin
        );
        row.fetch_optional(&self.pool).await?.map(|row| self.portal_of(row)).transpose()
    }

    /// Keeps a proved installation: the facts, the installer's pair, the portal's secret; all or nothing. Installations
    /// of one portal that arrive together take turns. Without `pair` the stored one stays.
    pub async fn install(
        &self,
        facts: &PortalFacts,
        installer: Account,
        pair: Option<&Pair>,
        application_token_hash: Option<[u8; 32]>,
    ) -> Result<(), LifeError> {
        let sealed = pair.map(|pair| self.seal_pair(installer, pair).map(|s| (s, pair.lives))).transpose()?;
        let endpoint = self.sealed_endpoint(facts)?;
        let mut tx = self.begin().await?;
        let turn = i64::from_be_bytes(facts.portal.0.as_bytes()[..8].try_into().unwrap_or_default());
        sqlx::query!("select pg_advisory_xact_lock($1)", turn).execute(&mut tx).await?;
        upsert(facts, endpoint).execute(&mut tx).await?;
        take_step_in(&mut tx, facts.portal, Happening::Proved).await?;
        // Events that were on their way when the secret changed carry the former one.
        sqlx::query!(
            "update portals set installed_by = case when $4 then $2 else installed_by end,
                 application_token_hash = coalesce($3, application_token_hash),
                 former_token_hash = case when $3 <> application_token_hash then application_token_hash
                                          else former_token_hash end,
                 former_token_until = case when $3 <> application_token_hash then now() + interval '24 hours'
                                           else former_token_until end,
                 opened_at = now()
             where portal_id = $1",
            facts.portal.0,
            installer.user.get(),
            application_token_hash.as_ref().map(<[u8; 32]>::as_slice),
            sealed.is_some()
        )
        .execute(&mut tx)
        .await?;
        if let Some(((access, refresh), lives)) = sealed {
            sqlx::query!(
                "delete from credentials where portal_id = $1 and kind = 'installer' and user_id <> $2",
                facts.portal.0,
                installer.user.get()
            )
            .execute(&mut tx)
            .await?;
            super::credentials::upsert(installer, access, refresh, lives).execute(&mut tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A person was proved: keeps what the authorization server said of their portal, and the day. Writes only when
    /// something differs: every opening comes here.
    pub async fn opened(&self, facts: &PortalFacts) -> Result<(), LifeError> {
        upsert(facts, self.sealed_endpoint(facts)?).execute(&self.pool).await?;
        let back = sqlx::query_scalar!(
            "update portals set opened_at = now()
             where portal_id = $1 and (opened_at < now() - interval '20 hours' or status = 'gone')
             returning status = 'gone' as \"back!\"",
            facts.portal.0
        );
        if back.fetch_optional(&self.pool).await? == Some(true) {
            self.take_step(facts.portal, Happening::Opened).await?;
        }
        Ok(())
    }

    /// Keeps what the authorization server said of a portal that has moved, or whose row does not carry our seal.
    pub async fn save_facts(&self, facts: &PortalFacts) -> Result<(), StoreError> {
        let sealed = self.sealed_endpoint(facts)?;
        upsert(facts, sealed.clone()).execute(&self.pool).await?;
        // The seal that stands there may be what is wrong.
        sqlx::query!("update portals set endpoint_sealed = $2 where portal_id = $1", facts.portal.0, sealed)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    fn sealed_endpoint(&self, facts: &PortalFacts) -> Result<Vec<u8>, StoreError> {
        self.keyring.seal(&self.world, endpoint_of(facts.portal), &facts.endpoint.as_str().into())
    }

    /// SHA-256 of the application_tokens that the portal has proved: the present one, and the one before it within 24
    /// hours of the change. Those of a portal that is gone count no more.
    pub async fn application_token_hashes(&self, portal: PortalId) -> Result<[Option<[u8; 32]>; 2], StoreError> {
        let row = sqlx::query!(
            "select application_token_hash, case when former_token_until > now() then former_token_hash end as former
             from portals where portal_id = $1 and status <> 'gone'",
            portal.0
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else { return Ok([None, None]) };
        let read = |hash: Option<Vec<u8>>| {
            hash.map(|hash| hash.try_into().map_err(|_| impossible("portals", portal))).transpose()
        };
        Ok([read(row.application_token_hash)?, read(row.former)?])
    }
}

/// The seal of a portal's endpoint: in no other portal's row it opens.
pub(super) fn endpoint_of(portal: PortalId) -> Label<'static> {
    Label { kind: "portal.endpoint", portal, user: None }
}

/// Writes where something differs. A seal is another one each time, so it counts only where there is none.
fn upsert(
    facts: &PortalFacts,
    endpoint_sealed: Vec<u8>,
) -> sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments> {
    sqlx::query!(
        "insert into portals as p (portal_id, origin, endpoint, oauth_server, status, scopes, app_version,
                 endpoint_sealed)
             values ($1, $2, $3, $4, 'new', $5, $6, $7)
             on conflict (portal_id) do update set origin = excluded.origin, endpoint = excluded.endpoint,
                 oauth_server = excluded.oauth_server, scopes = excluded.scopes, app_version = excluded.app_version,
                 endpoint_sealed = excluded.endpoint_sealed, updated_at = now()
             where p.endpoint_sealed is null
                 or (p.origin, p.endpoint, p.oauth_server, p.scopes, p.app_version) is distinct from
                 (excluded.origin, excluded.endpoint, excluded.oauth_server, excluded.scopes, excluded.app_version)",
        facts.portal.0,
        facts.host.origin(),
        facts.endpoint.as_str(),
        facts.oauth_server.as_str(),
        &facts.scopes,
        facts.app_version,
        endpoint_sealed
    )
}
