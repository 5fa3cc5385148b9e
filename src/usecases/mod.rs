//! One verb per file: what the product does, between its doors and its rooms.

pub mod anchor;
pub mod app;
mod batches;
mod budget;
pub mod bulk;
pub mod carry_out;
mod debts;
pub mod decide;
pub mod failure;
pub mod follow_up;
pub mod handle_event;
pub mod inbox;
pub mod install;
pub mod journal;
pub mod keep_alive;
pub mod look_back;
pub mod look_closer;
pub mod open;
pub mod portal_session;
pub mod review_queue;
pub mod settings;
pub mod settle;
mod sight;
pub mod task_view;
pub mod tell_reason;
pub mod tend;
pub mod uninstall;
pub mod unsettled;

pub use app::{App, EgressRules, Settings};
pub use debts::Debts;
pub use failure::Failure;
