#!/usr/bin/env bash
# Does each former version still work on the schema that came after it? While a new version is rolled out both serve from one
# database, and whoever rolls back runs the former one on the newer schema. For each migration the version before it is looked
# up, and every statement of that version (its .sqlx) is prepared on the schema with that migration: a table, a column or a
# type that it needs and no longer finds is an error. tests/stories/migrations.rs asks the same of the rows that it writes.
#
#   scripts/former.sh            asks all of them
#   scripts/former.sh --newest   says which commit is the version before the newest migration; nothing without a history
#
# A copy without its history (an archive, a shallow clone) has no former versions: it says so and ends with 0.
set -euo pipefail
# shellcheck source=scripts/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

# "COMMIT FILE" for each migration, in the order in which they came to main; what is not committed yet comes after all that is.
arrivals() {
    local commit=HEAD line
    while read -r line; do
        case $line in
            commit\ *) commit=${line#commit } ;;
            migrations/*.sql) echo "$commit $line" ;;
        esac
    done < <(git -C "$ROOT" log -m --first-parent --no-renames --diff-filter=A --reverse --name-only --format='commit %H' -- migrations)
    git -C "$ROOT" ls-files --others --exclude-standard -- migrations | sed 's/^/new /'
}

# former_of COMMIT: the version before it; of the first there is none.
former_of() {
    if [[ $1 == new ]]; then echo HEAD; else git -C "$ROOT" rev-parse --quiet --verify "$1^1" || true; fi
}

# statements COMMIT: every statement of that version, to be prepared under a name of its own. What sets a limit cannot be.
statements() {
    local home=$WORK/$1
    mkdir -p "$home"
    git -C "$ROOT" archive "$1" .sqlx 2>/dev/null | tar -x -C "$home" 2>/dev/null || return 0
    jq -r 'select(.query | test("^\\s*set\\s"; "i") | not) | "prepare q" + .hash[:40] + " as " + (.query | sub(";\\s*$"; "")) + ";"' \
        "$home"/.sqlx/*.json
}

# What one commit brought is one step.
check() {
    local commit file last='' came=() all=0
    while read -r commit file; do
        [[ -f $ROOT/$file ]] || continue # it has another number by now
        [[ $commit == "$last" ]] || step "$last"
        last=$commit
        came+=("$file")
    done < <(arrivals)
    step "$last"
    ((all > 0)) || die "No former version has a statement: what is looked for is not there"
    say "$all statements of former versions still work"
}

# step COMMIT: applies what it brought, and asks the version before it.
step() {
    local file former count
    ((${#came[@]} > 0)) || return 0
    for file in "${came[@]}"; do pg_apply handback "$ROOT/$file"; done
    former=$(former_of "$1")
    [[ -z $former ]] || statements "$former" >"$WORK/prepare.sql"
    count=$(grep -c '^prepare q' "$WORK/prepare.sql") || true
    pg_psql handback -f "$WORK/prepare.sql" >/dev/null || die "After ${came[*]} the version before (${former:0:10}) does not work"
    all=$((all + count))
    printf '%4d statements of %-10s after %s\n' "$count" "${former:0:10}" "$(basename -a "${came[@]}" | paste -sd ' ')"
    came=()
}

has_history() { [[ $(git -C "$ROOT" rev-parse --is-shallow-repository 2>/dev/null) == false ]]; }

end_cleanly
need git git
if [[ ${1:-} == --newest ]]; then
    ! has_history || former_of "$(arrivals | tail -n 1 | cut -d ' ' -f 1)"
    exit 0
fi
need jq jq
if ! has_history; then
    say "No history here, so no former version can be asked"
    exit 0
fi
WORK=$(mktemp -d /tmp/handback-former.XXXXXX)
chmod 755 "$WORK"
at_exit "rm -rf '$WORK'"
: >"$WORK/prepare.sql"
pg_throwaway
pg_create_database handback
check
