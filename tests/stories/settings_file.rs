//! The portal's settings as a file: taken out, looked at and taken over, by those alone who keep them.

use crate::saved_reasons::{keep, key_of, put};
use crate::settings_by_level::{delegate, now, set};
use crate::support::{Browser, Shown, Stack, decisions::*, installed, refusal, refused, stack::unique};
use serde_json::{Value, json};

async fn export(office: &Office, page: &Shown) -> Value {
    let file = office.visitor.go("/settings/export", page).await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "application/json"), "{}", file.html);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"handback-settings.json\"");
    serde_json::from_str(&file.html).unwrap()
}

async fn import(office: &Office, page: &Shown, file: &str, sure: bool) -> Shown {
    let session = page.session().unwrap();
    let mut form = vec![("session", session.as_str()), ("file", file)];
    if sure {
        form.push(("sure", "1"));
    }
    office.visitor.post("/settings/import", &form).await
}

/// Presses what the page that asks offers.
async fn press(office: &Office, asked: &Shown) -> Shown {
    let fields = asked.fields_to("/settings/import");
    assert!(fields.contains(&("sure".to_owned(), "1".to_owned())), "{fields:?}");
    let form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    office.visitor.post("/settings/import", &form).await
}

/// Everything that a file can change.
async fn standing(stack: &Stack) -> Vec<String> {
    let dump = stack.dump().await;
    let ours = |line: &&str| line.starts_with("settings: ") || line.starts_with("saved_reason");
    dump.lines().filter(ours).map(str::to_owned).collect()
}

fn new_reason(words: &str) -> Value {
    json!({"id": unique(), "texts": {"en": words}, "projects": [], "archived": false})
}

#[tokio::test]
async fn p62_what_went_out_as_a_file_comes_back_from_it() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    office.in_project().await;
    let (admin, member) = (office.queue(ADMIN).await, office.queue(MEMBER).await);
    delegate(&office, &admin, MEMBER, "name").await;
    set(&office, &admin, "portal", 0, "review_hours", &[("value", "16")]).await;
    set(&office, &admin, "project", PROJECT, "review_hours", &[("value", "4")]).await;
    set(&office, &member, "person", MEMBER, "work_days", &[("day", "5")]).await;
    keep(&office, &admin, "portal", None, &[("text-en", "Add the figures"), ("project", "9")]).await;
    keep(&office, &admin, "portal", None, &[("text-en", "Use {task}"), ("text-de", "Siehe {task}")]).await;
    keep(&office, &member, "mine", None, &[("text-en", "Nobody else's")]).await;

    let file = export(&office, &admin).await;
    assert_eq!((&file["handback_settings"], &file["member_id"]), (&json!(1), &json!(office.portal.member_id)));
    let hours = json!([
        {"level": "portal", "name": "review_hours", "value": "16"},
        {"level": "project", "project": PROJECT, "name": "review_hours", "value": "4"},
    ]);
    assert_eq!(file["settings"], hours, "nothing of persons");
    assert_eq!(file["saved_reasons"].as_array().map(Vec::len), Some(6), "{file}");
    assert_eq!(file["saved_reasons"][4]["texts"], json!({"en": "Add the figures"}));
    assert_eq!(file["saved_reasons"][4]["projects"], json!([PROJECT]));
    assert!(!file.to_string().contains("Nobody else's"), "{file}");

    // Everything becomes otherwise, and what the file does not name as well.
    let (own, other) = (key_of(&stack, "Add the figures").await, key_of(&stack, "Siehe {task}").await);
    set(&office, &admin, "portal", 0, "review_hours", &[("value", "8")]).await;
    set(&office, &admin, "portal", 0, "language", &[("value", "de")]).await;
    set(&office, &admin, "project", PROJECT, "review_hours", &[("do", "clear")]).await;
    keep(&office, &admin, "portal", Some(&own), &[("text-en", "Other words")]).await;
    put(&office, &admin, "portal", &other, "archive").await;

    // A delegate looks, which changes nothing, and takes it over.
    let before = standing(&stack).await;
    let asked = import(&office, &member, &file.to_string(), false).await;
    assert_eq!((asked.status.as_u16(), asked.page().as_deref()), (200, Some("take-over")), "{}", asked.text());
    for words in [
        "Now: 8 working hours (from the portal) Then: 16 working hours (from the portal)",
        "Now: 8 working hours (from the portal) Then: 4 working hours (from the project)",
        "2 saved reasons change",
        "What the file does not name stays as it is.",
    ] {
        assert!(asked.text().contains(words), "{words}: {}", asked.text());
    }
    assert!(asked.html.contains("<bdi>Office</bdi>"), "the project's name is read live: {}", asked.text());
    assert_eq!(asked.attributes("data-change").len(), 2);
    assert_eq!(standing(&stack).await, before, "asking changes nothing");
    let done = press(&office, &asked).await;
    assert_eq!(done.page().as_deref(), Some("portal"));
    assert!(done.text().contains("Settings taken over."), "{}", done.text());
    assert_eq!(now(&done, "review_hours"), "16 working hours (from the portal)");

    let again = export(&office, &admin).await;
    assert_eq!(again["saved_reasons"], file["saved_reasons"]);
    assert_eq!(again["settings"][0]["name"], "language", "what it does not name stays");
    assert_eq!(again["settings"].as_array().map(|rows| rows[1..].to_vec()).map(Value::from), Some(hours));
    let changed = format!("select count(*) from settings where changed_by = {MEMBER} and level <> 'person'");
    assert_eq!(stack.count(&changed).await, 2);
    let reasons = format!("select count(*) from saved_reasons where changed_by = {MEMBER} and user_id is null");
    assert_eq!(stack.count(&reasons).await, 2, "what was so already is not written");

    let asked = import(&office, &admin, &file.to_string(), false).await;
    assert!(asked.text().contains("Nothing would change"), "{}", asked.text());
    assert!(!asked.html.contains("name=\"sure\""));
    stack.finish().await;
}

