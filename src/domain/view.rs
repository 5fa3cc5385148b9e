//! How a person looks at what waits for them: grouped, and only a part of it.

use super::{
    ids::{GroupId, UserId},
    queue::{AgeBand, Person, WaitingTask},
};
use chrono::{DateTime, Utc};

/// By what rows stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// One list, the oldest first.
    #[default]
    None,
    /// By project.
    Project,
    /// By assignee.
    Assignee,
    /// By how long they wait.
    Age,
}

impl Grouping {
    /// In the order of the form.
    pub const ALL: [Self; 4] = [Self::None, Self::Project, Self::Assignee, Self::Age];

    /// As stored and as posted.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Project => "project",
            Self::Assignee => "assignee",
            Self::Age => "age",
        }
    }

    /// The inverse of [`Grouping::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grouping| grouping.name() == name)
    }
}

/// Of which project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfProject {
    /// Of none.
    Without,
    /// Of this one.
    One(GroupId),
}

impl OfProject {
    /// As stored and as posted: 0 for none.
    pub fn number(self) -> i64 {
        match self {
            Self::Without => 0,
            Self::One(group) => group.get(),
        }
    }

    /// The inverse of [`OfProject::number`].
    pub fn of(number: i64) -> Option<Self> {
        if number == 0 { Some(Self::Without) } else { GroupId::new(number).map(Self::One) }
    }
}

/// One way to look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListView {
    /// What stands together.
    pub grouping: Grouping,
    /// Only these.
    pub project: Option<OfProject>,
    /// Only theirs.
    pub assignee: Option<UserId>,
    /// Only what is past its deadline.
    pub overdue: bool,
    /// Only what came back after a return without a new result.
    pub unchanged: bool,
    /// Only what has these words; never kept.
    pub text: String,
    /// What was put aside, instead of the rest.
    pub snoozed: bool,
}

/// What heads a group of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A project.
    Project(GroupId, String),
    /// No project.
    NoProject,
    /// A person.
    Assignee(Person),
    /// Nobody.
    Nobody,
    /// So long a wait.
    Age(Option<AgeBand>),
}

impl ListView {
    /// Whether something is left out beside what was put aside.
    pub fn filters(&self) -> bool {
        let text = !self.text.trim().is_empty();
        self.project.is_some() || self.assignee.is_some() || self.overdue || self.unchanged || text
    }

    /// Whether it can only be shown by whoever has read every row.
    pub fn needs_whole(&self) -> bool {
        self.grouping != Grouping::None || self.filters() || self.snoozed
    }

    /// Whether a task belongs to it, as far as the list itself tells.
    pub fn shows(&self, task: &WaitingTask, now: DateTime<Utc>) -> bool {
        let project = task.project.as_ref().map(|(id, _)| *id);
        let in_project = match self.project {
            None => true,
            Some(OfProject::Without) => project.is_none(),
            Some(OfProject::One(wanted)) => project == Some(wanted),
        };
        let theirs = self.assignee.is_none_or(|wanted| task.assignee.as_ref().is_some_and(|who| who.id == wanted));
        let overdue = !self.overdue || task.deadline.is_some_and(|at| at < now);
        in_project && theirs && overdue && self.finds(task)
    }

    /// Every word, in any letter case, in the title or in a name.
    fn finds(&self, task: &WaitingTask) -> bool {
        if self.text.trim().is_empty() {
            return true;
        }
        let people = [&task.creator, &task.assignee].into_iter().flatten().map(|person| person.name.as_str());
        let project = task.project.as_ref().map(|(_, name)| name.as_str());
        let texts: Vec<&str> = people.chain(project).chain([task.title.as_str()]).collect();
        let all = format!("{} #{}", texts.join("\n"), task.id).to_lowercase();
        self.text.to_lowercase().split_whitespace().all(|word| all.contains(word))
    }

