//! What people have put aside for a while. The log of it is written by the database itself.

use super::{Store, StoreError};
use crate::domain::{
    PortalId, TaskId, UserId,
    snooze::{End, Snooze, Snoozed, Step},
};

/// A person who has put aside more than this has given up on lists.
const MOST: i64 = 500;

impl Store {
    /// What a person has put aside, as long as its time is not over.
    pub async fn snoozes(&self, portal: PortalId, user: UserId) -> Result<Vec<Snooze>, StoreError> {
        let rows = sqlx::query!(
            "select task_id, until, seen_status_changed, seen_result from snoozes
             where portal_id = $1 and user_id = $2 and (until is null or until > now()) order by task_id",
            portal.0,
            user.get()
        )
        .fetch_all(&self.pool)
        .await?;
        let snoozes = rows.into_iter().filter_map(|row| {
            let acts = End::Acts { status_changed: row.seen_status_changed, result: row.seen_result };
            Some(Snooze { task: TaskId::new(row.task_id)?, end: row.until.map_or(acts, End::At) })
        });
        Ok(snoozes.collect())
    }

    /// What a person has put aside and taken up again, newest first.
    pub async fn snooze_log(&self, portal: PortalId, user: UserId, limit: i64) -> Result<Vec<Snoozed>, StoreError> {
        let rows = sqlx::query!(
            "select task_id, at, what, until from snooze_log where portal_id = $1 and user_id = $2
             order by at desc, what, task_id limit $3",
            portal.0,
            user.get(),
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let logged = rows.into_iter().filter_map(|row| {
            let step = match (row.what.as_str(), row.until) {
                ("ended", _) => Step::Ended,
                (_, Some(until)) => Step::Until(until),
                (_, None) => Step::UntilActs,
            };
            Some(Snoozed { task: TaskId::new(row.task_id)?, at: row.at, step })
        });
        Ok(logged.collect())
    }

    /// Puts a task aside, or puts it aside otherwise. False when there is no room for more.
    pub async fn snooze(&self, portal: PortalId, user: UserId, snooze: Snooze) -> Result<bool, StoreError> {
        let (until, status_changed, result) = match snooze.end {
            End::At(until) => (Some(until), None, None),
            End::Acts { status_changed, result } => (None, status_changed, result),
        };
        let done = sqlx::query!(
            "insert into snoozes (portal_id, user_id, task_id, until, seen_status_changed, seen_result)
             select $1, $2, $3, $4, $5, $6
             where (select count(*) from snoozes where portal_id = $1 and user_id = $2) < $7
             on conflict (portal_id, user_id, task_id) do update set until = excluded.until, snoozed_at = now(),
                 seen_status_changed = excluded.seen_status_changed, seen_result = excluded.seen_result",
            portal.0,
            user.get(),
            snooze.task.get(),
            until,
            status_changed,
            result,
            MOST
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes tasks up again.
    pub async fn wake(&self, portal: PortalId, user: UserId, tasks: &[TaskId]) -> Result<(), StoreError> {
        let ids: Vec<i64> = tasks.iter().map(|task| task.get()).collect();
        let woken = sqlx::query!(
            "delete from snoozes where portal_id = $1 and user_id = $2 and task_id = any($3)",
            portal.0,
            user.get(),
            &ids
        );
        woken.execute(&self.pool).await?;
        Ok(())
    }

    /// Removes what is over, and, since nobody may ever see those tasks again, what waits for an assignee since a year.
    /// Rows of the log go after 400 days. Of all portals: a housekeeping job.
    pub async fn sweep_snoozes(&self) -> Result<u64, StoreError> {
        let (mut swept, mut tx) = (0, self.begin().await?);
        tx.may_take_long().await?;
        for old in [
            sqlx::query!("delete from snoozes where until <= now() or snoozed_at < now() - interval '366 days'"),
            sqlx::query!("delete from snooze_log where at < now() - interval '400 days'"),
        ] {
            swept += old.execute(&mut tx).await?.rows_affected();
        }
        tx.commit().await?;
        Ok(swept)
    }
}
