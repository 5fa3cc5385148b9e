#!/usr/bin/env bash
# Three replicas behind nginx, PgBouncer in transaction mode, Postgres with a synchronous standby: under constant load a
# replica is killed, one is frozen, a version with a migration is rolled out and rolled back, PgBouncer is restarted and the
# standby promoted. Fails when something that was acknowledged is lost, a task is returned twice, or anybody sees an error
# outside of the seconds that are allowed; writes benches/cluster.md. About ten minutes. All from Debian's packages, on this
# machine, with throwaway data.
#
# CLUSTER_PAUSE=15: seconds between two steps.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

PAUSE=${CLUSTER_PAUSE:-15}
CACHE=$ROOT/.cache/cluster
# The first with prepared statements in transaction mode.
PGBOUNCER_SINCE=1.21
# Where Debian's is older: this release's, unpacked beside and started with the libraries that it brings.
PGBOUNCER_SUITE=trixie
PGBOUNCER_PARTS=(pgbouncer libc6 libevent-2.1-7t64 libssl3t64 libcares2 libpam0g libsystemd0 libaudit1 libcap2 liblzma5
    libzstd1 liblz4-1 libgcrypt20 libgpg-error0 libcap-ng0 libgcc-s1 zlib1g libldap2 libsasl2-2)

declare -a REPLICAS=() REPLICA_PORTS=() REPLICA_OPS=()

# --- tools ------------------------------------------------------------------------------------------------------------

tools() {
    need_build_tools
    need python3 python3
    need nginx nginx-light
    pgbouncer
}

new_enough() { [[ $(printf '%s\n' "$PGBOUNCER_SINCE" "$1" | sort -V | head -n 1) == "$PGBOUNCER_SINCE" ]]; }

# Sets PGBOUNCER, a command in words.
pgbouncer() {
    local home=$CACHE/pgbouncer version
    PATH=$PATH:/usr/sbin
    version=$(command pgbouncer --version 2>/dev/null | sed -nE 's/^PgBouncer ([0-9.]+).*/\1/p') || true
    if [[ -n $version ]] && new_enough "$version"; then
        PGBOUNCER=(pgbouncer)
        return
    fi
    [[ -x $home/usr/sbin/pgbouncer ]] || pgbouncer_of_later_debian "$home"
    PGBOUNCER=("$home/lib64/ld-linux-x86-64.so.2" --library-path "$home/usr/lib/x86_64-linux-gnu:$home/lib/x86_64-linux-gnu"
        "$home/usr/sbin/pgbouncer")
}

