//! What the portal's installer frame shows.

use super::{filters, lang::Lang, shell::Shell};
use crate::domain::install::{Fault, Step, StepKind, StepOutcome, may_finish};
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

    /// Why it failed, in words.
    fn why_key(&self, step: &Step) -> Option<String> {
        match &step.outcome {
            StepOutcome::Failed(fault) => Some(format!("step-why-{}", fault.why.name())),
            _ => None,
        }
    }

    /// The vendor's codes, for those who have to search for them.
    fn codes(&self, step: &Step) -> String {
        match (&step.outcome, step.kind) {
            (StepOutcome::NotOffered(what), _) if !what.is_empty() => what.clone(),
            (StepOutcome::Failed(Fault { names, code, .. }), _) if !names.is_empty() || code.is_some() => {
                let names = names.iter().copied();
                names.chain(code.as_deref()).collect::<Vec<_>>().join(", ")
            }
            (_, StepKind::Place(code)) => code.to_owned(),
            _ => String::new(),
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
