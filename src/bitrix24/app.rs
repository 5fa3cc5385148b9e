//! The application, the person and the portal's own abilities.
//!
//! Sources: `api-reference/common/system/app-info.md`, `api-reference/common/users/profile.md`,
//! `api-reference/common/system/method-get.md`, `api-reference/common/system/feature-get.md`.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{
    client::{Answer, Command, Deadline, PortalApi},
    error::CallError,
    wire::{Id, Map, Maybe, lax, optional, required},
};

/// The portal's `app.info`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
pub struct AppInfo {
    /// The application's number in this portal.
    #[serde(default, deserialize_with = "optional")]
    pub id: Option<Id>,
    /// Its code, such as `partner.app`.
    #[serde(default, deserialize_with = "optional")]
    pub code: Option<String>,
    /// The installed version: a number, kept as text.
    #[serde(default, deserialize_with = "optional")]
    pub version: Option<String>,
    /// `L`, `F`, `D`, `T`, `P` or `S`; only the authorization server's word counts.
    #[serde(default, deserialize_with = "optional")]
    pub status: Option<String>,
    /// False until the installation is finished.
    #[serde(default, deserialize_with = "optional")]
    pub installed: Option<bool>,
    /// The paid period or the trial is over, also while the period of grace runs.
    #[serde(default, deserialize_with = "optional")]
    pub payment_expired: Option<bool>,
    /// Days left; negative in the period of grace.
    #[serde(default, deserialize_with = "optional")]
    pub days: Option<i64>,
    /// A language code, such as `de`; the vendor's page shows it and does not say whose language it is.
    #[serde(default, deserialize_with = "optional")]
    pub language_id: Option<String>,
    /// The plan behind its region, such as `de_ent10000`; `en_selfhosted` on a self-hosted portal.
    #[serde(default, deserialize_with = "optional")]
    pub license: Option<String>,
    /// The plan's family, such as `ent`, which decides the pace; nothing on a self-hosted portal.
    #[serde(default, deserialize_with = "optional")]
    pub license_family: Option<String>,
}

/// The owner of the token, as the portal says.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
pub struct Profile {
    /// The person's number in this portal; every portal counts its own.
    #[serde(deserialize_with = "required")]
    pub id: Id,
    /// Whether they administer the portal. A self-hosted one can lie here, but only about itself.
    #[serde(default, deserialize_with = "optional")]
    pub admin: Option<bool>,
    /// First name.
    #[serde(default, deserialize_with = "lax")]
    pub name: Option<String>,
    /// Family name.
    #[serde(default, deserialize_with = "lax")]
    pub last_name: Option<String>,
    /// Name of their time zone; the vendor's sample leaves it empty, which is nothing.
    #[serde(default, deserialize_with = "lax")]
    pub time_zone: Option<String>,
}

/// What `profile` answers: nobody (`[]`) for a person who is not active.
#[derive(Clone, Debug, PartialEq)]
pub struct MaybeProfile(pub Option<Profile>);

impl<'de> Deserialize<'de> for MaybeProfile {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        /// `{}` is nobody as well; a profile that does not read is not.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Empty {}
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Somebody(Profile),
            Nobody(Empty),
        }
        Ok(MaybeProfile(match Maybe::<Either>::deserialize(from)?.into_inner() {
            Some(Either::Somebody(profile)) => Some(profile),
            Some(Either::Nobody(Empty {})) | None => None,
        }))
    }
}

/// A yes or no that is the whole result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Yes(pub bool);

impl<'de> Deserialize<'de> for Yes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        required(from).map(Yes)
    }
}

/// A list of names that is the whole result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Names(Map::<String>::deserialize(from)?.into_values()))
    }
}

/// What `method.get` answers.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct MethodState {
    /// Whether the portal knows the method.
    #[serde(deserialize_with = "flag")]
    pub is_existing: bool,
    /// Whether this token may call it.
    #[serde(deserialize_with = "flag")]
    pub is_available: bool,
}

fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(optional(from)?.unwrap_or(false))
}

/// `app.info` of the portal. Errors: `ACCESS_DENIED` for what is no application token.
pub async fn app_info(api: &PortalApi) -> Result<Answer<AppInfo>, CallError> {
    api.call("app.info", Value::Null, Deadline::READ).await
}

/// Decoded by [`AppInfo`].
pub fn app_info_command() -> Command {
    Command::new("app.info", Value::Null)
}

