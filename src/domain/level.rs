//! Settings by level: what a portal sets holds everywhere, unless a project or a person may and does set it otherwise.

use super::{
    ids::{GroupId, UserId},
    setting::{Notice, ReasonPolicy, Setting, Value},
    week::{Week, WorkDays, WorkHours},
};

/// Who a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Everybody.
    Portal,
    /// The tasks of one project.
    Project(GroupId),
    /// One person.
    Person(UserId),
}

impl Level {
    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Project(_) => "project",
            Self::Person(_) => "person",
        }
    }

    /// The project or the person; 0 of the portal.
    pub fn subject(self) -> i64 {
        match self {
            Self::Portal => 0,
            Self::Project(group) => group.get(),
            Self::Person(user) => user.get(),
        }
    }

    /// From what is stored.
    pub fn parse(name: &str, subject: i64) -> Option<Self> {
        match name {
            "portal" => (subject == 0).then_some(Self::Portal),
            "project" => GroupId::new(subject).map(Self::Project),
            "person" => UserId::new(subject).map(Self::Person),
            _ => None,
        }
    }
}

/// A value that holds, and who set it; nobody: it is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effective {
    /// What.
    pub value: Value,
    /// From where.
    pub from: Option<Level>,
}

/// Everything that was set in a portal and is of interest to one person.
#[derive(Debug, Clone, Default)]
pub struct Settings(Vec<(Level, Setting, Value)>);

impl Settings {
    /// Rows as stored.
    pub fn new(rows: Vec<(Level, Setting, Value)>) -> Self {
        Self(rows)
    }

    /// What was set for the portal and for its projects, where it can be set.
    pub fn of_portal(&self) -> Vec<(Level, Setting, Value)> {
        let own = self.0.iter().copied().filter(|(level, ..)| !matches!(level, Level::Person(_)));
        own.filter(|(level, setting, _)| setting.is_for(*level)).collect()
    }

    /// What was set at exactly this level.
    pub fn at(&self, level: Level, setting: Setting) -> Option<Value> {
        self.0.iter().find(|(l, s, _)| *l == level && *s == setting).map(|(.., value)| *value)
    }

    /// What holds: the person's own value before the project's, the project's before the portal's.
    pub fn effective(&self, setting: Setting, project: Option<GroupId>, person: Option<UserId>) -> Effective {
        let levels = [person.map(Level::Person), project.map(Level::Project), Some(Level::Portal)];
        let set = |level: Level| {
            let value = self.at(level, setting).filter(|_| setting.is_for(level))?;
            Some(Effective { value, from: Some(level) })
        };
        let found = levels.into_iter().flatten().find_map(set);
        found.unwrap_or(Effective { value: setting.default(), from: None })
    }

