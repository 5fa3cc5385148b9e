#!/usr/bin/env bash
# Brings axe-core, which judges the pages' accessibility, into .cache/axe/ for the stories. Not committed, not shipped.
# Needs npm, sha256sum, tar.
set -euo pipefail
VERSION=4.14.1
SHA256=e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745

cd "$(dirname "${BASH_SOURCE[0]}")/.."
FOLDER=$PWD/.cache/axe/$VERSION
[[ ! -s $FOLDER/axe.min.js ]] || exit 0

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
command -v npm >/dev/null || { echo "npm is missing: axe-core cannot be had" >&2; exit 1; }
(cd "$WORK" && npm pack --silent "axe-core@$VERSION" >/dev/null) || { echo "npm cannot bring axe-core@$VERSION" >&2; exit 1; }
echo "$SHA256  $WORK/axe-core-$VERSION.tgz" | sha256sum --check --quiet
tar -xzf "$WORK/axe-core-$VERSION.tgz" -C "$WORK"
mkdir -p "$FOLDER"
# Whole or not at all: two stories may ask at once.
mv "$WORK/package/axe.min.js" "$FOLDER/.axe.$$"
mv "$FOLDER/.axe.$$" "$FOLDER/axe.min.js"
