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
    let found = PREFIXES
        .iter()
        .find_map(|(prefix, op)| key.strip_prefix(prefix).map(|name| (*op, name)));
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

    pub fn holds_number(self, have: &[i64], want: &[String]) -> bool {
        let want: Vec<i64> = want.iter().map(|value| value.trim().parse().unwrap_or(0)).collect();
        self.any(have, &want)
    }

    pub fn holds_text(self, have: &str, want: &[String]) -> bool {
        if self == Self::Like {
            let have = have.to_lowercase();
            return want
                .iter()
                .any(|want| have.contains(&want.trim_matches('%').to_lowercase()));
        }
        self.any(&[have], &want.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// An empty value means "no date"; a date that cannot be read fits nothing.
    pub fn holds_date(self, have: Option<Time>, want: &[String], zone: FixedOffset) -> bool {
        if want.iter().any(|value| value.is_empty()) {
            return have.is_none() == (self != Self::NotEqual);
        }
        let want: Vec<Time> = want.iter().filter_map(|value| parse_date(value, zone)).collect();
        have.is_some_and(|have| self.any(&[have], &want))
    }
}

/// The forms of strtotime that an application would send; without an offset it is portal time.
pub fn parse_date(text: &str, zone: FixedOffset) -> Option<Time> {
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date.with_timezone(&Utc));
    }
    let formats = [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%d.%m.%Y %H:%M:%S",
    ];
    let naive = formats
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let day = ["%Y-%m-%d", "%d.%m.%Y"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    let naive = naive.or_else(|| day?.and_hms_opt(0, 0, 0))?;
    zone.from_local_datetime(&naive)
        .single()
        .map(|date| date.with_timezone(&Utc))
}

struct Condition {
    op: Op,
    name: String,
    values: Vec<String>,
}

/// A whole filter of `tasks.task.list`, read once and asked for every task.
pub struct Filter {
    conditions: Vec<Condition>,
    user_id: u64,
    now: Time,
    zone: FixedOffset,
}

impl Filter {
    pub fn read(filter: Option<&Php>, user_id: u64, now: Time, zone: FixedOffset) -> Self {
        let pairs = filter.map_or(&[][..], Php::pairs);
        let read = |(key, value): &(String, Php)| {
            let (op, name) = split_key(key);
            Condition {
                op,
                name: name.to_owned(),
                values: value.many(),
            }
        };
        Self {
            conditions: pairs.iter().map(read).collect(),
            user_id,
            now,
            zone,
        }
    }

    pub fn takes(&self, task: &Task) -> bool {
        self.conditions.iter().all(|condition| self.holds(condition, task))
    }

    fn holds(&self, condition: &Condition, task: &Task) -> bool {
        let Condition { op, name, values } = condition;
        let number = |have: u64| op.holds_number(&[i64::try_from(have).unwrap_or(0)], values);
        let people = |have: &[u64]| {
            let have: Vec<i64> = have.iter().filter_map(|id| i64::try_from(*id).ok()).collect();
            op.holds_number(&have, values)
        };
        let date = |have: Option<Time>| op.holds_date(have, values, self.zone);
        match name.as_str() {
            "ID" => number(task.id),
            "PARENT_ID" => number(task.parent_id.unwrap_or(0)),
            "GROUP_ID" => number(task.group_id),
            "CREATED_BY" => number(task.created_by),
            "RESPONSIBLE_ID" => number(task.responsible_id),
            "STATUS_CHANGED_BY" => number(task.status_changed_by),
            "PRIORITY" => number(u64::from(task.priority)),
            "REAL_STATUS" => number(u64::from(task.status)),
            "STATUS" => op.holds_number(&[task.virtual_status(self.user_id, self.now)], values),
            "ACCOMPLICE" => people(&task.accomplices),
            "AUDITOR" => people(&task.auditors),
            "MEMBER" => people(&task.participants().into_iter().collect::<Vec<_>>()),
            "TITLE" => {
                let op = if *op == Op::Equal && values.iter().any(|v| v.contains('%')) {
                    Op::Like
                } else {
                    *op
                };
                op.holds_text(&task.title, values)
            }
            "MARK" => op.holds_text(task.mark.as_deref().unwrap_or(""), values),
            "TAG" => values.iter().any(|tag| task.tags.contains(tag)) == (*op != Op::NotEqual),
            "DEADLINE" => date(task.deadline),
            "DATE_START" => date(task.date_start),
            "CREATED_DATE" => date(Some(task.created_date)),
            "CHANGED_DATE" => date(Some(task.changed_date)),
            "CLOSED_DATE" => date(task.closed_date),
            "ACTIVITY_DATE" => date(Some(task.activity_date)),
            // Keys that the module does not know are dropped, TASK_CONTROL and STATUS_CHANGED_DATE among them: an
            // application that relies on them sees too many rows here.
            _ => true,
        }
    }
}
