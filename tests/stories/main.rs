//! Stories: the whole application, as `handback` boots it, against the pretend Bitrix24, told in the product's words.
//!
//! `TEST_DATABASE_URL` names a Postgres server on which databases may be created; `make test` starts one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a story that cannot go on fails")]

mod authorization_down;
mod certificates;
mod code_flow;
mod crashes;
mod database_away;
mod deciding;
mod events_prove_little;
mod floods;
mod forged_installation;
mod forged_opening;
mod frame_policy;
mod hostile_portal;
mod house;
mod in_the_browser_axe;
mod in_the_browser_decide;
mod in_the_browser_install;
mod in_the_browser_list;
mod in_the_browser_pictures;
mod in_the_browser_places;
mod in_the_browser_strangers;
mod in_the_browser_without_script;
mod inbox;
mod installing_again;
mod journal;
mod limits;
mod lives;
mod looking_back;
mod malformed_posts;
mod nasty_texts;
mod outcomes;
mod places;
mod places_with_head;
mod queue;
mod races;
mod reasons;
mod renewal;
mod replicas;
mod return_a_task;
mod rights;
mod rotation;
mod sealed;
mod sessions;
mod settings_page;
mod shut_portals;
mod support;
mod tenants;
mod tending;
mod tour;
mod undo;
mod unfinished_installation;
mod uninstalling;
