//! The tasks module of a portal: rules first, then the methods that use them.

pub mod access;
pub mod checklist;
pub mod comments;
pub mod filter;
pub mod history;
pub mod list;
pub mod read;
pub mod status;
pub mod update;
pub mod view;
