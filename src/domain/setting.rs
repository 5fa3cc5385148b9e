//! What can be set: the table of settings, and their values.

use super::{
    language,
    level::Level,
    week::{WorkDays, WorkHours},
};

/// Whether a return needs words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonPolicy {
    /// It may go without.
    Optional,
    /// Some words.
    Required,
    /// So many characters.
    AtLeast(u16),
}

impl ReasonPolicy {
    /// More than this nobody may ask for.
    pub const MOST: u16 = 500;

    /// How many characters there have to be.
    pub fn least(self) -> u16 {
        match self {
            Self::Optional => 0,
            Self::Required => 1,
            Self::AtLeast(n) => n,
        }
    }
}

/// How a return is told to the assignee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// In the task's discussion alone.
    Chat,
    /// By a notification as well.
    ChatAndBell,
}

/// What can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// Whether a return needs words, and how many.
    ReasonPolicy,
    /// How a return is told to the assignee.
    ReturnNotice,
    /// Whether notifications of returns come to this person.
    ReturnBell,
    /// Whether keys of one letter do anything for this person.
    Keys,
    /// How many working hours a review may take.
    ReviewHours,
    /// On which days people work.
    WorkDays,
    /// From when to when.
    WorkHours,
    /// In which language the portal speaks.
    Language,
}

/// A value of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Of [`Setting::ReasonPolicy`].
    Policy(ReasonPolicy),
    /// Of [`Setting::ReturnNotice`].
    Notice(Notice),
    /// Of [`Setting::ReturnBell`] and [`Setting::Keys`].
    Switch(bool),
    /// Of [`Setting::ReviewHours`]; 0: no due time.
    Hours(u16),
    /// Of [`Setting::WorkDays`].
    Days(WorkDays),
    /// Of [`Setting::WorkHours`].
    Day(WorkHours),
    /// Of [`Setting::Language`]: the vendor's code.
    Language(&'static str),
}

impl Setting {
    /// In the order of the pages.
    pub const ALL: [Self; 8] = [
        Self::ReasonPolicy,
        Self::ReturnNotice,
        Self::ReturnBell,
        Self::Keys,
        Self::ReviewHours,
        Self::WorkDays,
        Self::WorkHours,
        Self::Language,
    ];
    /// Nobody's review takes longer.
    pub const MOST_HOURS: u16 = 400;

    /// As stored and as posted.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReasonPolicy => "reason_policy",
            Self::ReturnNotice => "return_notice",
            Self::ReturnBell => "return_bell",
            Self::Keys => "keys",
            Self::ReviewHours => "review_hours",
            Self::WorkDays => "work_days",
            Self::WorkHours => "work_hours",
            Self::Language => "language",
        }
    }

    /// The inverse of [`Setting::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.name() == name)
    }

    /// Whether it can be set there.
    pub fn is_for(self, level: Level) -> bool {
        match self {
            Self::ReasonPolicy | Self::ReturnNotice | Self::ReviewHours => {
                matches!(level, Level::Portal | Level::Project(_))
            }
            Self::WorkDays | Self::WorkHours => matches!(level, Level::Portal | Level::Person(_)),
            Self::ReturnBell | Self::Keys => matches!(level, Level::Person(_)),
            Self::Language => level == Level::Portal,
        }
    }

    /// What holds as long as nobody has set anything.
    pub fn default(self) -> Value {
        match self {
            Self::ReasonPolicy => Value::Policy(ReasonPolicy::Required),
            Self::ReturnNotice => Value::Notice(Notice::Chat),
            Self::ReturnBell | Self::Keys => Value::Switch(true),
            Self::ReviewHours => Value::Hours(0),
            Self::WorkDays => Value::Days(WorkDays::USUAL),
            Self::WorkHours => Value::Day(WorkHours::USUAL),
            Self::Language => Value::Language("en"),
        }
    }

    /// A value as stored; `None` for what is none.
    pub fn read(self, text: &str) -> Option<Value> {
        let number = |text: &str, most: u16| text.trim().parse::<u16>().ok().filter(|n| *n <= most);
        Some(match self {
            Self::ReasonPolicy => Value::Policy(match text {
                "optional" => ReasonPolicy::Optional,
                "required" => ReasonPolicy::Required,
                least => {
                    let n = number(least.strip_prefix("least:")?, ReasonPolicy::MOST)?;
                    if n < 2 { return None } else { ReasonPolicy::AtLeast(n) }
                }
            }),
            Self::ReturnNotice => Value::Notice(match text {
                "chat" => Notice::Chat,
                "bell" => Notice::ChatAndBell,
                _ => return None,
            }),
            Self::ReturnBell | Self::Keys => Value::Switch(match text {
                "on" => true,
                "off" => false,
                _ => return None,
            }),
            Self::ReviewHours => Value::Hours(number(text, Self::MOST_HOURS)?),
            Self::WorkDays => Value::Days(WorkDays::parse(text)?),
            Self::WorkHours => Value::Day(WorkHours::parse(text)?),
            Self::Language => Value::Language(language::known(text)?),
        })
    }
}

impl Value {
    /// The inverse of [`Setting::read`].
    pub fn text(self) -> String {
        match self {
            Self::Policy(ReasonPolicy::Optional) => "optional".to_owned(),
            Self::Policy(ReasonPolicy::Required) => "required".to_owned(),
            Self::Policy(ReasonPolicy::AtLeast(n)) => format!("least:{n}"),
            Self::Notice(Notice::Chat) => "chat".to_owned(),
            Self::Notice(Notice::ChatAndBell) => "bell".to_owned(),
            Self::Switch(on) => if on { "on" } else { "off" }.to_owned(),
            Self::Hours(n) => n.to_string(),
            Self::Days(days) => days.text(),
            Self::Day(hours) => hours.text(),
            Self::Language(code) => code.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_and_nothing_else_is_one() {
        for (setting, good, bad) in [
            (
                Setting::ReasonPolicy,
                &["optional", "required", "least:2", "least:500"][..],
                &["", "least:1", "least:501", "least:-3", "never"][..],
            ),
            (Setting::ReturnNotice, &["chat", "bell"], &["", "mail", "Bell"]),
            (Setting::ReturnBell, &["on", "off"], &["", "1", "true"]),
            (Setting::Keys, &["on", "off"], &["", "1", "On"]),
            (Setting::ReviewHours, &["0", "16", "400"], &["", "-1", "401", "1.5", "x"]),
            (Setting::WorkDays, &["12345", "7"], &["", "89"]),
            (Setting::WorkHours, &["09:00-18:00"], &["18:00-09:00"]),
            (Setting::Language, &["en", "ru", "la"], &["", "EN", "xx"]),
        ] {
            for text in good {
                assert_eq!(setting.read(text).map(Value::text).as_deref(), Some(*text));
            }
            for text in bad {
                assert_eq!(setting.read(text), None, "{setting:?} {text}");
            }
            assert_eq!(Setting::parse(setting.name()), Some(setting));
            assert_eq!(setting.read(&setting.default().text()), Some(setting.default()));
        }
    }
}
