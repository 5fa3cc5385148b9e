//! Faults as a table: kind x moment x method x one or many, drawn from a seed, against two replicas. Whatever breaks, what
//! the portal's own history shows is what the decisions say, once.
//!
//! `make faults` plays more than two hundred; a failing one is played again alone with `FAULT_SEED=…`.

use crate::support::{Stack, Wish, decisions::*};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use sqlx::Row;
use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

/// Nothing may stay open longer than this after the fault.
const PATIENCE: Duration = Duration::from_secs(120);

/// Numbers from a seed, the same ones every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

#[derive(Debug)]
struct Case {
    seed: u64,
    tasks: usize,
    approve: bool,
    on: &'static str,
    method: &'static str,
    fault: Value,
    /// The access tokens run out as well.
    expired: bool,
}

fn refused(status: u16, code: &str) -> Value {
    json!({"kind": "error", "status": status, "code": code})
}

fn whole_answers() -> Vec<Value> {
    vec![
        refused(503, "QUERY_LIMIT_EXCEEDED"),
        refused(429, "OPERATION_TIME_LIMIT"),
        refused(401, "expired_token"),
        refused(500, "INTERNAL_SERVER_ERROR"),
        refused(403, "insufficient_scope"),
        refused(400, "SOMETHING_NEW"),
        json!({"kind": "html", "status": 502}),
        json!({"kind": "html", "status": 504}),
        json!({"kind": "html", "status": 200}),
        json!({"kind": "drop_before"}),
        json!({"kind": "drop_after"}),
        json!({"kind": "garbage_after"}),
        json!({"kind": "delay", "ms": 1500}),
        json!({"kind": "hang", "ms": 700}),
        json!({"kind": "body", "status": 200, "body": []}),
        json!({"kind": "body", "status": 200, "body": {"result": []}}),
    ]
}

fn inner_answers() -> Vec<Value> {
    let mut inner: Vec<Value> = [
        (400, "1048582"),
        (400, "0"),
        (500, "INTERNAL_SERVER_ERROR"),
        (429, "OPERATION_TIME_LIMIT"),
        (403, "ACCESS_DENIED"),
    ]
    .into_iter()
    .map(|(status, code)| refused(status, code))
    .collect();
    inner.push(json!({"kind": "delay", "ms": 400}));
    inner.iter_mut().for_each(|fault| fault["inner"] = json!(true));
    inner
}

impl Case {
    fn draw(seed: u64) -> Self {
        let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (many, approve) = (chance.below(2) == 1, chance.below(2) == 1);
        let change = if approve { ACCEPT } else { RETURN };
        let (on, method, mut fault) = match chance.below(6) {
            // A request of its own: the change of one, the batches of many.
            0 | 1 if many => ("portal", "batch", chance.one(&whole_answers()).clone()),
            0 | 1 => ("portal", change, chance.one(&whole_answers()).clone()),
            2 => ("portal", "batch", chance.one(&whole_answers()).clone()),
            3 => {
                let methods: &[&str] =
                    if many { &[ACCESS, "tasks.task.list", change] } else { &[ACCESS, "tasks.task.get"] };
                ("portal", *chance.one(methods), chance.one(&inner_answers()).clone())
            }
            4 => ("portal", CHAT, chance.one(&whole_answers()).clone()),
            _ => ("oauth", RENEWAL, chance.one(&whole_answers()[6..14]).clone()),
        };
        let inner = fault["inner"] == true;
        fault["skip"] = json!(if inner || method == "batch" { chance.below(if many { 3 } else { 1 }) } else { 0 });
        fault["times"] = json!(1 + chance.below(2));
        let expired = on == "oauth" || chance.below(5) == 0;
        Self { seed, tasks: if many { 2 + chance.below(7) } else { 1 }, approve, on, method, fault, expired }
    }
}

