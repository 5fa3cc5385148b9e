//! Samples of the settings' pages. Persons and projects are invented.

use super::{
    super::*,
    Sample, sample,
    samples::{NASTY, viewer},
};
use crate::domain::{
    FileProblem, GroupId, Level, ListView, ReadyReason, SavedReason, SavedReasonId, Setting, Settings, SettingsFile,
    TakeOver, UserId, saved_reason::SavedProblem,
};
use crate::domain::{
    TaskId,
    queue::Person,
    view::{Grouping, Head},
};
use uuid::Uuid;

fn group(n: i64) -> GroupId {
    GroupId::new(n).unwrap()
}

fn settings() -> Settings {
    let value = |setting: Setting, text: &str| (setting, setting.read(text).unwrap());
    let set = |level, (setting, value)| (level, setting, value);
    Settings::new(vec![
        set(Level::Portal, value(Setting::ReasonPolicy, "least:20")),
        set(Level::Portal, value(Setting::ReturnNotice, "bell")),
        set(Level::Portal, value(Setting::ReviewHours, "16")),
        set(Level::Project(group(3)), value(Setting::ReasonPolicy, "optional")),
        set(Level::Person(viewer()), value(Setting::WorkDays, "1234")),
    ])
}

pub fn reasons() -> Vec<SavedReason> {
    let ready = ReadyReason::ALL.map(SavedReason::ready);
    let own = |n, owner, words: &str, projects: Vec<GroupId>, archived| SavedReason {
        id: SavedReasonId(Uuid::from_u128(n)),
        owner,
        ready: None,
        texts: vec![("en".to_owned(), words.to_owned()), ("de".to_owned(), "Bitte noch einmal.".to_owned())],
        projects,
        archived,
    };
    let more = [
        own(
            77,
            None,
            "{assignee}, the figures in {task} do not match the order. New deadline: {deadline}.",
            vec![],
            false,
        ),
        own(78, None, NASTY, vec![group(3), group(4)], false),
        own(79, None, "An old reason", vec![], true),
        own(80, Some(viewer()), "Please use our template.", vec![], false),
    ];
    ready.into_iter().chain(more).collect()
}

pub fn choices(lang: Lang) -> Vec<Choice> {
    Choice::all(&reasons(), &settings(), lang, "en")
}

/// By project, one late, one put aside.
pub fn grouped(lang: Lang) -> QueuePage {
    let mut page = super::samples::queue(lang, 6, 1);
    let view = ListView { grouping: Grouping::Project, overdue: true, ..ListView::default() };
    let name = |task: &TaskRow| view.head(task.facts.as_ref().unwrap(), super::samples::now());
    page.rows.mine.sort_by_key(|row| name(row) == Some(Head::NoProject));
    for (at, count) in [(0, 4), (4, 2)] {
        let head = name(&page.rows.mine[at]).unwrap();
        page.rows.mine[at].head = Some(GroupHead { head, count });
    }
    page.rows.mine[1].asleep = Some(Asleep::Until(super::samples::now().fixed_offset()));
    page.rows.mine[2].asleep = Some(Asleep::Acts);
    page.rows.context = page.rows.context.clone().under(std::sync::Arc::new(settings()));
    page.rows.form = ViewForm {
        view,
        projects: vec![(group(3), "Showroom, second floor".to_owned(), 4), (group(4), NASTY.to_owned(), 1_200)],
        without_project: 2,
        assignees: vec![(Person { id: viewer(), name: NASTY.to_owned() }, 6)],
        snoozed: 2,
    };
    page
}

pub fn snooze(lang: Lang) -> SnoozePage {
    let shell = Shell::sample(lang);
    let context = RowContext::new(&shell, View::Queue, viewer(), super::samples::now());
    SnoozePage { shell, context, task: TaskId::new(4).unwrap(), title: Some(NASTY.to_owned()) }
}

fn list(list: &'static str) -> SavedList {
    let reasons = reasons().into_iter().filter(|reason| reason.owner.is_some() == (list == "mine")).collect();
    SavedList { list, reasons, lang: "en".to_owned(), portal_lang: "en" }
}

fn names() -> Vec<ProjectName> {
    [(3, Some("Showroom, second floor")), (4, Some(NASTY)), (5, None)]
        .map(|(id, name)| ProjectName { id: group(id), name: name.map(str::to_owned) })
        .to_vec()
}

