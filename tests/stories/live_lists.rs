//! Pages that are looked at follow what happens in Bitrix24: cheaply when it tells, once in a while when it does not.

use crate::support::{Shown, Stack, decisions::*};
use std::time::{Duration, Instant};

async fn live(office: &Office, page: &Shown, stamp: &str, due: bool) -> Shown {
    let session = page.session().unwrap();
    let mut form = vec![("stamp", stamp)];
    if due {
        form.push(("due", "1"));
    }
    office.script("/queue/live", &session, |asked| asked.form(&form)).await
}

fn stamp(page: &Shown) -> String {
    page.attributes("data-stamp").into_iter().next().expect("the lists have a stamp")
}

#[tokio::test]
async fn p21_a_page_that_waits_asks_the_portal_only_when_something_was_said_or_nothing_for_a_while() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    // The installer's page binds the events.
    let answer = office.visitor.open(&office.bitrix.open(&office.portal, ADMIN, "INSTALL").await).await;
    assert_eq!(answer.page().as_deref(), Some("install"), "{}", answer.text());
    let waiting = office.waiting(2).await;
    let (first, second) = (waiting[0], waiting[1]);
    let page = office.queue(CREATOR).await;
    let known = stamp(&page);
    office.bitrix.forget_journal().await;
    for _ in 0..5 {
        assert_eq!(live(&office, &page, &known, false).await.status.as_u16(), 204);
    }
    assert_eq!(office.requests().await, 0, "nothing was said, nothing is asked");

    // Bitrix24 tells of a change: somebody accepts by hand.
    office.act(CREATOR, "approve", first).await;
    let began = Instant::now();
    let news = loop {
        let news = live(&office, &page, &known, false).await;
        if news.status.as_u16() == 200 {
            break news;
        }
        assert!(began.elapsed() < Duration::from_secs(5), "the event never came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(in_list(&news, "mine"), [second], "{}", news.html);
    assert_ne!(stamp(&news), known);
    stack.dealt_with().await;
    let known = stamp(&office.queue(CREATOR).await);
    office.bitrix.forget_journal().await;
    assert_eq!(live(&office, &page, &known, false).await.status.as_u16(), 204);
    assert_eq!(office.requests().await, 0);

    // It does not tell, and the page has waited long enough.
    let third = office.waiting(1).await[0];
    let news = live(&office, &page, &known, true).await;
    let mut shown = in_list(&news, "mine");
    shown.sort_unstable();
    assert_eq!(shown, [second, third]);
    stack.finish().await;
}

#[tokio::test]
async fn p21_p75_pages_that_wait_leave_the_portal_to_people_who_press_something() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.bitrix.forget_journal().await;
    let (known, mut read) = (stamp(&page), 0);
    let began = Instant::now();
    for _ in 0..60 {
        read += usize::from(live(&office, &page, &known, true).await.status.as_u16() == 200);
    }
    let most = 21 + usize::try_from(began.elapsed().as_secs()).unwrap();
    assert!((20..=most).contains(&read), "{read} reads of 60 wishes, at most {most}");
    assert_eq!(office.requests().await, read);
    assert_eq!(office.give_back(&page, task).await.outcome(), "done", "a press is not held up");

    // A portal that asks to slow down is said to, so that the page asks less.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let limit = serde_json::json!({"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED", "description": "x", "times": 4});
    office.fault("batch", limit).await;
    let limited = live(&office, &page, &known, true).await;
    assert_eq!((limited.status.as_u16(), limited.error().as_deref()), (503, Some("portal_limited")));
    assert_eq!(limited.header("Retry-After"), "10");
    stack.finish().await;
}
