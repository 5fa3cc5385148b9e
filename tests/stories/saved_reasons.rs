//! Reasons kept ready: the portal's and one's own.

use crate::support::{Shown, Stack, decisions::*, refusal, refused};

pub async fn keep(office: &Office, page: &Shown, list: &str, id: Option<&str>, more: &[(&str, &str)]) -> Shown {
    let session = page.session().unwrap();
    let fresh = crate::support::stack::unique();
    let mut form = vec![("session", session.as_str()), ("list", list), ("reason_id", id.unwrap_or(&fresh))];
    if id.is_none() {
        form.push(("new", "1"));
    }
    form.extend(more);
    office.visitor.post("/settings/reason/keep", &form).await
}

pub async fn put(office: &Office, page: &Shown, list: &str, id: &str, what: &str) -> Shown {
    let session = page.session().unwrap();
    let form = [("session", session.as_str()), ("list", list), ("reason_id", id), ("do", what)];
    office.visitor.post("/settings/reason/move", &form).await
}

/// Code and words of what a page offers, in order.
fn offered(page: &Shown) -> Vec<(String, String)> {
    let choices = page.html.split("<template id=\"choices\">").nth(1).unwrap().split("</template>").next().unwrap();
    let one = |part: &str| {
        let words = part.split("<span><bdi>").nth(1)?.split("</bdi>").next()?;
        Some((part.split('"').next()?.to_owned(), words.to_owned()))
    };
    choices.split("data-code=\"").skip(1).filter_map(one).collect()
}

fn codes(page: &Shown) -> Vec<String> {
    offered(page).into_iter().map(|(code, _)| code).collect()
}

const READY: [&str; 4] = ["result_missing", "not_as_asked", "checklist_open", "mistakes"];

/// The key of a saved reason with these words.
pub async fn key_of(stack: &Stack, words: &str) -> String {
    use sqlx::Row;
    let sql = format!("select replace(reason_id::text, '-', '') from saved_reason_texts where body = '{words}'");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut stack.database().await).await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn p44_the_portals_reasons_are_changed_ordered_and_archived() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(2).await;
    let admin = office.queue(ADMIN).await;
    assert_eq!(codes(&office.queue(CREATOR).await), READY, "what every portal begins with");
    let texts = [("text-en", "{assignee}, add the figures to {task}"), ("text-ru", "Добавьте цифры"), ("text-de", "")];
    let page = keep(&office, &admin, "portal", None, &texts).await;
    assert!(page.text().contains("Saved.") && page.text().contains("add the figures"), "{}", page.text());
    let own = key_of(&stack, "Добавьте цифры").await;
    put(&office, &admin, "portal", &own, "up").await;
    put(&office, &admin, "portal", &key_of_ready(&stack, "mistakes").await, "archive").await;

    let page = office.queue(CREATOR).await;
    assert_eq!(codes(&page), ["result_missing", "not_as_asked", "checklist_open", &own]);
    let mut russian = office.bitrix.open(&office.portal, CREATOR, "DEFAULT").await;
    russian.url = russian.url.replace("LANG=en", "LANG=ru");
    let russian = office.visitor.open(&russian).await;
    assert!(offered(&russian).contains(&(own.clone(), "Добавьте цифры".to_owned())), "{:?}", offered(&russian));

    // The decision keeps the code, and the words as they were then.
    let sent = press_with(&office, &page, task[0], "Add the figures", &own).await;
    assert_eq!(sent.status.as_u16(), 200, "{}", sent.text());
    keep(&office, &admin, "portal", Some(&own), &[("text-en", "Other words")]).await;
    put(&office, &admin, "portal", &own, "archive").await;
    let kept = format!("select count(*) from reasons where code = '{own}' and body = 'Add the figures'");
    assert_eq!(stack.count(&kept).await, 1);
    assert_eq!(codes(&office.queue(CREATOR).await), READY[..3]);
    // A page from before still says it, and it is brought back.
    let sent = press_with(&office, &page, task[1], "Add the figures", &own).await;
    assert_eq!(sent.status.as_u16(), 200);
    put(&office, &admin, "portal", &own, "restore").await;
    assert_eq!(codes(&office.queue(CREATOR).await).last(), Some(&own));
    assert_eq!(stack.count("select count(*) from saved_reasons").await, 5, "nothing is ever deleted");
    stack.finish().await;
}

async fn key_of_ready(stack: &Stack, name: &str) -> String {
    use sqlx::Row;
    let sql = format!("select replace(reason_id::text, '-', '') from saved_reasons where builtin = '{name}'");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut stack.database().await).await.unwrap();
    row.get(0)
}

/// Returns a task with a code, as the page's script does.
async fn press_with(office: &Office, page: &Shown, task: i64, reason: &str, code: &str) -> Shown {
    let mut form = page.form(task, "return");
    form.retain(|(name, _)| name != "reason");
    form.extend([("reason".to_owned(), reason.to_owned()), ("reason_code".to_owned(), code.to_owned())]);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    office.visitor.post("/decide", &form).await
}

