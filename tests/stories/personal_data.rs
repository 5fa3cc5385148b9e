//! What is kept of people is handed out and erased: by themselves, by their administrator, by the operator; and by nobody
//! else.

use crate::return_a_task::install;
use crate::support::{Shown, Stack, Wish, decisions::*, refusal, refused, stack::free_port};
use serde_json::{Value, json};

const WORDS: &str = "The totals do not match";

/// An office in which two people have returned a task each, and have everything that can be kept.
async fn busy(stack: &Stack) -> Office {
    let office = Office::of(stack).await;
    install(&office.bitrix, &office.visitor, &office.portal).await;
    stack.dealt_with().await;
    let tasks = office.waiting(2).await;
    for (user, task) in [(CREATOR, tasks[0]), (SUPERVISOR, tasks[1])] {
        let page = office.queue(user).await;
        office.give_back(&page, task).await;
    }
    stack.none("select count(*) from decisions where state <> 'done'").await;
    stack.none("select count(*) from reasons where delivery <> 'delivered'").await;
    let member = &office.portal.member_id;
    for user in [CREATOR, SUPERVISOR] {
        for row in [
            format!(
                "insert into views (portal_id, user_id, grouping, overdue, unchanged) values ('{member}', {user}, 'none', false, false)"
            ),
            format!(
                "insert into snoozes (portal_id, user_id, task_id, until) values ('{member}', {user}, 7, now() + interval '1 day')"
            ),
            format!(
                "insert into settings (portal_id, level, subject_id, name, value, changed_by) values ('{member}', 'person', {user}, 'language', 'de', {user})"
            ),
            format!(
                "with r as (insert into saved_reasons (portal_id, reason_id, user_id, place, changed_by)
                            values ('{member}', gen_random_uuid(), {user}, 1, {user}) returning portal_id, reason_id)
                 insert into saved_reason_texts select portal_id, reason_id, 'en', 'Kept by {user}' from r"
            ),
        ] {
            stack.change(&row).await;
        }
    }
    office
}

async fn post(office: &Office, path: &str, page: &Shown, form: &[(&str, &str)]) -> Shown {
    let session = page.session().unwrap();
    office.visitor.post(path, &[&[("session", session.as_str())], form].concat()).await
}

async fn export(office: &Office, page: &Shown, form: &[(&str, &str)]) -> Value {
    let file = post(office, "/data/export", page, form).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/json"), "{}", file.html);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"handback-export.json\"");
    serde_json::from_str(&file.html).unwrap()
}

/// How many rows a kind has in an export.
fn many(file: &Value, kind: &str) -> usize {
    file["data"][kind].as_array().unwrap_or_else(|| panic!("no {kind}")).len()
}

/// Rows of a table that belong to a person and to them alone.
async fn own(stack: &Stack, table: &str, user: i64) -> i64 {
    stack.count(&format!("select count(*) from {table} where user_id = {user}")).await
}

async fn words_of(stack: &Stack, user: i64) -> i64 {
    let sql = format!(
        "select count(*) from reasons r join decisions d using (portal_id, decision_id) where d.user_id = {user}"
    );
    stack.count(&sql).await
}

