//! Many decisions of one person in one go.

use super::{
    decision::{Seen, State},
    ids::TaskId,
    reason::{Delivery, Reason},
};

/// No person looks at more than this many tasks before one press of a button.
pub const MOST: usize = 500;

/// One chosen task.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Which task.
    pub task: TaskId,
    /// What was before the person's eyes.
    pub seen: Seen,
    /// Of a return, as the portal wants it.
    pub reason: Option<Reason>,
}

/// How the decisions of a bulk stand, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Can still be taken back.
    pub held: usize,
    /// Being checked or sent.
    pub sending: usize,
    /// Sent, and nobody knows yet whether it ran.
    pub unknown: usize,
    /// Executed.
    pub done: usize,
    /// Refused by Bitrix24 or by ourselves.
    pub refused: usize,
    /// Left out: another decision about the task was open.
    pub skipped: usize,
    /// Proved not to have run.
    pub not_run: usize,
    /// Only a person can tell.
    pub needs_person: usize,
    /// Taken back.
    pub cancelled: usize,
    /// Executed, but the assignee was not told why, or nobody knows whether.
    pub untold: usize,
    /// The assignee is being told.
    pub telling: usize,
}

impl Tally {
    /// Counts one decision and its reason.
    pub fn add(&mut self, state: State, delivery: Option<Delivery>) {
        *match state {
            State::Held { .. } => &mut self.held,
            State::Checking | State::Sending { .. } => &mut self.sending,
            State::Unknown { .. } => &mut self.unknown,
            State::Done => &mut self.done,
            left_out if left_out.is_left_out() => &mut self.skipped,
            State::Refused(_) => &mut self.refused,
            State::NotRun(_) => &mut self.not_run,
            State::NeedsPerson => &mut self.needs_person,
            State::Cancelled => &mut self.cancelled,
        } += 1;
        match (state, delivery) {
            (State::Done, Some(Delivery::Failed | Delivery::Unknown)) => self.untold += 1,
            (State::Done, Some(Delivery::Pending | Delivery::Sending)) => self.telling += 1,
            _ => {}
        }
    }

    /// Whether anything is to be sent yet: only then is there no room for another bulk of this person.
    pub fn is_open(&self) -> bool {
        self.held + self.sending > 0
    }

    /// Whether its page will change by itself.
    pub fn moves(&self) -> bool {
        self.is_open() || self.unknown + self.telling > 0
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.ended() + self.held + self.sending + self.unknown
    }

    /// Those with an end.
    pub fn ended(&self) -> usize {
        self.done + self.refused + self.skipped + self.not_run + self.needs_person + self.cancelled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{NotDone, Refusal};
    use chrono::DateTime;

    fn tally(states: &[(State, Option<Delivery>)]) -> Tally {
        let mut tally = Tally::default();
        states.iter().for_each(|(state, delivery)| tally.add(*state, *delivery));
        tally
    }

    #[test]
    fn what_waits_to_be_sent_leaves_no_room_for_another_bulk() {
        let since = DateTime::UNIX_EPOCH.fixed_offset();
        for state in [State::Held { until: DateTime::UNIX_EPOCH }, State::Checking, State::Sending { since }] {
            assert!(tally(&[(state, None), (State::Done, None)]).is_open(), "{}", state.name());
        }
        let unknown = tally(&[(State::Unknown { since }, None), (State::NotRun(NotDone::NoTrace), None)]);
        assert!(!unknown.is_open(), "nothing of it will be sent any more");
        assert!(unknown.moves());
        assert_eq!((unknown.ended(), unknown.all()), (1, 2));
    }

    #[test]
    fn a_page_rests_when_everybody_has_been_told() {
        assert!(tally(&[(State::Done, Some(Delivery::Pending))]).moves());
        let told = tally(&[
            (State::Done, Some(Delivery::Delivered)),
            (State::Done, Some(Delivery::Failed)),
            (State::Refused(Refusal::BeingReturned), Some(Delivery::Dropped)),
        ]);
        assert!(!told.moves());
        assert_eq!((told.done, told.skipped, told.untold, told.refused), (2, 1, 1, 0));
    }
}