#[tokio::test]
async fn p44_a_personal_list_is_its_persons_alone() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let (creator, admin) = (office.queue(CREATOR).await, office.queue(ADMIN).await);
    keep(&office, &creator, "mine", None, &[("text-en", "Use our template")]).await;
    let own = key_of(&stack, "Use our template").await;
    assert_eq!(codes(&office.queue(CREATOR).await).last(), Some(&own));
    assert_eq!(codes(&office.queue(SUPERVISOR).await), READY, "nobody else sees it");

    let not_there = refused(404, "not_found");
    for list in ["mine", "portal"] {
        let words = [("text-en", "Taken over")];
        assert_eq!(refusal(&keep(&office, &admin, list, Some(&own), &words).await), not_there, "{list}");
        assert_eq!(refusal(&put(&office, &admin, list, &own, "archive").await), not_there, "{list}");
    }
    let session = creator.session().unwrap();
    let edit = |id: String| {
        let (office, session) = (office.clone(), session.clone());
        async move {
            let form = [("session", session.as_str()), ("list", "portal"), ("reason_id", id.as_str())];
            office.visitor.post("/settings/reason", &form).await
        }
    };
    assert_eq!(refusal(&edit(own.clone()).await), not_there, "in the wrong list");
    let no = refused(403, "admin_required");
    assert_eq!(refusal(&keep(&office, &creator, "portal", None, &[("text-en", "For all")]).await), no);
    assert_eq!(refusal(&put(&office, &creator, "portal", &own, "up").await), no);

    // A colleague's decision cannot say that it began with it.
    let page = office.queue(SUPERVISOR).await;
    assert_eq!(refusal(&press_with(&office, &page, task, "Words", &own).await), refused(400, "malformed"));
    assert_eq!(stack.count("select count(*) from decisions").await, 0);
    let sent = press_with(&office, &office.queue(CREATOR).await, task, "Use our template", &own).await;
    assert_eq!(sent.status.as_u16(), 200);
    stack.finish().await;
}

#[tokio::test]
async fn p44_t42_a_reason_of_another_portal_is_none() {
    let stack = Stack::start().await;
    let (here, there) = (Office::of(&stack).await, Office::of(&stack).await);
    let admin = here.queue(ADMIN).await;
    keep(&here, &admin, "portal", None, &[("text-en", "Of the first portal")]).await;
    let own = key_of(&stack, "Of the first portal").await;
    let other = there.queue(ADMIN).await;
    let not_there = refused(404, "not_found");
    assert_eq!(refusal(&keep(&there, &other, "portal", Some(&own), &[("text-en", "Mine now")]).await), not_there);
    assert_eq!(refusal(&put(&there, &other, "portal", &own, "archive").await), not_there);
    let task = there.waiting(1).await[0];
    let sent = press_with(&there, &there.queue(CREATOR).await, task, "Words", &own).await;
    assert_eq!(refusal(&sent), refused(400, "malformed"));
    assert!(!codes(&there.queue(CREATOR).await).contains(&own));
    stack.finish().await;
}

#[tokio::test]
async fn p44_what_cannot_be_kept_is_said_and_what_was_typed_stays() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    office.in_project().await;
    let admin = office.queue(ADMIN).await;
    for (words, said) in [
        ("", "at least one language"),
        (&*"x".repeat(501), "below 500 characters"),
        ("{asignee}, please", "nobody fills in"),
    ] {
        let page = keep(&office, &admin, "portal", None, &[("text-en", words)]).await;
        assert_eq!(page.page().as_deref(), Some("reason"), "{said}");
        assert!(page.text().contains(said) && page.html.contains(&format!(">{words}</textarea>")), "{}", page.text());
    }
    // Only in a project; one that came with the page.
    keep(&office, &admin, "portal", None, &[("text-en", "In the office"), ("project", "9")]).await;
    let page = office.queue(CREATOR).await;
    let own = key_of(&stack, "In the office").await;
    assert!(
        page.html.contains(&format!("data-code=\"{own}\" data-projects=\"9\"")),
        "the page's script offers it there alone"
    );
    stack
        .change(
            "insert into saved_reasons (portal_id, reason_id, place, changed_by)
             select portal_id, gen_random_uuid(), 100, 1 from portals, generate_series(1, 45)",
        )
        .await;
    let page = keep(&office, &admin, "portal", None, &[("text-en", "One too many")]).await;
    assert!(page.text().contains("This list is full"), "{}", page.text());
    stack.finish().await;
}

#[tokio::test]
async fn p44_what_is_archived_comes_back_only_where_there_is_room() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let admin = office.queue(ADMIN).await;
    keep(&office, &admin, "portal", None, &[("text-en", "Once in use")]).await;
    let own = key_of(&stack, "Once in use").await;
    put(&office, &admin, "portal", &own, "archive").await;
    // With the four that every portal begins with the list is full.
    stack
        .change(
            "insert into saved_reasons (portal_id, reason_id, place, changed_by)
             select portal_id, gen_random_uuid(), 100, 1 from portals, generate_series(1, 46)",
        )
        .await;
    stack
        .change(
            "insert into saved_reason_texts (portal_id, reason_id, lang, body)
             select portal_id, reason_id, 'en', 'One of many' from saved_reasons where place = 100",
        )
        .await;
    let archived = format!("select count(*) from saved_reasons where archived_at is not null and reason_id = '{own}'");
    let full = put(&office, &admin, "portal", &own, "restore").await;
    assert_eq!(full.status.as_u16(), 200, "{}", full.text());
    assert!(full.text().contains("This list is full. Archive a reason first."), "{}", full.text());
    assert_eq!(stack.count(&archived).await, 1, "nothing has changed");
    // What is not in the list is another matter: nobody's, and of another list.
    let not_there = refused(404, "not_found");
    let nobodys = crate::support::stack::unique();
    assert_eq!(refusal(&put(&office, &admin, "portal", &nobodys, "restore").await), not_there);
    assert_eq!(refusal(&put(&office, &admin, "mine", &own, "restore").await), not_there);

    put(&office, &admin, "portal", &key_of_ready(&stack, "mistakes").await, "archive").await;
    let back = put(&office, &admin, "portal", &own, "restore").await;
    assert!(back.text().contains("Saved."), "{}", back.text());
    assert_eq!(stack.count(&archived).await, 0);
    assert!(codes(&office.queue(CREATOR).await).contains(&own), "it is offered again");
    stack.finish().await;
}
