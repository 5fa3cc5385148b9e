//! Time and chance: the only place that asks the system for either. A leaf that any room may name, like telemetry.

use chrono::{DateTime, Utc};

/// The system gave no randomness.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system's source of randomness failed")]
pub struct NoChance;

/// Time and chance together, as they are handed around.
#[derive(Debug, Clone, Copy)]
pub struct World;

impl World {
    /// This machine's.
    pub fn system() -> Self {
        Self
    }

    /// Now, by this machine.
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// `N` unpredictable bytes, or [`NoChance`] when the system has no randomness to give.
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoChance> {
        let mut buffer = [0; N];
        getrandom::fill(&mut buffer).map_err(|_| NoChance)?;
        Ok(buffer)
    }

    /// A fresh random id, or [`NoChance`].
    pub fn id(&self) -> Result<uuid::Uuid, NoChance> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid())
    }
}
