//! The listeners, and what stands around every handler.

use super::{door::Door, limits, ops, routes};
use crate::pages::{Lang, Operator};
use crate::telemetry;
use crate::usecases::App;
use actix_web::{
    App as Actix, HttpMessage, HttpRequest, HttpServer,
    dev::{self, Service},
    http::{ConnectionType, Method},
    middleware::{Compress, DefaultHeaders},
    web::{Data, PayloadConfig},
};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing_actix_web::{RequestId, RootSpanBuilder, TracingLogger};
use url::Url;

/// Larger than anything a portal posts.
const MAX_BODY: usize = crate::bitrix24::inbound::MAX_BODY;

/// Until the head of a request has come. Its body has as long again and a little more, see `body`.
const HEAD: Duration = Duration::from_secs(5);

/// What handlers share.
pub struct Web {
    /// The use cases.
    pub app: App,
    /// Where pages load Bitrix24's own script from.
    pub bx24_js: Url,
    /// Everything around is pretended: the mirrored language is spoken as well.
    pub sandbox: bool,
    /// Who runs this server, for those who ask.
    pub operator: Operator,
    /// What an address may bring.
    pub door: Door,
    /// What is measured.
    pub metrics: PrometheusHandle,
    /// Cancelled when the server is asked to stop: from then on it is not ready.
    pub stop: CancellationToken,
    /// Requests that are being answered.
    pub under_way: TaskTracker,
}

/// Both listeners, running.
pub struct Server {
    /// What to wait for; ends after a graceful stop.
    pub public: dev::Server,
    /// Health.
    pub ops: dev::Server,
    /// Where the public listener really is (port 0 = any).
    pub address: SocketAddr,
}

/// Binds both listeners. A port that is taken is named.
pub fn start(web: Web, listen: SocketAddr, ops_listen: SocketAddr) -> io::Result<Server> {
    let named = |what: &'static str, address: SocketAddr| {
        move |error: io::Error| io::Error::new(error.kind(), format!("{what} {address}: {error}"))
    };
    let (connections, workers) = (limits::connections(), std::thread::available_parallelism().map_or(2, Into::into));
    if web.sandbox {
        Lang::offer_mirrored();
    }
    let web = Data::new(web);
    let shared = web.clone();
    let public = HttpServer::new(move || {
        let (under_way, stop) = (shared.under_way.clone(), shared.stop.clone());
        Actix::new()
            .app_data(shared.clone())
            .app_data(PayloadConfig::new(MAX_BODY))
            .wrap_fn(move |request, service| {
                let id = request_id(request.request());
                let answered = telemetry::within_request(id, service.call(request));
                let stop = stop.clone();
                under_way.track_future(async move {
                    let mut answer = answered.await?;
                    // Whoever keeps a connection comes by another one from now on, to another replica.
                    if stop.is_cancelled() {
                        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
                    }
                    Ok::<_, actix_web::Error>(answer)
                })
            })
            .wrap(Compress::default())
            .wrap(headers(shared.app.settings.public_url.scheme() == "https"))
            .wrap(TracingLogger::<Spans>::new())
            .configure(routes)
    })
    .workers(workers)
    .max_connections((connections / workers).max(1))
    .client_request_timeout(HEAD)
    .client_disconnect_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(75))
    // Or the last part of a page waits for the browser to acknowledge the part before, which takes it 40 ms.
    .tcp_nodelay(true)
    .shutdown_timeout(10)
    .disable_signals()
    .bind(listen)
    .map_err(named("HANDBACK_LISTEN", listen))?;
    let address = public.addrs().first().copied().unwrap_or(listen);
    let ops = HttpServer::new(move || Actix::new().app_data(web.clone()).configure(ops::routes))
        .workers(1)
        .disable_signals()
        .bind(ops_listen)
        .map_err(named("HANDBACK_OPS_LISTEN", ops_listen))?
        .run();
    Ok(Server { public: public.run(), ops, address })
}

/// On every answer. A page adds its own content security policy; whatever has none may do nothing and be framed by nobody.
fn headers(https: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
        .add(("X-Content-Type-Options", "nosniff"))
        // Under "no-referrer" a browser posts a plain form with "Origin: null", and our own Origin rule would refuse it.
        .add(("Referrer-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(), microphone=(), geolocation=()"))
        .add(("Cache-Control", "no-store"));
    if https { headers.add(("Strict-Transport-Security", "max-age=31536000")) } else { headers }
}

/// The id of this request that a person can quote.
pub(super) fn request_id(request: &HttpRequest) -> String {
    let id = request.extensions().get::<RequestId>().map(|id| id.simple().to_string());
    id.map(|id| id.chars().take(12).collect()).unwrap_or_default()
}

/// One span and one line for each request: verb, route, status, duration. No query, no header, no body.
pub struct Spans;

impl RootSpanBuilder for Spans {
    fn on_request_start(request: &dev::ServiceRequest) -> tracing::Span {
        let id = request_id(request.request());
        let route = request.match_pattern().unwrap_or_else(|| "-".to_owned());
        request.extensions_mut().insert(Began { at: Instant::now(), route: route.clone() });
        let verb = if is_known(request.method()) { request.method().as_str() } else { "OTHER" };
        tracing::info_span!("request", id, verb, route)
    }

    fn on_request_end<B: actix_web::body::MessageBody>(
        _: tracing::Span,
        outcome: &Result<dev::ServiceResponse<B>, actix_web::Error>,
    ) {
        let status = match outcome {
            Ok(answer) => answer.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        let began = outcome.as_ref().ok().and_then(|a| a.request().extensions().get::<Began>().cloned());
        let took = began.as_ref().map(|began| began.at.elapsed());
        let ms = took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        let asked_anew = began.as_ref().is_some_and(|began| ASKED_ANEW.contains(&began.route.as_str()));
        if let (Some(began), Some(took)) = (began, took) {
            telemetry::metrics::answered(began.route, status.as_u16(), took);
        }
        if asked_anew && status.is_success() {
            tracing::debug!(status = status.as_u16(), ms, "answered");
        } else {
            tracing::info!(status = status.as_u16(), ms, "answered");
        }
    }
}

/// What every open page asks each second or two: its good answers would be most of the log.
const ASKED_ANEW: [&str; 3] = ["/queue/live", "/decisions", "/bulk/show"];

/// When a request arrived here, and whose it is.
#[derive(Clone)]
struct Began {
    at: Instant,
    route: String,
}

fn is_known(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH]
        .contains(method)
}
