//! Filters of lists: an operator in front of the key, an array means IN.

use crate::answer::Time;
use crate::php::Php;
use crate::state::task::Task;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Like,
}

/// `>=DEADLINE` -> at least, DEADLINE.
pub fn split_key(key: &str) -> (Op, &str) {
    const PREFIXES: [(&str, Op); 11] = [
        ("!=", Op::NotEqual),
        ("!@", Op::NotEqual),
        ("!", Op::NotEqual),
        ("<=", Op::AtMost),
        (">=", Op::AtLeast),
        ("<", Op::Less),
        (">", Op::Greater),
        ("=", Op::Equal),
        ("@", Op::Equal),
        ("%", Op::Like),
        ("?", Op::Like),
    ];
    let found = PREFIXES.iter().find_map(|(prefix, op)| key.strip_prefix(prefix).map(|name| (*op, name)));
    found.unwrap_or((Op::Equal, key))
}

impl Op {
    fn compare<T: PartialOrd>(self, have: &T, want: &T) -> bool {
        match self {
            Self::Equal | Self::NotEqual | Self::Like => have == want,
            Self::Less => have < want,
            Self::AtMost => have <= want,
            Self::Greater => have > want,
            Self::AtLeast => have >= want,
        }
    }

    /// True when any value fits, or none for a negation.
    fn any<T: PartialOrd>(self, have: &[T], want: &[T]) -> bool {
        let found = have.iter().any(|have| want.iter().any(|want| self.compare(have, want)));
        if self == Self::NotEqual { !found } else { found }
    }

    pub fn holds_text(self, have: &str, want: &[String]) -> bool {
        if self == Self::Like {
            let have = have.to_lowercase();
            return want.iter().any(|want| have.contains(&want.trim_matches('%').to_lowercase()));
        }
        self.any(&[have], &want.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// The values of one condition, read once: as texts, as numbers, as dates.
pub struct Wanted {
    pub op: Op,
    texts: Vec<String>,
    numbers: Vec<i64>,
    dates: Vec<Time>,
    /// An empty value means "no date".
    nothing: bool,
}

impl Wanted {
    pub fn read(op: Op, value: &Php, zone: FixedOffset) -> Self {
        let texts = value.many();
        Self {
            op,
            numbers: texts.iter().map(|text| text.trim().parse().unwrap_or(0)).collect(),
            dates: texts.iter().filter_map(|text| parse_date(text, zone)).collect(),
            nothing: texts.iter().any(String::is_empty),
            texts,
        }
    }

    pub fn number(&self, have: u64) -> bool {
        self.op.any(&[i64::try_from(have).unwrap_or(i64::MAX)], &self.numbers)
    }

    fn signed(&self, have: i64) -> bool {
        self.op.any(&[have], &self.numbers)
    }

    fn people(&self, have: &[u64]) -> bool {
        let have: Vec<i64> = have.iter().filter_map(|id| i64::try_from(*id).ok()).collect();
        self.op.any(&have, &self.numbers)
    }

    /// A date that cannot be read fits nothing.
    pub fn date(&self, have: Option<Time>) -> bool {
        if self.nothing {
            return have.is_none() == (self.op != Op::NotEqual);
        }
        have.is_some_and(|have| self.op.any(&[have], &self.dates))
    }

    pub fn text(&self, have: &str) -> bool {
        self.op.holds_text(have, &self.texts)
    }

    /// TITLE is a pattern even without an operator.
    fn title(&self, have: &str) -> bool {
        let pattern = self.op == Op::Equal && self.texts.iter().any(|text| text.contains('%'));
        if pattern { Op::Like.holds_text(have, &self.texts) } else { self.text(have) }
    }

    fn tag(&self, have: &[String]) -> bool {
        self.texts.iter().any(|tag| have.contains(tag)) == (self.op != Op::NotEqual)
    }
}

/// The forms of strtotime that an application would send; without an offset it is portal time.
pub fn parse_date(text: &str, zone: FixedOffset) -> Option<Time> {
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date.with_timezone(&Utc));
    }
    let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S"];
    let naive = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let day = ["%Y-%m-%d", "%d.%m.%Y"].iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    let naive = naive.or_else(|| day?.and_hms_opt(0, 0, 0))?;
    zone.from_local_datetime(&naive).single().map(|date| date.with_timezone(&Utc))
}

type Holds = fn(&Wanted, &Task, u64, Time) -> bool;

/// The keys the module knows. Others are dropped, TASK_CONTROL and STATUS_CHANGED_DATE among them: an application that
/// relies on those sees too many rows here.
fn key(name: &str) -> Option<Holds> {
    Some(match name {
        "ID" => |want, task, _, _| want.number(task.id),
        "PARENT_ID" => |want, task, _, _| want.number(task.parent_id.unwrap_or(0)),
        "GROUP_ID" => |want, task, _, _| want.number(task.group_id),
        "CREATED_BY" => |want, task, _, _| want.number(task.created_by),
        "RESPONSIBLE_ID" => |want, task, _, _| want.number(task.responsible_id),
        "STATUS_CHANGED_BY" => |want, task, _, _| want.number(task.status_changed_by),
        "PRIORITY" => |want, task, _, _| want.number(u64::from(task.priority)),
        "REAL_STATUS" => |want, task, _, _| want.number(u64::from(task.status)),
        "STATUS" => |want, task, user_id, now| want.signed(task.virtual_status(user_id, now)),
        "ACCOMPLICE" => |want, task, _, _| want.people(&task.accomplices),
        "AUDITOR" => |want, task, _, _| want.people(&task.auditors),
        "MEMBER" => |want, task, _, _| want.people(&task.participants().into_iter().collect::<Vec<_>>()),
        "TITLE" => |want, task, _, _| want.title(&task.title),
        "MARK" => |want, task, _, _| want.text(task.mark.as_deref().unwrap_or("")),
        "TAG" => |want, task, _, _| want.tag(&task.tags),
        "DEADLINE" => |want, task, _, _| want.date(task.deadline),
        "DATE_START" => |want, task, _, _| want.date(task.date_start),
        "CREATED_DATE" => |want, task, _, _| want.date(Some(task.created_date)),
        "CHANGED_DATE" => |want, task, _, _| want.date(Some(task.changed_date)),
        "CLOSED_DATE" => |want, task, _, _| want.date(task.closed_date),
        "ACTIVITY_DATE" => |want, task, _, _| want.date(Some(task.activity_date)),
        _ => return None,
    })
}

/// A whole filter of `tasks.task.list`, read once and asked for every task.
pub struct Filter {
    conditions: Vec<(Holds, Wanted)>,
    user_id: u64,
    now: Time,
}

impl Filter {
    pub fn read(filter: Option<&Php>, user_id: u64, now: Time, zone: FixedOffset) -> Self {
        let pairs = filter.map_or(&[][..], Php::pairs);
        let read = |(name, value): &(String, Php)| {
            let (op, name) = split_key(name);
            Some((key(name)?, Wanted::read(op, value, zone)))
        };
        Self { conditions: pairs.iter().filter_map(read).collect(), user_id, now }
    }

    pub fn takes(&self, task: &Task) -> bool {
        self.conditions.iter().all(|(holds, wanted)| holds(wanted, task, self.user_id, self.now))
    }
}
