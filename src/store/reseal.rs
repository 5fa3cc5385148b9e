//! Rotation of the sealing keys: whatever is sealed under another key than the first is sealed anew, in small steps, while
//! servers go on serving. A row that changed between the look and the write is left alone and looked at again.

use super::{
    Store, StoreError,
    credentials::{Account, Kind},
    events, impossible, portals,
    seal::{Label, SealError},
};
use crate::domain::{PortalId, UserId};
use std::time::Duration;
use uuid::Uuid;

/// Rows in one step.
const STEP: i64 = 100;
/// Rows that servers write under another key meanwhile are met by the next round; somebody whose servers all seal under
/// another first key would go round for ever.
const ROUNDS: usize = 20;
const BETWEEN_ROUNDS: Duration = Duration::from_millis(500);

/// What came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Rows sealed anew.
    pub changed: u64,
    /// Rows that are still sealed under another key than the first.
    pub left: u64,
    /// Those of them that open with none of the keys, or not where they stand.
    pub unreadable: u64,
}

/// What one round saw.
#[derive(Default)]
struct Round {
    changed: u64,
    left: u64,
    unreadable: u64,
}

impl Round {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Changed => self.changed += 1,
            Outcome::ChangedMeanwhile => self.left += 1,
            Outcome::Unreadable => (self.left, self.unreadable) = (self.left + 1, self.unreadable + 1),
        }
    }
}

enum Outcome {
    Changed,
    ChangedMeanwhile,
    Unreadable,
}

impl Store {
    /// EVERY SEALED COLUMN IS HERE: one line for each table. A column whose name ends in `sealed` and that is forgotten
    /// here makes the story of the rotation (T53) fail.
    async fn reseal_round(&self) -> Result<Round, StoreError> {
        let mut round = Round::default();
        self.reseal_credentials(&mut round).await?; // access_sealed, refresh_sealed
        self.reseal_events(&mut round).await?; // proof_sealed
        self.reseal_endpoints(&mut round).await?; // endpoint_sealed
        Ok(round)
    }

    /// Seals everything under the first key.
    ///
    /// # Errors
    /// [`StoreError::Seal`] without any key. What does not open is counted and no failure.
    pub async fn reseal(&self) -> Result<Resealed, StoreError> {
        let mut all = Resealed::default();
        for _ in 0..ROUNDS {
            let round = self.reseal_round().await?;
            all.changed += round.changed;
            (all.left, all.unreadable) = (round.left, round.unreadable);
            // The round that finds nothing more to do is the proof.
            if round.changed == 0 && round.left == round.unreadable {
                break;
            }
            tokio::time::sleep(BETWEEN_ROUNDS).await;
        }
        Ok(all)
    }

