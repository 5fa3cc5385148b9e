//! The journal of calls: what was asked of Bitrix24, in whose name, and what it came to. A partition for each day.

use super::{Store, StoreError, Transaction, credentials::Kind};
use crate::domain::{PortalId, TaskId, UserId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Rows are kept for at least this long, and dropped with the last of their day.
pub const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// A replica that makes no partitions for so many days is not alive.
const DAYS_AHEAD: i32 = 3;
/// A row of a portal that is not kept here waits so long: an installation asks before it is stored.
const STRANGER: Duration = Duration::from_secs(30);

/// One row, on its way to the journal. No parameter, no title, no token, and no word of an answer.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// Whose token; `None` as long as nobody is proved.
    pub of: Option<(PortalId, Kind, Option<i64>)>,
    /// When the request began.
    pub began: Instant,
    /// The request's; its commands have the same.
    pub id: Uuid,
    /// 0, or the place in the batch from 1.
    pub nth: i16,
    /// The vendor's name.
    pub method: String,
    /// What it was about.
    pub task: Option<i64>,
    /// Status of the answer.
    pub http: Option<u16>,
    /// The vendor's documented code.
    pub code: Option<&'static str>,
    /// Why there is no code and no answer.
    pub trouble: Option<&'static str>,
    /// How long it took.
    pub took: Option<Duration>,
    /// Seconds used of the portal's budget.
    pub operating: Option<f64>,
    /// Of our own request.
    pub request_id: Option<String>,
}

/// A row of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// By the database's clock.
    pub at: DateTime<Utc>,
    /// Of the request.
    pub id: Uuid,
    /// 0, or the place in the batch from 1.
    pub nth: i16,
    /// The token keeps the portal in order and acts for nobody.
    pub installer: bool,
    /// Whose token.
    pub user: Option<UserId>,
    /// The vendor's name.
    pub method: String,
    /// What it was about.
    pub task: Option<TaskId>,
    /// Status of the answer.
    pub http: Option<u16>,
    /// The vendor's documented code.
    pub code: Option<String>,
    /// Why there is no code and no answer.
    pub trouble: Option<String>,
    /// Milliseconds.
    pub duration_ms: Option<i32>,
    /// Seconds used of the portal's budget.
    pub operating: Option<f64>,
    /// Of our own request.
    pub request_id: Option<String>,
}

/// Where a page of rows ends, so that the next one begins behind it whatever comes meanwhile.
pub type Place = (DateTime<Utc>, Uuid, i16);

/// Which rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallFilter {
    /// About this task.
    pub task: Option<TaskId>,
    /// With this person's tokens.
    pub user: Option<UserId>,
    /// Methods whose name contains this, in any letter case.
    pub method: Option<String>,
    /// Only those that came to nothing.
    pub failed: bool,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Older than this row.
    pub behind: Option<Place>,
}

impl NewCall {
    /// As the statement reads it. Nothing of a portal's own words is among it, so no text can break out of it.
    fn record(&self, last: bool) -> Value {
        json!({
            "portal": self.of.map(|(portal, ..)| portal.0),
            "old": last || self.of.is_none() || self.began.elapsed() > STRANGER,
            "kind": self.of.map(|(_, kind, _)| kind.name()),
            "user_id": self.of.and_then(|(.., user)| user),
            "age": self.began.elapsed().as_secs_f64(),
            "id": self.id,
            "nth": self.nth,
            "method": self.method,
            "task_id": self.task,
            "http": self.http,
            "code": self.code,
            "trouble": self.trouble,
            "took": self.took.map(|took| i32::try_from(took.as_millis()).unwrap_or(i32::MAX)),
            "operating": self.operating,
            "request_id": self.request_id,
        })
    }
}

impl Store {
    /// Makes the partitions of the coming days and drops those past their time. Says how many.
    pub async fn tend_calls(&self) -> Result<u64, StoreError> {
        let changed = sqlx::query_scalar!(
            "select tend_calls(make_interval(secs => $1), $2) as \"changed!\"",
            KEPT.as_secs_f64(),
            DAYS_AHEAD
        );
        Ok(changed.fetch_one(&self.pool).await?.try_into().unwrap_or_default())
    }

