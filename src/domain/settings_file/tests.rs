use super::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const MEMBER: &str = "a223c6b3710f85df22e9377d6c4f7553";

fn file() -> SettingsFile {
    let project = GroupId::new(12).unwrap();
    let row = |level, setting: Setting, text| (level, setting, setting.read(text).unwrap());
    let texts = [("de", "Zahlen fehlen"), ("en", "{assignee}, \"figures\"\nare missing")];
    let own = SavedReason {
        id: SavedReasonId(Uuid::from_u128(0x0198_c0de)),
        ready: None,
        texts: texts.map(|(lang, words)| (lang.to_owned(), words.to_owned())).to_vec(),
        projects: vec![project],
        archived: true,
        ..SavedReason::ready(ReadyReason::Mistakes)
    };
    SettingsFile {
        member: MEMBER.parse().ok(),
        settings: vec![
            row(Level::Portal, Setting::ReasonPolicy, "least:20"),
            row(Level::Portal, Setting::WorkHours, "08:30-17:00"),
            row(Level::Project(project), Setting::ReasonPolicy, "optional"),
        ],
        reasons: vec![SavedReason::ready(ReadyReason::Mistakes), own],
    }
}

/// The same file with something else at a place of it.
fn with(pointer: &str, value: Json) -> Result<SettingsFile, FileProblem> {
    let mut json: Json = serde_json::from_str(&file().text().unwrap()).unwrap();
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    SettingsFile::read(&json.to_string())
}

#[test]
fn p62_a_file_comes_back_as_it_was() {
    let text = file().text().unwrap();
    assert_eq!(SettingsFile::read(&text), Ok(file()));
    let json: Json = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["handback_settings"], &json["member_id"]), (&json!(1), &json!(MEMBER)));
    assert_eq!(json["settings"][0], json!({"level": "portal", "name": "reason_policy", "value": "least:20"}));
    assert_eq!(json["settings"][2]["project"], 12);
    assert_eq!(json["saved_reasons"][0]["ready"], "mistakes");
    assert!(json["saved_reasons"][1].get("ready").is_none() && text.contains("\n  \"settings\""), "{text}");
    // As a browser posts it, as an editor saves it, and with keys of a later day.
    assert_eq!(SettingsFile::read(&text.replace('\n', "\r\n")), Ok(file()));
    assert_eq!(SettingsFile::read(&format!("\u{feff}{text}")), Ok(file()));
    assert_eq!(SettingsFile::read(&text.replacen('{', "{\"later\": [1],", 1)), Ok(file()));
}

#[test]
fn p62_a_file_without_a_portal_is_of_no_portal() {
    for odd in ["", "x", "A223"] {
        assert_eq!(with("/member_id", json!(odd)).map(|file| file.member), Ok(None), "{odd}");
    }
    let bare = SettingsFile { member: None, settings: vec![], reasons: vec![] };
    assert_eq!(SettingsFile::read("{\"handback_settings\": 1}"), Ok(bare));
}

#[test]
fn p62_what_is_no_file_of_ours_is_refused() {
    for (text, problem) in [
        ("", FileProblem::NotJson(1)),
        ("{\n\"handback_settings\": 1,\n", FileProblem::NotJson(3)),
        ("[]", FileProblem::NotOurs),
        ("{\"handback_export\": 1}", FileProblem::NotOurs),
        ("{\"handback_settings\": 2}", FileProblem::Version("2".to_owned())),
        ("{\"handback_settings\": \"1\"}", FileProblem::Version("\"1\"".to_owned())),
    ] {
        assert_eq!(SettingsFile::read(text), Err(problem), "{text}");
    }
    let large = format!("{{\"handback_settings\": 1}}{}", " ".repeat(SettingsFile::MOST_BYTES));
    assert_eq!(SettingsFile::read(&large), Err(FileProblem::TooLarge));
}

#[test]
fn p62_each_value_is_read_as_its_form_would_be() {
    let of = |text: &str| text.to_owned();
    for (pointer, value, problem) in [
        ("/settings/0/name", json!("colour"), FileProblem::Setting(of("colour"))),
        ("/settings/0/name", json!("x".repeat(61)), FileProblem::Setting(format!("{}…", "x".repeat(60)))),
        ("/settings/0/value", json!("never"), FileProblem::Value(Setting::ReasonPolicy, of("never"))),
        ("/settings/0/value", json!(5), FileProblem::Shape(of("settings[0].value"))),
        ("/settings/0/level", json!("person"), FileProblem::Level(of("person"))),
        ("/settings/0/level", json!("project"), FileProblem::Level(of("project"))),
        ("/settings/2/level", json!("portal"), FileProblem::Level(of("portal"))),
        ("/settings/2/project", json!(-1), FileProblem::Level(of("project"))),
        ("/settings/2/name", json!("language"), FileProblem::Place(Setting::Language)),
        ("/settings/0/name", json!("return_bell"), FileProblem::Place(Setting::ReturnBell)),
        (
            "/settings/1",
            json!({"level": "portal", "name": "reason_policy", "value": "optional"}),
            FileProblem::Twice(of("reason_policy")),
        ),
    ] {
        assert_eq!(with(pointer, value.clone()), Err(problem), "{pointer} {value}");
    }
    assert!(with("/settings/2/project", json!(13)).is_ok(), "the same setting of another project");
}

#[test]
fn p62_each_reason_is_read_as_its_form_would_be() {
    let (of, id) = (|text: &str| text.to_owned(), file().reasons[1].id);
    let words = |problem| FileProblem::Reason(id, problem);
    for (pointer, value, problem) in [
        ("/saved_reasons/1/id", json!("7"), FileProblem::Shape(of("saved_reasons[1].id"))),
        (
            "/saved_reasons/1/id",
            json!(ReadyReason::Mistakes.id().to_string()),
            FileProblem::Twice(ReadyReason::Mistakes.id().to_string()),
        ),
        ("/saved_reasons/0/ready", json!("lazy"), FileProblem::Ready(of("lazy"))),
        ("/saved_reasons/0/ready", json!("not_as_asked"), FileProblem::Ready(of("not_as_asked"))),
        ("/saved_reasons/1/texts", json!({"xx": "Words"}), FileProblem::Language(of("xx"))),
        ("/saved_reasons/1/texts", json!({}), words(SavedProblem::Missing)),
        ("/saved_reasons/1/texts", json!({"en": " "}), words(SavedProblem::Missing)),
        ("/saved_reasons/1/texts/en", json!("x".repeat(501)), words(SavedProblem::TooLong)),
        ("/saved_reasons/1/texts/en", json!("{asignee}"), words(SavedProblem::Variable)),
        ("/saved_reasons/1/projects", json!([12, 0]), FileProblem::Shape(of("saved_reasons[1].projects"))),
        ("/saved_reasons/1/archived", json!("no"), FileProblem::Shape(of("saved_reasons[1].archived"))),
    ] {
        assert_eq!(with(pointer, value.clone()), Err(problem), "{pointer} {value}");
    }
}
