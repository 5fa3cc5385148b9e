//! Many who ask at once: strangers cost the authorization server little, and those who are known go on.

use crate::support::{Stack, bitrix::Opening, installed, refusal, refused};
use std::time::{Duration, Instant};

/// What anybody can post: a portal that nobody knows, a token that nobody has.
fn bogus(honest: &Opening, nth: u128) -> Opening {
    let opening = honest.clone().with("member_id", Some(&format!("{:032x}", 0xb09_u128 << 32 | nth)));
    opening.with("AUTH_ID", Some(&format!("bogus{nth:059}")))
}

#[tokio::test]
async fn t33_bogus_openings_cost_little_and_hold_nobody_up() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let (honest, later) = (bitrix.open(&portal, 2, "DEFAULT").await, bitrix.open(&portal, 3, "DEFAULT").await);
    bitrix.forget_journal().await;

    let began = Instant::now();
    let flood: Vec<Opening> = (0..300).map(|nth| bogus(&honest, nth)).collect();
    let flood = futures_util::future::join_all(flood.iter().map(|opening| visitor.open(opening)));
    let between = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        visitor.open(&later).await
    };
    let (answers, opened) = tokio::join!(flood, between);
    let seconds = began.elapsed().as_secs();
    assert_eq!((opened.status.as_u16(), opened.page().as_deref()), (200, Some("queue")), "{}", opened.text());
    let stopped = answers.iter().filter(|a| refusal(a) == refused(429, "too_many")).count();
    let asked = answers.iter().filter(|a| refusal(a) == refused(403, "not_genuine")).count();
    assert_eq!(stopped + asked, 300, "{:?}", answers.iter().map(refusal).collect::<Vec<_>>());
    assert!(answers.iter().all(|a| a.status != 429 || !a.header("Retry-After").is_empty()));
    let questions = bitrix.calls("app.info").await.len();
    assert_eq!(questions, asked + 1);
    assert!(questions as u64 <= 32 + 10 * seconds, "{questions} questions in {seconds} s");

    // What is known costs nothing: the same opening is answered however often it comes.
    bitrix.forget_journal().await;
    for _ in 0..50 {
        assert_eq!(visitor.open(&honest).await.status.as_u16(), 200);
    }
    assert_eq!(bitrix.calls("app.info").await.len(), 1);
    stack.finish().await;
}

#[tokio::test]
async fn ways_to_the_sign_in_have_a_budget() {
    let stack = Stack::start().await;
    let visitor = stack.visitor();
    let path = "/connect?domain=nobody.example";
    let answers = futures_util::future::join_all((0..200).map(|_| visitor.get(path, ""))).await;
    let stopped = answers.iter().filter(|a| refusal(a) == refused(429, "too_many")).count();
    assert!((1..=180).contains(&stopped), "{stopped} of 200");
    stack.finish().await;
}
