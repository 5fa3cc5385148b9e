//! Time and chance: the only places that ask the system for either. A leaf that any room may name, like telemetry.

use chrono::{DateTime, Utc};
use std::sync::Arc;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, by this machine.
    fn now(&self) -> DateTime<Utc>;
}

/// Deals unpredictable bytes.
pub trait Chance: Send + Sync {
    /// Fills the buffer, or fails when the system has no randomness to give.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoChance>;
}

/// The system gave no randomness.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system's source of randomness failed")]
pub struct NoChance;

/// Time and chance together, as they are handed around.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl World {
    /// The real ones.
    pub fn system() -> Self {
        Self { clock: Arc::new(System), chance: Arc::new(System) }
    }

    /// Chosen ones.
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        Self { clock, chance }
    }

    /// Now, by this machine.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// `N` unpredictable bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoChance> {
        let mut buffer = [0; N];
        self.chance.fill(&mut buffer)?;
        Ok(buffer)
    }

    /// A fresh random id.
    pub fn id(&self) -> Result<uuid::Uuid, NoChance> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid())
    }
}

struct System;

#[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
mod system {
    use super::{Chance, Clock, NoChance, System};

    impl Clock for System {
        fn now(&self) -> chrono::DateTime<chrono::Utc> {
            chrono::Utc::now()
        }
    }

    impl Chance for System {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), NoChance> {
            getrandom::fill(buffer).map_err(|_| NoChance)
        }
    }
}
