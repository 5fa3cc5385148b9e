//! Erasing what is kept of a person or a portal, and the receipts of that and of exports.

use super::{Store, StoreError, Transaction, departure::erase_whole, impossible};
use crate::domain::{
    PortalId, UserId,
    receipt::{Asker, Deed, Receipt},
};
use std::collections::BTreeMap;

/// What became of the wish to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erased {
    /// Done.
    Done(Receipt),
    /// Decisions, their reasons or what was wished with them are on their way: first they have to end.
    StillOpen,
    /// Nothing of the portal is kept.
    NotThere,
}

impl Store {
    /// Erases a person's words and everything that is theirs alone. That they decided stays: numbers, times, outcomes.
    pub async fn erase_person(&self, portal: PortalId, user: UserId, asker: Asker) -> Result<Erased, StoreError> {
        let mut tx = self.begin().await?;
        tx.may_take_long().await?;
        if !lock(&mut tx, portal).await? {
            return Ok(Erased::NotThere);
        }
        if are_open(&mut tx, portal, Some(user)).await? {
            return Ok(Erased::StillOpen);
        }
        let rows = erase_own(&mut tx, portal, user).await?;
        let receipt = self.receipt(false, Deed::Erasure, asker, rows)?;
        let receipt = keep(&mut tx, portal, receipt).await?;
        tx.commit().await?;
        Ok(Erased::Done(receipt))
    }

    /// Erases everything of a portal at once, as a confirmed departure with deletion does. The receipt stays with the
    /// tombstone.
    pub async fn erase_portal(&self, portal: PortalId, asker: Asker) -> Result<Erased, StoreError> {
        let mut tx = self.begin().await?;
        if !lock(&mut tx, portal).await? {
            return Ok(Erased::NotThere);
        }
        if are_open(&mut tx, portal, None).await? {
            return Ok(Erased::StillOpen);
        }
        let id = self.world.id()?;
        let (rows, at) = erase_whole(&mut tx, portal, id, asker.name()).await?;
        let receipt = Receipt { id, whole: true, deed: Deed::Erasure, asker, rows, at };
        tx.commit().await?;
        Ok(Erased::Done(receipt))
    }

