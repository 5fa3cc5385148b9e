//! Styles and scripts, inside the binary.

use actix_web::HttpResponse;

fn file(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(kind).insert_header(("Cache-Control", "no-cache")).body(text)
}

pub async fn css() -> HttpResponse {
    file("text/css; charset=utf-8", include_str!("../assets/portal.css"))
}

pub async fn portal() -> HttpResponse {
    file("text/javascript; charset=utf-8", include_str!("../assets/portal.js"))
}

/// The stand-in for Bitrix24's own script that applications load.
pub async fn bx24() -> HttpResponse {
    file("text/javascript; charset=utf-8", include_str!("../assets/bx24.js"))
}
