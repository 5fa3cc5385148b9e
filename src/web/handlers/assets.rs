//! Static files, kept for ever under the hash of their content.

use crate::pages::assets;
use crate::web::error::{Problem, not_found};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, VARY},
};

pub(in crate::web) async fn serve(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Some(asset) = assets::find(request.path()) else { return not_found(request).await };
    let accepts = request.headers().get(ACCEPT_ENCODING).and_then(|a| a.to_str().ok()).unwrap_or("");
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ETAG, asset.etag.clone()))
        .insert_header((VARY, "Accept-Encoding"))
        .content_type(asset.mime);
    Ok(match &asset.gzip {
        Some(gzip) if accepts.contains("gzip") => answer.insert_header((CONTENT_ENCODING, "gzip")).body(gzip.clone()),
        _ => answer.body(asset.bytes.clone().into_owned()),
    })
}
