#!/usr/bin/env bash
# A person's way through the whole thing, without a person: the demo with throwaway data on free ports, then
# `sandbox smoke` installs, lists and returns a task over HTTP. Ends with 0 or 1, and leaves nothing behind.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

throwaway_logs() {
    LOGS=$(mktemp -d /tmp/handback-smoke.XXXXXX)
    at_exit "rm -rf '$LOGS'"
}

walk() {
    in_group "$BIN_DIR/sandbox" smoke --control "$(CONTROL_URL)" --app "$(APP_URL)" && return
    fail_with_log "The walk failed" "$LOGS/handback.log"
}

end_cleanly
stack_choose_ports
throwaway_logs
KEYS=$(new_key)
CLIENT_SECRET=$(new_secret)
export HANDBACK_UNDO=${HANDBACK_UNDO:-1s} # nobody is there to think twice

stack_build
say "Starting Postgres"
pg_throwaway
pg_create_database handback
stack_sandbox
stack_app
walk
say "The walk went well"
