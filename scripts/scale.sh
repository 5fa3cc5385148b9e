#!/usr/bin/env bash
# What a hundred thousand companies would be to Handback and to Postgres: fills the real schema with them, works in a few,
# and computes from that and from benches/load.md what it takes; writes benches/scale.md. About ten minutes and 6 GB.
#
# SCALE_PORTALS=100000 and the other assumptions of benches/scale/assumed.py; SCALE_KEEP=1 keeps the figures and the logs,
# with the plan of every statement that took 50 ms.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

sandbox() {
    say "Starting a pretend Bitrix24 on port $SANDBOX_PORT"
    SANDBOX_CLIENT_SECRET=$CLIENT_SECRET spawn TERM "$LOGS/sandbox.log" "$BIN_DIR/sandbox" serve \
        --listen "127.0.0.1:$SANDBOX_PORT" --portals 30 --app-url "$(APP_URL)" --client-id "$CLIENT_ID"
    stack_keep Sandbox TERM
    wait_for 30 "$SPAWNED" "The sandbox" "$LOGS/sandbox.log" stack_sandbox_ready
}

# The server is started again with every size, so its settings are for all that follows.
settings() {
    export DATABASE_URL HANDBACK_PUBLIC_URL HANDBACK_CLIENT_ID=$CLIENT_ID HANDBACK_CLIENT_SECRET=$CLIENT_SECRET \
        HANDBACK_KEYS HANDBACK_OAUTH_SERVERS HANDBACK_BX24_JS HANDBACK_LISTEN=127.0.0.1:$APP_PORT \
        HANDBACK_OPS_LISTEN=127.0.0.1:$OPS_PORT HANDBACK_TRUSTED_PROXIES=127.0.0.0/8 HANDBACK_UNDO=0s
    DATABASE_URL=$(pg_url handback) HANDBACK_PUBLIC_URL=$(APP_URL) HANDBACK_KEYS=$(new_key)
    HANDBACK_OAUTH_SERVERS=$(CONTROL_URL) HANDBACK_BX24_JS=$(CONTROL_URL)/api/v1/
}

run() {
    export SCALE_APP=http://127.0.0.1:$APP_PORT SCALE_OPS=http://127.0.0.1:$OPS_PORT SCALE_ORIGIN SCALE_SANDBOX \
        SCALE_BIN=$BIN_DIR/handback SCALE_FOLDER=$LOGS SCALE_PSQL=$PG_BIN/psql \
        PGHOST=127.0.0.1 PGPORT PGUSER=postgres PGPASSWORD PGDATABASE=handback
    SCALE_ORIGIN=$(APP_URL) SCALE_SANDBOX=$(CONTROL_URL) PGPORT=$(pg_port) PGPASSWORD=$(pg_password)
    PYTHONPATH=$ROOT/benches:$ROOT/benches/load PYTHONDONTWRITEBYTECODE=1 in_group python3 "$ROOT/benches/scale/run.py"
}

end_cleanly
need python3 python3
stack_choose_ports
LOGS=$(mktemp -d /tmp/handback-scale.XXXXXX)
CLIENT_SECRET=$(new_secret)
PG_THROWAWAY+=(-c shared_preload_libraries=pg_stat_statements -c shared_buffers=1GB -c work_mem=64MB -c max_wal_size=2GB
    -c wal_level=minimal -c max_wal_senders=0 -c maintenance_work_mem=256MB)
if [[ -n ${SCALE_KEEP:-} ]]; then
    say "Figures and logs stay in $LOGS"
    PG_THROWAWAY+=(-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=50 -c auto_explain.log_analyze=on
        -c auto_explain.log_buffers=on)
else
    at_exit "rm -rf '$LOGS'"
fi
stack_build
say "Starting Postgres"
pg_throwaway
[[ -z ${SCALE_KEEP:-} ]] || at_exit "cp '$PG_HOME/log' '$LOGS/postgres.log'"
pg_create_database handback
pg_psql handback -c "create extension pg_stat_statements"
sandbox
settings
"$BIN_DIR/handback" migrate
run
