//! Settings by level: one's own, the portal's, a project's. Each value says where it comes from.

use super::{filters, lang::Lang, said::Said, saved::SavedList, shell::Shell};
use crate::domain::{Effective, GroupId, Level, Notice, ReasonPolicy, Setting, Settings, UserId, Value, language};
use askama::Template;
use std::borrow::Cow;

/// One setting at one level.
#[derive(Debug, Clone)]
pub struct SettingRow {
    /// Which.
    pub setting: Setting,
    /// Where the form would set it; `None` where it is only shown.
    pub level: Option<Level>,
    /// What holds there.
    pub effective: Effective,
    /// What would hold without this level.
    pub above: Effective,
    /// The permission without which it does nothing is not given.
    pub lacks_scope: bool,
}

impl SettingRow {
    /// All of a level that can be set there, and of a person's also what is set for them. `scopes`: what the portal grants.
    pub fn all(settings: &Settings, level: Level, scopes: &[String]) -> Vec<Self> {
        let (project, person) = match level {
            Level::Portal => (None, None),
            Level::Project(group) => (Some(group), None),
            Level::Person(user) => (None, Some(user)),
        };
        let shown = |setting: &Setting| setting.is_for(level) || person.is_some();
        let row = |setting: Setting| Self {
            setting,
            level: Some(level).filter(|level| setting.is_for(*level)),
            effective: settings.effective(setting, project, person),
            above: match level {
                Level::Portal => Effective { value: setting.default(), from: None },
                _ => settings.effective(setting, None, None),
            },
            lacks_scope: matches!(setting, Setting::ReturnNotice | Setting::ReturnBell)
                && !scopes.iter().any(|scope| scope == "im"),
        };
        Setting::ALL.into_iter().filter(shown).map(row).collect()
    }

    fn is_own(&self) -> bool {
        self.level.is_some() && self.effective.from == self.level
    }

    fn label(&self) -> &'static str {
        label(self.setting)
    }

    fn hint(&self) -> &'static str {
        match self.setting {
            Setting::ReasonPolicy => "setting-reason_policy.hint",
            Setting::ReturnNotice => "setting-return_notice.hint",
            Setting::ReturnBell => "setting-return_bell.hint",
            Setting::Keys => "setting-keys.hint",
            Setting::ReviewHours => "setting-review_hours.hint",
            Setting::WorkDays => "setting-work_days.hint",
            Setting::WorkHours => "setting-work_hours.hint",
            Setting::Language => "setting-language.hint",
        }
    }

    fn source_key(&self) -> &'static str {
        source_key(&self.effective)
    }

    /// `Use the value from the portal: 16 working hours`
    fn back(&self, lang: &Lang) -> Cow<'static, str> {
        let (value, from) = (words(*lang, self.above.value), lang.t(source_key(&self.above)));
        lang.with("setting-clear", &[("x", value.into()), ("from", from.into())])
    }

    fn words(&self, lang: &Lang) -> Cow<'static, str> {
        words(*lang, self.effective.value)
    }

    fn days(&self) -> Vec<(u8, &'static str, bool)> {
        let is_set = |day| matches!(self.effective.value, Value::Days(days) if days.has(day));
        (1..=7).zip(DAYS).map(|(day, key)| (day, key, is_set(day))).collect()
    }

    fn hours(&self) -> (String, String) {
        match self.effective.value {
            Value::Day(hours) => (hours.begin(), hours.end()),
            _ => (String::new(), String::new()),
        }
    }

    /// What is proposed to those who have not chosen a number of characters.
    fn number(&self) -> u16 {
        if let Value::Policy(ReasonPolicy::AtLeast(n)) = self.effective.value { n } else { 20 }
    }

    fn hours_number(&self) -> u16 {
        if let Value::Hours(n) = self.effective.value { n } else { 0 }
    }

    fn policy(&self) -> &'static str {
        match self.effective.value {
            Value::Policy(ReasonPolicy::Optional) => "optional",
            Value::Policy(ReasonPolicy::AtLeast(_)) => "least",
            _ => "required",
        }
    }

    /// The few values that there are: as posted, in words, whether it holds.
    fn few(&self, lang: &Lang) -> Vec<(String, Cow<'static, str>, bool)> {
        let all = match self.setting {
            Setting::ReturnNotice => [Value::Notice(Notice::Chat), Value::Notice(Notice::ChatAndBell)],
            _ => [Value::Switch(true), Value::Switch(false)],
        };
        all.map(|value| (value.text(), words(*lang, value), value == self.effective.value)).to_vec()
    }

    fn is_language(&self, code: &str) -> bool {
        self.effective.value == Value::Language(language::known(code).unwrap_or(""))
    }

    fn languages(&self) -> &'static [(&'static str, &'static str)] {
        &language::ALL
    }
}

