//! Holding a decision, with its reason and with what else is wished.

use super::{Hold, offset_minutes};
use crate::domain::{
    Action, Decision, Reason, ReasonCode,
    followup::{Followup, Mark},
};
use crate::store::{Store, StoreError};
use std::time::Duration;

impl Store {
    /// Holds a decision with its reason, for `undo`, unless another one about the task is open.
    ///
    /// # Errors
    /// [`StoreError::Database`] also when three times what stood in the way ended before it could be read; nothing is
    /// held then.
    pub async fn hold(
        &self,
        wish: &Decision,
        reason: Option<&Reason>,
        followup: Option<&Followup>,
        undo: Duration,
    ) -> Result<Hold, StoreError> {
        // What stands in the way may become final between two statements; then there is room.
        for _ in 0..3 {
            self.insert_held(wish, reason, followup, undo).await?;
            if let Some(kept) = self.decision(wish.portal, wish.id).await? {
                return Ok(Hold::Held(kept));
            }
            if let Some(kept) = self.open_decision(wish.portal, wish.task).await? {
                return Ok(Hold::Busy(kept));
            }
        }
        Err(StoreError::Database(sqlx::Error::RowNotFound))
    }

    async fn insert_held(
        &self,
        wish: &Decision,
        reason: Option<&Reason>,
        followup: Option<&Followup>,
        undo: Duration,
    ) -> Result<(), StoreError> {
        let deadline = followup.and_then(|followup| followup.deadline);
        // What is wished with a return is told also where nobody gave words for it: then there is a message without them.
        let told = wish.action == Action::Return && followup.is_some_and(Followup::is_told);
        let words = reason.map(Reason::text).or(told.then_some(""));
        sqlx::query!(
            "with d as (
                 insert into decisions (portal_id, decision_id, user_id, task_id, action, state, seen_status_changed, held_until)
                 values ($1, $2, $3, $4, $5, 'held', $6, now() + make_interval(secs => $7))
                 on conflict do nothing returning portal_id, decision_id),
                 f as (
                 insert into followups (portal_id, decision_id, deadline, deadline_offset_minutes, mark, items)
                 select portal_id, decision_id, $10, $11, $12, coalesce($13::bigint[], '{}') from d where $14)
             insert into reasons (portal_id, decision_id, body, code, delivery)
             select portal_id, decision_id, $8, $9, 'pending' from d where $8::text is not null",
            wish.portal.0,
            wish.id.0,
            wish.user.get(),
            wish.task.get(),
            wish.action.name(),
            wish.seen.status_changed.map(|at| at.to_utc()),
            undo.as_secs_f64(),
            words,
            reason.and_then(Reason::code).map(ReasonCode::name),
            deadline.map(|at| at.to_utc()),
            deadline.map(offset_minutes),
            followup.and_then(|followup| followup.mark).map(Mark::name),
            followup.map(|followup| followup.items.as_slice()),
            followup.is_some()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
