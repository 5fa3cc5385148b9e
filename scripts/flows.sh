#!/usr/bin/env bash
# What a person's work costs at the desk: clicks, keys, pages and seconds of the flows that matter, in a real browser with
# 200 ms for every call of the portal, beside their targets. Two minutes after the build.
set -euo pipefail
# shellcheck source=scripts/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

cd "$ROOT"
end_cleanly
need_build_tools
need chromium chromium
need "${CHROMEDRIVER:-chromedriver}" chromium-driver
pg_throwaway
OUT=$(mktemp)
at_exit "rm -f '$OUT'"
export TEST_DATABASE_URL DATABASE_URL
TEST_DATABASE_URL=$(pg_url)
DATABASE_URL=$TEST_DATABASE_URL
STATUS=0
in_group cargo test --locked --test stories -- --ignored --nocapture in_the_browser_flows >"$OUT" 2>&1 || STATUS=$?
if ((STATUS != 0)); then
    tail -n 60 "$OUT" >&2
fi
grep -o 'flow: .*' "$OUT" | sed 's/^flow: /  /'
exit "$STATUS"
