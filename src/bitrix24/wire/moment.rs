//! Dates: ISO 8601 with an offset, or the portal's own format without one.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{field::required, scalar::Scalar};

/// A time as the vendor wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// With an offset: a point in time.
    At(DateTime<FixedOffset>),
    /// The portal's wall clock without an offset (`25.09.2025 14:30:00`, old modules).
    Local(NaiveDateTime),
}

impl Moment {
    /// The point in time; `portal` is the portal's offset (that of an answer's clock) for times that came without one.
    pub fn at(self, portal: FixedOffset) -> DateTime<FixedOffset> {
        match self {
            Moment::At(time) => time,
            // A fixed offset has no gap and no fold; the fallback is only for the edges of the calendar.
            Moment::Local(wall) => portal.from_local_datetime(&wall).single().unwrap_or_else(|| wall.and_utc().into()),
        }
    }

    /// The point in time, if an offset came with it.
    pub fn known(self) -> Option<DateTime<FixedOffset>> {
        match self {
            Moment::At(time) => Some(time),
            Moment::Local(_) => None,
        }
    }

    /// Reads a text in any of the vendor's formats.
    pub fn parse(text: &str) -> Option<Moment> {
        let text = text.trim();
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Some(Moment::At(time));
        }
        if let Ok(time) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z") {
            return Some(Moment::At(time));
        }
        let walls = ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"];
        if let Some(wall) = walls.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()) {
            return Some(Moment::Local(wall));
        }
        let days = ["%d.%m.%Y", "%Y-%m-%d"];
        let day = days.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
        day.and_hms_opt(0, 0, 0).map(Moment::Local)
    }
}

impl Scalar for Moment {
    fn read(raw: Value) -> Result<Option<Moment>, &'static str> {
        match raw {
            // How a database says "never".
            Value::String(text) if text.starts_with("0000-00-00") => Ok(None),
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => Moment::parse(&text).map(Some).ok_or("a date"),
            // Unix seconds.
            Value::Number(number) if number.as_i64() != Some(0) => {
                let time = number.as_i64().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or("a date")?;
                Ok(Some(Moment::At(time.into())))
            }
            Value::Number(_) | Value::Null | Value::Bool(false) => Ok(None),
            Value::Array(items) if items.is_empty() => Ok(None),
            _ => Err("a date"),
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Moment, D::Error> {
        required(from)
    }
}
