//! Decisions: rows before they are calls. The database holds one open decision per task and lets one replica at a time
//! carry each.

use super::{Store, StoreError, impossible};
use crate::domain::{
    Action, Decision, DecisionId, Delivery, NotDone, PortalId, Refusal, Seen, State, TaskId, UserId,
    followup::Following,
};
use chrono::{DateTime, FixedOffset, Utc};
use uuid::Uuid;

/// Who else decided, and when, as the portal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Other {
    /// The person.
    pub user: UserId,
    /// In the portal's offset.
    pub at: DateTime<FixedOffset>,
}

/// A decision with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The decision.
    pub decision: Decision,
    /// Its reason's own outcome.
    pub delivery: Option<Delivery>,
    /// The reason's words, to be offered again when the person has to press again.
    pub reason: Option<String>,
    /// What else was wished with it, and how far that is.
    pub following: Option<Following>,
    /// Who else decided first.
    pub other: Option<Other>,
    /// When it was taken, by the database's clock.
    pub created_at: DateTime<Utc>,
    /// When it became final.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What became of the wish to hold a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// It is ours now, or was already: pressing twice is one decision.
    Held(Kept),
    /// Another decision about this task is open.
    Busy(Kept),
}

/// A decision with its reason's outcome, by a condition that begins with the portal.
macro_rules! kept {
    ($condition:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            Row,
            "select d.portal_id, d.decision_id, user_id, task_id, action, state, detail, seen_status_changed, held_until,
                 sending_since, sending_offset_minutes, other_user_id, other_at, other_offset_minutes, created_at, finished_at,
                 r.delivery as \"delivery?\", r.body as \"body?\", f.fate as \"fate?\", f.missed_items as \"missed_items?\",
                 f.deadline_done, f.mark_done,
                 extract(epoch from now() - sent_at)::float8 as sent_ago, looks
             from decisions d left join reasons r on r.portal_id = d.portal_id and r.decision_id = d.decision_id
                 left join followups f on f.portal_id = d.portal_id and f.decision_id = d.decision_id
             where " + $condition,
            $($argument),+
        )
    };
}

mod bulk;
mod claim;
mod hold;
mod read;
mod record;

pub use bulk::{BulkWish, HoldBulk};
pub use claim::Carried;
pub use record::{Ended, RecordError};

struct Row {
    portal_id: Uuid,
    decision_id: Uuid,
    user_id: i64,
    task_id: i64,
    action: String,
    state: String,
    detail: Option<String>,
    seen_status_changed: Option<DateTime<Utc>>,
    held_until: DateTime<Utc>,
    sending_since: Option<DateTime<Utc>>,
    sending_offset_minutes: Option<i32>,
    other_user_id: Option<i64>,
    other_at: Option<DateTime<Utc>>,
    other_offset_minutes: Option<i32>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    delivery: Option<String>,
    body: Option<String>,
    fate: Option<String>,
    missed_items: Option<i32>,
    deadline_done: Option<bool>,
    mark_done: Option<bool>,
    sent_ago: Option<f64>,
    looks: i32,
}

/// A moment as the portal wrote it: Postgres keeps the instant, the offset stands beside it.
fn in_offset(at: Option<DateTime<Utc>>, minutes: Option<i32>) -> Option<DateTime<FixedOffset>> {
    Some(at?.with_timezone(&FixedOffset::east_opt(minutes?.checked_mul(60)?)?))
}

fn offset_minutes(at: DateTime<FixedOffset>) -> i32 {
    at.offset().local_minus_utc() / 60
}

impl Row {
    fn state(&self) -> Option<State> {
        let since = || in_offset(self.sending_since, self.sending_offset_minutes);
        Some(match self.state.as_str() {
            "held" => State::Held { until: self.held_until },
            "checking" => State::Checking,
            "sending" => State::Sending { since: since()? },
            "done" => State::Done,
            "refused" => State::Refused(Refusal::parse(self.detail.as_deref()?)?),
            "unknown" => State::Unknown { since: since()? },
            "not_run" => State::NotRun(NotDone::parse(self.detail.as_deref()?)?),
            "needs_person" => State::NeedsPerson,
            "cancelled" => State::Cancelled,
            _ => return None,
        })
    }

