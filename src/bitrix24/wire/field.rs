//! A field that remembers how it was sent, and the helpers for fields that need not.

use std::{fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use super::{Sent, scalar::Scalar};

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
        Ok(Field { value: T::read(&raw).map_err(de::Error::custom)?, raw: Some(raw) })
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
