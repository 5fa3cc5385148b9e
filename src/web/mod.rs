//! The doors: one route table, who is asking, one short handler per user action, error -> status and words.

mod act;
mod body;
mod door;
mod error;
mod handlers;
mod limits;
mod ops;
mod pieces;
mod reply;
mod server;

pub use crate::pages::{Contact, Operator};
pub use door::Door;
pub use ops::ask_alive;
pub use server::{Server, Web, start};

use actix_web::web::{PayloadConfig, ServiceConfig, get, head, post, resource, to};
use handlers::settings_file as file;
use handlers::{
    actions, again, assets, bulk, calls, data, everywhere, health, legal, levels, saved, snooze, task, undo,
};
use handlers::{closed, connect, decide, decisions, events, install, main_page, queue, session};

/// Every public route. What a page does is a POST that carries its session; GET never has authority.
fn routes(config: &mut ServiceConfig) {
    config
        // What Bitrix24 posts: proved at the authorization server, whatever the origin.
        .service(of_portal("/").route(get().to(connect::back)).route(post().to(main_page::show_opened)))
        .service(of_portal("/install").route(get().to(closed::closed)).route(post().to(install::install)))
        .service(of_portal("/placement").route(get().to(closed::closed)).route(post().to(main_page::show_opened)))
        .service(only("/events").route(post().to(events::receive)))
        // What our own pages post.
        .service(only("/install/retry").route(post().to(install::retry)))
        .service(only("/queue").route(post().to(queue::page)))
        .service(only("/queue/rows").route(post().to(queue::rows)))
        .service(only("/queue/everywhere").route(post().to(everywhere::page)))
        .service(only("/snooze/choose").route(post().to(snooze::choose)))
        .service(only("/snooze").route(post().to(snooze::snooze)))
        .service(only("/wake").route(post().to(snooze::wake)))
        .service(only("/queue/live").route(post().to(queue::live)))
        .service(only("/task").route(post().to(task::page)))
        .service(only("/looks").route(post().to(task::looks)))
        .service(only("/decide").route(post().to(decide::decide)))
        .service(only("/decisions").route(post().to(decisions::rows)))
        .service(only("/undo").route(post().to(undo::undo)))
        .service(only("/undo-all").route(post().to(undo::undo_all)))
        .service(only("/retry").route(post().to(again::retry)))
        .service(only("/reason/again").route(post().to(again::tell)))
        .service(only("/bulk/choose").route(post().to(bulk::choose)))
        .service(only("/bulk").app_data(PayloadConfig::new(bulk::MOST_WORDS)).route(post().to(bulk::decide)))
        .service(only("/bulk/show").route(post().to(bulk::show)))
        .service(only("/bulk/retry").route(post().to(bulk::retry)))
        .service(only("/session").route(post().to(session::renew)))
        .service(only("/settings/mine").route(post().to(levels::mine)))
        .service(only("/settings/portal").route(post().to(levels::portal)))
        .service(only("/settings/project").route(post().to(levels::project)))
        .service(only("/settings/set").route(post().to(levels::set)))
        .service(only("/settings/delegate").route(post().to(levels::delegate)))
        .service(only("/settings/reason").route(post().to(saved::edit)))
        .service(only("/settings/reason/keep").route(post().to(saved::save)))
        .service(only("/settings/reason/move").route(post().to(saved::put)))
        .service(only("/settings/export").route(post().to(file::export)))
        .service(only("/settings/import").app_data(PayloadConfig::new(file::MOST)).route(post().to(file::import)))
        .service(only("/settings/calls").route(post().to(calls::page)))
        .service(only("/health").route(post().to(health::page)))
        .service(only("/health/mend").route(post().to(health::mend)))
        .service(only("/data").route(post().to(data::page)))
        .service(only("/data/export").route(post().to(data::export)))
        .service(only("/data/erase").route(post().to(data::erase)))
        .service(only("/actions").route(post().to(actions::page)))
        // What anybody may ask for.
        .service(only("/connect").route(get().to(connect::begin)))
        .service(only("/terms").route(get().to(legal::terms)).route(head().to(legal::terms)))
        .service(only("/privacy").route(get().to(legal::privacy)).route(head().to(legal::privacy)))
        .service(only("/static/{path:.*}").route(get().to(assets::serve)).route(head().to(assets::serve)))
        .default_service(to(error::not_found));
}

/// The vendor's cabinet checks these addresses with HEAD.
fn of_portal(path: &str) -> actix_web::Resource {
    only(path).route(head().to(closed::closed))
}

fn only(path: &str) -> actix_web::Resource {
    resource(path).default_service(to(error::wrong_method))
}
