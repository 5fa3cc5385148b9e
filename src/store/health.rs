//! What is recorded of how a portal's installation does. Of one portal.

use super::{Store, StoreError, portals::Portal};
use crate::domain::{
    PortalId,
    health::{Limit, Recorded},
};

/// So many kinds of limits are told at most.
const MOST: i64 = 12;

impl Store {
    /// `limits`: the vendor's codes that ask to slow down. `chat`: the method of the task card's chat, and the codes that
    /// say that there is none.
    pub async fn recorded(
        &self,
        known: &Portal,
        limits: &[String],
        (chat, no_chat): (&str, &[String]),
    ) -> Result<Recorded, StoreError> {
        let portal = known.facts.portal;
        let row = sqlx::query!(
            "select (select max(received_at) from events where portal_id = $1) as last_event,
                 (select max(updated_at) from credentials where portal_id = $1) as last_renewal,
                 (select count(distinct user_id) from credentials
                  where portal_id = $1 and kind = 'user' and state = 'reauth_required') as \"people!\",
                 exists (select from credentials
                         where portal_id = $1 and kind = 'installer' and state = 'reauth_required') as \"installer!\",
                 coalesce((select code = any($3) from calls
                           where portal_id = $1 and at > now() - interval '7 days' and method = $2
                             and (code is not null or http = 200) order by at desc limit 1), false) as \"no_chat!\",
                 exists (select from settings where portal_id = $1 and level in ('portal', 'project')
                         and name = 'return_notice' and value = 'bell') as \"bells!\"",
            portal.0,
            chat,
            no_chat
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Recorded {
            status: known.status,
            version: known.facts.app_version.clone(),
            installed_at: known.installed_at,
            last_event: row.last_event,
            last_renewal: row.last_renewal,
            people_to_reopen: usize::try_from(row.people).unwrap_or(0),
            installer_to_reopen: row.installer,
            limits: self.limits_met(portal, limits).await?,
            without_chat: row.no_chat,
            wants_bells: row.bells,
        })
    }

    async fn limits_met(&self, portal: PortalId, codes: &[String]) -> Result<Vec<Limit>, StoreError> {
        let rows = sqlx::query!(
            "select method, coalesce(code, http::text) as \"code!\", count(*) as \"times!\", max(at) as \"last!\"
             from calls
             where portal_id = $1 and at > now() - interval '7 days'
               and (code = any($2) or (code is null and http in (429, 503)))
             group by 1, 2 order by 3 desc, 1, 2 limit $3",
            portal.0,
            codes,
            MOST
        );
        let limits = rows.fetch_all(&self.pool).await?.into_iter().map(|row| Limit {
            method: row.method,
            code: row.code,
            times: usize::try_from(row.times).unwrap_or(0),
            last: row.last,
        });
        Ok(limits.collect())
    }
}
