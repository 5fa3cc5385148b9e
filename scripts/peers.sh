#!/usr/bin/env bash
# The same jobs by Handback and by the libraries that people would use instead, on the same pretend Bitrix24; writes and
# prints benches/peers.md. About six minutes after the build. The libraries are installed in .cache/peers, nothing else.
#
# PEERS_ONLY=TEXT runs the cells whose name holds TEXT ("list 500", "lost answer") and leaves the files alone.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

BENCH=$ROOT/benches/peers
CACHE=$ROOT/.cache/peers
BIN_DIR=${CARGO_TARGET_DIR:-$ROOT/target}/release
JSSDK=@bitrix24/b24jssdk@2.2.0

tools() {
    need_build_tools
    need python3 python3 python3-venv
    need npm nodejs npm
}

# The installed ones are those that the files name, or they are installed anew.
libraries() {
    mkdir -p "$CACHE/npm"
    if ! cmp -s "$BENCH/requirements.txt" "$CACHE/requirements.txt"; then
        say "Installing fast_bitrix24 and b24pysdk from PyPI"
        python3 -m venv "$CACHE/venv"
        "$CACHE/venv/bin/pip" install --quiet -r "$BENCH/requirements.txt"
        cp "$BENCH/requirements.txt" "$CACHE/requirements.txt"
    fi
    if [[ $(cat "$CACHE/npm/installed" 2>/dev/null) != "$JSSDK" ]]; then
        say "Installing $JSSDK from npm"
        (cd "$CACHE/npm" && npm install --silent --no-audit --no-fund --no-package-lock --no-save --prefix . "$JSSDK")
        echo "$JSSDK" >"$CACHE/npm/installed"
    fi
    cp "$BENCH/drive_b24jssdk.mjs" "$CACHE/npm/"
}

build() {
    say "Building as for production; the first time takes some minutes"
    in_group cargo build --locked --release --manifest-path "$ROOT/Cargo.toml" --bins || die "The build failed"
}

sandbox_listens() { grep -q '^sandbox listening' "$LOGS/sandbox.log"; }

# Two of the libraries speak nothing but TLS, so everybody does.
tls_sandbox() {
    say "Starting a pretend Bitrix24 on port $SANDBOX_PORT"
    SANDBOX_CLIENT_SECRET=$CLIENT_SECRET spawn TERM "$LOGS/sandbox.log" "$BIN_DIR/sandbox" serve \
        --listen "127.0.0.1:$SANDBOX_PORT" --portals 60 --tls "$LOGS/authority.pem" --latency-ms 50 \
        --app-url "$(APP_URL)" --client-id "$CLIENT_ID"
    stack_keep Sandbox TERM
    wait_for 30 "$SPAWNED" "The sandbox" "$LOGS/sandbox.log" sandbox_listens
}

CONTROL_URL() { echo "https://127.0.0.1:$SANDBOX_PORT"; }

cells() {
    export PEERS_SANDBOX PEERS_APP PEERS_CLIENT_ID=$CLIENT_ID PEERS_CLIENT_SECRET=$CLIENT_SECRET
    PEERS_SANDBOX=$(CONTROL_URL)
    PEERS_APP=$(APP_URL)
    # The private authority, as Python's ssl, requests and Node want to be told of it.
    export SSL_CERT_FILE=$LOGS/authority.pem REQUESTS_CA_BUNDLE=$LOGS/authority.pem NODE_EXTRA_CA_CERTS=$LOGS/authority.pem
    export PYTHONDONTWRITEBYTECODE=1
    PYTHONPATH=$ROOT/benches in_group "$CACHE/venv/bin/python" "$BENCH/run.py"
}

end_cleanly
tools
libraries
build
stack_choose_ports
LOGS=$(mktemp -d /tmp/handback-peers.XXXXXX)
at_exit "rm -rf '$LOGS'"
KEYS=$(new_key)
CLIENT_SECRET=$(new_secret)
export HANDBACK_UNDO=0s HANDBACK_SETTLE_AFTER=10s HANDBACK_EXTRA_CA=$LOGS/authority.pem

say "Starting Postgres"
pg_throwaway
pg_create_database handback
tls_sandbox
stack_app
cells
