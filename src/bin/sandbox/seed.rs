//! The demo company.

use crate::state::World;

pub fn demo(_: &mut World) -> Vec<String> {
    Vec::new()
}
