//! Postgres: one subject per file, sealing of secrets. All SQL is here, checked at compile time, and carries `portal_id`.

pub mod actions;
mod backlog;
pub mod bells;
pub mod calls;
mod connections;
pub mod credentials;
pub mod decisions;
pub mod departure;
pub mod events;
pub mod export;
pub mod followups;
mod health;
pub mod life;
pub mod oauth_states;
pub mod portals;
pub mod reasons;
pub mod receipts;
pub mod reseal;
pub mod saved_reasons;
pub mod seal;
pub mod sessions;
pub mod settings;
pub mod snoozes;
pub mod turns;
pub mod views;

use crate::world::{NoChance, World};
use connections::{Connections, Transaction};
use seal::{Keyring, SealError};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, Connection, Executor, PgConnection,
    migrate::{Migrate, Migrator},
    postgres::PgConnectOptions,
};
use std::{str::FromStr, sync::Arc, time::Duration};

/// The database and the keys to what is sealed in it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Connections,
    /// How to reach the database without the pool's limits.
    unlimited: PgConnectOptions,
    keyring: Arc<Keyring>,
    world: World,
}

/// What the store can fail with.
///
/// Every function that returns it may fail with [`StoreError::Database`], also where a row belongs to a portal that has
/// just been erased ([`StoreError::is_orphan`]). One that reads rows may fail with [`StoreError::Impossible`], one that
/// seals, opens or makes secrets with [`StoreError::Seal`] or [`StoreError::Chance`]. What else there is stands at the
/// function.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not answer, or refused.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A secret could not be sealed or opened.
    #[error("{0}")]
    Seal(#[from] SealError),
    /// No randomness.
    #[error("{0}")]
    Chance(#[from] NoChance),
    /// What answers is a standby: nothing can be written.
    #[error("database: a standby, which takes nothing")]
    Standby,
    /// A portal has more events that wait to be dealt with than anybody needs.
    #[error("too many events of one portal wait to be dealt with")]
    Full,
    /// A row that cannot be; names table and row.
    #[error("impossible row in {table}: {what}")]
    Impossible {
        /// Table.
        table: &'static str,
        /// Key of the row and what is wrong with it; no secret.
        what: String,
    },
}

impl StoreError {
    /// Whether waiting may help: nothing was wrong with the question.
    pub fn is_outage(&self) -> bool {
        use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        match self {
            Self::Full | Self::Standby => true,
            Self::Database(Io(_) | PoolTimedOut | PoolClosed | Tls(_) | Protocol(_) | WorkerCrashed) => true,
            // Class 57 operator intervention, 53 insufficient resources, 55P03/57014 our own timeouts, 08 what a pooler says
            // of a database that is away, 25006 a standby that is not yet promoted.
            Self::Database(Database(e)) => {
                e.code().is_some_and(|c| ["57", "53", "55", "08", "25006"].iter().any(|class| c.starts_with(class)))
            }
            _ => false,
        }
    }
}

impl StoreError {
    /// Whether what answers is a standby.
    pub fn is_standby(&self) -> bool {
        matches!(self, Self::Standby)
    }

    /// Whether migrations have not run there yet.
    pub fn is_table_missing(&self) -> bool {
        const UNDEFINED_TABLE: &str = "42P01";
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE))
    }

    /// Whether a row was to hang on a portal that is no longer there.
    pub fn is_orphan(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.is_foreign_key_violation())
    }
}

pub(crate) fn impossible(table: &'static str, what: impl ToString) -> StoreError {
    StoreError::Impossible { table, what: what.to_string() }
}

impl Store {
    /// Reaches the database, or says why not.
    pub async fn connect(url: &SecretString, keyring: Keyring, world: World) -> Result<Self, StoreError> {
        let store = Self::new(url, keyring, world)?;
        store.reach().await?;
        Ok(store)
    }

