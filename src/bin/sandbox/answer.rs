//! What a method says back, and how the portal writes it.

use crate::php;
use chrono::{DateTime, FixedOffset, Utc};
use serde_json::{Map, Value, json};

pub type Time = DateTime<Utc>;

/// The good answer of one method.
#[derive(Debug, Clone)]
pub struct Reply {
    pub result: Value,
    pub total: Option<usize>,
    pub next: Option<usize>,
}

impl From<Value> for Reply {
    fn from(result: Value) -> Self {
        Self { result, total: None, next: None }
    }
}

/// The refusal of one method: HTTP status, code and text, sometimes with further keys.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub status: u16,
    pub code: String,
    pub description: String,
    pub extra: Vec<(String, Value)>,
}

impl Refusal {
    pub fn new(status: u16, code: &str, description: &str) -> Self {
        Self { status, code: code.to_owned(), description: description.to_owned(), extra: Vec::new() }
    }

    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.extra.push((key.to_owned(), value));
        self
    }

    pub fn wrong_task_id() -> Self {
        Self::new(400, "0", "wrong task id")
    }

    /// "Not allowed" and "not found" look the same: 0x100006.
    pub fn not_allowed() -> Self {
        Self::new(400, "1048582", "Action on the task is not allowed")
    }

    pub fn missing_task() -> Self {
        Self::new(400, "100", "CTaskItem All parameters in the constructor must have real class type")
    }

    pub fn method_not_found() -> Self {
        Self::new(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")
    }

    pub fn core(description: &str) -> Self {
        Self::new(400, "ERROR_CORE", description)
    }

    pub fn argument(name: &str, description: &str) -> Self {
        Self::new(400, "ERROR_ARGUMENT", description).with("argument", json!(name))
    }

    pub fn body(&self) -> Value {
        let mut body: Map<String, Value> = self.extra.iter().cloned().collect();
        body.insert("error".into(), json!(self.code));
        body.insert("error_description".into(), json!(self.description));
        Value::Object(body)
    }
}

pub type Outcome = Result<Reply, Refusal>;

/// The limiter's part of a `time` block; absent on self-hosted portals.
#[derive(Debug, Clone, Copy)]
pub struct Operating {
    pub seconds: f64,
    pub reset_at: Option<i64>,
}

pub fn time_block(start: Time, finish: Time, zone: FixedOffset, operating: Option<Operating>) -> Value {
    let seconds = |t: Time| t.timestamp_micros() as f64 / 1e6;
    let duration = seconds(finish) - seconds(start);
    let mut block = json!({
        "start": seconds(start), "finish": seconds(finish), "duration": duration, "processing": duration,
        "date_start": iso(start, zone), "date_finish": iso(finish, zone),
    });
    if let Some(operating) = operating {
        block["operating"] = json!(operating.seconds);
        if let Some(reset_at) = operating.reset_at {
            block["operating_reset_at"] = json!(reset_at);
        }
    }
    block
}

pub fn iso(time: Time, zone: FixedOffset) -> String {
    time.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

pub fn envelope(reply: Reply, time: Value) -> Value {
    let mut body = Map::new();
    body.insert("result".into(), reply.result);
    if let Some(next) = reply.next {
        body.insert("next".into(), json!(next));
    }
    if let Some(total) = reply.total {
        body.insert("total".into(), json!(total));
    }
    body.insert("time".into(), time);
    Value::Object(body)
}

/// A map that PHP would write as `[]` when it is empty.
pub fn map_or_list(pairs: Vec<(String, Value)>) -> Value {
    php::array(pairs)
}

/// JSON as `json_encode` with the HEX flags writes it: `<`, `>`, `&`, `'` and inner quotes as `\u003C` and so on.
/// These bytes occur only inside strings, so one pass over the text is enough.
pub fn to_text(value: &Value) -> String {
    let plain = value.to_string();
    let mut out = String::with_capacity(plain.len() + 16);
    let mut chars = plain.chars();
    while let Some(c) = chars.next() {
        match c {
            '<' => out.push_str("\\u003C"),
            '>' => out.push_str("\\u003E"),
            '&' => out.push_str("\\u0026"),
            '\'' => out.push_str("\\u0027"),
            '\\' => match chars.next() {
                Some('"') => out.push_str("\\u0022"),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    out
}
