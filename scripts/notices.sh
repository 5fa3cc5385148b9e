#!/usr/bin/env bash
# Prints the licences of all that the server is built from, as they ask for where a program is handed on: each text once, with
# the packages that it comes with. After a build, since it reads the sources that cargo has fetched. The image carries it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
declare -A TEXTS=() OF=()
# Packages that come without a text, and say only which licence it is.
BARE=()
HOME_OF_CARGO=${CARGO_HOME:-$HOME/.cargo}

die() { echo "notices: $*" >&2 && exit 1; }

# folder PACKAGE-VERSION: where cargo has unpacked it.
folder() {
    local found=("$HOME_OF_CARGO"/registry/src/*/"$1")
    [[ -d ${found[0]} ]] || die "$1 has not been fetched: build first"
    echo "${found[0]}"
}

collect() {
    local name=$1 licence=$2 sources sum file many=0
    sources=$(folder "$name")
    # What a package brings of others in C lies one folder deeper.
    while read -r file; do
        sum=$(sha256sum <"$file")
        TEXTS[$sum]=$file
        [[ " ${OF[$sum]:-} " == *" $name "* ]] || OF[$sum]+="${OF[$sum]:+ }$name"
        many=$((many + 1))
    done < <(find "$sources" -maxdepth 2 -type f -regextype posix-extended \
        -iregex '.*/(un)?(licen[cs]e|copying|notice|copyright)([-_.][^/]*)?' ! -name '*.rs' | sort)
    ((many)) || BARE+=("$name: $licence")
}

PACKAGES=$(cargo tree --locked --offline --no-default-features -e normal --prefix none -f '{p}|{l}' | sort -u)
while IFS='|' read -r package licence; do
    read -r name version place <<<"$package"
    # Ours has its own file; (*) is a package that was listed before, (proc-macro) one that only builds.
    [[ $name == handback || ${place:-} == "(proc-macro)" ]] || collect "$name-${version#v}" "${licence% (\*)}"
done <<<"$PACKAGES"
((${#TEXTS[@]} > 20)) || die "only ${#TEXTS[@]} licences were found"

echo "Handback is built from what is listed here, each under the licence that stands with it."
printf '\n%s\n' "Without a text in its package:"
printf '%s\n' "${BARE[@]}"
for sum in "${!TEXTS[@]}"; do
    printf '%s\t%s\n' "${OF[$sum]}" "$sum"
done | sort | while IFS=$'\t' read -r of sum; do
    printf '\n%s\n%s\n\n' "$(printf '=%.0s' {1..100})" "$of"
    cat "${TEXTS[$sum]}"
done
