//! The envelope of every answer: `{"result":…,"total":…,"next":…,"time":{…}}`, or an error.

use chrono::{DateTime, FixedOffset};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};

use super::time::{Inside, Time};
use crate::bitrix24::{
    egress::Incoming,
    error::{CallError, Code},
    wire::{self, Field, lax},
};

/// Values in one answer: fifty pages of fifty tasks with seventy each are 175 000.
const MOST_VALUES: usize = 300_000;

/// A good answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    /// What the method promises, decoded.
    pub result: T,
    /// Rows in the whole list; list methods only, and not with `start: -1`.
    pub total: Option<u64>,
    /// `start` of the next page; absent on the last one.
    pub next: Option<u64>,
    /// The portal's clock when it had finished (`time.date_finish`).
    pub clock: Option<DateTime<FixedOffset>>,
    /// Seconds that the portal worked.
    pub duration: Option<f64>,
    /// Seconds that this method has used of the portal's budget (480 s in 10 min); absent where there is no limiter.
    pub operating: Option<f64>,
    /// Unix seconds when some of that budget comes back.
    pub operating_reset_at: Option<i64>,
}

impl<T: DeserializeOwned> Answer<T> {
    /// Decides what a status and a body are: the `error` key first, the HTTP status second, since both kinds of error
    /// come with either.
    ///
    /// # Errors
    /// [`CallError::Api`], [`CallError::BadAnswer`] and [`CallError::TooLarge`].
    pub fn read(http: u16, body: &[u8]) -> Result<Answer<T>, CallError> {
        if wire::values(body) > MOST_VALUES {
            return Err(CallError::TooLarge { http });
        }
        let envelope: Envelope = wire::decode_object(body).map_err(|path| CallError::bad(http, path))?;
        if let Some(error) = envelope.error {
            let empty = envelope.result.is_none() || http >= 400;
            match error.0 {
                Some(code) => return Err(CallError::Api { code, http }),
                None if empty => {
                    return Err(CallError::Api { code: Code::parse(""), http });
                }
                None => {}
            }
        }
        if !(200..300).contains(&http) {
            return Err(CallError::bad(http, "error"));
        }
        // A missing key is reported at its parent.
        let missing = |path: String| {
            if path == "." && envelope.result.is_none() { "result".to_owned() } else { path }
        };
        let holder: Holder<T> = wire::decode_object(body).map_err(|path| CallError::bad(http, missing(path)))?;
        let Envelope { result, total, next, time, .. } = envelope;
        let time = time.or(result.and_then(|inside| inside.0)).unwrap_or_default();
        Ok(time.wrap(holder.result, total, next))
    }
}

impl<T> Answer<T> {
    /// The same answer with its result made into something else.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Answer<U> {
        let Answer { result, total, next, clock, duration, operating, operating_reset_at } = self;
        Answer { result: make(result), total, next, clock, duration, operating, operating_reset_at }
    }
}

/// The first reading: everything but the result.
#[derive(Deserialize)]
struct Envelope {
    result: Option<Inside>,
    error: Option<ErrorField>,
    #[serde(default, deserialize_with = "lax")]
    total: Option<u64>,
    #[serde(default, deserialize_with = "lax")]
    next: Option<u64>,
    time: Option<Time>,
}

/// The second reading: the result, with its path.
#[derive(Deserialize)]
struct Holder<T> {
    result: T,
}

/// A code as text or number (classic), or an object with `code` (REST 3.0). Descriptions are not read at all.
pub(super) struct ErrorField(pub Option<Code>);

impl<'de> Deserialize<'de> for ErrorField {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<ErrorField, D::Error> {
        #[derive(Deserialize)]
        struct V3 {
            #[serde(default)]
            code: Field<String>,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Object(V3),
            Text(Field<String>),
        }
        let text = match Either::deserialize(from)? {
            Either::Object(v3) => v3.code.into_inner(),
            Either::Text(text) => text.into_inner(),
        };
        Ok(ErrorField(text.filter(|text| !text.is_empty()).map(|text| Code::parse(&text))))
    }
}

/// What an HTTP answer is; see [`Answer::read`].
pub(in crate::bitrix24) fn read_answer<T: DeserializeOwned>(incoming: &Incoming) -> Result<Answer<T>, CallError> {
    if incoming.http == 302 {
        return Err(CallError::Moved { location: incoming.location.clone() });
    }
    Answer::read(incoming.http, &incoming.body)
}

/// The token endpoint's answer has no envelope: a token becomes the `result`, an error stays what it is.
pub(in crate::bitrix24) fn as_result(body: &[u8]) -> Vec<u8> {
    #[derive(Deserialize)]
    struct Probe {
        error: Option<IgnoredAny>,
    }
    match wire::decode::<Probe>(body) {
        Ok(Probe { error: None }) => [br#"{"result":"#, body, b"}"].concat(),
        _ => body.to_vec(),
    }
}
