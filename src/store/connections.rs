//! Connections, lent for one statement or one transaction at a time.
//!
//! sqlx 0.9.0's pool asks the database twice for each statement whether its connection lives, before it and after it: of
//! three round trips one is the statement's. A connection that has just answered needs no such question: it stays warm here
//! for a moment, and whoever comes next has it. Any other goes home to the pool, which asks it.

mod transaction;

pub(crate) use transaction::Transaction;

use futures_util::{
    StreamExt, TryFutureExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Connection, Database, Describe, Either, Error, Execute, Executor, PgPool, Postgres, SqlStr,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions, PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};
use sqlx_core::transaction::TransactionManager;
use std::{
    fmt, io, mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
    time::{error::Elapsed, timeout},
};

type Manager = <Postgres as Database>::TransactionManager;

/// Of one replica.
const MOST: u32 = 16;
/// For a connection, and for its test. With the wait for a lock, a person is told within five seconds.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// For a statement by itself. The database ends it sooner, after five seconds, unless it has fallen silent or a pooler did
/// not tell it so.
const LONGEST_STATEMENT: Duration = Duration::from_secs(6);
/// How long an answer says that a connection lives.
const WARM: Duration = Duration::from_millis(100);
/// How long a connection may stay away from the pool, which ends those that are old.
const AWAY: Duration = Duration::from_secs(60);

/// The pool, and what is warm of it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: PgPool,
    /// As many as there are connections: who waits for one is served in turn.
    places: Arc<Semaphore>,
    warm: Arc<Mutex<Warm>>,
}

#[derive(Default)]
struct Warm {
    /// The last to answer stands last.
    connections: Vec<Answered>,
    /// Sends home whom nobody wants, while there is anybody.
    watch: Option<JoinHandle<()>>,
}

struct Answered {
    held: Held,
    at: Instant,
}

/// A connection away from the pool. Dropped, it goes home.
struct Held {
    connection: PoolConnection<Postgres>,
    left: Instant,
    /// Of who uses it.
    place: Option<OwnedSemaphorePermit>,
    /// It is closed and not asked again: it fell silent, or a transaction was asked for, of which sqlx knows nothing before
    /// the answer.
    closes: bool,
}

/// A connection in use.
struct Lent {
    held: Held,
    warm: Arc<Mutex<Warm>>,
}

impl Connections {
    /// A pool that connects when it is needed.
    pub(super) fn new(options: PgConnectOptions) -> Self {
        let pool =
            PgPoolOptions::new().max_connections(MOST).acquire_timeout(LONGEST_WAIT).after_release(|connection, _| {
                Box::pin(async move {
                    if connection.is_in_transaction() {
                        Manager::rollback(connection).await?;
                    }
                    Ok(true)
                })
            });
        let pool = pool.connect_lazy_with(options);
        Self { pool, places: Arc::new(Semaphore::new(MOST as usize)), warm: Arc::default() }
    }

    /// All, and those that nobody uses.
    pub(super) fn count(&self) -> (u32, u32) {
        let (all, idle) = (self.pool.size(), self.pool.num_idle() + locked(&self.warm).connections.len());
        (all, u32::try_from(idle).unwrap_or(u32::MAX).min(all))
    }

    async fn lend(&self) -> Result<Lent, Error> {
        let lent = async {
            let place = self.places.clone().acquire_owned().await.map_err(|_| Error::PoolClosed)?;
            let warm = locked(&self.warm).connections.pop().filter(|warm| warm.at.elapsed() < WARM);
            let mut held = match warm {
                Some(warm) => warm.held,
                None => Held::new(self.pool.acquire().await?),
            };
            held.place = Some(place);
            Ok(Lent { held, warm: self.warm.clone() })
        };
        timeout(LONGEST_WAIT, lent).await.unwrap_or(Err(Error::PoolTimedOut))
    }

    /// Begins a transaction; where a connection turns out to be lost, nothing was done yet, and another one serves.
    pub(super) async fn begin(&self) -> Result<Transaction, Error> {
        match self.lend().await?.begin().await {
            Err(error) if is_of_connection(&error) => self.lend().await?.begin().await,
            begun => begun,
        }
    }
}

