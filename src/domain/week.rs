//! Working time: when so many working hours after a moment are over.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, TimeZone, Weekday};

/// The working days of a week; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkDays(u8);

impl WorkDays {
    /// Monday to Friday.
    pub const USUAL: Self = Self(0b001_1111);

    /// From digits, 1 for Monday to 7 for Sunday: `12345`.
    pub fn parse(text: &str) -> Option<Self> {
        let day = |c: char| c.to_digit(10).filter(|day| (1..=7).contains(day)).map(|day| 1 << (day - 1));
        let days = text.chars().try_fold(0, |days, c| Some(days | day(c)?))?;
        (days != 0).then_some(Self(days))
    }

    /// The inverse of [`WorkDays::parse`].
    pub fn text(self) -> String {
        (1..=7).filter(|day| self.has(*day)).map(|day| char::from(b'0' + day)).collect()
    }

    /// Whether this is one, 1 for Monday to 7 for Sunday.
    pub fn has(self, day: u8) -> bool {
        (1..=7).contains(&day) && self.0 & (1 << (day - 1)) != 0
    }

    fn is_open(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }
}

/// When work begins and ends on a working day; an hour at least lies between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkHours {
    from: NaiveTime,
    to: NaiveTime,
}

impl WorkHours {
    /// From nine to six.
    pub const USUAL: Self = match (NaiveTime::from_hms_opt(9, 0, 0), NaiveTime::from_hms_opt(18, 0, 0)) {
        (Some(from), Some(to)) => Self { from, to },
        _ => Self { from: NaiveTime::MIN, to: NaiveTime::MIN },
    };

    /// As `09:00-18:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        let hours = Self { from: time(from)?, to: time(to)? };
        (hours.long() >= TimeDelta::hours(1)).then_some(hours)
    }

    /// The inverse of [`WorkHours::parse`].
    pub fn text(self) -> String {
        format!("{}-{}", self.begin(), self.end())
    }

    /// `09:00`
    pub fn begin(self) -> String {
        self.from.format("%H:%M").to_string()
    }

    /// `18:00`
    pub fn end(self) -> String {
        self.to.format("%H:%M").to_string()
    }

    /// When work begins.
    pub fn opens(self) -> NaiveTime {
        self.from
    }

    /// When it ends.
    pub fn closes(self) -> NaiveTime {
        self.to
    }

    fn long(self) -> TimeDelta {
        self.to - self.from
    }
}

/// A working week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// On which days.
    pub days: WorkDays,
    /// From when to when.
    pub hours: WorkHours,
}

impl Week {
    /// When so many working hours after a moment are over, in the moment's own offset, which is the portal's. `None`
    /// beyond what a calendar knows.
    pub fn after(self, since: DateTime<FixedOffset>, hours: u16) -> Option<DateTime<FixedOffset>> {
        let mut left = TimeDelta::hours(i64::from(hours));
        let mut day = since.date_naive();
        let mut from = since.time();
        // Whole weeks at once; the last one is walked through, so that the end lies in it and not before the next.
        let a_week = self.hours.long() * i32::try_from(self.days.0.count_ones()).unwrap_or(7);
        let today = self.rest_of(day, from);
        if left > today + a_week {
            let weeks = (left - today - TimeDelta::seconds(1)).num_seconds() / a_week.num_seconds();
            left -= today + a_week * i32::try_from(weeks).ok()?;
            day = day.checked_add_days(Days::new(u64::try_from(weeks).ok()? * 7 + 1))?;
            from = NaiveTime::MIN;
        }
        for _ in 0..=14 {
            let rest = self.rest_of(day, from);
            if rest > TimeDelta::zero() && left <= rest {
                let at = from.max(self.hours.from) + left;
                return since.offset().from_local_datetime(&day.and_time(at)).single();
            }
            left -= rest;
            day = day.succ_opt()?;
            from = NaiveTime::MIN;
        }
        None
    }

