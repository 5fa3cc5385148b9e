#!/bin/sh
# Takes Bitrix24's design tokens from their MIT package and keeps only those that our style uses, light and dark.
# Run it again after using a further token in static/app.css. Needs npm, node, sha256sum.
set -eu
PACKAGE=@bitrix24/b24ui-nuxt
VERSION=2.13.0
SHA256=c7994aeda6e5249bb7f53220ca3e853a1e5345d8b7eaf6135e5b6e700c56456f

cd "$(dirname "$0")/.."
OUT=$PWD/static/vendor/b24-tokens
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

(cd "$WORK" && npm pack --silent "$PACKAGE@$VERSION" >/dev/null)
echo "$SHA256  $(echo "$WORK"/*.tgz)" | sha256sum --check --quiet
tar -xzf "$WORK"/*.tgz -C "$WORK"

mkdir -p "$OUT"
node scripts/vendor-tokens.mjs "$WORK/package/dist/runtime/air-design-tokens" static/app.css >"$OUT/tokens.css"
cp "$WORK/package/LICENSE" "$OUT/LICENSE"
cat >"$OUT/README.md" <<END
Bitrix24's design tokens, reduced by \`scripts/vendor-tokens.sh\` to those that \`static/app.css\` uses.

- package: \`$PACKAGE\` $VERSION (\`dist/runtime/air-design-tokens\`: 001 global, 003 light, 004 dark)
- licence: MIT, see \`LICENSE\`
- sha256 of the package: \`$SHA256\`
END
