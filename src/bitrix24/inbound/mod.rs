//! What a portal posts to us, decoded without trust: every value here is a claim until the authorization server has
//! been asked.
//!
//! Sources: `settings/oauth/simple-way.md`, `api-reference/widgets/_includes/widget_data.md`,
//! `api-reference/events/index.md`, `_includes/auth-params-in-events.md`.

mod event;
mod form;
mod opening;
mod options;
#[cfg(test)]
mod tests;

pub use super::{member_id::MemberId, wire::Id};
pub use event::{Event, EventAuth};
pub use opening::{OauthReturn, PageOpening, Protocol};

/// Largest body, in bytes; the caller may stop reading there.
pub const MAX_BODY: usize = 256 * 1024;

/// Why a request is not what a portal posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InboundError {
    /// For a 400.
    #[error("malformed request: {what}")]
    Malformed {
        /// A field or a rule, never a value.
        what: &'static str,
    },
    /// For a 413.
    #[error("request too large")]
    TooLarge,
}

fn malformed(what: &'static str) -> InboundError {
    InboundError::Malformed { what }
}
