//! How each person looked at their list last.

use super::{Store, StoreError};
use crate::domain::{
    PortalId, UserId,
    view::{Grouping, ListView, OfProject},
};

impl Store {
    /// The last view; the usual one for who has never chosen any.
    pub async fn view(&self, portal: PortalId, user: UserId) -> Result<ListView, StoreError> {
        let row = sqlx::query!(
            "select grouping, project_id, assignee_id, overdue, unchanged from views where portal_id = $1 and user_id = $2",
            portal.0,
            user.get()
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else { return Ok(ListView::default()) };
        Ok(ListView {
            grouping: Grouping::parse(&row.grouping).unwrap_or_default(),
            project: row.project_id.and_then(OfProject::of),
            assignee: row.assignee_id.and_then(UserId::new),
            overdue: row.overdue,
            unchanged: row.unchanged,
            ..ListView::default()
        })
    }

    /// Keeps it, but for what was typed and for what was put aside.
    pub async fn keep_view(&self, portal: PortalId, user: UserId, view: &ListView) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into views (portal_id, user_id, grouping, project_id, assignee_id, overdue, unchanged)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (portal_id, user_id) do update set grouping = excluded.grouping, project_id = excluded.project_id,
                 assignee_id = excluded.assignee_id, overdue = excluded.overdue, unchanged = excluded.unchanged,
                 changed_at = now()",
            portal.0,
            user.get(),
            view.grouping.name(),
            view.project.map(OfProject::number),
            view.assignee.map(UserId::get),
            view.overdue,
            view.unchanged
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
