//! Sessions in the frame: an opaque 256-bit token in the page, its SHA-256 here. No cookie.

use super::{
    Store, StoreError, impossible,
    portals::{Portal, Row},
};
use crate::domain::{GroupId, PortalId, UserId, installation::Status, queue::Scope};
use crate::world::{NoChance, World};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Who a session token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Portal.
    pub portal: PortalId,
    /// Person.
    pub user: UserId,
    /// The vendor's language code at opening.
    pub lang: String,
    /// The part of the queue that the place of opening shows.
    pub scope: Scope,
}

/// SHA-256, the form in which tokens are kept.
pub fn hash(token: &SecretString) -> [u8; 32] {
    Sha256::digest(token.expose_secret().as_bytes()).into()
}

/// The portal's 16 bytes stand before the 32 random ones, so that looking a token up already carries its portal_id.
fn portal_of(token: &SecretString) -> Option<PortalId> {
    let bytes = URL_SAFE_NO_PAD.decode(token.expose_secret()).ok()?;
    let bytes: [u8; 48] = bytes.try_into().ok()?;
    let (portal, _) = bytes.split_first_chunk::<16>()?;
    Some(PortalId(uuid::Uuid::from_bytes(*portal)))
}

fn fresh_token(world: &World, portal: PortalId) -> Result<SecretString, NoChance> {
    let random: [u8; 32] = world.bytes()?;
    Ok(URL_SAFE_NO_PAD.encode([portal.0.as_bytes().as_slice(), &random].concat()).into())
}

/// Open pages of one person; where there are more, the oldest ask for a new opening.
const MOST_OF_PERSON: i64 = 50;

impl Store {
    /// A token that only its holder and its hash know; names its portal, proves nothing by itself.
    pub(crate) fn one_time_token(&self, portal: PortalId) -> Result<SecretString, StoreError> {
        Ok(fresh_token(&self.world, portal)?)
    }

    /// The portal for which a token was made, as far as the token itself says.
    pub fn portal_of_token(token: &SecretString) -> Option<PortalId> {
        portal_of(token)
    }

