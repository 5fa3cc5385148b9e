//! The database goes away, or falls silent, and comes back.

use crate::return_a_task::install;
use crate::support::{Stack, Wish, decisions::*, installed};
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
        let ops = format!("127.0.0.1:{}", stack.replicas[0].ops_port);
        stack.run(&["--ops-listen", &ops, "healthcheck"]).await; // a restart would help nobody
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

/// Tokens cannot be read once, as when the database goes away, while a decision is in this state.
async fn away_while(stack: &Stack, state: &str) {
    let trap = format!(
        "create sequence once;
         create function may_be_read() returns bool volatile language plpgsql as $$ begin
             if exists (select from decisions where state = '{state}') and nextval('once') = 1 then
                 raise exception 'shutting down' using errcode = 'admin_shutdown';
             end if;
             return true;
         end $$;
         alter table credentials rename to all_credentials;
         create view credentials as select * from all_credentials where may_be_read()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(trap)).execute(&mut stack.database().await).await.unwrap();
}

/// Nothing was sent: it is the database that is away, and what was pressed goes when it is back.
#[tokio::test]
async fn f27_a_database_that_is_away_before_a_change_leaves_is_no_end_of_the_decision() {
    for state in ["checking", "sending"] {
        let stack = Stack::start().await;
        away_while(&stack, state).await;
        let office = Office::of(&stack).await;
        install(&office.bitrix, &office.visitor, &office.portal).await;
        let task = office.waiting(1).await[0];
        let page = office.queue(CREATOR).await;
        office.visitor.press(&page, task, "return", "The totals do not match").await;
        // Its lease may have to run out first.
        let began = Instant::now();
        while stack.count("select count(*) from decisions where state = 'done'").await == 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "{state}: it is not carried out");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        assert!(stack.count("select last_value from once").await > 1, "{state}: nobody met it");
        assert_eq!(office.calls(RETURN).await.len(), 1, "{state}");
        stack.finish().await;
    }
}
