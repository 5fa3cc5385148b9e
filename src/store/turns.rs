//! Turns that all replicas share: each takes the next free one, so that together they ask no more than one would.

use super::{Store, StoreError};
use crate::domain::PortalId;
use std::time::Duration;

/// Nobody's portal: what is counted here is about none.
const NOBODY: PortalId = PortalId(uuid::Uuid::nil());

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Questions about tokens of portals that nobody knows.
    Strangers,
    /// Renewals after an outage of the authorization server.
    Renewals,
}

impl Line {
    fn name(self) -> &'static str {
        match self {
            Self::Strangers => "strangers",
            Self::Renewals => "renewals",
        }
    }
}

/// How turns follow each other.
#[derive(Debug, Clone, Copy)]
pub struct Rhythm {
    /// Between two of them.
    pub step: Duration,
    /// So many may be taken at once where nobody came for a while.
    pub at_once: u32,
}

impl Store {
    /// The next turn: how long to wait for it. `None`, and none is taken, where that is longer than `patience`.
    pub async fn take_turn(
        &self,
        line: Line,
        rhythm: Rhythm,
        patience: Duration,
    ) -> Result<Option<Duration>, StoreError> {
        let step = rhythm.step.as_secs_f64();
        let saved = step * f64::from(rhythm.at_once.saturating_sub(1));
        let wait = sqlx::query_scalar!(
            "insert into turns as t (portal_id, line, next_at)
                 values ($1, $2, now() + make_interval(secs => $3::float8 - $4::float8))
                 on conflict (portal_id, line) do update
                     set next_at = greatest(t.next_at, now() - make_interval(secs => $4)) + make_interval(secs => $3)
                 where t.next_at <= now() + make_interval(secs => $5)
             returning greatest(extract(epoch from next_at - now())::float8 - $3::float8, 0) as \"wait!\"",
            NOBODY.0,
            line.name(),
            step,
            saved,
            patience.as_secs_f64()
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(wait.map(Duration::from_secs_f64))
    }

    /// Some replica met an outage of the authorization server: all remember it for so long.
    pub async fn remember_trouble(&self, memory: Duration) -> Result<(), StoreError> {
        // Those who meet it together need not write it together.
        sqlx::query!(
            "insert into turns as t (portal_id, line, next_at, troubled_until)
                 values ($1, $2, now(), now() + make_interval(secs => $3))
                 on conflict (portal_id, line) do update set troubled_until = excluded.troubled_until
                 where t.troubled_until is null or t.troubled_until < excluded.troubled_until - interval '5 seconds'",
            NOBODY.0,
            Line::Renewals.name(),
            memory.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Whether an outage is remembered.
    pub async fn is_troubled(&self) -> Result<bool, StoreError> {
        let troubled = sqlx::query_scalar!(
            "select coalesce(troubled_until > now(), false) as \"troubled!\" from turns where portal_id = $1 and line = $2",
            NOBODY.0,
            Line::Renewals.name()
        );
        Ok(troubled.fetch_optional(&self.pool).await?.unwrap_or(false))
    }
}
