//! How the installation does, for the portal's administrator.

use super::{calls::CallFields, filters, install::known, levels::Tabs, shell::Shell, when};
use crate::domain::{
    Zone,
    health::{Handler, Health, Lack, Limit, Method, Need, Permission, Stands},
    installation::{Closed, Status},
};
use askama::Template;
use chrono::{DateTime, Utc};
use std::borrow::Cow;

/// The page, with the one button that mends.
#[derive(Debug, Template)]
#[template(path = "health.html")]
pub struct HealthPage {
    /// Around it.
    pub shell: Shell,
    /// Where else to go.
    pub tabs: Tabs,
    /// `portal.bitrix24.com`
    pub portal: String,
    /// Everything that it tells.
    pub health: Health,
    /// By which clock the viewer reads.
    pub zone: Zone,
    /// The button was pressed just now.
    pub mended: bool,
    /// The search in the journal of calls, empty.
    pub fields: CallFields,
}

impl HealthPage {
    /// Nothing is said to be done where what stands there could not be seen.
    fn is_done(&self) -> bool {
        self.mended && self.health.told.as_ref().is_ok_and(|told| told.handlers.is_some())
    }

    fn at(&self, at: &DateTime<Utc>) -> String {
        when::moment(self.shell.lang, &self.zone.at(*at))
    }

    fn with(&self, key: &str, x: &str) -> Cow<'static, str> {
        self.shell.lang.with(key, &[("x", x.into())])
    }

    fn what(&self, lack: &Lack) -> Cow<'static, str> {
        let lang = self.shell.lang;
        match lack {
            Lack::Closed(Closed::Unpaid) => lang.t("health-unpaid"),
            Lack::Closed(Closed::AccessClosed) => lang.t("health-access_closed"),
            Lack::Leaving => lang.t("health-leaving"),
            Lack::Unasked(_) => lang.t("health-unasked"),
            Lack::Permission(code) => self.with("health-permission", code),
            Lack::Useful(code) => self.with("health-useful", code),
            Lack::Method(method) => self.with("health-method", method.name),
            Lack::Handlers(many) => lang.tn("health-handlers", *many),
            Lack::InstallerAccess => lang.t("health-installer"),
            Lack::TaskControl => lang.t("health-control"),
            Lack::Bells => lang.t("health-bells"),
            Lack::Chat => lang.t("health-chat"),
        }
    }

    fn why(&self, lack: &Lack) -> Cow<'static, str> {
        let lang = self.shell.lang;
        match lack {
            Lack::Closed(Closed::Unpaid) => lang.t("health-unpaid.do"),
            Lack::Closed(Closed::AccessClosed) => lang.t("health-access_closed.do"),
            Lack::Leaving => lang.t("health-leaving.do"),
            Lack::Unasked(why) => lang.t(&format!("step-why-{}", why.name())),
            Lack::Permission(code) => self.with("health-permission.do", &self.scope(code)),
            Lack::Useful(code) => self.with("health-useful.do", &self.scope(code)),
            Lack::Method(method) => self.with("health-method.do", &self.feature(method)),
            Lack::Handlers(_) => lang.t("health-handlers-do"),
            Lack::InstallerAccess => lang.t("health-installer.do"),
            Lack::TaskControl => lang.t("health-control.do"),
            Lack::Bells => lang.t("health-bells.do"),
            Lack::Chat => lang.t("health-chat.do"),
        }
    }

    fn scope(&self, code: &str) -> String {
        let lang = self.shell.lang;
        known(lang, "scope", code).unwrap_or_else(|| lang.t("scope-unused").into_owned())
    }

    fn feature(&self, method: &Method) -> String {
        known(self.shell.lang, "feature", method.feature).unwrap_or_default()
    }

    fn scope_key(&self, scope: &Permission) -> &'static str {
        match (scope.granted, scope.need) {
            (true, Need::Never) => "scope-is-spare",
            (true, _) => "scope-is-granted",
            (false, Need::Always) => "scope-is-missing",
            (false, _) => "scope-is-not-given",
        }
    }

    fn scope_class(&self, scope: &Permission) -> &'static str {
        match (scope.granted, scope.need) {
            (true, _) => "present",
            (false, Need::Always) => "missing",
            (false, _) => "not-offered",
        }
    }

    fn handler(&self, handler: &Handler) -> String {
        let prefix = if handler.is_event { "event" } else { "place" };
        known(self.shell.lang, prefix, handler.code).unwrap_or_else(|| handler.code.to_owned())
    }

    fn stands(&self, handler: &Handler) -> (&'static str, &'static str) {
        match handler.stands {
            Stands::Present => ("present", "presence-present"),
            Stands::Missing => ("missing", "presence-missing"),
            Stands::NotOffered => ("not-offered", "presence-not-offered"),
        }
    }

    fn offered(&self, method: &Method) -> (&'static str, &'static str) {
        match method.offered {
            Some(true) => ("present", "presence-present"),
            Some(false) => ("missing", "presence-not-offered"),
            None => ("not-offered", "presence-unknown"),
        }
    }

    /// How many of them are as they should be.
    fn in_place(&self, handlers: &[Handler]) -> Cow<'static, str> {
        let well = handlers.iter().filter(|handler| handler.stands != Stands::Missing).count();
        self.of("health-in-place", well, handlers.len())
    }

    fn offers(&self, methods: &[Method]) -> Cow<'static, str> {
        self.of("health-offered", methods.iter().filter(|m| m.offered == Some(true)).count(), methods.len())
    }

    fn of(&self, key: &str, n: usize, of: usize) -> Cow<'static, str> {
        self.shell.lang.with(key, &[("n", n.into()), ("of", of.into())])
    }

    fn state_key(&self) -> &'static str {
        match self.health.recorded.status {
            Status::New => "health-state-new",
            Status::Active => "health-state-active",
            Status::Suspended(_) => "health-state-suspended",
            Status::Leaving | Status::Gone => "health-state-leaving",
        }
    }

    fn times(&self, limit: &Limit) -> Cow<'static, str> {
        self.shell.lang.tn("health-times", limit.times)
    }

    fn last(&self, limit: &Limit) -> Cow<'static, str> {
        self.with("health-last", &self.at(&limit.last))
    }

    fn people(&self) -> Cow<'static, str> {
        self.shell.lang.tn("health-people", self.health.recorded.people_to_reopen)
    }

    fn stale(&self, many: &usize) -> Cow<'static, str> {
        self.shell.lang.tn("health-stale", *many)
    }

    fn build(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
