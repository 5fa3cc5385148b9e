#!/usr/bin/env bash
# What Handback bears on this machine and what that costs, beside the least that it could cost; writes benches/load.md.
# About fifteen minutes after the build. The load comes from oha (crates.io), which is built into .cache/tools.
#
# BENCH_SECONDS=20 for each figure, BENCH_MINUTES=3 of everything at once (30 shows a slope), BENCH_PORTALS=1000,
# BENCH_ONLY=constant|saturation|hanging|slope runs that part and leaves the file alone.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

BENCH=$ROOT/benches/load
BIN_DIR=${CARGO_TARGET_DIR:-$ROOT/target}/release
TOOLS=$ROOT/.cache/tools
OHA=1.16.0

tools() {
    need_build_tools
    need python3 python3
    [[ $("$TOOLS/bin/oha" --version 2>/dev/null) == "oha $OHA" ]] && return
    say "Building oha $OHA, the load generator"
    in_group cargo install --quiet --locked --root "$TOOLS" --version "$OHA" oha || die "oha could not be built"
}

build() {
    say "Building as for production; the first time takes some minutes"
    in_group cargo build --locked --release --manifest-path "$ROOT/Cargo.toml" --bins --example floor || die "The build failed"
}

sandbox() {
    say "Starting a pretend Bitrix24 on port $SANDBOX_PORT; each method takes 50 ms"
    SANDBOX_CLIENT_SECRET=$CLIENT_SECRET spawn TERM "$LOGS/sandbox.log" "$BIN_DIR/sandbox" serve \
        --listen "127.0.0.1:$SANDBOX_PORT" --portals $((${BENCH_PORTALS:-1000} + 10)) --latency-ms 50 \
        --app-url "$(APP_URL)" --client-id "$CLIENT_ID"
    stack_keep Sandbox TERM
    SANDBOX_PID=$SPAWNED
    wait_for 30 "$SPAWNED" "The sandbox" "$LOGS/sandbox.log" stack_sandbox_ready
}

# Milliseconds from the start to the first "ready", three times.
cold_start() {
    local began times=()
    for _ in 1 2 3; do
        began=$(date +%s%N)
        stack_app
        times+=($((($(date +%s%N) - began) / 1000000)))
        APP_PID=$SPAWNED
        [[ ${#times[@]} == 3 ]] || stop_child TERM "$SPAWNED"
    done
    BENCH_COLD="[$(IFS=,; echo "${times[*]}")]"
}

run() {
    export BENCH_COLD BENCH_APP BENCH_ORIGIN BENCH_SANDBOX BENCH_FLOOR BENCH_FLOOR_BIN BENCH_OHA BENCH_FOLDER BENCH_APP_PID \
        BENCH_SANDBOX_PID BENCH_PG_PID BENCH_PSQL FLOOR_LISTEN DATABASE_URL PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE
    BENCH_APP=http://127.0.0.1:$APP_PORT BENCH_ORIGIN=$(APP_URL) BENCH_SANDBOX=$(CONTROL_URL)
    free_port && FLOOR_LISTEN=127.0.0.1:$FREE_PORT
    BENCH_FLOOR=http://$FLOOR_LISTEN BENCH_FLOOR_BIN=$BIN_DIR/examples/floor BENCH_OHA=$TOOLS/bin/oha BENCH_FOLDER=$LOGS
    BENCH_APP_PID=$APP_PID BENCH_SANDBOX_PID=$SANDBOX_PID BENCH_PG_PID=$PG_PID BENCH_PSQL=$PG_BIN/psql
    DATABASE_URL=$(pg_url handback) PGHOST=127.0.0.1 PGPORT=$(pg_port) PGUSER=postgres PGPASSWORD=$(pg_password) PGDATABASE=handback
    PYTHONPATH=$ROOT/benches PYTHONDONTWRITEBYTECODE=1 in_group python3 "$BENCH/run.py"
}

end_cleanly
tools
build
stack_choose_ports
LOGS=$(mktemp -d /tmp/handback-bench.XXXXXX)
[[ -n ${BENCH_KEEP:-} ]] || at_exit "rm -rf '$LOGS'"
KEYS=$(new_key)
CLIENT_SECRET=$(new_secret)
# Behind a reverse proxy, as in production; decisions are sent at once, so that their calls are part of what is measured.
export HANDBACK_TRUSTED_PROXIES=127.0.0.0/8 HANDBACK_UNDO=0s

say "Starting Postgres"
PG_THROWAWAY+=(-c shared_preload_libraries=pg_stat_statements)
pg_throwaway
pg_create_database handback
pg_psql handback -c "create extension pg_stat_statements"
sandbox
cold_start
run
