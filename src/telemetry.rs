//! Logs: one line per event to standard error. No secret, no portal's name, no person's words. And which of our requests
//! something is done for, which only logs and journals may ask.

pub mod metrics;

use std::future::Future;
use tracing::{Instrument, Span};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging; call once. `filter` as in `RUST_LOG`. A filter that cannot be read is an error that names it.
pub fn init(filter: &str, json: bool) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|e| format!("RUST_LOG: {e}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    let writer = std::io::stderr;
    let done = if json {
        registry.with(fmt::layer().json().with_writer(writer).with_current_span(true)).try_init()
    } else {
        registry.with(fmt::layer().with_writer(writer).with_ansi(false)).try_init()
    };
    done.map_err(|e| e.to_string())
}

tokio::task_local! {
    static REQUEST: String;
}

/// Everything that this work does is done for the request that has this id.
pub async fn within_request<F: Future>(id: String, work: F) -> F::Output {
    REQUEST.scope(id, work).await
}

/// Carries the request's id over into a task of its own, if there is one, and its span: the lines of both have one id.
pub fn same_request<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = request_id();
    let work = work.instrument(Span::current());
    async move {
        match id {
            Some(id) => within_request(id, work).await,
            None => work.await,
        }
    }
}

/// The id of the request for which something is done, as a person can quote it.
pub fn request_id() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok()
}
