//! That data were handed out or erased: what, how many rows, when, and in which role somebody asked. Names nobody.

use chrono::{DateTime, Utc};
use std::{collections::BTreeMap, fmt};
use uuid::Uuid;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Everything was handed out.
    Export,
    /// It was erased.
    Erasure,
}

impl Deed {
    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Erasure => "erasure",
        }
    }

    /// The inverse of [`Deed::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Export, Self::Erasure].into_iter().find(|deed| deed.name() == name)
    }
}

/// In which role it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Whose data they are.
    Person,
    /// An administrator of the portal.
    Administrator,
    /// Who runs the server.
    Operator,
}

impl Asker {
    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Administrator => "administrator",
            Self::Operator => "operator",
        }
    }

    /// The inverse of [`Asker::name`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Person, Self::Administrator, Self::Operator].into_iter().find(|asker| asker.name() == name)
    }
}

/// Whoever asked keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// To be quoted.
    pub id: Uuid,
    /// Of the whole portal, else of a person.
    pub whole: bool,
    /// What was done.
    pub deed: Deed,
    /// For whom.
    pub asker: Asker,
    /// How many rows of each kind, by the table's name.
    pub rows: BTreeMap<String, i64>,
    /// When.
    pub at: DateTime<Utc>,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = if self.whole { "portal" } else { "person" };
        writeln!(f, "receipt {}: {} of a {of}", self.id.simple(), self.deed.name())?;
        writeln!(f, "asked by: {}; at: {}", self.asker.name(), self.at.to_rfc3339())?;
        for (kind, many) in &self.rows {
            writeln!(f, "{kind}: {many}")?;
        }
        Ok(())
    }
}