    /// Whether the access of installations opens: for each key that has sealed some and does not open the youngest of them,
    /// how many there are and why. Empty when all is well.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn shut(&self) -> Result<Vec<(i64, SealError)>, StoreError> {
        let youngest = sqlx::query!(
            "select distinct on (prefix) portal_id, user_id, access_sealed, count(*) over (partition by prefix) as \"many!\"
             from (select portal_id, user_id, access_sealed, updated_at,
                       substr(access_sealed, 1, 2 + get_byte(access_sealed, 1)) as prefix
                   from credentials where kind = 'installer') c
             order by prefix, updated_at desc"
        );
        let mut shut = Vec::new();
        for row in youngest.fetch_all(&self.pool).await? {
            let user = UserId::new(row.user_id).ok_or_else(|| impossible("credentials", row.portal_id))?;
            let of = Account { portal: PortalId(row.portal_id), kind: Kind::Installer, user };
            if let Err(error) = self.keyring.open(of.label("access"), &row.access_sealed) {
                shut.push((row.many, error));
            }
        }
        Ok(shut)
    }

    async fn reseal_credentials(&self, round: &mut Round) -> Result<(), StoreError> {
        let mut after = (Uuid::nil(), String::new(), 0);
        loop {
            let rows = sqlx::query_as!(
                Pair,
                "select portal_id, kind, user_id, access_sealed, refresh_sealed from credentials
                 where (portal_id, kind, user_id) > ($1, $2, $3)
                   and (substr(access_sealed, 1, length($4::bytea)) <> $4 or substr(refresh_sealed, 1, length($4)) <> $4)
                 order by portal_id, kind, user_id limit $5",
                after.0,
                after.1,
                after.2,
                self.keyring.prefix()?,
                STEP
            );
            let rows = rows.fetch_all(&self.pool).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = (last.portal_id, last.kind.clone(), last.user_id);
            for row in &rows {
                round.count(self.reseal_pair(row).await?);
            }
        }
    }

    async fn reseal_pair(&self, row: &Pair) -> Result<Outcome, StoreError> {
        let wrong = || impossible("credentials", row.portal_id);
        let user = UserId::new(row.user_id).ok_or_else(wrong)?;
        let of = Account { portal: PortalId(row.portal_id), kind: Kind::named(&row.kind).ok_or_else(wrong)?, user };
        let Some(access) = self.anew(of.label("access"), &row.access_sealed)? else { return Ok(Outcome::Unreadable) };
        let refresh = match row.refresh_sealed.as_deref().map(|sealed| self.anew(of.label("refresh"), sealed)) {
            None => None,
            Some(anew) => match anew? {
                None => return Ok(Outcome::Unreadable),
                refresh => refresh,
            },
        };
        let done = sqlx::query!(
            "update credentials set access_sealed = $4, refresh_sealed = $5
             where portal_id = $1 and kind = $2 and user_id = $3
               and access_sealed = $6 and refresh_sealed is not distinct from $7",
            row.portal_id,
            row.kind,
            row.user_id,
            access,
            refresh,
            row.access_sealed,
            row.refresh_sealed
        );
        let done = done.execute(&self.pool).await?.rows_affected() == 1;
        Ok(if done { Outcome::Changed } else { Outcome::ChangedMeanwhile })
    }

    /// Only events that nothing was done about yet have a proof: a handful.
    async fn reseal_events(&self, round: &mut Round) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            "select portal_id, event_id, proof_sealed as \"proof!\" from events
             where due_at is not null and substr(proof_sealed, 1, length($1::bytea)) <> $1",
            self.keyring.prefix()?
        );
        for row in rows.fetch_all(&self.pool).await? {
            let Some(proof) = self.anew(events::label(PortalId(row.portal_id)), &row.proof)? else {
                round.count(Outcome::Unreadable);
                continue;
            };
            let done = sqlx::query!(
                "update events set proof_sealed = $3 where portal_id = $1 and event_id = $2 and proof_sealed = $4",
                row.portal_id,
                row.event_id,
                proof,
                row.proof
            );
            let done = done.execute(&self.pool).await?.rows_affected() == 1;
            round.count(if done { Outcome::Changed } else { Outcome::ChangedMeanwhile });
        }
        Ok(())
    }

    async fn reseal_endpoints(&self, round: &mut Round) -> Result<(), StoreError> {
        let mut after = Uuid::nil();
        loop {
            let rows = sqlx::query!(
                "select portal_id, endpoint_sealed as \"sealed!\" from portals
                 where portal_id > $1 and substr(endpoint_sealed, 1, length($2::bytea)) <> $2
                 order by portal_id limit $3",
                after,
                self.keyring.prefix()?,
                STEP
            );
            let rows = rows.fetch_all(&self.pool).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.portal_id;
            for row in rows {
                let Some(sealed) = self.anew(portals::endpoint_of(PortalId(row.portal_id)), &row.sealed)? else {
                    round.count(Outcome::Unreadable);
                    continue;
                };
                let done = sqlx::query!(
                    "update portals set endpoint_sealed = $2 where portal_id = $1 and endpoint_sealed = $3",
                    row.portal_id,
                    sealed,
                    row.sealed
                );
                let done = done.execute(&self.pool).await?.rows_affected() == 1;
                round.count(if done { Outcome::Changed } else { Outcome::ChangedMeanwhile });
            }
        }
    }

    /// The same secret under the first key. `None` when it does not open: it stays as it is, since the missing or mistyped
    /// key may yet be found.
    fn anew(&self, label: Label<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.keyring.open(label, sealed) {
            Ok(secret) => self.keyring.seal(&self.world, label, &secret).map(Some),
            Err(error @ SealError::NoKey) => Err(error.into()),
            Err(error) => {
                tracing::warn!(portal = %label.portal, kind = label.kind, %error, "a sealed value stays as it is");
                Ok(None)
            }
        }
    }
}

struct Pair {
    portal_id: Uuid,
    kind: String,
    user_id: i64,
    access_sealed: Vec<u8>,
    refresh_sealed: Option<Vec<u8>>,
}
