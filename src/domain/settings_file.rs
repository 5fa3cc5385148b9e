//! The settings of a portal as a file: how it is written, and how strictly it is read.

use super::{
    ids::{GroupId, MemberId, SavedReasonId},
    language,
    level::Level,
    reason::ReadyReason,
    saved_reason::{SavedProblem, SavedReason},
    setting::{Setting, Value},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Of the format; another one when a key changes its meaning.
const VERSION: u64 = 1;

/// What a file holds: nothing of persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFile {
    /// The portal that it was taken from, as far as the file says so.
    pub member: Option<MemberId>,
    /// Of the levels portal and project, in the order of the file.
    pub settings: Vec<(Level, Setting, Value)>,
    /// The portal's own list, in the order of the file.
    pub reasons: Vec<SavedReason>,
}

/// Why a file cannot be taken over; what it quotes of the file is cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// More than [`SettingsFile::MOST_BYTES`].
    #[error("too large")]
    TooLarge,
    /// The number of the line in which it stops being JSON.
    #[error("no JSON in line {0}")]
    NotJson(usize),
    /// JSON of something else.
    #[error("no file of settings")]
    NotOurs,
    /// Another version of the format.
    #[error("version {0}")]
    Version(String),
    /// Where something is missing or of another kind.
    #[error("another shape at {0}")]
    Shape(String),
    /// No level of the file, or one with a project too many or too few.
    #[error("no level {0}")]
    Level(String),
    /// A setting that is none.
    #[error("no setting {0}")]
    Setting(String),
    /// One that is not set at this level.
    #[error("{0:?} at another level")]
    Place(Setting),
    /// A value that is none.
    #[error("no value of {0:?}: {1}")]
    Value(Setting, String),
    /// The same setting or saved reason twice.
    #[error("{0} twice")]
    Twice(String),
    /// A language that is none.
    #[error("no language {0}")]
    Language(String),
    /// No name of a reason that portals begin with, or another one's.
    #[error("no ready reason {0}")]
    Ready(String),
    /// Words that cannot be kept.
    #[error("reason {0}: {1}")]
    Reason(SavedReasonId, SavedProblem),
    /// The key of a reason in somebody's own list.
    #[error("reason {0} is a person's")]
    Owned(SavedReasonId),
    /// More reasons than a list has.
    #[error("too many reasons")]
    TooMany,
}

#[derive(Serialize, Deserialize)]
struct Written {
    handback_settings: u64,
    #[serde(default)]
    member_id: String,
    #[serde(default)]
    settings: Vec<WrittenSetting>,
    #[serde(default)]
    saved_reasons: Vec<WrittenReason>,
}

#[derive(Serialize, Deserialize)]
struct WrittenSetting {
    level: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    project: Option<i64>,
    name: String,
    value: String,
}

#[derive(Serialize, Deserialize)]
struct WrittenReason {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ready: Option<String>,
    texts: BTreeMap<String, String>,
    projects: Vec<i64>,
    archived: bool,
}

impl SettingsFile {
    /// A longer text is not read.
    pub const MOST_BYTES: usize = 512 * 1024;

