//! The door of Bitrix24's event queue: proved, one row, answered. Bitrix24 never sends an event twice, so whatever takes
//! longer happens later, in [`super::inbox`]. An event is a hint to look, never data.

use super::{
    app::App,
    debts::Debts,
    failure::Failure,
    install::{EVENTS, Proof, is_token, prove},
    open::claimed,
    secret::is_one_of,
};
use crate::bitrix24::inbound::{Event, EventAuth};
use crate::domain::{MemberId, PortalId, installation::Status};
use crate::store::{
    events::{NewEvent, Stored},
    sessions,
};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Instant;
use uuid::Uuid;

/// Events of the installation's own life: about these something is to be done. The others are hints about tasks: what
/// changed is read again when somebody looks.
const WORK: &[&str] = &["ONAPPINSTALL", "ONAPPUPDATE", "ONAPPUNINSTALL", "ONAPPPAYMENT"];

/// So many hints of one portal are kept at once, and so many more each second, by each replica: a row is 0.2 kB, for an hour.
pub(super) const HINTS: (f64, f64) = (25_000.0, 5.0);

/// Whether whoever brings an event may have a token looked at, and whether one of theirs was of no use.
pub trait Bringer {
    /// Refused where they have brought too many bad ones.
    fn may_ask(&self) -> Result<(), Failure>;
    /// One more was looked at in vain.
    fn asked_in_vain(&self, failure: &Failure);
}

/// Keeps a genuine event, or says that it is none. Only what needs a question to the authorization server is its bringer's
/// debt: the vendor's own queue may bring many that merely have an old secret.
///
/// # Errors
/// [`Failure::NotGenuine`] when nothing proves the event, [`Failure::Malformed`] for one that we never asked for, and
/// what the bringer is refused with. [`Failure::Busy`] also when too many of the portal wait. Nothing is kept then.
pub async fn accept_event(app: &App, event: &Event, bringer: &impl Bringer) -> Result<(), Failure> {
    let member = claimed(&event.auth.member_id)?;
    let portal = member.portal_id();
    let known = knows_secret(app, portal, event.auth.application_token.as_ref()).await?;
    let name = event.event.as_str();
    if known && !EVENTS.contains(&name) {
        // Nobody asked for it: whoever knows the secret could fill the inbox with names.
        return Err(Failure::Malformed("event"));
    }
    let (proof, key) = match (known, name) {
        (true, "ONAPPINSTALL" | "ONAPPUPDATE") => (proof_of(event, member), key_of(event, app.world.now())),
        (true, _) => (None, key_of(event, app.world.now())),
        // Nothing may be stored yet, and an update may bring a new secret: an administrator's access token inside the
        // event, confirmed at the authorization server, is the proof.
        (false, "ONAPPINSTALL" | "ONAPPUPDATE") => {
            let proof = proof_of(event, member).ok_or(Failure::NotGenuine("no access token"))?;
            bringer.may_ask()?;
            prove(app, &proof).await.inspect_err(|failure| bringer.asked_in_vain(failure))?;
            (Some(proof), key_of(event, app.world.now()))
        }
        // The documentation's example has no secret. To look at a portal costs little, so it may be asked for once a
        // minute, and what the event says about payment is not read at all.
        (false, "ONAPPPAYMENT") if event.auth.application_token.is_none() && is_served(app, portal).await? => {
            (None, hashed(&["ONAPPPAYMENT", &app.world.now().format("%F %R").to_string()]))
        }
        _ => return Err(Failure::NotGenuine("the application_token is not this portal's")),
    };
    let work = WORK.contains(&name);
    let kept = NewEvent {
        portal,
        key: if work { key } else { key_of_hint(&app.hints, portal, key, app.world.now()) },
        event: name,
        task: event.task_id().map(|id| id.get()).or((!work).then_some(0)),
        said_at: event.ts.and_then(|ts| DateTime::from_timestamp(i64::try_from(ts).ok()?, 0)),
        clean: (name == "ONAPPUNINSTALL").then(|| event.value(&["CLEAN"]) == Some("1")),
        proof: proof.map(sealable).transpose()?,
        work,
        known,
    };
    match app.store.keep_event(kept).await? {
        Stored::New if work => app.mail.notify_one(),
        Stored::New | Stored::Before => {}
        Stored::Left => return Err(Failure::NotGenuine("the portal has just left")),
    }
    Ok(())
}

