//! One short file per user action: proved arguments in, one call, one page out.

pub(super) mod actions;
pub(super) mod again;
pub(super) mod assets;
pub(super) mod bulk;
pub(super) mod calls;
pub(super) mod closed;
pub(super) mod connect;
pub(super) mod data;
pub(super) mod decide;
pub(super) mod decisions;
pub(super) mod events;
pub(super) mod everywhere;
mod fields;
pub(super) mod health;
pub(super) mod install;
pub(super) mod legal;
pub(super) mod levels;
mod look;
pub(super) mod main_page;
pub(super) mod queue;
pub(super) mod rows;
pub(super) mod saved;
pub(super) mod session;
pub(super) mod settings_file;
pub(super) mod snooze;
pub(super) mod task;
pub(super) mod undo;
