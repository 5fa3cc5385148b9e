//! Whose token it is. Source: `settings/cloud-and-on-premise/security-recommendations.md`.

use serde::{Deserialize, Deserializer};
use url::Url;
use uuid::Uuid;

use crate::bitrix24::{
    client::Caller,
    member_id::MemberId,
    wire::{Field, Id, Maybe, Moment, optional},
};

/// Whose token it is, as the authorization server's own `app.info` says.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenOwner {
    /// The application that the token was issued to: must be ours.
    pub client_id: Option<String>,
    /// The person's number in their portal; `None` when missing (then nobody is proved).
    pub user_id: Option<Id>,
    /// What the token may be used for; empty when missing.
    pub scope: Vec<String>,
    /// When the token ends, by the server's clock.
    pub expires: Option<Moment>,
    /// Where and how the application is installed.
    pub install: Install,
}

impl TokenOwner {
    /// The same for a witness; nobody where the server names no portal.
    pub(super) fn caller(&self) -> Option<Caller> {
        let portal = Uuid::try_parse(self.install.member_id.as_ref()?.as_str()).ok()?;
        Some(Caller { portal, user: self.user_id.map(Id::get), installer: false })
    }
}

/// The installation that the token belongs to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Install {
    /// False while the installer page runs.
    pub installed: Option<bool>,
    /// The installed version: a number, kept as text.
    pub version: Option<String>,
    /// `L`, `F`, `D`, `T`, `P` or `S`: the vendor names this as the only trusted source of it.
    pub status: Option<String>,
    /// Host of the portal; may change, so it is never a key.
    pub domain: Option<String>,
    /// The portal; `None` when missing or malformed (then nothing is proved).
    pub member_id: Option<MemberId>,
    /// Where this portal's methods are called; `None` when missing or no address.
    pub client_endpoint: Option<Url>,
}

/// `app.info` of the authorization server, as it comes.
#[derive(Deserialize)]
struct RawOwner {
    #[serde(default, deserialize_with = "optional")]
    client_id: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    user_id: Option<Id>,
    #[serde(default, deserialize_with = "optional")]
    scope: Option<String>,
    #[serde(default)]
    expires: Field<Moment>,
    #[serde(default)]
    install: Maybe<RawInstall>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawInstall {
    installed: Field<bool>,
    version: Field<String>,
    status: Field<String>,
    domain: Field<String>,
    member_id: Field<String>,
    client_endpoint: Field<String>,
}

impl<'de> Deserialize<'de> for TokenOwner {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<TokenOwner, D::Error> {
        let raw = RawOwner::deserialize(from)?;
        let install = raw.install.into_inner().unwrap_or_default();
        Ok(TokenOwner {
            client_id: raw.client_id,
            user_id: raw.user_id,
            scope: scopes(raw.scope),
            expires: *raw.expires,
            install: Install {
                installed: *install.installed,
                version: install.version.into_inner(),
                status: install.status.into_inner(),
                domain: install.domain.into_inner(),
                member_id: install.member_id.as_deref().and_then(MemberId::parse),
                client_endpoint: url(install.client_endpoint.into_inner()),
            },
        })
    }
}

pub(super) fn url(text: Option<String>) -> Option<Url> {
    text.and_then(|text| Url::parse(&text).ok())
}

/// Commas nearly everywhere, spaces on one page of the documentation.
pub(super) fn scopes(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}