#[tokio::test]
async fn p82_a_person_takes_everything_along_and_erases_their_words() {
    let stack = Stack::start().await;
    let office = busy(&stack).await;
    stack.change(&format!("update views set assignee_id = {CREATOR} where user_id = {SUPERVISOR}")).await;
    let page = office.queue(CREATOR).await;
    let data = office.visitor.go("/data", &page).await;
    assert_eq!((data.status.as_u16(), data.page().as_deref()), (200, Some("data")), "{}", data.text());
    assert!(!data.text().contains("About one person"), "others' data are for administrators");

    let file = export(&office, &page, &[("whose", "me")]).await;
    assert_eq!((&file["handback_export"], &file["user_id"], &file["cut"]), (&json!(1), &json!(CREATOR), &json!([])));
    for (kind, rows) in [
        ("decisions", 1),
        ("reasons", 1),
        ("views", 1),
        ("snoozes", 1),
        ("snooze_log", 1),
        ("settings", 1),
        ("actions", 2),
        ("named_by_others", 1),
    ] {
        assert_eq!(many(&file, kind), rows, "{kind}: {file}");
    }
    assert_eq!(file["data"]["reasons"][0]["body"], WORDS);
    assert_eq!(file["data"]["saved_reasons"][0]["texts"]["en"], format!("Kept by {CREATOR}"));
    let whole = file.to_string();
    assert!(!whole.contains("sealed") && !whole.contains("hash") && !whole.contains(&format!("Kept by {SUPERVISOR}")));

    // The first press asks, and other words erase nothing.
    let before = stack.kept().await;
    for form in [vec![("whose", "me")], vec![("whose", "me"), ("words", "yes")]] {
        let asked = post(&office, "/data/erase", &page, &form).await;
        assert_eq!((asked.status.as_u16(), asked.page().as_deref()), (200, Some("erase")), "{}", asked.text());
        assert!(asked.text().contains(&format!("Type {CREATOR} to confirm")));
    }
    assert_eq!(stack.kept().await, before, "asking erases nothing");
    let number = CREATOR.to_string();
    let done = post(&office, "/data/erase", &page, &[("whose", "me"), ("words", &number)]).await;
    assert_eq!((done.status.as_u16(), done.page().as_deref()), (200, Some("receipt")), "{}", done.text());
    assert!(done.text().contains("Reasons 1") && done.text().contains("the person themselves"), "{}", done.text());

    assert_eq!((words_of(&stack, CREATOR).await, words_of(&stack, SUPERVISOR).await), (0, 1));
    for table in
        ["views", "snoozes", "snooze_log", "saved_reasons", "sessions", "credentials where kind = 'user' and true"]
    {
        let (table, more) = table.split_once(" where ").unwrap_or((table, "true"));
        let of = async |user: i64| {
            stack.count(&format!("select count(*) from {table} where user_id = {user} and {more}")).await
        };
        assert_eq!(of(CREATOR).await, 0, "{table}");
        assert!(of(SUPERVISOR).await > 0, "{table} of others stays");
    }
    assert_eq!(stack.count("select count(*) from settings where level = 'person'").await, 1);
    assert_eq!(stack.count(&format!("select count(*) from views where assignee_id = {CREATOR}")).await, 0);
    // That they decided stays.
    assert_eq!((own(&stack, "decisions", CREATOR).await, own(&stack, "actions", CREATOR).await), (1, 2));
    assert!(!stack.dump().await.contains(&format!("Kept by {CREATOR}")));
    let receipts = "select count(*) from receipts where scope = 'person' and deed = 'erasure' and asked_by = 'person'";
    assert_eq!(stack.count(receipts).await, 1);

    // The same press once more: whoever erased themselves has no session any more.
    let again = post(&office, "/data/erase", &page, &[("whose", "me"), ("words", &number)]).await;
    assert_eq!(refusal(&again), refused(401, "session_ended"));
    let back = office.queue(CREATOR).await;
    assert_eq!(export(&office, &back, &[("whose", "me")]).await["data"]["reasons"], json!([]));
    stack.finish().await;
}

