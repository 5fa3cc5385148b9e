#!/usr/bin/env bash
# Does the runbook suffice? Follows docs/runbook.md, chapter by chapter and word by word, on a Debian that has nothing yet (debootstrap,
# a process and mount namespace of its own, root), with a pretend Bitrix24 beside it; after each chapter a task is returned. About
# four minutes after the build. Ends with 0 or 1, and leaves nothing behind.
#
# What is played: systemctl and journalctl, for there is no systemd in a namespace; and the values that are each operator's own. What
# needs a second machine, a name in the DNS or Prometheus is not followed: the book has it in blocks that are not marked `sh`.
set -euo pipefail
# shellcheck source=scripts/stack.sh
source "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

RUNBOOK=$ROOT/docs/runbook.md

# --- the machine ----------------------------------------------------------------------------------------------------

bare_make() {
    [[ $EUID -eq 0 ]] || die "A machine in the machine needs root"
    need debootstrap debootstrap
    need unshare util-linux
    ! taken 127.0.0.1 5432 || die "Port 5432 is taken$(port_owner 5432): the new machine's Postgres wants it"
    BARE=$(mktemp -d /var/tmp/handback-bare.XXXXXX)
    chmod 755 "$BARE"
    at_exit "rm -rf --one-file-system '$BARE'"
    say "Making a Debian that has nothing"
    in_group debootstrap --variant=minbase bookworm "$BARE" >"$LOGS/debootstrap.log" ||
        fail_with_log "debootstrap failed" "$LOGS/debootstrap.log"
    cp /etc/resolv.conf "$BARE/etc/resolv.conf"
}

# Its first process; with it everything in it ends.
bare_boot() {
    spawn TERM "$LOGS/bare.log" unshare --mount --pid --fork --kill-child bash -c \
        "mount -t proc proc '$BARE/proc' && mount --rbind /dev '$BARE/dev' && exec chroot '$BARE' bash -c 'trap exit TERM; sleep infinity & while :; do wait; done'"
    at_exit "stop_child KILL $SPAWNED"
    local unshare=$SPAWNED
    wait_for 10 "$unshare" "The machine" "$LOGS/bare.log" bare_is_up "$unshare"
    INIT=$(<"/proc/$unshare/task/$unshare/children")
    INIT=${INIT%% *}
}

bare_is_up() { [[ -s /proc/$1/task/$1/children && -e $BARE/proc/uptime ]] || [[ -n $(<"/proc/$1/task/$1/children") ]]; }

# bare WORD…: runs it there; what it is to do comes on standard input.
bare() { nsenter --target "$INIT" --mount --pid --root env -i -C /root HOME=/root TERM=dumb LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"; }

# One unit is all that systemd has to do here. A value without quotes it takes as it stands.
bare_systemd() {
    bare install -m 755 /dev/stdin /usr/local/bin/systemctl <<'SHIM'
#!/bin/bash
stop() { pid=$(cat /run/handback.pid 2>/dev/null) && kill "$pid" 2>/dev/null && while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; }
start() {
    mapfile -t settings < <(grep '^[A-Z]' /etc/handback.env)
    env "${settings[@]}" setsid setpriv --reuid 65534 --regid 65534 --clear-groups "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' /etc/systemd/system/handback.service)" serve \
        >>/var/log/handback.log 2>&1 </dev/null &
    echo $! >/run/handback.pid
}
case "$1" in
stop) stop ;;
start | enable) start ;;
restart) stop; start ;;
esac
exit 0
SHIM
    bare install -m 755 /dev/stdin /usr/local/bin/journalctl <<<$'#!/bin/sh\ncat /var/log/handback.log'
}

# --- the book -------------------------------------------------------------------------------------------------------

# The commands of a chapter, as they stand there.
commands_of() {
    awk -v chapter="## $1" '
        /^## / { here = $0 == chapter }
        here && /^ *```/ { inside = !inside && /```sh/; next }
        here && inside { sub(/^   /, ""); print }' "$RUNBOOK"
}

