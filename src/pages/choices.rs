//! The saved reasons as a return form offers them.

use super::{lang::Lang, saved::words_of};
use crate::domain::{SavedReason, Settings};

/// One of them.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What the decision keeps.
    pub code: String,
    /// For the viewer; places for variables are still in it.
    pub words: String,
    /// Only in these projects, as numbers with spaces between; empty: everywhere.
    pub projects: String,
}

impl Choice {
    /// Those that are offered, in order.
    pub fn all(reasons: &[SavedReason], settings: &Settings, lang: Lang, vendor_lang: &str) -> Vec<Self> {
        let offered = reasons.iter().filter(|reason| !reason.archived);
        let choice = |reason: &SavedReason| Self {
            code: reason.code().name(),
            words: words_of(reason, lang, vendor_lang, settings.language()),
            projects: reason.projects.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        };
        offered.map(choice).collect()
    }
}
