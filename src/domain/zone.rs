//! By whose clock a person reads times.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The person's time zone by its name, where Bitrix24 has one; else the offset of the portal's clock, which knows nothing
/// of another season's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// `Europe/Berlin`, with its summers.
    Named(Tz),
    /// What the portal's clock shows now.
    Fixed(FixedOffset),
}

impl Zone {
    /// `name`: `TIME_ZONE` of the person's profile, often empty. `clock`: the portal's, in the same answer.
    pub fn of(name: Option<&str>, clock: Option<DateTime<FixedOffset>>) -> Self {
        let named = name.and_then(|name| name.trim().parse().ok()).map(Self::Named);
        named.unwrap_or_else(|| Self::Fixed(clock.map_or(Utc.fix(), |clock| *clock.offset())))
    }

    /// What this clock shows, or showed, at that moment.
    pub fn at(self, moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Self::Named(zone) => moment.with_timezone(&zone).fixed_offset(),
            Self::Fixed(offset) => moment.with_timezone(&offset),
        }
    }

    /// The first moment of a day: midnight, or when the day began without one.
    pub fn beginning(self, day: NaiveDate) -> Option<DateTime<Utc>> {
        self.moment(day.and_time(NaiveTime::MIN))
    }

    /// When this clock shows that; the first time where it does so twice, and the next that it shows where it leaves it out.
    pub fn moment(self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        // Clocks that are put forward leave out two hours at most.
        (0..=8).find_map(|quarters| {
            let wall = wall + TimeDelta::minutes(15 * quarters);
            match self {
                Self::Named(zone) => zone.from_local_datetime(&wall).earliest().map(|at| at.to_utc()),
                Self::Fixed(offset) => offset.from_local_datetime(&wall).earliest().map(|at| at.to_utc()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn clock(text: &str) -> Option<DateTime<FixedOffset>> {
        Some(DateTime::parse_from_rfc3339(text).unwrap())
    }

    #[test]
    fn p73_a_zone_by_name_knows_its_seasons_and_an_offset_does_not() {
        let named = Zone::of(Some("Europe/Berlin"), clock("2026-11-28T12:00:00+03:00"));
        let fixed = Zone::of(Some(""), clock("2026-11-28T12:00:00+01:00"));
        for (at, by_name, by_offset) in [
            // The last second of winter and the first of summer; the same hour twice in autumn.
            ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00", "2026-03-29T01:59:59+01:00"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00", "2026-03-29T02:00:00+01:00"),
            ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00", "2026-10-25T01:30:00+01:00"),
            ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"),
            // Midnight on one clock is yesterday on another.
            ("2026-07-14T22:00:00Z", "2026-07-15T00:00:00+02:00", "2026-07-14T23:00:00+01:00"),
            ("2026-12-31T23:00:00Z", "2027-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"),
        ] {
            assert_eq!(named.at(utc(at)).to_rfc3339(), by_name);
            assert_eq!(fixed.at(utc(at)).to_rfc3339(), by_offset);
        }
    }

    #[test]
    fn p73_a_day_begins_by_the_persons_clock() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let begins = |zone: &str, text: &str| Zone::of(Some(zone), None).beginning(day(text)).unwrap();
        assert_eq!(begins("Europe/Moscow", "2026-11-20"), utc("2026-11-19T21:00:00Z"));
        assert_eq!(begins("America/New_York", "2026-11-20"), utc("2026-11-20T05:00:00Z"));
        // 23 and 25 hours long.
        assert_eq!(begins("Europe/Berlin", "2026-03-30") - begins("Europe/Berlin", "2026-03-29"), TimeDelta::hours(23));
        assert_eq!(begins("Europe/Berlin", "2026-10-26") - begins("Europe/Berlin", "2026-10-25"), TimeDelta::hours(25));
        // Summer begins at midnight in Chile, and ends at midnight in Cuba: an hour that is missing, and one that comes twice.
        assert_eq!(begins("America/Santiago", "2026-09-06"), utc("2026-09-06T04:00:00Z"));
        assert_eq!(begins("America/Havana", "2026-11-01"), utc("2026-11-01T04:00:00Z"));
        let fixed = Zone::of(None, clock("2026-11-20T10:00:00+05:30"));
        assert_eq!(fixed.beginning(day("2026-11-20")), Some(utc("2026-11-19T18:30:00Z")));
    }

    #[test]
    fn what_is_no_zone_is_the_portals_clock() {
        for odd in [None, Some(""), Some("auto"), Some("Mars/Base"), Some("../etc/localtime")] {
            assert_eq!(
                Zone::of(odd, clock("2026-11-20T10:00:00+03:00")),
                Zone::Fixed(FixedOffset::east_opt(10_800).unwrap())
            );
            assert_eq!(Zone::of(odd, None), Zone::Fixed(Utc.fix()), "a portal that hides its clock");
        }
    }
}
