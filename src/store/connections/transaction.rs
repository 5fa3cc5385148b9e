//! A transaction on a lent connection. The database may fall silent in the middle of it, and then nobody waits for ever.

use super::{LONGEST_STATEMENT, Lent, Manager, heard};
use futures_util::{
    FutureExt, StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Describe, Either, Error, Execute, Executor, Postgres, SqlStr,
    postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};
use sqlx_core::transaction::TransactionManager;
use std::{fmt, time::Duration};
use tokio::time::timeout;

/// For a statement that [may take long](Transaction::may_take_long); the database ends it after five minutes.
const LONGEST_WORK: Duration = Duration::from_secs(305);

/// A transaction. Dropped without a commit it is rolled back while its connection goes home.
pub(crate) struct Transaction {
    lent: Lent,
    /// How long the database may say nothing.
    longest_silence: Duration,
}

impl Transaction {
    pub(super) fn new(lent: Lent) -> Self {
        Self { lent, longest_silence: LONGEST_STATEMENT }
    }

    /// For work on many rows: from now on its statements may take five minutes each.
    pub(in crate::store) async fn may_take_long(&mut self) -> Result<(), Error> {
        sqlx::query!("set local statement_timeout = '5min'").execute(&mut *self).await?;
        self.longest_silence = LONGEST_WORK;
        Ok(())
    }

    /// What was done in it is done.
    ///
    /// # Errors
    /// Where the database falls silent nobody knows whether it is.
    pub(in crate::store) async fn commit(mut self) -> Result<(), Error> {
        let done = timeout(self.longest_silence, Manager::commit(&mut self.lent.held.connection)).await;
        heard(done, &mut self.lent.held.closes, &self.lent.warm)?;
        self.lent.give_back();
        Ok(())
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transaction")
    }
}

impl<'t> Executor<'t> for &'t mut Transaction {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let Transaction { lent: Lent { held, warm }, longest_silence } = self;
        let answers = held.connection.fetch_many(query);
        stream::try_unfold((answers, &mut held.closes), async |(mut answers, closes)| {
            let next = timeout(*longest_silence, answers.try_next()).await;
            Ok(heard(next, closes, warm)?.map(|answer| (answer, (answers, closes))))
        })
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let Transaction { lent: Lent { held, warm }, longest_silence } = self;
        let row = timeout(*longest_silence, held.connection.fetch_optional(query));
        row.map(|row| heard(row, &mut held.closes, warm)).boxed()
    }

    // As for statements by themselves.
    fn prepare_with<'e>(self, sql: SqlStr, types: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        't: 'e,
    {
        self.lent.held.connection.prepare_with(sql, types)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        't: 'e,
    {
        self.lent.held.connection.describe(sql)
    }
}
