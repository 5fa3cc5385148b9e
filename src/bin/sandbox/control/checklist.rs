//! Checklists of a scenario.

use crate::state::portal::Portal;
use crate::state::task::CheckItem;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Point {
    pub title: String,
    #[serde(default)]
    pub complete: bool,
}

/// A checklist and its points, as the card makes them.
pub fn points(portal: &mut Portal, points: &[Point], created_by: u64) -> Vec<CheckItem> {
    if points.is_empty() {
        return Vec::new();
    }
    let item = |id: u64, parent_id: u64, title: &str, sort_index: usize, complete: bool| CheckItem {
        id,
        parent_id,
        title: title.to_owned(),
        sort_index: sort_index as u64,
        complete,
        created_by,
        toggled_by: None,
        toggled_date: None,
    };
    let root = portal.next_id();
    let mut items = vec![item(root, 0, "Checklist 1", 0, points.iter().all(|point| point.complete))];
    for (at, point) in points.iter().enumerate() {
        items.push(item(portal.next_id(), root, &point.title, at, point.complete));
    }
    items
}
