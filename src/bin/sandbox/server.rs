//! Listening: one server on the authorization server's address and on one address per pretend portal. Which of them
//! is meant is read from the Host header, as behind a proxy.

use crate::delivery;
use crate::options::Options;
use crate::sandbox::Sandbox;
use crate::state::World;
use crate::state::clients::Clients;
use crate::state::settings::Latency;
use crate::state::tokens::Tokens;
use crate::tls::{self, Certificates};
use crate::wire::{Wire, html};
use crate::{control, oauth, pages, rest};
use actix_web::guard::{GuardContext, fn_guard};
use actix_web::http::header::HOST;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::sync::Arc;

/// A sandbox whose sockets are open.
pub struct Bound {
    pub sandbox: Arc<Sandbox>,
    listeners: Vec<TcpListener>,
    certificates: Option<Certificates>,
}

/// Opens every address. Port 0 means any port that is free on all of them.
pub fn bind(options: &Options) -> io::Result<Bound> {
    let ip = *options.listen.ip();
    if !ip.is_loopback() {
        return Err(io::Error::other(format!("{ip} is no loopback address; the sandbox stays on this machine")));
    }
    let (mut tries, wanted) = (0, options.listen.port());
    let (port, listeners) = loop {
        tries += 1;
        match open_all(ip, wanted, options.portals) {
            Ok(open) => break open,
            Err(error) if wanted == 0 && tries < 50 && error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    };
    let all = std::iter::once(ip).chain(addresses(ip, options.portals));
    let certificates = options.tls.as_deref().map(|file| Certificates::make(all, file)).transpose()?;
    let world = World {
        scheme: if certificates.is_some() { "https" } else { "http" },
        port,
        home: ip,
        app_url: options.app_url.trim_end_matches('/').to_owned(),
        clock_offset: chrono::Duration::zero(),
        free_addresses: addresses(ip, options.portals).collect(),
        addresses: Default::default(),
        portals: Default::default(),
        clients: Clients::new(&options.client_id, &options.client_secret),
        tokens: Tokens::marked(&options.token_mark),
        faults: Default::default(),
        journal: Default::default(),
        latency: Latency { default_ms: Some(options.latency_ms), methods: Default::default() },
        outbox: Default::default(),
        handshakes: Default::default(),
    };
    Ok(Bound { sandbox: Arc::new(Sandbox::new(world)), listeners, certificates })
}

fn addresses(home: Ipv4Addr, portals: u16) -> impl Iterator<Item = Ipv4Addr> {
    (1..=u32::from(portals)).map(move |at| Ipv4Addr::from(u32::from(home) + at))
}

fn open_all(home: Ipv4Addr, port: u16, portals: u16) -> io::Result<(u16, Vec<TcpListener>)> {
    let named = |ip: Ipv4Addr, port: u16| {
        TcpListener::bind(SocketAddrV4::new(ip, port))
            .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {ip}:{port}: {error}")))
    };
    let first = named(home, port)?;
    let port = first.local_addr()?.port();
    let mut listeners = vec![first];
    for ip in addresses(home, portals) {
        listeners.push(named(ip, port)?);
    }
    Ok((port, listeners))
}

/// Serves until the process ends. Signals are the caller's business.
pub async fn serve(bound: Bound) -> io::Result<()> {
    let (sandbox, behind) = (bound.sandbox.clone(), bound.sandbox.clone());
    tokio::spawn(delivery::deliver(sandbox.clone()));
    let mut server = HttpServer::new(move || {
        let home = sandbox.world().home;
        App::new()
            .app_data(web::Data::from(sandbox.clone()))
            .app_data(web::PayloadConfig::new(16 << 20))
            .app_data(web::JsonConfig::default().limit(16 << 20).error_handler(control::bad_json))
            .service(
                web::scope("")
                    .guard(fn_guard(move |context| is_home(context, home)))
                    .configure(control::routes)
                    .configure(oauth::routes)
                    .configure(pages::home_routes)
                    .default_service(web::to(nothing_here)),
            )
            .service(
                web::scope("")
                    .route("/rest/{method:.*}", web::to(rest::http::call))
                    .configure(pages::portal_routes)
                    .default_service(web::to(nothing_here)),
            )
    })
    .workers(2)
    .max_connections(20_000)
    // As nginx: actix would tell a connection that brings nothing for five seconds 408, and a client that opens connections
    // ahead of need would take that for its answer.
    .client_request_timeout(std::time::Duration::from_secs(60))
    .keep_alive(std::time::Duration::from_secs(75))
    .tcp_nodelay(true)
    .on_connect(|connection, extensions| {
        if let Some(wire) = Wire::of(connection) {
            extensions.insert(wire);
        }
    })
    .disable_signals();
    let listeners = match bound.certificates {
        Some(certificates) => vec![behind_tls(&behind, bound.listeners, &certificates)?],
        None => bound.listeners,
    };
    for listener in listeners {
        server = server.listen(listener)?;
    }
    server.run().await
}

/// The addresses take TLS; what is inside goes to a plain listener that nobody else knows.
fn behind_tls(sandbox: &Arc<Sandbox>, outer: Vec<TcpListener>, certificates: &Certificates) -> io::Result<TcpListener> {
    let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let at = plain.local_addr()?;
    for listener in outer {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::spawn(tls::accept(sandbox.clone(), listener, certificates.clone(), at));
    }
    Ok(plain)
}

fn is_home(context: &GuardContext, home: Ipv4Addr) -> bool {
    let host = context.head().headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let name = host.split(':').next().unwrap_or("");
    name == "localhost" || name == home.to_string()
}

pub fn host_of(request: &HttpRequest) -> String {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    host.or(request.uri().host()).unwrap_or("").to_lowercase()
}

/// What the vendor's proxy shows for a name behind which there is no portal.
pub fn unknown_portal() -> HttpResponse {
    let text = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>";
    HttpResponse::NotFound().content_type("text/html; charset=utf-8").body(text)
}

async fn nothing_here(request: HttpRequest) -> HttpResponse {
    html(404, "Not Found").respond(&request)
}
