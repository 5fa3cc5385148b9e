//! Decisions by the ids that a page asks for.

use super::{Kept, Row};
use crate::domain::{DecisionId, PortalId, UserId};
use crate::store::{Store, StoreError};
use uuid::Uuid;

impl Store {
    /// Those of a person's decisions that have these ids, however long ago they ended.
    pub async fn decisions_by_id(
        &self,
        portal: PortalId,
        user: UserId,
        ids: &[DecisionId],
    ) -> Result<Vec<Kept>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = kept!(
            "d.portal_id = $1 and user_id = $2 and d.decision_id = any($3) order by created_at desc",
            portal.0,
            user.get(),
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(Row::kept).collect()
    }
}