    /// As it is downloaded.
    ///
    /// # Errors
    /// None that is known of: everything in it is a text, a number or a list of them.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let setting = |(level, setting, value): &(Level, Setting, Value)| WrittenSetting {
            level: level.name().to_owned(),
            project: if let Level::Project(group) = level { Some(group.get()) } else { None },
            name: setting.name().to_owned(),
            value: value.text(),
        };
        let reason = |reason: &SavedReason| WrittenReason {
            id: reason.id.to_string(),
            ready: reason.ready.map(|ready| ready.name().to_owned()),
            texts: reason.texts.iter().cloned().collect(),
            projects: reason.projects.iter().map(|project| project.get()).collect(),
            archived: reason.archived,
        };
        serde_json::to_string_pretty(&Written {
            handback_settings: VERSION,
            member_id: self.member.map(|member| member.to_string()).unwrap_or_default(),
            settings: self.settings.iter().map(setting).collect(),
            saved_reasons: self.reasons.iter().map(reason).collect(),
        })
    }

    /// The inverse of [`SettingsFile::text`]: whole, or not at all. Keys that nobody knows say nothing.
    pub fn read(text: &str) -> Result<Self, FileProblem> {
        // A browser posts each end of a line as two characters; none of JSON's texts holds one.
        let text = text.replace("\r\n", "\n");
        if text.len() > Self::MOST_BYTES {
            return Err(FileProblem::TooLarge);
        }
        let json: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| FileProblem::NotJson(error.line()))?;
        match json.get("handback_settings") {
            None => return Err(FileProblem::NotOurs),
            Some(version) if version.as_u64() == Some(VERSION) => {}
            Some(other) => return Err(FileProblem::Version(cut(&other.to_string()))),
        }
        let written: Written = serde_path_to_error::deserialize(json)
            .map_err(|error| FileProblem::Shape(cut(&error.path().to_string())))?;
        let settings = written.settings.iter().map(setting).collect::<Result<Vec<_>, _>>()?;
        let reasons = written.saved_reasons.iter().enumerate();
        let reasons = reasons.map(|(nth, written)| reason(nth, written)).collect::<Result<Vec<_>, _>>()?;
        let (mut known, mut ids) = (HashSet::new(), HashSet::new());
        if let Some((_, setting, _)) = settings.iter().find(|(level, setting, _)| !known.insert((*level, *setting))) {
            return Err(FileProblem::Twice(setting.name().to_owned()));
        }
        if let Some(reason) = reasons.iter().find(|reason| !ids.insert(reason.id)) {
            return Err(FileProblem::Twice(reason.id.to_string()));
        }
        Ok(Self { member: written.member_id.parse().ok(), settings, reasons })
    }
}

fn setting(written: &WrittenSetting) -> Result<(Level, Setting, Value), FileProblem> {
    let level = Level::parse(&written.level, written.project.unwrap_or(0));
    let level = level.filter(|level| !matches!(level, Level::Person(_)));
    let level = level.ok_or_else(|| FileProblem::Level(cut(&written.level)))?;
    let setting = Setting::parse(&written.name).ok_or_else(|| FileProblem::Setting(cut(&written.name)))?;
    if !setting.is_for(level) {
        return Err(FileProblem::Place(setting));
    }
    let value = setting.read(&written.value).ok_or_else(|| FileProblem::Value(setting, cut(&written.value)))?;
    Ok((level, setting, value))
}

fn reason(nth: usize, written: &WrittenReason) -> Result<SavedReason, FileProblem> {
    let odd = |field: &str| FileProblem::Shape(format!("saved_reasons[{nth}].{field}"));
    let id: SavedReasonId = written.id.parse().map_err(|_| odd("id"))?;
    // The key says which of those that every portal begins with it is; the name is for people.
    let ready = ReadyReason::ALL.into_iter().find(|ready| ready.id() == id);
    if let Some(name) = &written.ready
        && ready.map(ReadyReason::name) != Some(name.as_str())
    {
        return Err(FileProblem::Ready(cut(name)));
    }
    if let Some(code) = written.texts.keys().find(|code| language::known(code).is_none()) {
        return Err(FileProblem::Language(cut(code)));
    }
    let project = |id: &i64| GroupId::new(*id).ok_or_else(|| odd("projects"));
    let projects = written.projects.iter().map(project).collect::<Result<BTreeSet<_>, _>>()?;
    let reason = SavedReason {
        id,
        owner: None,
        ready,
        texts: written.texts.clone().into_iter().collect(),
        projects: projects.into_iter().collect(),
        archived: written.archived,
    };
    reason.checked().map_err(|problem| FileProblem::Reason(id, problem))
}

/// As much of a text as is quoted to a person.
fn cut(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
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
}
