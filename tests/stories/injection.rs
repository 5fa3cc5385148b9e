//! SQL in every field: texts stay texts.

use super::sessions::actions;
use crate::support::{Stack, decisions::*};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};

const NASTY: [&str; 12] = [
    "' or '1'='1",
    "'; drop table portals; --",
    "1; delete from decisions",
    "1 union select token_sealed from credentials",
    "') or pg_sleep(5) is not null --",
    "\\'; select 1; --",
    "$$; drop table sessions; $$",
    "{\"$ne\": null}",
    "1::int; --",
    "%27%20or%201%3D1",
    "/**/or/**/1=1",
    "\u{ff07} or 1=1 --",
];

/// Every address with what its forms hold: each field gets something nasty, one after the other.
fn forms(opening: &[(String, String)], session: &str) -> Vec<(&'static str, Vec<(String, String)>)> {
    let own = |fields: &[(&str, &str)]| {
        let own = fields.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        own.chain([("session".to_owned(), session.to_owned())]).collect::<Vec<_>>()
    };
    let decide = [
        ("action", "return"),
        ("task_id", "1"),
        ("decision_id", "0198c0de-0000-7000-8000-000000000001"),
        ("seen", ""),
        ("reason_code", ""),
        ("view", "queue"),
    ];
    vec![
        ("/?DOMAIN=x.example&LANG=en&APP_SID=1&PROTOCOL=1", opening.to_vec()),
        ("/install?DOMAIN=x.example&LANG=en&APP_SID=1&PROTOCOL=1", opening.to_vec()),
        ("/placement?DOMAIN=x.example&LANG=en&APP_SID=1&PROTOCOL=1", opening.to_vec()),
        (
            "/events",
            vec![
                ("event".into(), "ONTASKUPDATE".into()),
                ("auth[member_id]".into(), "0".repeat(32)),
                ("auth[application_token]".into(), "x".repeat(32)),
                ("ts".into(), "1".into()),
                ("data[FIELDS_AFTER][ID]".into(), "1".into()),
            ],
        ),
        ("/queue", own(&[("all", "1")])),
        ("/queue/rows", own(&[])),
        ("/task", own(&[("task_id", "999")])),
        ("/decide", own(&decide)),
        ("/undo", own(&[("decision_id", "0198c0de-0000-7000-8000-000000000001"), ("view", "queue")])),
        ("/session", own(&[("access_token", "x")])),
        ("/health", own(&[])),
        ("/install/retry", own(&[])),
    ]
}

async fn post(stack: &Stack, office: &Office, path: &str, form: &[(String, String)]) {
    let asked = office.visitor.http().post(office.visitor.url(path)).header("Origin", stack.public_url());
    let status = asked.form(form).send().await.unwrap().status().as_u16();
    assert!((200..500).contains(&status), "{path} {form:?}: {status}");
}

#[tokio::test]
async fn t62_sql_in_every_field_is_refused_or_is_a_text() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"limits": "off"})).await;
    let task = office.waiting(1).await[0];
    let page = office.queue(CREATOR).await;
    // Somebody else's: so many openings end the first sessions of whoever opens.
    let opening = office.bitrix.open(&office.portal, ASSIGNEE, "DEFAULT").await;
    office.visitor.open(&opening).await;
    stack.dealt_with().await;
    let before = counts(&stack).await;
    let mut asked = 0;
    for (path, form) in forms(&opening.body, &page.session().unwrap()) {
        for (nasty, field) in NASTY.iter().flat_map(|nasty| (0..form.len()).map(move |field| (nasty, field))) {
            let mut form = form.clone();
            form[field].1 = (*nasty).to_owned();
            post(&stack, &office, path, &form).await;
            asked += 1;
        }
    }
    for (nasty, field) in NASTY.iter().flat_map(|nasty| ["DOMAIN", "LANG", "APP_SID", "PROTOCOL"].map(|f| (nasty, f))) {
        let text: String = url::form_urlencoded::byte_serialize(nasty.as_bytes()).collect();
        post(&stack, &office, &format!("/?DOMAIN=x.example&{field}={text}"), &opening.body).await;
        post(&stack, &office, &format!("/placement?DOMAIN=x.example&{field}={text}"), &opening.body).await;
        asked += 2;
    }
    for path in ["/connect?domain=", "/?state=x&code=", "/?code=x&state=", "/?code=x&state=y&member_id=", "/static/"] {
        for nasty in NASTY {
            let text: String = url::form_urlencoded::byte_serialize(nasty.as_bytes()).collect();
            let status = office.visitor.get(&format!("{path}{text}"), &format!("handback-connect={text}")).await.status;
            assert!((200..500).contains(&status.as_u16()), "{path}{nasty}: {status}");
            asked += 1;
        }
    }
    for nasty in NASTY {
        let answer = office.visitor.post_json("/decisions", &page.session().unwrap(), json!({"ids": [nasty]})).await;
        assert!((200..500).contains(&answer.status.as_u16()), "{nasty}: {}", answer.status);
        let answer = office.visitor.post_json("/decisions", nasty, json!({"ids": []})).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{nasty} is no session: {}", answer.status);
        asked += 2;
    }
    println!("figure: {asked} fields with SQL in them: none answered with 5xx");
    assert_eq!(counts(&stack).await, before, "nothing came of it");

    // Where a text is asked for it arrives as it is.
    let nasty = NASTY.join(" ");
    let sent = office.press(&page, task, "return", &nasty).await;
    office.until(&page, &sent, "done", "Reason delivered").await;
    let told = office.told(task).await;
    assert!(told.len() == 1 && NASTY.iter().all(|text| told[0].1.contains(text.trim_end())), "{told:?}");
    stack.finish().await;
}

