//! The database goes away, or falls silent, and comes back.

use crate::support::{Stack, Wish, installed};
use std::time::{Duration, Instant};
use tokio::time::timeout;

#[tokio::test]
async fn a_page_says_so_while_the_database_is_away_and_works_again_when_it_is_back() {
    let stack = Stack::with(Wish { wire: true, ..Wish::default() }).await;
    let portal = installed(&stack).await;
    let visitor = stack.visitor();
    let page = visitor.open(&stack.bitrix.open(&portal, 2, "DEFAULT").await).await;
    let asked = || async { visitor.go("/queue", &page).await.status.as_u16() };
    assert_eq!(asked().await, 200);
    for away in ["cut", "held"] {
        if away == "cut" {
            stack.wire().cut()
        } else {
            stack.wire().hold()
        }
        // The connections were used a moment ago.
        assert_eq!(timeout(Duration::from_secs(15), asked()).await, Ok(503), "{away}");
        assert!(stack.metrics().await.contains("\nhandback_database_answers 0\n"), "{away}: this pages somebody");
        stack.wire().mend();
        let back = Instant::now();
        while asked().await != 200 {
            assert!(back.elapsed() < Duration::from_secs(20), "{away}: not back after 20 s");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert!(stack.metrics().await.contains("\nhandback_database_answers 1\n"), "{away}");
        assert!(stack.metrics().await.contains("\nhandback_database_connections{state=\"idle\"}"), "{away}");
    }
    stack.finish().await;
}