/// What a setting is called.
pub(super) fn label(setting: Setting) -> &'static str {
    match setting {
        Setting::ReasonPolicy => "setting-reason_policy",
        Setting::ReturnNotice => "setting-return_notice",
        Setting::ReturnBell => "setting-return_bell",
        Setting::Keys => "setting-keys",
        Setting::ReviewHours => "setting-review_hours",
        Setting::WorkDays => "setting-work_days",
        Setting::WorkHours => "setting-work_hours",
        Setting::Language => "setting-language",
    }
}

const DAYS: [&str; 7] = ["day-1", "day-2", "day-3", "day-4", "day-5", "day-6", "day-7"];

pub(super) fn source_key(effective: &Effective) -> &'static str {
    match effective.from {
        None => "from-builtin",
        Some(Level::Portal) => "from-portal",
        Some(Level::Project(_)) => "from-project",
        Some(Level::Person(_)) => "from-person",
    }
}

pub(super) fn words(lang: Lang, value: Value) -> Cow<'static, str> {
    match value {
        Value::Policy(ReasonPolicy::Optional) => lang.t("policy-optional"),
        Value::Policy(ReasonPolicy::Required) => lang.t("policy-required"),
        Value::Policy(ReasonPolicy::AtLeast(n)) => lang.tn("policy-least", n.into()),
        Value::Notice(Notice::Chat) => lang.t("notice-chat"),
        Value::Notice(Notice::ChatAndBell) => lang.t("notice-bell"),
        Value::Switch(true) => lang.t("switch-on"),
        Value::Switch(false) => lang.t("switch-off"),
        Value::Hours(0) => lang.t("hours-none"),
        Value::Hours(n) => lang.tn("hours-working", n.into()),
        Value::Days(days) => {
            let open = (1..=7).zip(DAYS).filter(|(day, _)| days.has(*day));
            Cow::Owned(open.map(|(_, key)| lang.t(key)).collect::<Vec<_>>().join(", "))
        }
        Value::Day(hours) => Cow::Owned(format!("{}–{}", hours.begin(), hours.end())),
        Value::Language(code) => Cow::Borrowed(language::name(code)),
    }
}

/// Which of the settings' pages are open to the viewer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tabs {
    /// What the portal sets.
    pub portal: bool,
    /// What is installed.
    pub installation: bool,
}

/// A person with what they are called, as far as that can be read.
#[derive(Debug, Clone)]
pub struct Delegate {
    /// Who.
    pub user: UserId,
    /// Read live.
    pub name: Option<String>,
}

/// A project with what it is called.
#[derive(Debug, Clone)]
pub struct ProjectName {
    /// Which.
    pub id: GroupId,
    /// Read live.
    pub name: Option<String>,
}

impl ProjectName {
    pub(super) fn words(&self, lang: &Lang) -> Cow<'static, str> {
        match &self.name {
            Some(name) => Cow::Owned(name.clone()),
            None => lang.with("project-number", &[("x", self.id.to_string().into())]),
        }
    }
}

/// What holds for a person.
#[derive(Debug, Template)]
#[template(path = "mine.html")]
pub struct MinePage {
    /// Around it.
    pub shell: Shell,
    /// Where else to go.
    pub tabs: Tabs,
    /// What there is to say about the last press of a button.
    pub said: Option<Said>,
    /// Everything.
    pub settings: Vec<SettingRow>,
    /// Their own reasons.
    pub reasons: SavedList,
}

/// What holds for everybody.
#[derive(Debug, Template)]
#[template(path = "portal.html")]
pub struct PortalPage {
    /// Around it.
    pub shell: Shell,
    /// Where else to go.
    pub tabs: Tabs,
    /// What there is to say about the last press of a button.
    pub said: Option<Said>,
    /// Everything.
    pub settings: Vec<SettingRow>,
    /// Projects with values of their own.
    pub projects: Vec<ProjectName>,
    /// Projects that could get some.
    pub others: Vec<ProjectName>,
    /// Who may change all this beside the administrators.
    pub delegates: Vec<Delegate>,
    /// People whom the page knows by name.
    pub people: Vec<(UserId, String)>,
    /// The portal's reasons.
    pub reasons: SavedList,
}

impl PortalPage {
    fn person(&self, delegate: &Delegate) -> Cow<'static, str> {
        match &delegate.name {
            Some(name) => Cow::Owned(name.clone()),
            None => self.shell.lang.with("call-person", &[("x", delegate.user.to_string().into())]),
        }
    }
}

/// What holds for the tasks of a project.
#[derive(Debug, Template)]
#[template(path = "project.html")]
pub struct ProjectPage {
    /// Around it.
    pub shell: Shell,
    /// Where else to go.
    pub tabs: Tabs,
    /// What there is to say about the last press of a button.
    pub said: Option<Said>,
    /// Which.
    pub project: ProjectName,
    /// What a project may set.
    pub settings: Vec<SettingRow>,
}