#[tokio::test]
async fn p82_the_portals_file_has_its_notices_and_receipts_and_a_persons_has_neither() {
    let stack = Stack::start().await;
    let office = busy(&stack).await;
    stack.dealt_with().await;
    let (page, admin, number) = (office.queue(CREATOR).await, office.queue(ADMIN).await, CREATOR.to_string());
    let me: &[(&str, &str)] = &[("whose", "me")];
    let person: &[(&str, &str)] = &[("whose", "person"), ("user", &number)];
    for (asker, form) in [(&page, me), (&admin, person)] {
        export(&office, asker, form).await;
    }
    let events = stack.count("select count(*) from events").await;
    assert!(events > 0, "Bitrix24 has told of something");

    let whole = export(&office, &admin, &[("whose", "portal")]).await;
    assert_eq!((i64::try_from(many(&whole, "events")).unwrap(), many(&whole, "receipts")), (events, 2), "{whole}");
    // Of a notice no proof, and nothing about whoever works on it.
    let mut told: Vec<&String> = whole["data"]["events"][0].as_object().unwrap().keys().collect();
    told.sort_unstable();
    assert_eq!(told, ["clean", "event", "outcome", "received_at", "said_at", "task_id", "tries"]);
    let mut askers: Vec<&Value> =
        whole["data"]["receipts"].as_array().unwrap().iter().map(|receipt| &receipt["asked_by"]).collect();
    askers.sort_unstable_by_key(|asker| asker.to_string());
    assert_eq!(askers, [&json!("administrator"), &json!("person")]);
    assert!(!whole.to_string().contains("sealed"), "{whole}");

    for (asker, form) in [(&page, me), (&admin, person)] {
        let file = export(&office, asker, form).await;
        assert_eq!((&file["data"]["events"], &file["data"]["receipts"]), (&json!([]), &json!([])), "{form:?}: {file}");
    }
    stack.finish().await;
}

#[tokio::test]
async fn p82_t42_t43_t50_nobody_reaches_what_is_anothers() {
    let stack = Stack::start().await;
    let (office, other) = (busy(&stack).await, Office::of(&stack).await);
    let (page, stranger) = (office.queue(CREATOR).await, other.queue(ADMIN).await);
    let admin = office.queue(ADMIN).await;
    let supervisor = SUPERVISOR.to_string();
    let host = office.portal.domain.clone();
    let (before, receipts) = (stack.kept().await, "select count(*) from receipts");
    let person: &[(&str, &str)] = &[("whose", "person"), ("user", &supervisor), ("words", &supervisor)];
    let whole: &[(&str, &str)] = &[("whose", "portal"), ("words", &host)];
    for form in [person, whole, &person[..2], &whole[..1]] {
        for path in ["/data/export", "/data/erase"] {
            assert_eq!(
                refusal(&post(&office, path, &page, form).await),
                refused(403, "admin_required"),
                "{path} {form:?}"
            );
        }
    }
    for path in ["/data", "/data/export", "/data/erase"] {
        assert_eq!(office.visitor.get(path, "").await.status.as_u16(), 405, "{path}");
        assert_eq!(refusal(&office.visitor.post(path, person).await), refused(401, "session_ended"), "{path}");
        let session = admin.session().unwrap();
        let foreign = office.visitor.with_origin("https://evil.example");
        let form = [&[("session", session.as_str())], whole].concat();
        assert_eq!(refusal(&foreign.post(path, &form).await), refused(403, "wrong_origin"), "{path}");
    }
    for odd in
        [[("whose", "all"), ("user", "2")], [("whose", "person"), ("user", "-1")], [("whose", "person"), ("user", "x")]]
    {
        assert_eq!(refusal(&post(&office, "/data/erase", &admin, &odd).await), refused(400, "malformed"), "{odd:?}");
    }
    assert_eq!((stack.kept().await, stack.count(receipts).await), (before, 0));

    // The administrator of another portal names the same number, and means somebody of their own.
    let gone = post(&other, "/data/erase", &stranger, person).await;
    assert!(gone.page().as_deref() == Some("receipt") && gone.text().contains("Reasons 0"), "{}", gone.text());
    assert_eq!(words_of(&stack, SUPERVISOR).await, 1);
    let theirs = export(&other, &stranger, &[("whose", "portal")]).await;
    assert!(many(&theirs, "decisions") == 0 && !theirs.to_string().contains(WORDS), "{theirs}");

    // Being an administrator is asked with every press.
    let fallen = json!({"users": [{"id": 1, "name": "Ada", "last_name": "Admin", "admin": false}]});
    office.bitrix.scenario(&office.portal, fallen).await;
    for path in ["/data/export", "/data/erase"] {
        assert_eq!(refusal(&post(&office, path, &admin, person).await), refused(403, "admin_required"), "{path}");
    }
    stack.finish().await;
}

