//! Handing out what is kept of a person or a portal, with its receipt.

use super::{Store, StoreError, Transaction, receipts::keep};
use crate::domain::{
    PortalId, UserId,
    receipt::{Asker, Deed, Receipt},
};
use serde_json::value::RawValue;
use sqlx::types::Json;
use std::collections::BTreeMap;

/// Rows, each as its JSON, by the name of their kind. One by one: all rows of a large portal are more than Postgres holds
/// in one value.
pub type Kinds = BTreeMap<String, Vec<Box<RawValue>>>;

struct Kept {
    kind: String,
    row: Json<Box<RawValue>>,
}

impl Store {
    /// Everything that is kept of a person, or with `None` of the portal, at most so many rows of each kind and the
    /// youngest of them, with the receipt. No token and no secret is among it, so neither are the one-time values of a
    /// sign-in.
    pub async fn export(
        &self,
        portal: PortalId,
        user: Option<UserId>,
        asker: Asker,
        most: i64,
    ) -> Result<Option<(Kinds, Receipt)>, StoreError> {
        let mut tx = self.begin().await?;
        tx.may_take_long().await?;
        let known = sqlx::query_scalar!("select 1 as \"one!\" from portals where portal_id = $1", portal.0);
        if known.fetch_optional(&mut tx).await?.is_none() {
            return Ok(None);
        }
        let mut data = standing(&mut tx, portal, user, most).await?;
        data.extend(done(&mut tx, portal, user, most).await?);
        let many = |rows: &Vec<_>| i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let counts = data.iter().map(|(kind, rows)| (kind.clone(), many(rows))).collect();
        let receipt = self.receipt(user.is_none(), Deed::Export, asker, counts)?;
        let receipt = keep(&mut tx, portal, receipt).await?;
        tx.commit().await?;
        Ok(Some((data, receipt)))
    }
}

/// What stands now.
const STANDING: [&str; 8] =
    ["portals", "saved_reasons", "settings", "delegates", "views", "snoozes", "sessions", "credentials"];

/// What was done.
const DONE: [&str; 10] = [
    "decisions",
    "named_by_others",
    "reasons",
    "followups",
    "bells",
    "snooze_log",
    "actions",
    "calls",
    "events",
    "receipts",
];

async fn standing(
    db: &mut Transaction,
    portal: PortalId,
    user: Option<UserId>,
    most: i64,
) -> Result<Kinds, sqlx::Error> {
    let rows = sqlx::query_as!(
        Kept,
        "select 'portals' as \"kind!\", to_jsonb(t) as \"row!: Json<Box<RawValue>>\" from (
             select origin, endpoint, oauth_server, status, closed, scopes, app_version, installed_by, created_at,
                 updated_at, installed_at, opened_at
             from portals where portal_id = $1 and ($2::int8 is null or installed_by = $2)) t
         union all select 'saved_reasons', to_jsonb(t) from (
             select reason_id, user_id, builtin, place, archived_at, changed_by, changed_at,
                 (select coalesce(jsonb_object_agg(lang, body), '{}') from saved_reason_texts x
                  where x.portal_id = r.portal_id and x.reason_id = r.reason_id) as texts,
                 array(select group_id from saved_reason_projects x
                       where x.portal_id = r.portal_id and x.reason_id = r.reason_id) as projects
             from saved_reasons r
             where portal_id = $1 and ($2::int8 is null or user_id = $2 or (user_id is null and changed_by = $2))
             order by changed_at desc limit $3) t
         union all select 'settings', to_jsonb(t) from (
             select level, subject_id, name, value, changed_by, changed_at from settings
             where portal_id = $1 and ($2::int8 is null or changed_by = $2 or (level = 'person' and subject_id = $2))
             limit $3) t
         union all select 'delegates', to_jsonb(t) from (
             select user_id, named_by, named_at from delegates
             where portal_id = $1 and ($2::int8 is null or user_id = $2 or named_by = $2)) t
         union all select 'views', to_jsonb(t) from (
             select user_id, grouping, project_id, assignee_id, overdue, unchanged, changed_at from views
             where portal_id = $1 and ($2::int8 is null or user_id = $2) limit $3) t
         union all select 'snoozes', to_jsonb(t) from (
             select user_id, task_id, until, seen_status_changed, seen_result, snoozed_at from snoozes
             where portal_id = $1 and ($2::int8 is null or user_id = $2) order by snoozed_at desc limit $3) t
         union all select 'sessions', to_jsonb(t) from (
             select user_id, lang, assignee_id, group_id, created_at, used_at from sessions
             where portal_id = $1 and ($2::int8 is null or user_id = $2) limit $3) t
         union all select 'credentials', to_jsonb(t) from (
             select kind, user_id, expires_at, state, updated_at from credentials
             where portal_id = $1 and ($2::int8 is null or user_id = $2) limit $3) t",
        portal.0,
        user.map(UserId::get),
        most
    );
    Ok(by_kind(&STANDING, rows.fetch_all(db).await?))
}

