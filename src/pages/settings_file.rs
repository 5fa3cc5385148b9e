//! What a file of settings would change, or what is wrong with it.

use super::{
    filters,
    levels::{ProjectName, Tabs, label, source_key, words},
    saved::problem_key,
    shell::Shell,
};
use crate::domain::{Effective, FileProblem, GroupId, Level, SavedReason, SettingsFile, TakeOver, take_over::Change};
use askama::Template;
use std::{borrow::Cow, collections::BTreeMap};

/// Asks once more; with something wrong in it the text comes back to be mended.
#[derive(Debug, Template)]
#[template(path = "take_over.html")]
pub struct TakeOverPage {
    /// Around it.
    pub shell: Shell,
    /// Where else to go.
    pub tabs: Tabs,
    /// The file, as it was posted.
    pub text: String,
    /// What it would change.
    pub found: Result<TakeOver, FileProblem>,
    /// What its projects are called, as far as that can be read.
    pub names: BTreeMap<GroupId, String>,
}

impl TakeOverPage {
    fn label(&self, change: &Change) -> &'static str {
        label(change.setting)
    }

    /// For whom it would be set.
    fn place(&self, change: &Change) -> Cow<'static, str> {
        let lang = self.shell.lang;
        match change.level {
            Level::Project(id) => ProjectName { id, name: self.names.get(&id).cloned() }.words(&lang),
            Level::Portal | Level::Person(_) => lang.t("settings-of-portal"),
        }
    }

    fn now(&self, change: &Change) -> Cow<'static, str> {
        self.holds("take-over-now", change.now)
    }

    fn then(&self, change: &Change) -> Cow<'static, str> {
        self.holds("take-over-then", Effective { value: change.then, from: Some(change.level) })
    }

    fn holds(&self, key: &str, effective: Effective) -> Cow<'static, str> {
        let lang = self.shell.lang;
        let (value, from) = (words(lang, effective.value), lang.t(source_key(&effective)));
        lang.with(key, &[("x", value.into()), ("from", from.into())])
    }

    fn counts(&self, over: &TakeOver) -> Vec<(&'static str, usize)> {
        let all = [("take-over-new", over.new_reasons), ("take-over-changed", over.changed_reasons())];
        all.into_iter().filter(|(_, n)| *n > 0).collect()
    }

    fn left(&self, over: &TakeOver) -> Vec<(&'static str, usize)> {
        let all = [("take-over-left-settings", over.left_settings), ("take-over-left-reasons", over.left_reasons)];
        all.into_iter().filter(|(_, n)| *n > 0).collect()
    }

    fn problem(&self) -> Option<Cow<'static, str>> {
        let lang = self.shell.lang;
        let said = |key: &str, x: &str| lang.with(key, &[("x", x.to_owned().into())]);
        Some(match self.found.as_ref().err()? {
            FileProblem::TooLarge => {
                lang.with("file-problem-large", &[("n", (SettingsFile::MOST_BYTES / 1024).into())])
            }
            FileProblem::NotJson(line) => lang.with("file-problem-json", &[("n", (*line).into())]),
            FileProblem::NotOurs => lang.t("file-problem-ours"),
            FileProblem::Version(version) => said("file-problem-version", version),
            FileProblem::Shape(place) => said("file-problem-shape", place),
            FileProblem::Level(level) => said("file-problem-level", level),
            FileProblem::Setting(name) => said("file-problem-setting", name),
            FileProblem::Place(setting) => said("file-problem-place", &lang.t(label(*setting))),
            FileProblem::Value(setting, value) => {
                let name = lang.t(label(*setting));
                lang.with("file-problem-value", &[("x", value.clone().into()), ("name", name.into())])
            }
            FileProblem::Twice(name) => said("file-problem-twice", name),
            FileProblem::Language(code) => said("file-problem-language", code),
            FileProblem::Ready(name) => said("file-problem-ready", name),
            FileProblem::Reason(id, problem) => {
                let why = lang.t(problem_key(*problem));
                lang.with("file-problem-reason", &[("x", id.to_string().into()), ("why", why.into())])
            }
            FileProblem::Owned(id) => said("file-problem-owned", &id.to_string()),
            FileProblem::TooMany => lang.with("file-problem-many", &[("n", SavedReason::MOST.into())]),
        })
    }
}