    /// Under which head a task stands.
    pub fn head(&self, task: &WaitingTask, now: DateTime<Utc>) -> Option<Head> {
        Some(match self.grouping {
            Grouping::None => return None,
            Grouping::Project => match &task.project {
                Some((id, name)) => Head::Project(*id, name.clone()),
                None => Head::NoProject,
            },
            Grouping::Assignee => match &task.assignee {
                Some(person) => Head::Assignee(person.clone()),
                None => Head::Nobody,
            },
            Grouping::Age => Head::Age(task.age(now).map(AgeBand::of)),
        })
    }

    /// Puts groups together, in the order of their names; the order within them stays. Longest waits come first.
    pub fn arrange(&self, tasks: &mut [WaitingTask], now: DateTime<Utc>) {
        tasks.sort_by_cached_key(|task| match self.head(task, now) {
            None => (false, String::new(), 0),
            Some(Head::Project(id, name)) => (false, name.to_lowercase(), id.get()),
            Some(Head::Assignee(who)) => (false, who.name.to_lowercase(), who.id.get()),
            Some(Head::NoProject | Head::Nobody | Head::Age(None)) => (true, String::new(), 0),
            Some(Head::Age(Some(band))) => (false, String::new(), -(band as i64)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::TaskId;
    use chrono::TimeDelta;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_530_000, 0).unwrap()
    }

    fn person(id: i64, name: &str) -> Option<Person> {
        Some(Person { id: UserId::new(id)?, name: name.to_owned() })
    }

    fn task(id: i64, hours: i64, who: i64, project: Option<i64>) -> WaitingTask {
        WaitingTask {
            id: TaskId::new(id).unwrap(),
            title: format!("Title {id} ÄÖ"),
            creator: person(1, "Carl"),
            assignee: person(who, ["Zoe", "anna"][who as usize % 2]),
            project: project.map(|id| (GroupId::new(id).unwrap(), format!("P{id}"))),
            deadline: Some((now() + TimeDelta::hours(10 - hours)).fixed_offset()),
            handed_in: Some((now() - TimeDelta::hours(hours)).fixed_offset()),
            status_changed: None,
            may_decide: Some(true),
        }
    }

    fn all() -> Vec<WaitingTask> {
        vec![task(1, 90, 2, Some(5)), task(2, 50, 3, None), task(3, 30, 2, Some(4)), task(4, 1, 3, Some(5))]
    }

    fn order(grouping: Grouping) -> Vec<i64> {
        let (view, mut tasks) = (ListView { grouping, ..ListView::default() }, all());
        view.arrange(&mut tasks, now());
        tasks.iter().map(|task| task.id.get()).collect()
    }

    #[test]
    fn p20_rows_stand_together_by_project_by_assignee_by_age() {
        assert_eq!(order(Grouping::None), [1, 2, 3, 4]);
        assert_eq!(order(Grouping::Project), [3, 1, 4, 2], "no project last");
        assert_eq!(order(Grouping::Assignee), [2, 4, 1, 3], "by name, in any letter case");
        assert_eq!(order(Grouping::Age), [1, 2, 3, 4]);
        assert_eq!(Grouping::parse("age"), Some(Grouping::Age));
    }

    #[test]
    fn p20_a_filter_leaves_what_it_names() {
        let left = |view: ListView| -> Vec<i64> {
            all().iter().filter(|task| view.shows(task, now())).map(|task| task.id.get()).collect()
        };
        let plain = ListView::default;
        assert_eq!(left(plain()), [1, 2, 3, 4]);
        assert_eq!(left(ListView { project: OfProject::of(5), ..plain() }), [1, 4]);
        assert_eq!(left(ListView { project: OfProject::of(0), ..plain() }), [2]);
        assert_eq!(left(ListView { assignee: UserId::new(2), ..plain() }), [1, 3]);
        assert_eq!(left(ListView { overdue: true, ..plain() }), [1, 2, 3]);
        let text = |text: &str| left(ListView { text: text.to_owned(), ..plain() });
        assert_eq!(text(" ZOE p5 "), [1], "every word, in any field");
        assert_eq!(text("äö"), [1, 2, 3, 4]);
        assert_eq!(text("#3"), [3]);
        assert_eq!(text("nothing"), [0; 0]);
    }
}
