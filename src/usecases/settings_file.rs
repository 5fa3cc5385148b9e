//! The portal's settings as a file: taken out, looked at, and taken over in the same portal or in another one.

use super::{
    app::App,
    failure::Failure,
    levels::{require_keeper, settings_of},
    open::Viewer,
    saved_reasons::saved_reasons,
};
use crate::domain::{FileProblem, SettingsFile, TakeOver};

/// The settings of the portal and of its projects, and the reasons saved for everybody.
///
/// # Errors
/// [`Failure::AdminRequired`] for whoever may not change them.
pub async fn export(app: &App, viewer: &Viewer) -> Result<String, Failure> {
    require_keeper(app, viewer).await?;
    let (settings, reasons) = (settings_of(app, viewer).await?, saved_reasons(app, viewer).await?);
    let file = SettingsFile {
        member: Some(viewer.portal_id().member_id()),
        settings: settings.of_portal(),
        reasons: reasons.into_iter().filter(|reason| reason.owner.is_none()).collect(),
    };
    file.text().map_err(|error| Failure::Internal(Box::new(error)))
}

/// What a file would change here, or what is wrong with it.
///
/// # Errors
/// As for [`export`].
pub async fn look(app: &App, viewer: &Viewer, text: &str) -> Result<Result<TakeOver, FileProblem>, Failure> {
    require_keeper(app, viewer).await?;
    let file = match SettingsFile::read(text) {
        Ok(file) => file,
        Err(problem) => return Ok(Err(problem)),
    };
    let (settings, reasons) = (settings_of(app, viewer).await?, saved_reasons(app, viewer).await?);
    Ok(TakeOver::of(file, viewer.portal_id().member_id(), &settings, &reasons))
}

/// Makes it so: everything that the file would change, or nothing where something is wrong with it.
///
/// # Errors
/// As for [`export`].
pub async fn take_over(app: &App, viewer: &Viewer, text: &str) -> Result<Result<(), FileProblem>, Failure> {
    let over = match look(app, viewer, text).await? {
        Ok(over) => over,
        Err(problem) => return Ok(Err(problem)),
    };
    Ok(app.store.take_over(viewer.portal_id(), &over.rows(), &over.reasons, viewer.user).await?)
}