/// The portal's shared secret, the present or the former one, compared in constant time and by the same work whoever
/// asks. One that was never stored equals nothing.
async fn knows_secret(app: &App, portal: PortalId, said: Option<&SecretString>) -> Result<bool, Failure> {
    let stored = app.store.application_token_hashes(portal).await?;
    let plausible = said.is_some_and(is_token);
    let said = sessions::hash(said.unwrap_or(&SecretString::default()));
    Ok(is_one_of(&said, stored) && plausible)
}

async fn is_served(app: &App, portal: PortalId) -> Result<bool, Failure> {
    Ok(app.store.life(portal).await?.status != Status::Gone)
}

fn proof_of(event: &Event, member: MemberId) -> Option<Proof> {
    let EventAuth { access_token, refresh_token, application_token, server_endpoint, .. } = &event.auth;
    Some(Proof {
        member,
        access: access_token.clone()?,
        refresh: refresh_token.clone(),
        application_token: application_token.clone(),
        server_hint: server_endpoint.clone(),
    })
}

/// The same delivery has the same key, whatever tokens it carries.
fn key_of(event: &Event, now: DateTime<Utc>) -> Uuid {
    let ts = event.ts.map_or_else(|| now.timestamp().to_string(), |ts| ts.to_string());
    let data = serde_json::Value::from(event.data.clone()).to_string();
    hashed(&[&event.event, &ts, &data])
}

/// Every employee can read the secret and post hints. Beyond what a busy portal has they are one row a second: lists are
/// renewed all the same.
fn key_of_hint(hints: &Debts<PortalId>, portal: PortalId, key: Uuid, now: DateTime<Utc>) -> Uuid {
    let clock = Instant::now();
    if hints.is_open(&portal, clock) {
        hints.note(portal, clock);
        return key;
    }
    hashed(&["HINT", &now.timestamp().to_string()])
}

fn hashed(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let whole: [u8; 32] = hash.finalize().into();
    Uuid::from_bytes(std::array::from_fn(|nth| whole[nth]))
}

/// A proof as it is sealed until it is worked on.
#[derive(Serialize, Deserialize)]
struct Sealable {
    access: String,
    refresh: Option<String>,
    application_token: Option<String>,
    server_hint: Option<String>,
}

fn sealable(proof: Proof) -> Result<SecretString, Failure> {
    let open = |secret: &SecretString| secret.expose_secret().to_owned();
    let text = serde_json::to_string(&Sealable {
        access: open(&proof.access),
        refresh: proof.refresh.as_ref().map(open),
        application_token: proof.application_token.as_ref().map(open),
        server_hint: proof.server_hint,
    });
    Ok(text.map_err(|error| Failure::Internal(Box::new(error)))?.into())
}

/// The proof that was sealed with an event.
pub(super) fn unsealed(portal: PortalId, text: &SecretString) -> Option<Proof> {
    let kept: Sealable = serde_json::from_str(text.expose_secret()).ok()?;
    Some(Proof {
        member: portal.member_id(),
        access: kept.access.into(),
        refresh: kept.refresh.map(Into::into),
        application_token: kept.application_token.map(Into::into),
        server_hint: kept.server_hint,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn t35_a_flood_of_hints_becomes_one_row_a_second() {
        let hints = Debts::new(0.0, 100.0);
        let (one, two) = (PortalId(Uuid::from_u128(1)), PortalId(Uuid::from_u128(2)));
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let key = |portal, nth, now| key_of_hint(&hints, portal, Uuid::from_u128(nth), now);
        assert!((0..100).all(|nth| key(one, nth, now) == Uuid::from_u128(nth)), "what a busy portal has is kept");
        let second = key(one, 101, now);
        assert_eq!((key(one, 102, now), second == Uuid::from_u128(101)), (second, false));
        assert_ne!(key(one, 103, now + TimeDelta::seconds(1)), second, "its lists are renewed all the same");
        assert_eq!(key(two, 7, now), Uuid::from_u128(7), "the neighbour's are kept");
    }
}
