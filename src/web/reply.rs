//! Pages as answers: status, language, and a content security policy that names the one portal that may frame them.

use super::{pieces::Pieces, server::Web};
use crate::pages::{Lang, Page, Shell};
use crate::usecases::open::Viewer;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{ACCEPT_LANGUAGE, CONTENT_DISPOSITION},
    },
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Around a page of a person with a session.
pub(super) fn shell(web: &Web, viewer: &Viewer, session: &SecretString, request_id: String, is_admin: bool) -> Shell {
    Shell {
        lang: Lang::of(&viewer.lang),
        session: session.expose_secret().to_owned(),
        bx24_js: Some(web.bx24_js.to_string()),
        portal_origin: Some(viewer.portal.host.origin().to_owned()),
        request_id,
        user_is_admin: is_admin,
        scope: viewer.scope,
    }
}

/// Of a page that no portal opened.
pub(super) fn browsers_lang(request: &HttpRequest) -> Lang {
    let said = request.headers().get(ACCEPT_LANGUAGE).and_then(|said| said.to_str().ok());
    Lang::accepted(said.unwrap_or_default())
}

/// A page that only is read: nothing of it runs, sends or may be framed.
pub(super) fn still(shown: &impl Page) -> HttpResponse {
    const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; \
                          frame-ancestors 'none'";
    rendered(shown, StatusCode::OK, POLICY.to_owned())
}

/// Renders; `frame` is the only origin that may show the page in a frame.
pub(super) fn page(web: &Web, page: &impl Page, status: StatusCode, frame: Option<&str>) -> HttpResponse {
    rendered(page, status, policy(web, frame, "'self'"))
}

/// The page that leads to a portal's own sign-in; it carries no session. Some browsers hold the portal, to which its form is
/// redirected, against our policy.
pub(super) fn leading_out(web: &Web, shown: &impl Page) -> HttpResponse {
    let scheme = web.app.settings.oauth_servers.first().map_or("https", Url::scheme);
    rendered(shown, StatusCode::OK, policy(web, None, &format!("'self' {scheme}:")))
}

fn rendered(page: &impl Page, status: StatusCode, policy: String) -> HttpResponse {
    match page.html() {
        Ok(html) => HttpResponse::build(status)
            .insert_header(("Content-Security-Policy", policy))
            .content_type("text/html; charset=utf-8")
            .body(Pieces::of(html)),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            let words = page.lang().t("error-internal").into_owned();
            HttpResponse::InternalServerError().content_type("text/plain; charset=utf-8").body(words)
        }
    }
}

/// A file that the browser keeps.
pub(super) fn download(name: &str, json: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(Pieces::of(json))
}

/// A page for a person in their portal's frame.
pub(super) fn framed(web: &Web, shown: &impl Page, viewer: &Viewer) -> HttpResponse {
    page(web, shown, StatusCode::OK, Some(viewer.portal.host.origin()))
}

fn policy(web: &Web, frame: Option<&str>, forms: &str) -> String {
    let scripts = web.bx24_js.origin().ascii_serialization();
    let frame = frame.unwrap_or("'none'");
    format!(
        "default-src 'none'; script-src 'self' {scripts}; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action {forms}; base-uri 'none'; frame-ancestors {frame}"
    )
}
