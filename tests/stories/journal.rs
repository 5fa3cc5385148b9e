//! Every call has a row in the journal: whose, when, what about, and what it came to; and not a word of anybody.

use crate::support::{Portal, Stack, Wish, decisions::*, installed};
use serde_json::{Value, json};
use sqlx::Row;
use std::time::{Duration, Instant};

/// Rows of a portal: method, task, status, code and trouble.
async fn rows(stack: &Stack, portal: &Portal) -> Vec<(String, Option<i64>, Option<i16>, String)> {
    let sql = "select method, task_id, http, coalesce(code, trouble, '') from calls where portal_id = $1::uuid
               order by at, call_id, nth";
    let rows = sqlx::query(sql).bind(&portal.member_id).fetch_all(&mut stack.database().await).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

/// Waits until the journal has as many rows of a portal as the portal and its authorization server have had calls, and
/// answers the methods of both, sorted.
async fn both(stack: &Stack, portal: &Portal) -> (Vec<String>, Vec<String>) {
    let began = Instant::now();
    loop {
        let of_portal = |call: &Value| call["member_id"] == json!(portal.member_id);
        let calls = stack.bitrix.journal().await.into_iter().filter(of_portal);
        let mut had: Vec<String> = calls.map(|call| call["method"].as_str().unwrap().to_owned()).collect();
        let mut has: Vec<String> = rows(stack, portal).await.into_iter().map(|(method, ..)| method).collect();
        had.sort();
        has.sort();
        if had == has || began.elapsed() > Duration::from_secs(30) {
            return (had, has);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until a portal's journal has a row like this.
async fn row_comes(stack: &Stack, portal: &Portal, like: impl Fn(&(String, Option<i64>, Option<i16>, String)) -> bool) {
    let began = Instant::now();
    while !rows(stack, portal).await.iter().any(&like) {
        assert!(began.elapsed() < Duration::from_secs(20), "not within 20 s: {:#?}", rows(stack, portal).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn t58_p74_p80_every_call_of_a_long_walk_has_a_row_and_no_word_of_anybody() {
    let stack = Stack::with(Wish { settle_after: "2s", ..Wish::default() }).await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let titles: Vec<String> = (1..=3).map(|nth| format!("CANARY-TITLE-{nth}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let tasks = bitrix.waiting(&portal, &titles).await;
    let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
    visitor.press(&queue, tasks[0], "return", "CANARY-REASON").await;
    // Bitrix24 refuses at the last moment, in words of its own.
    let refused = json!({"on": "portal", "method": ACCEPT, "kind": "error", "code": "1048582", "status": 400,
                         "description": "CANARY-DESCRIPTION"});
    bitrix.fault(refused).await;
    visitor.press(&queue, tasks[1], "approve", "").await;
    // An answer is lost.
    bitrix.fault(json!({"on": "portal", "method": RETURN, "kind": "drop_after"})).await;
    visitor.press(&queue, tasks[2], "return", "CANARY-REASON").await;
    stack.none("select count(*) from decisions where finished_at is null").await;
    stack.none("select count(*) from reasons where delivery in ('pending', 'sending')").await;
    visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;

    let (had, has) = both(&stack, &portal).await;
    assert_eq!(has, had, "what reached Bitrix24, and what the journal has");
    for method in ["app.info", "oauth/token", "profile", "batch", "tasks.task.list", "event.bind", CHAT] {
        assert!(has.iter().any(|has| has == method), "{method}: {has:?}");
    }
    let all = rows(&stack, &portal).await;
    let about = |method: &str, task: i64| {
        let found = all.iter().filter(|(m, t, ..)| m == method && *t == Some(task));
        found.map(|(.., http, end)| (*http, end.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(about(RETURN, tasks[0]), [(Some(200), "")]);
    assert_eq!(about(ACCESS, tasks[0]), [(Some(200), "")], "a command of a batch");
    assert_eq!(about(ACCEPT, tasks[1]), [(Some(400), "1048582")]);
    assert_eq!(about(RETURN, tasks[2]), [(None, "lost")]);
    let missing = "select count(*) from calls where duration_ms is null and nth = 0";
    assert_eq!(stack.count(missing).await, 0, "every request took some time");
    let working = "select count(*) from calls where operating > 0";
    assert!(stack.count(working).await > 0, "the working time that the portal counted");
    let pressed = "select count(*) from calls where method = 'batch' and request_id is not null";
    assert!(stack.count(pressed).await > 0, "what a person's own request caused can be found by its id");

    let dump = stack.dump().await;
    let journal: Vec<&str> = dump.lines().filter(|l| l.starts_with("calls") || l.starts_with("actions")).collect();
    assert!(journal.len() > 20);
    for word in ["CANARY", "Carl", "Assignee", &portal.domain] {
        assert!(!journal.iter().any(|line| line.contains(word)), "{word} is in the journal");
    }
    stack.finish().await;
}

#[tokio::test]
async fn t58_a_question_in_the_name_of_a_portal_is_nobodys_until_it_is_proved() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    both(&stack, &portal).await;
    let before = rows(&stack, &portal).await.len();
    let forged = bitrix.open(&portal, 2, "DEFAULT").await.with("AUTH_ID", Some("0123456789abcdef0123456789abcdef"));
    assert_eq!(visitor.open(&forged).await.status.as_u16(), 403);
    let nobodys = "select count(*) - 1 from calls where portal_id = '00000000-0000-0000-0000-000000000000'
                   and method = 'app.info' and code is not null and user_id is null";
    stack.none(nobodys).await;
    assert_eq!(rows(&stack, &portal).await.len(), before, "nothing in the journal of the portal that was named");
    stack.finish().await;
}

async fn word(stack: &Stack, sql: String) -> String {
    sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut stack.database().await).await.unwrap().get(0)
}

/// The journal's days, oldest first.
async fn partitions(stack: &Stack) -> Vec<String> {
    let sql = "select string_agg(relname, ' ' order by relname) from pg_inherits join pg_class c on c.oid = inhrelid
               where inhparent = 'calls'::regclass";
    word(stack, sql.to_owned()).await.split(' ').map(str::to_owned).collect()
}

/// The name of a day's part, counted from today.
async fn name(stack: &Stack, offset: i32) -> String {
    word(stack, format!("select 'calls_' || to_char((now() at time zone 'utc')::date + {offset}, 'YYYYMMDD')")).await
}

/// The journal's day and the days around it are there; what is past its time is dropped.
#[tokio::test]
async fn t58_days_past_their_time_are_dropped_and_the_coming_ones_are_there() {
    let mut stack = Stack::with(Wish { replicas: 2, ..Wish::default() }).await;
    let mut wanted = Vec::new();
    for offset in -1..=3 {
        wanted.push(name(&stack, offset).await);
    }
    assert_eq!(partitions(&stack).await, wanted, "made once, by two replicas that began together");

    // A day whose last moment is more than 7 days ago, and one of which that is not true yet.
    for offset in [-9, -7] {
        let table = name(&stack, offset).await;
        // In one statement: the replicas have only just begun to keep house, and may drop it at once.
        let sql = format!(
            "do $$ begin execute format('create table {table} partition of calls for values from (%L) to (%L)',
                 (now() at time zone 'utc')::date + {offset} || ' 00:00+00',
                 (now() at time zone 'utc')::date + {offset} + 1 || ' 00:00+00');
             insert into calls (portal_id, at, call_id, nth, method) values ('00000000-0000-0000-0000-000000000000',
                 ((now() at time zone 'utc')::date + {offset}) at time zone 'utc' + interval '23 hours', gen_random_uuid(), 0,
                 'profile'); end $$"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut stack.database().await).await.unwrap();
    }
    let port = stack.replicas[1].port;
    stack.kill(1);
    stack.replicas.pop();
    stack.start_replica(port).await;
    wanted.insert(0, name(&stack, -7).await);
    assert_eq!(partitions(&stack).await, wanted);
    assert_eq!(stack.count("select count(*) from calls where at < now() - interval '5 days'").await, 1);

    // Nobody made today's part: the writer does.
    let today = name(&stack, 0).await;
    sqlx::query(sqlx::AssertSqlSafe(format!("drop table {today}"))).execute(&mut stack.database().await).await.unwrap();
    let portal = installed(&stack).await;
    row_comes(&stack, &portal, |(method, ..)| method == "event.bind").await;
    assert_eq!(partitions(&stack).await, wanted);
    stack.finish().await;
}

/// The journal's table cannot be written for a while: nobody who decides notices, and nothing is lost.
#[tokio::test]
async fn t58_p74_a_journal_that_cannot_be_written_slows_nobody_down() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    let mut database = stack.database().await;
    sqlx::query("begin").execute(&mut database).await.unwrap();
    sqlx::query("lock table calls in access exclusive mode").execute(&mut database).await.unwrap();
    // The rows of the opening are being written now, and that takes the database's lock_timeout of three seconds.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let began = Instant::now();
    for task in &tasks {
        assert_eq!(office.give_back(&page, *task).await.outcome(), "done");
    }
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(stack.logs().contains("the journal of calls cannot be written"), "the outage met the writer");
    sqlx::query("rollback").execute(&mut database).await.unwrap();
    for task in tasks {
        row_comes(&stack, &office.portal, |(method, about, ..)| method == RETURN && *about == Some(task)).await;
    }
    let (had, has) = both(&stack, &office.portal).await;
    assert_eq!(has, had);
    stack.finish().await;
}

/// Somebody holds a portal's own row for long, as its erasure does: its rows wait for that, and nobody else's do.
#[tokio::test]
async fn t58_p74_a_portal_that_is_held_keeps_no_other_portals_rows_waiting() {
    let stack = Stack::start().await;
    let (held, free) = (Office::of(&stack).await, Office::of(&stack).await);
    let (held_page, free_page) = (held.queue(CREATOR).await, free.queue(CREATOR).await);
    for office in [&held, &free] {
        let (had, has) = both(&stack, &office.portal).await;
        assert_eq!(has, had);
    }
    let before = rows(&stack, &held.portal).await;
    let mut holder = stack.database().await;
    sqlx::query("begin").execute(&mut holder).await.unwrap();
    let hold = sqlx::query("select portal_id from portals where portal_id = $1::uuid for update");
    hold.bind(&held.portal.member_id).fetch_one(&mut holder).await.unwrap();

    for (office, page) in [(&held, &held_page), (&free, &free_page)] {
        assert_eq!(office.rows(page).await.status.as_u16(), 200);
    }
    let (had, has) = both(&stack, &free.portal).await;
    assert_eq!(has, had, "the other portal's are written meanwhile");
    assert_eq!(rows(&stack, &held.portal).await, before, "its own wait");
    sqlx::query("rollback").execute(&mut holder).await.unwrap();
    let (had, has) = both(&stack, &held.portal).await;
    assert_eq!(has, had, "and are written when it is free");
    assert!(has.len() > before.len(), "{has:?}");
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t58_a_replica_that_is_asked_to_stop_writes_what_it_knows() {
    let mut stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.fault(RETURN, json!({"kind": "delay", "ms": 1_000})).await;
    let pressed = office.begin(&page, task);
    office.until_called(RETURN).await;
    // Until the server is gone, nothing can be written.
    let mut database = stack.database().await;
    sqlx::query("begin").execute(&mut database).await.unwrap();
    sqlx::query("lock table calls in access exclusive mode").execute(&mut database).await.unwrap();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(3_500)).await;
        sqlx::query("rollback").execute(&mut database).await.unwrap();
    });
    stack.signal(0, "-TERM");
    let ended = tokio::task::block_in_place(|| stack.replicas[0].child.wait().unwrap());
    assert!(ended.success(), "{ended}");
    assert_eq!(pressed.await.unwrap().outcome(), "done");
    // Nobody is there to write any more.
    let all = rows(&stack, &office.portal).await;
    assert!(all.iter().any(|(method, about, ..)| method == RETURN && *about == Some(task)), "{all:#?}");
    assert!(all.iter().any(|(method, ..)| method == CHAT), "{all:#?}");
    stack.finish().await;
}

/// Rows that are still on their way when a portal leaves do not come after its erasure.
#[tokio::test]
async fn t60_nothing_of_a_portal_that_has_left_is_in_the_journal() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    for clean in [true, false] {
        let portal = installed(&stack).await;
        let tasks = bitrix.waiting(&portal, &["Offer"]).await;
        let queue = visitor.open(&bitrix.open(&portal, 2, "DEFAULT").await).await;
        visitor.press(&queue, tasks[0], "return", "Totals").await;
        both(&stack, &portal).await;
        stack.none("select count(*) from reasons where delivery in ('pending', 'sending')").await;
        let of = format!("'{}'::uuid", portal.member_id);
        assert!(stack.count(&format!("select count(*) from calls where portal_id = {of}")).await > 0);
        assert_eq!(stack.count(&format!("select count(*) from actions where portal_id = {of}")).await, 2);
        bitrix.post(&format!("portals/{}/uninstall", portal.member_id), json!({ "clean": clean })).await;
        stack.departed(&portal).await;
        // The questions that confirmed the departure were asked a moment ago; a stranger's row waits for half a minute.
        tokio::time::sleep(Duration::from_secs(if clean { 35 } else { 3 })).await;
        assert_eq!(stack.count(&format!("select count(*) from calls where portal_id = {of}")).await, 0);
        let actions = stack.count(&format!("select count(*) from actions where portal_id = {of}")).await;
        assert_eq!(actions, if clean { 0 } else { 2 }, "kept with the decisions, for a reinstallation");
    }
    let nobodys = "select count(*) from calls where portal_id = '00000000-0000-0000-0000-000000000000'
                   and (user_id is not null or task_id is not null or kind is not null)";
    assert_eq!(stack.count(nobodys).await, 0, "nobody's rows name nobody");
    stack.finish().await;
}
