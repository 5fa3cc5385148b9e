//! See lib.rs for the arrows.
