//! The typed client of Bitrix24: what the vendor offers, in the vendor's own words, and nothing of this application.
//!
//! - [`egress`]: the one door through which every outgoing socket goes
//! - [`client`]: a call, a positional call, a REST 3.0 call, a batch
//! - [`oauth`], [`app`], [`events`], [`placements`], [`tasks`], [`notify`]: one function per vendor method
//! - [`inbound`]: what a portal posts to us
//! - [`error`]: what the vendor or the network did
//! - [`wire`]: the vendor's quirks, each with its reason; no other file knows them
//!
//! Pages of the vendor's documentation are named by their path in the repository `bitrix24/b24restdocs`.

pub mod app;
pub mod client;
pub mod egress;
pub mod error;
pub mod events;
pub mod inbound;
mod member_id;
pub mod notify;
pub mod oauth;
pub mod placements;
pub mod tasks;
#[cfg(test)]
mod testing;
pub mod wire;

pub use client::{
    Answer, BatchAnswer, CallSeen, Caller, Command, Deadline, PortalApi, Rest, Seen, Trouble, Witness, behind,
};
pub use egress::{Egress, EgressRules};
pub use error::{CallError, Code, Ran, Reaction, Refusal};
pub use member_id::MemberId;
