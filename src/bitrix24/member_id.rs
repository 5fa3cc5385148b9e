//! A portal's identity.

use std::fmt;

/// 32 hex digits in lower case: the one name of a portal that a change of its domain survives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(String);

impl MemberId {
    /// `None` for anything but 32 hex digits.
    pub fn parse(text: &str) -> Option<MemberId> {
        let hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex.then(|| MemberId(text.to_ascii_lowercase()))
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
