//! What a file of settings would change in a portal that takes it over.

use super::{
    ids::{GroupId, MemberId},
    level::{Effective, Level, Settings},
    saved_reason::SavedReason,
    setting::{Setting, Value},
    settings_file::{FileProblem, SettingsFile},
};
use std::collections::BTreeSet;

/// A setting that would get another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// For whom.
    pub level: Level,
    /// Which.
    pub setting: Setting,
    /// What holds there now.
    pub now: Effective,
    /// What would hold.
    pub then: Value,
}

/// What would change, and what of the file is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakeOver {
    /// In the order of the file.
    pub settings: Vec<Change>,
    /// As they would be, in the order of the file.
    pub reasons: Vec<SavedReason>,
    /// How many of these the portal does not have yet.
    pub new_reasons: usize,
    /// Settings of another portal's projects.
    pub left_settings: usize,
    /// Reasons for another portal's projects.
    pub left_reasons: usize,
}

impl TakeOver {
    /// Compares a file with what was set, and with the reasons as somebody sees them. What the file does not name stays
    /// as it is; projects of another portal have other numbers.
    ///
    /// # Errors
    /// [`FileProblem::TooMany`] when the list would be longer than lists are, [`FileProblem::Owned`] for the key of a
    /// person's own reason.
    pub fn of(
        file: SettingsFile,
        portal: MemberId,
        settings: &Settings,
        reasons: &[SavedReason],
    ) -> Result<Self, FileProblem> {
        let own = file.member == Some(portal);
        let mut over = Self::default();
        for (level, setting, then) in file.settings {
            let project = if let Level::Project(group) = level { Some(group) } else { None };
            if project.is_some() && !own {
                over.left_settings += 1;
            } else if settings.at(level, setting) != Some(then) {
                let now = settings.effective(setting, project, None);
                over.settings.push(Change { level, setting, now, then });
            }
        }
        for reason in file.reasons {
            let known = reasons.iter().find(|known| known.id == reason.id);
            if !own && !reason.projects.is_empty() {
                over.left_reasons += 1;
            } else if known.is_some_and(|known| known.owner.is_some()) {
                return Err(FileProblem::Owned(reason.id));
            } else if known.is_none_or(|known| !is_same(known, &reason)) {
                over.new_reasons += usize::from(known.is_none());
                over.reasons.push(reason);
            }
        }
        if over.fits(reasons) { Ok(over) } else { Err(FileProblem::TooMany) }
    }

    /// Whether the portal's list would not be too long.
    fn fits(&self, reasons: &[SavedReason]) -> bool {
        let stays = |known: &&SavedReason| known.owner.is_none() && !self.reasons.iter().any(|new| new.id == known.id);
        let after: Vec<&SavedReason> = reasons.iter().filter(stays).chain(&self.reasons).collect();
        let offered = after.iter().filter(|reason| !reason.archived).count();
        self.reasons.is_empty() || offered <= SavedReason::MOST && after.len() <= SavedReason::MOST_KEPT
    }

    /// Whether everything that the file names is so already, or is left out.
    pub fn is_nothing(&self) -> bool {
        self.settings.is_empty() && self.reasons.is_empty()
    }

    /// How many reasons would have other words, be in other projects, or be archived or offered again.
    pub fn changed_reasons(&self) -> usize {
        self.reasons.len() - self.new_reasons
    }

    /// The settings as they would be.
    pub fn rows(&self) -> Vec<(Level, Setting, Value)> {
        self.settings.iter().map(|change| (change.level, change.setting, change.then)).collect()
    }

