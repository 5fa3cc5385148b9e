#!/usr/bin/env bash
# The checked queries in .sqlx, without sqlx-cli: a throwaway Postgres gets the migrations, and the query macros, told to
# look at it, write down what they saw.
#
#   scripts/sqlx.sh           write .sqlx anew
#   scripts/sqlx.sh --check   fail if .sqlx is not what the queries and migrations say
set -euo pipefail
# shellcheck source=scripts/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

MARK=$ROOT/src/lib.rs

migrate() {
    local file
    shopt -s nullglob
    for file in "$ROOT"/migrations/*.sql; do pg_apply handback "$file"; done
}

# The macros write only when the crate is compiled, so it is touched; its time is put back, so that the builds which need
# no database stay fresh. Warnings are the lints' business.
write_queries() {
    local time log=$PG_HOME/check.log
    time=$(stat -c %y "$MARK")
    at_exit "touch -d '$time' '$MARK'"
    touch "$MARK"
    SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$1 DATABASE_URL=$(pg_url handback) \
        in_group cargo check --locked --all-targets --manifest-path "$ROOT/Cargo.toml" 2>"$log" && return
    grep -A 12 '^error' "$log" >&2
    die "The queries do not fit the migrations, or the code does not compile"
}

# An empty .sqlx and a missing one are the same: git keeps no empty folders.
compare() {
    mkdir -p "$ROOT/.sqlx"
    diff -rq "$ROOT/.sqlx" "$1" || die ".sqlx is out of date: make sqlx, and commit it"
}

replace() {
    rm -rf "$ROOT/.sqlx"
    cp -r "$1" "$ROOT/.sqlx"
    say "Wrote $(find "$ROOT/.sqlx" -name '*.json' | wc -l) queries to .sqlx"
}

end_cleanly
need_build_tools
FRESH=$(mktemp -d /tmp/handback-queries.XXXXXX)
chmod 755 "$FRESH"
at_exit "rm -rf '$FRESH'"
pg_throwaway
pg_create_database handback
migrate
write_queries "$FRESH"
if [[ ${1:-} == --check ]]; then compare "$FRESH"; else replace "$FRESH"; fi