# What is each operator's own: addresses, the cabinet's values, and here other ports and an authorization server. The browser that
# the sandbox plays goes past the proxy, whose name it does not know; the book's own curl goes through it.
own_values() {
    sed -e "s|^HANDBACK_PUBLIC_URL=.*|HANDBACK_PUBLIC_URL=$(APP_URL)|" \
        -e "s|^HANDBACK_CLIENT_ID=.*|HANDBACK_CLIENT_ID=$CLIENT_ID|" \
        -e "s|^HANDBACK_CLIENT_SECRET=what.*|HANDBACK_CLIENT_SECRET=$CLIENT_SECRET\nHANDBACK_OAUTH_SERVERS=$(CONTROL_URL)\nHANDBACK_BX24_JS=$(CONTROL_URL)/api/v1/\nHANDBACK_LISTEN=127.0.0.1:$APP_PORT\nHANDBACK_OPS_LISTEN=127.0.0.1:$OPS_PORT\nHANDBACK_UNDO=0s|" \
        -e "s|127.0.0.1:9080|127.0.0.1:$OPS_PORT|" \
        -e "s|127.0.0.1:8080|127.0.0.1:$APP_PORT|" \
        -e "s|\(listen .*\)443 ssl|\1$TLS_PORT ssl|" \
        -e "s|handback.example:443:|handback.example:$TLS_PORT:|; s|https://handback.example/|https://handback.example:$TLS_PORT/|"
}

# follow CHAPTER [VARIABLE=VALUE…]: all its commands in one shell that stops at the first that fails.
follow() {
    local chapter=$1
    shift
    say "Following \"$chapter\""
    [[ -n $(commands_of "$chapter") ]] || die "The runbook has no commands in \"$chapter\""
    commands_of "$chapter" | own_values | bare "$@" bash -euo pipefail -x -s >>"$LOGS/followed.log" 2>&1
}

# The first words of the book, which are to be said in each shell.
first_words() { sed -n '/^## /q; s/^    //p' "$RUNBOOK"; }

# The same for a chapter that finds them said.
with_settings() {
    local chapter=$1
    shift
    say "Following \"$chapter\""
    { first_words && commands_of "$chapter" | own_values; } |
        bare "$@" bash -euo pipefail -x -s >>"$LOGS/followed.log" 2>&1
}

must() { "$@" || fail_with_log "The runbook's words did not suffice" "$LOGS/followed.log"; }

walk() {
    in_group "$BIN_DIR/sandbox" smoke --control "$(CONTROL_URL)" --app "$(APP_URL)" "$@" >>"$LOGS/walk.log" 2>&1 && return
    bare cat /var/log/handback.log >"$LOGS/handback.log" || true
    tail -n 5 "$LOGS/walk.log" >&2
    fail_with_log "A task could not be returned" "$LOGS/handback.log"
}

# --- the chapters ---------------------------------------------------------------------------------------------------

bring_program() {
    bare install -m 755 /dev/stdin /root/handback <"$BIN_DIR/handback"
    bare install -m 644 /dev/stdin /root/handback.service <"$ROOT/ops/handback.service"
}

# What `handback check` says there.
checked() { { first_words && echo 'handback check'; } | bare bash -s >"$LOGS/check.log" 2>&1; }

# A value with spaces arrives as it was written.
operator_named() {
    [[ $(bare curl -fsS "$(APP_URL)/terms") == *'Example &'*' Sons Ltd'* ]] || die "/terms does not name HANDBACK_OPERATOR"
    must checked
    ! grep -q HANDBACK_OPERATOR "$LOGS/check.log" || die "handback check did not find HANDBACK_OPERATOR"
}

