//! One-time states of the code flow outside the frame, each bound to the browser that began it.

use super::{Store, StoreError, sessions::hash};
use crate::domain::PortalId;
use secrecy::SecretString;

/// Where a sign-in began.
#[derive(Debug)]
pub struct Begun {
    /// A portal that was said to live there.
    pub portal: PortalId,
    /// Where the browser was sent. Unknown to a former version.
    pub origin: Option<String>,
}

impl Store {
    /// A `state` for the `/oauth/authorize/` at this origin, and the value of the browser's cookie. `portal`: one that is
    /// said to live there.
    pub async fn begin_code_flow(
        &self,
        portal: PortalId,
        origin: &str,
    ) -> Result<(SecretString, SecretString), StoreError> {
        let (state, browser) = (self.one_time_token(portal)?, self.one_time_token(portal)?);
        sqlx::query!(
            "insert into oauth_states (portal_id, state_hash, browser_hash, origin) values ($1, $2, $3, $4)",
            portal.0,
            hash(&state).to_vec(),
            hash(&browser).to_vec(),
            origin
        )
        .execute(&self.pool)
        .await?;
        Ok((state, browser))
    }

    /// Spends the state, once, within ten minutes, in the browser that began it.
    pub async fn finish_code_flow(
        &self,
        state: &SecretString,
        browser: &SecretString,
    ) -> Result<Option<Begun>, StoreError> {
        let Some(portal) = Self::portal_of_token(state) else {
            return Ok(None);
        };
        let row = sqlx::query!(
            "delete from oauth_states where portal_id = $1 and state_hash = $2 and browser_hash = $3
             returning origin, created_at > now() - interval '10 minutes' as \"fresh!\"",
            portal.0,
            hash(&state).to_vec(),
            hash(&browser).to_vec()
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.filter(|r| r.fresh).map(|r| Begun { portal, origin: r.origin }))
    }
}