    /// The last receipts of a portal, newest first.
    pub async fn receipts(&self, portal: PortalId, limit: i64) -> Result<Vec<Receipt>, StoreError> {
        let rows = sqlx::query!(
            "select receipt_id, scope, deed, asked_by, rows, at from receipts
             where portal_id = $1 order by at desc, receipt_id limit $2",
            portal.0,
            limit
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter().map(|row| {
            let wrong = || impossible("receipts", row.receipt_id);
            Ok(Receipt {
                id: row.receipt_id,
                whole: row.scope == "portal",
                deed: Deed::parse(&row.deed).ok_or_else(wrong)?,
                asker: Asker::parse(&row.asked_by).ok_or_else(wrong)?,
                rows: serde_json::from_value(row.rows).map_err(|_| wrong())?,
                at: row.at,
            })
        });
        rows.collect()
    }

    /// Removes receipts after three years, in which somebody may ask whether it was done. Of all portals: a housekeeping
    /// job.
    pub async fn sweep_receipts(&self) -> Result<u64, StoreError> {
        let done =
            sqlx::query!("delete from receipts where at < now() - interval '3 years'").execute(&self.pool).await?;
        Ok(done.rows_affected())
    }

    pub(super) fn receipt(
        &self,
        whole: bool,
        deed: Deed,
        asker: Asker,
        rows: BTreeMap<String, i64>,
    ) -> Result<Receipt, StoreError> {
        Ok(Receipt { id: self.world.id()?, whole, deed, asker, rows, at: self.world.now() })
    }
}

/// Removes a person's own rows, and counts them by kind.
async fn erase_own(db: &mut Transaction, portal: PortalId, user: UserId) -> Result<BTreeMap<String, i64>, StoreError> {
    let named = format!("{}/{user}", portal.0);
    sqlx::query!("select set_config('handback.erases', $1, true)", named).fetch_one(&mut *db).await?;
    let (portal_id, user_id) = (portal.0, user.get());
    let mut rows = BTreeMap::new();
    // Snoozes before their log: erasing one writes a line of it.
    for (kind, erasure) in [
        (
            "reasons",
            sqlx::query!(
                "delete from reasons r using decisions d
                     where d.portal_id = r.portal_id and d.decision_id = r.decision_id
                       and r.portal_id = $1 and d.user_id = $2",
                portal_id,
                user_id
            ),
        ),
        (
            "saved_reasons",
            sqlx::query!("delete from saved_reasons where portal_id = $1 and user_id = $2", portal_id, user_id),
        ),
        (
            "settings",
            sqlx::query!(
                "delete from settings where portal_id = $1 and level = 'person' and subject_id = $2",
                portal_id,
                user_id
            ),
        ),
        // Of being notified; that they returned a task stays.
        ("bells", sqlx::query!("delete from bells where portal_id = $1 and assignee_id = $2", portal_id, user_id)),
        ("views", sqlx::query!("delete from views where portal_id = $1 and user_id = $2", portal_id, user_id)),
        ("snoozes", sqlx::query!("delete from snoozes where portal_id = $1 and user_id = $2", portal_id, user_id)),
        (
            "snooze_log",
            sqlx::query!("delete from snooze_log where portal_id = $1 and user_id = $2", portal_id, user_id),
        ),
        ("sessions", sqlx::query!("delete from sessions where portal_id = $1 and user_id = $2", portal_id, user_id)),
        (
            "credentials",
            sqlx::query!(
                "delete from credentials where portal_id = $1 and kind = 'user' and user_id = $2",
                portal_id,
                user_id
            ),
        ),
    ] {
        let erased = erasure.execute(&mut *db).await?.rows_affected();
        rows.insert(kind.to_owned(), i64::try_from(erased).unwrap_or(i64::MAX));
    }
    rows.insert("filters".to_owned(), forget_in_filters(db, portal, user).await?);
    Ok(rows)
}

/// Others' lists show this person's tasks alone no more, neither those that are open nor those that will be. How many.
async fn forget_in_filters(db: &mut Transaction, portal: PortalId, user: UserId) -> Result<i64, StoreError> {
    let mut forgotten = 0;
    for filters in [
        sqlx::query!(
            "update views set assignee_id = null where portal_id = $1 and assignee_id = $2",
            portal.0,
            user.get()
        ),
        sqlx::query!(
            "update sessions set assignee_id = null where portal_id = $1 and assignee_id = $2",
            portal.0,
            user.get()
        ),
    ] {
        forgotten += filters.execute(&mut *db).await?.rows_affected();
    }
    Ok(i64::try_from(forgotten).unwrap_or(i64::MAX))
}

/// Nobody presses, and nothing is stored, until it is over: every row of a portal looks at this one.
async fn lock(db: &mut Transaction, portal: PortalId) -> Result<bool, StoreError> {
    let there = sqlx::query_scalar!("select 1 as \"one!\" from portals where portal_id = $1 for update", portal.0);
    Ok(there.fetch_optional(db).await?.is_some())
}

/// Whether something is on its way, of a person or of anybody.
async fn are_open(db: &mut Transaction, portal: PortalId, user: Option<UserId>) -> Result<bool, StoreError> {
    let open = sqlx::query_scalar!(
        "select exists (
             select from decisions d where d.portal_id = $1 and ($2::int8 is null or d.user_id = $2)
               and (d.state in ('held', 'checking', 'sending', 'unknown')
                 or (d.state = 'done' and (
                   exists (select from reasons r where r.portal_id = $1 and r.decision_id = d.decision_id
                           and r.delivery in ('pending', 'sending'))
                   or exists (select from followups f where f.portal_id = $1 and f.decision_id = d.decision_id
                              and f.fate in ('pending', 'carrying'))
                   or exists (select from bells b where b.portal_id = $1 and b.decision_id = d.decision_id
                              and b.fate in ('pending', 'ringing')))))) as \"open!\"",
        portal.0,
        user.map(UserId::get)
    );
    Ok(open.fetch_one(db).await?)
}

/// How many rows of each kind a portal has.
pub(super) async fn count_all(db: &mut Transaction, portal: PortalId) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows = sqlx::query!(
        "select t.kind as \"kind!\", t.many as \"many!\" from (
                 select 'decisions' as kind, count(*) as many from decisions where portal_id = $1
                 union all select 'reasons', count(*) from reasons where portal_id = $1
                 union all select 'followups', count(*) from followups where portal_id = $1
                 union all select 'bells', count(*) from bells where portal_id = $1
                 union all select 'saved_reasons', count(*) from saved_reasons where portal_id = $1
                 union all select 'settings', count(*) from settings where portal_id = $1
                 union all select 'delegates', count(*) from delegates where portal_id = $1
                 union all select 'views', count(*) from views where portal_id = $1
                 union all select 'snoozes', count(*) from snoozes where portal_id = $1
                 union all select 'snooze_log', count(*) from snooze_log where portal_id = $1
                 union all select 'actions', count(*) from actions where portal_id = $1
                 union all select 'calls', count(*) from calls where portal_id = $1
                 union all select 'events', count(*) from events where portal_id = $1
                 union all select 'sessions', count(*) from sessions where portal_id = $1
                 union all select 'credentials', count(*) from credentials where portal_id = $1
                 union all select 'receipts', count(*) from receipts where portal_id = $1) t",
        portal.0
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.many)).collect())
}

pub(super) async fn keep(db: &mut Transaction, portal: PortalId, mut receipt: Receipt) -> Result<Receipt, StoreError> {
    receipt.at = sqlx::query_scalar!(
        "insert into receipts (portal_id, receipt_id, scope, deed, asked_by, rows) values ($1, $2, $3, $4, $5, $6)
         returning at",
        portal.0,
        receipt.id,
        if receipt.whole { "portal" } else { "person" },
        receipt.deed.name(),
        receipt.asker.name(),
        serde_json::json!(receipt.rows)
    )
    .fetch_one(db)
    .await?;
    Ok(receipt)
}