    /// Projects whose settings would change, in order.
    pub fn projects(&self) -> Vec<GroupId> {
        let project = |change: &Change| if let Level::Project(group) = change.level { Some(group) } else { None };
        self.settings.iter().filter_map(project).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// But for the order in which texts and projects come.
fn is_same(one: &SavedReason, other: &SavedReason) -> bool {
    fn set<T: Ord>(all: &[T]) -> BTreeSet<&T> {
        all.iter().collect()
    }
    one.archived == other.archived && set(&one.texts) == set(&other.texts) && set(&one.projects) == set(&other.projects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ReadyReason, SavedReasonId, UserId};
    use uuid::Uuid;

    fn member(n: u128) -> MemberId {
        format!("{n:032x}").parse().unwrap()
    }

    fn row(level: Level, setting: Setting, text: &str) -> (Level, Setting, Value) {
        (level, setting, setting.read(text).unwrap())
    }

    fn reason(n: u128, words: &str, projects: &[i64]) -> SavedReason {
        SavedReason {
            id: SavedReasonId(Uuid::from_u128(n)),
            ready: None,
            texts: vec![("en".to_owned(), words.to_owned())],
            projects: projects.iter().filter_map(|id| GroupId::new(*id)).collect(),
            ..SavedReason::ready(ReadyReason::Mistakes)
        }
    }

    fn file(settings: Vec<(Level, Setting, Value)>, reasons: Vec<SavedReason>) -> SettingsFile {
        SettingsFile { member: Some(member(1)), settings, reasons }
    }

    #[test]
    fn p62_only_what_differs_would_change() {
        let project = Level::Project(GroupId::new(9).unwrap());
        let there = Settings::new(vec![
            row(Level::Portal, Setting::ReviewHours, "8"),
            row(Level::Portal, Setting::ReasonPolicy, "optional"),
        ]);
        let settings = vec![
            row(Level::Portal, Setting::ReviewHours, "8"),
            row(Level::Portal, Setting::ReasonPolicy, "required"),
            row(project, Setting::ReviewHours, "2"),
        ];
        let known = [reason(7, "As it was", &[3, 4]), reason(8, "Old", &[]), reason(9, "Not in the file", &[])];
        let reasons = vec![reason(7, "As it was", &[4, 3]), reason(8, "New", &[]), reason(10, "Another", &[])];
        let over = TakeOver::of(file(settings, reasons), member(1), &there, &known).unwrap();
        let changes: Vec<_> = over.settings.iter().map(|c| (c.level, c.setting, c.now.value, c.now.from)).collect();
        let value = |setting: Setting, text| setting.read(text).unwrap();
        assert_eq!(
            changes,
            [
                (Level::Portal, Setting::ReasonPolicy, value(Setting::ReasonPolicy, "optional"), Some(Level::Portal)),
                (project, Setting::ReviewHours, value(Setting::ReviewHours, "8"), Some(Level::Portal)),
            ]
        );
        assert_eq!(over.rows()[0], row(Level::Portal, Setting::ReasonPolicy, "required"));
        assert_eq!(over.reasons, [reason(8, "New", &[]), reason(10, "Another", &[])]);
        assert_eq!((over.new_reasons, over.changed_reasons(), over.projects().len()), (1, 1, 1));
        assert_eq!((over.left_settings, over.left_reasons, over.is_nothing()), (0, 0, false));
    }

    #[test]
    fn p62_projects_of_another_portal_are_left_out() {
        let project = Level::Project(GroupId::new(9).unwrap());
        let settings = vec![row(project, Setting::ReviewHours, "2"), row(project, Setting::ReasonPolicy, "optional")];
        let reasons = vec![reason(7, "There", &[9]), reason(8, "Everywhere", &[])];
        for of in [Some(member(1)), None] {
            let file = SettingsFile { member: of, ..file(settings.clone(), reasons.clone()) };
            let over = TakeOver::of(file, member(2), &Settings::default(), &[]).unwrap();
            assert_eq!((over.left_settings, over.left_reasons, over.settings.len()), (2, 1, 0));
            assert_eq!(over.reasons, [reason(8, "Everywhere", &[])]);
        }
    }

    #[test]
    fn p62_a_list_is_no_longer_than_lists_are() {
        let known: Vec<_> = (1..=49).map(|n| reason(n, "Known", &[])).collect();
        let archived = |n, words| SavedReason { archived: true, ..reason(n, words, &[]) };
        let of = |reasons: Vec<SavedReason>| {
            TakeOver::of(file(Vec::new(), reasons), member(1), &Settings::default(), &known)
                .map(|over| over.new_reasons)
        };
        assert_eq!(of(vec![reason(100, "Fiftieth", &[])]), Ok(1));
        let many = vec![reason(100, "Fiftieth", &[]), reason(101, "One too many", &[])];
        assert_eq!(of(many.clone()), Err(FileProblem::TooMany));
        assert_eq!(of([many, vec![archived(1, "Known")]].concat()), Ok(2), "one makes room");
        let old: Vec<_> = (100..=551).map(|n| archived(n, "Old")).collect();
        assert_eq!(of(old[1..].to_vec()), Ok(451), "five hundred with the archived ones");
        assert_eq!(of(old), Err(FileProblem::TooMany));
    }

    #[test]
    fn p62_a_persons_own_reason_is_not_taken_over() {
        let own = SavedReason { owner: UserId::new(3), ..reason(7, "Mine", &[]) };
        let posted = file(Vec::new(), vec![reason(7, "For everybody", &[])]);
        let over = TakeOver::of(posted, member(1), &Settings::default(), std::slice::from_ref(&own));
        assert_eq!(over, Err(FileProblem::Owned(own.id)));
    }
}