/// What a form of ours may hold, by the names that our pages have.
fn names() -> BTreeSet<String> {
    let folders = ["templates", "templates/parts"].map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path());
    let texts = files.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap());
    let named = texts.flat_map(|text| {
        let parts = text.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned);
        parts.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')).collect::<Vec<_>>()
    });
    named.filter(|name| name != "session").collect()
}

/// A value that gets as far as it can.
fn plausible(name: &str) -> &str {
    match name {
        "decision_id" | "bulk_id" | "next" | "reason_id" => "0198c0de-0000-7000-8000-000000000001",
        "task" => "1@",
        "task_id" | "user_id" | "user" | "group_id" | "project" | "subject" | "assignee" | "list" => "1",
        "action" => "return",
        "whose" => "person",
        "level" => "person",
        "view" => "queue",
        "reason" | "text" => "The totals do not match.",
        _ => "",
    }
}

/// The routes are the route table's, the fields those of the templates: what is new is held from its first day.
#[tokio::test]
async fn t62_sql_in_every_field_of_every_page_is_refused_or_is_a_text() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"limits": "off"})).await;
    office.waiting(1).await;
    let page = office.queue(CREATOR).await;
    stack.dealt_with().await;
    let (session, names) = (page.session().unwrap(), names());
    assert!(names.len() > 30 && names.contains("reason") && names.contains("whose"), "{names:?}");
    let before = counts(&stack).await;
    let with = |changed: &dyn Fn(usize, &str) -> Option<&'static str>| {
        let fields = names.iter().enumerate();
        let fields = fields.map(|(nth, name)| (name.clone(), changed(nth, name).unwrap_or(plausible(name)).to_owned()));
        fields.chain([("session".to_owned(), session.clone())]).collect::<Vec<_>>()
    };
    for path in actions().into_iter().filter(|path| *path != "/session") {
        for nasty in NASTY {
            post(&stack, &office, path, &with(&|_, _| Some(nasty))).await;
        }
        for field in 0..names.len() {
            post(&stack, &office, path, &with(&|nth, _| (nth == field).then(|| NASTY[field % NASTY.len()]))).await;
        }
    }
    assert_eq!(counts(&stack).await, before, "nothing came of it");
    stack.finish().await;
}

/// Rows in every table but the ones to which an opening rightly adds.
async fn counts(stack: &Stack) -> Value {
    let mut counts = json!({});
    for table in ["portals", "credentials", "decisions", "reasons", "events"] {
        counts[table] = json!(stack.count(&format!("select count(*) from {table}")).await);
    }
    counts
}

/// Every query is a fixed text that the compiler has checked against the schema.
#[test]
fn t62_no_query_is_put_together() {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "sandbox") {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.extend(
                    composed(&fs::read_to_string(&path).unwrap()).map(|line| format!("{}: {line}", path.display())),
                );
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "{found:#?}");
    for line in [
        "sqlx::query(&text)",
        "query_as::<_, Row>(text)",
        "AssertSqlSafe(text)",
        ".execute(format!(\"x\"))",
        "QueryBuilder::new(x)",
        "raw_sql(x)",
    ] {
        assert_eq!(composed(line).count(), 1, "{line} is found");
    }
    assert_eq!(composed("sqlx::query!(\"select 1\")\nconnection.execute(\"ROLLBACK\")").count(), 0);
}

/// Lines that hand a text to the database which is no literal of a checked macro.
fn composed(source: &str) -> impl Iterator<Item = &str> {
    let code = source.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    code.filter(|line| {
        let by_name = ["AssertSqlSafe", "QueryBuilder", "raw_sql"].iter().any(|name| line.contains(name));
        let unchecked = ["query(", "query_as(", "query_as::", "query_scalar(", "query_scalar::", "query_with("];
        let unchecked = unchecked.iter().any(|name| line.contains(&format!("sqlx::{name}")) || line.starts_with(name));
        by_name || unchecked || line.contains(".execute(format!") || line.contains(".execute(&format!")
    })
}
