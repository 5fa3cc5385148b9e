//! What a place says about itself. Portals of different ages send it in different shapes, and none of them is a promise:
//! a map, a map that was encoded twice or escaped for HTML, a map inside of a map; `[]`, `undefined`, an empty text or nothing
//! when there is nothing to say.

use serde_json::{Map, Value};

use crate::bitrix24::wire::{Id, Scalar};

/// The map; an empty one for everything that is none.
pub(super) fn read(text: Option<&str>) -> Map<String, Value> {
    text.and_then(|text| map(text, 1)).unwrap_or_default()
}

fn map(text: &str, deeper: u8) -> Option<Map<String, Value>> {
    let plain = serde_json::from_str(text).or_else(|_| serde_json::from_str(&unescaped(text)));
    match plain.ok()? {
        Value::Object(map) => Some(map),
        Value::String(inner) if deeper > 0 => map(&inner, deeper - 1),
        _ => None,
    }
}

/// As PHP's `htmlspecialchars` leaves JSON behind.
fn unescaped(text: &str) -> String {
    let quotes = text.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#034;", "\"");
    let signs = quotes.replace("&#039;", "'").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">");
    signs.replace("&amp;", "&")
}

/// An id under one of these names (written small, without underscores); at the top, else one map deeper.
pub(super) fn id(options: &Map<String, Value>, names: &[&str]) -> Option<Id> {
    let called = |key: &str| names.contains(&key.replace('_', "").to_ascii_lowercase().as_str());
    let here = |map: &Map<String, Value>| {
        let mut named = map.iter().filter(|(key, _)| called(key));
        named.find_map(|(_, raw)| Id::read(raw.clone()).ok().flatten())
    };
    here(options).or_else(|| {
        options.values().find_map(|value| match value {
            Value::Object(inner) => here(inner),
            Value::String(text) if text.trim_start().starts_with(['{', '"']) => here(&map(text, 1)?),
            _ => None,
        })
    })
}

/// The id behind a part of the path of the portal's own page, as `task/view/31` has it.
pub(super) fn id_in_path(options: &Map<String, Value>, before: &[&str]) -> Option<Id> {
    let path = options.get("URI")?.as_str()?.split(['?', '#']).next()?;
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts.windows(before.len()).position(|window| window == before)?;
    Id::read(Value::from(*parts.get(at + before.len())?)).ok().flatten()
}
