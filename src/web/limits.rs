//! How many connections there may be: as many as the system lets this process open, less what the rest of it needs.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files, the database, outgoing calls.
const REST: u64 = 512;
/// More would only be a flood.
const MOST: u64 = 20_000;

/// Raises the limit of open files as far as it goes: many systems start a program with 1024. Answers how many
/// connections fit.
pub(super) fn connections() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let files = if raised.is_ok() { limit.maximum } else { limit.current };
    let fit = fit(files);
    tracing::info!(connections = fit, "as many connections are taken at once");
    usize::try_from(fit).unwrap_or(usize::MAX)
}

/// Nothing said means that there is no limit.
fn fit(files: Option<u64>) -> u64 {
    files.map_or(MOST, |files| files.saturating_sub(REST).clamp((files / 4).min(MOST), MOST).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t36_connections_leave_room_for_the_rest() {
        assert_eq!([None, Some(1_000_000), Some(4096), Some(1024)].map(fit), [MOST, MOST, 3584, 512]);
        assert_eq!([Some(256), Some(0)].map(fit), [64, 1], "little is better than nothing");
    }
}