    /// Writes rows, all or none. Those of portals that are not kept here are given back until they are old, or `last` is
    /// said: then they are nobody's. The portal's own row is held meanwhile, so that an erasure finds what was written; one
    /// that somebody else holds keeps nobody's rows waiting but its own.
    pub async fn write_calls(&self, rows: &[NewCall], last: bool) -> Result<Vec<NewCall>, StoreError> {
        let whose: Vec<Uuid> = rows.iter().filter_map(|row| row.of).map(|(portal, ..)| portal.0).collect();
        let records: Vec<Value> = rows.iter().map(|row| row.record(last)).collect();
        let written = sqlx::query!(
            "with kept as (select portal_id from portals where portal_id = any($1) and status <> 'gone'
                           for key share skip locked)
             insert into calls (portal_id, at, call_id, nth, kind, user_id, method, task_id, http, code, trouble,
                                duration_ms, operating, request_id)
             select coalesce(k.portal_id, '00000000-0000-0000-0000-000000000000'), now() - make_interval(secs => age),
                 id, nth, case when k.portal_id is not null then kind end,
                 case when k.portal_id is not null then user_id end, method,
                 case when k.portal_id is not null then task_id end, http, code, trouble, took, operating, request_id
             from jsonb_to_recordset($2) as n (portal uuid, old bool, kind text, user_id int8, age float8, id uuid,
                 nth int2, method text, task_id int8, http int2, code text, trouble text, took int4, operating float8,
                 request_id text)
             left join kept k on k.portal_id = n.portal
             where k.portal_id is not null
                or (n.old and not exists (select from portals p where p.portal_id = n.portal and p.status <> 'gone'))
             returning call_id, nth",
            &whose,
            Value::Array(records)
        )
        .fetch_all(&self.pool)
        .await?;
        let written: HashSet<(Uuid, i16)> = written.into_iter().map(|row| (row.call_id, row.nth)).collect();
        Ok(rows.iter().filter(|row| !written.contains(&(row.id, row.nth))).cloned().collect())
    }

    /// Rows of a portal, newest first, a batch before its commands.
    pub async fn calls(&self, portal: PortalId, filter: &CallFilter, limit: i64) -> Result<Vec<Call>, StoreError> {
        let rows = sqlx::query!(
            "select at, call_id, nth, kind, user_id, method, task_id, http, code, trouble, duration_ms, operating, request_id
             from calls
             where portal_id = $1 and at >= coalesce($2::timestamptz, now() - interval '9 days') and at < coalesce($3::timestamptz, 'infinity')
               and ($4::int8 is null or task_id = $4) and ($5::int8 is null or user_id = $5)
               and ($6::text is null or position(lower($6) in lower(method)) > 0)
               and (not $7 or code is not null or trouble is not null)
               and ($8::timestamptz is null or (at <= $8 and (at, call_id, -nth) < ($8, $9, -$10::int2)))
             order by at desc, call_id desc, -nth desc limit $11",
            portal.0,
            filter.from,
            filter.until,
            filter.task.map(TaskId::get),
            filter.user.map(UserId::get),
            filter.method,
            filter.failed,
            filter.behind.map(|(at, ..)| at),
            filter.behind.map(|(_, id, _)| id),
            filter.behind.map(|(.., nth)| nth),
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Call {
                at: row.at,
                id: row.call_id,
                nth: row.nth,
                installer: row.kind.as_deref() == Some(Kind::Installer.name()),
                user: row.user_id.and_then(UserId::new),
                method: row.method,
                task: row.task_id.and_then(TaskId::new),
                http: row.http.and_then(|http| u16::try_from(http).ok()),
                code: row.code,
                trouble: row.trouble,
                duration_ms: row.duration_ms,
                operating: row.operating,
                request_id: row.request_id,
            })
            .collect())
    }
}

/// Removes a portal's rows, inside the transaction that erases it: no cascade comes to a partitioned journal. To be called
/// after the portal's own row is locked, deleted or gone, so that no row can come behind it.
pub(super) async fn forget_calls(db: &mut Transaction, portal: PortalId) -> Result<(), StoreError> {
    sqlx::query!("delete from calls where portal_id = $1", portal.0).execute(db).await?;
    Ok(())
}
