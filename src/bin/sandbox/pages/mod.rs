//! Pages for people.

use actix_web::web;

pub fn home_routes(_: &mut web::ServiceConfig) {}

pub fn portal_routes(_: &mut web::ServiceConfig) {}
