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
mod tests;
