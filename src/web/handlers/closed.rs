//! "Open me from Bitrix24": for the vendor's link check and lost visitors. No authority.

use crate::pages::ClosedPage;
use crate::web::{
    reply,
    server::{Web, request_id},
};
use actix_web::{HttpRequest, HttpResponse, web::Data};

pub(in crate::web) async fn closed(request: HttpRequest, web: Data<Web>) -> HttpResponse {
    let page = ClosedPage::new(reply::browsers_lang(&request), request_id(&request));
    reply::leading_out(&web, &page)
}
