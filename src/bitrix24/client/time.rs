//! The figures beside a result, wherever the vendor puts them.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::Answer;
use crate::bitrix24::wire::{self, Maybe, Moment};

/// `time`: figures that must never spoil an answer, so whatever is odd about them becomes "nothing".
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Time {
    pub clock: Option<DateTime<FixedOffset>>,
    pub duration: Option<f64>,
    pub operating: Option<f64>,
    pub operating_reset_at: Option<i64>,
}

#[derive(Deserialize)]
struct RawTime {
    #[serde(default)]
    date_finish: Lax<Moment>,
    #[serde(default)]
    duration: Lax<f64>,
    #[serde(default)]
    operating: Lax<f64>,
    #[serde(default)]
    operating_reset_at: Lax<i64>,
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Figures(Maybe<RawTime>),
            Other(IgnoredAny),
        }
        let Either::Figures(raw) = Either::deserialize(from)? else {
            return Ok(Time::default());
        };
        let Some(raw) = raw.into_inner() else {
            return Ok(Time::default());
        };
        Ok(Time {
            clock: raw.date_finish.0.and_then(Moment::known),
            duration: raw.duration.0,
            operating: raw.operating.0,
            operating_reset_at: raw.operating_reset_at.0,
        })
    }
}

/// A scalar that is dropped when it does not fit.
pub(super) struct Lax<T>(pub Option<T>);

impl<T> Default for Lax<T> {
    fn default() -> Self {
        Lax(None)
    }
}

impl<'de, T: wire::Scalar> Deserialize<'de> for Lax<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Lax<T>, D::Error> {
        wire::lax(from).map(Lax)
    }
}

impl Time {
    pub(super) fn wrap<T>(self, result: T, total: Option<u64>, next: Option<u64>) -> Answer<T> {
        let Time { clock, duration, operating, operating_reset_at } = self;
        Answer { result, total, next, clock, duration, operating, operating_reset_at }
    }
}

/// A result of which only `time` is read: the documentation of approve and disapprove shows it there, inside.
pub(super) struct Inside(pub Option<Time>);

impl<'de> Deserialize<'de> for Inside {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Inside, D::Error> {
        from.deserialize_any(InsideVisitor)
    }
}

struct InsideVisitor;

impl<'de> Visitor<'de> for InsideVisitor {
    type Value = Inside;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a result")
    }

    fn visit_unit<E>(self) -> Result<Inside, E> {
        Ok(Inside(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Inside, E> {
        Ok(Inside(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Inside, E> {
        Ok(Inside(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Inside, E> {
        Ok(Inside(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Inside, E> {
        Ok(Inside(None))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Inside, E> {
        Ok(Inside(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Inside, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Inside(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Inside, A::Error> {
        let mut time = None;
        while let Some(key) = items.next_key::<std::borrow::Cow<'de, str>>()? {
            if key == "time" {
                time = Some(items.next_value()?);
            } else {
                items.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Inside(time))
    }
}
