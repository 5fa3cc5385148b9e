//! What all pages share.

use super::lang::Lang;

/// Around every page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Of the person who opened it.
    pub lang: Lang,
    /// The session's token, for hidden fields and one `<meta>`; empty on pages without authority. Never in an address.
    pub session: String,
    /// Where Bitrix24's own script is loaded from; `None` outside the frame.
    pub bx24_js: Option<String>,
    /// `https://portal.example`, from the authorization server.
    pub portal_origin: Option<String>,
    /// What a person can quote to us.
    pub request_id: String,
    /// Whether Settings are offered.
    pub user_is_admin: bool,
}

impl Shell {
    /// Without any authority.
    pub fn closed(lang: Lang, request_id: String) -> Self {
        Self { lang, session: String::new(), bx24_js: None, portal_origin: None, request_id, user_is_admin: false }
    }

    /// Whether the page may offer anything that needs a session.
    pub fn is_open(&self) -> bool {
        !self.session.is_empty()
    }
}

#[cfg(test)]
impl Shell {
    /// Looks like a token and can be searched for.
    pub const SAMPLE_SESSION: &str = "SAMPLE-SESSION-TOKEN-0123456789abcdefghijkl";

    pub fn sample(lang: Lang) -> Self {
        Self {
            lang,
            session: Self::SAMPLE_SESSION.to_owned(),
            bx24_js: Some("https://api.bitrix24.com/api/v1/".to_owned()),
            portal_origin: Some("https://portal.example".to_owned()),
            request_id: "0197f3a2".to_owned(),
            user_is_admin: true,
        }
    }

    pub fn closed_sample(lang: Lang) -> Self {
        Self::closed(lang, "0197f3a2".to_owned())
    }
}