/// `profile`: who the token belongs to. No scope needed.
pub async fn profile(api: &PortalApi) -> Result<Answer<Option<Profile>>, CallError> {
    let answer = api.call::<MaybeProfile>("profile", Value::Null, Deadline::READ).await?;
    Ok(answer.map(|profile| profile.0))
}

/// Decoded by [`MaybeProfile`].
pub fn profile_command() -> Command {
    Command::new("profile", Value::Null)
}

/// Decoded by [`Names`].
pub fn scope_command() -> Command {
    Command::new("scope", Value::Null)
}

/// `method.get`: whether this portal knows a method, and whether this token may call it. Decoded by [`MethodState`].
pub fn method_get_command(name: &str) -> Command {
    Command::new("method.get", json!({ "name": name }))
}

/// What `feature.get` answers: `Y`, `N`, or a word of a self-hosted portal.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Feature {
    /// The word as it came; [`Feature::is_on`] reads it.
    #[serde(deserialize_with = "optional")]
    pub value: Option<String>,
}

impl Feature {
    /// `None` where the portal says neither yes nor no.
    pub fn is_on(&self) -> Option<bool> {
        match self.value.as_deref() {
            Some("Y") => Some(true),
            Some("N") => Some(false),
            _ => None,
        }
    }
}

/// `feature.get`: whether the portal's plan has something. Decoded by [`Feature`].
pub fn feature_get_command(code: &str) -> Command {
    Command::new("feature.get", json!({ "CODE": code }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitrix24::{client::read_answer, egress::Incoming, wire::Moment};

    fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, CallError> {
        let incoming = Incoming { http: 200, body: body.as_bytes().to_vec(), location: None };
        read_answer(&incoming).map(|answer| answer.result)
    }

    #[test]
    fn an_odd_profile_is_not_nobody() {
        let profile = |body: &str| read::<MaybeProfile>(&format!(r#"{{"result":{body}}}"#));
        assert_eq!(profile("{}"), Ok(MaybeProfile(None)));
        assert_eq!(profile("[]"), Ok(MaybeProfile(None)));
        let odd = profile(r#"{"ID":"1","ADMIN":true,"NAME":["x"],"TIME_ZONE":{"a":1},"TIME_ZONE_OFFSET":"soon"}"#);
        let odd = odd.unwrap().0.unwrap();
        assert_eq!((odd.id.get(), odd.admin, odd.name), (1, Some(true), None), "names are nobody's rights");
        assert!(profile(r#"{"ID":"one","ADMIN":true}"#).is_err(), "who it is cannot be guessed");
    }

    #[test]
    fn recorded_answers_read() {
        let info: AppInfo = read(include_str!("examples/app.info.json")).unwrap();
        assert_eq!((info.version.as_deref(), info.installed), (Some("4"), Some(true)));
        assert_eq!((info.payment_expired, info.days), (Some(false), None));
        let profile = read::<MaybeProfile>(include_str!("examples/profile.json")).unwrap().0.unwrap();
        assert_eq!((profile.id.get(), profile.admin), (1, Some(true)));
        assert_eq!(read(include_str!("examples/user.admin.json")), Ok(Yes(true)));
        assert_eq!(read::<Names>(include_str!("examples/scope.json")).unwrap().0, ["task", "placement"]);
        let state: MethodState = read(include_str!("examples/method.get.json")).unwrap();
        assert!(state.is_existing && state.is_available);
        let feature = |body: &str| read::<Feature>(body).unwrap().is_on();
        assert_eq!(feature(r#"{"result":{"value":"Y"}}"#), Some(true));
        assert_eq!(feature(r#"{"result":{"value":"N"}}"#), Some(false));
        assert_eq!(feature(r#"{"result":{"value":"en_selfhosted"}}"#), None);
        let now: Moment = read(include_str!("examples/server.time.json")).unwrap();
        assert_eq!(now.known().unwrap().to_rfc3339(), "2025-10-21T16:45:22+02:00");
    }

    #[test]
    fn nobody_is_nobody_and_half_a_yes_is_none() {
        for body in [r#"{"result":[]}"#, r#"{"result":{}}"#, r#"{"result":null}"#] {
            assert_eq!(read(body), Ok(MaybeProfile(None)), "{body}");
        }
        for body in [r#"{"result":[]}"#, r#"{"result":""}"#, r#"{"result":"yes"}"#, r#"{"result":2}"#] {
            assert!(read::<Yes>(body).is_err(), "{body}");
        }
        assert_eq!(read::<MethodState>(r#"{"result":{}}"#), Ok(MethodState::default()));
    }
}
