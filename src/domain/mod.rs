//! Types, states and transitions of the product. No IO, no async, no other room.

pub mod bulk;
pub mod call;
pub mod decision;
pub mod followup;
pub mod ids;
pub mod install;
pub mod installation;
pub mod past;
pub mod queue;
pub mod reason;
pub mod zone;

pub use bulk::{Chosen, Tally};
pub use call::CallWhy;
pub use decision::{Action, Decision, IllegalStep, NotDone, Refusal, Seen, State};
pub use ids::{BulkId, DecisionId, GroupId, Host, MemberId, PortalId, TaskId, UserId};
pub use queue::{AgeBand, Queue, WaitingTask};
pub use reason::{Delivery, Reason, ReasonCode, ReasonProblem};
pub use zone::Zone;
