#!/usr/bin/env bash
# Takes pictures of every screen into .cache/pictures/ (or FOLDER), light, dark, narrow and in every language, and puts
# those that the README shows into docs/. Needs what the browser stories need.
#
#   scripts/pictures.sh [FOLDER]
set -euo pipefail
# shellcheck source=scripts/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

FOLDER=${1:-$ROOT/.cache/pictures}

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
HANDBACK_PICTURES=$FOLDER in_group cargo --locked test --test stories pictures -- --ignored
mkdir -p docs
for picture in queue:light-queue return:desk-light-filled since:desk-light-task bulk:light-bulk-held dark:dark-queue \
    german:german-queue; do
    cp "$FOLDER/${picture#*:}.png" "docs/${picture%%:*}.png"
done
say "The pictures are in $FOLDER, those of the README also in docs/ ($(du -ch docs/*.png | tail -n 1 | cut -f 1))"
