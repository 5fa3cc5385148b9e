//! Many decisions of one person in one go: one statement, and one open bulk at most.

use super::{Kept, Row, offset_minutes};
use crate::domain::{
    Action, BulkId, Chosen, DecisionId, PortalId, Reason, ReasonCode, Seen, TaskId, UserId, followup::Followup,
};
use crate::store::{Store, StoreError, Transaction};
use chrono::{DateTime, Utc};
use std::time::Duration;
use uuid::Uuid;

/// A bulk to be held.
#[derive(Debug, Clone)]
pub struct BulkWish {
    /// Whose portal.
    pub portal: PortalId,
    /// In whose name.
    pub user: UserId,
    /// Made with the page.
    pub id: BulkId,
    /// What.
    pub action: Action,
    /// Each with the key of its decision; no task twice.
    pub chosen: Vec<(DecisionId, Chosen)>,
    /// What else, for each of them: of points nothing, they are one task's.
    pub followup: Option<Followup>,
}

/// What became of the wish to hold a bulk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldBulk {
    /// It is held now, or was before: pressing twice is one bulk.
    Held,
    /// This person's other bulk is open.
    Busy(BulkId),
}

/// The columns of one statement.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    tasks: Vec<i64>,
    seen: Vec<Option<DateTime<Utc>>>,
    bodies: Vec<Option<String>>,
    codes: Vec<Option<String>>,
}

impl Columns {
    fn of(wish: &BulkWish) -> Self {
        let mut columns = Self::default();
        let told = wish.action == Action::Return && wish.followup.as_ref().is_some_and(Followup::is_told);
        for (id, chosen) in &wish.chosen {
            let reason = chosen.reason.as_ref();
            columns.ids.push(id.0);
            columns.tasks.push(chosen.task.get());
            columns.seen.push(chosen.seen.status_changed.map(|at| at.to_utc()));
            columns.bodies.push(reason.map(Reason::text).or(told.then_some("")).map(str::to_owned));
            columns.codes.push(reason.and_then(Reason::code).map(ReasonCode::name));
        }
        columns
    }
}

impl Store {
    /// Holds all decisions of a bulk, unless another bulk of this person is open. Two requests of one person take turns.
    pub async fn hold_bulk(&self, wish: &BulkWish, undo: Duration) -> Result<HoldBulk, StoreError> {
        let mut tx = self.begin().await?;
        let turn = format!("bulk {} {}", wish.portal, wish.user);
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", turn).execute(&mut tx).await?;
        let standing = sqlx::query!(
            "select bulk_id as \"bulk_id!\" from decisions
             where portal_id = $1 and user_id = $2 and bulk_id is not null
               and (bulk_id = $3 or state in ('held', 'checking', 'sending'))
             order by bulk_id = $3 desc limit 1",
            wish.portal.0,
            wish.user.get(),
            wish.id.0
        );
        match standing.fetch_optional(&mut tx).await? {
            Some(row) if row.bulk_id == wish.id.0 => return Ok(HoldBulk::Held),
            Some(row) => return Ok(HoldBulk::Busy(BulkId(row.bulk_id))),
            None => {}
        }
        let columns = Columns::of(wish);
        let mut missing = columns.ids.len();
        // A decision that came between is seen by the next statement: then the task is left out, in words.
        for _ in 0..3 {
            missing -= insert(&mut tx, wish, &columns, undo).await?.min(missing);
            if missing == 0 {
                break;
            }
        }
        tx.commit().await?;
        Ok(HoldBulk::Held)
    }

