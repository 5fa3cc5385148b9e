//! Handing out what is kept of a person or a portal, with its receipt.

use super::{Store, StoreError, impossible, receipts::keep};
use crate::domain::{
    PortalId, UserId,
    receipt::{Asker, Deed, Receipt},
};
use serde_json::{Map, Value};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Rows by the name of their kind.
type Kinds = Map<String, Value>;

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
    ) -> Result<Option<(Value, Receipt)>, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("set local statement_timeout = '2min'").execute(&mut *tx).await?;
        let Some(mut data) = standing(&mut tx, portal, user, most).await? else { return Ok(None) };
        data.extend(done(&mut tx, portal, user, most).await?);
        let receipt = self.receipt(user.is_none(), Deed::Export, asker, counts(&data))?;
        let receipt = keep(&mut tx, portal, receipt).await?;
        tx.commit().await?;
        Ok(Some((Value::Object(data), receipt)))
    }
}

/// What stands now.
async fn standing(
    db: &mut PgConnection,
    portal: PortalId,
    user: Option<UserId>,
    most: i64,
) -> Result<Option<Kinds>, StoreError> {
    let data = sqlx::query_scalar!(
        "select jsonb_build_object(
           'portals', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select origin, endpoint, oauth_server, status, closed, scopes, app_version, installed_by, created_at,
                 updated_at, installed_at, opened_at
             from portals where portal_id = $1 and ($2::int8 is null or installed_by = $2)) t),
           'saved_reasons', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select reason_id, user_id, builtin, place, archived_at, changed_by, changed_at,
                 (select coalesce(jsonb_object_agg(lang, body), '{}') from saved_reason_texts x
                  where x.portal_id = r.portal_id and x.reason_id = r.reason_id) as texts,
                 array(select group_id from saved_reason_projects x
                       where x.portal_id = r.portal_id and x.reason_id = r.reason_id) as projects
             from saved_reasons r
             where portal_id = $1 and ($2::int8 is null or user_id = $2 or (user_id is null and changed_by = $2))
             order by changed_at desc limit $3) t),
           'settings', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select level, subject_id, name, value, changed_by, changed_at from settings
             where portal_id = $1 and ($2::int8 is null or changed_by = $2 or (level = 'person' and subject_id = $2))
             limit $3) t),
           'delegates', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select user_id, named_by, named_at from delegates
             where portal_id = $1 and ($2::int8 is null or user_id = $2 or named_by = $2)) t),
           'views', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select user_id, grouping, project_id, assignee_id, overdue, unchanged, changed_at from views
             where portal_id = $1 and ($2::int8 is null or user_id = $2) limit $3) t),
           'snoozes', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select user_id, task_id, until, seen_status_changed, seen_result, snoozed_at from snoozes
             where portal_id = $1 and ($2::int8 is null or user_id = $2) order by snoozed_at desc limit $3) t),
           'sessions', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select user_id, lang, assignee_id, group_id, created_at, used_at from sessions
             where portal_id = $1 and ($2::int8 is null or user_id = $2) limit $3) t),
           'credentials', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select kind, user_id, expires_at, state, updated_at from credentials
             where portal_id = $1 and ($2::int8 is null or user_id = $2) limit $3) t)) as \"data!\"
         where exists (select from portals where portal_id = $1)",
        portal.0,
        user.map(UserId::get),
        most
    )
    .fetch_optional(db)
    .await?;
    data.map(kinds).transpose()
}

/// What was done.
async fn done(db: &mut PgConnection, portal: PortalId, user: Option<UserId>, most: i64) -> Result<Kinds, StoreError> {
    let data = sqlx::query_scalar!(
        "select jsonb_build_object(
           'decisions', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select decision_id, user_id, task_id, action, state, detail, seen_status_changed, held_until, sending_since,
                 other_user_id, other_at, created_at, finished_at, bulk_id
             from decisions where portal_id = $1 and ($2::int8 is null or user_id = $2)
             order by created_at desc limit $3) t),
           'named_by_others', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select 'decisions' as kind, task_id, other_at as at from decisions
             where portal_id = $1 and other_user_id = $2 and user_id <> $2
             union all
             select 'views', null, changed_at from views
             where portal_id = $1 and assignee_id = $2 and user_id <> $2
             union all
             select 'sessions', null, created_at from sessions
             where portal_id = $1 and assignee_id = $2 and user_id <> $2 limit $3) t),
           'reasons', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select r.decision_id, r.body, r.code, r.delivery, r.via, r.tried_at
             from reasons r join decisions d on d.portal_id = r.portal_id and d.decision_id = r.decision_id
             where r.portal_id = $1 and ($2::int8 is null or d.user_id = $2) order by d.created_at desc limit $3) t),
           'followups', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select f.decision_id, f.deadline, f.mark, f.items, f.fate, f.done_items, f.missed_items, f.deadline_done,
                 f.mark_done
             from followups f join decisions d on d.portal_id = f.portal_id and d.decision_id = f.decision_id
             where f.portal_id = $1 and ($2::int8 is null or d.user_id = $2) order by d.created_at desc limit $3) t),
           'bells', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select b.decision_id, b.fate, b.assignee_id, b.left_at, b.ended_at
             from bells b join decisions d on d.portal_id = b.portal_id and d.decision_id = b.decision_id
             where b.portal_id = $1 and ($2::int8 is null or d.user_id = $2 or b.assignee_id = $2)
             order by d.created_at desc limit $3) t),
           'snooze_log', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select user_id, task_id, at, what, until from snooze_log
             where portal_id = $1 and ($2::int8 is null or user_id = $2) order by at desc limit $3) t),
           'actions', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select decision_id, outcome, user_id, task_id, action, detail, at from actions
             where portal_id = $1 and ($2::int8 is null or user_id = $2) order by at desc limit $3) t),
           'calls', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select at, nth, kind, user_id, method, task_id, http, code, trouble, duration_ms, operating, request_id
             from calls where portal_id = $1 and ($2::int8 is null or user_id = $2) order by at desc limit $3) t),
           'events', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select event, task_id, said_at, clean, received_at, tries, outcome
             from events where portal_id = $1 and $2::int8 is null order by received_at desc limit $3) t),
           'receipts', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
             select receipt_id, scope, deed, asked_by, rows, at
             from receipts where portal_id = $1 and $2::int8 is null order by at desc limit $3) t)) as \"data!\"",
        portal.0,
        user.map(UserId::get),
        most
    )
    .fetch_one(db)
    .await?;
    kinds(data)
}

fn kinds(data: Value) -> Result<Kinds, StoreError> {
    match data {
        Value::Object(kinds) => Ok(kinds),
        other => Err(impossible("portals", format!("an export that is {other}"))),
    }
}

fn counts(data: &Kinds) -> BTreeMap<String, i64> {
    let many = |rows: &Value| rows.as_array().and_then(|rows| i64::try_from(rows.len()).ok()).unwrap_or(0);
    data.iter().map(|(kind, rows)| (kind.clone(), many(rows))).collect()
}
