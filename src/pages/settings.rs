//! What the administrator sees of the installation. Read only.

use super::{calls::CallFields, filters, install::known, levels::Tabs, shell::Shell};
use askama::Template;
use chrono::{DateTime, FixedOffset};

/// One scope: granted, needed, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The vendor's name.
    pub code: String,
    /// The portal gives it.
    pub granted: bool,
    /// A feature of ours uses it.
    pub needed: bool,
}

/// Whether a handler is where it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Bound.
    Present,
    /// Wanted, offered by the portal, and not bound.
    Missing,
    /// This portal does not offer it.
    NotOffered,
    /// The portal could not be asked.
    Unknown,
}

impl Presence {
    fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Missing => "missing",
            Self::NotOffered => "not-offered",
            Self::Unknown => "unknown",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Present => "presence-present",
            Self::Missing => "presence-missing",
            Self::NotOffered => "presence-not-offered",
            Self::Unknown => "presence-unknown",
        }
    }
}

/// An event or a placement that we want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// The vendor's code.
    pub code: String,
    /// Where it stands.
    pub presence: Presence,
}

/// The administrator's page.
#[derive(Debug, Template)]
#[template(path = "settings.html")]
pub struct SettingsPage {
    /// Around it.
    pub shell: Shell,
    /// Where else to go.
    pub tabs: Tabs,
    /// `portal.bitrix24.com`
    pub portal: String,
    /// As Bitrix24 counts versions.
    pub version: Option<String>,
    /// When it was installed.
    pub installed: Option<DateTime<FixedOffset>>,
    /// Granted and needed.
    pub scopes: Vec<Scope>,
    /// Events.
    pub events: Vec<Handler>,
    /// Placements.
    pub places: Vec<Handler>,
    /// The search in the journal of calls, empty.
    pub fields: CallFields,
}

impl SettingsPage {
    fn feature(&self, scope: &Scope) -> String {
        let lang = self.shell.lang;
        known(lang, "scope", &scope.code).unwrap_or_else(|| lang.t("scope-unused").into_owned())
    }

    fn scope_key(&self, scope: &Scope) -> &'static str {
        match (scope.granted, scope.needed) {
            (true, true) => "scope-is-granted",
            (true, false) => "scope-is-spare",
            (false, true) => "scope-is-missing",
            (false, false) => "scope-is-left-out",
        }
    }

    fn scope_class(&self, scope: &Scope) -> &'static str {
        match (scope.granted, scope.needed) {
            (true, _) => "present",
            (false, true) => "missing",
            (false, false) => "left-out",
        }
    }

    fn name(&self, prefix: &str, handler: &Handler) -> String {
        known(self.shell.lang, prefix, &handler.code).unwrap_or_else(|| handler.code.clone())
    }

    /// Whether everything is as wanted.
    fn is_well(&self) -> bool {
        let bound = |h: &Handler| matches!(h.presence, Presence::Present | Presence::NotOffered);
        self.scopes.iter().all(|s| s.granted || !s.needed) && self.events.iter().chain(&self.places).all(bound)
    }
}
