//! Settings by level: what holds, where it comes from, and who may change it.

use crate::support::{Shown, Stack, Wish, decisions::*, refusal, refused};
use serde_json::json;

pub async fn set(office: &Office, page: &Shown, level: &str, subject: i64, name: &str, more: &[(&str, &str)]) -> Shown {
    let (session, subject) = (page.session().unwrap(), subject.to_string());
    let mut form = vec![("session", session.as_str()), ("level", level), ("subject", &subject), ("name", name)];
    form.extend(more);
    if !more.iter().any(|(name, _)| *name == "do") {
        form.push(("do", "set"));
    }
    office.visitor.post("/settings/set", &form).await
}

pub async fn delegate(office: &Office, page: &Shown, user: i64, what: &str) -> Shown {
    let (session, user) = (page.session().unwrap(), user.to_string());
    office.visitor.post("/settings/delegate", &[("session", &session), ("user_id", &user), ("do", what)]).await
}

/// `value (from …)` of a setting on a page.
pub fn now(page: &Shown, name: &str) -> String {
    let row = page.html.split("data-setting=\"").find(|row| row.starts_with(&format!("{name}\""))).unwrap();
    let (_, rest) = row.split_once("class=\"now\"><b>").unwrap();
    let (words, _) = rest.split_once("</small>").unwrap();
    words.replace("</b> <small>", " ")
}

#[tokio::test]
async fn p59_what_a_project_or_a_person_sets_comes_before_what_the_portal_sets() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    office.in_project().await;
    let admin = office.queue(ADMIN).await;
    let page = office.visitor.go("/settings/portal", &admin).await;
    assert_eq!(now(&page, "review_hours"), "Never (built in)", "{}", page.text());
    let page = set(&office, &admin, "portal", 0, "review_hours", &[("value", "16")]).await;
    assert!(page.text().contains("Saved."), "{}", page.text());
    assert_eq!(now(&page, "review_hours"), "16 working hours (from the portal)");
    set(&office, &admin, "portal", 0, "work_days", &[("day", "1"), ("day", "2")]).await;

    let session = admin.session().unwrap();
    let project = office.visitor.post("/settings/project", &[("session", &session), ("group_id", "9")]).await;
    assert!(project.text().contains("Project: Office"), "its name is read live: {}", project.text());
    assert_eq!(now(&project, "review_hours"), "16 working hours (from the portal)");
    let project = set(&office, &admin, "project", PROJECT, "review_hours", &[("value", "4")]).await;
    assert_eq!(now(&project, "review_hours"), "4 working hours (from the project)");
    assert!(project.text().contains("Back to “16 working hours” (from the portal)"), "{}", project.text());

    let member = office.queue(MEMBER).await;
    let mine = office.visitor.go("/settings/mine", &member).await;
    assert_eq!(now(&mine, "work_days"), "Mon, Tue (from the portal)");
    let mine = set(&office, &member, "person", MEMBER, "work_days", &[("day", "5"), ("day", "3")]).await;
    assert_eq!(now(&mine, "work_days"), "Wed, Fri (your own)");
    let others = office.visitor.go("/settings/mine", &office.queue(CREATOR).await).await;
    assert_eq!(now(&others, "work_days"), "Mon, Tue (from the portal)", "nobody else's days are these");
    let mine = set(&office, &member, "person", MEMBER, "work_days", &[("do", "clear")]).await;
    assert_eq!(now(&mine, "work_days"), "Mon, Tue (from the portal)");
    assert!(!mine.html.contains("name=\"name\" value=\"review_hours\""), "a person has no form for it");
    stack.finish().await;
}

