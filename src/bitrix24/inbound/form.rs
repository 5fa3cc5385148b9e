//! `application/x-www-form-urlencoded` with PHP's brackets, strictly: where PHP would guess, this refuses.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{InboundError, MAX_BODY, malformed};

const MAX_QUERY: usize = 16 * 1024;
const MAX_KEYS: usize = 200;
const MAX_KEY: usize = 256;
/// The name and its brackets.
const MAX_DEPTH: usize = 4;
/// Values of tokens, in bytes.
pub(super) const TOKEN: usize = 2048;
/// Values of `PLACEMENT_OPTIONS`, and of fields that are not read, in bytes.
pub(super) const LONG: usize = 16 * 1024;
/// All other values, in bytes.
pub(super) const SHORT: usize = 1024;

/// One field: its name taken apart, and its value.
struct Pair {
    path: Vec<String>,
    value: String,
}

/// The two places of a request, decoded.
pub(super) struct Form {
    query: Vec<Pair>,
    body: Vec<Pair>,
}

/// Where a field must stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Query,
    Body,
}

impl Form {
    pub(super) fn decode(query: &str, body: &[u8]) -> Result<Form, InboundError> {
        if body.len() > MAX_BODY || query.len() > MAX_QUERY {
            return Err(InboundError::TooLarge);
        }
        let mut room = MAX_KEYS;
        let form = Form { query: pairs(query.as_bytes(), &mut room)?, body: pairs(body, &mut room)? };
        Ok(form)
    }

    /// A field that may be missing, but stands once, whole, and in its place.
    pub(super) fn take(
        &self,
        place: Place,
        name: &'static str,
        longest: usize,
    ) -> Result<Option<String>, InboundError> {
        let (here, there) = match place {
            Place::Query => (&self.query, &self.body),
            Place::Body => (&self.body, &self.query),
        };
        if there.iter().any(|pair| pair.path[0] == name) {
            return Err(malformed(name));
        }
        let mut found = here.iter().filter(|pair| pair.path[0] == name);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(pair), None) if pair.path.len() == 1 && pair.value.len() <= longest => Ok(Some(pair.value.clone())),
            _ => Err(malformed(name)),
        }
    }

    /// A body field that holds a secret: printable ASCII; empty is missing.
    pub(super) fn secret(&self, name: &'static str) -> Result<Option<SecretString>, InboundError> {
        secret(self.take(Place::Body, name, TOKEN)?, name)
    }

    /// All fields `name[…]…` of the body as one nested object of texts. `None` when there are none.
    pub(super) fn tree(&self, name: &'static str) -> Result<Option<Value>, InboundError> {
        if self.query.iter().any(|pair| pair.path[0] == name) {
            return Err(malformed(name));
        }
        let mut tree: Option<Value> = None;
        for pair in self.body.iter().filter(|pair| pair.path[0] == name) {
            if pair.value.len() > TOKEN {
                return Err(malformed(name));
            }
            graft(&mut tree, &pair.path[1..], &pair.value).ok_or(malformed(name))?;
        }
        Ok(tree)
    }
}

/// See [`Form::secret`].
pub(super) fn secret(text: Option<String>, name: &'static str) -> Result<Option<SecretString>, InboundError> {
    match text {
        None => Ok(None),
        Some(text) if text.is_empty() => Ok(None),
        Some(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Some(text.into())),
        Some(_) => Err(malformed(name)),
    }
}

/// Puts a value into the tree; `None` where the place is taken, or a text stands where a branch is needed.
fn graft(tree: &mut Option<Value>, path: &[String], value: &str) -> Option<()> {
    let Some((segment, rest)) = path.split_first() else {
        return if tree.is_some() {
            None
        } else {
            *tree = Some(value.into());
            Some(())
        };
    };
    let Value::Object(branch) = tree.get_or_insert_with(|| Value::Object(Map::new())) else {
        return None;
    };
    // `a[]=` appends.
    let key = if segment.is_empty() { branch.len().to_string() } else { segment.clone() };
    let mut below = branch.remove(&key);
    let grafted = graft(&mut below, rest, value);
    if let Some(below) = below {
        branch.insert(key, below);
    }
    grafted
}

/// Splits, decodes, and refuses: too many fields, a name too long or too deep, the same name twice.
fn pairs(text: &[u8], room: &mut usize) -> Result<Vec<Pair>, InboundError> {
    let mut pairs = Vec::new();
    let mut names = std::collections::HashSet::new();
    for part in text.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
        *room = room.checked_sub(1).ok_or(malformed("too many fields"))?;
        let cut = part.iter().position(|byte| *byte == b'=');
        let (name, value) = cut.map_or((part, &b""[..]), |at| (&part[..at], &part[at + 1..]));
        if value.len() > 3 * LONG || name.len() > 3 * MAX_KEY {
            return Err(malformed("a field is too long"));
        }
        let (name, value) = (unescape(name)?, unescape(value)?);
        if value.len() > LONG || name.len() > MAX_KEY {
            return Err(malformed("a field is too long"));
        }
        let path = path(&name)?;
        if !name.ends_with("[]") && !names.insert(name) {
            return Err(malformed("a field stands twice"));
        }
        pairs.push(Pair { path, value });
    }
    Ok(pairs)
}

/// `auth[member_id]` to `auth`, `member_id`.
fn path(name: &str) -> Result<Vec<String>, InboundError> {
    let broken = malformed("brackets in a name");
    let (first, mut rest) = name.find('[').map_or((name, ""), |at| name.split_at(at));
    if first.is_empty() || first.contains(']') {
        return Err(broken);
    }
    let mut path = vec![first.to_owned()];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').ok_or(broken)?;
        let (segment, after) = inner.split_once(']').ok_or(broken)?;
        if segment.contains('[') || path.len() >= MAX_DEPTH {
            return Err(broken);
        }
        path.push(segment.to_owned());
        rest = after;
    }
    Ok(path)
}

/// `+` is a space, `%` needs two hex digits; UTF-8 without NUL.
fn unescape(text: &[u8]) -> Result<String, InboundError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = rest.get(..2).filter(|pair| pair.iter().all(u8::is_ascii_hexdigit));
                let hex = hex.and_then(|pair| std::str::from_utf8(pair).ok()).ok_or(malformed("percent encoding"))?;
                rest = &rest[2..];
                u8::from_str_radix(hex, 16).map_err(|_| malformed("percent encoding"))?
            }
            other => *other,
        });
    }
    if bytes.contains(&0) {
        return Err(malformed("NUL"));
    }
    String::from_utf8(bytes).map_err(|_| malformed("UTF-8"))
}
