//! What all pages share.

use super::lang::Lang;
use crate::domain::{TaskId, UserId, queue::Scope};

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
    /// The part of the list that the place of opening shows.
    pub scope: Scope,
}

impl Shell {
    /// Without any authority.
    pub fn closed(lang: Lang, request_id: String) -> Self {
        Self {
            lang,
            session: String::new(),
            bx24_js: None,
            portal_origin: None,
            request_id,
            user_is_admin: false,
            scope: Scope::All,
        }
    }

    /// A task's own page in Bitrix24, from ids and the anchored host alone.
    pub(super) fn card(&self, viewer: &UserId, task: &TaskId) -> Option<String> {
        Some(card(self.portal_origin.as_ref()?, viewer, task))
    }

    /// A person's own page in Bitrix24.
    pub(super) fn person(&self, user: &UserId) -> Option<String> {
        Some(format!("{}/company/personal/user/{user}/", self.portal_origin.as_ref()?))
    }

    /// Whether the page may offer anything that needs a session.
    pub fn is_open(&self) -> bool {
        !self.session.is_empty()
    }
}

/// A task's own page at this portal, as this person opens it.
pub(super) fn card(origin: &str, viewer: &UserId, task: &TaskId) -> String {
    format!("{origin}/company/personal/user/{viewer}/tasks/task/view/{task}/")
}

#[cfg(test)]
impl Shell {
    /// Looks like a token and can be searched for.
    pub const SAMPLE_SESSION: &str = "SAMPLE-SESSION-TOKEN-0123456789abcdefghijkl";

    /// Of somebody with a session.
    pub fn sample(lang: Lang) -> Self {
        Self {
            lang,
            session: Self::SAMPLE_SESSION.to_owned(),
            bx24_js: Some("https://api.bitrix24.com/api/v1/".to_owned()),
            portal_origin: Some("https://portal.example".to_owned()),
            request_id: "0197f3a2".to_owned(),
            user_is_admin: true,
            scope: Scope::All,
        }
    }

    /// Of a page that nobody's session shows.
    pub fn closed_sample(lang: Lang) -> Self {
        Self::closed(lang, "0197f3a2".to_owned())
    }
}