impl Held {
    fn new(connection: PoolConnection<Postgres>) -> Self {
        Self { connection, left: Instant::now(), place: None, closes: false }
    }
}

impl Drop for Held {
    /// The pool's question is limited, as its place is lost for as long as the answer is owed (launchbadge/sqlx#4349); and
    /// whoever waits for this place gets a connection with it.
    fn drop(&mut self) {
        let (home, place) = (self.connection.return_to_pool(), self.place.take());
        // What is not awaited is closed.
        if let Some(runtime) = Handle::try_current().ok().filter(|_| !self.closes) {
            runtime.spawn(async move {
                let _ = timeout(LONGEST_STATEMENT, home).await;
                drop(place);
            });
        }
    }
}

impl Lent {
    async fn begin(mut self) -> Result<Transaction, Error> {
        self.held.closes = true;
        let begun = timeout(LONGEST_WAIT, Manager::begin(&mut self.held.connection, None)).await;
        heard(begun, &mut self.held.closes, &self.warm)?;
        self.held.closes = false;
        Ok(Transaction::new(self))
    }

    /// Keeps it warm. Only after an answer that was read to its end.
    fn give_back(mut self) {
        if self.held.left.elapsed() > AWAY {
            return;
        }
        // Free when it is there for whoever waits for it.
        let _place = self.held.place.take();
        let mut warm = locked(&self.warm);
        warm.connections.push(Answered { held: self.held, at: Instant::now() });
        if warm.watch.as_ref().is_none_or(JoinHandle::is_finished) {
            warm.watch = Some(tokio::spawn(send_home(Arc::downgrade(&self.warm))));
        }
    }
}

/// Sends those home that nobody wanted, until there is none.
async fn send_home(warm: Weak<Mutex<Warm>>) {
    loop {
        tokio::time::sleep(WARM).await;
        let Some(warm) = warm.upgrade() else { return };
        let mut warm = locked(&warm);
        warm.connections.retain(|one| one.at.elapsed() < WARM);
        if warm.connections.is_empty() {
            warm.watch = None;
            return;
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

impl<'p> Executor<'p> for &Connections {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let connections = self.clone();
        // Nobody reads row by row, so no connection waits for somebody who reads slowly.
        let all = async move {
            let mut lent = connections.lend().await?;
            let answer = lent.held.connection.fetch_many(query).try_collect::<Vec<_>>();
            let answer = timeout(LONGEST_STATEMENT, answer).await;
            let all = heard(answer, &mut lent.held.closes, &lent.warm)?;
            lent.give_back();
            Ok(stream::iter(all.into_iter().map(Ok)))
        };
        all.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let connections = self.clone();
        Box::pin(async move {
            let mut lent = connections.lend().await?;
            let answer = timeout(LONGEST_STATEMENT, lent.held.connection.fetch_optional(query)).await;
            let row = heard(answer, &mut lent.held.closes, &lent.warm)?;
            lent.give_back();
            Ok(row)
        })
    }

    // This and the next belong to the trait; nobody here asks for them.
    fn prepare_with<'e>(self, sql: SqlStr, types: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'p: 'e,
    {
        self.pool.prepare_with(sql, types)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'p: 'e,
    {
        self.pool.describe(sql)
    }
}

/// What came of a question. A connection that fell silent is closed; where one is at fault others may be as well: the pool
/// tests them.
fn heard<T>(answer: Result<Result<T, Error>, Elapsed>, closes: &mut bool, warm: &Mutex<Warm>) -> Result<T, Error> {
    let answer = answer.unwrap_or_else(|_| {
        *closes = true;
        Err(io::Error::from(io::ErrorKind::TimedOut).into())
    });
    if answer.as_ref().is_err_and(is_of_connection) {
        drop(mem::take(&mut locked(warm).connections));
    }
    answer
}

/// Whether an error says nothing of what was asked: the connection is lost, or is about to be (class 57P).
fn is_of_connection(error: &Error) -> bool {
    match error {
        Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::BeginFailed => true,
        _ => false,
    }
}

fn locked(warm: &Mutex<Warm>) -> MutexGuard<'_, Warm> {
    warm.lock().unwrap_or_else(PoisonError::into_inner)
}
