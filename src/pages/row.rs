//! One task in a list, with the forms to decide it or with what became of a decision.

use super::{
    filters,
    lang::Lang,
    shell::{Shell, card},
    standing::Standing,
    view::{Asleep, GroupHead},
    when::Wait,
};
use crate::domain::{
    AgeBand, BulkId, DecisionId, Delivery, Reason, Settings, State, TaskId, UserId, WaitingTask, queue::Person,
};
use askama::Template;
use chrono::{DateTime, FixedOffset, SecondsFormat, TimeDelta, Utc};
use std::sync::Arc;

/// On which page a form stands, and so which page answers it when there is no script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The list.
    Queue,
    /// One task.
    Task,
    /// The outcomes of a bulk.
    Bulk,
}

impl View {
    /// The value of the form field `view`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Task => "task",
            Self::Bulk => "bulk",
        }
    }

    /// The inverse of [`View::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Queue, Self::Task, Self::Bulk].into_iter().find(|v| v.name() == name)
    }

    /// What a form says; one that says nothing of the kind stands on the list.
    pub fn of(name: &str) -> Self {
        Self::parse(name).unwrap_or(Self::Queue)
    }
}

/// What the rows of one answer share.
#[derive(Debug, Clone)]
pub struct RowContext {
    /// Of the page.
    pub lang: Lang,
    /// For the hidden fields.
    pub session: String,
    /// Where the rows stand.
    pub view: View,
    /// For the native card's address.
    pub portal_origin: Option<String>,
    /// Of which bulk they are the outcomes.
    pub bulk: Option<BulkId>,
    /// Who looks.
    pub viewer: UserId,
    /// Ages and countdowns are counted from here.
    pub now: DateTime<Utc>,
    /// What the portal, its projects and the viewer have set.
    pub settings: Arc<Settings>,
}

impl RowContext {
    /// From the page's shell.
    pub fn new(shell: &Shell, view: View, viewer: UserId, now: DateTime<Utc>) -> Self {
        Self {
            lang: shell.lang,
            session: shell.session.clone(),
            view,
            portal_origin: shell.portal_origin.clone(),
            bulk: None,
            viewer,
            now,
            settings: Arc::default(),
        }
    }

    /// Sets the ids of a bulk's rows apart: they may stand on the page of the list.
    pub(super) fn mark(&self) -> &'static str {
        if self.view == View::Bulk { "bulk-" } else { "" }
    }

    /// The same for a task beside the list: its title stands in the list as well.
    pub(super) fn heading(&self) -> &'static str {
        if self.view == View::Task { "" } else { "look-" }
    }

    /// What the keyboard can do, in the order of the help.
    pub(super) fn keys(&self) -> [(&'static str, &'static str); 12] {
        [
            ("J", "key-next"),
            ("K", "key-previous"),
            ("A", "key-accept"),
            ("R", "key-return"),
            ("1–9", "key-reason"),
            ("C", "key-words"),
            ("X", "key-pick"),
            ("H", "key-snooze"),
            ("O", "key-open"),
            ("Z", "key-undo"),
            ("/", "key-filter"),
            ("?", "key-help"),
        ]
    }

    /// Whether they do anything for whoever looks.
    pub(super) fn has_keys(&self) -> bool {
        self.settings.keys(self.viewer)
    }

    /// The creator, where it is somebody else.
    pub(super) fn creator<'a>(&self, task: &'a WaitingTask) -> Option<&'a Person> {
        task.creator.as_ref().filter(|person| person.id != self.viewer)
    }

    /// The task's page in Bitrix24, built from ids and the anchored host alone.
    pub fn card(&self, task: &TaskId) -> Option<String> {
        Some(card(self.portal_origin.as_ref()?, &self.viewer, task))
    }
}

/// One task of a list.
#[derive(Debug, Clone)]
pub struct TaskRow {
    /// Which task.
    pub id: TaskId,
    /// Title and people; `None` in an answer to a script, whose page shows them already.
    pub facts: Option<WaitingTask>,
    /// `statusChangedDate` for the next decision.
    pub seen: Option<DateTime<FixedOffset>>,
    /// The key of the next decision, made with this rendering.
    pub next: DecisionId,
    /// The decision that stands, if there is one.
    pub standing: Option<Standing>,
    /// The key of what there is to say about the last press of a button.
    pub note: Option<&'static str>,
    /// Of the group that begins with this row.
    pub head: Option<GroupHead>,
    /// Until when it is put aside.
    pub asleep: Option<Asleep>,
}

impl TaskRow {
    /// A row of the list.
    pub fn listed(task: WaitingTask, next: DecisionId, standing: Option<Standing>) -> Self {
        Self {
            id: task.id,
            seen: task.status_changed,
            facts: Some(task),
            next,
            standing,
            note: None,
            head: None,
            asleep: None,
        }
    }

