#!/usr/bin/env bash
# Everything that must hold, one stage after the other; nothing is skipped, but for former versions in a copy without
# history. Half an hour on a bare machine with two cores. The stages share their work: clippy, the queries and the tests
# ask for the same targets, features and profile.
set -euo pipefail
# shellcheck source=scripts/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

CARGO=(cargo --locked)
STAGE=

# stage NAME COMMAND…: announced, timed; the first that fails is named at the end.
stage() {
    local began=$SECONDS
    STAGE=$1
    printf '\n=== %s\n' "$STAGE"
    "${@:2}"
    printf '=== %s: fine, %d s\n' "$STAGE" $((SECONDS - began))
    STAGE=
}

verdict() {
    if [[ -n $STAGE ]]; then
        printf '\n=== %s: FAILED\n' "$STAGE" >&2
    else
        printf '\n=== all fine, %d s\n' "$SECONDS"
    fi
}

tools() {
    need_build_tools
    need shellcheck shellcheck
    need chromium chromium
    need "${CHROMEDRIVER:-chromedriver}" chromium-driver
    need npm nodejs npm # brings axe-core, which judges the pages
    need faketime faketime # a server whose clock is wrong
    scripts/axe.sh
    cargo fmt --version >/dev/null || die "rustfmt is missing: rustup component add rustfmt"
    cargo clippy --version >/dev/null || die "clippy is missing: rustup component add clippy"
}

shell_scripts() { shellcheck -x scripts/*.sh .ci/run; }

format() { cargo fmt --all --check; }

lints() { in_group "${CARGO[@]}" clippy --all-targets -- -D warnings; }

documentation() {
    RUSTDOCFLAGS="-D warnings" in_group "${CARGO[@]}" doc --no-deps --lib --document-private-items
}

queries() { in_group scripts/sqlx.sh --check; }

build() { in_group "${CARGO[@]}" test --no-run; }

# With the programs that the tests have just been built with: the stories start them as well.
restore_drill() { DRILL_BUILT=1 in_group scripts/restore-drill.sh; }

tests() {
    pg_throwaway
    # What failed stands in one line; thirty of the test's own frames would push it off a short log.
    export RUST_BACKTRACE=0
    TEST_DATABASE_URL=$(pg_url) DATABASE_URL=$(pg_url) in_group "${CARGO[@]}" test --no-fail-fast
}

cd "$ROOT"
end_cleanly
at_exit verdict
stage "tools" tools
stage "shell scripts" shell_scripts
stage "alert rules" scripts/alerts.sh
stage "formatting" format
stage "queries in .sqlx" queries # before the lints, which cannot read the code without them
stage "former versions" scripts/former.sh
stage "lints" lints
stage "documentation" documentation
stage "test build" build
stage "restore drill" restore_drill
stage "tests" tests
