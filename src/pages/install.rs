//! What the portal's installer frame shows.

use super::{filters, lang::Lang, shell::Shell};
use crate::domain::install::{Step, StepKind, StepOutcome, may_finish};
use askama::Template;

/// Every step in words.
#[derive(Debug, Template)]
#[template(path = "install.html")]
pub struct InstallPage {
    /// Around it; with a session the retry button works.
    pub shell: Shell,
    /// In the order in which they were done.
    pub steps: Vec<Step>,
}

impl InstallPage {
    /// `data-finish`: whether the script may call `BX24.installFinish`.
    fn finish(&self) -> bool {
        may_finish(&self.steps)
    }

    fn name(&self, step: &Step) -> String {
        let lang = self.shell.lang;
        match step.kind {
            StepKind::Place(code) => place_name(lang, code),
            kind => lang.t(&format!("step-{}", kind.name())).into_owned(),
        }
    }

    fn result_key(&self, step: &Step) -> &'static str {
        match step.outcome {
            StepOutcome::Done => "step-done",
            StepOutcome::NotOffered(_) => "step-not-offered",
            StepOutcome::Failed(_) => "step-failed",
        }
    }

    fn class(&self, step: &Step) -> &'static str {
        match step.outcome {
            StepOutcome::Done => "done",
            StepOutcome::NotOffered(_) => "not-offered",
            StepOutcome::Failed(_) => "failed",
        }
    }

    /// The vendor's codes, for those who have to search for them.
    fn codes<'a>(&self, step: &'a Step) -> &'a str {
        match (&step.outcome, step.kind) {
            (StepOutcome::NotOffered(what) | StepOutcome::Failed(what), _) if !what.is_empty() => what,
            (_, StepKind::Place(code)) => code,
            _ => "",
        }
    }
}

/// Where a placement is, in words; an unknown code is its own name.
pub(super) fn place_name(lang: Lang, code: &str) -> String {
    known(lang, "place", code).unwrap_or_else(|| code.to_owned())
}

/// The words of `prefix-code`, if the code is one of ours.
pub(super) fn known(lang: Lang, prefix: &str, code: &str) -> Option<String> {
    let key = format!("{prefix}-{code}");
    let words = |lang: Lang| lang.find(&key, &[]);
    words(lang).or_else(|| words(Lang::english())).map(std::borrow::Cow::into_owned)
}
