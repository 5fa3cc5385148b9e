# shellcheck shell=bash
# The application beside a pretend Bitrix24, as children of the script that sources this.
# APP_DATABASE names another database than "handback". The caller sets APP_PORT, OPS_PORT, SANDBOX_PORT, LOGS (a folder), CLIENT_SECRET, KEYS, and has a Postgres (pg_*).
# shellcheck source=scripts/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

BIN_DIR=${CARGO_TARGET_DIR:-$ROOT/target}/debug
CLIENT_ID=app.handback.demo
APP_URL() { echo "http://localhost:$APP_PORT"; }
CONTROL_URL() { echo "http://127.0.0.1:$SANDBOX_PORT"; }

# Where nobody listens, for what is gone when the script ends.
stack_choose_ports() {
    free_port && APP_PORT=$FREE_PORT
    free_port && OPS_PORT=$FREE_PORT
    free_port && SANDBOX_PORT=$FREE_PORT
}

# Which child is which, for a word when one of them ends.
declare -A STACK=()

stack_build() {
    need_build_tools
    say "Building; the first time takes about two minutes"
    in_group cargo build --locked --manifest-path "$ROOT/Cargo.toml" --bins || die "The build failed"
}

stack_sandbox_ready() { [[ $(http_status 127.0.0.1 "$SANDBOX_PORT" /control/health) == 200 ]]; }
stack_app_ready() { [[ $(http_status 127.0.0.1 "$OPS_PORT" /readyz) == 200 ]]; }

# The same seed and keys every time: to the application it is the same Bitrix24 that it knew before.
stack_sandbox() {
    say "Starting a pretend Bitrix24 on port $SANDBOX_PORT"
    : >"$LOGS/sandbox.log"
    SANDBOX_CLIENT_SECRET=$CLIENT_SECRET spawn TERM "$LOGS/sandbox.log" "$BIN_DIR/sandbox" serve \
        --listen "127.0.0.1:$SANDBOX_PORT" --portals 4 --seed demo --app-url "$(APP_URL)" --client-id "$CLIENT_ID"
    stack_keep Sandbox TERM
    wait_for 30 "$SPAWNED" "The sandbox" "$LOGS/sandbox.log" stack_sandbox_ready
}

stack_app() {
    say "Starting Handback on port $APP_PORT"
    : >"$LOGS/handback.log"
    DATABASE_URL=$(pg_url "${APP_DATABASE:-handback}") \
        HANDBACK_PUBLIC_URL=$(APP_URL) \
        HANDBACK_CLIENT_ID=$CLIENT_ID \
        HANDBACK_CLIENT_SECRET=$CLIENT_SECRET \
        HANDBACK_KEYS=$KEYS \
        HANDBACK_OAUTH_SERVERS=$(CONTROL_URL) \
        HANDBACK_LISTEN=127.0.0.1:$APP_PORT \
        HANDBACK_OPS_LISTEN=127.0.0.1:$OPS_PORT \
        HANDBACK_BX24_JS=$(CONTROL_URL)/api/v1/ \
        spawn TERM "$LOGS/handback.log" "$BIN_DIR/handback" serve
    stack_keep Handback TERM
    wait_for 60 "$SPAWNED" Handback "$LOGS/handback.log" stack_app_ready
}

# stack_keep NAME SIGNAL: the child just spawned has a name, and ends with us.
stack_keep() {
    STACK[$SPAWNED]=$1
    at_exit "stop_child $2 $SPAWNED"
}

# Returns when one of the children ends, and says which: together they are something, alone they are not.
stack_wait() {
    local dead
    STACK[$PG_PID]=Postgres
    wait -n -p dead "${!STACK[@]}" || true
    case ${STACK[$dead]} in
    Postgres) fail_with_log "Postgres ended" "$PG_HOME/log" ;;
    Sandbox) fail_with_log "The sandbox ended" "$LOGS/sandbox.log" ;;
    *) fail_with_log "Handback ended" "$LOGS/handback.log" ;;
    esac
}

new_key() { echo "demo:$(head -c 32 /dev/urandom | base64 -w 0)"; }
new_secret() { head -c 24 /dev/urandom | base64 -w 0 | tr '+/' '-_'; }
