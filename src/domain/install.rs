//! What an installation has to bring about, and how far it got.

/// What one step of the installation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// The authorization server knows the token, the portal and an administrator.
    Identity,
    /// Tokens are stored.
    Stored,
    /// The scopes that the features need are granted.
    Scopes,
    /// The methods that a decision needs exist on this portal.
    Methods,
    /// Bitrix24 will tell us about changes.
    Events,
    /// One place in Bitrix24's screens.
    Place(&'static str),
}

impl StepKind {
    /// Stable name: `identity`, `scopes`, a placement's code ...
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Stored => "stored",
            Self::Scopes => "scopes",
            Self::Methods => "methods",
            Self::Events => "events",
            Self::Place(code) => code,
        }
    }
}

/// How one step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// As wanted.
    Done,
    /// This (old) portal does not offer it; the rest works. Names what is missing.
    NotOffered(String),
    /// Must be tried again before the installation may finish. Names what failed, in the vendor's codes.
    Failed(String),
}

/// One line of the install page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub kind: StepKind,
    /// How it ended.
    pub outcome: StepOutcome,
}

/// `installFinish` may be called only when nothing failed.
pub fn may_finish(steps: &[Step]) -> bool {
    !steps.is_empty() && !steps.iter().any(|s| matches!(s.outcome, StepOutcome::Failed(_)))
}
