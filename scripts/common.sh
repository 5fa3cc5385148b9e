# shellcheck shell=bash
# Words that all scripts share: saying, failing, installing, ports, and ending what was started. Sourced, never run.

# shellcheck disable=SC2034 # used by those who source this
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
MAX_PORT=65535

say() { printf -- '--> %s\n' "$*" >&2; }
die() { printf -- '!!! %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- ending ---------------------------------------------------------------------------------------------------------

declare -a AT_EXIT=()

# Runs COMMAND at the end, the newest first; whatever ends the script.
at_exit() { AT_EXIT=("$*" "${AT_EXIT[@]}"); }

clean_up() {
    local status=$? step
    trap '' INT TERM HUP # a second Ctrl-C must not cut the ending in half
    trap - EXIT
    stop_group
    for step in "${AT_EXIT[@]}"; do eval "$step" || true; done
    exit "$status"
}

end_cleanly() {
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# spawn SIGNAL LOG COMMAND…: a child out of the terminal's group, so that Ctrl-C reaches this script alone and the order
# of ending stays ours; if this script dies without a word, the kernel sends the child SIGNAL. Sets SPAWNED.
spawn() {
    local signal=$1 log=$2
    shift 2
    setsid setpriv --pdeathsig "$signal" "$@" >>"$log" 2>&1 </dev/null &
    SPAWNED=$!
}

# in_group COMMAND…: runs it in the foreground, but so that a signal ends it at once with all that it started: a shell
# that waits for a foreground command would hear the signal only afterwards.
in_group() {
    local status=0
    setsid setpriv --pdeathsig TERM "$@" </dev/null &
    GROUP=$!
    wait "$GROUP" || status=$?
    GROUP=
    return "$status"
}

# First the word to all, so that the leader can tidy up; who is left then is ended.
stop_group() {
    [[ -n ${GROUP:-} ]] || return 0
    kill -s TERM -- "-$GROUP" 2>/dev/null || true
    stop_child TERM "$GROUP"
    kill -s KILL -- "-$GROUP" 2>/dev/null || true
}

alive() { kill -0 "$1" 2>/dev/null; }

# stop_child SIGNAL PID: asks, waits up to 15 seconds, then insists.
stop_child() {
    local tries=$((${3:-15} * 10))
    kill -s "$1" "$2" 2>/dev/null || true
    while alive "$2" && ((tries-- > 0)); do sleep 0.1; done
    kill -s KILL "$2" 2>/dev/null || true
    wait "$2" 2>/dev/null || true
}

# --- programs -------------------------------------------------------------------------------------------------------

can_install() { [[ $EUID -eq 0 ]] && have apt-get; }

# The update may complain about a source that has nothing to do with us; the install decides.
apt_install() {
    say "Installing $* with apt-get"
    apt-get update -qq || say "apt-get update complained, going on"
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >/dev/null
}

# need COMMAND PACKAGE…: the command, installed if it is missing and we may; otherwise a word what to install.
need() {
    local command=$1
    shift
    have "$command" && return
    can_install || die "$command is missing. As root: apt-get install $*"
    apt_install "$@" || die "$command is missing and apt-get install $* failed"
    have "$command" || die "$command is still missing after apt-get install $*"
}

need_linux_tools() {
    need setpriv util-linux
    need setsid util-linux
}

# aws-lc-sys, the TLS library, is built by the C compiler, jemalloc by make as well; reqwest wants the certificate authorities.
need_build_tools() {
    need_linux_tools
    have cargo || die "cargo is missing: install Rust 1.94 or newer (https://rustup.rs)"
    need cc gcc libc6-dev
    need make make
    [[ -e /etc/ssl/certs/ca-certificates.crt ]] || ! can_install || apt_install ca-certificates
}

# --- ports ----------------------------------------------------------------------------------------------------------

GIVEN_PORTS=' '

# taken HOST PORT: somebody answers there.
taken() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

port_owner() {
    have ss || return 0
    ss -ltnpH "sport = :$1" 2>/dev/null | sed -nE 's/.*users:\(\("([^"]+)",pid=([0-9]+).*/ by \1 (pid \2)/p' | head -n 1
}

# want_port SETTING PORT HOST…: fails with the setting's name when the port is no port, wanted twice or taken.
want_port() {
    local setting=$1 port=$2 host
    shift 2
    [[ $GIVEN_PORTS != *" $port "* ]] || die "$setting=$port is wanted for something else as well: choose another"
    GIVEN_PORTS+="$port "
    if [[ ! $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > MAX_PORT)); then die "$setting=$port is not a port"; fi
    for host in "$@"; do
        taken "$host" "$port" || continue
        die "Port $port is taken$(port_owner "$port"). Free it, or choose another: $setting=$((port + 100)) make $(caller_target)"
    done
}

caller_target() { basename "$0" .sh; }

# A port that nobody listens on and that was not given out before, below the range from which outgoing connections take
# theirs. Sets FREE_PORT.
free_port() {
    local tries=100
    while ((tries-- > 0)); do
        FREE_PORT=$((20000 + RANDOM % 12000))
        if [[ $GIVEN_PORTS == *" $FREE_PORT "* ]] || taken 127.0.0.1 "$FREE_PORT"; then continue; fi
        GIVEN_PORTS+="$FREE_PORT "
        return 0
    done
    die "No free port found between 20000 and 32000"
}

# --- waiting --------------------------------------------------------------------------------------------------------

# http_status HOST PORT PATH: the status code, or nothing. No curl: a bare machine has none.
http_status() {
    local line=
    {
        exec 3<>"/dev/tcp/$1/$2" || return 0
        printf 'GET %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n' "$3" "$1" "$2" >&3
        read -r -t 5 line <&3 || true
        while read -r -t 5 <&3; do :; done # a server is told no lie when we hang up
        exec 3>&-
    } 2>/dev/null
    [[ $line =~ ^HTTP/1\.[01]\ ([0-9]{3}) ]] && printf '%s' "${BASH_REMATCH[1]}"
    return 0
}

# wait_for SECONDS PID NAME LOG TEST…: until TEST succeeds; fails with the end of the log if the process dies first.
wait_for() {
    local limit=$((SECONDS + $1)) pid=$2 name=$3 log=$4
    shift 4
    until "$@"; do
        alive "$pid" || fail_with_log "$name ended while starting" "$log"
        ((SECONDS < limit)) || fail_with_log "$name did not become ready in time" "$log"
        sleep 0.1
    done
}

fail_with_log() {
    printf -- '--- the end of %s\n' "$2" >&2
    tail -n 20 "$2" >&2 || true
    die "$1; its log is above"
}