/// Rows of this office's decisions: task, state, and its reason's outcome.
async fn decisions(stack: &Stack, office: &Office) -> Vec<(i64, String, Option<String>)> {
    let sql = format!(
        "select task_id, state, delivery from decisions left join reasons using (portal_id, decision_id)
         where portal_id = '{}'::uuid",
        office.portal.member_id
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut stack.database().await).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// Plays one; true when the fault was met.
async fn play(stack: &Stack, case: &Case) -> bool {
    let office = Office::of(stack).await.at(stack.replica_url(case.seed as usize % 2));
    let tasks = office.waiting(case.tasks).await;
    let page = office.queue(CREATOR).await;
    let action = if case.approve { "approve" } else { "return" };
    for task in &tasks {
        let shown = office.visitor.press(&page, *task, action, "The totals do not match").await;
        assert_eq!(shown.status.as_u16(), 200, "{}", shown.text());
    }
    if case.expired {
        office.control("expire", json!({})).await;
    }
    let mut fault = case.fault.clone();
    fault["on"] = json!(case.on);
    fault["method"] = json!(case.method);
    fault["member_id"] = json!(office.portal.member_id);
    office.bitrix.fault(fault).await;
    let of = format!("portal_id = '{}'::uuid", office.portal.member_id);
    stack.change(&format!("update decisions set held_until = now() where {of}")).await;

    let (began, mut last) = (Instant::now(), Vec::new());
    while began.elapsed() < PATIENCE {
        last = decisions(stack, &office).await;
        let open = |(_, state, delivery): &(i64, String, Option<String>)| {
            ["held", "checking", "sending", "unknown"].contains(&state.as_str())
                || (state == "done" && matches!(delivery.as_deref(), Some("pending" | "sending")))
        };
        if !last.iter().any(open) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(began.elapsed() < PATIENCE, "I2: still open after {PATIENCE:?}: {last:?}");
    hold(&office, case, &last).await;
    let left = office.bitrix.get("faults").await;
    let own = |fault: &Value| fault["member_id"] == office.portal.member_id.as_str() && fault["used"] == 0;
    !left.as_array().is_some_and(|all| all.iter().any(own))
}

/// What must hold, by the portal's own journal and history.
async fn hold(office: &Office, case: &Case, decisions: &[(i64, String, Option<String>)]) {
    let change = if case.approve { ACCEPT } else { RETURN };
    let mut executed: BTreeMap<i64, usize> = BTreeMap::new();
    for call in office.calls(change).await.iter().filter(|call| call["changed"] == true) {
        let task = &call["params"]["taskId"];
        *executed.entry(task.as_i64().or_else(|| task.as_str()?.parse().ok()).unwrap()).or_default() += 1;
        assert_eq!(call["user_id"], CREATOR, "in nobody else's name");
    }
    assert_eq!(decisions.len(), case.tasks);
    for (task, state, delivery) in decisions {
        let ran = executed.get(task).copied().unwrap_or_default();
        assert!(ran <= 1, "I1: {task} was changed {ran} times");
        match state.as_str() {
            "done" => assert_eq!(ran, 1, "{task} is said to be done"),
            "refused" | "not_run" | "cancelled" => assert_eq!(ran, 0, "{task} is said not to be: {state}"),
            "needs_person" => {}
            other => panic!("{task} is {other}"),
        }
        let told = office.told(*task).await.len();
        assert!(told <= 1, "{task} was told {told} times");
        match delivery.as_deref() {
            Some("delivered") => assert_eq!(told, 1, "{task} is said to be told"),
            Some("failed" | "dropped") => assert_eq!(told, 0, "{task} is said not to be told: {delivery:?}"),
            _ => {}
        }
    }
    office.assert_checked_before_each_change().await;
    let journal = office.bitrix.journal().await;
    let renewals = journal.iter().filter(|call| {
        call["method"] == RENEWAL && call["member_id"] == office.portal.member_id.as_str() && call["executed"] == true
    });
    assert!(renewals.count() <= 3, "I6: one renewal for each token that ran out, and what an answer's loss costs");
}

async fn table(seeds: Vec<u64>) {
    let wish = Wish { undo: "1h", settle_after: "3s", replicas: 2, portals: 250, ..Wish::default() };
    let stack = Stack::with(wish).await;
    let played = stream::iter(seeds).map(|seed| {
        let stack = &stack;
        async move {
            let case = Case::draw(seed);
            let outcome = futures_util::FutureExt::catch_unwind(AssertUnwindSafe(play(stack, &case))).await;
            (case, outcome)
        }
    });
    let played: Vec<_> = played.buffer_unordered(6).collect().await;
    let (mut met, mut broken) = (0, Vec::new());
    for (case, outcome) in &played {
        match outcome {
            Ok(true) => met += 1,
            Ok(false) => {}
            // Whatever was not survived was met.
            Err(_) => {
                met += 1;
                broken.push(format!("FAULT_SEED={} {case:?}", case.seed));
            }
        }
    }
    println!("figure: faults injected / survived: {met} / {} (target 200 / 200)", met - broken.len());
    assert!(broken.is_empty(), "{broken:#?}");
    stack.bitrix.clear_faults().await;
    stack.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i1_i2_i6_some_faults_of_the_table() {
    match std::env::var("FAULT_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => table(vec![seed]).await,
        None => table((1..=40).collect()).await,
    }
}

/// Two hundred and fifty, of which more than two hundred are met. Minutes: `make faults`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes long: make faults"]
async fn i1_i2_i6_all_faults_of_the_table() {
    table((1..=250).collect()).await;
}
