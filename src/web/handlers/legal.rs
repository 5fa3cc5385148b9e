//! `GET /terms`, `GET /privacy`: for anybody, before they trust us. No authority.

use crate::pages::{Document, Lang, LegalPage, Shell};
use crate::web::{
    reply,
    server::{Web, request_id},
};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;

/// The Market's card has an address for each language; a browser's wish counts where none is named.
#[derive(Deserialize)]
pub(in crate::web) struct Wish {
    lang: Option<String>,
}

pub(in crate::web) async fn terms(request: HttpRequest, web: Data<Web>, wish: Option<Query<Wish>>) -> HttpResponse {
    page(&request, &web, wish, Document::Terms)
}

pub(in crate::web) async fn privacy(request: HttpRequest, web: Data<Web>, wish: Option<Query<Wish>>) -> HttpResponse {
    page(&request, &web, wish, Document::Privacy)
}

fn page(request: &HttpRequest, web: &Web, wish: Option<Query<Wish>>, document: Document) -> HttpResponse {
    let lang = wish.and_then(|wish| wish.into_inner().lang);
    let lang = lang.map_or_else(|| reply::browsers_lang(request), |code| Lang::of(&code));
    let shell = Shell::closed(lang, request_id(request));
    reply::still(&LegalPage { shell, document, operator: web.operator.clone() })
}
