//! What a task's past tells somebody who decides on it: how often it came back, from whom and why, and what has changed
//! since. Pure: of what the portal did not give, nothing is said.

use super::{ids::UserId, queue::Person};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

/// One entry of the portal's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When, by the portal's clock.
    pub at: DateTime<FixedOffset>,
    /// Who did it; nobody is known where the portal does not say.
    pub by: Option<Person>,
    /// What.
    pub what: What,
}

/// What was changed, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// `STATUS`, from which number to which.
    Status {
        /// Before.
        from: i64,
        /// After.
        to: i64,
    },
    /// `DEADLINE`; `None` is no deadline.
    Deadline {
        /// Before.
        from: Option<DateTime<FixedOffset>>,
        /// After.
        to: Option<DateTime<FixedOffset>>,
    },
    /// `FILES` or `UF_TASK_WEBDAV_FILES`.
    Files,
    /// `COMMENT`.
    Comment,
    /// Anything else.
    Other,
}

/// A return for revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// When.
    pub at: DateTime<FixedOffset>,
    /// By whom.
    pub by: Option<Person>,
    /// Why, where it was returned here.
    pub why: Option<String>,
}

/// One of our own returns that are done: who, when it left by the portal's clock, and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReturn {
    /// In whose name.
    pub user: UserId,
    /// Just before it was sent.
    pub since: DateTime<Utc>,
    /// The reason.
    pub why: String,
}

/// What the assignee handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// By whom.
    pub by: Option<Person>,
    /// When; unknown on some portals.
    pub at: Option<DateTime<FixedOffset>>,
    /// BBCode, untrusted.
    pub text: String,
    /// How many files are attached.
    pub files: usize,
}

/// A point of a checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The vendor's number.
    pub id: i64,
    /// The list or point above it.
    pub parent: Option<i64>,
    /// Untrusted text.
    pub title: String,
    /// Ticked.
    pub done: bool,
    /// When it was ticked or unticked last.
    pub toggled: Option<DateTime<FixedOffset>>,
}

/// When a task is due, if it is.
pub type Deadline = Option<DateTime<FixedOffset>>;

/// What is different from the last return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// When that was.
    pub at: DateTime<FixedOffset>,
    /// New results; `None` where results cannot be read or have no time.
    pub results: Option<usize>,
    /// Points that were ticked or unticked, with how they are now.
    pub points: Vec<Point>,
    /// The deadline before the first and after the last change.
    pub deadline: Option<(Deadline, Deadline)>,
    /// Changes of the files.
    pub files: usize,
    /// Messages of others: in the chat, else, on portals whose history has them, there.
    pub messages: usize,
    /// The newest of them, newest first, where the chat can be read.
    pub said: Vec<Said>,
}

/// A message of a person in the task's chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// By whom.
    pub by: Person,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// BBCode, untrusted, shortened.
    pub text: String,
}

impl Said {
    /// So much of a message tells whether somebody has to read the rest.
    const MOST_CHARS: usize = 240;

    /// Shortens the words.
    pub fn new(by: Person, at: DateTime<FixedOffset>, text: &str) -> Self {
        let mut short: String = text.trim().chars().take(Self::MOST_CHARS).collect();
        if short.chars().count() == Self::MOST_CHARS {
            short.push('…');
        }
        Self { by, at, text: short }
    }
}

/// So many messages are shown; the others are counted.
const SHOWN: usize = 3;

/// What a decision needs to have before its eyes; `None` is what the portal did not give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// What was handed in, newest first.
    pub results: Option<Vec<Handed>>,
    /// The checklist's points.
    pub points: Option<Vec<Point>>,
    /// Returns for revision so far, oldest first.
    pub returns: Option<Vec<Returned>>,
    /// What has changed since the last of them.
    pub since: Option<Since>,
    /// Seconds that were spent.
    pub spent: Option<u64>,
    /// Seconds that were planned.
    pub estimate: Option<u64>,
    /// How many files hang on the task.
    pub files: Option<usize>,
    /// Whether this person may set another deadline.
    pub may_change_deadline: bool,
    /// Whether this person may give a mark.
    pub may_mark: bool,
}

