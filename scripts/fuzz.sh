#!/usr/bin/env bash
# Throws odd bytes at what reads portals' posts and answers, and at what shows their texts (fuzz/bodies.rs). Ends with 1
# as soon as something breaks, and says with which bytes. What is found on the way is kept in .cache/fuzz/; the small
# corpora in fuzz/corpus/ are replayed by the stories.
#
#   scripts/fuzz.sh [SECONDS [TARGET…]]     default: 600 s each of inbound, batch, task and bbcode
#   scripts/fuzz.sh keep                    choose the corpora in fuzz/corpus/ anew, from what was found
#
# Works on stable Rust: without a sanitizer nothing nightly is needed, and code that forbids unsafe has little use of one.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

VERSION=0.13.2
TOOLS=$ROOT/.cache/cargo-fuzz
WORK=$ROOT/.cache/fuzz
TARGETS=(inbound batch task bbcode)
# Of one target, in the repository: so many files, none longer than so many bytes.
KEPT=60
LONGEST=600

bring_cargo_fuzz() {
    [[ -x $TOOLS/bin/cargo-fuzz ]] && return
    say "installing cargo-fuzz $VERSION into .cache/cargo-fuzz"
    in_group cargo install --quiet --locked --root "$TOOLS" --target-dir "$TOOLS/build" "cargo-fuzz@$VERSION"
    rm -rf "$TOOLS/build"
}

# fuzz TARGET ARGUMENT…: arguments of libFuzzer, folders first.
fuzz() {
    local target=$1
    shift
    SQLX_OFFLINE=true in_group "$TOOLS/bin/cargo-fuzz" run --sanitizer none --target-dir "$WORK/build" "$target" "$@"
}

hunt() {
    local target=$1 seconds=$2
    mkdir -p "$WORK/corpus/$target" "$WORK/broken"
    say "$target, $seconds s"
    fuzz "$target" "$WORK/corpus/$target" "fuzz/corpus/$target" -- -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=1024 -artifact_prefix="$WORK/broken/$target-" -print_final_stats=1 \
        || die "$target broke: the bytes are in .cache/fuzz/broken/"
}

# The fewest that reach everything reached so far, and of those some of each size.
keep() {
    local target=$1 chosen=$WORK/chosen/$1 all nth=0
    rm -rf "$chosen"
    mkdir -p "$chosen" "$WORK/corpus/$target"
    fuzz "$target" "$chosen" "fuzz/corpus/$target" "$WORK/corpus/$target" -- -set_cover_merge=1 -max_len="$LONGEST"
    all=$(find "$chosen" -type f | wc -l)
    find "fuzz/corpus/$target" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
    find "$chosen" -type f -printf '%s %p\n' | sort -n | cut -d' ' -f2 | while read -r file; do
        ((nth++ % (all / KEPT + 1))) || cp "$file" "fuzz/corpus/$target/"
    done
}

cd "$ROOT"
end_cleanly
need_build_tools
need c++ g++ # libFuzzer
bring_cargo_fuzz
if [[ ${1:-} == keep ]]; then
    for target in "${TARGETS[@]}"; do keep "$target"; done
    say "fuzz/corpus has $(du -sb fuzz/corpus | cut -f1) bytes"
    exit
fi
SECONDS_EACH=${1:-600}
[[ $# -lt 2 ]] || TARGETS=("${@:2}")
for target in "${TARGETS[@]}"; do hunt "$target" "$SECONDS_EACH"; done
say "nothing broke"
