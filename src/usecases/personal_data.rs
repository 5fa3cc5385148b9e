//! Handing out and erasing what is kept: a person their own, an administrator of the portal anybody's in it and the whole
//! portal, the operator both. Each leaves a receipt.

use super::{app::App, failure::Failure, install::require_admin_now, open::Viewer};
use crate::domain::{
    MemberId, PortalId, UserId,
    receipt::{Asker, Receipt},
};
use crate::store::{Store, export::Kinds, receipts::Erased};
use serde::Serialize;
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// Version of the file; another one when a key changes its meaning.
const VERSION: u32 = 1;
/// Of each kind, in a page's answer; the operator's command knows no end.
const MOST: i64 = 20_000;

/// Whose data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One person's.
    Person(UserId),
    /// Everything of the portal.
    Portal,
}

/// One's own may always be asked for; everything else is an administrator's, asked at the portal now.
async fn asker(app: &App, viewer: &Viewer, whose: Whose) -> Result<Asker, Failure> {
    if whose == Whose::Person(viewer.user) {
        return Ok(Asker::Person);
    }
    require_admin_now(app, viewer).await?;
    Ok(Asker::Administrator)
}

/// Refuses whoever may not ask for it.
///
/// # Errors
/// [`Failure::AdminRequired`] is the refusal.
pub async fn may_ask(app: &App, viewer: &Viewer, whose: Whose) -> Result<(), Failure> {
    asker(app, viewer, whose).await.map(|_| ())
}

/// Exports under way in this process: each is tens of megabytes and a connection for as long as it takes.
#[derive(Default)]
pub struct Exports(Mutex<HashSet<PortalId>>);

/// So many at once, and one of each portal.
const AT_ONCE: usize = 2;

impl Exports {
    fn begin(&self, portal: PortalId) -> Result<UnderWay<'_>, Failure> {
        let mut portals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = portals.len() < AT_ONCE && portals.insert(portal);
        if fits { Ok(UnderWay { exports: self, portal }) } else { Err(Failure::TooMany("exports at once")) }
    }
}

struct UnderWay<'a> {
    exports: &'a Exports,
    portal: PortalId,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.exports.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.portal);
    }
}

/// Everything as one JSON file.
///
/// # Errors
/// [`Failure::AdminRequired`] for what is not one's own, [`Failure::TooMany`] while another export of the portal, or
/// two of others, are under way.
pub async fn export(app: &App, viewer: &Viewer, whose: Whose) -> Result<String, Failure> {
    let asker = asker(app, viewer, whose).await?;
    let _under_way = app.exports.begin(viewer.portal_id())?;
    written(&app.store, viewer.portal_id(), whose, asker, MOST).await
}

/// Erases it, unless something of it is on its way.
///
/// # Errors
/// [`Failure::AdminRequired`] for what is not one's own, [`Failure::StillOpen`] when something of it is on its way:
/// then nothing is erased.
pub async fn erase(app: &App, viewer: &Viewer, whose: Whose) -> Result<Receipt, Failure> {
    let asker = asker(app, viewer, whose).await?;
    erased(&app.store, viewer.portal_id(), whose, asker).await
}

/// The last receipts of the portal, for its administrators.
pub async fn receipts(app: &App, viewer: &Viewer) -> Result<Vec<Receipt>, Failure> {
    Ok(app.store.receipts(viewer.portal_id(), 20).await?)
}

/// The operator's export, by the portal's member_id.
///
/// # Errors
/// [`Failure::Malformed`] for what is no member_id or no person's number, [`Failure::NotInstalled`] when nothing of the
/// portal is kept.
pub async fn export_by_operator(store: &Store, member: &str, user: Option<i64>) -> Result<String, Failure> {
    let (portal, whose) = named(member, user)?;
    written(store, portal, whose, Asker::Operator, i64::MAX).await
}

/// The operator's erasure.
///
/// # Errors
/// As for [`export_by_operator`], and [`Failure::StillOpen`] when something of it is on its way: then nothing is
/// erased.
pub async fn erase_by_operator(store: &Store, member: &str, user: Option<i64>) -> Result<Receipt, Failure> {
    let (portal, whose) = named(member, user)?;
    erased(store, portal, whose, Asker::Operator).await
}

fn named(member: &str, user: Option<i64>) -> Result<(PortalId, Whose), Failure> {
    let member: MemberId = member.parse().map_err(|_| Failure::Malformed("member_id"))?;
    let person = |id| UserId::new(id).map(Whose::Person).ok_or(Failure::Malformed("user"));
    Ok((member.portal_id(), user.map_or(Ok(Whose::Portal), person)?))
}

#[derive(Serialize)]
struct File<'a> {
    handback_export: u32,
    member_id: String,
    user_id: Option<i64>,
    made_at: String,
    receipt: String,
    cut: Vec<&'a String>,
    data: Kinds,
}

async fn written(store: &Store, portal: PortalId, whose: Whose, asker: Asker, most: i64) -> Result<String, Failure> {
    let user = match whose {
        Whose::Person(user) => Some(user),
        Whose::Portal => None,
    };
    let (data, receipt) = store.export(portal, user, asker, most).await?.ok_or(Failure::NotInstalled)?;
    // A kind that is as long as it may be has perhaps been cut.
    let cut: Vec<&String> = receipt.rows.iter().filter(|(_, many)| **many >= most).map(|(kind, _)| kind).collect();
    let file = File {
        handback_export: VERSION,
        member_id: portal.to_string(),
        user_id: user.map(UserId::get),
        made_at: receipt.at.to_rfc3339(),
        receipt: receipt.id.simple().to_string(),
        cut,
        data,
    };
    serde_json::to_string_pretty(&file).map_err(|error| Failure::Internal(Box::new(error)))
}

async fn erased(store: &Store, portal: PortalId, whose: Whose, asker: Asker) -> Result<Receipt, Failure> {
    let (user, done) = match whose {
        Whose::Person(user) => (Some(user.get()), store.erase_person(portal, user, asker).await?),
        Whose::Portal => (None, store.erase_portal(portal, asker).await?),
    };
    match done {
        Erased::Done(receipt) => {
            // After a restore to an older moment this line is all that says what has to be erased again.
            tracing::info!(%portal, user, receipt = %receipt.id, asker = asker.name(), whole = receipt.whole, "erased");
            Ok(receipt)
        }
        Erased::StillOpen => Err(Failure::StillOpen),
        Erased::NotThere => Err(Failure::NotInstalled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t35_one_export_of_a_portal_at_once_and_two_of_all() {
        let (exports, portal) = (Exports::default(), |nth| PortalId(uuid::Uuid::from_u128(nth)));
        let one = exports.begin(portal(1)).ok();
        assert!(one.is_some() && exports.begin(portal(1)).is_err(), "one of each");
        let two = exports.begin(portal(2)).ok();
        assert!(two.is_some() && exports.begin(portal(3)).is_err(), "two of all");
        drop(one);
        assert!(exports.begin(portal(2)).is_err() && exports.begin(portal(3)).is_ok(), "what has ended counts no more");
    }
}
