//! What a story is told with: processes, the pretend Bitrix24's control, a visitor without a browser.

pub mod attacker;
pub mod bitrix;
pub mod browser;
pub mod bulk;
pub mod cluster;
pub mod decisions;
pub mod load;
pub mod names;
pub mod page;
pub mod relay;
pub mod replicas;
pub mod scene;
pub mod stack;
pub mod visitor;

pub use attacker::Attacker;
pub use bitrix::{Bitrix, Opening, Portal, tasks_of};
pub use browser::{Browser, Screen, foreign_site, row};
pub use load::{Beside, List, assert_unmoved, peak, resident};
pub use page::Shown;
pub use relay::Relay;
pub use scene::{calls_at, installed, next_endpoint, refusal, refused};
pub use stack::{Stack, Tls, Wish};
pub use visitor::Visitor;
