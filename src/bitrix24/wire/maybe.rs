//! An object that may be an empty list, or one of the ways to say that there is nothing.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::{Sent, shape::Shape};

/// An object, or one of the ways to say that there is none: `[]`, `null`, `false`, `""`, absent.
#[derive(Clone, PartialEq)]
pub struct Maybe<T> {
    value: Option<Box<T>>,
    shape: Shape,
}

impl<T> Sent for Maybe<T> {
    fn is_absent(&self) -> bool {
        self.shape == Shape::Absent
    }
}

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Maybe { value: None, shape: Shape::Absent }
    }
}

impl<T> Maybe<T> {
    pub fn get(&self) -> Option<&T> {
        self.value.as_deref()
    }

    pub fn into_inner(self) -> Option<T> {
        self.value.map(|value| *value)
    }
}

impl<T: fmt::Debug> fmt::Debug for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: Serialize> Serialize for Maybe<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.shape.write_blank(to) {
            Ok(done) => done,
            Err(to) => match &self.value {
                Some(value) => value.serialize(to),
                None => to.collect_seq(std::iter::empty::<()>()),
            },
        }
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
        Ok(Maybe { value: None, shape: Shape::Null })
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Maybe<T>, E> {
        if flag { Err(E::custom("an object")) } else { Ok(Maybe { value: None, shape: Shape::False }) }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Maybe<T>, E> {
        if text.is_empty() { Ok(Maybe { value: None, shape: Shape::EmptyText }) } else { Err(E::custom("an object")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Maybe<T>, A::Error> {
        match items.next_element::<IgnoredAny>()? {
            None => Ok(Maybe { value: None, shape: Shape::List }),
            Some(_) => Err(de::Error::custom("an object, not a list")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, items: A) -> Result<Maybe<T>, A::Error> {
        let value = T::deserialize(MapAccessDeserializer::new(items))?;
        Ok(Maybe { value: Some(Box::new(value)), shape: Shape::Object })
    }
}
