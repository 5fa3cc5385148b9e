//! How long one waits, and who goes first.

use super::*;
use chrono::DateTime;

type Heard = Result<Answer<()>, CallError>;

fn refused(code: Code, http: u16) -> Heard {
    Err(CallError::Api { code, http })
}

fn fine(operating: Option<f64>, reset_in: Option<i64>) -> Heard {
    let clock = DateTime::from_timestamp(1_000_000, 0).map(|at| at.fixed_offset());
    let operating_reset_at = reset_in.map(|seconds| 1_000_000 + seconds);
    Ok(Answer { result: (), total: None, next: None, clock, duration: None, operating, operating_reset_at })
}

fn waits(pace: &mut Pace, now: Instant, behind: bool) -> f64 {
    pace.enter(now, &["m"], behind).unwrap().0.as_secs_f64()
}

#[test]
fn p75_fifty_at_once_then_two_a_second_and_people_first() {
    let now = Instant::now();
    let mut pace = Pace::new(now);
    let work: usize = (0..60).filter(|_| pace.enter(now, &["m"], true).unwrap().1).count();
    assert_eq!(work, 40, "the rest is for people");
    let people: Vec<f64> = (0..12).map(|_| waits(&mut pace, now, false)).collect();
    assert_eq!((people[..10].to_vec(), &people[10..]), (vec![0.0; 10], &[0.5, 1.0][..]));
    assert!(pace.enter(now, &["m"], true).unwrap().0 > Duration::ZERO);
    let later = now + Duration::from_secs(10);
    assert_eq!(waits(&mut pace, later, false), 0.0, "twenty have gone");
    for _ in 0..40 {
        let _ = pace.enter(later, &["m"], false);
    }
    let full = pace.enter(later, &["m"], false);
    assert_eq!(full.err(), Some(CallError::Withheld(Code::QueryLimitExceeded)), "nobody waits for ever");
}

#[tokio::test]
async fn t35_a_portal_that_names_anothers_address_uses_up_nothing_of_it() {
    let (paces, shared) = (Paces::default(), Url::parse("https://one.example/rest/").unwrap());
    let (hostile, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for _ in 0..50 {
        paces.enter(hostile, &shared, &["m"]).await.unwrap();
    }
    assert!(held(&paces.of(other, &shared)).level < 1.0, "the bucket of the one is full, and the other's is empty");
    paces.learn(hostile, &shared, "m", &refused(Code::OverloadLimit, 503));
    assert!(paces.enter(hostile, &shared, &["m"]).await.is_err());
    assert!(paces.enter(other, &shared, &["m"]).await.is_ok(), "what is said to the one counts for nobody else");
}

#[test]
fn p75_an_enterprise_licence_is_a_larger_bucket() {
    let now = Instant::now();
    let mut pace = Pace { enterprise: true, ..Pace::new(now) };
    let waits: Vec<f64> = (0..251).map(|_| waits(&mut pace, now, false)).collect();
    assert_eq!((waits[249], waits[250]), (0.0, 0.2));
}

#[test]
fn p75_a_portal_without_a_limiter_is_not_held_back_until_it_says_otherwise() {
    let now = Instant::now();
    let mut pace = Pace::new(now);
    pace.learn(now, "m", &fine(None, None));
    assert!((0..500).all(|_| waits(&mut pace, now, true) == 0.0));
    pace.learn(now, "m", &refused(Code::QueryLimitExceeded, 503));
    pace.learn(now, "m", &fine(None, None));
    assert_eq!([waits(&mut pace, now, false), waits(&mut pace, now, false)], [1.0, 2.0]);
    let mut pace = Pace::new(now);
    pace.learn(now, "batch", &fine(None, None));
    assert_eq!((0..51).map(|_| waits(&mut pace, now, false)).last(), Some(0.5), "a batch never speaks of it");
}

#[test]
fn f14_a_refusal_is_believed_more_than_the_count() {
    let now = Instant::now();
    let mut pace = Pace::new(now);
    pace.learn(now, "m", &refused(Code::QueryLimitExceeded, 503));
    assert_eq!([waits(&mut pace, now, false), waits(&mut pace, now, false)], [1.0, 2.0], "one a second");
    let later = now + WARNED + Duration::from_secs(1);
    for _ in 0..50 {
        pace.enter(later, &["m"], false).unwrap();
    }
    assert_eq!(waits(&mut pace, later, false), 0.5, "a minute later as before");
}

#[test]
fn f15_a_method_rests_until_the_portal_said_and_the_others_go_on() {
    let now = Instant::now();
    let mut pace = Pace::new(now);
    pace.learn(now, "list", &fine(Some(1.0), Some(90)));
    pace.learn(now, "list", &refused(Code::OperationTimeLimit, 429));
    let withheld = |pace: &mut Pace, at: u64, methods: &[&str]| {
        pace.enter(now + Duration::from_secs(at), methods, false).err()
            == Some(CallError::Withheld(Code::OperationTimeLimit))
    };
    assert!(withheld(&mut pace, 89, &["list"]) && withheld(&mut pace, 89, &["get", "list"]));
    assert!(!withheld(&mut pace, 89, &["get"]) && !withheld(&mut pace, 91, &["list"]));
    pace.learn(now, "get", &refused(Code::OperationTimeLimit, 429));
    assert!(withheld(&mut pace, 59, &["get"]) && !withheld(&mut pace, 61, &["get"]));
}

#[test]
fn f16_a_portal_that_is_blocked_by_hand_is_asked_once_in_ten_minutes() {
    let now = Instant::now();
    let mut pace = Pace::new(now);
    pace.learn(now, "m", &refused(Code::OverloadLimit, 503));
    let at = |pace: &mut Pace, minutes: u64| pace.enter(now + Duration::from_secs(minutes * 60), &["m"], false).is_ok();
    assert_eq!([at(&mut pace, 0), at(&mut pace, 9), at(&mut pace, 10), at(&mut pace, 11)], [false, false, true, false]);
    pace.learn(now, "m", &fine(Some(1.0), None));
    assert!(at(&mut pace, 12), "it lets in again");
}
