//! One story's own processes: a database, a sandbox, one or more replicas of the server. All end with the story.

use super::{Bitrix, Portal, Relay, Visitor};
use sqlx::{Connection, PgConnection, Row};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

pub const CLIENT_ID: &str = "app.sandbox.1";
pub const CLIENT_SECRET: &str = "CANARY-client-secret-5f1c0a";
/// base64 of 32 bytes, never to be seen anywhere.
pub const KEY: &str = "Q0FOQVJZLWtleS1DQU5BUlkta2V5LUNBTkFSWS1rZTE=";

/// How a story wants its servers.
#[derive(Clone)]
pub struct Wish {
    /// `HANDBACK_UNDO`
    pub undo: &'static str,
    /// `HANDBACK_SETTLE_AFTER`
    pub settle_after: &'static str,
    /// How many replicas.
    pub replicas: usize,
    /// How many addresses portals can have.
    pub portals: u8,
    /// Whether the pretend Bitrix24 speaks TLS, and whether the server knows its authority.
    pub tls: Tls,
    /// The replicas reach the database through a wire that the story can cut: `stack.wire()`.
    pub wire: bool,
    /// Another Postgres than `TEST_DATABASE_URL`.
    pub server: Option<String>,
    /// Further environment of the server; `{bitrix}` is where the pretend Bitrix24 is, and `{port}` its port.
    pub env: Vec<(&'static str, String)>,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            undo: "0s",
            settle_after: "65s",
            replicas: 1,
            portals: 8,
            tls: Tls::Off,
            wire: false,
            server: None,
            env: Vec::new(),
        }
    }
}

/// How the server and the pretend Bitrix24 speak.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    Off,
    /// `HANDBACK_EXTRA_CA` names the private authority.
    Trusted,
    Unknown,
}

/// A running replica.
pub struct Replica {
    pub child: Child,
    pub port: u16,
    pub ops_port: u16,
    log: PathBuf,
}

/// Everything a story runs on.
pub struct Stack {
    pub bitrix: Bitrix,
    pub replicas: Vec<Replica>,
    pub database_url: String,
    wire: Option<Relay>,
    pub(super) wish: Wish,
    sandbox: Child,
    folder: PathBuf,
    /// How every token of this story begins.
    pub token_mark: String,
    /// Secrets that were seen and must be nowhere else.
    secrets: Arc<Mutex<Vec<String>>>,
    /// Everything that a visitor was shown.
    pages: Arc<Mutex<Vec<String>>>,
}

/// A name that no other story has.
#[expect(clippy::disallowed_methods, reason = "a story is outside of the application")]
pub fn unique() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// Below the ports that the system hands out by itself, so that no connection takes it meanwhile, and never the same
/// one twice in this process.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = (std::process::id() % 500) as u16 * 20;
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let tried = std::iter::repeat_with(|| 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000);
    tried.take(2_000).find(free).expect("a free port")
}

pub fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL")
        .expect("TEST_DATABASE_URL is required: 'make test' starts a private Postgres and sets it")
}

pub async fn fresh_database(server: &str) -> String {
    let name = format!("story_{}", unique());
    let mut connection = PgConnection::connect(server).await.expect("the database server answers");
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
    let (base, _) = server.rsplit_once('/').expect("its address ends with /database");
    format!("{base}/{name}")
}

/// `host:port` of `postgres://user@host:port/database`.
pub fn host_of(database_url: &str) -> &str {
    let rest = database_url.split_once("//").map_or(database_url, |(_, rest)| rest);
    let whole = rest.split_once('/').map_or(rest, |(before, _)| before);
    whole.rsplit_once('@').map_or(whole, |(_, host)| host)
}

