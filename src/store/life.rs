//! Where each installation stands, and what is due for it. The steps are the domain's; here they are written, one at a
//! time for each portal.

use super::{Store, StoreError, Transaction, impossible};
use crate::domain::{
    IllegalStep, PortalId,
    installation::{Closed, Happening, Life, Status},
};
use std::time::Duration;

/// A step that was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LifeError {
    /// The state machine has no such step: what was said is about a former life.
    #[error("{0}")]
    Illegal(#[from] IllegalStep),
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for LifeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A departure whose next confirmation is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    /// Which portal.
    pub portal: PortalId,
    /// How many confirmations found the installation alive.
    pub checks: usize,
    /// An event with the portal's shared secret said so; else it is only suspected.
    pub said: bool,
}

impl Store {
    /// Where the portal's installation stands; of an unknown portal, that it is gone.
    pub async fn life(&self, portal: PortalId) -> Result<Life, StoreError> {
        let row = sqlx::query!(
            "select status, closed, installed_at is not null as \"finished!\" from portals where portal_id = $1",
            portal.0
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else { return Ok(Life::NONE) };
        life(portal, &row.status, row.closed.as_deref(), row.finished)
    }

    /// Takes a step in the portal's life, if the state machine has it.
    ///
    /// # Errors
    /// [`LifeError::Illegal`] when there is no such step; nothing is written then.
    pub async fn take_step(&self, portal: PortalId, what: Happening) -> Result<Life, LifeError> {
        let mut tx = self.begin().await?;
        let life = take_step_in(&mut tx, portal, what).await?;
        tx.commit().await?;
        Ok(life)
    }

    /// An uninstall was said, with its wish whether everything is to be erased; or is suspected, with none. The first
    /// confirmation is due after `first`.
    ///
    /// # Errors
    /// [`LifeError::Illegal`] for a portal that is gone.
    pub async fn begin_leaving(
        &self,
        portal: PortalId,
        clean: Option<bool>,
        first: Duration,
    ) -> Result<Life, LifeError> {
        let mut tx = self.begin().await?;
        let life = take_step_in(&mut tx, portal, Happening::UninstallSaid).await?;
        // Said twice, it does not begin anew: `now()` is the time of this transaction.
        sqlx::query!(
            "update portals set clean = coalesce($2, clean),
                 check_at = case when left_at = now() then now() + make_interval(secs => $3) else check_at end
             where portal_id = $1",
            portal.0,
            clean,
            first.as_secs_f64()
        )
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(life)
    }

    /// Departures whose next confirmation is due. Nobody else takes them up before `lasts` is over.
    pub async fn claim_leaving(&self, lasts: Duration, limit: i64) -> Result<Vec<Leaving>, StoreError> {
        let rows = sqlx::query!(
            "update portals set check_at = now() + make_interval(secs => $1)
             where portal_id in (select portal_id from portals where status = 'leaving' and check_at <= now()
                                 order by check_at limit $2 for update skip locked)
             returning portal_id, checks, clean is not null as \"said!\"",
            lasts.as_secs_f64(),
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Leaving {
                portal: PortalId(row.portal_id),
                checks: usize::try_from(row.checks).unwrap_or_default(),
                said: row.said,
            })
            .collect())
    }

    /// The installation was found alive, and is looked for again that long after the uninstall was said.
    pub async fn check_again(&self, leaving: Leaving, after: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "update portals set checks = checks + 1, check_at = left_at + make_interval(secs => $3)
             where portal_id = $1 and status = 'leaving' and checks = $2",
            leaving.portal.0,
            i32::try_from(leaving.checks).unwrap_or(i32::MAX),
            after.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The question was not answered: it is asked again after a pause, which grows with the time since the departure was
    /// said, up to an hour.
    pub async fn ask_again(&self, leaving: Leaving, pause: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "update portals set check_at = now() + greatest(make_interval(secs => $3),
                                                         least((now() - left_at) / 20, interval '1 hour'))
             where portal_id = $1 and status = 'leaving' and checks = $2",
            leaving.portal.0,
            i32::try_from(leaving.checks).unwrap_or(i32::MAX),
            pause.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Installations in use whose events and placements are to be compared with the desired state. Nobody else takes them
    /// up within the hour; a portal that nobody has opened for three days is left in peace.
    pub async fn claim_tending(&self, limit: i64) -> Result<Vec<PortalId>, StoreError> {
        let rows = sqlx::query_scalar!(
            "update portals set tend_at = now() + interval '1 hour'
             where portal_id in (
                 select portal_id from portals p
                 where status in ('new', 'active', 'suspended') and tend_at <= now()
                   and opened_at > now() - interval '3 days'
                   and exists (select from credentials c where c.portal_id = p.portal_id and c.kind = 'installer')
                 order by tend_at limit $1 for update skip locked)
             returning portal_id",
            limit
        );
        Ok(rows.fetch_all(&self.pool).await?.into_iter().map(PortalId).collect())
    }

    /// The portal was tended; the next time is in this long.
    pub async fn tended(&self, portal: PortalId, next: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "update portals set tend_at = now() + make_interval(secs => $2) where portal_id = $1",
            portal.0,
            next.as_secs_f64()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

fn life(portal: PortalId, status: &str, closed: Option<&str>, finished: bool) -> Result<Life, StoreError> {
    let status = Status::parse(status, closed).ok_or_else(|| impossible("portals", portal))?;
    Ok(Life { status, finished })
}

/// The step and what belongs to it, inside somebody's transaction.
pub(super) async fn take_step_in(db: &mut Transaction, portal: PortalId, what: Happening) -> Result<Life, LifeError> {
    let row = sqlx::query!(
        "select status, closed, installed_at is not null as \"finished!\" from portals where portal_id = $1 for update",
        portal.0
    );
    let now = match row.fetch_optional(&mut *db).await? {
        Some(row) => life(portal, &row.status, row.closed.as_deref(), row.finished)?,
        None => Life::NONE,
    };
    let next = now.step(what)?;
    if next != now {
        sqlx::query!(
            "update portals set status = $2, closed = $3, updated_at = now(),
                 installed_at = case when $4 then coalesce(installed_at, now()) end,
                 left_at = case when $2 in ('leaving', 'gone') then coalesce(left_at, now()) end,
                 check_at = case when $2 = 'leaving' then now() end,
                 checks = 0,
                 clean = case when $2 = 'gone' then clean end
             where portal_id = $1",
            portal.0,
            next.status.name(),
            next.status.closed().map(Closed::name),
            next.finished
        )
        .execute(&mut *db)
        .await?;
        tracing::info!(%portal, from = now.status.name(), to = next.status.name(), "an installation goes on");
    }
    Ok(next)
}
