//! A field in any of the ways in which the vendor writes it, and the helpers for fields that are plain options.

use std::{fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::scalar::Scalar;

/// A value, or one of the ways to say "nothing".
///
/// It reads as an `Option<T>`: `task.deadline.is_some()`, `*task.id`.
#[derive(Clone, PartialEq)]
pub struct Field<T>(Option<T>);

impl<T> Field<T> {
    /// The value alone.
    pub fn into_inner(self) -> Option<T> {
        self.0
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        Field(value)
    }
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Field(None)
    }
}

impl<T> Deref for Field<T> {
    type Target = Option<T>;

    fn deref(&self) -> &Option<T> {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, T: Scalar> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Field<T>, D::Error> {
        T::read(single(from)?).map(Field).map_err(de::Error::custom)
    }
}

/// `#[serde(default, deserialize_with = "optional")]`: any way to say "nothing" becomes `None`.
///
/// # Errors
/// What is no value of this kind, and more than a single value; it says what was expected, never what was found.
pub fn optional<'de, T: Scalar, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Ok(Field::deserialize(from)?.0)
}

/// `#[serde(default, deserialize_with = "lax")]`: what must never spoil the answer around it. Whatever is odd about it, it
/// is nothing.
///
/// # Errors
/// Only for what is no JSON.
pub fn lax<'de, T: Scalar, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(#[serde(deserialize_with = "single")] Value),
        Other(de::IgnoredAny),
    }
    match Either::deserialize(from)? {
        Either::One(raw) => Ok(T::read(raw).ok().flatten()),
        Either::Other(_) => Ok(None),
    }
}

/// `#[serde(deserialize_with = "required")]`: a value, or an error at this path.
///
/// # Errors
/// As for [`optional`], and for every way to say "nothing".
pub fn required<'de, T: Scalar, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    optional(from)?.ok_or_else(|| de::Error::custom("a value is required here"))
}

/// One scalar (or an empty array or object) as it is; anything larger is an error.
fn single<'de, D: Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
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
