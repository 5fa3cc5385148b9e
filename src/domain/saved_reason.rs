//! Reasons that a portal or a person keeps ready. Their words may hold places for what is known of the task.

use super::{
    ids::{GroupId, SavedReasonId, UserId},
    reason::{ReadyReason, Reason, ReasonCode, ReasonProblem},
};

/// A reason kept ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReason {
    /// Its key.
    pub id: SavedReasonId,
    /// Whose it is; nobody's: the portal's.
    pub owner: Option<UserId>,
    /// The one that the portal began with, if it is one of these.
    pub ready: Option<ReadyReason>,
    /// The vendor's language code and the words in it.
    pub texts: Vec<(String, String)>,
    /// Only in these projects; without one everywhere.
    pub projects: Vec<GroupId>,
    /// No longer offered.
    pub archived: bool,
}

/// Why words cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SavedProblem {
    /// There are none.
    #[error("no words")]
    Missing,
    /// More than fit on a button.
    #[error("too long")]
    TooLong,
    /// A place for something that nobody fills in.
    #[error("an unknown variable")]
    Variable,
    /// As many are kept as anybody looks at.
    #[error("too many")]
    TooMany,
}

impl SavedReason {
    /// What its words may hold a place for: `{task}`.
    pub const VARIABLES: [&str; 3] = ["assignee", "task", "deadline"];
    /// Longer words are no ready ones.
    pub const MAX_CHARS: usize = 500;
    /// So many of one list are offered at most.
    pub const MOST: usize = 50;
    /// And so many are kept with those that are archived.
    pub const MOST_KEPT: usize = 10 * Self::MOST;

    /// What a portal begins with.
    pub fn ready(ready: ReadyReason) -> Self {
        Self {
            id: ready.id(),
            owner: None,
            ready: Some(ready),
            texts: Vec::new(),
            projects: Vec::new(),
            archived: false,
        }
    }

    /// What a decision keeps of it.
    pub fn code(&self) -> ReasonCode {
        self.ready.map_or(ReasonCode::Saved(self.id), ReasonCode::Ready)
    }

    /// The words in a language, else in the portal's, else whatever there is. `None`: Handback's own words for it.
    pub fn words(&self, lang: &str, portal: &str) -> Option<&str> {
        let of = |lang: &str| self.texts.iter().find(|(known, _)| known == lang);
        let found = of(lang).or_else(|| of(portal)).or_else(|| self.texts.first());
        found.map(|(_, words)| words.as_str())
    }

    /// Whether it is offered for a task of this project.
    pub fn is_for(&self, project: Option<GroupId>) -> bool {
        !self.archived && (self.projects.is_empty() || project.is_some_and(|project| self.projects.contains(&project)))
    }

    /// The same with its words as they are kept; at least in one language, but for those that Handback has words for.
    pub fn checked(self) -> Result<Self, SavedProblem> {
        let mut texts = Vec::new();
        for (code, words) in self.texts {
            texts.extend(Self::read(&words)?.map(|words| (code, words)));
        }
        if texts.is_empty() && self.ready.is_none() {
            return Err(SavedProblem::Missing);
        }
        Ok(Self { texts, ..self })
    }

    /// Words as they are kept; `None` where the field was left empty.
    pub fn read(text: &str) -> Result<Option<String>, SavedProblem> {
        let text = match Reason::new(text) {
            Ok(reason) => reason.text().to_owned(),
            Err(ReasonProblem::Missing) => return Ok(None),
            Err(_) => return Err(SavedProblem::TooLong),
        };
        if text.chars().count() > Self::MAX_CHARS {
            return Err(SavedProblem::TooLong);
        }
        let unknown = |name: &str| {
            let word = !name.is_empty() && name.chars().all(char::is_alphabetic);
            word && !Self::VARIABLES.contains(&name)
        };
        let mut names = text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
        if names.any(unknown) { Err(SavedProblem::Variable) } else { Ok(Some(text)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p44_words_come_in_ones_own_language_else_in_the_portals() {
        let texts = [("de", "Zahlen fehlen"), ("en", "Figures are missing"), ("ru", "Нет цифр")];
        let texts = texts.map(|(lang, words)| (lang.to_owned(), words.to_owned())).to_vec();
        let reason = SavedReason { texts, ..SavedReason::ready(ReadyReason::Mistakes) };
        assert_eq!(reason.words("ru", "en"), Some("Нет цифр"));
        assert_eq!(reason.words("fr", "en"), Some("Figures are missing"));
        assert_eq!(reason.words("fr", "la"), Some("Zahlen fehlen"));
        assert_eq!(SavedReason::ready(ReadyReason::Mistakes).words("en", "en"), None);
    }

    #[test]
    fn p44_only_known_variables_are_places() {
        for good in ["{assignee}, see {task} by {deadline}", "set {1, 2}", "{ assignee", "}{", "{}"] {
            assert_eq!(SavedReason::read(good), Ok(Some(good.to_owned())));
        }
        assert_eq!(SavedReason::read("{asignee}"), Err(SavedProblem::Variable));
        assert_eq!(SavedReason::read(" \n"), Ok(None));
        assert_eq!(SavedReason::read(&"x".repeat(501)), Err(SavedProblem::TooLong));
    }

    #[test]
    fn p44_a_subset_of_projects_is_one() {
        let [nine, ten] = [9, 10].map(GroupId::new);
        let everywhere = SavedReason::ready(ReadyReason::Mistakes);
        let in_nine = SavedReason { projects: nine.into_iter().collect(), ..everywhere.clone() };
        assert!(everywhere.is_for(None) && everywhere.is_for(nine));
        assert_eq!([None, nine, ten].map(|project| in_nine.is_for(project)), [false, true, false]);
        assert!(!SavedReason { archived: true, ..everywhere }.is_for(nine));
    }
}
