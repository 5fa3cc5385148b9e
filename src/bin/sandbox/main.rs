//! A pretend Bitrix24: the authorization server, portals with REST, events and pages, and a control API for tests.
//!
//! It keeps state and refuses what Bitrix24 refuses. It shares no type with the application, so that the two cannot
//! be wrong together.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::too_many_arguments,
    clippy::print_stdout,
    reason = "a test tool of its own: the rules on time, chance, sockets and panics are the server's"
)]

mod answer;
mod control;
mod delivery;
mod faults;
mod grants;
mod installing;
mod journal;
mod oauth;
mod opening;
mod options;
mod outbox;
mod oversize;
mod pages;
mod php;
mod rest;
mod sandbox;
mod seed;
mod server;
mod smoke;
mod state;
mod tasks;
#[cfg(test)]
mod tests;
mod tls;
mod wire;

use clap::Parser;
use options::{Cli, Command, Seed};
use std::io::Write;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Serve(options)) => run(&options).await.map_err(Into::into),
        None => run(&cli.options).await.map_err(Into::into),
        Some(Command::Smoke(options)) => smoke::walk(&options).await,
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sandbox: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(options: &options::Options) -> std::io::Result<()> {
    let bound = server::bind(options)?;
    let sandbox = bound.sandbox.clone();
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut out = std::io::stdout();
    writeln!(out, "sandbox listening on {}", sandbox.world().home_url())?;
    if options.seed == Seed::Demo {
        for line in seed::demo(&mut sandbox.world()) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()?;
    // Nothing here is worth a farewell: state lives in memory, so a signal ends it at once.
    tokio::select! {
        served = server::serve(bound) => served,
        _ = term.recv() => std::process::exit(0),
        _ = int.recv() => std::process::exit(0),
    }
}