pgbouncer_of_later_debian() {
    local home=$1 apt=$CACHE/apt package
    say "Debian's PgBouncer here is older than $PGBOUNCER_SINCE; unpacking that of $PGBOUNCER_SUITE into .cache"
    have apt-get || die "install PgBouncer $PGBOUNCER_SINCE or newer"
    mkdir -p "$apt"/{lists/partial,archives/partial} "$home"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
        "${CLUSTER_MIRROR:-http://deb.debian.org/debian}" "$PGBOUNCER_SUITE" >"$apt/sources.list"
    : >"$apt/status"
    local options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists"
        -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt" -o "Dir::Cache::archives=$apt/archives" -o APT::Sandbox::User=)
    apt-get "${options[@]}" update -qq
    for package in "${PGBOUNCER_PARTS[@]}"; do
        (cd "$apt/archives" && apt-get "${options[@]}" download -qq "$package" >/dev/null) || die "no $package in $PGBOUNCER_SUITE"
    done
    for package in "$apt"/archives/*.deb; do dpkg-deb -x "$package" "$home"; done
    [[ -x $home/usr/sbin/pgbouncer ]] || die "no pgbouncer in $PGBOUNCER_SUITE"
    [[ -e $home/lib64 ]] || ln -s usr/lib64 "$home/lib64"
    [[ -e $home/lib ]] || ln -s usr/lib "$home/lib"
}

# This version, and the one before the newest migration, out of the history.
build() {
    local commit
    commit=$("$ROOT/scripts/former.sh" --newest)
    [[ -n $commit ]] || die "The former version is looked up in the history: clone the repository whole"
    stack_build
    say "Building the former version, ${commit:0:10}, beside it"
    FORMER=$CACHE/former-$commit
    [[ -x $FORMER/handback ]] && return
    rm -rf "$CACHE"/former*
    mkdir -p "$FORMER/tree"
    # With the time of today: cargo takes what is older than its last build for known.
    git -C "$ROOT" archive "$commit" | tar -x -m -C "$FORMER/tree"
    CARGO_TARGET_DIR=$CACHE/target SQLX_OFFLINE=true in_group cargo build --locked --manifest-path "$FORMER/tree/Cargo.toml" --bin handback ||
        die "The former version does not build"
    cp "$CACHE/target/debug/handback" "$FORMER/handback"
}

# --- the database -----------------------------------------------------------------------------------------------------

databases() {
    PG_THROWAWAY=(-c fsync=off -c max_connections=100 -c wal_level=replica -c synchronous_commit=on -c hot_standby=on)
    pg_throwaway
    PRIMARY_HOME=$PG_HOME PRIMARY=$PG_PID PRIMARY_PORT=$(pg_port)
    pg_create_database handback
    # What a pooler does not hand on: the limits that each connection has.
    pg_psql postgres -c "alter role postgres set statement_timeout = '5s'" -c "alter role postgres set lock_timeout = '2500ms'" \
        -c "alter role postgres set idle_in_transaction_session_timeout = '10s'"
    PASSWORD=$(pg_password)
    STANDBY_HOME=$(mktemp -d /tmp/handback-standby.XXXXXX)
    at_exit "rm -rf '$STANDBY_HOME'"
    pg_own "$STANDBY_HOME"
    PGPASSWORD=$PASSWORD pg_run "$PG_BIN/pg_basebackup" -h 127.0.0.1 -p "$PRIMARY_PORT" -U postgres -D "$STANDBY_HOME/data" -R -X stream --checkpoint=fast
    cp "$PRIMARY_HOME/password" "$STANDBY_HOME/password"
    : >"$STANDBY_HOME/log"
    pg_own "$STANDBY_HOME/log" "$STANDBY_HOME/password"
    free_port
    STANDBY_PORT=$FREE_PORT
    PG_HOME=$STANDBY_HOME
    pg_serve "$STANDBY_PORT" "${PG_THROWAWAY[@]}"
    STANDBY=$PG_PID
    at_exit "stop_child QUIT $STANDBY"
    PG_HOME=$PRIMARY_HOME
    # From here on nothing is acknowledged that the standby has not.
    waits_for '*'
    database_is "$PRIMARY_PORT"
}

# waits_for STANDBYS: who must have a commit before it is acknowledged.
waits_for() { pg_psql postgres -c "alter system set synchronous_standby_names = '$1'" -c "select pg_reload_conf()" >/dev/null; }

# For whoever looks at rows, past the pooler.
database_is() { echo "postgres://postgres:$PASSWORD@127.0.0.1:$1/handback" >"$LOGS/database"; }

pooler_conf() {
    cat >"$LOGS/pgbouncer.ini" <<EOF
[databases]
handback = host=127.0.0.1 port=$1
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $POOLER_PORT
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $LOGS/users
admin_users = postgres
pool_mode = transaction
max_client_conn = 200
default_pool_size = 20
max_prepared_statements = 500
ignore_startup_parameters = options,extra_float_digits
server_login_retry = 1
query_wait_timeout = 5
logfile = $LOGS/pgbouncer.log
EOF
    printf '"postgres" "%s"\n' "$PASSWORD" >"$LOGS/users"
    pg_own "$LOGS/pgbouncer.ini" "$LOGS/users" "$LOGS/pgbouncer.log"
}

pooler_answers() { taken 127.0.0.1 "$POOLER_PORT"; }

pooler() {
    cd /
    spawn TERM "$LOGS/pgbouncer.out" "${PG_AS[@]:1}" "${PGBOUNCER[@]}" "$LOGS/pgbouncer.ini"
    cd "$ROOT"
    POOLER=$SPAWNED
    at_exit "stop_child INT $POOLER"
    wait_for 20 "$POOLER" PgBouncer "$LOGS/pgbouncer.out" pooler_answers
}

# --- replicas and what stands before them -------------------------------------------------------------------------------

# replica NTH PROGRAM
replica() {
    local nth=$1
    APP_PORT=${REPLICA_PORTS[nth]} OPS_PORT=${REPLICA_OPS[nth]}
    DATABASE_URL=postgres://postgres:$PASSWORD@127.0.0.1:$POOLER_PORT/handback \
        HANDBACK_PUBLIC_URL=http://localhost:$DOOR_PORT HANDBACK_CLIENT_ID=$CLIENT_ID HANDBACK_CLIENT_SECRET=$CLIENT_SECRET \
        HANDBACK_KEYS=$KEYS HANDBACK_OAUTH_SERVERS=$(CONTROL_URL) HANDBACK_LISTEN=127.0.0.1:$APP_PORT \
        HANDBACK_OPS_LISTEN=127.0.0.1:$OPS_PORT HANDBACK_BX24_JS=$(CONTROL_URL)/api/v1/ \
        spawn TERM "$LOGS/handback-$nth.log" "$2" serve
    REPLICAS[nth]=$SPAWNED
    at_exit "stop_child TERM $SPAWNED"
    wait_for 60 "$SPAWNED" "Replica $nth" "$LOGS/handback-$nth.log" stack_app_ready
}

door() {
    local nth
    {
        echo "daemon off; pid $LOGS/nginx.pid; error_log $LOGS/nginx.log warn; worker_processes 1;"
        echo 'events { worker_connections 1024; }'
        echo "http { access_log off; client_body_temp_path $LOGS/b; proxy_temp_path $LOGS/p; fastcgi_temp_path $LOGS/f;"
        echo "uwsgi_temp_path $LOGS/u; scgi_temp_path $LOGS/s; client_max_body_size 1m; upstream handback {"
        for nth in 0 1 2; do echo "server 127.0.0.1:${REPLICA_PORTS[nth]} max_fails=1 fail_timeout=5s;"; done
        # Whatever a page posts may be posted twice: a decision, an event and a bulk have ids of their own.
        echo "} server { listen 127.0.0.1:$DOOR_PORT; location / { proxy_pass http://handback; proxy_http_version 1.1;"
        # shellcheck disable=SC2016 # nginx's own variables
        echo 'proxy_set_header Host $http_host; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $http_x_forwarded_for;'
        echo 'proxy_next_upstream error timeout non_idempotent; proxy_next_upstream_tries 3; proxy_connect_timeout 1s;'
        echo 'proxy_read_timeout 10s; } } }'
    } >"$LOGS/nginx.conf"
    spawn TERM "$LOGS/nginx.out" nginx -p "$LOGS" -c "$LOGS/nginx.conf"
    at_exit "stop_child TERM $SPAWNED"
    wait_for 20 "$SPAWNED" nginx "$LOGS/nginx.out" taken 127.0.0.1 "$DOOR_PORT"
}

# --- the load, and what happens meanwhile ---------------------------------------------------------------------------------

load() {
    export CLUSTER_APP=http://127.0.0.1:$DOOR_PORT CLUSTER_ORIGIN=http://localhost:$DOOR_PORT CLUSTER_PSQL=$PG_BIN/psql
    export CLUSTER_SANDBOX CLUSTER_DATABASE=$LOGS/database CLUSTER_STEPS=$LOGS/steps CLUSTER_STOP=$LOGS/stop CLUSTER_READY=$LOGS/ready
    export CLUSTER_TABLE=$ROOT/benches/cluster.md PYTHONPATH=$ROOT/benches PYTHONDONTWRITEBYTECODE=1
    CLUSTER_SANDBOX=$(CONTROL_URL)
    : >"$LOGS/steps"
    spawn TERM "$LOGS/load.out" python3 "$ROOT/benches/cluster/load.py"
    LOAD=$SPAWNED
    at_exit "stop_child TERM $LOAD"
    wait_for 120 "$LOAD" "The load" "$LOGS/load.out" test -e "$LOGS/ready"
}

step() {
    say "$1"
    echo "$(date +%s.%N) $1" >>"$LOGS/steps"
}

# Leaves once what is under way is done, for which docs/runbook.md gives it so many seconds.
replace() {
    stop_child TERM "${REPLICAS[$1]}" 100
    replica "$1" "$2"
}

# roll PROGRAM: all three, one after the other.
roll() {
    local nth
    for nth in 0 1 2; do
        replace $nth "$1"
        sleep 3
    done
    sleep "$PAUSE"
}

newest_applied() { pg_psql handback -c "select max(version) from _sqlx_migrations"; }

happen() {
    local this=$BIN_DIR/handback former=$FORMER/handback before
    step "nothing (the former version serves)"
    sleep "$PAUSE"
    before=$(newest_applied)
    step "this version and its migrations, one replica after the other"
    roll "$this"
    (($(newest_applied) > before)) || die "No migration ran"
    step "a replica is killed (-9)"
    kill -KILL "${REPLICAS[0]}"
    wait "${REPLICAS[0]}" 2>/dev/null || true
    sleep "$PAUSE"
    step "it is started again"
    replica 0 "$this"
    sleep "$PAUSE"
    step "a replica is frozen (SIGSTOP)"
    kill -STOP "${REPLICAS[1]}"
    sleep $((PAUSE * 2))
    step "it wakes"
    kill -CONT "${REPLICAS[1]}"
    sleep "$PAUSE"
    step "back to the former version, one replica after the other"
    roll "$former"
    step "this version again, one replica after the other"
    roll "$this"
    step "PgBouncer is restarted"
    stop_child INT "$POOLER"
    pooler
    sleep "$PAUSE"
    step "the primary is killed, the standby promoted"
    kill -QUIT "$PRIMARY"
    promote
    sleep $((PAUSE * 2))
    step "the end"
}

# The new primary waits for no standby, as there is none left.
promote() {
    PG_HOME=$STANDBY_HOME
    pg_run "$PG_BIN/pg_ctl" promote -s -w -D "$STANDBY_HOME/data"
    waits_for ''
    pooler_conf "$STANDBY_PORT"
    kill -HUP "$POOLER"
    database_is "$STANDBY_PORT"
}

end_cleanly
tools
build
free_port && DOOR_PORT=$FREE_PORT
free_port && POOLER_PORT=$FREE_PORT
free_port && SANDBOX_PORT=$FREE_PORT
for nth in 0 1 2; do
    free_port && REPLICA_PORTS[nth]=$FREE_PORT
    free_port && REPLICA_OPS[nth]=$FREE_PORT
done
LOGS=$(mktemp -d /tmp/handback-cluster.XXXXXX)
chmod 755 "$LOGS"
[[ -n ${CLUSTER_KEEP:-} ]] || at_exit "rm -rf '$LOGS'"
KEYS=$(new_key)
CLIENT_SECRET=$(new_secret)
export HANDBACK_TRUSTED_PROXIES=127.0.0.0/8 HANDBACK_UNDO=1s HANDBACK_SETTLE_AFTER=10s

say "Starting Postgres, its standby and PgBouncer"
databases
: >"$LOGS/pgbouncer.log"
pooler_conf "$PRIMARY_PORT"
pooler
say "Starting a pretend Bitrix24 on port $SANDBOX_PORT"
SANDBOX_CLIENT_SECRET=$CLIENT_SECRET spawn TERM "$LOGS/sandbox.log" "$BIN_DIR/sandbox" serve --listen "127.0.0.1:$SANDBOX_PORT" \
    --portals 40 --latency-ms 20 --app-url "http://localhost:$DOOR_PORT" --client-id "$CLIENT_ID"
stack_keep Sandbox TERM
wait_for 30 "$SPAWNED" "The sandbox" "$LOGS/sandbox.log" stack_sandbox_ready
say "Starting three replicas of the former version and nginx"
for nth in 0 1 2; do replica $nth "$FORMER/handback"; done
door
load
happen
touch "$LOGS/stop"
STATUS=0
wait "$LOAD" || STATUS=$?
cat "$LOGS/load.out"
((STATUS == 0)) || die "The cluster did not hold; see above"
say "The cluster held"