#[tokio::test]
async fn p62_t42_the_projects_of_another_portal_are_left_out_and_it_is_said() {
    let stack = Stack::start().await;
    let (here, there) = (Office::of(&stack).await, Office::of(&stack).await);
    let (admin, other) = (here.queue(ADMIN).await, there.queue(ADMIN).await);
    set(&here, &admin, "portal", 0, "review_hours", &[("value", "8")]).await;
    set(&here, &admin, "project", PROJECT, "review_hours", &[("value", "4")]).await;
    keep(&here, &admin, "portal", None, &[("text-en", "Only there"), ("project", "9")]).await;
    keep(&here, &admin, "portal", None, &[("text-en", "In every project")]).await;
    keep(&there, &other, "portal", None, &[("text-en", "Was here before")]).await;
    let file = export(&here, &admin).await;

    let asked = import(&there, &other, &file.to_string(), false).await;
    for words in [
        "Left out, because the file is from another Bitrix24",
        "1 setting of a project",
        "1 saved reason for single projects",
        "1 new saved reason",
        "Now: Never (built in) Then: 8 working hours (from the portal)",
    ] {
        assert!(asked.text().contains(words), "{words}: {}", asked.text());
    }
    let done = press(&there, &asked).await;
    assert!(done.text().contains("Settings taken over."), "{}", done.text());
    let taken = export(&there, &other).await;
    assert_eq!(taken["settings"], json!([{"level": "portal", "name": "review_hours", "value": "8"}]));
    let words = |nth: usize| taken["saved_reasons"][nth]["texts"]["en"].as_str().unwrap_or_default().to_owned();
    assert_eq!((words(4), words(5), words(6)), ("Was here before".into(), "In every project".into(), String::new()));
    assert_eq!(export(&here, &admin).await, file, "the portal that it is from stays as it was");
    stack.finish().await;
}

