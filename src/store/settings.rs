//! Settings by level, and who may change those of the portal beside its administrators.

use super::{Store, StoreError, saved_reasons::take_in};
use crate::domain::{FileProblem, Level, PortalId, SavedReason, Setting, Settings, UserId, Value};
use sqlx::PgExecutor;

impl Store {
    /// Everything that was set for the portal, for its projects, and for this person. A value that is none any more is
    /// as if it were not there.
    pub async fn settings(&self, portal: PortalId, person: UserId) -> Result<Settings, StoreError> {
        let rows = sqlx::query!(
            "select level, subject_id, name, value from settings
             where portal_id = $1 and (level <> 'person' or subject_id = $2) order by level, subject_id, name",
            portal.0,
            person.get()
        )
        .fetch_all(&self.pool)
        .await?;
        let read = rows.iter().filter_map(|row| {
            let setting = Setting::parse(&row.name)?;
            Some((Level::parse(&row.level, row.subject_id)?, setting, setting.read(&row.value)?))
        });
        Ok(Settings::new(read.collect()))
    }

    /// Sets a value, or lets the level above say it.
    pub async fn set(
        &self,
        portal: PortalId,
        level: Level,
        setting: Setting,
        value: Option<Value>,
        by: UserId,
    ) -> Result<(), StoreError> {
        let Some(value) = value else {
            let gone = sqlx::query!(
                "delete from settings where portal_id = $1 and level = $2 and subject_id = $3 and name = $4",
                portal.0,
                level.name(),
                level.subject(),
                setting.name()
            );
            gone.execute(&self.pool).await?;
            return Ok(());
        };
        write(&self.pool, portal, &[(level, setting, value)], by).await
    }

    /// Sets many values and writes many reasons of the portal's list down: all of it, or nothing where one cannot be.
    pub async fn take_over(
        &self,
        portal: PortalId,
        settings: &[(Level, Setting, Value)],
        reasons: &[SavedReason],
        by: UserId,
    ) -> Result<Result<(), FileProblem>, StoreError> {
        let mut tx = self.begin().await?;
        if let Err(problem) = take_in(&mut tx, portal, reasons, by).await? {
            return Ok(Err(problem));
        }
        write(&mut tx, portal, settings, by).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Who may change the portal's settings beside its administrators, in the order in which they were named.
    pub async fn delegates(&self, portal: PortalId) -> Result<Vec<UserId>, StoreError> {
        let rows = sqlx::query_scalar!(
            "select user_id from delegates where portal_id = $1 order by named_at, user_id",
            portal.0
        );
        Ok(rows.fetch_all(&self.pool).await?.into_iter().filter_map(UserId::new).collect())
    }

    /// Names one more, unless there are `most` already. False when there are.
    pub async fn name_delegate(
        &self,
        portal: PortalId,
        user: UserId,
        by: UserId,
        most: i64,
    ) -> Result<bool, StoreError> {
        let there = sqlx::query_scalar!(
            "with new as (
                 insert into delegates (portal_id, user_id, named_by)
                 select $1, $2, $3 where (select count(*) from delegates where portal_id = $1) < $4
                 on conflict do nothing returning 1)
             select exists (select from new)
                 or exists (select from delegates where portal_id = $1 and user_id = $2) as \"there!\"",
            portal.0,
            user.get(),
            by.get(),
            most
        );
        Ok(there.fetch_one(&self.pool).await?)
    }

    /// No longer one.
    pub async fn remove_delegate(&self, portal: PortalId, user: UserId) -> Result<(), StoreError> {
        let gone = sqlx::query!("delete from delegates where portal_id = $1 and user_id = $2", portal.0, user.get());
        gone.execute(&self.pool).await?;
        Ok(())
    }
}

/// Each in its place; in the same order for everybody, so that no two who write many of them wait for each other.
async fn write(
    db: impl PgExecutor<'_>,
    portal: PortalId,
    settings: &[(Level, Setting, Value)],
    by: UserId,
) -> Result<(), StoreError> {
    let levels: Vec<String> = settings.iter().map(|(level, ..)| level.name().to_owned()).collect();
    let subjects: Vec<i64> = settings.iter().map(|(level, ..)| level.subject()).collect();
    let names: Vec<String> = settings.iter().map(|(_, setting, _)| setting.name().to_owned()).collect();
    let values: Vec<String> = settings.iter().map(|(.., value)| value.text()).collect();
    sqlx::query!(
        "insert into settings (portal_id, level, subject_id, name, value, changed_by)
         select $1, s.level, s.subject_id, s.name, s.value, $6
         from unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) as s(level, subject_id, name, value)
         order by s.level, s.subject_id, s.name
         on conflict (portal_id, level, subject_id, name)
         do update set value = excluded.value, changed_by = excluded.changed_by, changed_at = now()",
        portal.0,
        &levels,
        &subjects,
        &names,
        &values,
        by.get()
    )
    .execute(db)
    .await?;
    Ok(())
}
