//! One rendering of a frame: where it is posted, and with which fields.

use crate::answer::Time;
use crate::state::application::AppRow;
use crate::state::portal::Portal;
use crate::state::tokens::{Grant, Pair};
use crate::state::{World, random_hex};
use serde_json::{Map, Value, json};

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
    let grant =
        Grant { member_id: asked.member_id.to_owned(), client_id: asked.client_id.to_owned(), user_id: asked.user_id };
    let pair = world.tokens.mint(&grant, now);
    let app_sid = random_hex(16);
    let protocol = if portal.scheme == "https" { "1" } else { "0" };
    let query =
        texts(&[("DOMAIN", &portal.domain), ("PROTOCOL", protocol), ("LANG", &user.lang), ("APP_SID", &app_sid)]);
    let body = fields(portal, app, asked, &pair, &server_endpoint);
    Some(Opening { url, query, body, app_sid, pair })
}

fn texts(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The body of the form, in the vendor's order.
fn fields(portal: &Portal, app: &AppRow, asked: &Asked, pair: &Pair, server: &str) -> Vec<(String, String)> {
    let placement = if asked.place == "INSTALL" { "DEFAULT" } else { asked.place };
    let (access, refresh) = (pair.access_token.as_str(), pair.refresh_token.as_str());
    let mut body = texts(&[("AUTH_ID", access), ("AUTH_EXPIRES", "3600"), ("REFRESH_ID", refresh)]);
    if portal.settings.post_new_fields {
        let scope = portal.settings.scopes.join(",");
        body.extend(texts(&[
            ("SERVER_ENDPOINT", server),
            ("APPLICATION_TOKEN", &app.application_token),
            ("APPLICATION_SCOPE", &scope),
        ]));
    }
    body.extend(texts(&[("member_id", asked.member_id), ("status", &app.status), ("PLACEMENT", placement)]));
    // For the main page the field is missing when there is nothing to pass; elsewhere an empty map is PHP's `[]`.
    match asked.options.filter(|options| !options.is_null()) {
        Some(options) => body.push(("PLACEMENT_OPTIONS".into(), options.to_string())),
        None if placement != "DEFAULT" => body.push(("PLACEMENT_OPTIONS".into(), "[]".into())),
        None => {}
    }
    body
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
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
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
        let dropped: Vec<&str> =
            overrides.get("drop").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        self.query.retain(|(key, _)| !dropped.contains(&key.as_str()));
        self.body.retain(|(key, _)| !dropped.contains(&key.as_str()));
    }

    pub fn as_json(&self) -> Value {
        json!({"url": self.full_url(), "body": self.body})
    }
}