const PENDING: i64 = 2;
const REVIEW: i64 = 4;

/// The returns for revision in a history, oldest first: from 4 to 2 by somebody else than the performers. A performer who
/// takes the task back leaves the same entry and does not count, unless they are its creator: those cannot take back.
pub fn returns(history: &[Change], creator: Option<UserId>, performers: &[UserId]) -> Vec<Returned> {
    let back = |change: &&Change| change.what == What::Status { from: REVIEW, to: PENDING };
    let own = |change: &Change| {
        let by = change.by.as_ref().map(|person| person.id);
        by.is_some_and(|by| performers.contains(&by) && creator != Some(by))
    };
    let mut returns: Vec<_> = history
        .iter()
        .filter(back)
        .filter(|change| !own(change))
        .map(|change| Returned { at: change.at, by: change.by.clone(), why: None })
        .collect();
    returns.sort_by_key(|returned| returned.at);
    returns
}

/// Gives the returns that were made here their reasons: by the same person, just after the request left.
pub fn explain(returns: &mut [Returned], own: &[OwnReturn]) {
    let (before, after) = (TimeDelta::seconds(3), TimeDelta::seconds(120));
    for returned in returns {
        let at = returned.at.to_utc();
        let by = returned.by.as_ref().map(|person| person.id);
        let fitting =
            own.iter().filter(|own| Some(own.user) == by && own.since - before <= at && at <= own.since + after);
        returned.why = fitting.min_by_key(|own| (at - own.since).abs()).map(|own| own.why.clone());
    }
}

/// Whether there is a result that is younger than the last return; `None` where there was none, or nobody can say.
pub fn new_result(returns: &[Returned], results: Option<&[Handed]>) -> Option<bool> {
    let last = returns.last()?.at;
    let results = results?;
    let known: Vec<_> = results.iter().filter_map(|result| result.at).collect();
    if known.len() < results.len() { None } else { Some(known.into_iter().any(|at| at > last)) }
}

/// What has changed since the last return; `None` where there was none.
pub fn since(
    returns: &[Returned],
    history: &[Change],
    results: Option<&[Handed]>,
    points: &[Point],
    chat: Option<&[Said]>,
    viewer: UserId,
) -> Option<Since> {
    let at = returns.last()?.at;
    let later = || history.iter().filter(|change| change.at > at);
    let count = |what: What| later().filter(|change| change.what == what).count();
    let moves: Vec<_> = later()
        .filter_map(|change| match change.what {
            What::Deadline { from, to } => Some((from, to)),
            _ => None,
        })
        .collect();
    let deadline = moves.first().zip(moves.last()).map(|(first, last)| (first.0, last.1));
    let fresh = |results: &[Handed]| results.iter().filter(|result| result.at.is_some_and(|when| when > at)).count();
    let own = |change: &&Change| change.by.as_ref().is_some_and(|person| person.id == viewer);
    let toggled = |point: &&Point| point.toggled.is_some_and(|when| when > at);
    let news = |chat: &[Said]| -> Vec<Said> {
        chat.iter().filter(|said| said.at > at && said.by.id != viewer).cloned().collect()
    };
    let mut said = chat.map(news);
    let messages = match &said {
        Some(said) => said.len(),
        None => later().filter(|change| change.what == What::Comment && !own(change)).count(),
    };
    if let Some(said) = &mut said {
        said.sort_by_key(|one| std::cmp::Reverse(one.at));
        said.truncate(SHOWN);
    }
    Some(Since {
        at,
        results: new_result(returns, results).and(results).map(fresh),
        points: points.iter().filter(toggled).cloned().collect(),
        deadline: deadline.filter(|(from, to)| from != to),
        files: count(What::Files),
        messages,
        said: said.unwrap_or_default(),
    })
}

/// Points without the headings of their lists, in their order.
pub fn points_of(all: Vec<Point>) -> Vec<Point> {
    let nested = all.iter().any(|point| point.parent.is_some());
    all.into_iter().filter(|point| !nested || point.parent.is_some()).collect()
}

#[cfg(test)]
mod tests;
