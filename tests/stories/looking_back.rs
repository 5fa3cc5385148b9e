//! Looking back: an administrator searches the journal of calls, everybody sees what they decided, and nobody changes it.

use crate::support::{Shown, Stack, Wish, decisions::*, installed, refusal, refused};
use serde_json::json;

/// A row of the journal, some seconds old.
async fn call(stack: &Stack, member: &str, ago: f64, values: &str) {
    let sql = format!(
        "insert into calls (portal_id, at, call_id, nth, kind, user_id, task_id, method, http, code, trouble, duration_ms)
         values ('{member}'::uuid, now() - make_interval(secs => {ago}), gen_random_uuid(), 0, 'user', {values}, 7)"
    );
    stack.change(&sql).await;
}

/// What a search shows, row by row.
fn entries(page: &Shown) -> Vec<String> {
    assert_eq!((page.status.as_u16(), page.page().as_deref()), (200, Some("calls")), "{}", page.text());
    let rows = page.html.split("<li class=\"entry ").skip(1);
    rows.map(|row| row.split("<bdi>").nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn p74_an_administrator_finds_calls_by_task_person_method_failure_and_day() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let (portal, other) = (installed(&stack).await, installed(&stack).await);
    let queue = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
    let settings = visitor.go("/health", &queue).await;
    assert!(settings.attributes("action").contains(&"/settings/calls".to_owned()));
    let member = &portal.member_id;
    call(&stack, member, 1.0, "7, 8017, 'x.returned', 200, null, null").await;
    call(&stack, member, 2.0, "7, 8017, 'x.refused', 400, '1048582', null").await;
    call(&stack, member, 3.0, "9, 8018, 'x.lost', null, null, 'lost'").await;
    call(&stack, member, 3.5, "9, null, 'y.read', 200, null, null").await;
    call(&stack, &other.member_id, 1.5, "7, 8017, 'x.of_others', 200, null, null").await;

    let session = queue.session().unwrap();
    let search = async |fields: &[(&str, &str)]| {
        let form = [&[("session", session.as_str())], fields].concat();
        visitor.post("/settings/calls", &form).await
    };
    let found = async |fields: &[(&str, &str)]| entries(&search(fields).await);
    assert_eq!(found(&[("task", "8017")]).await, ["x.returned", "x.refused"], "newest first, of this portal alone");
    assert_eq!(found(&[("user", "9")]).await, ["x.lost", "y.read"]);
    assert_eq!(found(&[("method", "X.")]).await, ["x.returned", "x.refused", "x.lost"]);
    assert_eq!(found(&[("method", "x."), ("failed", "1")]).await, ["x.refused", "x.lost"]);
    assert_eq!(found(&[("method", "%")]).await, Vec::<String>::new(), "nothing is a pattern");
    assert_eq!(found(&[("task", "8017"), ("user", "7"), ("failed", "1")]).await, ["x.refused"]);
    let day = async |offset: i64| {
        // The pretend portals live at +03:00.
        let sql = format!("select extract(epoch from (now() + interval '3 hours')::date + {offset})::int8");
        let midnight = chrono::DateTime::from_timestamp(stack.count(&sql).await, 0).unwrap();
        midnight.format("%Y-%m-%d").to_string()
    };
    let (yesterday, today, tomorrow) = (day(-1).await, day(0).await, day(1).await);
    assert_eq!(found(&[("method", "x."), ("from", &today), ("until", &today)]).await.len(), 3);
    assert_eq!(found(&[("method", "x."), ("from", &tomorrow)]).await, Vec::<String>::new());
    assert_eq!(found(&[("method", "x."), ("until", &yesterday)]).await, Vec::<String>::new());

    let page = search(&[("task", "8017")]).await;
    let text = page.text();
    for words in ["Person 7", "Task 8017", "400 1048582", "Not allowed: a right", "7 ms", "Journal of calls"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let link = "/company/personal/user/1/tasks/task/view/8017/";
    assert!(page.attributes("href").iter().any(|href| href.contains(&portal.domain) && href.ends_with(link)));
    assert!(search(&[("method", "x.lost")]).await.text().contains("the answer was lost"));
    for odd in [[("task", "x")], [("user", "-1")], [("from", "2026-13-01")], [("behind", "1.2.3")]] {
        assert_eq!(refusal(&search(&odd).await), refused(400, "malformed"), "{odd:?}");
    }
    stack.finish().await;
}

#[tokio::test]
async fn p74_pages_of_calls_neither_miss_a_row_nor_show_one_twice() {
    let stack = Stack::start().await;
    let (bitrix, visitor) = (&stack.bitrix, stack.visitor());
    let portal = installed(&stack).await;
    let queue = visitor.open(&bitrix.open(&portal, 1, "DEFAULT").await).await;
    // Some of the same moment, some of one batch.
    let many = format!(
        "insert into calls (portal_id, at, call_id, nth, kind, user_id, task_id, method)
         select '{}'::uuid, date_trunc('second', now()) - make_interval(secs => n / 60), md5((n / 6)::text)::uuid,
             n % 6, 'user', 7, 8017, 'x.' || lpad(n::text, 3, '0') from generate_series(0, 249) n",
        portal.member_id
    );
    stack.change(&many).await;
    let session = queue.session().unwrap();
    let (mut all, mut behind, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let form = [("session", session.as_str()), ("method", "X."), ("user", "7"), ("behind", &behind)];
        let page = visitor.post("/settings/calls", &form).await;
        let rows = entries(&page);
        sizes.push(rows.len());
        all.extend(rows);
        call(&stack, &portal.member_id, 0.0, "7, 8017, 'x.new', 200, null, null").await;
        let Some(next) = page.html.split("name=\"behind\" value=\"").nth(1) else { break };
        behind = next.split('"').next().unwrap().to_owned();
        let kept = page.html.split("<form class=\"further\"").nth(1).unwrap();
        assert!(kept.contains("name=\"method\" value=\"X.\"") && kept.contains("name=\"user\" value=\"7\""), "{kept}");
    }
    assert_eq!(sizes, [100, 100, 50]);
    let mut wanted: Vec<String> = (0..250).map(|n| format!("x.{n:03}")).collect();
    all.sort();
    wanted.sort();
    assert_eq!(all, wanted);
    stack.finish().await;
}

#[tokio::test]
async fn p58_p74_nobody_but_an_administrator_sees_the_journal_or_what_others_did() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let queue = office.queue(CREATOR).await;
    assert!(!queue.attributes("action").contains(&"/settings/calls".to_owned()));
    let session = queue.session().unwrap();
    let ask = async |path: &str, more: &[(&str, &str)]| {
        let form = [&[("session", session.as_str())], more].concat();
        office.visitor.post(path, &form).await
    };
    assert_eq!(refusal(&ask("/settings/calls", &[]).await), refused(403, "admin_required"));
    assert_eq!(refusal(&ask("/settings/calls", &[("task", "8017")]).await), refused(403, "admin_required"));
    assert_eq!(refusal(&ask("/actions", &[("everybody", "1")]).await), refused(403, "admin_required"));
    assert_eq!(ask("/actions", &[]).await.status.as_u16(), 200);
    // Being an administrator is asked at every request.
    let page = office.queue(ADMIN).await;
    assert_eq!(office.visitor.go("/settings/calls", &page).await.status.as_u16(), 200);
    let fallen = json!({"users": [{"id": 1, "name": "Ada", "last_name": "Admin", "admin": false}]});
    office.bitrix.scenario(&office.portal, fallen).await;
    assert_eq!(refusal(&office.visitor.go("/settings/calls", &page).await), refused(403, "admin_required"));
    let get = office.visitor.get("/settings/calls", "").await;
    assert_eq!(get.status.as_u16(), 405);
    stack.finish().await;
}

#[tokio::test]
async fn p58_everybody_sees_what_they_decided_and_an_administrator_what_all_did() {
    let stack = Stack::with(Wish { undo: "1s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(4).await;
    let page = office.queue(CREATOR).await;
    let returned = office.give_back(&page, tasks[0]).await;
    let undone = office.press(&page, tasks[1], "approve", "").await;
    office.undo(&page, &undone.id).await;
    let refused_one = office.press(&page, tasks[2], "approve", "").await;
    // Somebody is faster.
    office.act(CREATOR, "approve", tasks[2]).await;
    office.until(&page, &returned, "done", "Reason delivered").await;
    office.until(&page, &refused_one, "refused", "already accepted").await;
    let own = office.queue(SUPERVISOR).await;
    let by_supervisor = office.give_back(&own, tasks[3]).await;
    office.until(&own, &by_supervisor, "done", "Reason delivered").await;

    let mine = office.visitor.go("/actions", &page).await;
    assert_eq!((mine.status.as_u16(), mine.page().as_deref()), (200, Some("actions")), "{}", mine.text());
    let row = |task: i64, outcome: &str| (task, outcome.to_owned());
    assert_eq!(
        mine.rows(),
        [row(tasks[2], "refused"), row(tasks[1], "cancelled"), row(tasks[0], "done")],
        "newest first"
    );
    let returned = mine.row_text(tasks[0]);
    for words in [
        "Return for revision",
        &format!("Task {}", tasks[0]),
        "Returned for revision",
        "The totals do not match",
        "Reason delivered",
        "Ended",
    ] {
        assert!(returned.contains(words), "{words}: {returned}");
    }
    assert!(mine.row_text(tasks[1]).contains("Taken back") && mine.row_text(tasks[2]).contains("already accepted"));
    assert!(!mine.attributes("name").contains(&"everybody".to_owned()), "only an administrator is offered more");

    let admin = office.queue(ADMIN).await;
    let session = admin.session().unwrap();
    let all = office.visitor.post("/actions", &[("session", &session), ("everybody", "1")]).await;
    assert_eq!(all.rows().len(), 4);
    assert!(all.row_text(tasks[3]).contains(&format!("Person {SUPERVISOR}")), "{}", all.text());
    assert!(all.row_text(tasks[0]).contains(&format!("Person {CREATOR}")));
    assert_eq!(office.visitor.go("/actions", &admin).await.rows(), [], "nothing of one's own");

    // A person's words are erased: the log says what was done, and no longer why.
    stack.change("delete from reasons where body = 'The totals do not match'").await;
    let mine = office.visitor.go("/actions", &page).await;
    assert!(mine.row_text(tasks[0]).contains("Returned for revision") && !mine.text().contains("totals"));
    stack.finish().await;
}

/// The database itself keeps the log: every change of a decision leaves its row, and no row is changed.
#[tokio::test]
async fn p58_the_log_is_append_only() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    office.give_back(&page, task).await;
    assert_eq!(stack.count("select count(*) from actions").await, 2);
    let mut database = stack.database().await;
    for sql in [
        "update actions set user_id = 4",
        "update actions set at = now() - interval '2 years'",
        "delete from actions",
        "truncate actions",
    ] {
        let error = sqlx::query(sql).execute(&mut database).await.expect_err(sql).to_string();
        assert!(error.contains("append-only"), "{sql}: {error}");
    }
    assert_eq!(stack.count("select count(*) from actions").await, 2);
    // What is past its time may go: 400 days.
    let old = "insert into actions (portal_id, decision_id, outcome, user_id, task_id, action, at)
               select portal_id, gen_random_uuid(), 'pressed', 2, 4, 'return', now() - interval '401 days' from portals";
    stack.change(old).await;
    stack.change("delete from actions where at < now() - interval '400 days'").await;
    // And everything, with its portal.
    stack.change(&format!("delete from portals where portal_id = '{}'::uuid", office.portal.member_id)).await;
    assert_eq!(stack.count("select count(*) from actions").await, 0);
    stack.finish().await;
}