#[tokio::test]
async fn p62_p60_only_those_who_keep_the_settings_have_them_as_a_file() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let (admin, creator, member) = (office.queue(ADMIN).await, office.queue(CREATOR).await, office.queue(MEMBER).await);
    let file = json!({"handback_settings": 1, "settings": [{"level": "portal", "name": "review_hours", "value": "8"}]});
    let (file, no) = (file.to_string(), refused(403, "admin_required"));
    delegate(&office, &admin, MEMBER, "name").await;
    let asked = import(&office, &member, &file, false).await;
    assert_eq!(asked.page().as_deref(), Some("take-over"), "a delegate may");
    delegate(&office, &admin, MEMBER, "remove").await;
    for page in [&creator, &member] {
        assert_eq!(refusal(&office.visitor.go("/settings/export", page).await), no);
        for sure in [false, true] {
            assert_eq!(refusal(&import(&office, page, &file, sure).await), no, "sure: {sure}");
        }
    }
    // Being an administrator is asked with each press.
    let person = json!({"users": [{"id": ADMIN, "name": "Ada", "last_name": "Admin", "admin": false}]});
    office.bitrix.scenario(&office.portal, person).await;
    assert_eq!(refusal(&import(&office, &admin, &file, true).await), no);
    assert_eq!(refusal(&office.visitor.go("/settings/export", &admin).await), no);
    assert_eq!(standing(&stack).await, Vec::<String>::new());
    stack.finish().await;
}

#[tokio::test]
async fn p62_a_bad_file_changes_nothing_and_what_was_pasted_stays() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let admin = office.queue(ADMIN).await;
    let good = json!({"level": "portal", "name": "return_notice", "value": "bell"});
    let with = |name: &str, value: &str| {
        let odd = json!({"level": "portal", "name": name, "value": value});
        json!({"handback_settings": 1, "settings": [good, odd]}).to_string()
    };
    for (file, said) in [
        ("never {".to_owned(), "This is not JSON: line 1"),
        ("{\"handback_export\":1}".to_owned(), "not a file with settings of Handback"),
        ("{\"handback_settings\":2}".to_owned(), "does not know version “2”"),
        (with("<b>x</b>", "1"), "Handback does not know the setting “<b>x</b>”."),
        (with("review_hours", "401"), "“401” is not a value of “Review is due after”."),
        (with("return_bell", "off"), "“Notifications of my returned tasks” cannot be set at this level."),
        (with("return_notice", "chat"), "“return_notice” is in the file more than once."),
    ] {
        for sure in [false, true] {
            let shown = import(&office, &admin, &file, sure).await;
            assert_eq!((shown.status.as_u16(), shown.page().as_deref()), (200, Some("take-over")), "{said}");
            assert!(shown.text().contains(said), "{said}: {}", shown.text());
            assert!(shown.text().contains("Nothing was changed.") && !shown.html.contains("<b>x</b>"), "{said}");
            let fields = shown.fields_to("/settings/import");
            assert!(fields.contains(&("file".to_owned(), file.clone())), "{said}: {fields:?}");
            assert!(!fields.iter().any(|(name, _)| name == "sure"), "it is asked about again");
        }
    }
    // Longer than what other forms may bring: it arrives, and comes back.
    let long = format!("{{\"handback_settings\":1}}{}", " ".repeat(600 * 1024));
    let shown = import(&office, &admin, &long, true).await;
    assert!(shown.text().contains("The text has more than 512 KiB."), "{}", shown.status);
    assert_eq!(standing(&stack).await, Vec::<String>::new());
    stack.finish().await;
}

#[tokio::test]
async fn p62_p44_a_list_does_not_grow_beyond_its_bound_by_a_file() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let admin = office.queue(ADMIN).await;
    let file = |many: usize| {
        let reasons: Vec<Value> = (0..many).map(|nth| new_reason(&format!("Reason {nth}"))).collect();
        let setting = json!({"level": "portal", "name": "review_hours", "value": "8"});
        json!({"handback_settings": 1, "settings": [setting], "saved_reasons": reasons}).to_string()
    };
    // Every portal begins with four.
    for sure in [false, true] {
        let full = import(&office, &admin, &file(47), sure).await;
        assert_eq!(full.page().as_deref(), Some("take-over"));
        assert!(full.text().contains("50 can be offered"), "{}", full.text());
        assert_eq!(standing(&stack).await, Vec::<String>::new(), "nothing half-written");
    }
    // At once, each with room for itself alone.
    let (one, other) = (file(30), file(30));
    let (one, other) = tokio::join!(import(&office, &admin, &one, true), import(&office, &admin, &other, true));
    let taken = [&one, &other].into_iter().filter(|shown| shown.text().contains("Settings taken over.")).count();
    assert_eq!(taken, 1, "{} {}", one.text(), other.text());
    assert_eq!(stack.count("select count(*) from saved_reasons where archived_at is null").await, 34);
    assert_eq!(stack.count("select count(*) from saved_reason_texts where body = 'Reason 29'").await, 1);
    let full = import(&office, &admin, &file(16), true).await;
    assert!(full.text().contains("Settings taken over."), "fifty: {}", full.text());
    stack.finish().await;
}

