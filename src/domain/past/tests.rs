//! Tables of cases, and histories in any order.

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
        since(&found, &history, Some(&[handed(Some(20)), handed(Some(3))]), &points, None, user(CREATOR)).unwrap();
    assert_eq!((since.results, since.files, since.messages), (Some(1), 1, 1), "one's own message is no news");
    assert_eq!(since.points.iter().map(|point| point.id).collect::<Vec<_>>(), [7]);
    assert_eq!(since.deadline, Some((due(100), due(300))));
}

#[test]
fn p37_what_others_said_in_the_chat_since_the_return() {
    let history = [change(10, CREATOR, BACK), change(13, ASSIGNEE, What::Comment)];
    let found = returns(&history, Some(user(CREATOR)), &[user(ASSIGNEE)]);
    let said = |by, minute| Said::new(Person { id: user(by), name: String::new() }, at(minute), &"ä".repeat(500));
    let chat = [said(ASSIGNEE, 9), said(ASSIGNEE, 11), said(CREATOR, 12), said(6, 14), said(6, 13), said(6, 12)];
    let of = |chat| since(&found, &history, None, &[], chat, user(CREATOR)).unwrap();
    let news = of(Some(&chat[..]));
    assert_eq!(news.messages, 4, "the chat counts where it can be read");
    assert_eq!(news.said.iter().map(|said| said.at).collect::<Vec<_>>(), [at(14), at(13), at(12)]);
    assert_eq!(news.said[0].text.chars().count(), 241, "shortened");
    assert_eq!((of(Some(&[])).messages, of(None).messages), (0, 1));
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
        let since = since(&found, &history, Some(&[]), &[], None, user(1));
        prop_assert_eq!(since.is_some(), !found.is_empty());
        if let Some(since) = since {
            let later = history.iter().filter(|one| one.at > since.at);
            prop_assert!(since.files + since.messages <= later.count());
            prop_assert_eq!(since.results, Some(0));
        }
    }
}
