//! Reasons kept ready: a list of them, and one to be changed.

use super::{
    filters,
    lang::Lang,
    levels::{ProjectName, Tabs},
    shell::Shell,
};
use crate::domain::{GroupId, ReadyReason, SavedReason, SavedReasonId, language, saved_reason::SavedProblem};
use askama::Template;
use std::borrow::Cow;

/// One list with its buttons.
#[derive(Debug, Clone)]
pub struct SavedList {
    /// `portal` or `mine`, as the forms post it.
    pub list: &'static str,
    /// In order, archived ones included.
    pub reasons: Vec<SavedReason>,
    /// The vendor's code of the viewer's language.
    pub lang: String,
    /// And of the portal's.
    pub portal_lang: &'static str,
}

/// The key of Handback's own words for a reason.
pub(super) fn ready_key(ready: ReadyReason) -> &'static str {
    match ready {
        ReadyReason::ResultMissing => "ready-result_missing",
        ReadyReason::NotAsAsked => "ready-not_as_asked",
        ReadyReason::ChecklistOpen => "ready-checklist_open",
        ReadyReason::Mistakes => "ready-mistakes",
    }
}

/// A reason's words for a viewer.
pub fn words_of(reason: &SavedReason, lang: Lang, vendor_lang: &str, portal_lang: &str) -> String {
    match (reason.words(vendor_lang, portal_lang), reason.ready) {
        (Some(words), _) => words.to_owned(),
        (None, Some(ready)) => lang.t(ready_key(ready)).into_owned(),
        (None, None) => String::new(),
    }
}

/// What is wrong with words.
pub(super) fn problem_key(problem: SavedProblem) -> &'static str {
    match problem {
        SavedProblem::Missing => "saved-problem-missing",
        SavedProblem::TooLong => "saved-problem-long",
        SavedProblem::Variable => "saved-problem-variable",
        SavedProblem::TooMany => "saved-problem-many",
    }
}

impl SavedList {
    pub(super) fn offered(&self) -> Vec<&SavedReason> {
        self.reasons.iter().filter(|reason| !reason.archived).collect()
    }

    pub(super) fn archived(&self) -> Vec<&SavedReason> {
        self.reasons.iter().filter(|reason| reason.archived).collect()
    }

    pub(super) fn words(&self, reason: &SavedReason, lang: &Lang) -> String {
        words_of(reason, *lang, &self.lang, self.portal_lang)
    }

    pub(super) fn empty_key(&self) -> &'static str {
        if self.list == "mine" { "saved-none-mine" } else { "saved-none" }
    }

    pub(super) fn is_first(&self, at: &usize) -> bool {
        *at == 0
    }

    pub(super) fn is_last(&self, at: &usize) -> bool {
        at + 1 == self.offered().len()
    }

    pub(super) fn languages(&self, reason: &SavedReason) -> String {
        let names = reason.texts.iter().map(|(code, _)| language::name(code));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// One reason in a form.
#[derive(Debug, Template)]
#[template(path = "reason.html")]
pub struct ReasonPage {
    /// Around it.
    pub shell: Shell,
    /// Where else to go.
    pub tabs: Tabs,
    /// `portal` or `mine`.
    pub list: &'static str,
    /// Its key; a new one's is made with the page.
    pub id: SavedReasonId,
    /// Whether it is not kept yet.
    pub is_new: bool,
    /// As it is, or as it was typed.
    pub reason: SavedReason,
    /// What is wrong with what was typed.
    pub problem: Option<SavedProblem>,
    /// Projects to choose from.
    pub projects: Vec<ProjectName>,
    /// The vendor's code of the language whose field comes first.
    pub first: &'static str,
}

impl ReasonPage {
    fn problem_key(&self) -> Option<&'static str> {
        self.problem.map(problem_key)
    }

    fn title_key(&self) -> &'static str {
        if self.is_new { "saved-new" } else { "saved-change" }
    }

    /// Code, the language's own name, the words. The first language first, then those that have words, then the rest.
    fn texts(&self) -> Vec<(&'static str, &'static str, String)> {
        let words = |code: &str| {
            let text = self.reason.texts.iter().find(|(known, _)| known == code);
            text.map(|(_, words)| words.clone()).unwrap_or_default()
        };
        let mut all: Vec<_> = language::ALL.iter().map(|(code, name)| (*code, *name, words(code))).collect();
        all.sort_by_key(|(code, _, words)| (*code != self.first, words.is_empty()));
        all
    }

    fn shown(&self) -> Vec<(&'static str, &'static str, String)> {
        self.texts().into_iter().filter(|(code, _, words)| *code == self.first || !words.is_empty()).collect()
    }

    fn further(&self) -> Vec<(&'static str, &'static str, String)> {
        self.texts().into_iter().filter(|(code, _, words)| *code != self.first && words.is_empty()).collect()
    }

    /// Handback's own words, where there are no others.
    fn own_words(&self) -> Cow<'static, str> {
        self.reason.ready.map_or(Cow::Borrowed(""), |ready| self.shell.lang.t(ready_key(ready)))
    }

    fn is_in(&self, project: &GroupId) -> bool {
        self.reason.projects.contains(project)
    }

    fn max(&self) -> usize {
        SavedReason::MAX_CHARS
    }

    fn places(&self) -> String {
        SavedReason::VARIABLES.map(|name| format!("{{{name}}}")).join(" ")
    }
}