#[tokio::test]
async fn p60_only_those_whom_it_concerns_change_a_setting() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let (admin, member) = (office.queue(ADMIN).await, office.queue(MEMBER).await);
    let hours = [("value", "8")];
    let no = refused(403, "admin_required");
    for (level, subject) in [("portal", 0), ("project", PROJECT)] {
        assert_eq!(refusal(&set(&office, &member, level, subject, "review_hours", &hours).await), no, "{level}");
    }
    assert_eq!(refusal(&office.visitor.go("/settings/portal", &member).await), no);
    assert_eq!(refusal(&delegate(&office, &member, MEMBER, "name").await), no, "nobody names themselves");
    let days = [("day", "1")];
    let foreign = set(&office, &admin, "person", MEMBER, "work_days", &days).await;
    assert_eq!(refusal(&foreign), refused(404, "not_found"), "a person's own are theirs alone");
    let own = set(&office, &member, "person", MEMBER, "review_hours", &hours).await;
    assert_eq!(refusal(&own), refused(400, "malformed"), "not for a person to set");
    for odd in
        [("review_hours", [("value", "-1")]), ("review_hours", [("value", "401")]), ("nonsense", [("value", "1")])]
    {
        assert_eq!(refusal(&set(&office, &admin, "portal", 0, odd.0, &odd.1).await), refused(400, "malformed"));
    }
    assert_eq!(stack.count("select count(*) from settings").await, 0);

    let named = delegate(&office, &admin, MEMBER, "name").await;
    assert!(named.text().contains("Saved."), "{}", named.text());
    assert_eq!(set(&office, &member, "portal", 0, "review_hours", &hours).await.status.as_u16(), 200);
    assert_eq!(set(&office, &member, "project", PROJECT, "review_hours", &hours).await.status.as_u16(), 200);
    assert_eq!(refusal(&delegate(&office, &member, STRANGER, "name").await), no, "a delegate names nobody");
    assert_eq!(refusal(&office.visitor.go("/health", &member).await), no, "nor sees the installation");

    delegate(&office, &admin, MEMBER, "remove").await;
    let late = set(&office, &member, "portal", 0, "review_hours", &[("value", "1")]).await;
    assert_eq!(refusal(&late), no, "the page was made when they still were one");
    assert_eq!(stack.count("select count(*) from settings where value = '8'").await, 2);

    // Being an administrator is asked with each change.
    let person = json!({"users": [{"id": ADMIN, "name": "Ada", "last_name": "Admin", "admin": false}]});
    office.bitrix.scenario(&office.portal, person).await;
    assert_eq!(refusal(&set(&office, &admin, "portal", 0, "review_hours", &hours).await), no);
    assert_eq!(refusal(&delegate(&office, &admin, MEMBER, "name").await), no);
    stack.finish().await;
}

#[tokio::test]
async fn p60_t42_what_is_set_in_one_portal_is_nothing_to_another() {
    let stack = Stack::start().await;
    let (here, there) = (Office::of(&stack).await, Office::of(&stack).await);
    let (admin, other) = (here.queue(ADMIN).await, there.queue(ADMIN).await);
    set(&here, &admin, "portal", 0, "review_hours", &[("value", "8")]).await;
    delegate(&here, &admin, MEMBER, "name").await;
    let page = there.visitor.go("/settings/portal", &other).await;
    assert_eq!(now(&page, "review_hours"), "Never (built in)");
    let member = there.queue(MEMBER).await;
    let refusals = set(&there, &member, "portal", 0, "review_hours", &[("value", "1")]).await;
    assert_eq!(refusal(&refusals), refused(403, "admin_required"), "a delegate of another portal");
    stack.finish().await;
}

#[tokio::test]
async fn p43_a_reason_has_to_be_as_long_as_the_portal_or_the_project_asks_for() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let plain = office.waiting(4).await;
    let inside = office.in_project().await;
    let admin = office.queue(ADMIN).await;
    let least = [("value", "least"), ("least", "10")];
    set(&office, &admin, "portal", 0, "reason_policy", &least).await;

    let page = office.queue(CREATOR).await;
    assert!(page.html.contains("required minlength=\"10\""), "the form asks for it");
    let short = office.press(&page, plain[0], "return", "too short").await;
    assert_eq!(refusal(&short.shown), refused(400, "reason_too_short"));
    assert!(short.shown.text().contains("at least 10 characters"), "{}", short.shown.text());
    assert_eq!(refusal(&office.press(&page, plain[0], "return", " ").await.shown), refused(400, "reason_missing"));
    assert_eq!(office.press(&page, plain[0], "return", "just enough").await.outcome(), "done");

    // A project that asks for nothing, and a hand-made post that says nothing of projects.
    set(&office, &admin, "project", PROJECT, "reason_policy", &[("value", "optional")]).await;
    let page = office.queue(CREATOR).await;
    assert_eq!(refusal(&office.press(&page, plain[1], "return", "short").await.shown).0, 400);
    assert_eq!(office.press(&page, inside, "return", "").await.outcome(), "done", "no words at all");
    assert!(office.told(inside).await.is_empty(), "and nobody is told any");

    // Many at once: one that lacks words, and nothing is held.
    let session = page.session().unwrap();
    let pick = |task: i64| format!("{task}@");
    let (one, two) = (pick(plain[2]), pick(plain[3]));
    let bulk = [
        ("session", session.as_str()),
        ("bulk_id", "0197f3a2000070008000000000000001"),
        ("action", "return"),
        ("task", &one),
        ("task", &two),
        ("reason", "long enough for all"),
    ];
    let mut short = bulk.to_vec();
    let own = format!("reason-{}", plain[3]);
    short.push((&own, "short"));
    assert_eq!(refusal(&office.visitor.post("/bulk", &short).await), refused(400, "reason_too_short"));
    assert_eq!(stack.count("select count(*) from decisions where bulk_id is not null").await, 0);

    // What did not run is not repeated with fewer words than are asked for by now.
    let kept = office.press(&page, plain[2], "return", "long enough").await;
    stack
        .change(&format!(
            "update decisions set state = 'not_run', detail = 'limited' where decision_id = '{}'",
            kept.id
        ))
        .await;
    set(&office, &admin, "portal", 0, "reason_policy", &[("value", "least"), ("least", "30")]).await;
    let again =
        [("session", session.as_str()), ("decision_id", &kept.id), ("next", "0197f3a2000070008000000000000002")];
    assert_eq!(refusal(&office.visitor.post("/retry", &again).await), refused(400, "reason_too_short"));
    stack.finish().await;
}

