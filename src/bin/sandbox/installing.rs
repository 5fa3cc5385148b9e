//! The life of an installation: what the portal does when people press Install, finish, update and uninstall.

use crate::answer::Time;
use crate::outbox::{Happening, tell};
use crate::state::tokens::{Grant, Pair};
use crate::state::{World, random_hex};
use serde_json::{Map, Value, json};

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
    tell(
        world,
        member_id,
        &for_us(Happening::application("ONAPPINSTALL", user_id, data), &client_id),
    );
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
    tell(
        world,
        member_id,
        &for_us(Happening::application("ONAPPUPDATE", user_id, data), &client_id),
    );
    let portal = world.portals.get_mut(member_id)?;
    portal.drop_bindings(&client_id);
    portal.apps.get_mut(&client_id)?.installed = false;
    Some(version)
}

/// The row, handlers, placements and every token go. An unfinished installation leaves without a word.
pub fn uninstall(world: &mut World, member_id: &str, clean: bool, send_event: bool) -> bool {
    let client_id = world.clients.main.clone();
    let known = world
        .portals
        .get(member_id)
        .is_some_and(|portal| portal.apps.contains_key(&client_id));
    if !known {
        return false;
    }
    if send_event {
        let clean = if clean { "1" } else { "0" };
        let data = vec![("LANGUAGE_ID", "en".to_owned()), ("CLEAN", clean.to_owned())];
        tell(
            world,
            member_id,
            &for_us(Happening::application("ONAPPUNINSTALL", 0, data), &client_id),
        );
    }
    if let Some(portal) = world.portals.get_mut(member_id) {
        portal.drop_bindings(&client_id);
        portal.apps.remove(&client_id);
        portal.remembered.retain(|(client, ..), _| *client != client_id);
    }
    world.tokens.kill(member_id, &client_id);
    true
}

/// What the portal's page posts into a frame: where, the query that is appended, the body, the pair in it.
pub struct Opening {
    pub url: String,
    pub query: Vec<(String, String)>,
    pub body: Vec<(String, String)>,
    pub app_sid: String,
    pub pair: Pair,
}

pub struct Asked<'a> {
    pub member_id: &'a str,
    pub user_id: u64,
    pub client_id: &'a str,
    pub place: &'a str,
    pub options: Option<&'a Value>,
    /// Which of several handlers of one place.
    pub handler: Option<&'a str>,
}

/// One rendering of a frame: fresh tokens, a fresh APP_SID, the fields of the vendor's form in their order.
pub fn opening(world: &mut World, asked: &Asked) -> Option<Opening> {
    let now: Time = world.now();
    let (server_endpoint, url) = (world.oauth_endpoint(), target(world, asked));
    let portal = world.portals.get(asked.member_id)?;
    let user = portal.users.get(&asked.user_id)?;
    let app = portal.apps.get(asked.client_id)?;
    let grant = Grant {
        member_id: asked.member_id.to_owned(),
        client_id: asked.client_id.to_owned(),
        user_id: asked.user_id,
    };
    let pair = world.tokens.mint(&grant, now);
    let app_sid = random_hex(16);
    let placement = if asked.place == "INSTALL" {
        "DEFAULT"
    } else {
        asked.place
    };
    let text = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect::<Vec<_>>()
    };
    let query = text(&[
        ("DOMAIN", &portal.domain),
        ("PROTOCOL", "0"),
        ("LANG", &user.lang),
        ("APP_SID", &app_sid),
    ]);
    let mut body = text(&[
        ("AUTH_ID", &pair.access_token),
        ("AUTH_EXPIRES", "3600"),
        ("REFRESH_ID", &pair.refresh_token),
    ]);
    if portal.settings.post_new_fields {
        let scope = portal.settings.scopes.join(",");
        body.extend(text(&[
            ("SERVER_ENDPOINT", &server_endpoint),
            ("APPLICATION_TOKEN", &app.application_token),
            ("APPLICATION_SCOPE", &scope),
        ]));
    }
    body.extend(text(&[
        ("member_id", asked.member_id),
        ("status", &app.status),
        ("PLACEMENT", placement),
    ]));
    // For the main page the field is missing when there is nothing to pass; elsewhere an empty map is PHP's `[]`.
    match asked.options.filter(|options| !options.is_null()) {
        Some(options) => body.push(("PLACEMENT_OPTIONS".into(), options.to_string())),
        None if placement != "DEFAULT" => body.push(("PLACEMENT_OPTIONS".into(), "[]".into())),
        None => {}
    }
    Some(Opening {
        url,
        query,
        body,
        app_sid,
        pair,
    })
}

fn target(world: &World, asked: &Asked) -> String {
    let bound = world.portals.get(asked.member_id).and_then(|portal| {
        let mut rows = portal.placements.iter().filter(|row| row.client_id == asked.client_id);
        rows.find(|row| row.placement == asked.place && asked.handler.is_none_or(|handler| handler == row.handler))
    });
    match (asked.place, bound) {
        ("INSTALL", _) => format!("{}/install", world.app_url),
        (_, Some(row)) => row.handler.clone(),
        ("DEFAULT", None) => format!("{}/", world.app_url),
        (_, None) => format!("{}/placement", world.app_url),
    }
}

impl Opening {
    /// The registered URL with the query appended, by `&` where it has one already.
    pub fn full_url(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.query)
            .finish();
        let joint = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{joint}{query}", self.url)
    }

    /// Control's changes: other values for fields of query or body, and fields left out.
    pub fn distort(&mut self, overrides: &Map<String, Value>) {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        for (name, value) in overrides.iter().filter(|(name, _)| *name != "drop") {
            let in_query = matches!(name.as_str(), "DOMAIN" | "PROTOCOL" | "LANG" | "APP_SID");
            let fields = if in_query { &mut self.query } else { &mut self.body };
            match fields.iter_mut().find(|(key, _)| key == name) {
                Some((_, old)) => *old = plain(value),
                None => fields.push((name.clone(), plain(value))),
            }
        }
        let dropped: Vec<&str> = overrides
            .get("drop")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        self.query.retain(|(key, _)| !dropped.contains(&key.as_str()));
        self.body.retain(|(key, _)| !dropped.contains(&key.as_str()));
    }

    pub fn as_json(&self) -> Value {
        json!({"url": self.full_url(), "body": self.body})
    }
}
