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

/// Why a step failed, as far as a person is concerned. The cause itself is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It does not stand at the portal, and no answer says why.
    Missing,
    /// The portal asks to slow down.
    Limited,
    /// No answer, or none of use.
    Unreachable,
    /// The plan, or the administrator's rights, do not suffice.
    NotAllowed,
    /// The administrator's access is of no use any more.
    SignInAgain,
    /// Bitrix24 refused for another reason.
    Refused,
    /// Our own mistake.
    Internal,
}

impl Why {
    /// Every reason there is.
    pub const ALL: &'static [Self] = &[
        Self::Missing,
        Self::Limited,
        Self::Unreachable,
        Self::NotAllowed,
        Self::SignInAgain,
        Self::Refused,
        Self::Internal,
    ];

    /// Stable name: the words are found by it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Limited => "limited",
            Self::Unreachable => "unreachable",
            Self::NotAllowed => "not-allowed",
            Self::SignInAgain => "sign-in-again",
            Self::Refused => "refused",
            Self::Internal => "internal",
        }
    }
}

/// What failed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In a person's terms.
    pub why: Why,
    /// Permissions, methods, events or places, as the vendor's documentation calls them.
    pub names: Vec<&'static str>,
    /// The vendor's code, if its documentation has it. Any other text of a portal is not for a page.
    pub code: Option<String>,
}

/// How one step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// As wanted.
    Done,
    /// This (old) portal does not offer it; the rest works. Names what is missing.
    NotOffered(String),
    /// Must be tried again before the installation may finish.
    Failed(Fault),
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
