//! Stories: the whole application, as `handback` boots it, against the pretend Bitrix24, told in the product's words.
//!
//! `TEST_DATABASE_URL` names a Postgres server on which databases may be created; `make test` starts one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a story that cannot go on fails")]

mod house;
mod support;

mod crashes;
mod deciding;
mod limits;
mod outcomes;
mod places;
mod queue;
mod races;
mod reasons;
mod renewal;
mod return_a_task;
mod rights;
mod undo;