#[tokio::test]
async fn p82_an_administrator_erases_a_person_who_has_left_and_sees_the_receipt() {
    let stack = Stack::start().await;
    let office = busy(&stack).await;
    let (admin, number) = (office.queue(ADMIN).await, SUPERVISOR.to_string());
    let person: &[(&str, &str)] = &[("whose", "person"), ("user", &number)];
    let file = export(&office, &admin, person).await;
    assert_eq!((many(&file, "reasons"), &file["user_id"]), (1, &json!(SUPERVISOR)));
    let done = post(&office, "/data/erase", &admin, &[person, &[("words", &number)]].concat()).await;
    assert_eq!(done.page().as_deref(), Some("receipt"), "{}", done.text());
    assert!(done.session().is_some(), "the administrator goes on");
    assert_eq!((words_of(&stack, CREATOR).await, words_of(&stack, SUPERVISOR).await), (1, 0));
    let data = office.visitor.go("/data", &done).await;
    let receipts = data.attributes("data-receipt");
    assert_eq!(receipts.len(), 2, "the file and the erasure");
    assert!(
        receipts[0] == done.attributes("data-receipt")[0] && data.text().contains("an administrator"),
        "newest first"
    );
    let all = office.visitor.post("/actions", &[("session", &admin.session().unwrap()), ("everybody", "1")]).await;
    assert!(
        all.rows().len() == 2 && all.text().matches(WORDS).count() == 1,
        "what was done, no longer why: {}",
        all.text()
    );
    stack.finish().await;
}

#[tokio::test]
async fn p82_what_is_on_its_way_is_not_erased() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let (page, admin) = (office.queue(CREATOR).await, office.queue(ADMIN).await);
    let held = office.give_back(&page, task).await;
    let (number, host) = (CREATOR.to_string(), office.portal.domain.clone());
    let me: &[(&str, &str)] = &[("whose", "me"), ("words", &number)];
    let before = stack.kept().await;
    let refusals = [
        post(&office, "/data/erase", &page, me).await,
        post(&office, "/data/erase", &admin, &[("whose", "portal"), ("words", &host)]).await,
    ];
    for refused_page in refusals {
        assert_eq!(refusal(&refused_page), refused(409, "still_open"), "{}", refused_page.text());
    }
    assert_eq!(stack.kept().await, before);
    office.undo(&page, &held.id).await;
    assert_eq!(post(&office, "/data/erase", &page, me).await.page().as_deref(), Some("receipt"));
    stack.finish().await;
}

