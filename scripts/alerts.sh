#!/usr/bin/env bash
# The alert rules, and what the dashboard asks, by Prometheus' own tool. That the metrics which they name are there is a story
# (tests/stories/seeing.rs).
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Each question of the dashboard as a rule, which is what promtool reads. JSON is YAML.
dashboard_as_rules() {
    python3 - "$1" <<'EOF'
import json, sys

panels = json.load(open(sys.argv[1]))["panels"]
asked = [(panel["title"], target["expr"]) for panel in panels for target in panel.get("targets", [])]
assert len(asked) > 10, "the dashboard asks for nothing"
rules = [{"record": f"question:{nth}", "expr": expr, "labels": {"panel": title}} for nth, (title, expr) in enumerate(asked)]
json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, sys.stdout)
EOF
}

end_cleanly
need promtool prometheus
need python3 python3
cd "$ROOT/ops"
promtool check rules alerts.yml
promtool test rules alerts_test.yml
QUESTIONS=$(mktemp)
at_exit "rm -f '$QUESTIONS'"
dashboard_as_rules grafana.json >"$QUESTIONS"
promtool check rules "$QUESTIONS"
