//! The sealing key is changed while people work.

use crate::support::{
    Shown, Stack,
    decisions::*,
    stack::{KEY, free_port},
};
use serde_json::json;
use sqlx::{Executor, Row};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::Duration;
use tokio::{sync::RwLock, task::JoinHandle};

/// base64 of 32 other bytes.
const NEW: &str = "Q0FOQVJZLW5ldy1DQU5BUlktbmV3LUNBTkFSWS1uZTI=";

fn keys(ids: &[&str]) -> [(&'static str, String); 1] {
    let key = |id: &&str| format!("{id}:{}", if *id == "k1" { KEY } else { NEW });
    [("HANDBACK_KEYS", ids.iter().map(key).collect::<Vec<_>>().join(","))]
}

/// Values under another key than this one, in every sealed column that the database has.
async fn under_others(stack: &Stack, id: &str) -> i64 {
    let columns = sqlx::query(
        "select table_name::text, column_name::text from information_schema.columns
         where table_schema = 'public' and data_type = 'bytea' and column_name like '%sealed'",
    );
    let columns = columns.fetch_all(&mut stack.database().await).await.unwrap();
    assert!(columns.len() >= 2, "sealed columns are named so");
    let mut count = 0;
    for column in columns {
        let (table, column): (String, String) = (column.get(0), column.get(1));
        let begins =
            format!("'\\x{}'::bytea", hex::encode([&[1, u8::try_from(id.len()).unwrap()], id.as_bytes()].concat()));
        let sql = format!("select count(*) from {table} where substr({column}, 1, length({begins})) <> {begins}");
        count += stack.count(&sql).await;
    }
    count
}

/// The creator at some replicas at once, who looks at the list again and again.
#[derive(Default)]
struct Looking {
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
    /// Tokens run out between requests: one whose second token runs out as well rightly ends.
    door: Arc<RwLock<()>>,
    people: Vec<JoinHandle<()>>,
}

impl Looking {
    fn begin(office: &Office, page: &Shown, replicas: &[String]) -> Self {
        let mut looking = Self::default();
        for replica in replicas {
            looking.begin_at(office.at(replica.clone()), page.session().unwrap());
        }
        looking
    }

    fn begin_at(&mut self, office: Office, session: String) {
        let (stop, asked) = (self.stop.clone(), self.asked.clone());
        let (failed, door) = (self.failed.clone(), self.door.clone());
        self.people.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let under_way = door.read().await;
                let answer = office.rows_of(&session).await;
                drop(under_way);
                asked.fetch_add(1, Ordering::Relaxed);
                if answer.status.as_u16() != 200 {
                    failed.fetch_add(1, Ordering::Relaxed);
                    eprintln!("{} {}", answer.status, answer.text());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }));
    }

    /// Their tokens run out so many times.
    async fn run_out(&self, office: &Office, times: usize) {
        for _ in 0..times {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let _nobody = self.door.write().await;
            office.control("expire", json!({"user_id": CREATOR})).await;
        }
    }

    /// How often they asked, and how often that failed.
    async fn end(self) -> (usize, usize) {
        self.stop.store(true, Ordering::Relaxed);
        for person in self.people {
            person.await.unwrap();
        }
        (self.asked.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

/// How many pairs of tokens there are when everybody has opened.
async fn everybody_opens(stack: &Stack, office: &Office) -> i64 {
    for person in [ADMIN, ASSIGNEE, SUPERVISOR, EDITOR, MEMBER] {
        office.queue(person).await;
    }
    office.bitrix.open(&office.portal, ADMIN, "INSTALL").await;
    let pairs = stack.count("select count(*) from credentials").await;
    assert!(pairs >= 6);
    pairs
}

/// One replica seals under the old key still, the other under the new one; each opens both. The first one is gone.
async fn two_replicas_seal_differently(stack: &mut Stack) {
    stack.start_replica_with(free_port(), &keys(&["k1", "k2"])).await;
    stack.start_replica_with(free_port(), &keys(&["k2", "k1"])).await;
    stack.kill(0);
}

/// Everything is under the new key, also what the replica that has gone sealed meanwhile.
async fn the_rest_is_sealed_anew(stack: &Stack, pairs: i64) {
    let (well, said) = stack.command("reseal", &keys(&["k2", "k1"])).await;
    assert!(well && said.contains("under other keys: 0 rows"), "{said}");
    assert_eq!((under_others(stack, "k2").await, stack.count("select count(*) from credentials").await), (0, pairs));
}

/// Nobody has to open anything again.
async fn the_old_key_is_dropped(stack: &mut Stack, office: &Office, page: &Shown, tasks: &[i64]) {
    stack.start_replica_with(free_port(), &keys(&["k2"])).await;
    let office = office.at(stack.replica_url(stack.replicas.len() - 1));
    office.control("expire", json!({})).await;
    assert_eq!(in_list(&office.rows(page).await, "mine"), tasks);
    assert_eq!(office.give_back(page, tasks[0]).await.outcome(), "done");
    assert_eq!(stack.count("select count(*) from credentials where state <> 'good'").await, 0);
}

#[tokio::test]
async fn t53_a_key_is_changed_while_two_replicas_serve() {
    let mut stack = Stack::start().await;
    let office = Office::with(&stack, json!({"limits": "off"})).await;
    let tasks = office.waiting(2).await;
    let page = office.queue(CREATOR).await;
    let pairs = everybody_opens(&stack, &office).await;
    stack.watch(NEW);
    two_replicas_seal_differently(&mut stack).await;
    let looking = Looking::begin(&office, &page, &[stack.replica_url(1), stack.replica_url(2)]);
    looking.run_out(&office, 4).await;
    // While renewals go on under either key.
    let rotated = keys(&["k2", "k1"]);
    let ((well, said), ()) = tokio::join!(stack.command("reseal", &rotated), looking.run_out(&office, 4));
    println!("reseal, while one replica seals under the old key: {well}, {said}");
    assert!(said.contains("sealed anew under key k2: "), "{said}");
    // The other replica follows.
    stack.start_replica_with(free_port(), &keys(&["k2", "k1"])).await;
    let (asked, failed) = looking.end().await;
    stack.kill(1);
    the_rest_is_sealed_anew(&stack, pairs).await;
    println!("figure: failed requests while a key is changed, {asked} asked: {failed} (target 0)");
    assert_eq!(failed, 0);
    assert!(asked > 20);
    the_old_key_is_dropped(&mut stack, &office, &page, &tasks).await;
    stack.finish().await;
}

#[tokio::test]
async fn t53_a_key_is_not_said_to_be_droppable_while_something_needs_it() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    office.queue(CREATOR).await;
    stack.watch(NEW);
    let before = stack.kept().await;
    let (well, said) = stack.command("reseal", &keys(&["k2"])).await;
    assert!(!well && said.contains("2 rows open with none of HANDBACK_KEYS"), "{said}");
    assert_eq!(stack.kept().await, before, "what does not open stays as it is");
    let (well, said) = stack.command("reseal", &keys(&["k1", "k2"])).await;
    assert!(well && said.contains("under key k1: 0 rows; under other keys: 0 rows"), "{said}");
    assert_eq!(stack.kept().await, before);
    let (well, said) = stack.command("reseal", &keys(&["k2", "k1"])).await;
    assert!(well && said.contains("under key k2: 2 rows; under other keys: 0 rows"), "{said}");
    assert_eq!(under_others(&stack, "k2").await, 0);
    let generations = "select count(*) from credentials where generation <> 1";
    assert_eq!(stack.count(generations).await, 0, "a renewal under way still finds its generation");
    stack.finish().await;
}

#[tokio::test]
async fn t53_what_a_server_writes_meanwhile_is_not_overwritten() {
    let stack = Stack::start().await;
    let office = Office::of(&stack).await;
    office.queue(CREATOR).await;
    stack.watch(NEW);
    // A server is about to write the row that the command has just read.
    let mut server = stack.database().await;
    server.execute("begin; update credentials set refresh_sealed = null").await.unwrap();
    let rotated = keys(&["k2", "k1"]);
    let writes = async {
        let waiting =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        for _ in 0..100 {
            if stack.count(waiting).await > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server.execute("commit").await.unwrap();
    };
    let ((well, said), ()) = tokio::join!(stack.command("reseal", &rotated), writes);
    assert!(well && said.contains("under key k2: 2 rows; under other keys: 0 rows"), "{said}");
    assert_eq!(stack.count("select count(*) from credentials where refresh_sealed is null").await, 1);
    assert_eq!(under_others(&stack, "k2").await, 0);
    stack.finish().await;
}
