//! The private listener: is it alive, is it ready, what is it doing.

use super::server::Web;
use crate::telemetry::metrics;
use actix_web::{
    HttpResponse,
    web::{Data, ServiceConfig, get, resource},
};
use std::time::Duration;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/healthz").route(get().to(HttpResponse::Ok)))
        .service(resource("/readyz").route(get().to(ready)))
        .service(resource("/metrics").route(get().to(measured)));
}

/// In Prometheus' text format. The figures of all replicas are read from the database; without it the process's own are
/// shown, and those as they were: that it does not answer is a figure of its own.
async fn measured(web: Data<Web>) -> HttpResponse {
    // Before the questions, which take a connection each.
    let connections = web.app.store.connections();
    let backlog = tokio::time::timeout(Duration::from_secs(3), web.app.store.backlog()).await;
    metrics::database(connections, matches!(backlog, Ok(Ok(_))));
    match backlog {
        Ok(Ok(backlog)) => metrics::backlog(&backlog),
        Ok(Err(error)) => tracing::warn!(%error, "the backlog could not be read"),
        Err(_) => tracing::warn!("the backlog could not be read in time"),
    }
    web.metrics.run_upkeep();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(web.metrics.render())
}

/// A real question to the database, with a short patience: sqlx 0.9.0 can lose pool permits for ever, and then only a
/// restart helps.
async fn ready(web: Data<Web>) -> HttpResponse {
    if web.stop.is_cancelled() {
        return HttpResponse::ServiceUnavailable().body("stopping\n");
    }
    match tokio::time::timeout(Duration::from_secs(3), web.app.store.ping()).await {
        Ok(Ok(())) => HttpResponse::Ok().body("ready\n"),
        Ok(Err(error)) if error.is_standby() => {
            HttpResponse::ServiceUnavailable().body("the database is a standby: nothing can be written\n")
        }
        Ok(Err(error)) if error.is_table_missing() => {
            HttpResponse::ServiceUnavailable().body("tables are missing: handback migrate makes them\n")
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().body("the database does not answer\n")
        }
        Err(_) => HttpResponse::ServiceUnavailable().body("the database does not answer in time\n"),
    }
}

/// For a container's health check: the image has no other HTTP client.
pub async fn ask_alive(ops: std::net::SocketAddr) -> Result<(), String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let asked = async {
        let mut stream = tokio::net::TcpStream::connect(ops).await?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    match tokio::time::timeout(Duration::from_secs(4), asked).await {
        Ok(Ok(answer)) if answer.starts_with("HTTP/1.1 200") => Ok(()),
        Ok(Ok(answer)) => Err(answer.lines().next().unwrap_or("no answer").to_owned()),
        Ok(Err(error)) => Err(format!("{ops}: {error}")),
        Err(_) => Err(format!("{ops} does not answer in time")),
    }
}
