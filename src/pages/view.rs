//! How the list is looked at: the form above it, the heads of its groups, and what is put aside.

use super::{
    filters,
    lang::Lang,
    number,
    row::{RowContext, TaskRow, View},
    shell::Shell,
};
use crate::domain::{
    AgeBand, GroupId, Settings, TaskId,
    queue::Person,
    view::{Grouping, Head, ListView, OfProject},
};
use askama::Template;
use chrono::{DateTime, FixedOffset, Utc};
use std::{borrow::Cow, sync::Arc};

/// The form.
#[derive(Debug, Clone, Default)]
pub struct ViewForm {
    /// As it is set.
    pub view: ListView,
    /// To choose from, each with how many tasks there are.
    pub projects: Vec<(GroupId, String, usize)>,
    /// How many are in no project.
    pub without_project: usize,
    /// To choose from, likewise.
    pub assignees: Vec<(Person, usize)>,
    /// How many are put aside.
    pub snoozed: usize,
}

/// One line of a choice: its value, its words, whether it is set.
pub(super) struct Line {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) set: bool,
}

impl ViewForm {
    pub(super) fn groupings(&self) -> [(&'static str, &'static str, bool); 4] {
        Grouping::ALL.map(|grouping| {
            let key = match grouping {
                Grouping::None => "group-none",
                Grouping::Project => "group-project",
                Grouping::Assignee => "group-assignee",
                Grouping::Age => "group-age",
            };
            (grouping.name(), key, self.view.grouping == grouping)
        })
    }

    /// One that is set but not among the tasks any more stays to be seen.
    pub(super) fn projects(&self, lang: &Lang) -> Vec<Line> {
        let set = |one: OfProject| self.view.project == Some(one);
        let line = |one: OfProject, name: &str, n: usize| Line {
            value: one.number().to_string(),
            words: counted(*lang, name, n),
            set: set(one),
        };
        let known = self.projects.iter().map(|(id, name, n)| line(OfProject::One(*id), name, *n));
        let mut lines: Vec<Line> = known.collect();
        if self.without_project > 0 || set(OfProject::Without) {
            lines.push(line(OfProject::Without, &lang.t("no-project"), self.without_project));
        }
        match self.view.project {
            Some(OfProject::One(id)) if !lines.iter().any(|line| line.set) => {
                lines.push(line(OfProject::One(id), &lang.with("project-number", &[("x", id.to_string().into())]), 0));
            }
            _ => {}
        }
        lines
    }

    pub(super) fn assignees(&self, lang: &Lang) -> Vec<Line> {
        let line = |(person, n): &(Person, usize)| Line {
            value: person.id.to_string(),
            words: counted(*lang, &person.name, *n),
            set: self.view.assignee == Some(person.id),
        };
        let mut lines: Vec<Line> = self.assignees.iter().map(line).collect();
        match self.view.assignee {
            Some(id) if !lines.iter().any(|line| line.set) => {
                let words = lang.with("call-person", &[("x", id.to_string().into())]);
                lines.push(Line { value: id.to_string(), words: counted(*lang, &words, 0), set: true });
            }
            _ => {}
        }
        lines
    }

    pub(super) fn snoozed(&self, lang: &Lang) -> String {
        number::whole(*lang, self.snoozed)
    }

    /// How many of the folded choices are set.
    pub(super) fn active(&self) -> usize {
        let view = &self.view;
        let grouped = view.grouping != Grouping::None;
        let set =
            [grouped, view.project.is_some(), view.assignee.is_some(), view.overdue, view.unchanged, view.snoozed];
        set.into_iter().filter(|set| *set).count()
    }

    /// Whether there is something to take back.
    pub(super) fn is_set(&self) -> bool {
        self.view.filters() || self.view.snoozed
    }
}

fn counted(lang: Lang, name: &str, n: usize) -> String {
    format!("{name} ({})", number::whole(lang, n))
}

