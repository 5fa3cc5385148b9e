//! PHP's way to write nested values into a query string; the commands of a batch need it, also inside a JSON body.
//!
//! Source: `settings/how-to-call-rest-api/data-encoding.md`, `settings/how-to-call-rest-api/batch.md`.

use std::fmt::Write;

use serde_json::Value;

/// `{"filter":{">=ID":5},"select":["ID"]}` becomes `filter%5B%3E%3DID%5D=5&select%5B0%5D=ID`.
///
/// As PHP does it: `null` and empty containers vanish, `true` is `1` and `false` is `0`. A top-level list gives the
/// keys `0`, `1`, … in order (positional methods).
pub(super) fn php_query(params: &Value) -> String {
    let mut query = String::new();
    append(&mut query, "", params);
    query
}

fn append(query: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(entries) => {
            for (key, value) in entries {
                append(query, &child(name, key), value);
            }
        }
        Value::Array(items) => {
            for (position, value) in items.iter().enumerate() {
                append(query, &child(name, &position.to_string()), value);
            }
        }
        Value::Bool(flag) => pair(query, name, if *flag { "1" } else { "0" }),
        Value::Number(number) => pair(query, name, &number.to_string()),
        Value::String(text) => pair(query, name, text),
    }
}

/// The name of an entry below `name`, already escaped.
fn child(name: &str, key: &str) -> String {
    let key = escape(key);
    if name.is_empty() { key } else { format!("{name}%5B{key}%5D") }
}

fn pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    query.push_str(&escape(value));
}

/// Everything but RFC 3986's unreserved characters, byte by byte.
fn escape(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing into a String does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}
