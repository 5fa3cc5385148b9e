//! The REST of a portal: read the request, let it in, run it, write the answer.

pub mod admit;
pub mod batch;
pub mod batch_refs;
pub mod bindings;
pub mod context;
pub mod http;
pub mod im;
pub mod methods;
pub mod placements;
pub mod positional;
pub mod request;
pub mod run;
pub mod system;
pub mod v3;
