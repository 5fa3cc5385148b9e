//! An object that may be an empty list, or one of the ways to say that there is nothing.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// An object, or one of the ways to say that there is none: `[]`, `null`, `false`, `""`, absent.
#[derive(Clone, PartialEq)]
pub struct Maybe<T>(Option<Box<T>>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Maybe(None)
    }
}

impl<T> From<Option<T>> for Maybe<T> {
    fn from(value: Option<T>) -> Self {
        Maybe(value.map(Box::new))
    }
}

impl<T> Maybe<T> {
    /// The object, if there is one.
    pub fn get(&self) -> Option<&T> {
        self.0.as_deref()
    }

    /// The same, taken out.
    pub fn into_inner(self) -> Option<T> {
        self.0.map(|value| *value)
    }
}

impl<T: fmt::Debug> fmt::Debug for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Maybe<T>, D::Error> {
        from.deserialize_any(MaybeVisitor(PhantomData))
    }
}

struct MaybeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MaybeVisitor<T> {
    type Value = Maybe<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an empty list")
    }

    fn visit_unit<E>(self) -> Result<Maybe<T>, E> {
        Ok(Maybe(None))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Maybe<T>, E> {
        if flag { Err(E::custom("an object")) } else { Ok(Maybe(None)) }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Maybe<T>, E> {
        if text.is_empty() { Ok(Maybe(None)) } else { Err(E::custom("an object")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Maybe<T>, A::Error> {
        match items.next_element::<IgnoredAny>()? {
            None => Ok(Maybe(None)),
            Some(_) => Err(de::Error::custom("an object, not a list")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, items: A) -> Result<Maybe<T>, A::Error> {
        let value = T::deserialize(MapAccessDeserializer::new(items))?;
        Ok(Maybe(Some(Box::new(value))))
    }
}
