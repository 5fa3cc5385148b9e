//! Command line -> configuration -> store -> server.

use clap::Parser;
use futures_util::future::join_all;
use handback::{
    config::{Cli, Command, Config, LogFormat},
    jobs,
    store::{Store, seal::Keyring},
    telemetry::{self, metrics},
    usecases::{App, EgressRules, Settings, personal_data, portal_session::knows_keys},
    web::{self, Contact, Door, Operator, Web},
    world::World,
};
use std::{error::Error, process::ExitCode, time::Duration};
use tikv_jemallocator::Jemalloc;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

type Failed = Box<dyn Error + Send + Sync>;

/// So long somebody waits for `handback check`, whatever hangs.
const CHECKED_WITHIN: Duration = Duration::from_secs(15);

#[actix_web::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("handback: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<(), Failed> {
    let command = cli.command.clone().unwrap_or(Command::Serve);
    if command == Command::Healthcheck {
        return web::ask_alive(cli.ops_listen()).await.map_err(Failed::from);
    }
    let (format, filter) = cli.log();
    telemetry::init(filter, format == LogFormat::Json)?;
    let config = cli.config()?;
    match command {
        Command::Serve => serve(config).await,
        Command::Migrate => Ok(store(&config).await?.migrate().await?),
        Command::Check => match tokio::time::timeout(CHECKED_WITHIN, check(config)).await {
            Ok(done) => done,
            Err(_) => Err("what is not named above did not answer in time: Handback would not work".into()),
        },
        Command::Replay { since } => replay(config, since).await,
        Command::Reseal => reseal(config).await,
        Command::Export { member_id, user } => export(config, &member_id, user).await,
        Command::Erase { member_id, user, confirm } => erase(config, &member_id, user, &confirm).await,
        Command::Healthcheck => Ok(()),
    }
}

async fn store(config: &Config) -> Result<Store, Failed> {
    Ok(Store::connect(&config.database_url, keyring(config), World::system()).await?)
}

fn keyring(config: &Config) -> Keyring {
    Keyring::new(config.keys.iter().map(|k| (k.id.clone(), k.key)))
}

fn application(config: &Config, store: Store) -> Result<App, Failed> {
    let rules = EgressRules {
        sandbox: config.sandbox,
        networks: config.portal_networks.clone(),
        extra_ca_pem: config.extra_ca_pem.clone(),
    };
    let settings = Settings {
        client_id: config.client_id.clone(),
        client_secret: config.client_secret.clone(),
        public_url: config.public_url.clone(),
        oauth_servers: config.oauth_servers.clone(),
        undo: config.undo,
        uninstall_checks: config.uninstall_checks.clone(),
        settle_after: config.settle_after,
    };
    Ok(App::new(settings, rules, store, World::system())?)
}

async fn serve(config: Config) -> Result<(), Failed> {
    let store = store(&config).await?;
    store.migrate().await?;
    // The first call has to find a place in the journal. While somebody dumps the database no day can be added: there are some
    // ahead, and the next round of housekeeping tries again.
    if let Err(error) = store.tend_calls().await {
        tracing::warn!(%error, "the journal of calls could not be given its days");
    }
    let app = application(&config, store)?;
    let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
    let door = Door::new(config.trusted_proxies.clone());
    let metrics = metrics::install()?;
    tokio::spawn(metrics::sum_up(metrics.clone()));
    let bx24_js = config.bx24_js.clone();
    let operator = Operator { name: config.operator.clone(), support: config.support.clone().map(Contact::new) };
    let under_way = TaskTracker::new();
    let web = Web {
        app: app.clone(),
        bx24_js,
        sandbox: config.sandbox,
        operator,
        door,
        metrics,
        stop: stop.clone(),
        under_way: under_way.clone(),
    };
    let server = web::start(web, config.listen, config.ops_listen)?;
    jobs::start(&app, &stop, &tracker);
    let told = CancellationToken::new();
    let journal = jobs::journal(&app, &told);
    tracing::info!(address = %server.address, sandbox = config.sandbox, "handback listens");
    let handles = (server.public.handle(), server.ops.handle());
    let ops = tokio::spawn(server.ops);
    let asked = stop.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("asked to stop: finishing what is under way");
        asked.cancel();
        finish(&app, &tracker).await;
        handles.0.pause().await;
        answer_the_last(&app, &under_way).await;
        handles.0.stop(true).await;
        handles.1.stop(false).await;
    });
    server.public.await?;
    ops.abort();
    told.cancel();
    Ok(journal.await?)
}

/// What is longer under way than this is taken over by another replica, or by the next start.
async fn finish(app: &App, tracker: &TaskTracker) {
    tracker.close();
    let finished = async {
        // What the jobs do begins reasons, which go on by themselves: so these end last.
        tracker.wait().await;
        app.finish().await;
    };
    if tokio::time::timeout(Duration::from_secs(70), finished).await.is_err() {
        tracing::warn!("stopped with work under way; its outcome will be read");
    }
}