    /// How much of a day's working time lies behind a time of it.
    fn rest_of(self, day: NaiveDate, from: NaiveTime) -> TimeDelta {
        if !self.days.is_open(day.weekday()) {
            return TimeDelta::zero();
        }
        (self.hours.to - from.max(self.hours.from)).max(TimeDelta::zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn week(days: &str, hours: &str) -> Week {
        Week { days: WorkDays::parse(days).unwrap(), hours: WorkHours::parse(hours).unwrap() }
    }

    fn at(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
    }

    #[test]
    fn p19_working_hours_pass_on_working_days_alone() {
        // 2026-11-20 is a Friday.
        for (since, hours, due) in [
            ("2026-11-20T10:00:00+03:00", 4, "2026-11-20T14:00:00+03:00"),
            ("2026-11-20T10:00:00+03:00", 8, "2026-11-20T18:00:00+03:00"),
            ("2026-11-20T17:00:00+03:00", 2, "2026-11-23T10:00:00+03:00"),
            ("2026-11-20T19:30:00+03:00", 1, "2026-11-23T10:00:00+03:00"),
            ("2026-11-20T18:00:00+03:00", 9, "2026-11-23T18:00:00+03:00"),
            ("2026-11-21T12:00:00+03:00", 9, "2026-11-23T18:00:00+03:00"),
            ("2026-11-20T06:00:00-05:00", 1, "2026-11-20T10:00:00-05:00"),
            ("2026-11-16T09:00:00+00:00", 45, "2026-11-20T18:00:00+00:00"),
            ("2026-11-16T09:00:00+00:00", 46, "2026-11-23T10:00:00+00:00"),
            ("2026-11-16T09:00:00+00:00", 90, "2026-11-27T18:00:00+00:00"),
            ("2026-11-18T12:00:00+00:00", 45, "2026-11-25T12:00:00+00:00"),
            ("2026-11-18T12:00:00+00:00", 0, "2026-11-18T12:00:00+00:00"),
        ] {
            assert_eq!(week("12345", "09:00-18:00").after(at(since), hours), Some(at(due)), "{since} + {hours}");
        }
        let nights = week("7", "22:00-23:30");
        assert_eq!(nights.after(at("2026-11-20T10:00:00+00:00"), 3), Some(at("2026-11-29T23:30:00+00:00")));
    }

    #[test]
    fn odd_weeks_are_none() {
        for text in ["", "0", "8", "1 2", "mo"] {
            assert_eq!(WorkDays::parse(text), None, "{text}");
        }
        for text in ["", "9-18", "18:00-09:00", "09:00-09:59", "25:00-26:00", "09:00"] {
            assert_eq!(WorkHours::parse(text), None, "{text}");
        }
        assert_eq!(WorkDays::parse("7531").unwrap().text(), "1357");
        assert_eq!(WorkHours::parse("08:30-17:15").unwrap().text(), "08:30-17:15");
    }

    /// Minute by minute, as slowly as it can be counted.
    fn counted(week: Week, since: DateTime<FixedOffset>, hours: u16) -> DateTime<FixedOffset> {
        let (mut left, mut now) = (i64::from(hours) * 60, since);
        while left > 0 {
            let works = week.days.is_open(now.weekday()) && (week.hours.from..week.hours.to).contains(&now.time());
            left -= i64::from(works);
            now += TimeDelta::minutes(1);
        }
        now
    }

    proptest! {
        #[test]
        fn p19_the_due_time_is_the_counted_one(
            days in 1_u8..128, begin in 0_u32..22, long in 1_u32..3, minutes in 0_i64..20_000, hours in 1_u16..60, zone in -11_i32..13,
        ) {
            let to = (begin + long).min(23);
            let hours_of_day = WorkHours {
                from: NaiveTime::from_hms_opt(begin, 0, 0).unwrap(),
                to: NaiveTime::from_hms_opt(to, 0, 0).unwrap(),
            };
            let week = Week { days: WorkDays(days), hours: hours_of_day };
            let zone = FixedOffset::east_opt(zone * 3600).unwrap();
            let since = (at("2026-11-16T00:00:00+00:00") + TimeDelta::minutes(minutes)).with_timezone(&zone);
            prop_assert_eq!(week.after(since, hours), Some(counted(week, since, hours)));
        }
    }
}
