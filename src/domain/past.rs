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
    /// Messages of others, on portals whose history has them.
    pub messages: usize,
}

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
    Some(Since {
        at,
        results: new_result(returns, results).and(results).map(fresh),
        points: points.iter().filter(toggled).cloned().collect(),
        deadline: deadline.filter(|(from, to)| from != to),
        files: count(What::Files),
        messages: later().filter(|change| change.what == What::Comment && !own(change)).count(),
    })
}

/// Points without the headings of their lists, in their order.
pub fn points_of(all: Vec<Point>) -> Vec<Point> {
    let nested = all.iter().any(|point| point.parent.is_some());
    all.into_iter().filter(|point| !nested || point.parent.is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> DateTime<FixedOffset> {
        DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).unwrap().fixed_offset()
    }

    fn user(id: i64) -> UserId {
        UserId::new(id).unwrap()
    }

    fn person(id: i64) -> Option<Person> {
        Some(Person { id: user(id), name: format!("Person {id}") })
    }

    fn change(minute: i64, by: i64, what: What) -> Change {
        Change { at: at(minute), by: person(by), what }
    }

    const BACK: What = What::Status { from: 4, to: 2 };
    const CREATOR: i64 = 2;
    const ASSIGNEE: i64 = 5;

    #[test]
    fn p38_who_returned_it_and_how_often() {
        let cases: [(&str, Vec<Change>, Vec<i64>); 7] = [
            ("never", vec![change(1, ASSIGNEE, What::Status { from: 3, to: 4 })], vec![]),
            ("by the creator", vec![change(1, CREATOR, BACK)], vec![1]),
            ("by a superior, twice", vec![change(5, 3, BACK), change(1, 3, BACK)], vec![1, 5]),
            ("taken back by the assignee", vec![change(1, ASSIGNEE, BACK)], vec![]),
            ("taken back by a participant", vec![change(1, 6, BACK)], vec![]),
            ("accepted", vec![change(1, CREATOR, What::Status { from: 4, to: 5 })], vec![]),
            ("resumed by the creator", vec![change(1, CREATOR, What::Status { from: 5, to: 2 })], vec![]),
        ];
        for (name, history, expected) in cases {
            let found = returns(&history, Some(user(CREATOR)), &[user(ASSIGNEE), user(6)]);
            let times: Vec<_> = found.iter().map(|returned| returned.at).collect();
            assert_eq!(times, expected.into_iter().map(at).collect::<Vec<_>>(), "{name}");
        }
        // Who is both cannot take it back: then it was a return.
        assert_eq!(returns(&[change(1, 2, BACK)], Some(user(2)), &[user(2)]).len(), 1);
        let unknown = Change { by: None, ..change(1, 1, BACK) };
        assert_eq!(returns(&[unknown], None, &[user(ASSIGNEE)]).len(), 1, "somebody did it");
    }

    #[test]
    fn p38_a_return_made_here_has_its_reason() {
        let own =
            |user_id, minute, why: &str| OwnReturn { user: user(user_id), since: at(minute).to_utc(), why: why.into() };
        let mut found = returns(&[change(10, 2, BACK), change(50, 2, BACK), change(90, 3, BACK)], None, &[]);
        explain(&mut found, &[own(2, 9, "first"), own(2, 50, "second"), own(2, 90, "not theirs")]);
        let whys: Vec<_> = found.iter().map(|returned| returned.why.as_deref()).collect();
        assert_eq!(whys, [Some("first"), Some("second"), None]);
    }

    fn handed(minute: Option<i64>) -> Handed {
        Handed { by: None, at: minute.map(at), text: String::new(), files: 0 }
    }

    #[test]
    fn p29_a_new_result_is_younger_than_the_last_return() {
        let returned = returns(&[change(10, 2, BACK)], None, &[]);
        let cases = [
            (vec![handed(Some(11)), handed(Some(2))], Some(true)),
            (vec![handed(Some(9))], Some(false)),
            (vec![], Some(false)),
            (vec![handed(None)], None),
        ];
        for (results, expected) in cases {
            assert_eq!(new_result(&returned, Some(&results)), expected, "{results:?}");
        }
        assert_eq!(new_result(&returned, None), None, "results cannot be read");
        assert_eq!(new_result(&[], Some(&[handed(Some(1))])), None, "never returned");
    }

    #[test]
    fn p37_what_is_different_from_the_last_return() {
        let due = |minute| Some(at(minute));
        let history = [
            change(1, ASSIGNEE, What::Comment),
            change(10, CREATOR, BACK),
            change(11, CREATOR, What::Deadline { from: due(100), to: due(200) }),
            change(12, CREATOR, What::Comment),
            change(13, ASSIGNEE, What::Comment),
            change(14, ASSIGNEE, What::Files),
            change(15, ASSIGNEE, What::Deadline { from: due(200), to: due(300) }),
        ];
        let point = |id, minute: Option<i64>| Point {
            id,
            parent: Some(1),
            title: String::new(),
            done: true,
            toggled: minute.map(at),
        };
        let points = [point(7, Some(12)), point(8, Some(9)), point(9, None)];
        let found = returns(&history, Some(user(CREATOR)), &[user(ASSIGNEE)]);
        let since =
            since(&found, &history, Some(&[handed(Some(20)), handed(Some(3))]), &points, user(CREATOR)).unwrap();
        assert_eq!((since.results, since.files, since.messages), (Some(1), 1, 1), "one's own message is no news");
        assert_eq!(since.points.iter().map(|point| point.id).collect::<Vec<_>>(), [7]);
        assert_eq!(since.deadline, Some((due(100), due(300))));
    }

    #[test]
    fn headings_are_no_points() {
        let point = |id, parent| Point { id, parent, title: String::new(), done: false, toggled: None };
        let ids = |all| points_of(all).into_iter().map(|point| point.id).collect::<Vec<_>>();
        assert_eq!(ids(vec![point(1, None), point(2, Some(1)), point(3, None)]), [2]);
        assert_eq!(ids(vec![point(1, None), point(2, None)]), [1, 2], "old portals have no lists");
    }

    fn any_change() -> impl Strategy<Value = Change> {
        let what = prop_oneof![
            (1_i64..8, 1_i64..8).prop_map(|(from, to)| What::Status { from, to }),
            Just(BACK),
            Just(What::Files),
            Just(What::Comment),
            Just(What::Other),
        ];
        (0_i64..1000, 1_i64..9, what).prop_map(|(minute, by, what)| change(minute, by, what))
    }

    proptest! {
        #[test]
        fn p37_p38_the_order_of_a_history_changes_nothing(history in prop::collection::vec(any_change(), 0..40), turn in 0_usize..40) {
            let performers = [user(ASSIGNEE), user(6)];
            let found = returns(&history, Some(user(CREATOR)), &performers);
            let mut turned = history.clone();
            turned.rotate_left(turn.min(history.len()));
            let again = returns(&turned, Some(user(CREATOR)), &performers);
            let times = |returns: &[Returned]| returns.iter().map(|one| one.at).collect::<Vec<_>>();
            prop_assert_eq!(times(&found), times(&again));
            prop_assert!(found.is_sorted_by_key(|one| one.at));
            prop_assert!(found.iter().all(|one| one.by.as_ref().is_none_or(|by| !performers.contains(&by.id))));
            prop_assert!(found.len() <= history.iter().filter(|one| one.what == BACK).count());
            let since = since(&found, &history, Some(&[]), &[], user(1));
            prop_assert_eq!(since.is_some(), !found.is_empty());
            if let Some(since) = since {
                let later = history.iter().filter(|one| one.at > since.at);
                prop_assert!(since.files + since.messages <= later.count());
                prop_assert_eq!(since.results, Some(0));
            }
        }
    }
}
