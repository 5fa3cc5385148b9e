#!/usr/bin/env bash
# The Market's icon (docs/market/icon.png) and screenshots in each language (.cache/market/LANG/, too large to be kept).
# Needs what the browser stories need.
set -euo pipefail
# shellcheck source=scripts/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

FOLDER=$ROOT/.cache/market

cd "$ROOT"
end_cleanly
need_build_tools
need_linux_tools
need chromium chromium
need "${CHROMEDRIVER:-chromedriver}" chromium-driver
if [[ -z ${TEST_DATABASE_URL:-} ]]; then
    pg_throwaway
    TEST_DATABASE_URL=$(pg_url)
    export TEST_DATABASE_URL
fi
HANDBACK_MARKET=$FOLDER in_group cargo --locked test --test stories in_the_browser_market:: -- --ignored
cp "$FOLDER/icon.png" docs/market/icon.png
say "The screenshots are in $FOLDER; the icon is also in docs/market/"
