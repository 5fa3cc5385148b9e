//! One frame with an application in it: the form that is posted into a named iframe, and what the parent's script
//! needs to know to answer the frame's messages.

use crate::opening::{self, Asked, Opening};
use crate::pages::html::esc;
use crate::state::World;
use serde_json::{Value, json};

pub struct Frame<'a> {
    pub member_id: &'a str,
    pub user_id: u64,
    /// `INSTALL` opens the installer; it is shown as DEFAULT.
    pub place: &'a str,
    pub options: Option<&'a Value>,
    pub handler: Option<&'a str>,
    /// Opened by `openApplication`: the frame may not resize itself.
    pub popup: bool,
}

/// The HTML of the frame, with a fresh pair of tokens in it.
pub fn render(world: &mut World, frame: &Frame) -> Option<String> {
    let client_id = world.clients.main.clone();
    let asked = Asked {
        member_id: frame.member_id,
        user_id: frame.user_id,
        client_id: &client_id,
        place: frame.place,
        options: frame.options,
        handler: frame.handler,
    };
    let opening = opening::opening(world, &asked)?;
    let init = init_data(world, frame, &opening)?;
    let portal = world.portals.get_mut(frame.member_id)?;
    if let Some(user) = portal.users.get_mut(&frame.user_id) {
        user.has_run = true;
    }
    let name = format!("{}|0|{}", portal.domain, opening.app_sid);
    let about = json!({
        "app_sid": opening.app_sid, "origin": origin(&opening.url), "popup": frame.popup, "init": init,
        "client_id": client_id,
    });
    let hidden = |(key, value): &(String, String)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", esc(key), esc(value))
    };
    let fields: String = opening.body.iter().map(hidden).collect();
    Some(format!(
        "<div class=\"app-frame\"><form method=\"post\" action=\"{}\" target=\"{name}\">{fields}</form>\
         <iframe name=\"{name}\" title=\"Application\" \
         allow=\"geolocation *; microphone *; camera *; autoplay *;\"></iframe>\
         <script type=\"application/json\">{}</script></div>",
        esc(&opening.full_url()),
        about.to_string().replace("</", "<\\/"),
        name = esc(&name),
    ))
}

/// Messages count only from this origin.
fn origin(url: &str) -> String {
    url::Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

fn init_data(world: &World, frame: &Frame, opening: &Opening) -> Option<Value> {
    let portal = world.portals.get(frame.member_id)?;
    let user = portal.users.get(&frame.user_id)?;
    let installing = frame.place == "INSTALL";
    Some(json!({
        "LANG": user.lang, "DOMAIN": portal.domain, "PROTOCOL": u8::from(portal.scheme == "https"), "PATH": "/rest",
        "AUTH_ID": opening.pair.access_token, "AUTH_EXPIRES": 3600, "REFRESH_ID": opening.pair.refresh_token,
        "MEMBER_ID": portal.member_id, "FIRST_RUN": !user.has_run, "IS_ADMIN": user.admin, "INSTALL": installing,
        "USER_OPTIONS": {}, "APP_OPTIONS": {},
        "PLACEMENT": if installing { "DEFAULT" } else { frame.place },
        "PLACEMENT_OPTIONS": frame.options.cloned().unwrap_or_else(|| json!({})),
    }))
}