    /// The decisions of a person's bulk.
    pub async fn bulk(&self, portal: PortalId, user: UserId, id: BulkId) -> Result<Vec<Kept>, StoreError> {
        let rows = kept!(
            "d.portal_id = $1 and user_id = $2 and bulk_id = $3 order by seen_status_changed, task_id",
            portal.0,
            user.get(),
            id.0
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(Row::kept).collect()
    }

    /// A person's newest bulk of the last day.
    pub async fn newest_bulk(&self, portal: PortalId, user: UserId) -> Result<Option<BulkId>, StoreError> {
        let id = sqlx::query_scalar!(
            "select bulk_id as \"bulk_id!\" from decisions
             where portal_id = $1 and user_id = $2 and bulk_id is not null and created_at > now() - interval '1 day'
             order by created_at desc limit 1",
            portal.0,
            user.get()
        );
        Ok(id.fetch_optional(&self.pool).await?.map(BulkId))
    }

    /// Those of a person's decisions that are proved not to have run and were followed by no other about their task: of
    /// a bulk, or the one with this key.
    pub async fn not_run(
        &self,
        portal: PortalId,
        user: UserId,
        bulk: Option<BulkId>,
        decision: Option<DecisionId>,
    ) -> Result<Vec<(Action, Chosen)>, StoreError> {
        let rows = sqlx::query!(
            "select d.task_id, d.action, d.seen_status_changed, r.body as \"body?\", r.code
             from decisions d left join reasons r on r.portal_id = d.portal_id and r.decision_id = d.decision_id
             where d.portal_id = $1 and d.user_id = $2 and d.state = 'not_run'
               and (d.bulk_id = $3 or d.decision_id = $4)
               and not exists (select from decisions l where l.portal_id = d.portal_id and l.user_id = d.user_id
                               and l.task_id = d.task_id and l.created_at > d.created_at
                               and l.state <> 'cancelled')
             order by d.task_id",
            portal.0,
            user.get(),
            bulk.map(|id| id.0),
            decision.map(|id| id.0)
        )
        .fetch_all(&self.pool)
        .await?;
        let wished = rows.into_iter().filter_map(|row| {
            let reason = row.body.and_then(|body| Reason::new(&body).ok());
            let code = row.code.as_deref().and_then(ReasonCode::parse);
            let chosen = Chosen {
                task: TaskId::new(row.task_id)?,
                seen: Seen { status_changed: row.seen_status_changed.map(|at| at.fixed_offset()) },
                reason: reason.map(|reason| reason.begun_with(code)),
            };
            Some((Action::parse(&row.action)?, chosen))
        });
        Ok(wished.collect())
    }

    /// Takes back everything of a person, or of one of their bulks, that is still held. Answers what each was to do.
    pub async fn undo_all(
        &self,
        portal: PortalId,
        user: UserId,
        bulk: Option<BulkId>,
    ) -> Result<Vec<Action>, StoreError> {
        let taken = sqlx::query_scalar!(
            "with d as (update decisions set state = 'cancelled', finished_at = now()
                        where portal_id = $1 and user_id = $2 and ($3::uuid is null or bulk_id = $3)
                          and state = 'held' and held_until > now()
                        returning portal_id, decision_id, action),
                  r as (update reasons r set delivery = 'dropped' from d
                        where r.portal_id = d.portal_id and r.decision_id = d.decision_id)
             select action from d",
            portal.0,
            user.get(),
            bulk.map(|id| id.0)
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(taken.iter().filter_map(|action| Action::parse(action)).collect())
    }
}

/// How many rows were new. In the order of the tasks, so that two people's bulks wait for one another and never in a ring.
async fn insert(tx: &mut Transaction, wish: &BulkWish, columns: &Columns, undo: Duration) -> Result<usize, StoreError> {
    let deadline = wish.followup.as_ref().and_then(|followup| followup.deadline);
    let new = sqlx::query_scalar!(
        "with wanted as (
             select w.*, o.user_id as other, o.action as other_action
             from unnest($6::uuid[], $7::bigint[], $8::timestamptz[], $9::text[], $10::text[])
                  as w(decision_id, task_id, seen, body, code)
             left join decisions o on o.portal_id = $1 and o.task_id = w.task_id
                  and o.state in ('held', 'checking', 'sending', 'unknown')),
         d as (
             insert into decisions (portal_id, decision_id, user_id, task_id, action, bulk_id, seen_status_changed,
                                    held_until, state, detail, other_user_id, other_at, other_offset_minutes, finished_at)
             select $1, decision_id, $2, task_id, $3, $4, seen, now() + make_interval(secs => $5),
                    case when other is null then 'held' else 'refused' end,
                    case other_action when 'return' then 'being_returned' when 'approve' then 'being_accepted' end,
                    other, case when other is not null then now() end, case when other is not null then 0 end,
                    case when other is not null then now() end
             from wanted order by task_id
             on conflict do nothing returning portal_id, decision_id, state),
         f as (
             insert into followups (portal_id, decision_id, deadline, deadline_offset_minutes)
             select portal_id, decision_id, $11, $12 from d where state = 'held' and $11::timestamptz is not null),
         r as (
             insert into reasons (portal_id, decision_id, body, code, delivery)
             select d.portal_id, d.decision_id, w.body, w.code, case d.state when 'held' then 'pending' else 'dropped' end
             from d join wanted w on w.decision_id = d.decision_id where w.body is not null)
         select count(*) as \"count!\" from d",
        wish.portal.0,
        wish.user.get(),
        wish.action.name(),
        wish.id.0,
        undo.as_secs_f64(),
        &columns.ids,
        &columns.tasks,
        &columns.seen as &[Option<DateTime<Utc>>],
        &columns.bodies as &[Option<String>],
        &columns.codes as &[Option<String>],
        deadline.map(|at| at.to_utc()),
        deadline.map(offset_minutes)
    )
    .fetch_one(tx)
    .await?;
    Ok(usize::try_from(new).unwrap_or(0))
}
