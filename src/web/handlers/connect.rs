//! The application outside Bitrix24's frame: the code flow, its state bound to the browser that began it.

use super::{closed::closed, main_page::show_queue};
use crate::bitrix24::inbound::OauthReturn;
use crate::pages::ErrorKind;
use crate::usecases::{Failure, code_flow};
use crate::web::{error::Problem, reply, server::Web};
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header::LOCATION,
    web::{Data, Query},
};
use secrecy::ExposeSecret;
use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::web) struct Where {
    domain: String,
}

/// To that portal's own sign-in.
pub(in crate::web) async fn begin(
    request: HttpRequest,
    web: Data<Web>,
    asked: Option<Query<Where>>,
) -> Result<HttpResponse, Problem> {
    let asked = asked.ok_or_else(|| Problem::of(ErrorKind::Malformed, "domain").at(&request))?;
    web.door.sign_in(&request).map_err(|failure| Problem::new(failure).at(&request))?;
    let flow = code_flow::begin(&web.app, &asked.domain).await;
    let (to, browser) = flow.map_err(|failure| Problem::new(failure).at(&request))?;
    let mut cookie = cookie(&web);
    cookie.set_value(browser.expose_secret().to_owned());
    cookie.set_max_age(Duration::minutes(10));
    Ok(HttpResponse::Found().insert_header((LOCATION, to.as_str())).cookie(cookie).finish())
}

/// Back with a code; without one it is a lost visitor.
pub(in crate::web) async fn back(request: HttpRequest, web: Data<Web>) -> Result<HttpResponse, Problem> {
    let problem = |problem: Problem| problem.at(&request);
    let Some(back) = OauthReturn::decode(request.query_string()).map_err(|e| problem(e.into()))? else {
        return Ok(closed(request.clone(), web).await);
    };
    let name = cookie(&web).name().to_owned();
    let browser = request.cookie(&name).map(|c| c.value().to_owned().into());
    let foreign = || Failure::NotGenuine("this browser did not begin the sign-in");
    let browser = browser.ok_or_else(|| problem(Problem::new(foreign())))?;
    web.door.open(&request).map_err(|failure| problem(Problem::new(failure)))?;
    // The portal's sign-in page does not say in which language it was shown.
    let lang = reply::browsers_lang(&request);
    let opened = code_flow::finish(&web.app, &back, &browser, lang.code()).await;
    let opened = opened.map_err(|failure| {
        web.door.note(&request, &failure);
        problem(Problem::new(failure))
    })?;
    let mut answer = show_queue(&request, &web, &opened).await?;
    answer.add_removal_cookie(&cookie(&web)).map_err(|e| problem(Problem::of(ErrorKind::Internal, e.to_string())))?;
    Ok(answer)
}

/// The only cookie there is: first-party, for ten minutes, never set in the frame.
fn cookie(web: &Web) -> Cookie<'static> {
    let https = web.app.settings.public_url.scheme() == "https";
    let name = if https { "__Host-handback-connect" } else { "handback-connect" };
    Cookie::build(name, "").path("/").http_only(true).secure(https).same_site(SameSite::Lax).finish()
}
