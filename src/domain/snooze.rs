//! Putting a task aside for a while. The task itself is never touched.

use super::{ids::TaskId, week::WorkHours, zone::Zone};
use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

/// A task put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snooze {
    /// Which.
    pub task: TaskId,
    /// What ends it.
    pub end: End,
}

/// What ends a snooze.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A moment.
    At(DateTime<Utc>),
    /// The assignee: another time of the last change of status, or another result, than these.
    Acts {
        /// `statusChangedDate` as it was.
        status_changed: Option<DateTime<Utc>>,
        /// The youngest result as it was.
        result: Option<i64>,
    },
}

/// A line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snoozed {
    /// Which task.
    pub task: TaskId,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub step: Step,
}

/// What happened to a snooze.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Put aside until a moment.
    Until(DateTime<Utc>),
    /// Put aside until the assignee acts.
    UntilActs,
    /// In the list again: its time was over, its assignee acted, or the person took it up.
    Ended,
}

/// What a person may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// In an hour.
    Hour,
    /// When today's work ends; in three hours if that is over or nearly so.
    Evening,
    /// When work begins tomorrow.
    Morning,
    /// When work begins next Monday.
    Monday,
    /// When work begins on a day.
    Day(NaiveDate),
    /// Until the assignee acts.
    Acts,
}

impl Choice {
    /// Beyond a year nobody means it.
    const LONGEST: TimeDelta = TimeDelta::days(366);

    /// As posted, with the field for a day.
    pub fn parse(name: &str, day: &str) -> Option<Self> {
        Some(match name {
            "hour" => Self::Hour,
            "evening" => Self::Evening,
            "morning" => Self::Morning,
            "monday" => Self::Monday,
            "day" => Self::Day(day.parse().ok()?),
            "acts" => Self::Acts,
            _ => return None,
        })
    }

    /// When it ends by the person's clock. `None`: not at a time, or at none that lies ahead within a year.
    pub fn time(self, now: DateTime<Utc>, zone: Zone, hours: WorkHours) -> Option<DateTime<FixedOffset>> {
        let today = zone.at(now).date_naive();
        let at = |day: NaiveDate, time: NaiveTime| zone.moment(day.and_time(time));
        let until = match self {
            Self::Hour => now + TimeDelta::hours(1),
            Self::Evening => {
                let evening = at(today, hours.closes())?;
                if evening - now > TimeDelta::minutes(30) { evening } else { now + TimeDelta::hours(3) }
            }
            Self::Morning => at(today.succ_opt()?, hours.opens())?,
            Self::Monday => {
                let days = 7 - u64::from(today.weekday().num_days_from_monday());
                at(today.checked_add_days(Days::new(days))?, hours.opens())?
            }
            Self::Day(day) => at(day, hours.opens())?,
            Self::Acts => return None,
        };
        Some(until).filter(|until| *until > now && *until - now < Self::LONGEST).map(|until| zone.at(until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p22_a_choice_is_a_time_by_the_persons_clock() {
        let hours = WorkHours::parse("09:00-18:00").unwrap();
        // A Friday.
        let noon = "2026-11-20T12:00:00+03:00";
        for (choice, day, now, until) in [
            ("hour", "", noon, Some("2026-11-20T13:00:00+03:00")),
            ("evening", "", noon, Some("2026-11-20T18:00:00+03:00")),
            ("evening", "", "2026-11-20T17:45:00+03:00", Some("2026-11-20T20:45:00+03:00")),
            ("morning", "", noon, Some("2026-11-21T09:00:00+03:00")),
            ("monday", "", noon, Some("2026-11-23T09:00:00+03:00")),
            ("monday", "", "2026-11-23T08:00:00+03:00", Some("2026-11-30T09:00:00+03:00")),
            ("day", "2026-12-24", noon, Some("2026-12-24T09:00:00+03:00")),
            ("day", "2026-11-20", noon, None),
            ("day", "2028-01-01", noon, None),
            ("acts", "", noon, None),
        ] {
            let now = DateTime::parse_from_rfc3339(now).unwrap();
            let until = until.map(|text| DateTime::parse_from_rfc3339(text).unwrap());
            let zone = Zone::Fixed(*now.offset());
            assert_eq!(
                Choice::parse(choice, day).unwrap().time(now.to_utc(), zone, hours),
                until,
                "{choice} {day} at {now}"
            );
        }
        // The day on which the clocks change has its morning at the same time as others.
        let berlin = Zone::of(Some("Europe/Berlin"), None);
        for (now, until) in [
            ("2026-03-28T12:00:00+01:00", "2026-03-29T09:00:00+02:00"),
            ("2026-10-24T12:00:00+02:00", "2026-10-25T09:00:00+01:00"),
        ] {
            let now = DateTime::parse_from_rfc3339(now).unwrap().to_utc();
            let until = DateTime::parse_from_rfc3339(until).unwrap();
            assert_eq!(Choice::Morning.time(now, berlin, hours), Some(until));
        }
        assert_eq!(Choice::parse("day", "31.12.2026"), None);
        assert_eq!(Choice::parse("never", ""), None);
    }
}
