//! Reasons kept ready: the portal's list, which administrators and delegates change, and everybody's own.

use super::{app::App, failure::Failure, levels::require_keeper, open::Viewer};
use crate::domain::{SavedReason, SavedReasonId, UserId};
pub use crate::store::saved_reasons::Edit;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// For everybody.
    Portal,
    /// The viewer's own.
    Mine,
}

/// What is to become of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Before the one above it.
    Up,
    /// Behind the one below it.
    Down,
    /// No longer offered.
    Archive,
    /// Offered again.
    Restore,
}

/// The portal's list and the viewer's own, in order, archived ones included.
pub async fn saved_reasons(app: &App, viewer: &Viewer) -> Result<Vec<SavedReason>, Failure> {
    Ok(app.store.saved_reasons(viewer.portal_id(), viewer.user).await?)
}

/// One of a list.
///
/// # Errors
/// [`Failure::NotFound`] when the list has none of this id.
pub async fn saved_reason(app: &App, viewer: &Viewer, list: List, id: SavedReasonId) -> Result<SavedReason, Failure> {
    let owner = owner(viewer, list);
    let mut all = saved_reasons(app, viewer).await?.into_iter();
    all.find(|reason| reason.id == id && reason.owner == owner).ok_or(Failure::NotFound)
}

/// Writes one down.
///
/// # Errors
/// [`Failure::AdminRequired`] for whoever may not change the portal's list, [`Failure::NotFound`] for a known one that
/// is not there. A full list is an [`Edit`].
pub async fn keep(app: &App, viewer: &Viewer, list: List, reason: SavedReason, is_new: bool) -> Result<Edit, Failure> {
    may_change(app, viewer, list).await?;
    let reason = SavedReason { owner: owner(viewer, list), ..reason };
    found(app.store.keep_reason(viewer.portal_id(), &reason, is_new, viewer.user).await?)
}

/// Moves one, takes it out of what is offered, or brings it back, if the list is not full.
///
/// # Errors
/// As for [`keep`].
pub async fn change(app: &App, viewer: &Viewer, list: List, id: SavedReasonId, what: Move) -> Result<Edit, Failure> {
    may_change(app, viewer, list).await?;
    let (portal, owner, by) = (viewer.portal_id(), owner(viewer, list), viewer.user);
    let done = match what {
        Move::Up => app.store.move_reason(portal, owner, id, true, by).await?,
        Move::Down => app.store.move_reason(portal, owner, id, false, by).await?,
        Move::Archive => app.store.archive_reason(portal, owner, id, true, by).await?,
        Move::Restore => app.store.archive_reason(portal, owner, id, false, by).await?,
    };
    found(done)
}

fn owner(viewer: &Viewer, list: List) -> Option<UserId> {
    (list == List::Mine).then_some(viewer.user)
}

async fn may_change(app: &App, viewer: &Viewer, list: List) -> Result<(), Failure> {
    if list == List::Portal {
        require_keeper(app, viewer).await?;
    }
    Ok(())
}

fn found(edit: Edit) -> Result<Edit, Failure> {
    if edit == Edit::NotThere { Err(Failure::NotFound) } else { Ok(edit) }
}