    /// Projects that have values of their own, in order.
    pub fn projects(&self) -> Vec<GroupId> {
        let project = |level: &Level| if let Level::Project(group) = level { Some(*group) } else { None };
        let mut all: Vec<_> = self.0.iter().filter_map(|(level, ..)| project(level)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a return in this project needs words.
    pub fn reason_policy(&self, project: Option<GroupId>) -> ReasonPolicy {
        match self.effective(Setting::ReasonPolicy, project, None).value {
            Value::Policy(policy) => policy,
            _ => ReasonPolicy::Required,
        }
    }

    /// Every policy that may hold for a task whose project is not known.
    pub fn reason_policies(&self) -> impl Iterator<Item = ReasonPolicy> {
        let everywhere = std::iter::once(self.reason_policy(None));
        everywhere.chain(self.projects().into_iter().map(|project| self.reason_policy(Some(project))))
    }

    /// Whether a return in this project comes to this assignee by a notification as well.
    pub fn rings(&self, project: Option<GroupId>, assignee: UserId) -> bool {
        let wanted = self.effective(Setting::ReturnNotice, project, None).value;
        let open = self.effective(Setting::ReturnBell, None, Some(assignee)).value;
        wanted == Value::Notice(Notice::ChatAndBell) && open == Value::Switch(true)
    }

    /// Whether keys of one letter do anything for this person.
    pub fn keys(&self, person: UserId) -> bool {
        self.effective(Setting::Keys, None, Some(person)).value == Value::Switch(true)
    }

    /// How many working hours a review in this project may take; `None`: as long as it takes.
    pub fn review_hours(&self, project: Option<GroupId>) -> Option<u16> {
        match self.effective(Setting::ReviewHours, project, None).value {
            Value::Hours(n) if n > 0 => Some(n),
            _ => None,
        }
    }

    /// When this person works.
    pub fn week(&self, person: UserId) -> Week {
        let days = match self.effective(Setting::WorkDays, None, Some(person)).value {
            Value::Days(days) => days,
            _ => WorkDays::USUAL,
        };
        let hours = match self.effective(Setting::WorkHours, None, Some(person)).value {
            Value::Day(hours) => hours,
            _ => WorkHours::USUAL,
        };
        Week { days, hours }
    }

    /// The vendor's code of the portal's language.
    pub fn language(&self) -> &'static str {
        match self.effective(Setting::Language, None, None).value {
            Value::Language(code) => code,
            _ => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p59_a_person_comes_before_a_project_and_a_project_before_the_portal() {
        let (project, person) = (GroupId::new(9).unwrap(), UserId::new(2).unwrap());
        let value = |text| Setting::ReviewHours.read(text).unwrap();
        let days = |text| Setting::WorkDays.read(text).unwrap();
        let settings = Settings::new(vec![
            (Level::Portal, Setting::ReviewHours, value("8")),
            (Level::Project(project), Setting::ReviewHours, value("2")),
            // What a person may not set does not count, however it came there.
            (Level::Person(person), Setting::ReviewHours, value("400")),
            (Level::Portal, Setting::WorkDays, days("12345")),
            (Level::Person(person), Setting::WorkDays, days("123")),
        ]);
        let hours = |p, u| settings.effective(Setting::ReviewHours, p, u);
        assert_eq!(hours(None, None), Effective { value: value("8"), from: Some(Level::Portal) });
        assert_eq!(
            hours(Some(project), Some(person)),
            Effective { value: value("2"), from: Some(Level::Project(project)) }
        );
        assert_eq!(settings.review_hours(GroupId::new(10)), Some(8));
        assert_eq!(settings.week(person).days.text(), "123");
        assert_eq!(settings.week(UserId::new(3).unwrap()).days.text(), "12345");
        assert_eq!(settings.effective(Setting::Language, None, None).from, None);
        assert_eq!(settings.projects(), [project]);
        let of_portal: Vec<_> = settings.of_portal().into_iter().map(|(level, setting, _)| (level, setting)).collect();
        let (portal, project) = (Level::Portal, Level::Project(project));
        let expected = [(portal, Setting::ReviewHours), (project, Setting::ReviewHours), (portal, Setting::WorkDays)];
        assert_eq!(of_portal, expected, "and nothing of persons");
    }

    #[test]
    fn p49_p52_it_rings_where_the_project_wants_it_and_the_person_has_not_switched_it_off() {
        let (project, person) = (GroupId::new(9).unwrap(), UserId::new(2).unwrap());
        let other = UserId::new(3).unwrap();
        let row = |level, setting: Setting, text| (level, setting, setting.read(text).unwrap());
        assert!(!Settings::default().rings(None, person), "in the chat alone, unless somebody has set it");
        let settings = Settings::new(vec![
            row(Level::Portal, Setting::ReturnNotice, "bell"),
            row(Level::Project(project), Setting::ReturnNotice, "chat"),
            row(Level::Person(person), Setting::ReturnBell, "off"),
            // Nobody switches off everybody's, nor rings by their own wish.
            row(Level::Portal, Setting::ReturnBell, "off"),
            row(Level::Person(other), Setting::ReturnNotice, "chat"),
        ]);
        assert!(settings.rings(None, other) && settings.rings(GroupId::new(8), other));
        assert!(!settings.rings(Some(project), other) && !settings.rings(None, person));
    }
}
