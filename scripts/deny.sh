#!/usr/bin/env bash
# Licences, banned crates and sources of the dependencies. Not part of the tests: cargo-deny takes minutes to build.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

have cargo-deny || die "cargo-deny is missing: cargo install --locked cargo-deny"
cd "$ROOT"
# The crates of other platforms are judged as well, and no build has brought them.
cargo fetch --locked --quiet
cargo deny --locked --offline check licenses bans sources || die "A dependency is not what deny.toml allows"
