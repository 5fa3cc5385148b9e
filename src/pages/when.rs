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

    #[test]
    fn an_age_is_its_largest_unit() {
        let words = |delta| age(Lang::english(), delta).into_owned();
        assert_eq!(words(TimeDelta::minutes(59)), "59 min");
        assert_eq!(words(TimeDelta::hours(23)), "23 hours");
        assert_eq!(words(TimeDelta::days(1)), "1 day");
        assert_eq!(words(TimeDelta::minutes(-5)), "0 min");
    }
}
