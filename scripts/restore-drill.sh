#!/usr/bin/env bash
# Is a backup worth anything? Installs and returns a task, dumps the database while the application serves, loses it, restores
# the dump into another one and compares before anything runs on it: every row of every table, and every column, index,
# constraint, trigger and function is as it was in the moment of the dump. Then it goes on: the same portal opens without a
# new installation, and the next task is returned. Ends with 0 or 1, and leaves nothing behind.
#
# DRILL_BUILT=1: the programs have just been built (scripts/test.sh does), so nothing is compiled.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

programs() {
    if [[ -z ${DRILL_BUILT:-} ]]; then
        stack_build
    elif [[ ! -x $BIN_DIR/handback || ! -x $BIN_DIR/sandbox ]]; then
        die "DRILL_BUILT is set, and $BIN_DIR has no handback and sandbox"
    fi
}

walk() {
    in_group "$BIN_DIR/sandbox" smoke --control "$(CONTROL_URL)" --app "$(APP_URL)" "$@" && return
    fail_with_log "The walk failed" "$LOGS/handback.log"
}

# with_pg PROGRAM ARGUMENT…: one of Postgres' own tools.
with_pg() {
    PGHOST=127.0.0.1 PGPORT=$(pg_port) PGUSER=postgres PGPASSWORD=$(pg_password) "$PG_BIN/$1" "${@:2}"
}

# What a database holds, as lines that can be compared: of each table, also of each day of `calls`, how many rows and the
# hash of all; then what stands around the tables. A table that comes with a later migration is among them by itself.
write_content() {
    cat >"$LOGS/content.sql" <<'SQL'
select format('select %L, count(*), md5(string_agg(t::text, chr(10) order by t::text)) from %s t',
              'rows of ' || relname, oid::regclass)
from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname \gexec
select 'column', table_name, column_name, data_type, is_nullable, column_default
from information_schema.columns where table_schema = 'public' order by 2, 3;
select 'index', indexname, indexdef from pg_indexes where schemaname = 'public' order by 2;
select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'p', 'u', 'x') order by 2, 3;
select 'trigger', t.tgrelid::regclass, t.tgname, pg_get_triggerdef(t.oid)
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where not t.tgisinternal and c.relnamespace = 'public'::regnamespace order by c.relname, t.tgname;
select 'function', proname, md5(prosrc) from pg_proc where pronamespace = 'public'::regnamespace order by 2, 3;
SQL
}

# The dump, and what it is compared with, are of one moment, since both look through the same snapshot: nothing has to stop.
dump() {
    cat >"$LOGS/dump.sql" <<SQL
begin isolation level repeatable read;
select pg_export_snapshot() as snapshot \gset
\setenv SNAPSHOT :snapshot
\! "$PG_BIN/pg_dump" -Fc --snapshot="\$SNAPSHOT" -f "$LOGS/dump" handback || rm -f "$LOGS/dump"
\i $LOGS/content.sql
commit;
SQL
    pg_psql handback -f "$LOGS/dump.sql" >"$LOGS/before"
    [[ -s $LOGS/dump ]] || die "pg_dump made no dump"
    # Two empty databases would be alike as well.
    grep -q '^rows of decisions|[1-9]' "$LOGS/before" || fail_with_log "The dump holds no decision" "$LOGS/before"
}

compare() {
    pg_psql restored -f "$LOGS/content.sql" >"$LOGS/after"
    diff "$LOGS/before" "$LOGS/after" >&2 || die "What came back (>) is not what was dumped (<)"
    ROWS=$(awk -F '|' '/^rows of / { tables++; rows += $2 } END { print rows " rows in " tables " tables" }' "$LOGS/after")
    say "All as it was: $ROWS"
}

returned() { pg_psql restored -c "select count(*) from decisions where state = 'done'"; }

end_cleanly
stack_choose_ports
LOGS=$(mktemp -d /tmp/handback-drill.XXXXXX)
at_exit "rm -rf '$LOGS'"
KEYS=$(new_key)
CLIENT_SECRET=$(new_secret)
export HANDBACK_UNDO=0s

programs
say "Starting Postgres"
pg_throwaway
[[ -x $PG_BIN/pg_dump && -x $PG_BIN/pg_restore ]] || die "$PG_BIN has no pg_dump and pg_restore"
pg_create_database handback
stack_sandbox
stack_app
walk

say "Dumping the database while the application serves"
began=$SECONDS
write_content
dump

say "Losing it"
stop_child TERM "$SPAWNED"
pg_psql postgres -c "drop database handback"

say "Restoring the dump into another database"
pg_create_database restored
with_pg pg_restore --exit-on-error -d restored "$LOGS/dump"
compare
before=$(returned)
APP_DATABASE=restored
stack_app
say "Answering again after $((SECONDS - began)) s"
walk --installed
(($(returned) > before)) || die "The application did not work on the restored database"
say "The drill went well: $ROWS came back, and the next task was returned"
