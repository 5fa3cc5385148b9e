//! Single values: ids, numbers, flags, texts, and a field that remembers how it was sent.

use std::{fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::Sent;

/// A value that the vendor writes in several ways. `Ok(None)` is one of the vendor's ways to say "nothing".
pub trait Scalar: Sized {
    /// Reads one JSON scalar (or an empty array or object). The error says what was expected, never what was found.
    fn read(raw: &Value) -> Result<Option<Self>, &'static str>;
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
        digits(text)
            .and_then(|number| i64::try_from(number).ok())
            .and_then(Id::new)
            .ok_or("a positive integer")
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
            Some(rest) => digits(rest)
                .and_then(|number| i64::try_from(number).ok())
                .map(|number| -number),
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
    fn read(raw: &Value) -> Result<Option<Id>, &'static str> {
        match integer(raw) {
            _ if is_blank(raw) => Ok(None),
            Some(0) => Ok(None),
            Some(id) if id > 0 => Ok(Some(Id(id))),
            _ => Err("an id"),
        }
    }
}

impl Scalar for i64 {
    fn read(raw: &Value) -> Result<Option<i64>, &'static str> {
        if is_blank(raw) {
            return Ok(None);
        }
        integer(raw).map(Some).ok_or("an integer")
    }
}

impl Scalar for u64 {
    fn read(raw: &Value) -> Result<Option<u64>, &'static str> {
        let number = i64::read(raw)?;
        number.map(u64::try_from).transpose().map_err(|_| "a count")
    }
}

impl Scalar for f64 {
    fn read(raw: &Value) -> Result<Option<f64>, &'static str> {
        match raw {
            _ if is_blank(raw) => Ok(None),
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
    fn read(raw: &Value) -> Result<Option<String>, &'static str> {
        match raw {
            _ if is_blank(raw) => Ok(None),
            Value::String(text) => Ok(Some(text.clone())),
            Value::Number(number) => Ok(Some(number.to_string())),
            _ => Err("a text"),
        }
    }
}

impl Scalar for bool {
    fn read(raw: &Value) -> Result<Option<bool>, &'static str> {
        match raw {
            Value::Bool(flag) => Ok(Some(*flag)),
            _ if is_blank(raw) => Ok(None),
            Value::String(text) => match text.trim() {
                "Y" | "y" | "1" | "true" => Ok(Some(true)),
                "N" | "n" | "0" | "false" => Ok(Some(false)),
                // "the default of the portal", seen in a few places
                "D" => Ok(None),
                _ => Err("a flag"),
            },
            _ => match integer(raw) {
                Some(1) => Ok(Some(true)),
                Some(0) => Ok(Some(false)),
                _ => Err("a flag"),
            },
        }
    }
}

/// A field that tells "absent" from "nothing" from a value, and is written back exactly as it was read.
///
/// It reads as an `Option<T>`: `task.deadline.is_some()`, `*task.id`.
#[derive(Clone, PartialEq)]
pub struct Field<T> {
    value: Option<T>,
    raw: Option<Value>,
}

impl<T> Field<T> {
    /// The value alone.
    pub fn into_inner(self) -> Option<T> {
        self.value
    }

    /// Whether the vendor sent the JSON boolean `true` itself, nothing that merely means it. For rights.
    pub fn is_strictly_true(&self) -> bool {
        self.raw == Some(Value::Bool(true))
    }
}

impl<T> Sent for Field<T> {
    fn is_absent(&self) -> bool {
        self.raw.is_none()
    }
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Field { value: None, raw: None }
    }
}

impl<T> Deref for Field<T> {
    type Target = Option<T>;

    fn deref(&self) -> &Option<T> {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(to)
    }
}

impl<'de, T: Scalar> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Field<T>, D::Error> {
        let raw = single(from)?;
        Ok(Field {
            value: T::read(&raw).map_err(de::Error::custom)?,
            raw: Some(raw),
        })
    }
}

/// `#[serde(default, deserialize_with = "optional")]`: any way to say "nothing" becomes `None`.
pub fn optional<'de, T: Scalar, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Ok(Field::deserialize(from)?.value)
}

/// `#[serde(deserialize_with = "required")]`: a value, or an error at this path.
pub fn required<'de, T: Scalar, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    optional(from)?.ok_or_else(|| de::Error::custom("a value is required here"))
}

/// One scalar (or an empty array or object) as it is; anything larger is an error.
pub(crate) fn single<'de, D: Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
    from.deserialize_any(Single)
}

/// One scalar, or an empty array or object; anything larger is refused before it is built.
struct Single;

impl<'de> Visitor<'de> for Single {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a single value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        match items.next_element::<de::IgnoredAny>()? {
            None => Ok(Value::Array(Vec::new())),
            Some(_) => Err(de::Error::custom("a single value, not a list")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        match items.next_key::<de::IgnoredAny>()? {
            None => Ok(Value::Object(Default::default())),
            Some(_) => Err(de::Error::custom("a single value, not an object")),
        }
    }
}
