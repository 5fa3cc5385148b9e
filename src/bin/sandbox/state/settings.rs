//! The switches of a portal, and how slow things are.

use crate::tls::Shown;
use chrono::FixedOffset;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LimitPlan {
    Normal,
    Enterprise,
    Off,
}

#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// New task card and REST 3.0 (tasks module 25.700 and later).
    pub rest_v3: bool,
    /// Of the portal's default site.
    pub language: String,
    /// Whether the list honours the undocumented `RETURN_ACCESS`.
    pub return_access: bool,
    /// Whether page posts carry SERVER_ENDPOINT, APPLICATION_TOKEN and APPLICATION_SCOPE.
    pub post_new_fields: bool,
    pub limits: LimitPlan,
    pub self_hosted: bool,
    pub scopes: Vec<String>,
    #[serde(serialize_with = "zone_text")]
    pub utc_offset: FixedOffset,
    /// Free plan: REST is closed.
    pub access_closed: bool,
    /// Whether the plan has the feature `tasks_control`.
    pub task_control: bool,
    /// The administrator limited who may use the application.
    pub user_access_denied: Vec<u64>,
    pub payment_required: bool,
    pub deleted: bool,
    /// Seconds of work per method and ten minutes.
    pub operating_limit: f64,
    pub latency: Latency,
    /// What its address shows, when the sandbox speaks TLS.
    pub certificate: Shown,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rest_v3: true,
            language: "en".to_owned(),
            return_access: true,
            post_new_fields: true,
            limits: LimitPlan::Normal,
            self_hosted: false,
            scopes: ["task", "placement", "tasks", "im"].map(str::to_owned).to_vec(),
            utc_offset: parse_zone("+03:00").expect("a good offset"),
            access_closed: false,
            task_control: true,
            user_access_denied: Vec::new(),
            payment_required: false,
            deleted: false,
            operating_limit: 480.0,
            latency: Latency::default(),
            certificate: Shown::Valid,
        }
    }
}

impl Settings {
    /// Without its limiter a portal (self-hosted ones ship so) counts no working time and says nothing of it.
    pub fn counts_operating(&self) -> bool {
        !self.self_hosted && self.limits != LimitPlan::Off
    }
}

/// What control may change; every key is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    rest_v3: Option<bool>,
    language: Option<String>,
    return_access: Option<bool>,
    post_new_fields: Option<bool>,
    limits: Option<LimitPlan>,
    self_hosted: Option<bool>,
    scopes: Option<Vec<String>>,
    utc_offset: Option<String>,
    access_closed: Option<bool>,
    task_control: Option<bool>,
    user_access_denied: Option<Vec<u64>>,
    payment_required: Option<bool>,
    deleted: Option<bool>,
    operating_limit: Option<f64>,
    certificate: Option<Shown>,
    /// Marks the application installed, or takes it away without a word.
    #[serde(alias = "app_installed")]
    pub installed: Option<bool>,
}

impl SettingsPatch {
    pub fn apply(self, to: &mut Settings) -> Result<(), String> {
        fn put<T>(to: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *to = value;
            }
        }
        if let Some(text) = &self.utc_offset {
            to.utc_offset = parse_zone(text).ok_or(format!("utc_offset {text:?} is not like +03:00"))?;
        }
        put(&mut to.rest_v3, self.rest_v3);
        put(&mut to.language, self.language);
        put(&mut to.return_access, self.return_access);
        put(&mut to.post_new_fields, self.post_new_fields);
        put(&mut to.limits, self.limits);
        put(&mut to.self_hosted, self.self_hosted);
        put(&mut to.scopes, self.scopes);
        put(&mut to.access_closed, self.access_closed);
        put(&mut to.task_control, self.task_control);
        put(&mut to.user_access_denied, self.user_access_denied);
        put(&mut to.payment_required, self.payment_required);
        put(&mut to.deleted, self.deleted);
        put(&mut to.operating_limit, self.operating_limit);
        put(&mut to.certificate, self.certificate);
        Ok(())
    }
}

/// Milliseconds a method takes; a method's own figure wins over the default.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Latency {
    pub default_ms: Option<u64>,
    #[serde(default)]
    pub methods: HashMap<String, u64>,
}

impl Latency {
    /// The portal's own figures win over the common ones.
    pub fn of(method: &str, own: &Latency, common: &Latency) -> u64 {
        let named = |latency: &Latency| latency.methods.get(method).copied();
        named(own).or(own.default_ms).or(named(common)).or(common.default_ms).unwrap_or(0)
    }
}

pub fn parse_zone(text: &str) -> Option<FixedOffset> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text.trim_start_matches('+')), |rest| (-1, rest));
    let (hours, minutes) = rest.split_once(':')?;
    FixedOffset::east_opt(sign * (hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60))
}

fn zone_text<S: serde::Serializer>(zone: &FixedOffset, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&zone.to_string())
}
