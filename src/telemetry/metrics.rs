//! What is measured: every name once, with its unit and what it tells. No label names a portal, a person or a task, and
//! each has a handful of values.

use chrono::{DateTime, Utc};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

const ANSWERED: &str = "handback_http_request_seconds";
const CALLED: &str = "handback_call_seconds";
const WITHOUT_TIME: &str = "handback_calls_without_time_total";
const DECIDED: &str = "handback_decisions_total";
const KEYS_REFUSED: &str = "handback_keys_refused_total";
const SETTLED: &str = "handback_settled_seconds";
const REASONS: &str = "handback_reasons_total";
const EVENTS: &str = "handback_events_total";
const OPEN: &str = "handback_decisions_open";
const OLDEST: &str = "handback_oldest_seconds";
const WAITING: &str = "handback_waiting";
const PORTALS: &str = "handback_portals";
const CONNECTIONS: &str = "handback_database_connections";
const ROUNDS: &str = "handback_last_round_timestamp_seconds";
const JOURNAL_LOST: &str = "handback_journal_lost_total";
const ANSWERS: &str = "handback_database_answers";

/// Upper bounds in seconds: a page should take a tenth, a portal's call may take a minute.
const BOUNDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 90.0];

/// The recorder of this process, from which `/metrics` is written. Once for each process.
///
/// # Errors
/// In words, when there is a recorder already.
pub fn install() -> Result<PrometheusHandle, String> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BOUNDS);
    let handle = builder.map_err(|e| e.to_string())?.install_recorder().map_err(|e| e.to_string())?;
    describe_histogram!(ANSWERED, Unit::Seconds, "Requests that were answered, by route and class of status");
    describe_histogram!(
        CALLED,
        Unit::Seconds,
        "Calls to portals and authorization servers that ended, by method and outcome: ok, the vendor's documented code, or what went wrong"
    );
    describe_counter!(
        WITHOUT_TIME,
        "Calls of which no time is known, by method and outcome: never sent, without an answer, or commands that a batch refused"
    );
    describe_counter!(
        DECIDED,
        "Decisions that became final, or unknown, by action and state; not those that ended with their installation"
    );
    describe_counter!(
        KEYS_REFUSED,
        "Alarms: the authorization server refuses this application's keys, in three portals"
    );
    describe_histogram!(SETTLED, Unit::Seconds, "Time from sending a decision of unknown outcome until it was settled");
    describe_counter!(REASONS, "Attempts to tell an assignee why, by delivery");
    describe_counter!(EVENTS, "Events that were worked on, by what became of it");
    describe_gauge!(OPEN, "Decisions that are not final, by state; of all replicas");
    describe_gauge!(OLDEST, Unit::Seconds, "Since when the oldest of what is due waits, by kind; of all replicas");
    describe_gauge!(WAITING, "What is due and waits, by kind; of all replicas");
    describe_gauge!(PORTALS, "Portals, by status of their installation; of all replicas");
    describe_gauge!(CONNECTIONS, "Connections of this replica to the database, by state");
    describe_gauge!(
        ROUNDS,
        Unit::Seconds,
        "When this replica's rounds of a job last ended without an error, or began, by kind of job; seconds since 1970"
    );
    describe_counter!(JOURNAL_LOST, "Calls that found no place in the journal of calls");
    describe_gauge!(ANSWERS, "Whether the database answered this replica's last question for these figures: 1 or 0");
    // A series that begins with its first alarm would show no increase.
    counter!(KEYS_REFUSED).absolute(0);
    counter!(JOURNAL_LOST).absolute(0);
    Ok(handle)
}

/// Sums up what was measured, for as long as the process lives: until then each single time lies in memory, and perhaps
/// nobody ever asks for `/metrics` (8 bytes for each request and call were 30 MB an hour in `make bench`).
pub async fn sum_up(recorded: PrometheusHandle) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        recorded.run_upkeep();
    }
}

/// A request was answered.
pub fn answered(route: String, status: u16, took: Duration) {
    let class = match status {
        500.. => "5xx",
        400.. => "4xx",
        300.. => "3xx",
        _ => "2xx",
    };
    histogram!(ANSWERED, "route" => route, "status" => class).record(took);
}

/// A call to a portal or an authorization server, or a command of a batch. `took` where it is known.
pub fn called(method: String, outcome: &'static str, took: Option<Duration>) {
    match took {
        Some(took) => histogram!(CALLED, "method" => method, "outcome" => outcome).record(took),
        None => counter!(WITHOUT_TIME, "method" => method, "outcome" => outcome).increment(1),
    }
}

/// Decisions came to this state.
pub fn decided(action: &'static str, state: &'static str, many: u64) {
    counter!(DECIDED, "action" => action, "state" => state).increment(many);
}

/// The authorization server refuses our own keys, whatever the portal.
pub fn keys_refused() {
    counter!(KEYS_REFUSED).increment(1);
}

/// A decision of unknown outcome was settled so long after it was sent.
pub fn settled(after: Duration) {
    histogram!(SETTLED).record(after);
}

/// An attempt to tell a reason ended.
pub fn reason(delivery: &'static str) {
    counter!(REASONS, "delivery" => delivery).increment(1);
}

/// An event was worked on.
pub fn event(became: &'static str) {
    counter!(EVENTS, "became" => became).increment(1);
}

/// A round of this job ended without an error, or the first begins.
pub fn round(job: &'static str, at: DateTime<Utc>) {
    gauge!(ROUNDS, "kind" => job).set(at.timestamp() as f64);
}

/// So many calls found no place in the journal.
pub fn journal_lost(many: u64) {
    counter!(JOURNAL_LOST).increment(many);
}

/// How the work stands, of all replicas; read when somebody asks for `/metrics`.
#[derive(Debug, Clone, Default)]
pub struct Backlog {
    /// Decisions that are not final: state, how many.
    pub decisions: Vec<(String, i64)>,
    /// What is due: kind, how many, seconds since the oldest was due.
    pub waiting: Vec<(String, i64, f64)>,
    /// Installations: status, how many.
    pub portals: Vec<(String, i64)>,
}

/// Shows it. What is no longer there is shown as none.
pub fn backlog(now: &Backlog) {
    for (state, many) in &now.decisions {
        gauge!(OPEN, "state" => state.clone()).set(*many as f64);
    }
    for (kind, many, oldest) in &now.waiting {
        gauge!(WAITING, "kind" => kind.clone()).set(*many as f64);
        gauge!(OLDEST, "kind" => kind.clone()).set(*oldest);
    }
    for (status, many) in &now.portals {
        gauge!(PORTALS, "status" => status.clone()).set(*many as f64);
    }
}

/// How this replica stands with the database: its connections, those of them that nobody uses, and whether it answers.
pub fn database((all, idle): (u32, u32), answers: bool) {
    gauge!(ANSWERS).set(f64::from(u8::from(answers)));
    gauge!(CONNECTIONS, "state" => "idle").set(f64::from(idle));
    gauge!(CONNECTIONS, "state" => "used").set(f64::from(all.saturating_sub(idle)));
}
