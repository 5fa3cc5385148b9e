//! The POST with which a portal opens a page of ours in its frame, and the return from its authorization page.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{
    InboundError, MemberId,
    form::{Form, LONG, Place, SHORT},
    malformed, options,
};
use crate::bitrix24::wire::{Id, Scalar};

/// What the portal says about its own scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `PROTOCOL=1`.
    Https,
    /// `PROTOCOL=0`: people reach the portal without encryption.
    Http,
}

/// A page opening: the application, its installer or a placement. All of it comes through the person's browser.
#[derive(Clone, Debug)]
pub struct PageOpening {
    /// Host, perhaps with a port. Only ever compared or logged: calls go where the authorization server says.
    pub domain: String,
    /// `None` when missing or empty.
    pub protocol: Option<Protocol>,
    /// The vendor's language code (`en`, `la`, `br` …); empty when missing.
    pub lang: String,
    /// New for every rendering of the frame; no secret.
    pub app_sid: Option<String>,
    /// Access token of the person who opened the page; may be missing in a placement.
    pub auth_id: Option<SecretString>,
    /// Seconds that the token lives, not a time.
    pub auth_expires: Option<u64>,
    /// Refresh token of the same person; may be missing.
    pub refresh_id: Option<SecretString>,
    /// Attacker-controlled: may select an entry of our own list, nothing else.
    pub server_endpoint: Option<String>,
    /// Posted to every employee's browser; newer portals only.
    pub application_token: Option<SecretString>,
    /// `APPLICATION_SCOPE`: scopes of the application there; empty where the portal does not post it.
    pub scope: Vec<String>,
    /// The portal that the opening claims to come from.
    pub member_id: MemberId,
    /// Informational.
    pub status: Option<String>,
    /// Upper case; `DEFAULT` is the application's own page.
    pub placement: String,
    /// Empty for anything that is not a JSON object.
    pub placement_options: Map<String, Value>,
}

impl PageOpening {
    /// Decodes a raw query string (without `?`) and a raw body.
    ///
    /// # Errors
    /// A security field twice or out of its place, a limit, a broken encoding, a missing or malformed `member_id` or
    /// `DOMAIN`.
    pub fn decode(query: &str, body: &[u8]) -> Result<PageOpening, InboundError> {
        let form = Form::decode(query, body)?;
        let query = |name| form.take(Place::Query, name, SHORT);
        let body = |name| form.take(Place::Body, name, SHORT);
        let member_id = body("member_id")?.as_deref().and_then(MemberId::parse).ok_or(malformed("member_id"))?;
        let placement = body("PLACEMENT")?.filter(|code| !code.is_empty());
        Ok(PageOpening {
            domain: domain(query("DOMAIN")?)?,
            protocol: protocol(query("PROTOCOL")?)?,
            lang: query("LANG")?.unwrap_or_default(),
            app_sid: query("APP_SID")?,
            auth_id: form.secret("AUTH_ID")?,
            auth_expires: number(body("AUTH_EXPIRES")?, "AUTH_EXPIRES")?,
            refresh_id: form.secret("REFRESH_ID")?,
            server_endpoint: body("SERVER_ENDPOINT")?.filter(|text| !text.is_empty()),
            application_token: form.secret("APPLICATION_TOKEN")?,
            scope: list(body("APPLICATION_SCOPE")?),
            member_id,
            status: body("status")?.filter(|text| !text.is_empty()),
            placement: placement.map_or_else(|| "DEFAULT".to_owned(), |code| code.to_ascii_uppercase()),
            placement_options: options::read(form.take(Place::Body, "PLACEMENT_OPTIONS", LONG)?.as_deref()),
        })
    }

    /// The task that the place is about: `taskId` in the card and in links, `ID` in the row menu of the list.
    pub fn task_id(&self) -> Option<Id> {
        let options = &self.placement_options;
        match self.placement.as_str() {
            "TASK_LIST_CONTEXT_MENU" => options::id(options, &["taskid"]).or_else(|| options::id(options, &["id"])),
            card if card.starts_with("TASK_VIEW_") => {
                options::id(options, &["taskid"]).or_else(|| options::id_in_path(options, &["task", "view"]))
            }
            // Elsewhere the path is only where the person came from.
            _ => options::id(options, &["taskid"]),
        }
    }

    /// The person whose list the place is about.
    pub fn user_id(&self) -> Option<Id> {
        let in_path = || options::id_in_path(&self.placement_options, &["company", "personal", "user"]);
        let own = options::id(&self.placement_options, &["userid"]);
        own.or_else(|| if self.placement == "TASK_USER_LIST_TOOLBAR" { in_path() } else { None })
    }

    /// The project whose list the place is about.
    pub fn group_id(&self) -> Option<Id> {
        let in_path = || options::id_in_path(&self.placement_options, &["workgroups", "group"]);
        let own = options::id(&self.placement_options, &["groupid"]);
        own.or_else(|| if self.placement == "TASK_GROUP_LIST_TOOLBAR" { in_path() } else { None })
    }
}

/// A browser that comes back from `/oauth/authorize/`.
#[derive(Clone, Debug)]
pub struct OauthReturn {
    /// Lives 30 s, good once.
    pub code: SecretString,
    /// Ours, to be compared with what this browser was given; whoever foists a code has none.
    pub state: Option<SecretString>,
    /// The portal that the browser says it comes from; `None` when missing or malformed.
    pub member_id: Option<MemberId>,
}

impl OauthReturn {
    /// Decodes a raw query string. `None` when it carries no `code`: then it is some other visit.
    ///
    /// # Errors
    /// As for [`PageOpening::decode`].
    pub fn decode(query: &str) -> Result<Option<OauthReturn>, InboundError> {
        let form = Form::decode(query, b"")?;
        let take = |name| super::form::secret(form.take(Place::Query, name, SHORT)?, name);
        let Some(code) = take("code")? else { return Ok(None) };
        let state = take("state")?;
        let member_id = form.take(Place::Query, "member_id", SHORT)?;
        Ok(Some(OauthReturn { code, state, member_id: member_id.as_deref().and_then(MemberId::parse) }))
    }
}

fn domain(text: Option<String>) -> Result<String, InboundError> {
    let text = text.unwrap_or_default();
    let host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    if text.is_empty() || !text.chars().all(host) {
        return Err(malformed("DOMAIN"));
    }
    Ok(text)
}

fn protocol(text: Option<String>) -> Result<Option<Protocol>, InboundError> {
    match text.as_deref() {
        None | Some("") => Ok(None),
        Some("1") => Ok(Some(Protocol::Https)),
        Some("0") => Ok(Some(Protocol::Http)),
        Some(_) => Err(malformed("PROTOCOL")),
    }
}

pub(super) fn number(text: Option<String>, name: &'static str) -> Result<Option<u64>, InboundError> {
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| u64::read(text.into()).ok().flatten().ok_or(malformed(name))).transpose()
}

/// Commas nearly everywhere, spaces on one page of the documentation.
pub(super) fn list(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split([',', ' ']).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
