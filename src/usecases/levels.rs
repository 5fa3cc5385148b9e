//! Settings by level, and who may change what: a person their own, a portal's administrators and whom these have named
//! everything else. Asked at the portal with every change, whoever the page was made for.

use super::{
    app::App,
    failure::Failure,
    install::{own_profile, require_admin_now},
    open::Viewer,
};
use crate::domain::{Level, Setting, Settings, UserId, Value};

/// So many are named at most.
const MOST_DELEGATES: i64 = 20;

/// What somebody may change, as of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// An administrator of the portal.
    pub is_admin: bool,
    /// Named by one.
    pub is_delegate: bool,
}

impl Rank {
    /// Whether the portal's settings are in their hands.
    pub fn keeps_portal(self) -> bool {
        self.is_admin || self.is_delegate
    }
}

/// Asks the portal who this is; a delegate who has left it is none.
pub async fn rank_now(app: &App, viewer: &Viewer) -> Result<Rank, Failure> {
    let profile = own_profile(app, viewer).await?;
    let is_delegate = app.store.delegates(viewer.portal_id()).await?.contains(&viewer.user);
    Ok(Rank { is_admin: profile.is_admin, is_delegate })
}

/// Whether somebody was named; says nothing of whether they are still there.
pub async fn delegated(app: &App, viewer: &Viewer) -> Result<bool, Failure> {
    Ok(app.store.delegates(viewer.portal_id()).await?.contains(&viewer.user))
}

/// Refuses whoever may not change the portal's settings now.
///
/// # Errors
/// [`Failure::AdminRequired`] is the refusal.
pub async fn require_keeper(app: &App, viewer: &Viewer) -> Result<Rank, Failure> {
    let rank = rank_now(app, viewer).await?;
    if rank.keeps_portal() { Ok(rank) } else { Err(Failure::AdminRequired) }
}

/// Everything that holds for this person.
pub async fn settings_of(app: &App, viewer: &Viewer) -> Result<Settings, Failure> {
    Ok(app.store.settings(viewer.portal_id(), viewer.user).await?)
}

/// Sets a value, or with `None` lets the level above say it.
///
/// # Errors
/// [`Failure::AdminRequired`] for what is not theirs to change, [`Failure::NotFound`] for another person's own,
/// [`Failure::Malformed`] for a level that the setting does not have.
pub async fn set(
    app: &App,
    viewer: &Viewer,
    level: Level,
    setting: Setting,
    value: Option<Value>,
) -> Result<(), Failure> {
    if !setting.is_for(level) {
        return Err(Failure::Malformed("level"));
    }
    match level {
        Level::Person(user) if user == viewer.user => {}
        // Nobody's but their own, not even an administrator's.
        Level::Person(_) => return Err(Failure::NotFound),
        Level::Portal | Level::Project(_) => {
            require_keeper(app, viewer).await?;
        }
    }
    Ok(app.store.set(viewer.portal_id(), level, setting, value, viewer.user).await?)
}

/// Those whom administrators have named.
pub async fn delegates(app: &App, viewer: &Viewer) -> Result<Vec<UserId>, Failure> {
    Ok(app.store.delegates(viewer.portal_id()).await?)
}

/// Names somebody; for administrators alone. False when as many are named as can be.
///
/// # Errors
/// [`Failure::AdminRequired`] for everybody else.
pub async fn name_delegate(app: &App, viewer: &Viewer, user: UserId) -> Result<bool, Failure> {
    require_admin_now(app, viewer).await?;
    Ok(app.store.name_delegate(viewer.portal_id(), user, viewer.user, MOST_DELEGATES).await?)
}

/// They are none any more; for administrators alone.
///
/// # Errors
/// [`Failure::AdminRequired`] for everybody else.
pub async fn remove_delegate(app: &App, viewer: &Viewer, user: UserId) -> Result<(), Failure> {
    require_admin_now(app, viewer).await?;
    Ok(app.store.remove_delegate(viewer.portal_id(), user).await?)
}