fn reason(lang: Lang, is_new: bool, reason: SavedReason, problem: Option<SavedProblem>) -> ReasonPage {
    let tabs = Tabs { portal: true, installation: true };
    let (list, id) = (if reason.owner.is_some() { "mine" } else { "portal" }, reason.id);
    ReasonPage { shell: Shell::sample(lang), tabs, list, id, is_new, reason, problem, projects: names(), first: "en" }
}

fn take_over(lang: Lang, text: &str, found: Result<TakeOver, FileProblem>) -> TakeOverPage {
    let tabs = Tabs { portal: true, installation: true };
    let names = [(group(3), NASTY.to_owned())].into();
    TakeOverPage { shell: Shell::sample(lang), tabs, text: text.to_owned(), found, names }
}

/// Of the samples' portal with other values, and from another one.
fn take_overs(lang: Lang) -> Vec<Sample> {
    let portal = "a223c6b3710f85df22e9377d6c4f7553".parse().unwrap();
    let value = |setting: Setting, text: &str| setting.read(text).unwrap();
    let file = |own: bool| SettingsFile {
        member: Some(portal).filter(|_| own),
        settings: vec![
            (Level::Portal, Setting::ReasonPolicy, value(Setting::ReasonPolicy, "optional")),
            (Level::Portal, Setting::WorkDays, value(Setting::WorkDays, "123")),
            (Level::Project(group(3)), Setting::ReviewHours, value(Setting::ReviewHours, "1")),
            (Level::Project(group(5)), Setting::ReviewHours, value(Setting::ReviewHours, "2")),
        ],
        reasons: reasons().into_iter().filter(|reason| reason.owner.is_none()).collect(),
    };
    let of = |file: SettingsFile| TakeOver::of(file, portal, &settings(), &[SavedReason::ready(ReadyReason::Mistakes)]);
    let nothing = SettingsFile { settings: Vec::new(), reasons: Vec::new(), ..file(true) };
    let key = SavedReasonId(Uuid::from_u128(77));
    let page = |name: String, text: &str, found| sample(name, &take_over(lang, text, found));
    let mut samples = vec![
        page("take-over".to_owned(), "{\"handback_settings\": 1}", of(file(true))),
        page("take-over-foreign".to_owned(), "{\"handback_settings\": 1}", of(file(false))),
        page("take-over-nothing".to_owned(), "{}", of(nothing)),
        page("take-over-nasty".to_owned(), NASTY, Err(FileProblem::Setting(NASTY.to_owned()))),
    ];
    let odd = || "x".to_owned();
    for (nth, problem) in [
        FileProblem::TooLarge,
        FileProblem::NotJson(3),
        FileProblem::NotOurs,
        FileProblem::Version(odd()),
        FileProblem::Shape(odd()),
        FileProblem::Level(odd()),
        FileProblem::Place(Setting::Language),
        FileProblem::Value(Setting::WorkDays, odd()),
        FileProblem::Twice(odd()),
        FileProblem::Language(odd()),
        FileProblem::Ready(odd()),
        FileProblem::Reason(key, SavedProblem::TooLong),
        FileProblem::Owned(key),
        FileProblem::TooMany,
    ]
    .into_iter()
    .enumerate()
    {
        samples.push(page(format!("take-over-problem-{nth}"), "x", Err(problem)));
    }
    samples
}

#[test]
fn p62_what_would_change_is_said_in_the_words_of_the_settings() {
    let html = |name: &str| take_overs(Lang::english()).into_iter().find(|sample| sample.name == name).unwrap().html;
    let own = html("take-over");
    for (name, words) in [
        ("reason_policy", "Now: At least 20 characters (from the portal)<br><b>Then: Not needed (from the portal)</b>"),
        ("work_days", "Now: Mon, Tue, Wed, Thu, Fri (built in)<br><b>Then: Mon, Tue, Wed (from the portal)</b>"),
        ("review_hours", "Now: 16 working hours (from the portal)<br><b>Then: 1 working hour (from the project)</b>"),
    ] {
        let line = own.split("data-change=\"").find(|line| line.starts_with(name)).unwrap();
        assert!(line.split("</li>").next().unwrap().contains(words), "{name}: {line}");
    }
    assert!(own.contains("<bdi>Project 5</bdi>") && own.contains("6 new saved reasons"), "{own}");
    assert!(own.contains("name=\"sure\" value=\"1\"") && !own.contains("Left out"));
    let foreign = html("take-over-foreign");
    assert!(foreign.contains("2 settings of projects") && foreign.contains("1 saved reason for single projects"));
    let nothing = html("take-over-nothing");
    assert!(nothing.contains("Nothing would change") && !nothing.contains("name=\"sure\""));
    let odd = html("take-over-nasty");
    assert!(odd.contains("does not know the setting") && !odd.contains("name=\"sure\""));
}

