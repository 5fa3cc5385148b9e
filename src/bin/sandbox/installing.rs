//! The life of an installation: what the portal does when people press Install, finish, update and uninstall.

use crate::outbox::{Happening, tell};
use crate::state::{World, random_hex};

/// "Install" was pressed: a row that is not finished yet.
pub fn begin(world: &mut World, member_id: &str, client_id: &str) {
    world.clients.ensure(client_id);
    if let Some(portal) = world.portals.get_mut(member_id) {
        // Another vendor's application is only scenery: it is there, finished, at once.
        portal.ensure_app(client_id, client_id != world.clients.main);
    }
}

/// Installed without a word to the application; tokens can be had from now on.
pub fn mark_installed(world: &mut World, member_id: &str) {
    let main = world.clients.main.clone();
    if let Some(portal) = world.portals.get_mut(member_id) {
        portal.ensure_app(&main, true).installed = true;
    }
}

/// `BX24.installFinish()` arrived. Only an administrator's counts; anybody else's changes nothing.
pub fn finish(world: &mut World, member_id: &str, user_id: u64) -> bool {
    let client_id = world.clients.main.clone();
    let Some(portal) = world.portals.get_mut(member_id) else {
        return false;
    };
    let admin = portal.is_admin(user_id);
    let Some(app) = portal.apps.get_mut(&client_id).filter(|_| admin) else {
        return false;
    };
    app.installed = true;
    let data = vec![
        ("VERSION", app.version.to_string()),
        ("ACTIVE", "Y".to_owned()),
        ("INSTALLED", "Y".to_owned()),
        ("LANGUAGE_ID", "en".to_owned()),
    ];
    tell(world, member_id, &for_us(Happening::application("ONAPPINSTALL", user_id, data), &client_id));
    true
}

fn for_us(mut happening: Happening, client_id: &str) -> Happening {
    happening.only_client = Some(client_id.to_owned());
    happening
}

/// A new version: ONAPPUPDATE goes to the old handlers, then handlers and placements fall away and the installer of
/// the new version has to run.
pub fn update(world: &mut World, member_id: &str, user_id: u64, new_token: bool) -> Option<u32> {
    let client_id = world.clients.main.clone();
    let app = world.portals.get_mut(member_id)?.apps.get_mut(&client_id)?;
    app.version += 1;
    if new_token {
        app.application_token = random_hex(16);
    }
    let version = app.version;
    let data = vec![
        ("VERSION", version.to_string()),
        ("PREVIOUS_VERSION", (version - 1).to_string()),
        ("LANGUAGE_ID", "en".to_owned()),
    ];
    tell(world, member_id, &for_us(Happening::application("ONAPPUPDATE", user_id, data), &client_id));
    let portal = world.portals.get_mut(member_id)?;
    portal.drop_bindings(&client_id);
    portal.apps.get_mut(&client_id)?.installed = false;
    Some(version)
}

/// The row, handlers, placements and every token go. An unfinished installation leaves without a word.
pub fn uninstall(world: &mut World, member_id: &str, clean: bool, send_event: bool) -> bool {
    let client_id = world.clients.main.clone();
    let known = world.portals.get(member_id).is_some_and(|portal| portal.apps.contains_key(&client_id));
    if !known {
        return false;
    }
    if send_event {
        let clean = if clean { "1" } else { "0" };
        let data = vec![("LANGUAGE_ID", "en".to_owned()), ("CLEAN", clean.to_owned())];
        tell(world, member_id, &for_us(Happening::application("ONAPPUNINSTALL", 0, data), &client_id));
    }
    if let Some(portal) = world.portals.get_mut(member_id) {
        portal.drop_bindings(&client_id);
        portal.apps.remove(&client_id);
        portal.remembered.retain(|(client, ..), _| *client != client_id);
    }
    world.tokens.kill(member_id, &client_id);
    true
}
