//! The licence agreement and the privacy policy: what the Market and every person may read before they trust us.

use super::{filters, lang::Lang, shell::Shell};
use askama::Template;

/// How to reach whoever runs this server: an e-mail address, or a page on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact(String);

impl Contact {
    /// From the settings, which have looked at it.
    pub fn new(said: String) -> Self {
        Self(said)
    }

    /// As people read it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// As a browser follows it.
    pub fn href(&self) -> String {
        if self.0.starts_with("https://") { self.0.clone() } else { format!("mailto:{}", self.0) }
    }
}

/// Who runs this server, as far as the settings say.
#[derive(Debug, Clone, Default)]
pub struct Operator {
    /// `HANDBACK_OPERATOR`
    pub name: Option<String>,
    /// `HANDBACK_SUPPORT`
    pub support: Option<Contact>,
}

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// The licence agreement.
    Terms,
    /// The privacy policy.
    Privacy,
}

impl Document {
    /// Also its address, its title's key and how its sections' keys begin.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Privacy => "privacy",
        }
    }

    /// Keys of its sections, in order; each has a `.text`.
    pub(super) fn sections(self) -> &'static [&'static str] {
        match self {
            Self::Terms => &[
                "terms-parties",
                "terms-use",
                "terms-acts",
                "terms-rules",
                "terms-needs",
                "terms-warranty",
                "terms-end",
                "terms-bitrix24",
            ],
            Self::Privacy => &[
                "privacy-passes",
                "privacy-memory",
                "privacy-log",
                "privacy-browser",
                "privacy-shared",
                "privacy-seen",
                "privacy-removed",
                "privacy-rights",
            ],
        }
    }

    /// What is kept, each with a `.text` and how long it is (`.until`).
    pub(super) fn kept(self) -> &'static [&'static str] {
        match self {
            Self::Terms => &[],
            Self::Privacy => &[
                "kept-installation",
                "kept-access",
                "kept-sessions",
                "kept-decisions",
                "kept-reasons",
                "kept-saved",
                "kept-settings",
                "kept-views",
                "kept-actions",
                "kept-calls",
                "kept-events",
                "kept-receipts",
                "kept-tombstone",
            ],
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Terms => Self::Privacy,
            Self::Privacy => Self::Terms,
        }
    }
}

/// One of them. No authority, no script, framed by nobody.
#[derive(Debug, Template)]
#[template(path = "legal.html")]
pub struct LegalPage {
    /// Around it.
    pub shell: Shell,
    /// Which.
    pub document: Document,
    /// Whose.
    pub operator: Operator,
}

impl LegalPage {
    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// `key.part`
    fn part(&self, key: &str, part: &str) -> String {
        self.shell.lang.t(&format!("{key}.{part}")).into_owned()
    }

    fn languages(&self) -> Vec<Lang> {
        Lang::all()
    }
}

#[cfg(test)]
impl Operator {
    /// For tests of pages.
    pub fn sample() -> Self {
        let support = Some(Contact::new("help@handback.example".to_owned()));
        Self { name: Some("Example & Partners".to_owned()), support }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_followed_as_what_it_is() {
        let href = |said: &str| Contact::new(said.to_owned()).href();
        assert_eq!(href("help@handback.example"), "mailto:help@handback.example");
        assert_eq!(href("https://handback.example/help"), "https://handback.example/help");
    }

    #[test]
    fn every_section_has_its_words_in_every_language() {
        for document in [Document::Terms, Document::Privacy] {
            for lang in Lang::all() {
                let named = |key: &str| lang.find(key, &[]).unwrap_or_else(|| panic!("{key} in {lang:?}"));
                for key in document.sections().iter().chain(document.kept()) {
                    assert!(named(key).len() > 5 && named(&format!("{key}.text")).len() > 40, "{key} in {lang:?}");
                }
                document.kept().iter().for_each(|key| drop(named(&format!("{key}.until"))));
            }
        }
    }
}
