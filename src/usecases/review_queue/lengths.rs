//! How long people's lists were when they were last read.

use crate::domain::{PortalId, UserId, queue::Scope};
use crate::usecases::open::Viewer;
use moka::sync::Cache;
use std::time::Duration;

/// Rows that there are to read, and seconds for a page of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Length {
    pub mine: usize,
    pub also: usize,
    pub pace: f64,
}

/// A cache, so that the pages of a long list are asked for together and not after the first has told how many there are:
/// what is lost, or is so no more, costs one more step.
#[derive(Clone)]
pub struct Lengths(Cache<(PortalId, UserId, Scope), Length>);

impl Lengths {
    pub(in crate::usecases) fn new() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_idle(Duration::from_secs(3600)).build())
    }

    pub(super) fn of(&self, viewer: &Viewer) -> Length {
        self.0.get(&key(viewer)).unwrap_or_default()
    }

    /// A list of one page is asked for as one of which nothing is known.
    pub(super) fn note(&self, viewer: &Viewer, length: Length) {
        if length.mine.max(length.also) > super::PAGE {
            self.0.insert(key(viewer), length);
        } else {
            self.forget(viewer);
        }
    }

    pub(super) fn forget(&self, viewer: &Viewer) {
        self.0.invalidate(&key(viewer));
    }
}

fn key(viewer: &Viewer) -> (PortalId, UserId, Scope) {
    (viewer.portal_id(), viewer.user, viewer.scope)
}