/// The sandbox names its own port; the server has to be told its own address first.
fn start_sandbox(folder: &Path, app_port: u16, portals: u8, tls: bool, mark: &str) -> (Child, String) {
    let authority = [std::ffi::OsStr::new("--tls"), authority(folder).as_os_str()].map(ToOwned::to_owned);
    let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(["serve", "--listen", "127.0.0.1:0", "--portals", &portals.to_string(), "--seed", "empty"])
        .args(["--app-url", &format!("http://localhost:{app_port}")])
        .args(["--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET, "--token-mark", mark])
        .args(authority.iter().filter(|_| tls))
        .stdout(Stdio::piped())
        .stderr(File::create(folder.join("sandbox.log")).unwrap())
        .spawn()
        .expect("the sandbox starts");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.find_map(|line| line.ok().filter(|l| l.contains("listening on"))).expect("the sandbox listens");
    (child, line.rsplit(' ').next().unwrap().to_owned())
}

/// Where the sandbox writes its private authority.
fn authority(folder: &Path) -> PathBuf {
    folder.join("authority.pem")
}

impl Stack {
    /// One replica, decisions sent at once.
    pub async fn start() -> Self {
        Self::with(Wish::default()).await
    }

    pub async fn with(wish: Wish) -> Self {
        let folder = std::env::temp_dir().join(format!("handback-{}", unique()));
        std::fs::create_dir_all(&folder).unwrap();
        let database_url = fresh_database(&wish.server.clone().unwrap_or_else(server_url)).await;
        let port = free_port();
        // Every token of this story begins with it, also those that no browser ever sees.
        let mark = unique()[12..].to_owned();
        let (sandbox, control) = start_sandbox(&folder, port, wish.portals, wish.tls != Tls::Off, &mark);
        let secrets = Arc::new(Mutex::new(vec![CLIENT_SECRET.to_owned(), KEY.to_owned(), mark.clone()]));
        let bitrix = Bitrix::new(control, (wish.tls != Tls::Off).then(|| authority(&folder)), secrets.clone());
        let wire = wish.wire.then(|| Relay::to(host_of(&database_url)));
        let pages = Arc::default();
        let mut stack = Self {
            bitrix,
            replicas: Vec::new(),
            database_url,
            wire,
            wish,
            sandbox,
            folder,
            token_mark: mark,
            secrets,
            pages,
        };
        // All at once, on an empty database.
        for nth in 0..stack.wish.replicas {
            stack.spawn_replica(if nth == 0 { port } else { free_port() });
        }
        for nth in 0..stack.wish.replicas {
            stack.wait_ready(nth).await;
        }
        stack
    }

    /// Between the replicas and the database.
    pub fn wire(&self) -> &Relay {
        self.wire.as_ref().expect("the story wished for a wire")
    }

    /// The database as a replica reaches it.
    fn replicas_database(&self) -> String {
        match &self.wire {
            Some(wire) => {
                let host = host_of(&self.database_url);
                self.database_url.replacen(host, &format!("127.0.0.1:{}", wire.port), 1)
            }
            None => self.database_url.clone(),
        }
    }

    /// All replicas believe the first one's address to be the public one: a story posts to any of them with its Origin.
    pub async fn start_replica(&mut self, port: u16) {
        self.spawn_replica(port);
        self.wait_ready(self.replicas.len() - 1).await;
    }

    /// The program with the story's settings.
    pub fn handback(&self, port: u16) -> Command {
        let public = self.replicas.first().map_or(port, |first| first.port);
        let mut command = Command::new(env!("CARGO_BIN_EXE_handback"));
        command
            .env("DATABASE_URL", self.replicas_database())
            .env("HANDBACK_PUBLIC_URL", format!("http://localhost:{public}"))
            .env("HANDBACK_CLIENT_ID", CLIENT_ID)
            .env("HANDBACK_CLIENT_SECRET", CLIENT_SECRET)
            .env("HANDBACK_KEYS", format!("k1:{KEY}"))
            .env("HANDBACK_OAUTH_SERVERS", self.bitrix.control())
            .env("HANDBACK_BX24_JS", format!("{}/api/v1/", self.bitrix.control()))
            .env("HANDBACK_UNDO", self.wish.undo)
            .env("HANDBACK_SETTLE_AFTER", self.wish.settle_after)
            .env("RUST_LOG", "trace")
            .env("HANDBACK_LOG", "json")
            .envs((self.wish.tls == Tls::Trusted).then(|| ("HANDBACK_EXTRA_CA", authority(&self.folder))))
            .envs(self.wish.env.iter().map(|(name, value)| (name, self.placed(value))));
        command
    }

    /// With the address of the pretend Bitrix24, which only now is known.
    fn placed(&self, value: &str) -> String {
        let control = self.bitrix.control();
        value.replace("{bitrix}", control).replace("{port}", control.rsplit(':').next().unwrap())
    }

    /// Runs a subcommand; answers what it prints.
    pub async fn run(&self, arguments: &[&str]) -> String {
        let mut command = self.handback(free_port());
        command.args(arguments).env("RUST_LOG", "error");
        let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Runs a subcommand that fails, with one other setting; answers what it says.
    pub async fn fails(&self, arguments: &[&str], setting: (&str, &str)) -> String {
        let mut command = self.handback(free_port());
        command.args(arguments).env("RUST_LOG", "error").env(setting.0, setting.1);
        let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let said = [done.stdout, done.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(!done.status.success(), "{arguments:?}: {said}");
        said
    }

    fn spawn_replica(&mut self, port: u16) {
        let nth = self.replicas.len();
        let ops_port = free_port();
        let log = self.folder.join(format!("handback-{nth}.log"));
        let mut command = self.handback(port);
        command
            .env("HANDBACK_LISTEN", format!("127.0.0.1:{port}"))
            .env("HANDBACK_OPS_LISTEN", format!("127.0.0.1:{ops_port}"))
            .stderr(File::create(&log).unwrap());
        let child = command.spawn().expect("handback starts");
        self.replicas.push(Replica { child, port, ops_port, log });
    }

    async fn wait_ready(&mut self, nth: usize) {
        let started = Instant::now();
        let replica = &mut self.replicas[nth];
        let url = format!("http://127.0.0.1:{}/readyz", replica.ops_port);
        loop {
            if reqwest::get(&url).await.is_ok_and(|a| a.status().is_success()) {
                return;
            }
            if let Some(status) = replica.child.try_wait().unwrap() {
                panic!("handback ended with {status}: {}", std::fs::read_to_string(&replica.log).unwrap());
            }
            assert!(started.elapsed() < Duration::from_secs(20), "handback is not ready after 20 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where everybody believes the application to be.
    pub fn public_url(&self) -> String {
        format!("http://localhost:{}", self.replicas[0].port)
    }

    /// A replica's own address.
    pub fn replica_url(&self, nth: usize) -> String {
        format!("http://localhost:{}", self.replicas[nth].port)
    }

    /// Somebody with an HTTP client, whose session tokens are watched for leaks.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.public_url(), self.secrets.clone(), self.pages.clone())
    }

    /// Everything that may be seen nowhere, so far.
    pub fn secrets(&self) -> Vec<String> {
        self.secrets.lock().unwrap().clone()
    }

    /// One more secret that may be seen nowhere.
    pub fn watch(&self, secret: &str) {
        self.secrets.lock().unwrap().push(secret.to_owned());
    }

    /// The database, for looking.
    pub async fn database(&self) -> PgConnection {
        PgConnection::connect(&self.database_url).await.unwrap()
    }

    /// How many rows a query counts.
    pub async fn count(&self, sql: &str) -> i64 {
        let row = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.database().await).await.unwrap();
        row.get(0)
    }

    /// Waits until a query counts nothing any more.
    pub async fn none(&self, sql: &str) {
        self.none_within(Duration::from_secs(20), sql).await;
    }

    pub async fn none_within(&self, patience: Duration, sql: &str) {
        let began = Instant::now();
        while self.count(sql).await != 0 {
            assert!(began.elapsed() < patience, "not within {patience:?}: {sql}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a portal has left: nothing of it is there, or no more than a former life's decisions.
    pub async fn departed(&self, portal: &Portal) {
        let present = "select count(*) from portals where status <> 'gone' and portal_id =";
        self.none(&format!("{present} '{}'::uuid", portal.member_id)).await;
    }

    /// Where a portal's installation stands; `None` when nothing is known of it.
    pub async fn status(&self, portal: &Portal) -> Option<String> {
        let sql = format!("select status from portals where portal_id = '{}'::uuid", portal.member_id);
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_optional(&mut self.database().await).await.unwrap();
        row.map(|row| row.get(0))
    }

    /// Waits until every event that Bitrix24 has sent is stored and dealt with.
    pub async fn dealt_with(&self) {
        self.bitrix.quiet().await;
        self.none("select count(*) from events where due_at is not null").await;
    }

    /// Changes the database behind the application's back, as time would.
    pub async fn change(&self, sql: &str) {
        let changed =
            sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut self.database().await).await.unwrap();
        assert!(changed.rows_affected() > 0, "{sql} changes nothing");
    }

    /// Everything in the database as text.
    pub async fn dump(&self) -> String {
        let mut connection = self.database().await;
        let tables = sqlx::query("select tablename::text from pg_tables where schemaname = 'public' order by 1")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let mut dump = String::new();
        for table in tables.iter().map(|row| row.get::<String, _>(0)) {
            let rows = sqlx::query(sqlx::AssertSqlSafe(format!("select t::text from {table} t order by 1")));
            for row in rows.fetch_all(&mut connection).await.unwrap() {
                dump.push_str(&format!("{table}: {}\n", row.get::<String, _>(0)));
            }
        }
        dump
    }

    /// The same without the journal of calls, which is written a little after the work, and without the turns that questions
    /// take.
    pub async fn kept(&self) -> String {
        let dump = self.dump().await;
        dump.lines()
            .filter(|line| !line.starts_with("calls") && !line.starts_with("turns"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Everything that all replicas have logged, at TRACE.
    pub fn logs(&self) -> String {
        self.replicas.iter().map(|r| std::fs::read_to_string(&r.log).unwrap()).collect()
    }

    /// The end of a story: nothing is left over, and no secret is anywhere but where it belongs. How many were looked for.
    pub async fn finish(self) -> usize {
        let mut left = self.bitrix.leftovers().await;
        for _ in 0..40 {
            if left["undelivered_events"] == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            left = self.bitrix.leftovers().await;
        }
        assert_eq!(left["undelivered_events"], 0, "events that nobody took: {left}");
        assert_eq!(left["faults"].as_array().map(Vec::len), Some(0), "planted faults that nothing met: {left}");
        let open = "select count(*) from decisions where state in ('held', 'checking', 'sending', 'unknown')";
        assert_eq!(self.count(open).await, 0, "open decisions are left");
        self.none("select count(*) from events where due_at is not null").await;
        let telling = "select count(*) from reasons r join decisions d using (portal_id, decision_id)
                       where r.delivery in ('pending', 'sending') and d.state = 'done'";
        assert_eq!(self.count(telling).await, 0, "reasons on their way are left");
        let wished = "select count(*) from followups f join decisions d using (portal_id, decision_id)
                      where f.fate = 'pending' and d.finished_at is not null";
        self.none(wished).await;
        self.none("select count(*) from bells where fate in ('pending', 'ringing')").await;
        // A renewal may be under way; a lease that nobody gives back lasts for forty seconds.
        self.none("select count(*) from credentials where lease_until > now()").await;
        self.assert_no_secret_escaped().await
    }

    async fn assert_no_secret_escaped(&self) -> usize {
        let (logs, dump, metrics) = (self.logs(), self.dump().await, self.metrics().await);
        let queries = self.bitrix.query_strings().await;
        let pages = self.pages.lock().unwrap().join("\n");
        let secrets: Vec<String> = self.secrets().into_iter().filter(|s| s.len() >= 16).collect();
        for secret in &secrets {
            let hex = hex::encode(secret);
            for (place, text) in [
                ("log", &logs),
                ("database", &dump),
                ("outgoing URL", &queries),
                ("page", &pages),
                ("metrics", &metrics),
            ] {
                let at = text.find(secret.as_str()).or_else(|| text.find(&hex));
                if let Some(at) = at {
                    let around: String = text[at.saturating_sub(300)..].chars().take(300).collect();
                    panic!("a secret is in the {place}, after: {around}");
                }
            }
        }
        secrets.len()
    }

    /// Of the replicas that live.
    pub async fn metrics(&self) -> String {
        let mut all = String::new();
        for replica in &self.replicas {
            let asked = reqwest::get(format!("http://127.0.0.1:{}/metrics", replica.ops_port));
            if let Ok(Ok(answer)) = tokio::time::timeout(Duration::from_secs(5), asked).await {
                all.push_str(&answer.text().await.unwrap_or_default());
            }
        }
        all
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        for replica in &mut self.replicas {
            let _ = replica.child.kill();
            let _ = replica.child.wait();
        }
        let _ = self.sandbox.kill();
        let _ = self.sandbox.wait();
        if std::thread::panicking() {
            eprintln!("the story's logs are in {}", self.folder.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