    /// Connects when it is needed. Every connection has its own limits, so that a lock or a slow query ends
    /// as an error.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the address cannot be read; nobody has connected by then.
    pub fn new(url: &SecretString, keyring: Keyring, world: World) -> Result<Self, StoreError> {
        let unlimited = PgConnectOptions::from_str(url.expose_secret())?.application_name("handback");
        let options = unlimited
            .clone()
            .options([
                ("statement_timeout", "5s"),
                ("lock_timeout", "2500ms"),
                ("idle_in_transaction_session_timeout", "10s"),
            ])
            .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1));
        Ok(Self { pool: Connections::new(options), unlimited, keyring: Arc::new(keyring), world })
    }

    /// One connection beside the pool, which would only say that nobody had one for it in time.
    pub async fn reach(&self) -> Result<(), StoreError> {
        self.beside_the_pool(async |_| Ok(())).await
    }

    /// A few quick questions, on such a connection.
    async fn beside_the_pool<T>(
        &self,
        ask: impl AsyncFnOnce(&mut PgConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let asked = tokio::time::timeout(Duration::from_secs(5), async {
            let mut connection = PgConnection::connect_with(&self.unlimited).await?;
            let answer = ask(&mut connection).await?;
            connection.close().await?;
            Ok(answer)
        });
        asked.await.map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))?
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, sqlx::Error> {
        self.pool.begin().await
    }

    /// Brings the schema up to date; replicas that start together take turns. On a connection of its own: whoever waits for
    /// their turn, or changes a large table, may take longer than a request.
    ///
    /// A turn is a lock of a transaction, in which one migration runs: sqlx's own lock belongs to a session, and behind a
    /// pooler in transaction mode it would stay with whichever connection the pooler chose; so would limits that are lifted
    /// for more than the transaction. What a migration has locked is free before the next begins. A schema that a later
    /// version has made larger is no obstacle: that version may be rolled back.
    ///
    /// # Errors
    /// [`StoreError::Migration`] when one of them fails or has been changed since it ran; those before it have run.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        const TURN: i64 = 0x0068_616e_6462_6163;
        let mut connection = PgConnection::connect_with(&self.unlimited).await?;
        let mut migrations = migrations();
        migrations.set_locking(false).set_ignore_missing(true);
        let mut targets = missing(&mut connection).await?;
        if targets.is_empty() {
            // Nothing to do but to see that what ran is what is here.
            targets.extend(migrations.iter().last().map(|last| last.version));
        }
        for target in targets {
            let mut turn = connection.begin().await?;
            turn.execute(
                "set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0",
            )
            .await?;
            sqlx::query_scalar!("select pg_advisory_xact_lock($1)", TURN).fetch_one(&mut *turn).await?;
            migrations.run_to(target, &mut *turn).await?;
            turn.commit().await?;
        }
        Ok(connection.close().await?)
    }

    /// How many of this version's migrations have not run there.
    pub async fn lacks_migrations(&self) -> Result<usize, StoreError> {
        Ok(self.beside_the_pool(missing).await?.len())
    }

    /// Whether a query that hangs is ended: each connection asks for that, and a pooler may not hand it on.
    pub async fn is_limited(&self) -> Result<bool, StoreError> {
        let limit = sqlx::query_scalar!("select current_setting('statement_timeout')").fetch_one(&self.pool).await?;
        Ok(limit.is_some_and(|limit| limit != "0"))
    }

    /// A real question, for readiness: the tables are there, and what is written to them stays.
    ///
    /// # Errors
    /// [`StoreError::Standby`] when nothing can be written there; of a database without tables
    /// [`StoreError::is_table_missing`] tells.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let found =
            sqlx::query!("select pg_is_in_recovery() as \"standby!\", exists (select from portals) as \"any!\"");
        if found.fetch_one(&self.pool).await?.standby { Err(StoreError::Standby) } else { Ok(()) }
    }
}

fn migrations() -> Migrator {
    sqlx::migrate!()
}

/// Versions of the migrations that have not run there, in order.
async fn missing(connection: &mut PgConnection) -> Result<Vec<i64>, StoreError> {
    let migrations = migrations();
    let begun = sqlx::query_scalar!("select to_regclass('_sqlx_migrations') is not null as \"begun!\"");
    let applied = match begun.fetch_one(&mut *connection).await? {
        true => connection.list_applied_migrations(&migrations.table_name).await?,
        false => Vec::new(),
    };
    let is_missing = |version: &i64| !applied.iter().any(|done| done.version == *version);
    Ok(migrations.iter().map(|one| one.version).filter(is_missing).collect())
}
