//! Types, states and transitions of the product. No IO, no async, no other room.

pub mod bell;
pub mod bulk;
pub mod call;
pub mod decision;
pub mod followup;
pub mod health;
pub mod ids;
pub mod install;
pub mod installation;
pub mod language;
pub mod level;
pub mod past;
pub mod queue;
pub mod reason;
pub mod receipt;
pub mod saved_reason;
pub mod setting;
pub mod settings_file;
pub mod snooze;
pub mod take_over;
pub mod view;
pub mod week;
pub mod zone;

pub use bulk::{Chosen, Tally};
pub use call::CallWhy;
pub use decision::{Action, Decision, IllegalStep, NotDone, Refusal, Seen, State};
pub use ids::{BulkId, DecisionId, GroupId, Host, MemberId, PortalId, SavedReasonId, TaskId, UserId};
pub use level::{Effective, Level, Settings};
pub use queue::{AgeBand, Queue, WaitingTask};
pub use reason::{Delivery, ReadyReason, Reason, ReasonCode, ReasonProblem};
pub use saved_reason::SavedReason;
pub use setting::{Notice, ReasonPolicy, Setting, Value};
pub use settings_file::{FileProblem, SettingsFile};
pub use take_over::TakeOver;
pub use view::ListView;
pub use zone::Zone;
