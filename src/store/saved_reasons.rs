//! Reasons kept ready: the portal's list and each person's own. Archived and never deleted: decisions name them.

use super::{Store, StoreError, Transaction};
use crate::domain::{
    FileProblem, GroupId, PortalId, SavedReasonId, UserId,
    reason::{ReadyReason, ReasonCode},
    saved_reason::SavedReason,
};
use uuid::Uuid;

/// What became of the wish to change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// It is as wished.
    Done,
    /// No such reason in this list.
    NotThere,
    /// The list is full.
    Full,
}

impl Store {
    /// The portal's list, and behind it this person's own, each in its order, archived ones included. A portal that has
    /// changed nothing yet has the reasons that every portal begins with.
    pub async fn saved_reasons(&self, portal: PortalId, person: UserId) -> Result<Vec<SavedReason>, StoreError> {
        let rows = sqlx::query!(
            "select reason_id, user_id, builtin, archived_at is not null as \"archived!\",
                 array(select lang from saved_reason_texts t where t.portal_id = r.portal_id and t.reason_id = r.reason_id
                       order by lang) as \"langs!\",
                 array(select body from saved_reason_texts t where t.portal_id = r.portal_id and t.reason_id = r.reason_id
                       order by lang) as \"bodies!\",
                 array(select group_id from saved_reason_projects p
                       where p.portal_id = r.portal_id and p.reason_id = r.reason_id order by group_id) as \"groups!\"
             from saved_reasons r
             where portal_id = $1 and (user_id is null or user_id = $2)
             order by user_id nulls first, place, reason_id",
            portal.0,
            person.get()
        )
        .fetch_all(&self.pool)
        .await?;
        let begins = rows.first().is_none_or(|row| row.user_id.is_some());
        let ready = ReadyReason::ALL.into_iter().filter(|_| begins).map(SavedReason::ready);
        let kept = rows.into_iter().map(|row| SavedReason {
            id: SavedReasonId(row.reason_id),
            owner: row.user_id.and_then(UserId::new),
            ready: row.builtin.as_deref().and_then(ReadyReason::parse),
            texts: row.langs.into_iter().zip(row.bodies).collect(),
            projects: row.groups.into_iter().filter_map(GroupId::new).collect(),
            archived: row.archived,
        });
        Ok(ready.chain(kept).collect())
    }

    /// Whether a person's decision may say that it began with this.
    pub async fn knows_code(&self, portal: PortalId, person: UserId, code: ReasonCode) -> Result<bool, StoreError> {
        let ReasonCode::Saved(id) = code else { return Ok(true) };
        let known = sqlx::query_scalar!(
            "select exists (select from saved_reasons where portal_id = $1 and reason_id = $2
                            and (user_id is null or user_id = $3)) as \"known!\"",
            portal.0,
            id.0,
            person.get()
        );
        Ok(known.fetch_one(&self.pool).await?)
    }

    /// Writes a reason of a list down: a new one at its end, or a known one in its place with other words.
    pub async fn keep_reason(
        &self,
        portal: PortalId,
        reason: &SavedReason,
        is_new: bool,
        by: UserId,
    ) -> Result<Edit, StoreError> {
        let mut tx = self.begin().await?;
        let owner = reason.owner.map(UserId::get);
        take_turn(&mut tx, portal, owner, by).await?;
        let done = if is_new {
            sqlx::query!(
                "insert into saved_reasons (portal_id, reason_id, user_id, place, changed_by)
                 select $1, $2, $3, coalesce(max(place), 0) + 1, $4 from saved_reasons
                 where portal_id = $1 and user_id is not distinct from $3
                 having count(*) filter (where archived_at is null and reason_id <> $2) < $5 and count(*) < 10 * $5
                 -- posted twice: the same reason, once
                 on conflict (portal_id, reason_id) do update set changed_by = excluded.changed_by, changed_at = now()
                     where saved_reasons.user_id is not distinct from excluded.user_id",
                portal.0,
                reason.id.0,
                owner,
                by.get(),
                SavedReason::MOST as i64
            )
            .execute(&mut tx)
            .await?
        } else {
            sqlx::query!(
                "update saved_reasons set changed_by = $4, changed_at = now()
                 where portal_id = $1 and reason_id = $2 and user_id is not distinct from $3",
                portal.0,
                reason.id.0,
                owner,
                by.get()
            )
            .execute(&mut tx)
            .await?
        };
        if done.rows_affected() == 0 {
            return Ok(if is_new { Edit::Full } else { Edit::NotThere });
        }
        write_words(&mut tx, portal, reason).await?;
        tx.commit().await?;
        Ok(Edit::Done)
    }

    /// Takes one out of what is offered, or brings it back.
    pub async fn archive_reason(
        &self,
        portal: PortalId,
        owner: Option<UserId>,
        id: SavedReasonId,
        archived: bool,
        by: UserId,
    ) -> Result<Edit, StoreError> {
        let mut tx = self.begin().await?;
        let owner = owner.map(UserId::get);
        take_turn(&mut tx, portal, owner, by).await?;
        let done = sqlx::query!(
            "update saved_reasons r set archived_at = case when $4 then coalesce(archived_at, now()) end,
                 changed_by = $5, changed_at = now()
             where portal_id = $1 and reason_id = $2 and user_id is not distinct from $3
               and ($4 or (select count(*) from saved_reasons o where o.portal_id = $1 and o.reason_id <> $2
                           and o.user_id is not distinct from $3 and o.archived_at is null) < $6)",
            portal.0,
            id.0,
            owner,
            archived,
            by.get(),
            SavedReason::MOST as i64
        )
        .execute(&mut tx)
        .await?;
        if done.rows_affected() == 0 {
            let there = sqlx::query_scalar!(
                "select exists (select from saved_reasons
                                where portal_id = $1 and reason_id = $2 and user_id is not distinct from $3) as \"there!\"",
                portal.0,
                id.0,
                owner
            );
            return Ok(if there.fetch_one(&mut tx).await? { Edit::Full } else { Edit::NotThere });
        }
        tx.commit().await?;
        Ok(Edit::Done)
    }

    /// One place up or down among those that are offered.
    pub async fn move_reason(
        &self,
        portal: PortalId,
        owner: Option<UserId>,
        id: SavedReasonId,
        up: bool,
        by: UserId,
    ) -> Result<Edit, StoreError> {
        let mut tx = self.begin().await?;
        let owner = owner.map(UserId::get);
        take_turn(&mut tx, portal, owner, by).await?;
        let mut order = sqlx::query_scalar!(
            "select reason_id from saved_reasons where portal_id = $1 and user_id is not distinct from $2
             order by archived_at is not null, place, reason_id",
            portal.0,
            owner
        )
        .fetch_all(&mut tx)
        .await?;
        let Some(at) = order.iter().position(|known| *known == id.0) else { return Ok(Edit::NotThere) };
        let to = if up { at.saturating_sub(1) } else { (at + 1).min(order.len() - 1) };
        order.swap(at, to);
        sqlx::query!(
            "update saved_reasons r set place = o.place
             from unnest($2::uuid[]) with ordinality as o(reason_id, place)
             where r.portal_id = $1 and r.reason_id = o.reason_id",
            portal.0,
            &order
        )
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(Edit::Done)
    }
}

