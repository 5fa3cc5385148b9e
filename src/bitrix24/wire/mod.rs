//! The vendor's quirks, each with its reason. No other file knows them.
//!
//! The server is PHP, and its JSON shows it (`api-reference/data-types.md`,
//! `settings/how-to-call-rest-api/data-encoding.md`):
//!
//! - an empty map is `[]`, and a map whose keys are 0..n is a list: [`Map`], [`Maybe`]
//! - a number may be a string, in one answer both: [`Id`], [`Scalar`] for `u64`, `i64`, `f64`
//! - a boolean is `"Y"`/`"N"`, `"1"`/`"0"`, `1`/`0` or a boolean: [`Scalar`] for `bool`
//! - "nothing" is `null`, `""`, `"0"` (ids), `false`, `[]` or an absent key: [`Field`], [`optional`]
//! - a date is ISO with offset, or in old modules the portal's `d.m.Y H:i:s` without one: [`Moment`]
//! - letter case of keys differs by layer: every struct names its own

mod field;
mod map;
mod maybe;
mod moment;
mod scalar;
#[cfg(test)]
mod tests;

pub use field::{Field, lax, optional, required};
pub use map::{Map, first};
pub use maybe::Maybe;
pub use moment::Moment;
pub use scalar::{Id, Scalar};
use serde::de::DeserializeOwned;

/// At least as many as the values in this JSON, without building any: `[[0],[0],…]` has a million of them in four
/// megabytes, and each is a hundred bytes in memory.
pub(crate) fn values(json: &[u8]) -> usize {
    let (mut values, mut text, mut escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b',' | b'[' | b'{' if !text => values += 1,
            _ => {}
        }
    }
    values
}

/// Decodes JSON bytes. The error is the path of the first place that did not fit (`.` when the text is no JSON): names
/// and indices, no values.
pub(crate) fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    // Keeping track of the path costs as much again as reading; it is found out when it is needed.
    serde_json::from_slice(json).map_err(|_| {
        let mut reader = serde_json::Deserializer::from_slice(json);
        let place = serde_path_to_error::deserialize::<_, T>(&mut reader).err();
        place.map_or_else(|| ".".to_owned(), |error| error.path().to_string())
    })
}

/// Decodes JSON bytes that must be an object: serde alone would also fill a struct from a list, by position.
pub(crate) fn decode_object<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    decode::<Maybe<T>>(json)?.into_inner().ok_or_else(|| ".".to_owned())
}
