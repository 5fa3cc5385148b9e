//! A map that may be a list, or one of the ways to say that there is nothing.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// A map or a list of the vendor's: PHP has one type for both, so `[]` is an empty map and a map with the keys 0..n is
/// a list. A list's entries have their index as key. `null`, `false` and `""` are empty.
#[derive(Clone, PartialEq)]
pub struct Map<V> {
    entries: Vec<(String, V)>,
}

impl<V> Default for Map<V> {
    fn default() -> Self {
        nothing()
    }
}

impl<V> Map<V> {
    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many entries came; a key that came twice counts twice.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entry of a key; of the last one, if a key came twice.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Keys and values in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The values in the order in which they came.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values in the order in which they came.
    pub fn into_values(self) -> Vec<V> {
        self.entries.into_iter().map(|(_, value)| value).collect()
    }

    pub(crate) fn into_entries(self) -> Vec<(String, V)> {
        self.entries
    }
}

impl<V: fmt::Debug> fmt::Debug for Map<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Map<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Map<V>, D::Error> {
        from.deserialize_any(MapVisitor { most: MOST, rest: Rest::Refused, of: PhantomData })
    }
}

/// The first entries; what comes behind them is skipped, and never built.
///
/// # Errors
/// A value that is no map, no list and no way to say "nothing", or an entry that does not fit.
pub fn first<'de, V: Deserialize<'de>, D: Deserializer<'de>>(most: usize, from: D) -> Result<Map<V>, D::Error> {
    from.deserialize_any(MapVisitor { most, rest: Rest::Skipped, of: PhantomData })
}

struct MapVisitor<V> {
    most: usize,
    rest: Rest,
    of: PhantomData<V>,
}

/// What becomes of more than fit.
#[derive(Clone, Copy, PartialEq)]
enum Rest {
    Refused,
    Skipped,
}

/// Entries at most. No answer of the vendor's has so many, and four megabytes of empty ones would be hundreds in memory.
const MOST: usize = 20_000;

impl<V> MapVisitor<V> {
    /// One more came than fit.
    fn overflow<E: de::Error>(&self) -> Result<(), E> {
        match self.rest {
            Rest::Skipped => Ok(()),
            Rest::Refused => Err(E::custom("a shorter list")),
        }
    }
}

fn nothing<V>() -> Map<V> {
    Map { entries: Vec::new() }
}

impl<'de, V: Deserialize<'de>> Visitor<'de> for MapVisitor<V> {
    type Value = Map<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_unit<E>(self) -> Result<Map<V>, E> {
        Ok(nothing())
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Map<V>, E> {
        if flag { Err(E::custom("an object or a list")) } else { Ok(nothing()) }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Map<V>, E> {
        if text.is_empty() { Ok(nothing()) } else { Err(E::custom("an object or a list")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Map<V>, A::Error> {
        let mut entries = Vec::new();
        while entries.len() < self.most {
            let Some(value) = items.next_element()? else { return Ok(Map { entries }) };
            entries.push((entries.len().to_string(), value));
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            self.overflow()?;
        }
        Ok(Map { entries })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Map<V>, A::Error> {
        let mut entries = Vec::new();
        while entries.len() < self.most {
            let Some(entry) = items.next_entry()? else { return Ok(Map { entries }) };
            entries.push(entry);
        }
        while items.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            self.overflow()?;
        }
        Ok(Map { entries })
    }
}
