//! Names of things. Bitrix24 sends ids as numbers and as text; here each is one type.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// `None` unless positive: Bitrix24 numbers from 1 and writes 0 for "nobody".
            pub fn new(id: i64) -> Option<Self> {
                (id > 0).then_some(Self(id))
            }

            /// The number as Bitrix24 knows it.
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.parse().ok().and_then(Self::new).ok_or(BadId)
            }
        }
    };
}

/// A text that is not the id it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct BadId;

number_id!(
    /// A person of one portal; two portals use the same numbers.
    UserId
);
number_id!(
    /// A task of one portal.
    TaskId
);
number_id!(
    /// A project (workgroup) of one portal.
    GroupId
);

/// The portal's stable identity: 32 hexadecimal digits that survive a change of the domain name.
///
/// The same 128 bits are our `portal_id`, so no table has to translate one into the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberId(Uuid);

impl MemberId {
    /// The key under which everything of this portal is kept.
    pub fn portal_id(self) -> PortalId {
        PortalId(self.0)
    }
}

impl FromStr for MemberId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let id = hex.then(|| Uuid::try_parse(text).ok()).flatten().ok_or(BadId)?;
        Ok(Self(id))
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// The first column of every table: the member_id as 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortalId(pub Uuid);

impl PortalId {
    /// The portal's name for itself.
    pub fn member_id(self) -> MemberId {
        MemberId(self.0)
    }
}

impl fmt::Display for PortalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// One decision; made when the page is rendered, so that pressing twice is one decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DecisionId(pub Uuid);

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl FromStr for DecisionId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Uuid::try_parse(text).map(Self).map_err(|_| BadId)
    }
}

/// Many decisions in one go; made with the page that confirms them, so that pressing twice is one bulk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BulkId(pub Uuid);

impl fmt::Display for BulkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl FromStr for BulkId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Uuid::try_parse(text).map(Self).map_err(|_| BadId)
    }
}

/// A reason kept ready; the same in every list and in the decisions that began with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SavedReasonId(pub Uuid);

impl fmt::Display for SavedReasonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl FromStr for SavedReasonId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Uuid::try_parse(text).map(Self).map_err(|_| BadId)
    }
}

/// Where a portal lives today: scheme and authority, from the authorization server's answer and never from a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// From `client_endpoint`, e.g. `https://portal.bitrix24.com/rest/`.
    pub fn of_endpoint(endpoint: &url::Url) -> Option<Self> {
        let origin = endpoint.origin();
        origin.is_tuple().then(|| Self(origin.ascii_serialization()))
    }

    /// `https://portal.bitrix24.com`, as `frame-ancestors` wants it.
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// `portal.bitrix24.com`, as people read it.
    pub fn name(&self) -> &str {
        self.0.split_once("://").map_or(self.0.as_str(), |(_, name)| name)
    }

    /// The task's own page in Bitrix24, built by us from ids.
    pub fn task_path(&self, viewer: UserId, task: TaskId) -> String {
        format!("/company/personal/user/{viewer}/tasks/task/view/{task}/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_id_is_exactly_32_hex_digits() {
        let text = "a223c6b3710f85df22e9377d6c4f7553";
        let id: MemberId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.portal_id().member_id(), id);
        for bad in ["", "a223c6b3-710f-85df-22e9-377d6c4f7553", "z223c6b3710f85df22e9377d6c4f7553", "a223"] {
            assert_eq!(bad.parse::<MemberId>(), Err(BadId), "{bad}");
        }
    }

    #[test]
    fn ids_are_positive() {
        assert_eq!("0".parse::<UserId>(), Err(BadId));
        assert_eq!("-4".parse::<TaskId>(), Err(BadId));
        assert_eq!("17".parse::<TaskId>().unwrap().get(), 17);
    }
}
