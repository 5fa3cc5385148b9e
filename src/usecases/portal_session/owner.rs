//! Whose pair an answer of the authorization server is.

use super::{PortalTrouble, patiently};
use crate::bitrix24::{app::profile, oauth::TokenPair};
use crate::domain::UserId;
use crate::store::{
    credentials::{Account, Kind, Pair},
    portals::PortalFacts,
};
use crate::usecases::{anchor::anchor, app::App};
use std::time::Duration;

/// Whose pair it is now, if that may be. When an employee leaves, the vendor gives the installer's pair to another account
/// of the portal; that has to be an administrator's. A person's own pair is never anybody else's.
pub(super) async fn answers_for(app: &App, facts: &PortalFacts, of: Account, answer: &TokenPair) -> Option<UserId> {
    if is_of(answer, of) {
        return Some(of.user);
    }
    let person = answer.user_id.and_then(|user| UserId::new(user.get()))?;
    if of.kind != Kind::Installer || !is_of(answer, Account { user: person, ..of }) {
        return None;
    }
    let now = Account { user: person, ..of };
    // Asked at the endpoint that the new token's own answer proves, where ours is not.
    let proved = match facts.proved {
        true => facts.clone(),
        false => anchor(app, &answer.access_token, of.portal.member_id(), None).await.ok()?.facts.clone(),
    };
    let api = app.portal_api(&proved, answer.access_token.clone(), now).ok()?;
    let who = patiently(|| async { profile(&api).await.map_err(PortalTrouble::Call) }).await.ok()?.result?;
    let admin = who.id.get() == person.get() && who.admin == Some(true);
    if admin {
        tracing::warn!(portal = %of.portal, from = %of.user, to = %person, "the installer's tokens are another administrator's now");
    }
    admin.then_some(person)
}

/// A renewal must name the row's portal and person.
pub(in crate::usecases) fn is_of(answer: &TokenPair, of: Account) -> bool {
    is_of_portal(answer, of) && answer.user_id.is_some()
}

/// The answer to a code need not name the person.
pub(in crate::usecases) fn is_of_portal(answer: &TokenPair, of: Account) -> bool {
    let member = answer.member_id.as_ref().and_then(|m| m.as_str().parse().ok());
    member == Some(of.portal.member_id()) && answer.user_id.is_none_or(|user| user.get() == of.user.get())
}

pub(in crate::usecases) fn pair(answer: TokenPair) -> Pair {
    Pair {
        access: answer.access_token,
        refresh: Some(answer.refresh_token),
        lives: Duration::from_secs(answer.expires_in),
    }
}
