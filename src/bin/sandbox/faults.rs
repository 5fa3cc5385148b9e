//! Faults that control asks for, and which request meets one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    Portal,
    Oauth,
}

impl On {
    pub fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Oauth => "oauth",
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Kind {
    /// A refusal in the server's own manner; nothing is executed.
    Error {
        status: u16,
        code: String,
        #[serde(default)]
        description: String,
        #[serde(default)]
        extra: Map<String, Value>,
    },
    /// An HTML page of a proxy.
    Html {
        status: u16,
    },
    Body {
        status: u16,
        body: Value,
        #[serde(default = "json_type")]
        content_type: String,
    },
    /// Waits, then does everything as usual (the client may have left by then).
    Delay {
        ms: u64,
    },
    /// Executes nothing, says nothing for so long, then cuts.
    Hang {
        ms: u64,
    },
    /// Executes, and answers only so much later.
    Late {
        ms: u64,
    },
    DropBefore,
    DropAfter,
    GarbageAfter,
    Redirect {
        location: String,
    },
    /// Begins a good answer and goes on with a byte each so many milliseconds, for ever.
    Drip {
        ms: u64,
    },
    /// A good answer of this size; packed, it is small on the way.
    Large {
        megabytes: usize,
        #[serde(default)]
        gzip: bool,
    },
    /// A good answer nested so many times.
    Deep {
        levels: usize,
    },
    /// Executes, then sets a place (JSON pointer) of the answer.
    Patch {
        pointer: String,
        value: Value,
    },
}

fn json_type() -> String {
    "application/json; charset=utf-8".to_owned()
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    #[serde(default)]
    pub id: u64,
    pub on: On,
    #[serde(default)]
    pub member_id: Option<String>,
    pub method: String,
    /// True: only commands inside a batch. False: only requests of their own. Absent: either.
    #[serde(default)]
    pub inner: Option<bool>,
    /// Only batches among whose commands is this method.
    #[serde(default)]
    pub among: Option<String>,
    #[serde(default)]
    pub skip: u64,
    /// 0 = until cleared.
    #[serde(default = "once")]
    pub times: u64,
    #[serde(flatten)]
    pub kind: Kind,
    #[serde(default)]
    pub used: u64,
}

fn once() -> u64 {
    1
}

/// A request, or a command of one, as faults look at it.
pub struct Met<'a> {
    pub on: On,
    pub member_id: Option<&'a str>,
    pub method: &'a str,
    pub inner: bool,
    /// The methods in a batch.
    pub commands: &'a [String],
}

impl Fault {
    fn meets(&self, met: &Met) -> bool {
        self.on == met.on
            && self.inner.is_none_or(|wanted| wanted == met.inner)
            && (self.method == "*" || self.method == met.method)
            && self.member_id.as_deref().is_none_or(|wanted| Some(wanted) == met.member_id)
            && self.among.as_ref().is_none_or(|wanted| met.commands.contains(wanted))
    }
}

#[derive(Default)]
pub struct Faults {
    list: Vec<Fault>,
    last: u64,
}

impl Faults {
    pub fn add(&mut self, mut fault: Fault) -> u64 {
        self.last += 1;
        fault.id = self.last;
        fault.method = fault.method.to_lowercase();
        self.list.push(fault);
        self.last
    }

    /// The fault this request meets, if any; uses it up by one.
    pub fn take(&mut self, met: &Met) -> Option<Kind> {
        let at = self.list.iter_mut().position(|fault| {
            let meets = fault.meets(met);
            if meets && fault.skip > 0 {
                fault.skip -= 1;
                return false;
            }
            meets
        })?;
        let fault = &mut self.list[at];
        fault.used += 1;
        let kind = fault.kind.clone();
        if fault.times > 0 && fault.used >= fault.times {
            self.list.remove(at);
        }
        Some(kind)
    }

    pub fn left(&self) -> &[Fault] {
        &self.list
    }

    pub fn clear(&mut self) {
        self.list.clear();
    }
}
