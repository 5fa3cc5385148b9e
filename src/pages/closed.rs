//! For those who arrive without Bitrix24: a link checker, a lost visitor.

use super::{filters, lang::Lang, shell::Shell};
use askama::Template;

/// "Open me from Bitrix24", with a way to sign in outside the frame. No authority.
#[derive(Debug, Template)]
#[template(path = "closed.html")]
pub struct ClosedPage {
    /// Around it.
    pub shell: Shell,
}

impl ClosedPage {
    /// Nothing is known about the visitor.
    pub fn new(lang: Lang, request_id: String) -> Self {
        Self { shell: Shell::closed(lang, request_id) }
    }
}
