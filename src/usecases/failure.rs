//! The ways to fail, in the product's words. The cause goes to the log, the words and the status are `web::error`'s.

use crate::bitrix24::{CallError, Code, Reaction, Refusal};
use crate::domain::{BulkId, ReasonProblem};
use crate::store::{StoreError, life::LifeError};
use crate::world::NoChance;
use std::sync::Arc;

/// Why a use case did not do what was asked.
///
/// Every function that returns it may fail with [`Failure::Busy`], with [`Failure::Internal`], and with
/// [`Failure::NotInstalled`] when the portal has just been erased. One that asks the portal may also fail with whatever
/// [`Failure::of_portal`] makes of its answer, with [`Failure::SignInAgain`] without good tokens, and, where these have
/// to be renewed first, with [`Failure::AuthorizationDown`], [`Failure::Unpaid`] or [`Failure::TooMany`]. What else a
/// function refuses stands at it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request is not what a portal or our own page sends.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// A return without a usable reason.
    #[error("{0}")]
    Reason(#[from] ReasonProblem),
    /// Nobody whom the authorization server knows.
    #[error("not genuine: {0}")]
    NotGenuine(&'static str),
    /// A token of another application.
    #[error("a token of another application")]
    OtherApplication,
    /// Only an administrator of the portal may do this.
    #[error("administrator required")]
    AdminRequired,
    /// The portal speaks plain http.
    #[error("the portal is not on https")]
    HttpPortal,
    /// The portal's address is one we do not call.
    #[error("the portal's address is refused: {0:?}")]
    AddressRefused(Refusal),
    /// The application is not, or no longer, installed there.
    #[error("not installed")]
    NotInstalled,
    /// The page's session is over.
    #[error("the session has ended")]
    SessionEnded,
    /// Nothing of that name that this person may see.
    #[error("not found")]
    NotFound,
    /// The task was deleted, or this person may not see it: the vendor does not tell them apart.
    #[error("the task is not available")]
    TaskUnavailable,
    /// Another decision about this task is open.
    #[error("another decision about this task is open")]
    Conflict,
    /// A bulk without any task.
    #[error("nothing is chosen")]
    NothingChosen,
    /// A bulk of more tasks than any person looks at.
    #[error("too many tasks in one bulk")]
    TooManyTasks,
    /// Something that was to be erased is on its way.
    #[error("decisions are still open")]
    StillOpen,
    /// More is put aside than any person comes back to.
    #[error("too many tasks are put aside")]
    TooManySnoozed,
    /// Another bulk of this person is open.
    #[error("bulk {0} of this person is open")]
    BulkOpen(BulkId),
    /// The portal does not answer, or not sensibly.
    #[error("the portal did not answer usably: {0}")]
    PortalUnreachable(CallError),
    /// The portal asks to slow down.
    #[error("the portal limits us: {0}")]
    PortalLimited(CallError),
    /// The authorization server does not answer, or not sensibly.
    #[error("the authorization server did not answer usably: {0}")]
    AuthorizationDown(CallError),
    /// REST is closed on this portal's plan, or to this person.
    #[error("access is closed: {0}")]
    AccessClosed(CallError),
    /// The portal's subscription of the application has ended.
    #[error("not paid")]
    Unpaid,
    /// The portal's administrator does not let this person use the application.
    #[error("this person may not use the application")]
    NoAppRight,
    /// The portal is gone.
    #[error("the portal is gone")]
    PortalDeleted,
    /// The person's tokens are of no use any more; opening the application brings new ones.
    #[error("the person has to open the application again")]
    SignInAgain,
    /// Asked for more often than we let anybody.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// The database does not answer.
    #[error("{0}")]
    Busy(#[source] Arc<StoreError>),
    /// Our own mistake.
    #[error("{0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            error if error.is_outage() => Self::Busy(Arc::new(error)),
            // What belongs to a portal came when the portal had just been erased.
            error if error.is_orphan() => Self::NotInstalled,
            error => Self::Internal(Box::new(error)),
        }
    }
}

impl Failure {
    /// A step in an installation's life that the state machine does not have is our own mistake where it was not expected.
    pub fn of_life(error: LifeError) -> Self {
        match error {
            LifeError::Store(error) => error.into(),
            illegal => Self::Internal(Box::new(illegal)),
        }
    }
}

impl From<NoChance> for Failure {
    fn from(error: NoChance) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl Failure {
    /// The same failure for everybody who waited for one answer.
    pub fn again(shared: Arc<Self>) -> Self {
        match &*shared {
            Self::AuthorizationDown(error) => Self::AuthorizationDown(error.clone()),
            Self::AddressRefused(refusal) => Self::AddressRefused(*refusal),
            Self::HttpPortal => Self::HttpPortal,
            Self::Unpaid => Self::Unpaid,
            Self::SignInAgain => Self::SignInAgain,
            Self::TooMany(what) => Self::TooMany(what),
            Self::Busy(error) => Self::Busy(error.clone()),
            _ => Self::Internal(Box::new(shared)),
        }
    }

    /// Whether the same question may be answered later.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::PortalUnreachable(_)
                | Self::PortalLimited(_)
                | Self::AuthorizationDown(_)
                | Self::TooMany(_)
                | Self::Busy(_)
        )
    }

    /// What a portal's refusal of a read means to the person who asked.
    pub fn of_portal(error: CallError) -> Self {
        match &error {
            CallError::Refused(Refusal::Scheme) => return Self::HttpPortal,
            CallError::Refused(
                refusal @ (Refusal::Literal
                | Refusal::Address
                | Refusal::Port
                | Refusal::Host
                | Refusal::Userinfo
                | Refusal::Suffix),
            ) => {
                return Self::AddressRefused(*refusal);
            }
            _ => {}
        }
        match error.reaction() {
            Reaction::Refresh | Reaction::Reopen => Self::SignInAgain,
            Reaction::SlowDown | Reaction::PauseMethod | Reaction::Stop => Self::PortalLimited(error),
            Reaction::Gone if error.code() == Some(&Code::PortalDeleted) => Self::PortalDeleted,
            Reaction::Gone | Reaction::MissingScope => Self::NotInstalled,
            Reaction::Unpaid => Self::Unpaid,
            Reaction::NoAccessToApp => Self::NoAppRight,
            Reaction::PlanOrRight => Self::AccessClosed(error),
            Reaction::NotAllowed => Self::NotFound,
            Reaction::Bug | Reaction::Misconfigured => Self::Internal(Box::new(error)),
            Reaction::NotFound | Reaction::MaybeDone | Reaction::Transient => Self::PortalUnreachable(error),
        }
    }

    /// What the authorization server's answer about somebody's token means. Never fails open.
    pub fn of_anchor(error: CallError) -> Self {
        match error.reaction() {
            Reaction::Unpaid => Self::Unpaid,
            Reaction::Transient | Reaction::SlowDown | Reaction::PauseMethod | Reaction::Stop => {
                Self::AuthorizationDown(error)
            }
            // "wrong_client" speaks of our own keys, everything else of the token.
            Reaction::Misconfigured if error.code() == Some(&Code::WrongClient) => Self::Internal(Box::new(error)),
            _ => Self::NotGenuine("the authorization server does not know this token"),
        }
    }
}
