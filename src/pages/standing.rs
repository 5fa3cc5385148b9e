//! What became of a decision, in words.

use super::{lang::Lang, when};
use crate::domain::{Action, DecisionId, Delivery, NotDone, Refusal, State, followup::Following};
use chrono::{DateTime, FixedOffset};
use std::borrow::Cow;

/// A decision as far as it got, for the person who made it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Which decision.
    pub id: DecisionId,
    /// What was decided.
    pub action: Action,
    /// How far it got.
    pub state: State,
    /// What became of the reason; `None` for an approval.
    pub delivery: Option<Delivery>,
    /// Who decided first, where somebody did.
    pub other: Option<Other>,
    /// What else was wished with it, and how far that is.
    pub following: Option<Following>,
    /// The reason's words, if they are at hand: they are offered again when the person has to press again.
    pub reason: Option<String>,
}

/// Who decided first, and when.
#[derive(Debug, Clone)]
pub struct Other {
    /// As far as this page knows them.
    pub who: Who,
    /// Portal time; `None` where it is being decided.
    pub at: Option<DateTime<FixedOffset>>,
}

/// A person, as far as a page knows them: names are read live and not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The viewer.
    You,
    /// Somebody whose name came with the task.
    Named(String),
    /// Somebody.
    Someone,
}

impl Other {
    /// `By Maria Johnson, Nov 20, 2026, 5:00 PM`
    pub(super) fn words(&self, lang: Lang) -> Cow<'static, str> {
        let Some(at) = &self.at else { return self.words_of_now(lang) };
        let at = when::moment(lang, at);
        match &self.who {
            Who::You => lang.with("other-you", &[("at", at.into())]),
            Who::Someone => lang.with("other-someone", &[("at", at.into())]),
            Who::Named(name) => lang.with("other-named", &[("name", name.clone().into()), ("at", at.into())]),
        }
    }
}

impl Other {
    fn words_of_now(&self, lang: Lang) -> Cow<'static, str> {
        match &self.who {
            Who::You => lang.t("now-you"),
            Who::Someone => lang.t("now-someone"),
            Who::Named(name) => lang.with("now-named", &[("name", name.clone().into())]),
        }
    }
}

impl Standing {
    /// Whether the person can send the reason again.
    pub(super) fn may_tell(&self) -> bool {
        self.state == State::Done && matches!(self.delivery, Some(Delivery::Failed | Delivery::Unknown))
    }

    /// Whether they have to look first: it may be there already.
    pub(super) fn must_look(&self) -> bool {
        self.delivery == Some(Delivery::Unknown)
    }

    /// The words for what was decided.
    pub(super) fn action_key(&self) -> &'static str {
        if self.action == Action::Return { "return" } else { "approve" }
    }

    /// The words for the state.
    pub(super) fn key(&self) -> &'static str {
        let returning = self.action == Action::Return;
        match self.state {
            State::Held { .. } if returning => "held-return",
            State::Held { .. } => "held-approve",
            State::Checking | State::Sending { .. } if returning => "sending-return",
            State::Checking | State::Sending { .. } => "sending-approve",
            State::Done if returning => "done-return",
            State::Done => "done-approve",
            State::Refused(refusal) => refusal_key(refusal),
            State::Unknown { .. } => "unknown",
            State::NeedsPerson => "needs-person",
            State::NotRun(why) => not_run_key(why),
            State::Cancelled => "cancelled",
        }
    }

    /// Whether something that was wished with it is still to be done.
    pub(super) fn follows(&self) -> bool {
        self.state == State::Done && self.following.is_some_and(|following| following.moves)
    }

    /// What of it could not be carried out, in words.
    pub(super) fn missed(&self, lang: &Lang) -> Vec<Cow<'static, str>> {
        let Some(following) = self.following.filter(|_| self.state == State::Done && !self.follows()) else {
            return Vec::new();
        };
        let mut missed = Vec::new();
        if following.missed_items > 0 {
            missed.push(lang.tn("followup-items-missed", following.missed_items));
        }
        if following.missed_deadline {
            missed.push(lang.t("followup-deadline-missed"));
        }
        if following.missed_mark {
            missed.push(lang.t("followup-mark-missed"));
        }
        missed
    }

    /// The words for the reason's way, when there is something to tell; of points and a deadline alone, for the message's.
    pub(super) fn delivery_key(&self) -> Option<&'static str> {
        let (reason, message) = match (self.state, self.delivery?) {
            (State::Done, Delivery::Pending | Delivery::Sending) => ("reason-sending", "message-sending"),
            (State::Done, Delivery::Delivered) => ("reason-delivered", "message-delivered"),
            (State::Done, Delivery::Failed) => ("reason-failed", "message-failed"),
            (State::Done, Delivery::Unknown) => ("reason-unknown", "message-unknown"),
            _ => return None,
        };
        Some(if self.reason.is_some() { reason } else { message })
    }

    /// Of the button that sends it once more.
    pub(super) fn again_key(&self) -> &'static str {
        if self.reason.is_some() { "reason-again" } else { "message-again" }
    }

    /// What they say who have looked.
    pub(super) fn looked_key(&self) -> &'static str {
        if self.reason.is_some() { "reason-looked" } else { "message-looked" }
    }
}

fn refusal_key(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotAllowed => "refused-not-allowed",
        Refusal::TaskChanged => "refused-task-changed",
        Refusal::AlreadyReturned => "refused-already-returned",
        Refusal::AlreadyAccepted => "refused-already-accepted",
        Refusal::NotAvailable => "refused-not-available",
        Refusal::SignInAgain => "refused-sign-in-again",
        Refusal::PortalClosed => "refused-portal-closed",
        Refusal::PortalDeleted => "refused-portal-deleted",
        Refusal::Unpaid => "refused-unpaid",
        Refusal::NoAppRight => "refused-no-app-right",
        Refusal::AccessClosed => "refused-access-closed",
        Refusal::BeingReturned => "refused-being-returned",
        Refusal::BeingAccepted => "refused-being-accepted",
    }
}

fn not_run_key(why: NotDone) -> &'static str {
    match why {
        NotDone::Unreachable => "not-run-unreachable",
        NotDone::Limited => "not-run-limited",
        NotDone::NoTrace => "not-run-no-trace",
        NotDone::Rejected => "not-run-rejected",
    }
}
