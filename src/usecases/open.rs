//! A person opens the application in Bitrix24's frame.

use super::{
    anchor::{self, Anchored, anchor},
    app::App,
    failure::Failure,
    portal_session::proved,
};
use crate::bitrix24::inbound::PageOpening;
use crate::domain::{GroupId, MemberId, PortalId, UserId, installation::Status, queue::Scope};
use crate::store::{
    Store,
    credentials::{Account, Kind, Pair},
    portals::{Portal, PortalFacts},
    sessions::Session,
};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::time::Duration;

/// A proved person in a proved portal.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Where they are.
    pub portal: PortalFacts,
    /// Who they are.
    pub user: UserId,
    /// The vendor's language code.
    pub lang: String,
    /// The part of the queue that the place of opening shows.
    pub scope: Scope,
}

impl Viewer {
    /// Their own tokens.
    pub fn account(&self) -> Account {
        Account { portal: self.portal.portal, kind: Kind::User, user: self.user }
    }

    /// The first column of everything of theirs.
    pub fn portal_id(&self) -> PortalId {
        self.portal.portal
    }
}

/// A verified opening with its new session.
pub struct Opened {
    /// Who.
    pub viewer: Viewer,
    /// For the page.
    pub session: SecretString,
}

/// Proves the opener, keeps their pair, begins a session.
///
/// # Errors
/// [`Failure::SignInAgain`] when no token was posted, else as for [`anchor()`].
pub async fn open(app: &App, opening: &PageOpening) -> Result<Opened, Failure> {
    let token = opening.auth_id.as_ref().ok_or(Failure::SignInAgain)?;
    let claimed = claimed(&opening.member_id)?;
    let hint = opening.server_endpoint.as_deref();
    let known = app.store.portal(claimed.portal_id()).await?;
    // What was known of the token may be from before the portal left.
    if known.as_ref().is_none_or(|known| known.status == Status::Gone) {
        anchor::forget(app, token).await;
    }
    let mut anchored = anchor(app, token, claimed, hint).await?;
    // Or from before the portal was renamed.
    let moved = |known: &Portal| known.facts.proved && known.facts.endpoint != anchored.facts.endpoint;
    if known.as_ref().is_some_and(moved) {
        anchor::forget(app, token).await;
        anchored = anchor(app, token, claimed, hint).await?;
    }
    note_domain(&anchored, &opening.domain);
    let lives = life(opening.auth_expires, anchored.expires, app.world.now());
    let pair = Pair { access: token.clone(), refresh: opening.refresh_id.clone(), lives };
    admit(app, &anchored, &pair, &opening.lang, scope_of(opening)).await
}

/// What a posted token may still live, which decides whether it is newer than the stored one: never longer than the
/// authorization server says, nor than any token does. The browser's own word can only shorten it.
fn life(said: Option<u64>, expires: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let said = Duration::from_secs(said.unwrap_or(3600)).min(LONGEST);
    // The server has just called it alive; a clock that is ahead of the server's must not end it.
    let proved = expires.map_or(LONGEST, |at| (at - now).to_std().unwrap_or_default().max(Duration::from_secs(60)));
    said.min(proved)
}

/// Life of an access token.
const LONGEST: Duration = Duration::from_secs(3600);

pub(super) fn claimed(member: &crate::bitrix24::inbound::MemberId) -> Result<MemberId, Failure> {
    member.as_str().parse().map_err(|_| Failure::Malformed("member_id"))
}

/// What the request says about the portal's name is only worth a line in the log.
pub(super) fn note_domain(anchored: &Anchored, said: &str) {
    if !anchored.facts.host.name().eq_ignore_ascii_case(said.trim_end_matches(":443")) {
        tracing::warn!(portal = %anchored.facts.portal, "domain mismatch: the request names another host than the authorization server");
    }
}

/// The list toolbars of a project and of a person show their part of the queue; a link may name one.
fn scope_of(opening: &PageOpening) -> Scope {
    let project = opening.group_id().and_then(|id| GroupId::new(id.get())).map(Scope::Project);
    let assignee = || opening.user_id().and_then(|id| UserId::new(id.get())).map(Scope::Assignee);
    match opening.placement.as_str() {
        "TASK_GROUP_LIST_TOOLBAR" => project.unwrap_or(Scope::All),
        "TASK_USER_LIST_TOOLBAR" => assignee().unwrap_or(Scope::All),
        "DEFAULT" | "REST_APP_URI" => project.or_else(assignee).unwrap_or(Scope::All),
        _ => Scope::All,
    }
}