    /// Begins a session for a verified person.
    pub async fn begin_session(&self, session: &Session) -> Result<SecretString, StoreError> {
        let token = self.one_time_token(session.portal)?;
        let (assignee, group) = match session.scope {
            Scope::All => (None, None),
            Scope::Assignee(user) => (Some(user.get()), None),
            Scope::Project(group) => (None, Some(group.get())),
        };
        sqlx::query!(
            "with older as (delete from sessions where portal_id = $1 and token_hash in (
                                select token_hash from sessions where portal_id = $1 and user_id = $3
                                order by created_at desc offset $7))
             insert into sessions (portal_id, token_hash, user_id, lang, assignee_id, group_id)
             values ($1, $2, $3, $4, $5, $6)",
            session.portal.0,
            hash(&token).to_vec(),
            session.user.get(),
            session.lang,
            assignee,
            group,
            MOST_OF_PERSON - 1
        )
        .execute(&self.pool)
        .await?;
        Ok(token)
    }

    /// Whose session this is, and their portal: 60 minutes idle, 8 hours at most, by the database's clock.
    pub async fn session(&self, token: &SecretString) -> Result<Option<(Session, Portal)>, StoreError> {
        let Some(portal) = portal_of(token) else {
            return Ok(None);
        };
        let row = sqlx::query!(
            "select user_id, lang, assignee_id, group_id, used_at < now() - interval '1 minute' as \"stale!\",
                 p.portal_id, endpoint, endpoint_sealed, oauth_server, status, closed, scopes, app_version, installed_by,
                 installed_at
             from sessions s join portals p on p.portal_id = s.portal_id
             where s.portal_id = $1 and token_hash = $2
               and used_at > now() - interval '60 minutes' and s.created_at > now() - interval '8 hours'",
            portal.0,
            hash(token).to_vec()
        )
        .fetch_optional(&self.pool)
        .await?;
        // Polling pages ask every second; the idle time needs no finer grain than a minute.
        if row.as_ref().is_some_and(|row| row.stale) {
            let touch = sqlx::query!(
                "update sessions set used_at = now() where portal_id = $1 and token_hash = $2",
                portal.0,
                hash(token).to_vec()
            );
            touch.execute(&self.pool).await?;
        }
        row.map(|row| {
            let user = UserId::new(row.user_id).ok_or_else(|| impossible("sessions", portal))?;
            let assignee = row.assignee_id.and_then(UserId::new).map(Scope::Assignee);
            let project = row.group_id.and_then(GroupId::new).map(Scope::Project);
            let scope = assignee.or(project).unwrap_or(Scope::All);
            let known = self.portal_of(Row {
                portal_id: row.portal_id,
                endpoint: row.endpoint,
                endpoint_sealed: row.endpoint_sealed,
                oauth_server: row.oauth_server,
                status: row.status,
                closed: row.closed,
                scopes: row.scopes,
                app_version: row.app_version,
                installed_by: row.installed_by,
                installed_at: row.installed_at,
            })?;
            Ok((Session { portal, user, lang: row.lang, scope }, known))
        })
        .transpose()
    }

    /// In which portal's frame, by its origin, and in which language the page of a session stands that may have ended: its
    /// row is kept for a day after the last use. `None` for a token that nobody was given, and for a portal that has left
    /// or whose address is not the authorization server's word. Proves nothing of who asks.
    pub async fn frame_of_session(&self, token: &SecretString) -> Result<Option<(String, String)>, StoreError> {
        let Some(portal) = portal_of(token) else {
            return Ok(None);
        };
        let lang = sqlx::query_scalar!(
            "select lang from sessions where portal_id = $1 and token_hash = $2",
            portal.0,
            hash(token).to_vec()
        );
        let Some(lang) = lang.fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let known = self.portal(portal).await?.filter(|known| known.facts.proved && known.status != Status::Gone);
        Ok(known.map(|known| (known.facts.host.origin().to_owned(), lang)))
    }

    /// From now on this session's page shows everything that waits.
    pub async fn widen_session(&self, token: &SecretString, portal: PortalId) -> Result<(), StoreError> {
        sqlx::query!(
            "update sessions set assignee_id = null, group_id = null where portal_id = $1 and token_hash = $2",
            portal.0,
            hash(token).to_vec()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A person proved anew who they are: their session's hours begin again. False when it is not theirs.
    pub async fn renew_session(
        &self,
        token: &SecretString,
        portal: PortalId,
        user: UserId,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "update sessions set used_at = now(), created_at = now()
             where portal_id = $1 and token_hash = $2 and user_id = $3",
            portal.0,
            hash(token).to_vec(),
            user.get()
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends every session of a person.
    pub async fn end_sessions(&self, portal: PortalId, user: UserId) -> Result<(), StoreError> {
        sqlx::query!("delete from sessions where portal_id = $1 and user_id = $2", portal.0, user.get())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes sessions past renewal, one-time states past use, and people's tokens 24 hours after their last session
    /// and open decision ended. Of all portals: a housekeeping job.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        tx.may_take_long().await?;
        let sessions = sqlx::query!(
            "delete from sessions where used_at < now() - interval '24 hours' or created_at < now() - interval '32 hours'"
        )
        .execute(&mut tx)
        .await?;
        let states = sqlx::query!("delete from oauth_states where created_at < now() - interval '10 minutes'")
            .execute(&mut tx)
            .await?;
        let tokens = sqlx::query!(
            "delete from credentials c where kind = 'user' and updated_at < now() - interval '24 hours'
               and not exists (select from sessions s where s.portal_id = c.portal_id and s.user_id = c.user_id)
               and not exists (select from decisions d where d.portal_id = c.portal_id and d.user_id = c.user_id
                   and (d.finished_at is null or d.finished_at > now() - interval '24 hours'))"
        )
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(sessions.rows_affected() + states.rows_affected() + tokens.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn t39_a_million_session_tokens_are_a_million() {
        let (world, portal) = (World::system(), PortalId(uuid::Uuid::from_u128(7)));
        let mut seen = HashSet::with_capacity(1_000_000);
        for _ in 0..1_000_000 {
            let token = fresh_token(&world, portal).unwrap();
            assert!(token.expose_secret().len() >= 43);
            // What stands after the portal's own part.
            let random: [u8; 42] = token.expose_secret().as_bytes()[22..].try_into().unwrap();
            assert!(seen.insert(random), "the same token twice");
        }
    }
}