/// The server stops last, and nobody is let in while the last requests are answered: a pooled connection lives on the runtime
/// of the worker that opened it, and another worker's request may be using it.
async fn answer_the_last(app: &App, under_way: &TaskTracker) {
    under_way.close();
    let answered = async {
        under_way.wait().await;
        app.finish().await;
    };
    if tokio::time::timeout(Duration::from_secs(5), answered).await.is_err() {
        tracing::warn!("stopped while requests were answered");
    }
}

async fn wait_for_signal() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[expect(clippy::print_stdout, reason = "this command's answer")]
async fn replay(config: Config, since: Duration) -> Result<(), Failed> {
    println!("events to work on once more: {}", store(&config).await?.replay_events(since).await?);
    Ok(())
}

/// Says how many rows it sealed anew. Fails as long as the old keys are needed, so that nobody drops them.
#[expect(clippy::print_stdout, reason = "this command's answer")]
async fn reseal(config: Config) -> Result<(), Failed> {
    let done = store(&config).await?.reseal().await?;
    let key = config.keys.first().map_or("-", |key| key.id.as_str());
    println!("sealed anew under key {key}: {} rows; under other keys: {} rows", done.changed, done.left);
    match done.unreadable {
        0 if done.left == 0 => Ok(()),
        0 => Err("servers go on sealing under another key: put the new key first there, then reseal again".into()),
        rows => Err(format!("{rows} rows open with none of HANDBACK_KEYS and stay as they are, see the log").into()),
    }
}

#[expect(clippy::print_stdout, reason = "this command's answer")]
async fn export(config: Config, member_id: &str, user: Option<i64>) -> Result<(), Failed> {
    println!("{}", personal_data::export_by_operator(&store(&config).await?, member_id, user).await?);
    Ok(())
}

/// What is erased does not come back: whoever asks says twice of which portal.
#[expect(clippy::print_stdout, reason = "this command's answer")]
async fn erase(config: Config, member_id: &str, user: Option<i64>, confirm: &str) -> Result<(), Failed> {
    if confirm != member_id {
        return Err("--confirm must repeat the member_id; nothing was erased".into());
    }
    print!("{}", personal_data::erase_by_operator(&store(&config).await?, member_id, user).await?);
    Ok(())
}

/// Settings were read already. Says in words what answers and what does not.
#[expect(clippy::print_stdout, reason = "this command's answer")]
async fn check(config: Config) -> Result<(), Failed> {
    println!(
        "settings: ok{}",
        if config.sandbox { " (sandbox: plain http and loopback portals are accepted)" } else { "" }
    );
    for (name, said) in [("HANDBACK_OPERATOR", &config.operator), ("HANDBACK_SUPPORT", &config.support)] {
        if said.is_none() {
            println!("{name}: not set; the licence agreement, the privacy policy and the Market need it");
        }
    }
    if config.trusted_proxies.is_empty() && config.listen.ip().is_loopback() {
        println!(
            "HANDBACK_TRUSTED_PROXIES: not set; behind a proxy on this machine no address has a budget of its own"
        );
    }
    let store = Store::new(&config.database_url, keyring(&config), World::system())?;
    let database = check_database(&store).await;
    match &database {
        Ok(()) => println!("database: answers"),
        Err(error) => println!("{error}"),
    }
    let app = application(&config, store)?;
    let mut good = 0;
    let answers = join_all(config.oauth_servers.iter().map(|server| knows_keys(&app, server))).await;
    for (server, answer) in config.oauth_servers.iter().zip(answers) {
        let host = server.host_str().unwrap_or("-");
        match answer? {
            Ok(true) => {
                good += 1;
                println!("authorization server {host}: answers, and knows HANDBACK_CLIENT_ID with its secret");
            }
            Ok(false) => println!(
                "authorization server {host}: refuses HANDBACK_CLIENT_ID with HANDBACK_CLIENT_SECRET; are they the cabinet's?"
            ),
            Err(error) => println!("authorization server {host}: {error}"),
        }
    }
    if database.is_err() || good == 0 { Err("Handback would not work; see above".into()) } else { Ok(()) }
}

/// What keeps the database from being of use; what is only worth a word is printed.
#[expect(clippy::print_stdout, reason = "this command's answer")]
async fn check_database(store: &Store) -> Result<(), Failed> {
    store.reach().await?;
    match store.lacks_migrations().await? {
        0 => {}
        some => {
            return Err(format!(
                "database: {some} migrations have not run; handback migrate or the next start runs them"
            )
            .into());
        }
    }
    store.ping().await?;
    let shut = store.shut().await?;
    for (many, error) in &shut {
        println!("database: the access of {many} installations does not open: {error}");
    }
    if !shut.is_empty() {
        return Err("database: HANDBACK_KEYS are not the keys with which it was sealed".into());
    }
    if !store.is_limited().await? {
        println!("database: no statement_timeout; behind a pooler set the limits for the role, see docs/runbook.md");
    }
    Ok(())
}