    /// What became of a decision, without the facts: a script puts it into the row that is there.
    pub fn state_only(
        id: TaskId,
        seen: Option<DateTime<FixedOffset>>,
        next: DecisionId,
        standing: Option<Standing>,
    ) -> Self {
        Self { id, facts: None, seen, next, standing, note: None, head: None, asleep: None }
    }

    /// A press that came too late.
    pub fn too_late(self) -> Self {
        Self { note: Some("undo-late"), ..self }
    }

    /// `data-outcome`.
    pub fn outcome(&self) -> &'static str {
        self.standing.as_ref().map_or("waiting", |s| s.state.outcome())
    }

    /// The decision that the page asks about until it is final.
    pub(super) fn open_decision(&self) -> Option<DecisionId> {
        self.standing.as_ref().filter(|s| Self::moves(s)).map(|s| s.id)
    }

    fn moves(standing: &Standing) -> bool {
        let telling = matches!(standing.delivery, Some(Delivery::Pending | Delivery::Sending));
        standing.state.is_open() || standing.follows() || (standing.state == State::Done && telling)
    }

    /// Whether the person may decide (again). A row with facts was just read from the portal, so a refusal that was
    /// about an older sight, or about the access of that moment, no longer stands in the way.
    pub(super) fn may_decide(&self) -> bool {
        self.is_undecided() && self.facts.as_ref().is_none_or(|task| task.may_decide == Some(true))
    }

    /// Whether the same decision can be repeated as it was.
    pub(super) fn may_retry(&self) -> bool {
        self.may_decide() && self.standing.as_ref().is_some_and(|s| matches!(s.state, State::NotRun(_)))
    }

    /// Whether it can be chosen together with others.
    pub(super) fn may_pick(&self, view: View) -> bool {
        view == View::Queue && self.facts.is_some() && self.may_decide()
    }

    /// The form field `task` of a bulk: which task, and exactly what Bitrix24 said of it.
    pub(super) fn pick(&self) -> String {
        format!("{}@{}", self.id, self.seen_field())
    }

    /// As far as it is known what the task is called.
    pub(super) fn name(&self) -> String {
        let title = self.facts.as_ref().map(|task| task.title.clone());
        title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| format!("#{}", self.id))
    }

    /// What to say instead of the forms.
    pub(super) fn closed_key(&self) -> Option<&'static str> {
        let task = self.facts.as_ref().filter(|_| self.is_undecided())?;
        match task.may_decide {
            Some(true) => None,
            Some(false) => Some("control-not-allowed"),
            None => Some("control-unknown"),
        }
    }

    pub(super) fn is_undecided(&self) -> bool {
        self.standing.as_ref().is_none_or(|standing| match standing.state {
            State::NotRun(_) | State::Cancelled => true,
            State::Refused(refusal) if refusal.may_end() => self.facts.is_some(),
            _ => false,
        })
    }

    /// Seconds until a held decision is taken up, rounded up.
    pub(super) fn seconds_left(&self, now: &DateTime<Utc>) -> Option<usize> {
        match self.standing.as_ref()?.state {
            State::Held { until } => {
                let left = (until - *now).max(TimeDelta::zero());
                usize::try_from((left.num_milliseconds() + 999) / 1000).ok()
            }
            _ => None,
        }
    }

    /// The form field `seen`: exactly what Bitrix24 said, or nothing.
    pub(super) fn seen_field(&self) -> String {
        self.seen.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, false)).unwrap_or_default()
    }

    pub(super) fn wait(&self, now: &DateTime<Utc>) -> Option<Wait> {
        let age = self.facts.as_ref()?.age(*now)?;
        Some(Wait { age, band: AgeBand::of(age) })
    }

    pub(super) fn is_overdue(&self, now: &DateTime<Utc>) -> bool {
        self.facts.as_ref().and_then(|task| task.deadline).is_some_and(|at| at < *now)
    }

    pub(super) fn max_reason(&self) -> usize {
        Reason::MAX_CHARS
    }

    pub(super) fn reason(&self) -> &str {
        self.standing.as_ref().and_then(|s| s.reason.as_deref()).unwrap_or("")
    }
}

/// One row alone, the answer to a decision made by script.
#[derive(Debug, Template)]
#[template(path = "row.html")]
pub struct Row {
    /// Shared things.
    pub context: RowContext,
    /// The row.
    pub row: TaskRow,
}

/// Some rows, the answer to a script that asks how its decisions stand.
#[derive(Debug, Template)]
#[template(path = "rows.html")]
pub struct Rows {
    /// Shared things.
    pub context: RowContext,
    /// Those that changed.
    pub rows: Vec<TaskRow>,
}
