#!/usr/bin/env bash
# The whole thing on this machine: Handback, a pretend Bitrix24 and Postgres, until Ctrl-C. Decisions stay in .data/.
#
#   scripts/demo.sh           build, start, print the addresses to open
#   scripts/demo.sh clean     remove .data/
#
# DEMO_APP_PORT (8080), DEMO_OPS_PORT (9080), DEMO_SANDBOX_PORT (8090), DEMO_PG_PORT (15432) choose other ports.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

APP_PORT=${DEMO_APP_PORT:-8080}
OPS_PORT=${DEMO_OPS_PORT:-9080}
SANDBOX_PORT=${DEMO_SANDBOX_PORT:-8090}
PG_PORT=${DEMO_PG_PORT:-15432}
LOGS=$DATA

# Before the long build, so that nobody waits two minutes for a "no". A browser tries ::1 first for localhost, and each
# portal of the sandbox has a loopback address of its own.
check_ports() {
    want_port DEMO_APP_PORT "$APP_PORT" 127.0.0.1 ::1
    want_port DEMO_OPS_PORT "$OPS_PORT" 127.0.0.1
    want_port DEMO_SANDBOX_PORT "$SANDBOX_PORT" 127.0.0.{1..5}
    want_port DEMO_PG_PORT "$PG_PORT" 127.0.0.1
}

# kept NAME MAKER: a secret that is made once, because the data of the last run are sealed with it. Sets KEPT.
kept() {
    [[ -s $DATA/$1 ]] || (umask 077 && "$2" >"$DATA/$1")
    KEPT=$(<"$DATA/$1")
}

secrets() {
    kept keys new_key && KEYS=$KEPT
    kept client-secret new_secret && CLIENT_SECRET=$KEPT
}

# page_of ROLE ID: the address that the sandbox printed for that role; else the one where that person should be.
page_of() {
    local page
    page=$(sed -nE "s/^ *$1 +(http[^ ]+).*/\1/p" "$LOGS/sandbox.log" | head -n 1)
    echo "${page:-http://127.0.0.2:$SANDBOX_PORT/marketplace/app/?as=$2}"
}

addresses() {
    cat <<EOF

  Handback is running. Open these in a browser, one after the other:

    Administrator, installs it        $(page_of administrator 1)
    Task creator, with a full queue   $(page_of "creator of tasks" 2)
    Employee without rights           $(page_of "without rights" 10)

  The Bitrix24 behind them is a pretend one and starts afresh each time, so install first.
  What you decide is kept in ${DATA#"$PWD"/}; the logs are there too. Ctrl-C ends everything.

EOF
}

demo() {
    check_ports
    end_cleanly
    stack_build
    at_exit 'say "Everything that was started has ended"'
    say "Starting Postgres on port $PG_PORT"
    pg_durable "$PG_PORT"
    pg_create_database handback
    secrets
    stack_sandbox
    stack_app
    addresses
    stack_wait
}

clean() {
    pg_drop_root
    pg_durable_home
    ! pg_running || die "The demo is running on $PG_HOME; end it first (Ctrl-C, or scripts/postgres.sh stop)"
    rm -rf "$DATA" "$PG_HOME"
    say "Removed $DATA"
}

case ${1:-demo} in
demo | clean) "${1:-demo}" ;;
*) sed -n '2,7s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