#[tokio::test]
async fn p62_p44_somebodys_own_reason_is_not_made_everybodys_by_a_file() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let (admin, creator) = (office.queue(ADMIN).await, office.queue(CREATOR).await);
    keep(&office, &creator, "mine", None, &[("text-en", "Use our template")]).await;
    let mut theirs = new_reason("For everybody");
    theirs["id"] = json!(key_of(&stack, "Use our template").await);
    let setting = json!({"level": "portal", "name": "review_hours", "value": "8"});
    let reasons = [new_reason("Before it"), theirs];
    let file = json!({"handback_settings": 1, "settings": [setting], "saved_reasons": reasons}).to_string();
    let before = standing(&stack).await;
    let shown = import(&office, &admin, &file, true).await;
    assert_eq!(shown.page().as_deref(), Some("take-over"));
    assert!(shown.text().contains("belongs to somebody's own list"), "{}", shown.text());
    assert_eq!(standing(&stack).await, before, "nothing half-written");
    stack.finish().await;
}

/// The portal's settings before an administrator's eyes.
async fn open_settings(stack: &Stack, browser: &Browser) {
    let portal = installed(stack).await;
    browser.open(&portal, 1).await;
    for (form, page) in [("/health", "health"), ("/settings/portal", "portal")] {
        browser.js(&format!("document.querySelector('[action=\"{form}\"] button').click()")).await;
        browser.until(&format!("document.querySelector('main')?.dataset.page == '{page}'")).await;
    }
}

#[tokio::test]
async fn p62_in_the_browser_a_chosen_file_is_read_into_the_field() {
    let stack = Stack::start().await;
    let browser = Browser::start().await;
    open_settings(&stack, &browser).await;
    browser.until("document.querySelector('[data-choose-file]').hidden === false").await;
    let choose = "const data = new DataTransfer(); data.items.add(new File(['{\"handback_settings\": 1}'], 'x.json'));\
                  const input = document.querySelector('[type=file]'); input.files = data.files;\
                  input.dispatchEvent(new Event('change'));";
    browser.js(choose).await;
    browser.until("document.getElementById('settings-file').value == '{\"handback_settings\": 1}'").await;
    // By hand, for which the portal's page is scrolled down: what came of it is seen all the same.
    browser.click("[action='/settings/import'] .primary").await;
    browser.frame("take-over").await;
    assert!(browser.shown().await.contains("Nothing would change"));
    browser.top().await;
    browser
        .until("Math.abs(document.querySelector('.app-frame iframe').getBoundingClientRect().top) < innerHeight / 2")
        .await;
    browser.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn p62_in_the_browser_what_a_file_leaves_out_is_no_countdown() {
    let stack = Stack::start().await;
    let browser = Browser::start().await;
    open_settings(&stack, &browser).await;
    let setting = json!({"level": "project", "project": 9, "name": "review_hours", "value": "4"});
    let file = json!({"handback_settings": 1, "settings": [setting]}).to_string();
    browser.until("document.getElementById('settings-file')").await;
    browser.js(&format!("document.getElementById('settings-file').value = {}", json!(file))).await;
    browser.click("[action='/settings/import'] .primary").await;
    browser.frame("take-over").await;
    browser.until("document.querySelector('[data-left-out]')?.textContent.includes('setting of a project')").await;
    // The console says whether anything counts there.
    browser.settle().await;
    browser.finish().await;
    stack.finish().await;
}
