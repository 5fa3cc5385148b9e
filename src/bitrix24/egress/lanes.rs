//! How many calls may be under way for one portal at one address at once: a portal that hangs fills its own lane and
//! nobody else's, also when it has named somebody else's address as its own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;
use uuid::Uuid;

use super::super::error::{CallError, Refusal};

/// Whose lane it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::bitrix24) enum Lane {
    /// Bitrix24 lets two requests a second pass in the long run and some fifty at once, so eight are never the narrow
    /// place while it answers within four seconds (four would be, while it takes two); and eight of the largest answers
    /// are what this process can hold. Of whole batches five at most are under way, see `usecases::batches`.
    Portal(Uuid),
    /// Questions about tokens have 112 of them at most, see `usecases::budget`; renewals find a place beside them.
    Authorization,
}

impl Lane {
    fn width(self) -> usize {
        match self {
            Lane::Portal(_) => 8,
            Lane::Authorization => 128,
        }
    }
}

/// The lanes in use; one that nobody holds is forgotten.
#[derive(Default)]
pub(super) struct Lanes(Mutex<HashMap<(String, Lane), Weak<Semaphore>>>);

impl Lanes {
    /// Waits for a place, and not longer than this.
    pub(super) async fn enter(
        &self,
        url: &Url,
        lane: Lane,
        patience: Duration,
    ) -> Result<OwnedSemaphorePermit, CallError> {
        let place = tokio::time::timeout(patience, self.of(url, lane).acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or(CallError::Refused(Refusal::Crowded))
    }

    fn of(&self, url: &Url, lane: Lane) -> Arc<Semaphore> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (url.origin().ascii_serialization(), lane);
        if let Some(known) = lanes.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        lanes.retain(|_, held| held.strong_count() > 0);
        let fresh = Arc::new(Semaphore::new(lane.width()));
        lanes.insert(key, Arc::downgrade(&fresh));
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn t35_an_address_has_so_many_places_and_others_have_their_own() {
        let lanes = Lanes::default();
        let url = |text: &str| Url::parse(text).unwrap();
        let soon = Duration::from_millis(50);
        let (one, other) = (Lane::Portal(Uuid::from_u128(1)), Lane::Portal(Uuid::from_u128(2)));
        let mut held = Vec::new();
        for nth in 0..8 {
            held.push(lanes.enter(&url(&format!("https://one.example/rest/{nth}")), one, soon).await.unwrap());
        }
        let crowded = lanes.enter(&url("https://one.example/rest/"), one, soon).await;
        assert_eq!(crowded.err(), Some(CallError::Refused(Refusal::Crowded)));
        assert!(lanes.enter(&url("https://one.example/rest/"), other, soon).await.is_ok(), "of another portal");
        assert!(lanes.enter(&url("https://two.example/rest/"), one, soon).await.is_ok());
        assert!(lanes.enter(&url("https://one.example/rest/"), Lane::Authorization, soon).await.is_ok());
        held.pop();
        assert!(lanes.enter(&url("https://one.example/rest/"), one, soon).await.is_ok());
        drop(held);
        assert!(lanes.enter(&url("https://three.example/rest/"), one, soon).await.is_ok());
        assert_eq!(lanes.0.lock().unwrap().len(), 1, "what nobody holds is forgotten");
    }
}
