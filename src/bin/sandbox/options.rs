//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};

#[derive(Parser)]
#[command(name = "sandbox", about = "A whole pretend Bitrix24: portals, authorization server, pages with the iframe")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub options: Options,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve (the default).
    Serve(Options),
    /// Walk through a running demo as a person would; ends with 0 or 1.
    Smoke(Smoke),
}

#[derive(Args, Debug, Clone)]
pub struct Smoke {
    /// Where a sandbox listens.
    #[arg(long, default_value = "http://127.0.0.1:8090")]
    pub control: String,
    /// Where the application listens.
    #[arg(long, default_value = "http://localhost:8080")]
    pub app: String,
    /// It was installed before: begin with the list.
    #[arg(long)]
    pub installed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub enum Seed {
    /// One small company with work that waits for control.
    Demo,
    /// No portals at all; control makes them.
    Empty,
}

#[derive(Args, Debug, Clone)]
pub struct Options {
    /// Address of the authorization server; portals get the loopback addresses after it, on the same port.
    #[arg(long, env = "SANDBOX_LISTEN", default_value = "127.0.0.1:8090")]
    pub listen: std::net::SocketAddrV4,
    /// How many addresses are kept for portals.
    #[arg(long, env = "SANDBOX_PORTALS", default_value_t = 8)]
    pub portals: u16,
    /// Public URL of the application.
    #[arg(long, env = "SANDBOX_APP_URL", default_value = "http://localhost:8080")]
    pub app_url: String,
    #[arg(long, env = "SANDBOX_CLIENT_ID", default_value = "app.sandbox.1")]
    pub client_id: String,
    #[arg(long, env = "SANDBOX_CLIENT_SECRET", default_value = "sandbox-secret")]
    pub client_secret: String,
    #[arg(long, env = "SANDBOX_SEED", value_enum, default_value = "empty")]
    pub seed: Seed,
    /// How every token and code begins, so that whoever looks for leaks finds any of them.
    #[arg(long, env = "SANDBOX_TOKEN_MARK", default_value = "")]
    pub token_mark: String,
    /// Speak TLS everywhere; the certificate of the private authority, made at start, is written to this file.
    #[arg(long, env = "SANDBOX_TLS", value_name = "PEM")]
    pub tls: Option<std::path::PathBuf>,
    /// Milliseconds that every method takes.
    #[arg(long, env = "SANDBOX_LATENCY_MS", default_value_t = 0)]
    pub latency_ms: u64,
}
