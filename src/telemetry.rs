//! Logs: one line per event to standard error. No secret, no portal's name, no person's words.

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
