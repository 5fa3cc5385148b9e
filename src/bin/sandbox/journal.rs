//! What was asked of the sandbox, row by row: every request and every command inside a batch.
//!
//! A row appears as soon as its request has been read and is filled in when it is answered, so that a test can see a
//! request that hangs.

use serde::Serialize;
use serde_json::{Value, value::RawValue};
use std::collections::VecDeque;

/// More than any test asks for; older rows fall away. Five times as many made the sandbox use twice the processor after
/// some minutes of load: the allocator looks for room between them.
const KEPT: usize = 20_000;

#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub seq: u64,
    pub at: String,
    pub on: &'static str,
    pub member_id: Option<String>,
    pub host: String,
    pub method: String,
    /// Asked under `/rest/api/`.
    pub v3: bool,
    pub batch_seq: Option<u64>,
    pub user_id: Option<u64>,
    pub client_id: Option<String>,
    /// Parameters without tokens and secrets; as text, which is one piece of memory and not fifty.
    pub params: Box<RawValue>,
    pub query: String,
    pub header_idempotency: Option<String>,
    pub status: Option<u16>,
    pub code: Option<String>,
    pub executed: bool,
    /// The state of a task or a comment is another one now.
    pub changed: bool,
    pub ms: Option<f64>,
}

/// As a row keeps it.
pub fn kept(params: &Value) -> Box<RawValue> {
    RawValue::from_string(params.to_string()).expect("JSON that was just written")
}

#[derive(Default)]
pub struct Journal {
    rows: VecDeque<Row>,
    last: u64,
}

impl Journal {
    pub fn open(&mut self, mut row: Row) -> u64 {
        self.last += 1;
        row.seq = self.last;
        self.rows.push_back(row);
        if self.rows.len() > KEPT {
            self.rows.pop_front();
        }
        self.last
    }

    /// The row with this number, unless it was cleared meanwhile.
    pub fn row(&mut self, seq: u64) -> Option<&mut Row> {
        let first = self.rows.front()?.seq;
        self.rows.get_mut(usize::try_from(seq.checked_sub(first)?).ok()?)
    }

    pub fn since(&self, seq: u64) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.seq > seq).collect()
    }

    pub fn clear(&mut self) {
        self.rows.clear();
    }
}
