//! A form in which a field may come more than once.

use crate::domain::BulkId;
use crate::pages::View;
use crate::usecases::Failure;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::web) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Every value of a field, in order.
    pub(super) fn all<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A field that comes once; empty when it does not come.
    pub(super) fn one(&self, name: &'static str) -> Result<&str, Failure> {
        let mut values = self.all(name);
        let first = values.next().unwrap_or("");
        if values.next().is_some() { Err(Failure::Malformed(name)) } else { Ok(first) }
    }

    /// What follows a prefix in the name, with the value.
    pub(super) fn after<'a>(&'a self, prefix: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// On which page the form stood.
    pub(super) fn view(&self) -> View {
        View::of(self.one("view").unwrap_or_default())
    }

    /// A bulk's key, where there is one.
    pub(super) fn bulk(&self, name: &'static str) -> Result<Option<BulkId>, Failure> {
        match self.one(name)? {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| Failure::Malformed(name)),
        }
    }
}
