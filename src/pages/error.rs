//! When something cannot be done: what happened, what to do, an id to quote, a way out.

use super::{filters, legal::Contact, shell::Shell};
use crate::domain::BulkId;
use askama::Template;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal $status:literal),+ $(,)?) => {
        /// What went wrong, as far as a person is concerned.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($(#[$doc])* $kind),+
        }

        impl ErrorKind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// `data-error`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),+ }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(Self::$kind => $status),+ }
            }
        }
    };
}

kinds! {
    /// The request cannot be understood.
    Malformed = "malformed" 400,
    /// A return without a word why.
    ReasonMissing = "reason_missing" 400,
    /// A reason that nobody reads in a chat.
    ReasonTooLong = "reason_too_long" 400,
    /// Fewer words than the portal or the project asks for.
    ReasonTooShort = "reason_too_short" 400,
    /// A deadline that is over by now, or that no calendar has.
    DeadlineOver = "deadline_over" 400,
    /// A task is to be put aside until a day that is over, that is too far away, or that was not chosen.
    SnoozeDay = "snooze_day" 400,
    /// The request is larger than anything we ask for.
    TooLarge = "too_large" 413,
    /// It did not come from the portal it names.
    NotGenuine = "not_genuine" 403,
    /// The token belongs to another application.
    OtherApplication = "other_application" 403,
    /// Only an administrator may.
    AdminRequired = "admin_required" 403,
    /// The portal is reached without encryption.
    HttpPortal = "http_portal" 403,
    /// The portal's address is one that we do not speak to.
    AddressRefused = "address_refused" 403,
    /// This portal has not installed us.
    NotInstalled = "not_installed" 403,
    /// Idle or old.
    SessionEnded = "session_ended" 401,
    /// Another site posted it.
    WrongOrigin = "wrong_origin" 403,
    /// No such page.
    NotFound = "not_found" 404,
    /// The task was deleted, or is hidden from this person.
    TaskUnavailable = "task_unavailable" 404,
    /// There is such a page, but not for this verb.
    WrongMethod = "wrong_method" 405,
    /// The task has an open decision already.
    Conflict = "conflict" 409,
    /// No task was chosen.
    BulkEmpty = "bulk_empty" 400,
    /// More tasks than one bulk holds.
    BulkTooLarge = "bulk_too_large" 400,
    /// What was to be erased is on its way.
    StillOpen = "still_open" 409,
    /// More is put aside than any person comes back to.
    SnoozeFull = "snooze_full" 409,
    /// This person's other bulk is open.
    BulkOpen = "bulk_open" 409,
    /// No answer from the portal.
    PortalUnreachable = "portal_unreachable" 502,
    /// The portal asks to slow down.
    PortalLimited = "portal_limited" 503,
    /// No answer from the authorization server.
    AuthorizationDown = "authorization_down" 503,
    /// The portal's plan does not let applications in.
    AccessClosed = "access_closed" 403,
    /// The portal's subscription has ended.
    Unpaid = "unpaid" 402,
    /// The administrator has not given this person the application.
    NoAppRight = "no_app_right" 403,
    /// The portal is gone.
    PortalDeleted = "portal_deleted" 410,
    /// The person's tokens are gone.
    SignInAgain = "sign_in_again" 401,
    /// Too many requests from here.
    TooMany = "too_many" 429,
    /// We have too much to do.
    Busy = "busy" 503,
    /// What was pressed is stored; only the page after it could not be made.
    Taken = "taken" 503,
    /// Our own fault.
    Internal = "internal" 500,
}

/// What a person can do themselves.
#[derive(PartialEq, Eq)]
enum WayOut {
    /// Press again; it may work now.
    Again,
    /// Open the application anew in Bitrix24.
    Reopen,
    /// Somebody else has to act first.
    Nothing,
}

impl ErrorKind {
    fn title(self) -> String {
        format!("error-{}", self.name())
    }

    /// What to do about it.
    fn advice(self) -> String {
        format!("error-{}.do", self.name())
    }

    fn way_out(self) -> WayOut {
        match self {
            Self::PortalUnreachable
            | Self::PortalLimited
            | Self::AuthorizationDown
            | Self::TooMany
            | Self::Busy
            | Self::Conflict
            | Self::Internal => WayOut::Again,
            Self::Malformed
            | Self::NotGenuine
            | Self::SessionEnded
            | Self::SignInAgain
            | Self::WrongOrigin
            | Self::NotInstalled => WayOut::Reopen,
            _ => WayOut::Nothing,
        }
    }
}

/// The page for any of them; also the answer to a script, which shows its words in place.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Around it.
    pub shell: Shell,
    /// What went wrong; the HTTP status is [`ErrorKind::status`].
    pub kind: ErrorKind,
    /// The bulk that stands in the way.
    pub bulk: Option<BulkId>,
    /// Whom to ask, with the id.
    pub support: Option<Contact>,
    /// How many characters a reason has to have.
    pub least: Option<usize>,
    /// What the person wrote in the form that was refused, to be copied.
    pub words: Vec<String>,
}

impl ErrorPage {
    /// Back to the list, for those who still have a session.
    fn offers_list(&self) -> bool {
        self.shell.is_open() && self.kind.way_out() != WayOut::Reopen
    }

    fn hint_key(&self) -> Option<&'static str> {
        match self.kind.way_out() {
            WayOut::Again if !self.shell.is_open() => Some("way-again"),
            WayOut::Reopen => Some("way-reopen"),
            _ => None,
        }
    }
}
