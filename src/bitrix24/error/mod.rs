//! What the vendor or the network did to a call. No words for a person, and nothing of an answer's body but its code.

mod code;
#[cfg(test)]
mod tests;

use std::fmt;

pub use code::{Code, Reaction};
use url::Url;

/// Did the request run? This, and not "is it temporary", decides whether a change may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ran {
    /// Proved: the request changed nothing and may be sent again, paced.
    No,
    /// It may have run. A change is never sent again by itself; its outcome is read.
    Unknown,
}

/// Why our own door refused to send. Nothing left this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Not https (http is for the sandbox's loopback alone).
    Scheme,
    /// The address carries a user name or a password.
    Userinfo,
    /// The address carries a fragment or a query, where an endpoint has none.
    Suffix,
    /// Another port than 443, and the host is in no listed network.
    Port,
    /// The address has no host or could not be composed.
    Host,
    /// The host is an IP literal that no listed network holds.
    Literal,
    /// The name leads to an address that is not public and in no listed network.
    Address,
    /// As many calls to this address are under way as there may be, and none ended in time.
    Crowded,
    /// A batch of more than 50 commands, with a key twice, or with a method that a batch may not hold.
    Batch,
    /// The request could not be composed (a header or a body that cannot be written).
    Request,
}

/// What became of a call that brought no usable answer.
///
/// Neither `Display` nor `Debug` shows anything of a response but its code: no description, no body, no address with
/// its query.
#[derive(Clone, PartialEq, Eq)]
pub enum CallError {
    /// The vendor answered with an error code.
    Api {
        /// What the vendor calls it.
        code: Code,
        /// Status of the answer; for a command inside a batch, the one documented for the code.
        http: u16,
    },
    /// No connection: name, TCP or TLS failed. Certainly not sent.
    Unreachable,
    /// Sent, or perhaps sent, and the answer is lost: deadline, reset, end of file.
    Lost,
    /// An answer that is not what the method promises: HTML, cut JSON, a wrong type.
    BadAnswer {
        /// Status of the answer.
        http: u16,
        /// The place in the JSON (`.` for "not JSON"), cut to 200 bytes; array indices and field names only, no values.
        path: String,
    },
    /// 302: the portal lives at another name.
    Moved {
        /// Where it points to, if that is an address: a hint to ask the authorization server again, never a place to
        /// send a token to.
        location: Option<Url>,
    },
    /// Our own door did not let it out.
    Refused(Refusal),
    /// The portal has said this before, and asked to be left in peace; nothing was sent.
    Withheld(Code),
    /// The answer is larger than 4 MiB after decompression, or holds more values than any answer of the vendor's.
    TooLarge {
        /// Status of the answer.
        http: u16,
    },
    /// A command of a batch that is neither in `result` nor in `result_error`.
    NotExecuted,
}

impl CallError {
    pub(in crate::bitrix24) fn bad(http: u16, path: impl Into<String>) -> CallError {
        let mut path = path.into();
        if path.len() > 200 {
            let end = (0..=200).rev().find(|at| path.is_char_boundary(*at)).unwrap_or(0);
            path.truncate(end);
        }
        CallError::BadAnswer { http, path }
    }

    /// The vendor's code, where there is one.
    pub fn code(&self) -> Option<&Code> {
        match self {
            CallError::Api { code, .. } | CallError::Withheld(code) => Some(code),
            _ => None,
        }
    }

    /// The HTTP status, where an answer came at all.
    pub fn http(&self) -> Option<u16> {
        match self {
            CallError::Api { http, .. } | CallError::BadAnswer { http, .. } | CallError::TooLarge { http } => {
                Some(*http)
            }
            CallError::Moved { .. } => Some(302),
            _ => None,
        }
    }

    /// What a caller should do: the code's reaction, or [`Reaction::Transient`] where no code came. `Moved` is not
    /// among the reactions: match it first.
    pub fn reaction(&self) -> Reaction {
        match self {
            CallError::Api { code, .. } | CallError::Withheld(code) => code.reaction(),
            CallError::Refused(Refusal::Batch | Refusal::Request) => Reaction::Bug,
            _ => Reaction::Transient,
        }
    }

    /// Did the request run?
    ///
    /// `No` for: no connection, our own refusal, 302, 503 `QUERY_LIMIT_EXCEEDED`, any 4xx with a known code (401
    /// `expired_token` and 429 `OPERATION_TIME_LIMIT` among them).
    /// `Unknown` for everything else.
    pub fn ran(&self) -> Ran {
        match self {
            CallError::Unreachable | CallError::Moved { .. } | CallError::Refused(_) | CallError::Withheld(_) => {
                Ran::No
            }
            CallError::Api { code: Code::QueryLimitExceeded, http: 503 } => Ran::No,
            CallError::Api { code, http: 400..=499 } if code.is_known() => Ran::No,
            CallError::Api { .. }
            | CallError::Lost
            | CallError::BadAnswer { .. }
            | CallError::TooLarge { .. }
            | CallError::NotExecuted => Ran::Unknown,
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Api { code, http } => write!(f, "Bitrix24 answered {http} {code}"),
            CallError::Unreachable => f.write_str("no connection"),
            CallError::Lost => f.write_str("the answer is lost"),
            CallError::BadAnswer { http, path } => write!(f, "answer {http} not understood at {path}"),
            // Not where: that is the portal's name.
            CallError::Moved { .. } => f.write_str("moved"),
            CallError::Refused(refusal) => write!(f, "not sent: {refusal:?}"),
            CallError::Withheld(code) => write!(f, "not sent: Bitrix24 answered {code} before"),
            CallError::TooLarge { http } => write!(f, "answer {http} too large"),
            CallError::NotExecuted => f.write_str("the batch did not execute this command"),
        }
    }
}

impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallError({self})")
    }
}

impl std::error::Error for CallError {}