    fn kept(&self) -> Result<Kept, StoreError> {
        let read = || {
            let decision = Decision {
                portal: PortalId(self.portal_id),
                id: DecisionId(self.decision_id),
                user: UserId::new(self.user_id)?,
                task: TaskId::new(self.task_id)?,
                action: Action::parse(&self.action)?,
                seen: Seen { status_changed: self.seen_status_changed.map(|at| at.fixed_offset()) },
                state: self.state()?,
            };
            let delivery = match self.delivery.as_deref() {
                Some(name) => Some(Delivery::parse(name)?),
                None => None,
            };
            let other = self.other_user_id.and_then(UserId::new);
            let other = other.zip(in_offset(self.other_at, self.other_offset_minutes));
            Some(Kept {
                decision,
                delivery,
                reason: self.body.clone().filter(|body| !body.is_empty()),
                following: self.fate.as_deref().map(|fate| Following {
                    moves: matches!(fate, "pending" | "carrying"),
                    missed_items: self.missed_items.and_then(|missed| usize::try_from(missed).ok()).unwrap_or(0),
                    missed_deadline: self.deadline_done == Some(false),
                    missed_mark: self.mark_done == Some(false),
                }),
                other: other.map(|(user, at)| Other { user, at }),
                created_at: self.created_at,
                finished_at: self.finished_at,
            })
        };
        read().ok_or_else(|| impossible("decisions", format!("{} in state {}", self.decision_id, self.state)))
    }
}

impl Store {
    /// One decision.
    pub async fn decision(&self, portal: PortalId, id: DecisionId) -> Result<Option<Kept>, StoreError> {
        let row = kept!("d.portal_id = $1 and d.decision_id = $2", portal.0, id.0);
        row.fetch_optional(&self.pool).await?.map(|row| row.kept()).transpose()
    }

    /// A person's decisions that are open or became final in the last quarter of an hour, for a day those whose reason did
    /// not reach the assignee, and for a week those of which nobody but they can tell the outcome; youngest first.
    pub async fn recent_decisions(&self, portal: PortalId, user: UserId) -> Result<Vec<Kept>, StoreError> {
        let rows = kept!(
            // Found by when they ended, so that the years before are not read: the limits keep Postgres from another way.
            "(d.portal_id, d.decision_id) in (
                   (select o.portal_id, o.decision_id from decisions o
                    where o.portal_id = $1 and o.user_id = $2 and o.finished_at is null order by o.finished_at limit 1000)
                   union all
                   (select e.portal_id, e.decision_id from decisions e
                    where e.portal_id = $1 and e.user_id = $2 and e.finished_at > now() - interval '1 day'
                    order by e.finished_at desc limit 1000)
                   union all
                   (select n.portal_id, n.decision_id from decisions n
                    where n.portal_id = $1 and n.user_id = $2 and n.state = 'needs_person'
                      and n.finished_at > now() - interval '7 days'
                    order by n.finished_at desc limit 1000))
               and (finished_at is null or finished_at > now() - interval '15 minutes'
                    or (state = 'done' and r.delivery in ('failed', 'unknown')
                        and finished_at > now() - interval '1 day')
                    or (state = 'needs_person' and finished_at > now() - interval '7 days'))
             order by created_at desc limit 1000",
            portal.0,
            user.get()
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(Row::kept).collect()
    }

    /// The open decision about a task, whosever it is.
    pub async fn open_decision(&self, portal: PortalId, task: TaskId) -> Result<Option<Kept>, StoreError> {
        let row = kept!(
            "d.portal_id = $1 and task_id = $2 and state in ('held', 'checking', 'sending', 'unknown')",
            portal.0,
            task.get()
        );
        row.fetch_optional(&self.pool).await?.map(|row| row.kept()).transpose()
    }

    /// Takes a held decision back while its window is open. False when the window is over.
    pub async fn undo(&self, portal: PortalId, user: UserId, id: DecisionId) -> Result<bool, StoreError> {
        let done = sqlx::query_scalar!(
            "with d as (update decisions set state = 'cancelled', finished_at = now()
                        where portal_id = $1 and user_id = $2 and decision_id = $3 and state = 'held' and held_until > now()
                        returning portal_id, decision_id),
                  r as (update reasons r set delivery = 'dropped' from d
                        where r.portal_id = d.portal_id and r.decision_id = d.decision_id)
             select count(*) as \"count!\" from d",
            portal.0,
            user.get(),
            id.0
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(done == 1)
    }
}
