#!/usr/bin/env bash
# The figures of trust: every test that prints one, the long stories among them, against what was built for speed. Prints
# them with their targets at the end; fails when a test fails. About a quarter of an hour.
set -euo pipefail
# shellcheck source=scripts/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

# Stories whose lines begin with "figure:".
STORIES=(fault_table:: kills:: renewal_ rotation:: floods:: inbox::t crashes:: tour:: slow_ database_slow:: malformed_posts::
    injection:: rows:: database_restarted:: connections:: lives::)
# And the one unit test.
UNITS=usecases::secret::

# measure WORD…: tests in what was built for speed; what they print is kept.
measure() { in_group cargo test --locked --profile figures --no-fail-fast "$@" --nocapture >>"$OUT" 2>&1 || STATUS=$?; }

cd "$ROOT"
end_cleanly
need_build_tools
pg_throwaway
OUT=$(mktemp)
at_exit "rm -f '$OUT'"
BEGAN=$SECONDS
export TEST_DATABASE_URL DATABASE_URL
TEST_DATABASE_URL=$(pg_url)
DATABASE_URL=$TEST_DATABASE_URL
STATUS=0
measure --test stories -- "${STORIES[@]}" --include-ignored
# When the stories are over: it measures nanoseconds.
measure --lib -- "$UNITS"
if ((STATUS != 0)); then
    tail -n 80 "$OUT" >&2
fi
printf '\n%s\n%d s\n' "$(grep '^test result' "$OUT" || echo 'no result')" $((SECONDS - BEGAN))
grep -o 'figure: .*' "$OUT" | sed 's/^figure: /  /' | sort
exit "$STATUS"