pub fn pages(lang: Lang) -> Vec<Sample> {
    let (shell, settings) = (Shell::sample(lang), settings());
    let scopes = ["task".to_owned(), "im".to_owned()];
    let all = Tabs { portal: true, installation: true };
    let mine = |tabs, reasons: SavedList, said| MinePage {
        shell: shell.clone(),
        tabs,
        said,
        settings: SettingRow::all(&settings, Level::Person(viewer()), &scopes),
        reasons,
    };
    let nobody = SavedList { reasons: Vec::new(), ..list("mine") };
    let delegate = |id, name: Option<&str>| Delegate { user: UserId::new(id).unwrap(), name: name.map(str::to_owned) };
    let portal = |tabs| PortalPage {
        shell: shell.clone(),
        tabs,
        said: None,
        settings: SettingRow::all(&settings, Level::Portal, &scopes),
        projects: names()[..1].to_vec(),
        others: names()[1..].to_vec(),
        delegates: vec![delegate(8, Some(NASTY)), delegate(9, None)],
        people: vec![(viewer(), "Sample Person".to_owned())],
        reasons: list("portal"),
    };
    let project = ProjectPage {
        shell: shell.clone(),
        tabs: all,
        said: Some(Said::Cleared),
        project: names().remove(1),
        settings: SettingRow::all(&settings, Level::Project(group(3)), &[]),
    };
    let blank = SavedReason { owner: Some(viewer()), ready: None, ..SavedReason::ready(ReadyReason::Mistakes) };
    let mut samples = vec![
        sample("mine", &mine(Tabs::default(), list("mine"), Some(Said::Saved))),
        sample("mine-new", &mine(all, nobody, None)),
        sample("portal", &portal(all)),
        sample("portal-delegate", &portal(Tabs { portal: true, installation: false })),
        sample("project", &project),
        sample("reason", &reason(lang, false, reasons().remove(5), None)),
        sample("reason-new", &reason(lang, true, blank, None)),
    ];
    for problem in [SavedProblem::Missing, SavedProblem::TooLong, SavedProblem::Variable, SavedProblem::TooMany] {
        samples.push(sample(format!("reason-{problem:?}"), &reason(lang, true, reasons().remove(0), Some(problem))));
    }
    samples.extend(take_overs(lang));
    samples
}

#[test]
fn p59_a_value_says_where_it_comes_from() {
    let page = pages(Lang::english()).into_iter().find(|sample| sample.name == "mine").unwrap().html;
    for (name, now) in [
        ("reason_policy", "<b>At least 20 characters</b> <small>(from the portal)"),
        ("return_notice", "<b>In the task&#39;s chat, and by a notification</b> <small>(from the portal)"),
        ("return_bell", "<b>On</b> <small>(built in)"),
        ("keys", "<b>On</b> <small>(built in)"),
        ("work_days", "<b>Mon, Tue, Wed, Thu</b> <small>(your own)"),
        ("work_hours", "<b>09:00–18:00</b> <small>(built in)"),
    ] {
        let row = page.split("data-setting=\"").find(|row| row.starts_with(name)).unwrap();
        assert!(row.contains(now), "{name}: {row}");
        // Only what is a person's to set has a form here.
        let own = name.starts_with("work") || ["return_bell", "keys"].contains(&name);
        assert_eq!(row.contains("/settings/set"), own, "{name}");
    }
}

#[test]
fn p49_p83_a_setting_says_when_its_permission_is_not_given() {
    let html = |name: &str| pages(Lang::english()).into_iter().find(|sample| sample.name == name).unwrap().html;
    let (without, with) = (html("project"), html("portal"));
    assert!(without.contains("The permission “im” is not given") && !with.contains("The permission “im”"));
}

#[test]
fn p52_the_words_name_the_number_that_holds() {
    let most = format!(" {} ", crate::domain::bell::MOST_A_DAY);
    for (name, text) in super::words::read("locales", "ftl") {
        let at = text.find("\nsetting-return_notice =").unwrap();
        let hint = text[at..].lines().nth(2).unwrap();
        assert!(hint.contains(&most), "{name}: {hint}");
    }
}
