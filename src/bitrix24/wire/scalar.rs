//! Single values: ids, numbers, flags, texts.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::field::required;

/// A value that the vendor writes in several ways. `Ok(None)` is one of the vendor's ways to say "nothing".
pub trait Scalar: Sized {
    /// Reads one JSON scalar (or an empty array or object). The error says what was expected, never what was found.
    fn read(raw: Value) -> Result<Option<Self>, &'static str>;
}

/// Whether a value says "nothing" for every type: `null`, `""`, `false`, `[]`, `{}`.
fn is_blank(raw: &Value) -> bool {
    match raw {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        _ => false,
    }
}

/// An identifier of the vendor: 1 to `i64::MAX`, sent as a number or as a string of digits; 0 is "nothing".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Id(i64);

impl Id {
    /// An id of our own keeping; `None` for what cannot be one.
    pub fn new(id: i64) -> Option<Id> {
        (id > 0).then_some(Id(id))
    }

    /// The number, as a database keeps it.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Id {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Id, Self::Err> {
        digits(text).and_then(|number| i64::try_from(number).ok()).and_then(Id::new).ok_or("a positive integer")
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        required(from)
    }
}

/// Plain ASCII digits only: `parse` alone would take a plus sign.
fn digits(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn integer(raw: &Value) -> Option<i64> {
    match raw {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => match text.trim().strip_prefix('-') {
            Some(rest) => digits(rest).and_then(|number| i64::try_from(number).ok()).map(|number| -number),
            None => digits(text).and_then(|number| i64::try_from(number).ok()),
        },
        _ => None,
    }
}

/// A float that is exactly an integer (the vendor's `8017.0`), within what a float can hold exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

impl Scalar for Id {
    fn read(raw: Value) -> Result<Option<Id>, &'static str> {
        match integer(&raw) {
            _ if is_blank(&raw) => Ok(None),
            Some(0) => Ok(None),
            Some(id) if id > 0 => Ok(Some(Id(id))),
            _ => Err("an id"),
        }
    }
}

impl Scalar for i64 {
    fn read(raw: Value) -> Result<Option<i64>, &'static str> {
        if is_blank(&raw) {
            return Ok(None);
        }
        integer(&raw).map(Some).ok_or("an integer")
    }
}

impl Scalar for u64 {
    fn read(raw: Value) -> Result<Option<u64>, &'static str> {
        let number = i64::read(raw)?;
        number.map(u64::try_from).transpose().map_err(|_| "a count")
    }
}

impl Scalar for f64 {
    fn read(raw: Value) -> Result<Option<f64>, &'static str> {
        match raw {
            _ if is_blank(&raw) => Ok(None),
            Value::Number(number) => Ok(number.as_f64()),
            Value::String(text) => {
                let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                number.map(Some).ok_or("a number")
            }
            _ => Err("a number"),
        }
    }
}

impl Scalar for String {
    fn read(raw: Value) -> Result<Option<String>, &'static str> {
        match raw {
            _ if is_blank(&raw) => Ok(None),
            Value::String(text) => Ok(Some(text)),
            Value::Number(number) => Ok(Some(number.to_string())),
            _ => Err("a text"),
        }
    }
}

impl Scalar for bool {
    fn read(raw: Value) -> Result<Option<bool>, &'static str> {
        match raw {
            Value::Bool(flag) => Ok(Some(flag)),
            _ if is_blank(&raw) => Ok(None),
            Value::String(text) => match text.trim() {
                "Y" | "y" | "1" | "true" => Ok(Some(true)),
                "N" | "n" | "0" | "false" => Ok(Some(false)),
                // "the default of the portal", seen in a few places
                "D" => Ok(None),
                _ => Err("a flag"),
            },
            _ => match integer(&raw) {
                Some(1) => Ok(Some(true)),
                Some(0) => Ok(Some(false)),
                _ => Err("a flag"),
            },
        }
    }
}