/// What the field for a reason asks for.
fn field(shown: &Shown) -> &str {
    let (_, after) = shown.html.split_once("<textarea ").unwrap_or_else(|| panic!("no field: {}", shown.html));
    after.split_once('>').unwrap().0
}

#[tokio::test]
async fn p26_p43_forms_that_come_back_with_undo_all_ask_for_as_many_words_as_the_portal_does() {
    let stack = Stack::with(Wish { undo: "600s", ..Wish::default() }).await;
    let office = Office::of(&stack).await;
    let task = office.waiting(1).await[0];
    let admin = office.queue(ADMIN).await;
    for (policy, asked) in [
        (vec![], "rows=\"3\" required maxlength"),
        (vec![("value", "least"), ("least", "10")], "rows=\"3\" required minlength=\"10\" maxlength"),
        (vec![("value", "optional")], "rows=\"3\" maxlength"),
    ] {
        if !policy.is_empty() {
            set(&office, &admin, "portal", 0, "reason_policy", &policy).await;
        }
        let page = office.queue(CREATOR).await;
        let held = office.give_back(&page, task).await;
        assert_eq!(held.outcome(), "held", "{}", held.shown.text());
        let form = [("decision_id", held.id.as_str())];
        let undone = office.script("/undo-all", &page.session().unwrap(), |asked| asked.form(&form)).await;
        assert_eq!(undone.outcome(task).as_deref(), Some("cancelled"), "{}", undone.text());
        assert!(field(&undone).contains(asked), "{policy:?}: {}", field(&undone));
        assert_eq!(field(&undone), field(&office.stands(&page, &held.id).await), "as when it is asked how it stands");
    }
    stack.finish().await;
}

#[tokio::test]
async fn what_a_form_lets_people_say_and_nobody_can_mean_is_told_on_its_page() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let (admin, member) = (office.queue(ADMIN).await, office.queue(MEMBER).await);
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let night: Fields = &[("from", "22:00"), ("to", "06:00")];
    let no_number: Fields = &[("value", "least"), ("least", "")];
    let no_day: Fields = &[];
    for (page, level, subject, name, more, shown, words) in [
        (&admin, "portal", 0, "work_days", no_day, "portal", "Choose at least one working day"),
        (&admin, "portal", 0, "work_hours", night, "portal", "an hour or more after it begins"),
        (&admin, "portal", 0, "reason_policy", no_number, "portal", "from 2 to 500"),
        (&admin, "project", PROJECT, "reason_policy", no_number, "project", "from 2 to 500"),
        (&member, "person", MEMBER, "work_days", no_day, "mine", "Choose at least one working day"),
    ] {
        let answer = set(&office, page, level, subject, name, more).await;
        assert_eq!((answer.status.as_u16(), answer.page().as_deref()), (200, Some(shown)), "{name}");
        assert!(answer.text().contains(words) && !answer.text().contains("Saved."), "{name}: {}", answer.text());
        assert!(answer.html.contains(&format!("name=\"name\" value=\"{name}\"")), "the form is there again");
    }
    // What no form of ours posts is no mistake of a person.
    for (name, more) in [("reason_policy", [("value", "never")]), ("work_days", [("day", "9")])] {
        assert_eq!(refusal(&set(&office, &admin, "portal", 0, name, &more).await), refused(400, "malformed"), "{name}");
    }
    // And nobody comes to another's page by a mistake.
    let foreign = set(&office, &member, "portal", 0, "work_days", &[]).await;
    assert_eq!(refusal(&foreign), refused(403, "admin_required"));
    assert_eq!(stack.count("select count(*) from settings").await, 0);
    stack.finish().await;
}

#[tokio::test]
async fn a_setting_that_is_kept_is_never_said_to_be_nothing_because_its_page_cannot_be_made() {
    let stack = Stack::start().await;
    let office = Office::with(&stack, json!({"limits": "off"})).await;
    let member = office.queue(MEMBER).await;
    office.fault("profile", json!({"kind": "html", "status": 502, "inner": false, "times": 3})).await;
    let answer = set(&office, &member, "person", MEMBER, "work_days", &[("day", "1")]).await;
    assert_eq!(refusal(&answer), refused(503, "taken"), "{}", answer.text());
    assert!(!answer.text().contains("Nothing was changed"), "{}", answer.text());
    assert_eq!(stack.count("select count(*) from settings where value = '1'").await, 1);
    stack.finish().await;
}
