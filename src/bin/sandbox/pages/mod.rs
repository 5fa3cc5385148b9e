//! Pages for people: what a browser sees of a portal, and the script that applications load.

mod ajax;
mod application;
mod assets;
mod authorize;
mod card;
mod card_parts;
mod frame;
pub mod html;
mod people;
mod tasks;
mod visit;

use actix_web::web;

/// On the authorization server's address.
pub fn home_routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(people::portals)).route("/api/v1/", web::get().to(assets::bx24));
}

/// On the address of each portal.
pub fn portal_routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(people::people))
        .route("/bitrix/css/portal.css", web::get().to(assets::css))
        .route("/bitrix/js/portal.js", web::get().to(assets::portal))
        .route("/bitrix/ajax/", web::post().to(ajax::answer))
        .route("/bitrix/placement/", web::get().to(application::placement))
        .route("/oauth/authorize/", web::get().to(authorize::consent))
        .route("/marketplace/app/", web::get().to(application::main_page))
        .route("/marketplace/app/", web::post().to(application::manage))
        .route("/marketplace/view/{code}/", web::get().to(application::main_page))
        .route("/company/personal/user/{user}/tasks/", web::get().to(tasks::of_user))
        .route("/company/personal/user/{user}/tasks/task/view/{task}/", web::get().to(card::show))
        .route("/company/personal/user/{user}/tasks/task/view/{task}/", web::post().to(card::act))
        .route("/workgroups/group/{group}/tasks/", web::get().to(tasks::of_group))
        .route("/workgroups/group/{user}/tasks/task/view/{task}/", web::get().to(card::show))
        .route("/workgroups/group/{user}/tasks/task/view/{task}/", web::post().to(card::act));
}