# The new key is the only one, and not the one of before.
key_changed() {
    local keys
    keys=$(bare sed -n 's/^HANDBACK_KEYS=//p' /etc/handback.env)
    [[ $keys == k[0-9]*:* && $keys != k1:* && $keys != *,* ]] || die "The new key is not the only one after \"Change the sealing key\""
}

authorization_away() {
    say "The authorization server is away, and is back"
    stop_child TERM "$SANDBOX_PID"
    ! checked || die "handback check did not say that the authorization server is away"
    grep -q "authorization server" "$LOGS/check.log" || fail_with_log "handback check names no authorization server" "$LOGS/check.log"
    stack_sandbox
    SANDBOX_PID=$SPAWNED
    must checked
}

# The server starts with a wrong secret, for nothing is wrong with the words; `handback check` asks, and names it. The chapter puts
# the cabinet's in.
keys_refused() {
    say "The cabinet's secret is another than ours"
    bare sed -i 's|^HANDBACK_CLIENT_SECRET=.*|HANDBACK_CLIENT_SECRET=of-yesterday|' /etc/handback.env
    bare systemctl restart handback
    bare curl -fsS --retry 30 --retry-connrefused --retry-delay 1 -o /dev/null "http://127.0.0.1:$OPS_PORT/readyz" \
        2>>"$LOGS/followed.log" || die "Handback did not start with a secret that is not the cabinet's"
    ! checked || die "handback check did not say that the authorization server refuses our keys"
    grep -q "refuses .*HANDBACK_CLIENT_SECRET" "$LOGS/check.log" ||
        fail_with_log "handback check does not name HANDBACK_CLIENT_SECRET" "$LOGS/check.log"
    must with_settings "A key has leaked, or is refused" secret="$CLIENT_SECRET"
}

complaint() {
    local id
    id=$(bare curl -s -X POST "$(APP_URL)/" | grep -A1 'class="quote"' | grep -oE '\b[a-z0-9]{12}\b' | head -n 1)
    [[ -n $id ]] || die "An error page shows no id"
    must with_settings "A portal complains" id="$id"
}

# kept SQL: what the database says that has the name of the settings.
kept() { bare su postgres -c "psql -d handback -Atc '$1'"; }

their_data() {
    local member
    member=$(kept "select portal_id from portals limit 1" | tr -d -)
    must with_settings "Somebody wants their data, or wants it gone" member="$member" person=2
    bare grep -q decision kept.json || die "The file of a person who has decided names no decision"
    [[ $(kept "select count(*) from reasons") == 0 ]] || die "Words of the only person who has decided are left after their erasure"
}

# Both chapters once more, on what the first restore has left: the backup has to be one of the database that is served, and a
# person who was erased after it must not come back with it.
restore_again() {
    local decisions
    decisions=$(kept "select count(*) from decisions")
    must follow Upgrade
    [[ $(kept "select count(*) from reasons") != 0 ]] || die "There are no words that could come back"
    their_data
    must follow Restore
    [[ $(kept "select count(*) from decisions") == "$decisions" ]] || die "The second backup was not of the database that is served"
    bare grep -q ' 2$' again || die "Restore does not name the person who was erased after the backup"
    [[ $(kept "select count(*) from reasons") == 0 ]] || die "Words that were erased after the backup came back with it"
}

end_cleanly
stack_choose_ports
LOGS=$(mktemp -d /tmp/handback-runbook.XXXXXX)
at_exit "rm -rf '$LOGS'"
CLIENT_SECRET=$(new_secret)
free_port && TLS_PORT=$FREE_PORT
stack_build
bare_make
bare_boot
bare_systemd
bring_program
stack_sandbox
SANDBOX_PID=$SPAWNED
must follow Install
operator_named
walk
for chapter in Upgrade Rollback Restore "Change the sealing key"; do
    must follow "$chapter"
    walk --installed
done
key_changed
keys_refused
walk --installed
authorization_away
complaint
restore_again
walk --installed
say "Every chapter that has commands was followed; each left an application in which a task is returned"
