//! Connections, lent for one statement or one transaction at a time.
//!
//! sqlx 0.9.0's pool asks the database twice for each statement whether its connection lives, before it and after it: of
//! three round trips one is the statement's. A connection that has just answered somebody needs no such question; it waits
//! here for a moment, and whoever comes next has it. One that waited longer goes home to the pool, which tests it.

use futures_util::{
    StreamExt, TryFutureExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Connection, Describe, Either, Error, Execute, Executor, PgConnection, PgPool, Postgres, SqlStr,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions, PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};
use std::{
    fmt,
    mem::replace,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{error::Elapsed, timeout},
};

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
    /// Whether somebody sends home whom nobody wants.
    watched: bool,
}

struct Answered {
    connection: PoolConnection<Postgres>,
    /// When it came from the pool.
    left: Instant,
    /// When it answered.
    at: Instant,
}

/// A connection that is in use. Dropped, it goes home to the pool, which asks how it is; [`Lent::give_back`] spares that.
struct Lent {
    connection: PoolConnection<Postgres>,
    left: Instant,
    warm: Weak<Mutex<Warm>>,
    place: OwnedSemaphorePermit,
}

/// A transaction. Its connection goes home to the pool, which rolls back what was not committed.
pub(crate) struct Transaction {
    open: sqlx::Transaction<'static, Postgres>,
    _place: OwnedSemaphorePermit,
}

impl Connections {
    /// A pool that connects when it is needed.
    pub(super) fn new(options: PgConnectOptions) -> Self {
        let pool = PgPoolOptions::new().max_connections(MOST).acquire_timeout(LONGEST_WAIT).connect_lazy_with(options);
        Self { pool, places: Arc::new(Semaphore::new(MOST as usize)), warm: Arc::default() }
    }

    /// All, and those that nobody uses.
    pub(super) fn count(&self) -> (u32, u32) {
        let idle = self.pool.num_idle() + locked(&self.warm).connections.len();
        (self.pool.size(), u32::try_from(idle).unwrap_or(u32::MAX))
    }

    async fn lend(&self) -> Result<Lent, Error> {
        let lent = async {
            let place = self.places.clone().acquire_owned().await.map_err(|_| Error::PoolClosed)?;
            let warm = locked(&self.warm).connections.pop().filter(|warm| warm.at.elapsed() < WARM);
            let (connection, left) = match warm {
                Some(warm) => (warm.connection, warm.left),
                None => (self.pool.acquire().await?, Instant::now()),
            };
            Ok(Lent { connection, left, warm: Arc::downgrade(&self.warm), place })
        };
        timeout(LONGEST_WAIT, lent).await.unwrap_or(Err(Error::PoolTimedOut))
    }

    /// Begins a transaction, in a task of its own: whoever stops waiting while sqlx 0.9.0 begins one would leave it open,
    /// and its connection would go to the next.
    pub(super) async fn begin(&self) -> Result<Transaction, Error> {
        let connections = self.clone();
        let begun = tokio::spawn(async move {
            let mut lent = connections.lend().await?;
            // Nothing may end the beginning, so it has to be sure of its answer.
            let test = timeout(LONGEST_WAIT, lent.connection.ping()).await;
            lent.heard(test)?;
            let open = sqlx::Transaction::begin(lent.connection, None).await?;
            Ok(Transaction { open, _place: lent.place })
        });
        begun.await.unwrap_or(Err(Error::WorkerCrashed))
    }
}

impl Lent {
    /// What came of a question. A connection that says nothing is closed: to the pool's own last question it would owe the
    /// answer for ever, and its place with it (sqlx 0.9.0, launchbadge/sqlx#4349).
    fn heard<T>(&mut self, answer: Result<Result<T, Error>, Elapsed>) -> Result<T, Error> {
        answer.unwrap_or_else(|_| {
            self.connection.close_on_drop();
            Err(Error::Io(std::io::ErrorKind::TimedOut.into()))
        })
    }

    /// Keeps it for whoever is next. Only after an answer that was read to its end.
    fn give_back(self) {
        let Some(home) = self.warm.upgrade().filter(|_| self.left.elapsed() < AWAY) else { return };
        let mut warm = locked(&home);
        warm.connections.push(Answered { connection: self.connection, left: self.left, at: Instant::now() });
        if !replace(&mut warm.watched, true) {
            tokio::spawn(send_home(self.warm));
        }
    }
}

/// Sends those home that nobody wanted, until there is none.
async fn send_home(warm: Weak<Mutex<Warm>>) {
    loop {
        tokio::time::sleep(WARM).await;
        let Some(home) = warm.upgrade() else { return };
        let mut warm = locked(&home);
        warm.connections.retain(|one| one.at.elapsed() < WARM);
        if warm.connections.is_empty() {
            warm.watched = false;
            return;
        }
    }
}

impl Transaction {
    /// What was done in it is done.
    pub(super) async fn commit(self) -> Result<(), Error> {
        self.open.commit().await
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.open
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.open
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
            let answer = timeout(LONGEST_STATEMENT, lent.connection.fetch_many(query).try_collect::<Vec<_>>()).await;
            let all = lent.heard(answer)?;
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
            let answer = timeout(LONGEST_STATEMENT, lent.connection.fetch_optional(query)).await;
            let row = lent.heard(answer)?;
            lent.give_back();
            Ok(row)
        })
    }

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

fn locked(warm: &Mutex<Warm>) -> MutexGuard<'_, Warm> {
    warm.lock().unwrap_or_else(PoisonError::into_inner)
}
