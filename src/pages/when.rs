//! Dates and durations in words.

use super::lang::Lang;
use crate::domain::AgeBand;
use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Timelike};
use icu_datetime::{
    DateTimeFormatter,
    fieldsets::{YMD, YMDT},
    input::{Date, DateTime as IcuDateTime, Time},
};
use std::{borrow::Cow, cell::RefCell, collections::HashMap};

type Formatter = DateTimeFormatter<YMDT>;

thread_local! {
    // A formatter costs more than a date and cannot be shared between threads.
    static FORMATTERS: RefCell<HashMap<(&'static str, bool), Formatter>> = RefCell::default();
}

/// `Nov 20, 2026, 5:00 PM` in the language's own order; RFC 3339 if the language has no dates.
pub fn moment(lang: Lang, at: &DateTime<FixedOffset>) -> String {
    written(lang, at, false)
}

/// The same with seconds: `Nov 20, 2026, 5:00:07 PM`.
pub fn exact(lang: Lang, at: &DateTime<FixedOffset>) -> String {
    written(lang, at, true)
}

fn written(lang: Lang, at: &DateTime<FixedOffset>, seconds: bool) -> String {
    let key = (lang.code(), seconds);
    FORMATTERS.with_borrow_mut(|all| {
        if !all.contains_key(&key)
            && let Some(formatter) = formatter(lang, seconds)
        {
            all.insert(key, formatter);
        }
        let text = all.get(&key).and_then(|formatter| format(formatter, at));
        text.unwrap_or_else(|| at.to_rfc3339())
    })
}

fn formatter(lang: Lang, seconds: bool) -> Option<Formatter> {
    let locale: icu_locale_core::Locale = lang.code().parse().ok()?;
    let fields = YMD::medium();
    let fields = if seconds { fields.with_time_hms() } else { fields.with_time_hm() };
    DateTimeFormatter::try_new(locale.into(), fields).ok()
}

fn format(formatter: &Formatter, at: &DateTime<FixedOffset>) -> Option<String> {
    let date = Date::try_new_iso(at.year(), at.month() as u8, at.day() as u8).ok()?;
    let time = Time::try_new(at.hour() as u8, at.minute() as u8, at.second() as u8, 0).ok()?;
    Some(formatter.format(&IcuDateTime { date, time }).to_string())
}

/// The largest whole unit: minutes, hours or days.
pub fn age(lang: Lang, age: TimeDelta) -> Cow<'static, str> {
    let count = |n: i64| usize::try_from(n).unwrap_or(0);
    match (age.num_days(), age.num_hours(), age.num_minutes()) {
        (0, 0, minutes) => lang.tn("age-minutes", count(minutes)),
        (0, hours, _) => lang.tn("age-hours", count(hours)),
        (days, _, _) => lang.tn("age-days", count(days)),
    }
}

/// How long a task has waited, in words and as a colour.
pub(super) struct Wait {
    pub age: TimeDelta,
    pub band: AgeBand,
}

impl Wait {
    pub(super) fn key(&self) -> &'static str {
        match self.band {
            AgeBand::Fresh => "band-fresh",
            AgeBand::Waiting => "band-waiting",
            AgeBand::Late => "band-late",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_shown_in_the_offset_it_carries() {
        let at = DateTime::parse_from_rfc3339("2026-11-20T23:30:00+03:00").unwrap();
        let text = moment(Lang::english(), &at);
        // ICU separates the time from AM/PM by a narrow no-break space.
        assert_eq!(text.replace('\u{202f}', " "), "Nov 20, 2026, 11:30 PM");
        assert_eq!(exact(Lang::english(), &at).replace('\u{202f}', " "), "Nov 20, 2026, 11:30:00 PM");
    }

    /// Midnight, noon, and the hour that a summer's end has twice: what is shown is what the carried clock showed.
    #[test]
    fn p73_a_date_is_written_as_its_language_writes_it() {
        let written = |code: &str, at: &str| {
            let text = moment(Lang::of(code), &DateTime::parse_from_rfc3339(at).unwrap());
            text.replace(['\u{202f}', '\u{a0}'], " ")
        };
        for (at, en, de, ru) in [
            ("2026-11-20T00:00:00+03:00", "Nov 20, 2026, 12:00 AM", "20.11.2026, 00:00", "20 нояб. 2026 г., 00:00"),
            ("2026-11-20T23:59:59-05:00", "Nov 20, 2026, 11:59 PM", "20.11.2026, 23:59", "20 нояб. 2026 г., 23:59"),
            ("2027-01-01T12:00:00+01:00", "Jan 1, 2027, 12:00 PM", "01.01.2027, 12:00", "1 янв. 2027 г., 12:00"),
            ("2028-02-29T07:05:00+05:30", "Feb 29, 2028, 7:05 AM", "29.02.2028, 07:05", "29 февр. 2028 г., 07:05"),
            ("2026-10-25T02:30:00+02:00", "Oct 25, 2026, 2:30 AM", "25.10.2026, 02:30", "25 окт. 2026 г., 02:30"),
            ("2026-10-25T02:30:00+01:00", "Oct 25, 2026, 2:30 AM", "25.10.2026, 02:30", "25 окт. 2026 г., 02:30"),
        ] {
            assert_eq!(
                (written("en", at).as_str(), written("de", at).as_str(), written("ru", at).as_str()),
                (en, de, ru)
            );
        }
    }

    #[test]
    fn p73_an_age_bends_its_unit() {
        let words = |code: &str, hours: i64| age(Lang::of(code), TimeDelta::hours(hours)).into_owned();
        let all = |code: &str| [1, 3, 21, 24, 24 * 5].map(|hours| words(code, hours)).join(" · ");
        assert_eq!(all("ru"), "1 час · 3 часа · 21 час · 1 день · 5 дней");
        assert_eq!(all("de"), "1 Std. · 3 Std. · 21 Std. · 1 Tag · 5 Tage");
        assert_eq!(words("de", 24 * 1_200), "1.200 Tage");
    }

    #[test]
    fn an_age_is_its_largest_unit() {
        let words = |delta| age(Lang::english(), delta).into_owned();
        assert_eq!(words(TimeDelta::minutes(59)), "59 min");
        assert_eq!(words(TimeDelta::hours(23)), "23 hours");
        assert_eq!(words(TimeDelta::days(1)), "1 day");
        assert_eq!(words(TimeDelta::minutes(-5)), "0 min");
    }
}
