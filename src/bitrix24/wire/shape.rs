//! The forms in which the vendor sends a container.

use serde::Serializer;

/// How a container was sent, so that it can be written back the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Absent,
    Null,
    False,
    EmptyText,
    List,
    Object,
}

impl Shape {
    /// Writes what holds no entries; `None` for the two that do.
    pub(super) fn write_blank<S: Serializer>(self, to: S) -> Result<Result<S::Ok, S::Error>, S> {
        match self {
            Shape::Absent | Shape::Null => Ok(to.serialize_unit()),
            Shape::False => Ok(to.serialize_bool(false)),
            Shape::EmptyText => Ok(to.serialize_str("")),
            Shape::List | Shape::Object => Err(to),
        }
    }
}