/// Keeps a proved person's pair and begins their session.
pub(super) async fn admit(
    app: &App,
    anchored: &Anchored,
    pair: &Pair,
    lang: &str,
    scope: Scope,
) -> Result<Opened, Failure> {
    // One's own list is everything that waits for oneself.
    let scope = if scope == Scope::Assignee(anchored.user) { Scope::All } else { scope };
    let viewer = Viewer { portal: anchored.facts.clone(), user: anchored.user, lang: lang.to_owned(), scope };
    app.store.opened(&anchored.facts).await.map_err(Failure::of_life)?;
    app.store.save_pair(viewer.account(), pair).await?;
    let session = Session { portal: viewer.portal_id(), user: viewer.user, lang: lang.to_owned(), scope };
    let session = app.store.begin_session(&session).await?;
    Ok(Opened { viewer, session })
}

/// The origin of a portal that is known to us: the only place where a refusal may be shown in a frame.
pub async fn frame_of(app: &App, said: &crate::bitrix24::inbound::MemberId) -> Option<String> {
    let portal = claimed(said).ok()?.portal_id();
    let known = app.store.portal(portal).await.ok()??;
    (known.status != Status::Gone && known.facts.proved).then(|| known.facts.host.origin().to_owned())
}

/// Whose page this is.
///
/// # Errors
/// [`Failure::SessionEnded`] when there is no such session, or its time is over.
pub async fn viewer_of(app: &App, session: &SecretString) -> Result<Viewer, Failure> {
    let (session, known) = app.store.session(session).await?.ok_or(Failure::SessionEnded)?;
    let account = Account { portal: session.portal, kind: Kind::User, user: session.user };
    let portal = proved(app, known, account).await?;
    Ok(Viewer { portal: portal.facts, user: session.user, lang: session.lang, scope: session.scope })
}

/// The place of opening no longer limits what the page shows.
pub async fn show_everything(app: &App, viewer: &mut Viewer, session: &SecretString) -> Result<(), Failure> {
    app.store.widen_session(session, viewer.portal_id()).await?;
    viewer.scope = Scope::All;
    Ok(())
}

/// The page fetched a fresh access token from its parent: same portal, same person, and the session's hours begin
/// again. Works also after the session's idle time, which is why the old token is only compared.
///
/// # Errors
/// [`Failure::SessionEnded`] when the session is past renewal or another person's, else as for [`anchor()`].
pub async fn renew_session(app: &App, session: &SecretString, access_token: &SecretString) -> Result<(), Failure> {
    let portal = Store::portal_of_token(session).ok_or(Failure::SessionEnded)?;
    let anchored = anchor(app, access_token, portal.member_id(), None).await?;
    if !app.store.renew_session(session, portal, anchored.user).await? {
        return Err(Failure::SessionEnded);
    }
    let account = Account { portal, kind: Kind::User, user: anchored.user };
    let lives = life(None, anchored.expires, app.world.now());
    let pair = Pair { access: access_token.clone(), refresh: None, lives };
    app.store.save_pair(account, &pair).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_browser_does_not_say_how_long_its_token_lives() {
        let now = DateTime::UNIX_EPOCH;
        let seconds = |of: Duration| of.as_secs();
        let at = |left: i64| Some(now + TimeDelta::seconds(left));
        assert_eq!(seconds(life(Some(86_400), at(600), now)), 600, "the authorization server's word");
        assert_eq!(seconds(life(Some(86_400), None, now)), 3600, "an hour at most");
        assert_eq!(seconds(life(Some(86_400), at(86_400), now)), 3600, "whoever says more");
        assert_eq!(seconds(life(Some(300), at(3000), now)), 300);
        assert_eq!(seconds(life(None, at(-5), now)), 60, "clocks differ");
        assert_eq!(seconds(life(None, at(1800), now)), 1800);
    }
}