async fn done(db: &mut Transaction, portal: PortalId, user: Option<UserId>, most: i64) -> Result<Kinds, sqlx::Error> {
    let rows = sqlx::query_as!(
        Kept,
        "select 'decisions' as \"kind!\", to_jsonb(t) as \"row!: Json<Box<RawValue>>\" from (
             select decision_id, user_id, task_id, action, state, detail, seen_status_changed, held_until, sending_since,
                 other_user_id, other_at, created_at, finished_at, bulk_id
             from decisions where portal_id = $1 and ($2::int8 is null or user_id = $2)
             order by created_at desc limit $3) t
         union all select 'named_by_others', to_jsonb(t) from (
             select 'decisions' as kind, task_id, other_at as at from decisions
             where portal_id = $1 and other_user_id = $2 and user_id <> $2
             union all
             select 'views', null, changed_at from views
             where portal_id = $1 and assignee_id = $2 and user_id <> $2
             union all
             select 'sessions', null, created_at from sessions
             where portal_id = $1 and assignee_id = $2 and user_id <> $2 limit $3) t
         union all select 'reasons', to_jsonb(t) from (
             select r.decision_id, r.body, r.code, r.delivery, r.via, r.tried_at
             from reasons r join decisions d on d.portal_id = r.portal_id and d.decision_id = r.decision_id
             where r.portal_id = $1 and ($2::int8 is null or d.user_id = $2) order by d.created_at desc limit $3) t
         union all select 'followups', to_jsonb(t) from (
             select f.decision_id, f.deadline, f.mark, f.items, f.fate, f.done_items, f.missed_items, f.deadline_done,
                 f.mark_done
             from followups f join decisions d on d.portal_id = f.portal_id and d.decision_id = f.decision_id
             where f.portal_id = $1 and ($2::int8 is null or d.user_id = $2) order by d.created_at desc limit $3) t
         union all select 'bells', to_jsonb(t) from (
             select b.decision_id, b.fate, b.assignee_id, b.left_at, b.ended_at
             from bells b join decisions d on d.portal_id = b.portal_id and d.decision_id = b.decision_id
             where b.portal_id = $1 and ($2::int8 is null or d.user_id = $2 or b.assignee_id = $2)
             order by d.created_at desc limit $3) t
         union all select 'snooze_log', to_jsonb(t) from (
             select user_id, task_id, at, what, until from snooze_log
             where portal_id = $1 and ($2::int8 is null or user_id = $2) order by at desc limit $3) t
         union all select 'actions', to_jsonb(t) from (
             select decision_id, outcome, user_id, task_id, action, detail, at from actions
             where portal_id = $1 and ($2::int8 is null or user_id = $2) order by at desc limit $3) t
         union all select 'calls', to_jsonb(t) from (
             select at, nth, kind, user_id, method, task_id, http, code, trouble, duration_ms, operating, request_id
             from calls where portal_id = $1 and ($2::int8 is null or user_id = $2) order by at desc limit $3) t
         union all select 'events', to_jsonb(t) from (
             select event, task_id, said_at, clean, received_at, tries, outcome
             from events where portal_id = $1 and $2::int8 is null order by received_at desc limit $3) t
         union all select 'receipts', to_jsonb(t) from (
             select receipt_id, scope, deed, asked_by, rows, at
             from receipts where portal_id = $1 and $2::int8 is null order by at desc limit $3) t",
        portal.0,
        user.map(UserId::get),
        most
    );
    Ok(by_kind(&DONE, rows.fetch_all(db).await?))
}

/// A kind of which nothing is kept is said as well.
fn by_kind(kinds: &[&str], rows: Vec<Kept>) -> Kinds {
    let mut found: Kinds = kinds.iter().map(|kind| ((*kind).to_owned(), Vec::new())).collect();
    for Kept { kind, row } in rows {
        found.entry(kind).or_default().push(row.0);
    }
    found
}
