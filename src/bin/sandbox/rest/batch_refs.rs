//! References between the commands of a batch: `$result[a][tasks][0][id]`, `$total[a]`, `$next[a]`.

use crate::php::Php;
use crate::rest::batch::Members;
use serde_json::Value;

/// Puts earlier answers in place of references. A scalar goes anywhere inside a value; anything else only where the
/// reference is the whole value.
pub fn fill(params: &mut Php, members: &Members) {
    match params {
        Php::Array(pairs) => pairs.iter_mut().for_each(|(_, value)| fill(value, members)),
        Php::Text(text) if text.contains('$') => {
            if let Some(value) = replace(text, members) {
                *params = value;
            }
        }
        _ => {}
    }
}

fn replace(text: &str, members: &Members) -> Option<Php> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let (len, value) = reference(&rest[at..], members);
        match value {
            Some(value) if len == text.len() && !scalar(&value) => return Php::from_json(value.to_string().as_bytes()),
            Some(value) => out.push_str(value.as_str().map(str::to_owned).unwrap_or(value.to_string()).as_str()),
            None if len > 1 => {}
            None => out.push('$'),
        }
        rest = &rest[at + len..];
    }
    out.push_str(rest);
    Some(Php::Text(out))
}

fn scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// Length of the reference at the start of the text, and what it names. A path that leads nowhere becomes empty.
fn reference(text: &str, members: &Members) -> (usize, Option<Value>) {
    let known = [("$result", &members.result), ("$total", &members.total), ("$next", &members.next)];
    let Some((word, source)) = known.into_iter().find(|(word, _)| text[..].starts_with(&format!("{word}["))) else {
        return (1, None);
    };
    let mut path = Vec::new();
    let mut at = word.len();
    while let Some(inner) = text[at..].strip_prefix('[') {
        let Some(close) = inner.find(']') else { break };
        path.push(&inner[..close]);
        at += close + 2;
    }
    let Some((first, deeper)) = path.split_first() else {
        return (1, None);
    };
    let start = source.iter().find(|(key, _)| key == first).map(|(_, value)| value);
    let found = deeper.iter().try_fold(start, |value, step| match value {
        Some(Value::Array(list)) => step.parse::<usize>().ok().map(|at| list.get(at)),
        Some(Value::Object(map)) => Some(map.get(*step)),
        _ => None,
    });
    (at, found.flatten().cloned())
}
