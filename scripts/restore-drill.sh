#!/usr/bin/env bash
# Is a backup worth anything? Installs and returns a task, dumps the database while the application serves, loses it,
# restores the dump into another one, and goes on: the same portal opens without a new installation, the next task is
# returned, and every row is as it was. Ends with 0 or 1, and leaves nothing behind.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

walk() {
    in_group "$BIN_DIR/sandbox" smoke --control "$(CONTROL_URL)" --app "$(APP_URL)" "$@" && return
    fail_with_log "The walk failed" "$LOGS/handback.log"
}

# with_pg PROGRAM ARGUMENT…: one of Postgres' own tools.
with_pg() {
    PGHOST=127.0.0.1 PGPORT=$(pg_port) PGUSER=postgres PGPASSWORD=$(pg_password) "$PG_BIN/$1" "${@:2}"
}

# What a portal would miss.
counts() {
    pg_psql "$1" -c "select (select count(*) from portals), (select count(*) from credentials),
        (select count(*) from decisions where state = 'done'), (select count(*) from reasons), (select count(*) from actions)"
}

end_cleanly
stack_choose_ports
LOGS=$(mktemp -d /tmp/handback-drill.XXXXXX)
at_exit "rm -rf '$LOGS'"
KEYS=$(new_key)
CLIENT_SECRET=$(new_secret)
export HANDBACK_UNDO=0s

stack_build
say "Starting Postgres"
pg_throwaway
[[ -x $PG_BIN/pg_dump && -x $PG_BIN/pg_restore ]] || die "$PG_BIN has no pg_dump and pg_restore"
pg_create_database handback
stack_sandbox
stack_app
walk

say "Dumping the database while the application serves"
began=$SECONDS
with_pg pg_dump -Fc -f "$LOGS/dump" handback
before=$(counts handback)

say "Losing it"
stop_child TERM "$SPAWNED"
pg_psql postgres -c "drop database handback"

say "Restoring the dump into another database"
pg_create_database restored
with_pg pg_restore --exit-on-error -d restored "$LOGS/dump"
after=$(counts restored)
[[ $before == "$after" ]] || die "rows are missing: $before before, $after after"
APP_DATABASE=restored
stack_app
say "Answering again after $((SECONDS - began)) s"
walk --installed
[[ $(counts restored) != "$after" ]] || die "the application did not work on the restored database"
say "The drill went well: $after rows (portals, credentials, decisions, reasons, actions) came back"
