//! The right of one replica to do a piece of work, kept as long as it lives.

use crate::domain::PortalId;
use crate::store::StoreError;
use std::{future::Future, time::Duration};

/// A replica that does not extend its right within this has lost it.
pub const LEASE: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(8);

/// Extends a lease again and again, until nothing is left under it: all is final, or another replica's.
pub(super) async fn beat<F>(portal: PortalId, extend: impl Fn() -> F)
where
    F: Future<Output = Result<u64, StoreError>>,
{
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        match extend().await {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(%portal, %error, "leases could not be extended"),
        }
    }
}
