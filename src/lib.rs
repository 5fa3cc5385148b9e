//! Handback: a Bitrix24 application that returns tasks for revision.
//!
//! The sentence that the folders tell: HTTP request -> use case -> portal client / store -> page. Data goes one way,
//! nobody calls up. A room may name only these (`tests/stories/house.rs` reads the source and fails otherwise):
//!
//! ```text
//! main  -> config, web, jobs, usecases, store      web    -> usecases, pages, domain, bitrix24::inbound
//! jobs  -> usecases, store, domain                 usecases -> domain, bitrix24, store
//! pages -> domain                                  store  -> domain
//! domain -> -      bitrix24 -> -      sandbox -> - (not even this library)      all -> telemetry, world
//! ```

// A page's futures lie some 130 deep in each other, and only a build for speed counts them.
#![recursion_limit = "256"]

pub mod bitrix24;
pub mod config;
pub mod domain;
pub mod jobs;
pub mod pages;
pub mod store;
pub mod telemetry;
pub mod usecases;
pub mod web;
pub mod world;
