//! Where the application appears in the portal. Sources: `api-reference/widgets/placement-get.md`,
//! `api-reference/widgets/placement-list.md`, `api-reference/widgets/placement-bind.md`,
//! `api-reference/widgets/placement-unbind.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::{
    client::Command,
    wire::{Field, Map, Maybe, optional, required},
};

/// One registered place.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Code of the place, such as `TASK_VIEW_TAB`.
    #[serde(deserialize_with = "required")]
    pub placement: String,
    /// The only person who sees it; 0 for everybody.
    #[serde(default, deserialize_with = "optional")]
    pub user_id: Option<i64>,
    /// The address that opens there.
    #[serde(default, deserialize_with = "optional")]
    pub handler: Option<String>,
    /// Settings that the place declares, such as `groupId`; empty when it has none.
    #[serde(default)]
    pub options: Map<Field<String>>,
    /// Name in the interface, where no language of [`Placement::lang_all`] has another.
    #[serde(default, deserialize_with = "optional")]
    pub title: Option<String>,
    /// The vendor writes that it is not used in practice.
    #[serde(default, deserialize_with = "optional")]
    pub description: Option<String>,
    /// Texts by language code.
    #[serde(default)]
    pub lang_all: Map<Maybe<PlacementText>>,
}

/// The texts of a place in one language.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct PlacementText {
    /// Name in the interface; without one the application's is shown.
    #[serde(default, deserialize_with = "text")]
    pub title: String,
    /// The vendor writes that it is not used in practice.
    #[serde(default, deserialize_with = "text")]
    pub description: String,
    /// Groups several handlers of one place, where the place knows groups; empty for none.
    #[serde(default, deserialize_with = "text")]
    pub group_name: String,
}

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(optional(from)?.unwrap_or_default())
}

/// What `placement.get` answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Placements(pub Vec<Placement>);

impl<'de> Deserialize<'de> for Placements {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Placements(Map::deserialize(from)?.into_values()))
    }
}

/// A place to register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlacement {
    /// A code of `placement.list`, such as `TASK_VIEW_TAB`.
    pub placement: String,
    /// Absolute https address whose host has a dot.
    pub handler: String,
    /// Texts by the vendor's language code (`en`, `la` …); without any the application's name is shown.
    pub texts: BTreeMap<String, PlacementText>,
    /// Only keys that the placement declares are kept (`groupId` for the task card).
    pub options: BTreeMap<String, String>,
}

impl NewPlacement {
    fn params(&self) -> Value {
        let mut params = json!({ "PLACEMENT": self.placement, "HANDLER": self.handler });
        if !self.texts.is_empty() {
            params["LANG_ALL"] = json!(self.texts);
        }
        if !self.options.is_empty() {
            params["OPTIONS"] = json!(self.options);
        }
        params
    }
}

/// Decoded by [`Placements`].
pub fn placement_get_command() -> Command {
    Command::new("placement.get", Value::Null)
}

/// `placement.list`: the codes that this portal offers to this token. Decoded by [`Names`](super::app::Names).
pub fn placement_list_command() -> Command {
    Command::new("placement.list", Value::Null)
}

/// `placement.bind`, for an administrator's token. Errors: `ERROR_PLACEMENT_NOT_FOUND` on a portal that does not offer
/// the code; `ERROR_CORE` for what is registered already (look with [`placement_get_command`]). Decoded by
/// [`Yes`](super::app::Yes).
pub fn placement_bind_command(new: &NewPlacement) -> Command {
    Command::new("placement.bind", new.params())
}

/// `placement.unbind` of one handler. Decoded by [`Removed`](super::events::Removed); see there about the count.
pub fn placement_unbind_command(placement: &str, handler: &str) -> Command {
    Command::new("placement.unbind", json!({ "PLACEMENT": placement, "HANDLER": handler }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitrix24::{
        app::{Names, Yes},
        client::read_answer,
        egress::Incoming,
        events::Removed,
    };

    fn read<T: serde::de::DeserializeOwned>(body: &str) -> T {
        let incoming = Incoming { http: 200, body: body.as_bytes().to_vec(), location: None };
        read_answer(&incoming).unwrap().result
    }

    #[test]
    fn recorded_answers_read() {
        let placements = read::<Placements>(include_str!("examples/placement.get.json")).0;
        assert_eq!(placements[0].placement, "TASK_VIEW_TAB");
        assert_eq!(placements[0].lang_all.get("en").unwrap().get().unwrap().title, "Handback");
        assert!(placements[0].options.is_empty() && placements[1].lang_all.is_empty());
        assert_eq!(placements[1].options.get("groupId").unwrap().as_deref(), Some("11,12"));
        assert!(read::<Names>(include_str!("examples/placement.list.json")).0.contains(&"LEFT_MENU".to_owned()));
        assert!(read::<Yes>(include_str!("examples/placement.bind.json")).0);
        assert_eq!(read::<Removed>(include_str!("examples/placement.unbind.json")).count, 2);
    }

    #[test]
    fn a_new_place_names_only_what_it_has() {
        let mut new = NewPlacement {
            placement: "LEFT_MENU".to_owned(),
            handler: "https://app.example.com/placement".to_owned(),
            texts: BTreeMap::new(),
            options: BTreeMap::new(),
        };
        let bare = json!({ "PLACEMENT": "LEFT_MENU", "HANDLER": "https://app.example.com/placement" });
        assert_eq!(new.params(), bare);
        new.texts.insert("la".to_owned(), PlacementText { title: "Devolver".to_owned(), ..Default::default() });
        let text = json!({ "TITLE": "Devolver", "DESCRIPTION": "", "GROUP_NAME": "" });
        assert_eq!(new.params()["LANG_ALL"]["la"], text);
    }
}
