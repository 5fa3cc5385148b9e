#!/usr/bin/env bash
# The alert rules by Prometheus' own tool. That the metrics which they name are there is a story (tests/stories/seeing.rs).
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need promtool prometheus
cd "$ROOT/ops"
promtool check rules alerts.yml
promtool test rules alerts_test.yml
