//! What a page of settings says of the last press of a button.

use crate::domain::Setting;

/// What became of the last press of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is as wished.
    Saved,
    /// The level above says it again.
    Cleared,
    /// Somebody may no longer change the portal's settings.
    Removed,
    /// As many are named as can be.
    Full,
    /// A reason is no longer offered.
    Archived,
    /// As many reasons are offered as can be.
    ListFull,
    /// What was typed or chosen is no value of this setting: it is as it was.
    NotThat(Setting),
    /// What a file says holds now.
    TakenOver,
}

impl Said {
    /// Whether what was pressed is done.
    pub fn is_done(self) -> bool {
        !matches!(self, Self::Full | Self::ListFull | Self::NotThat(_))
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Saved => "settings-saved",
            Self::Cleared => "settings-cleared",
            Self::Removed => "delegate-removed",
            Self::Full => "delegates-full",
            Self::Archived => "saved-is-archived",
            Self::ListFull => "saved-problem-many",
            Self::NotThat(Setting::WorkDays) => "settings-no-days",
            Self::NotThat(Setting::WorkHours) => "settings-no-hours",
            Self::NotThat(_) => "settings-no-number",
            Self::TakenOver => "take-over-done",
        }
    }
}
