//! The answer of the token endpoint. Source: `settings/oauth/auto-renewal.md`.

use std::time::Duration;

use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse, basic::BasicTokenType};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::owner::{scopes, url};
use crate::bitrix24::{
    client::Caller,
    error::CallError,
    member_id::MemberId,
    wire::{Id, lax, optional},
};

/// A pair of tokens as the authorization server issued it. `domain` is not here: in this answer it names the
/// authorization server, not the portal.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// For calls to this portal, in its owner's name.
    pub access_token: SecretString,
    /// Takes the place of the one that was spent; good for 180 days and for one renewal.
    pub refresh_token: SecretString,
    /// Life of the access token in seconds, counted from when the answer arrived.
    pub expires_in: u64,
    /// The same as a Unix time of the server's clock; not in every answer.
    pub expires: Option<i64>,
    /// The portal; `None` when missing or malformed (then nothing is proved).
    pub member_id: Option<MemberId>,
    /// Owner of the token; in the answer to a renewal, not to a code.
    pub user_id: Option<Id>,
    /// Where this portal's methods are called.
    pub client_endpoint: Option<Url>,
    /// The authorization server that this portal belongs to.
    pub server_endpoint: Option<Url>,
    /// `L`, `F`, `D`, `T`, `P` or `S`.
    pub status: Option<String>,
    /// What the access token may be used for; empty when missing.
    pub scope: Vec<String>,
}

impl TokenPair {
    /// Whose it is, for a witness; nobody's where the answer names no portal.
    pub(super) fn caller(&self) -> Option<Caller> {
        let portal = Uuid::try_parse(self.member_id.as_ref()?.as_str()).ok()?;
        Some(Caller { portal, user: self.user_id.map(Id::get), installer: false })
    }
}

/// The vendor's token answer: no `token_type`, scopes separated by commas, figures as numbers or texts. A pair is
/// spent for it, so that only what proves whose it is may refuse it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct RawToken {
    access_token: AccessToken,
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "lax")]
    expires_in: Option<u64>,
    #[serde(default, deserialize_with = "lax")]
    expires: Option<i64>,
    #[serde(default, deserialize_with = "optional")]
    member_id: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    user_id: Option<Id>,
    #[serde(default, deserialize_with = "lax")]
    client_endpoint: Option<String>,
    #[serde(default, deserialize_with = "lax")]
    server_endpoint: Option<String>,
    #[serde(default, deserialize_with = "lax")]
    status: Option<String>,
    #[serde(default, deserialize_with = "lax")]
    scope: Option<String>,
}

impl TokenResponse for RawToken {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// Documented life of an access token where the answer does not say it.
const DEFAULT_LIFE: u64 = 3600;

impl RawToken {
    pub(super) fn into_pair(self) -> Result<TokenPair, CallError> {
        let refresh = self.refresh_token.filter(|token| !token.secret().is_empty());
        let refresh = refresh.ok_or_else(|| CallError::bad(200, "refresh_token"))?;
        if self.access_token.secret().is_empty() {
            return Err(CallError::bad(200, "access_token"));
        }
        Ok(TokenPair {
            access_token: self.access_token.secret().clone().into(),
            refresh_token: refresh.secret().clone().into(),
            expires_in: self.expires_in.unwrap_or(DEFAULT_LIFE),
            expires: self.expires,
            member_id: self.member_id.as_deref().and_then(MemberId::parse),
            user_id: self.user_id,
            client_endpoint: url(self.client_endpoint),
            server_endpoint: url(self.server_endpoint),
            status: self.status,
            scope: scopes(self.scope),
        })
    }
}
