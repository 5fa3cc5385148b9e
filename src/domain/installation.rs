//! The life of an installation on one portal. Its transitions can refuse.
//!
//! ```text
//!            finished              closed
//!   new ───────────────▶ active ◀────────────▶ suspended      an uninstall event leads from each of them to
//!    ▲                                reopened                 leaving, and an administrator's proof back to new
//!    └── proved again ── leaving ── departed ──▶ gone
//! ```
//!
//! A portal of which nothing is stored is `gone`.

use super::decision::IllegalStep;

/// Why a portal lets nobody in for now. Nothing is erased for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The subscription or the trial has ended.
    Unpaid,
    /// REST is closed on the portal's plan, or to the account that keeps the installation.
    AccessClosed,
}

impl Closed {
    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::AccessClosed => "access_closed",
        }
    }

    /// The inverse of [`Closed::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Unpaid, Self::AccessClosed].into_iter().find(|c| c.name() == name)
    }
}

/// Where an installation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Proved, and not everything at the portal is in place yet.
    New,
    /// Everything is in place.
    Active,
    /// The portal lets nobody in for now.
    Suspended(Closed),
    /// An uninstall was said and is being confirmed at the authorization server.
    Leaving,
    /// Confirmed: no tokens, no sessions. Decisions may be kept for a while for a reinstallation.
    Gone,
}

impl Status {
    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Active => "active",
            Self::Suspended(_) => "suspended",
            Self::Leaving => "leaving",
            Self::Gone => "gone",
        }
    }

    /// From the columns `status` and `closed`; `None` for a row that cannot be.
    pub fn parse(status: &str, closed: Option<&str>) -> Option<Self> {
        match (status, closed) {
            ("new", None) => Some(Self::New),
            ("active", None) => Some(Self::Active),
            ("suspended", Some(why)) => Closed::parse(why).map(Self::Suspended),
            ("leaving", None) => Some(Self::Leaving),
            ("gone", None) => Some(Self::Gone),
            _ => None,
        }
    }

    /// Why nobody is let in, if that is so.
    pub fn closed(self) -> Option<Closed> {
        match self {
            Self::Suspended(why) => Some(why),
            _ => None,
        }
    }
}

/// An installation's state: where it stands, and whether everything was once in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// Where it stands.
    pub status: Status,
    /// It was finished in this life; what it returns to after a suspension or a false alarm.
    pub finished: bool,
}

impl Life {
    /// Of a portal of which nothing is stored.
    pub const NONE: Self = Self { status: Status::Gone, finished: false };
}

/// What can happen to an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// The authorization server knows an administrator's pair: the installer's page, `ONAPPINSTALL`, `ONAPPUPDATE`.
    Proved,
    /// The authorization server knows a person's token: an opening.
    Opened,
    /// Everything stands at the portal as it should.
    Finished,
    /// The portal or the authorization server says that nobody is let in.
    Closed(Closed),
    /// It lets in again.
    Reopened,
    /// An uninstall event with the portal's shared secret, or a portal that no longer knows the application.
    UninstallSaid,
    /// The authorization server still knew the installation at the last check.
    StillThere,
    /// The authorization server no longer knows the installation.
    Departed,
}

impl Happening {
    fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Opened => "opened",
            Self::Finished => "finished",
            Self::Closed(_) => "closed",
            Self::Reopened => "reopened",
            Self::UninstallSaid => "uninstall said",
            Self::StillThere => "still there",
            Self::Departed => "departed",
        }
    }
}

impl Life {
    /// The state after this, or a refusal. What is already so stays so: everything may be said twice.
    pub fn step(self, what: Happening) -> Result<Self, IllegalStep> {
        use Happening::{Closed, Departed, Finished, Opened, Proved, Reopened, StillThere, UninstallSaid};
        use Status::{Active, Gone, Leaving, New, Suspended};
        let Self { status, finished } = self;
        let to = |status| Ok(Self { status, finished });
        let back = if finished { Active } else { New };
        match (status, what) {
            // A new life: what stood at the portal in the former one has fallen.
            (Leaving | Gone, Proved) | (Gone, Opened) => Ok(Self { status: New, finished: false }),
            // An administrator's tokens are alive and the portal answered them.
            (Suspended(_), Proved | Reopened) => to(back),
            (New | Active, Proved | Opened | Reopened) | (Suspended(_) | Leaving, Opened) => to(status),
            (New | Active | Suspended(_), Finished) => Ok(Self { status: Active, finished: true }),
            (New | Active | Suspended(_), Closed(why)) => to(Suspended(why)),
            (New | Active | Suspended(_) | Leaving, UninstallSaid) => to(Leaving),
            (Leaving, StillThere) => to(back),
            (Leaving, Departed) => Ok(Self::NONE),
            // A brought-about state, a refusal or a verdict that comes too late says nothing about the present life.
            (Leaving, Finished | Closed(_) | Reopened)
            | (Gone, Finished | Closed(_) | Reopened | UninstallSaid | StillThere | Departed)
            | (New | Active | Suspended(_), StillThere | Departed) => {
                Err(IllegalStep { from: status.name(), to: what.name() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Happening; 9] = [
        Happening::Proved,
        Happening::Opened,
        Happening::Finished,
        Happening::Closed(Closed::Unpaid),
        Happening::Closed(Closed::AccessClosed),
        Happening::Reopened,
        Happening::UninstallSaid,
        Happening::StillThere,
        Happening::Departed,
    ];

    #[test]
    fn p02_late_words_about_a_former_life_are_refused() {
        let life = |status| Life { status, finished: true };
        for late in [Happening::StillThere, Happening::Departed] {
            for status in [Status::New, Status::Active, Status::Suspended(Closed::Unpaid), Status::Gone] {
                assert!(life(status).step(late).is_err(), "{status:?} {late:?}");
            }
        }
        assert!(life(Status::Leaving).step(Happening::Finished).is_err(), "what was brought about before it left");
        assert!(Life::NONE.step(Happening::UninstallSaid).is_err(), "nothing is there to leave");
    }

    proptest! {
        /// Only a confirmation ends a life, only a proof begins one, and what is said twice is said once.
        #[test]
        fn p02_every_order_ends_in_a_legal_state(order in prop::collection::vec(0..ALL.len(), 0..60)) {
            let mut life = Life::NONE;
            for what in order.into_iter().map(|nth| ALL[nth]) {
                let Ok(next) = life.step(what) else { continue };
                prop_assert_eq!(next.step(what).unwrap_or(next), next, "{:?} twice", what);
                prop_assert_eq!(Status::parse(next.status.name(), next.status.closed().map(Closed::name)), Some(next.status));
                if life.status == Status::Gone && next.status != Status::Gone {
                    prop_assert!(matches!(what, Happening::Proved | Happening::Opened));
                }
                if next.status == Status::Gone {
                    prop_assert!(life == next || (life.status == Status::Leaving && what == Happening::Departed));
                    prop_assert!(!next.finished);
                }
                prop_assert!(next.status != Status::Active || next.finished);
                life = next;
            }
        }
    }
}
