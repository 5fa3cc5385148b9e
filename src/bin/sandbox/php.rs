//! PHP's idea of parameters: one ordered array that may come from a query, a form or JSON.
//!
//! Order matters: the old `task.*` methods take values in order of appearance and ignore the names, so a map that
//! sorts its keys would hide exactly the mistake that Bitrix24 punishes.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub enum Php {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Array(Vec<(String, Php)>),
}

impl Php {
    pub fn empty() -> Self {
        Self::Array(Vec::new())
    }

    pub fn get(&self, key: &str) -> Option<&Php> {
        self.pairs().iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// For the methods whose parameter names the server upper-cases (`placement.*`, `event.*`, `batch`, `user.*`).
    pub fn get_any_case(&self, key: &str) -> Option<&Php> {
        self.pairs().iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v)
    }

    pub fn pairs(&self) -> &[(String, Php)] {
        match self {
            Self::Array(pairs) => pairs,
            _ => &[],
        }
    }

    pub fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// Scalars as PHP prints them; nothing for arrays and null.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Bool(value) => Some(if *value { "1".into() } else { String::new() }),
            Self::Int(value) => Some(value.to_string()),
            Self::Float(value) => Some(value.to_string()),
            Self::Text(value) => Some(value.clone()),
            Self::Null | Self::Array(_) => None,
        }
    }

    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Text(value) => value.trim().parse().ok(),
            _ => None,
        }
    }

    /// The values of a scalar or of a list: Bitrix24 takes both where a filter may mean IN.
    pub fn many(&self) -> Vec<String> {
        match self {
            Self::Array(pairs) => pairs.iter().filter_map(|(_, value)| value.text()).collect(),
            Self::Null => vec![String::new()],
            other => other.text().into_iter().collect(),
        }
    }

    /// Sets a key, keeping its first position when it exists already, as PHP does.
    pub fn set(&mut self, key: &str, value: Php) {
        if !self.is_array() {
            *self = Self::empty();
        }
        let Self::Array(pairs) = self else { return };
        match pairs.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => *old = value,
            None => pairs.push((key.to_owned(), value)),
        }
    }

    pub fn remove(&mut self, key: &str) -> Option<Php> {
        let Self::Array(pairs) = self else { return None };
        let at = pairs.iter().position(|(k, _)| k == key)?;
        Some(pairs.remove(at).1)
    }

    pub fn from_json(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    pub fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::from(*value),
            Self::Int(value) => Value::from(*value),
            Self::Float(value) => Value::from(*value),
            Self::Text(value) => Value::from(value.as_str()),
            Self::Array(pairs) => array(pairs.iter().map(|(k, v)| (k.clone(), v.to_json())).collect()),
        }
    }

    /// `parse_str`: brackets nest, `a[]` appends, `+` is a space.
    pub fn from_query(query: &str) -> Self {
        let mut all = Self::empty();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let path = split_name(&name);
            if !path.is_empty() {
                all.put(&path, Php::Text(value.into_owned()));
            }
        }
        all
    }

    fn put(&mut self, path: &[String], value: Php) {
        let Some((first, rest)) = path.split_first() else {
            *self = value;
            return;
        };
        if !self.is_array() {
            *self = Self::empty();
        }
        let key = if first.is_empty() { self.next_index() } else { first.clone() };
        let Self::Array(pairs) = self else { return };
        let at = pairs.iter().position(|(k, _)| *k == key).unwrap_or_else(|| {
            pairs.push((key, Php::Null));
            pairs.len() - 1
        });
        pairs[at].1.put(rest, value);
    }

    fn next_index(&self) -> String {
        let highest = self.pairs().iter().filter_map(|(k, _)| k.parse::<i64>().ok()).max();
        highest.map_or(0, |n| n + 1).to_string()
    }
}

/// `filter[>=DEADLINE][0]` -> `filter`, `>=DEADLINE`, `0`.
fn split_name(name: &str) -> Vec<String> {
    let Some(open) = name.find('[') else {
        return vec![name.to_owned()];
    };
    let mut path = vec![name[..open].to_owned()];
    let mut rest = &name[open..];
    while let Some(inner) = rest.strip_prefix('[') {
        let Some(close) = inner.find(']') else { break };
        path.push(inner[..close].to_owned());
        rest = &inner[close + 1..];
    }
    path
}

/// A PHP array as `json_encode` writes it: a list when the keys are 0..n-1 (so an empty map is `[]`), else an object.
pub fn array(pairs: Vec<(String, Value)>) -> Value {
    let is_list = pairs.iter().enumerate().all(|(at, (key, _))| *key == at.to_string());
    if is_list {
        Value::Array(pairs.into_iter().map(|(_, value)| value).collect())
    } else {
        Value::Object(pairs.into_iter().collect::<Map<_, _>>())
    }
}

impl<'de> Deserialize<'de> for Php {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Ordered)
    }
}

struct Ordered;

impl<'de> Visitor<'de> for Ordered {
    type Value = Php;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("any JSON")
    }
    fn visit_unit<E>(self) -> Result<Php, E> {
        Ok(Php::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Php, E> {
        Ok(Php::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Php, E> {
        Ok(Php::Int(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Php, E> {
        Ok(i64::try_from(value).map_or(Php::Float(value as f64), Php::Int))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Php, E> {
        Ok(Php::Float(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Php, E> {
        Ok(Php::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Php, A::Error> {
        let mut pairs = Vec::new();
        while let Some(value) = items.next_element::<Php>()? {
            pairs.push((pairs.len().to_string(), value));
        }
        Ok(Php::Array(pairs))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Php, A::Error> {
        let mut all = Php::empty();
        while let Some((key, value)) = items.next_entry::<String, Php>()? {
            all.set(&key, value);
        }
        Ok(all)
    }
}
