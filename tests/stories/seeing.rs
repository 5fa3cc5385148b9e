//! What the operator sees: figures of what people did, and none of who they are.

use crate::support::{Stack, decisions::*};
use handback::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn metrics(stack: &Stack) -> String {
    let url = format!("http://127.0.0.1:{}/metrics", stack.replicas[0].ops_port);
    let answer = stack.visitor().http().get(url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    answer.text().await.unwrap()
}

/// The value of the one series whose name and labels begin so.
fn value(metrics: &str, series: &str) -> f64 {
    let found: Vec<&str> = metrics.lines().filter(|line| line.starts_with(series)).collect();
    let [line] = found[..] else { panic!("{series}: {found:?}") };
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[tokio::test]
async fn p77_t59_what_was_decided_called_and_answered_can_be_seen_and_nobodys_name() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(3).await;
    let page = office.queue(CREATOR).await;
    assert_eq!(office.give_back(&page, tasks[0]).await.outcome(), "done");
    office.fault(RETURN, json!({"kind": "drop_after"})).await;
    let unknown = office.give_back(&page, tasks[1]).await;
    office.until(&page, &unknown, "done", "Reason delivered").await;
    let seen = metrics(&stack).await;
    for (series, expected) in [
        ("handback_decisions_total{action=\"return\",state=\"done\"}", 2.0),
        ("handback_decisions_total{action=\"return\",state=\"unknown\"}", 1.0),
        ("handback_settled_seconds_count", 1.0),
        ("handback_reasons_total{delivery=\"delivered\"}", 2.0),
        ("handback_call_seconds_count{method=\"tasks.task.disapprove\",outcome=\"ok\"}", 1.0),
        ("handback_call_seconds_count{method=\"tasks.task.disapprove\",outcome=\"lost\"}", 1.0),
        ("handback_http_request_seconds_count{route=\"/decide\",status=\"2xx\"}", 2.0),
        ("handback_decisions_open{state=\"held\"}", 0.0),
        ("handback_oldest_seconds{kind=\"event\"}", 0.0),
        ("handback_waiting{kind=\"reason\"}", 0.0),
        ("handback_waiting{kind=\"followup\"}", 0.0),
        ("handback_portals{status=\"new\"}", 1.0),
    ] {
        assert_eq!(value(&seen, series), expected, "{series}");
    }
    assert!(value(&seen, "handback_settled_seconds_sum") < 90.0);
    assert_eq!(value(&seen, "handback_journal_lost_total"), 0.0);
    assert_eq!(value(&seen, "handback_oldest_seconds{kind=\"departure\"}"), 0.0);
    let now = World::system().now().timestamp() as f64;
    for job in ["tending", "housekeeping", "dormant portals"] {
        let ended = value(&seen, &format!("handback_last_round_timestamp_seconds{{kind=\"{job}\"}}"));
        assert!((now - 120.0..=now + 1.0).contains(&ended), "{job}: {ended}");
    }
    for private in [office.portal.member_id.as_str(), &office.portal.domain, "Offer", "Totals"] {
        assert!(!seen.contains(private), "{private}");
    }
    for line in seen.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        assert!(line.starts_with("handback_"), "{line}");
    }
    described(&seen);
    stack.finish().await;
}

/// A wish that nobody carries out would keep its reason from the assignee, and only this figure tells.
#[tokio::test]
async fn p77_a_followup_that_waits_is_counted_since_its_decision_was_done() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    for task in &tasks {
        office.give_back(&page, *task).await;
    }
    stack.none("select count(*) from reasons where delivery <> 'delivered'").await;
    // One is under way in another replica; the other's decision is not done, so nothing of it is due.
    stack
        .change(
            "insert into followups (portal_id, decision_id, mark, fate, followup_lease_until)
             select portal_id, decision_id, 'P', 'carrying', now() + interval '1 hour' from decisions",
        )
        .await;
    stack.change("update decisions set finished_at = now() - interval '30 minutes'").await;
    stack.change(&format!("update decisions set state = 'cancelled' where task_id = {}", tasks[1])).await;
    let seen = metrics(&stack).await;
    assert_eq!(value(&seen, "handback_waiting{kind=\"followup\"}"), 1.0);
    let oldest = value(&seen, "handback_oldest_seconds{kind=\"followup\"}");
    assert!((1_800.0..2_400.0).contains(&oldest), "{oldest}");
    stack.finish().await;
}

/// The dashboard and the alerts ask for what is there.
fn described(metrics: &str) {
    let there: BTreeSet<&str> = metrics.lines().filter_map(|l| l.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let rules = std::fs::read_to_string("ops/alerts.yml").unwrap();
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string("ops/grafana.json").unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let asked = targets.map(|t| t["expr"].as_str().unwrap().to_owned()).chain([rules]).collect::<Vec<_>>().join("\n");
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names = asked.split(|c| !is_name(c)).filter(|word| word.starts_with("handback_"));
    let mut known = 0;
    for name in names {
        let base = ["_bucket", "_count", "_sum"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let may_be_missing = ["handback_events_total", "handback_calls_without_time_total"];
        assert!(there.contains(base) || may_be_missing.contains(&base), "{name} is not measured");
        known += 1;
    }
    assert!(known > 15, "{known}");
    let runbook = std::fs::read_to_string("docs/runbook.md").unwrap();
    for line in asked.lines().filter_map(|line| line.trim().strip_prefix("what_to_do: \"docs/runbook.md: ")) {
        let chapter = format!("## {}", line.trim_end_matches('"'));
        assert!(runbook.lines().any(|line| line == chapter), "{chapter} is not in the runbook");
    }
}