#[tokio::test]
async fn p82_t60_t41_an_administrator_erases_the_whole_portal_and_installs_anew() {
    let stack = Stack::start().await;
    let (office, other) = (busy(&stack).await, busy(&stack).await);
    let (admin, page) = (office.queue(ADMIN).await, office.queue(CREATOR).await);
    assert_eq!(many(&export(&office, &admin, &[("whose", "portal")]).await, "decisions"), 2);
    let host = office.portal.domain.clone();
    let asked = post(&office, "/data/erase", &admin, &[("whose", "portal"), ("words", &other.portal.member_id)]).await;
    assert!(
        asked.page().as_deref() == Some("erase") && asked.text().contains("Nothing was erased"),
        "{}",
        asked.text()
    );
    let words = asked.text().split("Type ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert!(words.starts_with(&host), "{words}");
    let done = post(&office, "/data/erase", &admin, &[("whose", "portal"), ("words", &words)]).await;
    assert_eq!((done.status.as_u16(), done.page().as_deref()), (200, Some("receipt")), "{}", done.text());
    assert!(done.session().is_none() && done.text().contains("Decisions 2"), "{}", done.text());

    let member = &office.portal.member_id;
    for table in [
        "portals",
        "credentials",
        "sessions",
        "decisions",
        "reasons",
        "followups",
        "bells",
        "saved_reasons",
        "settings",
        "delegates",
        "views",
        "snoozes",
        "snooze_log",
        "actions",
        "events",
        "receipts",
        "calls",
    ] {
        // The journal's last lines are written a little after the work.
        stack.none(&format!("select count(*) from {table} where portal_id = '{member}'::uuid")).await;
    }
    let receipt = done.attributes("data-receipt")[0].clone();
    let kept = format!(
        "select count(*) from tombstones where clean and receipt_id = '{receipt}'::uuid and asked_by = 'administrator'
             and (rows->>'decisions')::int = 2"
    );
    assert_eq!(stack.count(&kept).await, 1, "the receipt stays with the tombstone");
    assert_eq!(words_of(&stack, CREATOR).await, 1, "the other portal's");
    for page in [&admin, &page] {
        assert_eq!(refusal(&office.visitor.go("/data", page).await), refused(401, "session_ended"));
    }
    install(&office.bitrix, &office.visitor, &office.portal).await;
    stack.dealt_with().await;
    assert_eq!(stack.status(&office.portal).await.as_deref(), Some("active"), "it begins anew");
    stack.finish().await;
}

#[tokio::test]
async fn p82_the_operator_hands_out_and_erases_from_the_command_line() {
    let stack = Stack::start().await;
    let office = busy(&stack).await;
    let member = office.portal.member_id.as_str();
    let file: Value =
        serde_json::from_str(&stack.run(&["export", "--member-id", member, "--user", "2"]).await).unwrap();
    assert_eq!((many(&file, "reasons"), &file["data"]["reasons"][0]["body"]), (1, &json!(WORDS)));
    let erase = ["erase", "--member-id", member, "--user", "2", "--confirm"];
    let mut command = stack.handback(free_port());
    let wrong = command.args(erase).arg("something else").env("RUST_LOG", "error");
    let wrong = wrong.output().unwrap();
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("nothing was erased"));
    assert_eq!(words_of(&stack, CREATOR).await, 1);
    let said = stack.run(&[&erase[..], &[member]].concat()).await;
    assert!(
        said.starts_with("receipt ") && said.contains("erasure of a person") && said.contains("reasons: 1"),
        "{said}"
    );
    assert_eq!((words_of(&stack, CREATOR).await, words_of(&stack, SUPERVISOR).await), (0, 1));
    let said = stack.run(&["erase", "--member-id", member, "--confirm", member]).await;
    assert!(said.contains("erasure of a portal") && said.contains("decisions: 2"), "{said}");
    assert_eq!(stack.count("select count(*) from portals").await, 0);
    assert_eq!(stack.count("select count(*) from tombstones where asked_by = 'operator'").await, 1);
    stack.finish().await;
}

#[tokio::test]
async fn p80_p82_a_receipt_goes_after_three_years() {
    let mut stack = Stack::start().await;
    let office = busy(&stack).await;
    let page = office.queue(CREATOR).await;
    for _ in 0..2 {
        export(&office, &page, &[("whose", "me")]).await;
    }
    stack.change("update receipts set at = now() - interval '3 years 1 day' where receipt_id = (select min(receipt_id::text)::uuid from receipts)").await;
    stack.change("update receipts set at = now() - interval '3 years' + interval '1 day' where at > now() - interval '1 day'").await;
    stack.start_replica(free_port()).await;
    stack.none("select count(*) from receipts where at < now() - interval '3 years'").await;
    assert_eq!(stack.count("select count(*) from receipts").await, 1);
    stack.finish().await;
}
