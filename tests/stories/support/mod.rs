//! What a story is told with: processes, the pretend Bitrix24's control, a visitor without a browser.

pub mod bitrix;
pub mod decisions;
pub mod page;
pub mod stack;
pub mod visitor;

pub use bitrix::{Bitrix, Portal, tasks_of};
pub use page::Shown;
pub use stack::{Stack, Wish};
pub use visitor::Visitor;