/// What stands above the first row of a group.
#[derive(Debug, Clone)]
pub struct GroupHead {
    /// Which group.
    pub head: Head,
    /// How many rows it has in this list.
    pub count: usize,
}

impl GroupHead {
    pub(super) fn number(&self, lang: &Lang) -> String {
        number::whole(*lang, self.count)
    }

    pub(super) fn words(&self, lang: &Lang) -> Cow<'_, str> {
        match &self.head {
            Head::Project(_, name) => Cow::Borrowed(name),
            Head::Assignee(person) => Cow::Borrowed(&person.name),
            Head::NoProject => lang.t("no-project"),
            Head::Nobody => lang.t("no-assignee"),
            Head::Age(Some(AgeBand::Fresh)) => lang.t("age-fresh"),
            Head::Age(Some(AgeBand::Waiting)) => lang.t("age-waiting"),
            Head::Age(Some(AgeBand::Late)) => lang.t("age-late"),
            Head::Age(None) => lang.t("age-unknown"),
        }
    }
}

/// Until when a row is put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asleep {
    /// Portal time.
    Until(DateTime<FixedOffset>),
    /// Until its assignee acts.
    Acts,
}

impl Asleep {
    /// `Snoozed until Nov 20, 2026, 5:00 PM`
    pub(super) fn words(&self, lang: &Lang) -> Cow<'static, str> {
        match self {
            Self::Until(at) => lang.with("snoozed-until", &[("x", super::when::moment(*lang, at).into())]),
            Self::Acts => lang.t("snoozed-acts"),
        }
    }
}

/// Said to who has just put something aside.
pub fn snoozed_words(lang: Lang, asleep: Asleep) -> String {
    asleep.words(&lang).into_owned()
}

/// Said to who has taken something up again.
pub fn woken_words(lang: Lang) -> String {
    lang.t("woken").into_owned()
}

impl RowContext {
    /// The same where something was set.
    pub fn under(self, settings: Arc<Settings>) -> Self {
        Self { settings, ..self }
    }

    /// How many characters a reason for returning this task has to have.
    pub(super) fn least_reason(&self, row: &TaskRow) -> u16 {
        let project = row.facts.as_ref().and_then(|task| task.project.as_ref()).map(|(id, _)| *id);
        self.settings.reason_policy(project).least()
    }

    /// Since when the review of a waiting task is late, where one is due at all.
    pub(super) fn late(&self, row: &TaskRow) -> Option<DateTime<FixedOffset>> {
        let task = row.facts.as_ref().filter(|_| row.is_undecided())?;
        let hours = self.settings.review_hours(task.project.as_ref().map(|(id, _)| *id))?;
        let due = self.settings.week(self.viewer).after(task.handed_in?, hours)?;
        (due < self.now).then_some(due)
    }
}

impl TaskRow {
    /// Whether it can be put aside: from the list, and not while a decision is under way.
    pub(super) fn may_snooze(&self, context: &RowContext) -> bool {
        context.view == View::Queue && self.is_undecided()
    }

    /// Project, assignee and whether it is past its deadline, for a script that filters what is there.
    pub(super) fn marks(&self, now: &DateTime<Utc>) -> Option<(i64, i64, bool)> {
        let task = self.facts.as_ref()?;
        let project = task.project.as_ref().map_or(0, |(id, _)| id.get());
        Some((project, task.assignee.as_ref().map_or(0, |who| who.id.get()), self.is_overdue(now)))
    }
}

/// Until when? Asked on a page of its own where there is no script.
#[derive(Debug, Template)]
#[template(path = "snooze.html")]
pub struct SnoozePage {
    /// Around it.
    pub shell: Shell,
    /// For the form.
    pub context: RowContext,
    /// Which task.
    pub task: TaskId,
    /// What it is called, as far as that could be read.
    pub title: Option<String>,
}

impl SnoozePage {
    fn name(&self) -> String {
        let title = self.title.clone().filter(|title| !title.trim().is_empty());
        title.unwrap_or_else(|| format!("#{}", self.task))
    }
}