/// Writes reasons of the portal's list down, within what else a file brings: new ones at its end in their order, known ones
/// in their place. The list is judged as it is afterwards.
pub(super) async fn take_in(
    tx: &mut Transaction,
    portal: PortalId,
    reasons: &[SavedReason],
    by: UserId,
) -> Result<Result<(), FileProblem>, StoreError> {
    if reasons.is_empty() {
        return Ok(Ok(()));
    }
    take_turn(tx, portal, None, by).await?;
    for reason in reasons {
        let done = sqlx::query!(
            "insert into saved_reasons (portal_id, reason_id, place, archived_at, changed_by)
             select $1, $2, coalesce(max(place), 0) + 1, case when $3 then now() end, $4 from saved_reasons
             where portal_id = $1 and user_id is null
             on conflict (portal_id, reason_id) do update set changed_by = excluded.changed_by, changed_at = now(),
                 archived_at = case when $3 then coalesce(saved_reasons.archived_at, now()) end
                 where saved_reasons.user_id is null",
            portal.0,
            reason.id.0,
            reason.archived,
            by.get()
        )
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(Err(FileProblem::Owned(reason.id)));
        }
        write_words(tx, portal, reason).await?;
    }
    let fits = sqlx::query_scalar!(
        "select count(*) filter (where archived_at is null) <= $2 and count(*) <= $3 as \"fits!\"
         from saved_reasons where portal_id = $1 and user_id is null",
        portal.0,
        SavedReason::MOST as i64,
        SavedReason::MOST_KEPT as i64
    );
    Ok(if fits.fetch_one(&mut *tx).await? { Ok(()) } else { Err(FileProblem::TooMany) })
}

/// Whoever changes a list waits for whoever changes it now. The portal's list begins with what every portal begins with.
async fn take_turn(tx: &mut Transaction, portal: PortalId, owner: Option<i64>, by: UserId) -> Result<(), StoreError> {
    let turn = format!("reasons {portal} {}", owner.unwrap_or(0));
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", turn).execute(&mut *tx).await?;
    if owner.is_none() {
        let ids: Vec<Uuid> = ReadyReason::ALL.iter().map(|ready| ready.id().0).collect();
        let names: Vec<String> = ReadyReason::ALL.iter().map(|ready| ready.name().to_owned()).collect();
        sqlx::query!(
            "insert into saved_reasons (portal_id, reason_id, builtin, place, changed_by)
             select $1, b.reason_id, b.name, b.place, $4
             from unnest($2::uuid[], $3::text[]) with ordinality as b(reason_id, name, place)
             on conflict do nothing",
            portal.0,
            &ids,
            &names,
            by.get()
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn write_words(tx: &mut Transaction, portal: PortalId, reason: &SavedReason) -> Result<(), StoreError> {
    let (langs, bodies): (Vec<String>, Vec<String>) = reason.texts.iter().cloned().unzip();
    let groups: Vec<i64> = reason.projects.iter().map(|group| group.get()).collect();
    for written in [
        sqlx::query!("delete from saved_reason_texts where portal_id = $1 and reason_id = $2", portal.0, reason.id.0),
        sqlx::query!(
            "delete from saved_reason_projects where portal_id = $1 and reason_id = $2",
            portal.0,
            reason.id.0
        ),
        sqlx::query!(
            "insert into saved_reason_texts (portal_id, reason_id, lang, body)
             select $1, $2, t.lang, t.body from unnest($3::text[], $4::text[]) as t(lang, body)",
            portal.0,
            reason.id.0,
            &langs,
            &bodies
        ),
        sqlx::query!(
            "insert into saved_reason_projects (portal_id, reason_id, group_id)
             select $1, $2, g from unnest($3::bigint[]) as g",
            portal.0,
            reason.id.0,
            &groups
        ),
    ] {
        written.execute(&mut *tx).await?;
    }
    Ok(())
}
