//! What else a person wishes with a decision: another deadline, points of the checklist that are not good, a mark. It is
//! carried out once the decision is done, and only then; each of it is absolute, so that trying twice is once.

use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Timelike, Utc};

/// The vendor's mark of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `P`.
    Positive,
    /// `N`.
    Negative,
}

impl Mark {
    /// As the vendor writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Positive => "P",
            Self::Negative => "N",
        }
    }

    /// The inverse of [`Mark::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Positive, Self::Negative].into_iter().find(|mark| mark.name() == name)
    }
}

/// The wish. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followup {
    /// With the offset in which it was chosen.
    pub deadline: Option<DateTime<FixedOffset>>,
    /// For a task that is accepted.
    pub mark: Option<Mark>,
    /// Numbers of points to be reopened, each once.
    pub items: Vec<i64>,
}

/// A wish that nobody can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FollowupProblem {
    /// It is over, or centuries away.
    #[error("no deadline")]
    Deadline,
    /// More than [`Followup::MOST_ITEMS`], or no number of a point.
    #[error("no points of a checklist")]
    Items,
}

impl Followup {
    /// So many can be asked about and reopened in one call each.
    pub const MOST_ITEMS: usize = 40;

    /// `None` when nothing is wished.
    pub fn new(
        deadline: Option<DateTime<FixedOffset>>,
        mark: Option<Mark>,
        mut items: Vec<i64>,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, FollowupProblem> {
        items.sort_unstable();
        items.dedup();
        if items.len() > Self::MOST_ITEMS || items.iter().any(|item| *item <= 0) {
            return Err(FollowupProblem::Items);
        }
        if deadline.is_some_and(|at| at <= now || at > now + TimeDelta::days(3_660)) {
            return Err(FollowupProblem::Deadline);
        }
        let empty = deadline.is_none() && mark.is_none() && items.is_empty();
        Ok((!empty).then_some(Self { deadline, mark, items }))
    }

    /// The same without a deadline that is over; `None` when nothing is left of it.
    pub fn still_ahead(mut self, now: DateTime<Utc>) -> Option<Self> {
        self.deadline = self.deadline.filter(|at| *at > now);
        let empty = self.deadline.is_none() && self.mark.is_none() && self.items.is_empty();
        (!empty).then_some(self)
    }

    /// Whether the assignee has something to learn once it is carried out.
    pub fn is_told(&self) -> bool {
        self.deadline.is_some() || !self.items.is_empty()
    }
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    /// Points that are open again.
    pub items: Vec<i64>,
    /// How many could not be opened.
    pub missed_items: usize,
    /// The new deadline, and whether it is set; `None` where none was wished.
    pub deadline: Option<(DateTime<FixedOffset>, bool)>,
    /// Whether the mark is given; `None` where none was wished.
    pub mark: Option<bool>,
}

impl Followed {
    /// Whether all of it was carried out.
    pub fn is_whole(&self) -> bool {
        self.missed_items == 0 && self.deadline.is_none_or(|(_, set)| set) && self.mark != Some(false)
    }

    /// Whether the assignee has something to learn of it.
    pub fn is_told(&self) -> bool {
        !self.items.is_empty() || self.deadline.is_some_and(|(_, set)| set)
    }
}

/// How far it is, for the person who wished it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Following {
    /// Still to be done, or under way.
    pub moves: bool,
    /// Points that could not be opened.
    pub missed_items: usize,
    /// The deadline could not be set.
    pub missed_deadline: bool,
    /// The mark could not be given.
    pub missed_mark: bool,
}

/// The one message for the assignee: why, what is not good, until when. `points` and `reason` are BBCode already; `lang` is
/// the vendor's code of the portal's language.
pub fn message(reason: &str, points: &[String], deadline: Option<DateTime<FixedOffset>>, lang: &str) -> String {
    let (wrong, until) = match lang {
        "ru" => ("Ещё не готово:", "Новый крайний срок:"),
        "de" => ("Noch nicht in Ordnung:", "Neue Frist:"),
        _ => ("Not good yet:", "New deadline:"),
    };
    let mut text = reason.to_owned();
    if !points.is_empty() {
        text.push_str(&format!("\n\n{wrong}"));
        points.iter().for_each(|point| text.push_str(&format!("\n• {point}")));
    }
    if let Some(at) = deadline {
        let between = if points.is_empty() { "\n\n" } else { "\n" };
        text.push_str(&format!("{between}{until} {}", written(at, lang)));
    }
    // Without words and without a name it begins with what is wrong.
    text.trim_start().to_owned()
}

fn written(at: DateTime<FixedOffset>, lang: &str) -> String {
    if matches!(lang, "ru" | "de") {
        return at.format("%d.%m.%Y %H:%M").to_string();
    }
    let (afternoon, hour) = at.hour12();
    let half = if afternoon { "PM" } else { "AM" };
    format!("{} {}, {}, {hour}:{:02} {half}", at.format("%b"), at.day(), at.year(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    #[test]
    fn p27_p28_a_wish_is_checked_before_it_is_kept() {
        let now = at("2026-11-28T12:00:00Z").to_utc();
        let wish = |deadline: Option<&str>, items: &[i64]| Followup::new(deadline.map(at), None, items.to_vec(), now);
        assert_eq!(wish(None, &[]), Ok(None));
        assert_eq!(wish(None, &[3, 1, 3]).unwrap().unwrap().items, [1, 3], "each once");
        for (deadline, items, problem) in [
            (Some("2026-11-28T12:00:00Z"), vec![], FollowupProblem::Deadline),
            (Some("2126-11-28T12:00:00Z"), vec![], FollowupProblem::Deadline),
            (None, vec![0], FollowupProblem::Items),
            (None, vec![-4], FollowupProblem::Items),
            (None, (1..=41).collect(), FollowupProblem::Items),
        ] {
            assert_eq!(wish(deadline, &items), Err(problem), "{deadline:?} {items:?}");
        }
        assert!(wish(Some("2026-11-29T00:00:00+03:00"), &[]).unwrap().is_some());
    }

    #[test]
    fn p45_one_message_names_all_of_it_in_the_portals_language() {
        let points = ["Logo".to_owned(), "Colours".to_owned()];
        let until = Some(at("2026-12-01T19:00:00+03:00"));
        assert_eq!(message("Why.", &[], None, "en"), "Why.");
        assert_eq!(message("", &points, None, "en"), "Not good yet:\n• Logo\n• Colours", "nobody gave words");
        assert_eq!(
            message("Why.", &points, until, "en"),
            "Why.\n\nNot good yet:\n• Logo\n• Colours\nNew deadline: Dec 1, 2026, 7:00 PM"
        );
        assert_eq!(message("Warum.", &[], until, "de"), "Warum.\n\nNeue Frist: 01.12.2026 19:00");
        assert!(message("Почему.", &points, until, "ru").contains("Ещё не готово:\n• Logo"));
        assert!(message("Why.", &points, None, "xx").contains("Not good yet"), "others fall back to English");
    }
}
