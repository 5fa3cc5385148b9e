//! Why a task came back, and whether the assignee was told.

/// The words a person gives with a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    text: String,
    code: Option<ReasonCode>,
}

/// The ready reasons: one key chooses one, and its words may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonCode {
    /// There is no result, or not the one that was agreed.
    ResultMissing,
    /// Something else was asked for.
    NotAsAsked,
    /// Points of the checklist are open.
    ChecklistOpen,
    /// It is there, with mistakes.
    Mistakes,
}

impl ReasonCode {
    /// In the order of their keys, from 1.
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

    /// The inverse of [`ReasonCode::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
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
    /// Its decision did not happen.
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
    fn brackets_stay_text() {
        let reason = Reason::new("[URL=javascript:x]click[/URL]").unwrap();
        assert!(!reason.as_bbcode().contains(['[', ']']));
    }
}
