//! Why a task came back, and whether the assignee was told.

use super::{ids::SavedReasonId, setting::ReasonPolicy};
use uuid::Uuid;

/// The words a person gives with a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    text: String,
    code: Option<ReasonCode>,
}

/// What the words of a reason began with, as it stays with the decision: it means the same for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonCode {
    /// One that every portal begins with.
    Ready(ReadyReason),
    /// One that somebody keeps.
    Saved(SavedReasonId),
}

impl ReasonCode {
    /// As stored and as posted.
    pub fn name(self) -> String {
        match self {
            Self::Ready(ready) => ready.name().to_owned(),
            Self::Saved(id) => id.to_string(),
        }
    }

    /// The inverse of [`ReasonCode::name`].
    pub fn parse(name: &str) -> Option<Self> {
        let ready = ReadyReason::parse(name).map(Self::Ready);
        ready.or_else(|| name.parse().ok().map(Self::Saved))
    }
}

/// The reasons that a portal begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadyReason {
    /// There is no result, or not the one that was agreed.
    ResultMissing,
    /// Something else was asked for.
    NotAsAsked,
    /// Points of the checklist are open.
    ChecklistOpen,
    /// It is there, with mistakes.
    Mistakes,
}

impl ReadyReason {
    /// In the order in which a portal begins with them.
    pub const ALL: [Self; 4] = [Self::ResultMissing, Self::NotAsAsked, Self::ChecklistOpen, Self::Mistakes];

    /// As stored and as posted.
    pub fn name(self) -> &'static str {
        match self {
            Self::ResultMissing => "result_missing",
            Self::NotAsAsked => "not_as_asked",
            Self::ChecklistOpen => "checklist_open",
            Self::Mistakes => "mistakes",
        }
    }

    /// The inverse of [`ReadyReason::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// Its key in every portal's list.
    pub fn id(self) -> SavedReasonId {
        // The high digits are no time of any version of such ids: nothing else comes to be named like this.
        SavedReasonId(Uuid::from_u128(0xb1 + self as u128))
    }
}

/// Why a text cannot be a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonProblem {
    /// Nothing but white space.
    #[error("a reason is required")]
    Missing,
    /// Longer than [`Reason::MAX_CHARS`].
    #[error("the reason is too long")]
    TooLong,
    /// Shorter than the portal or the project asks for.
    #[error("a reason of at least {0} characters is required")]
    TooShort(u16),
}

impl Reason {
    /// Bitrix24 cuts nothing, but a message must be readable in a chat.
    pub const MAX_CHARS: usize = 2_000;

    /// Trims, normalises line ends, drops control characters.
    pub fn new(text: &str) -> Result<Self, ReasonProblem> {
        let text: String = text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        let text = text.trim();
        if text.is_empty() {
            return Err(ReasonProblem::Missing);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(ReasonProblem::TooLong);
        }
        Ok(Self { text: text.to_owned(), code: None })
    }

    /// What a form says where words may be missing: whether they have to be there is the policy's question.
    pub fn read(text: &str) -> Result<Option<Self>, ReasonProblem> {
        match Self::new(text) {
            Ok(reason) => Ok(Some(reason)),
            Err(ReasonProblem::Missing) => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// Whether a return may go with these words, or with none.
    pub fn suffices(reason: Option<&Self>, policy: ReasonPolicy) -> Result<(), ReasonProblem> {
        let long = reason.map_or(0, |reason| reason.text.chars().count());
        match (policy.least(), long) {
            (least, long) if long >= usize::from(least) => Ok(()),
            (_, 0) => Err(ReasonProblem::Missing),
            (least, _) => Err(ReasonProblem::TooShort(least)),
        }
    }

    /// The same, begun with a ready reason.
    pub fn begun_with(self, code: Option<ReasonCode>) -> Self {
        Self { code, ..self }
    }

    /// Which ready reason it began with.
    pub fn code(&self) -> Option<ReasonCode> {
        self.code
    }

    /// As the person wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// As a BBCode message: the person's square brackets stay text.
    pub fn as_bbcode(&self) -> String {
        // Full-width brackets look alike and are not markup in any version of the vendor's parser.
        self.text.replace('[', "［").replace(']', "］")
    }
}

/// What became of telling the assignee. A lost reason never causes a second return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Waits for its decision to be done.
    Pending,
    /// A request that carries it is on its way, or its sender died.
    Sending,
    /// In the task's discussion.
    Delivered,
    /// The portal refused it; the person may send it again.
    Failed,
    /// Nobody can say; shown, and never sent again by itself.
    Unknown,
    /// Its decision did not happen, or in the end there was nothing to tell.
    Dropped,
}

impl Delivery {
    /// As stored and as shown to scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Dropped => "dropped",
        }
    }

    /// The inverse of [`Delivery::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pending, Self::Sending, Self::Delivered, Self::Failed, Self::Unknown, Self::Dropped]
            .into_iter()
            .find(|d| d.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_words() {
        assert_eq!(Reason::new(" \r\n\t "), Err(ReasonProblem::Missing));
        assert_eq!(Reason::new(&"x".repeat(2_001)), Err(ReasonProblem::TooLong));
        assert_eq!(Reason::new(" a\r\nb\u{0} ").unwrap().text(), "a\nb");
    }

    #[test]
    fn p43_the_policy_says_how_many_words_there_have_to_be() {
        use ReasonPolicy::{AtLeast, Optional, Required};
        let ok = |words: &str, policy| Reason::suffices(Reason::read(words).unwrap().as_ref(), policy);
        assert_eq!([ok("", Optional), ok("x", Required), ok("äöüß!", AtLeast(5))], [Ok(()); 3]);
        assert_eq!(ok("  ", Required), Err(ReasonProblem::Missing));
        assert_eq!(ok("", AtLeast(5)), Err(ReasonProblem::Missing));
        assert_eq!(ok("  four  ", AtLeast(5)), Err(ReasonProblem::TooShort(5)));
    }

    #[test]
    fn a_code_means_the_same_for_good() {
        for ready in ReadyReason::ALL {
            assert_eq!(ReasonCode::parse(ready.name()), Some(ReasonCode::Ready(ready)));
        }
        let saved = ReasonCode::Saved(SavedReasonId(Uuid::from_u128(7)));
        assert_eq!(ReasonCode::parse(&saved.name()), Some(saved));
        assert_eq!(ReasonCode::parse("lazy"), None);
    }

    #[test]
    fn brackets_stay_text() {
        let reason = Reason::new("[URL=javascript:x]click[/URL]").unwrap();
        assert!(!reason.as_bbcode().contains(['[', ']']));
    }
}
