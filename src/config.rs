//! Every setting, one struct. A bad value stops the start and is named.

use clap::{Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use url::{Host, Url};

/// Handback: returns Bitrix24 tasks for revision, as the person who asks, after asking whether it is allowed.
///
/// Settings come from the environment. DATABASE_URL, HANDBACK_CLIENT_SECRET and HANDBACK_KEYS can also be given as files:
/// NAME_FILE names a file whose content is the value.
#[derive(Parser)]
#[command(name = "handback", version)]
pub struct Cli {
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    settings: Raw,
}

/// What the program can be asked to do.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Bring the database up to date, then serve.
    Serve,
    /// Bring the database up to date, then end.
    Migrate,
    /// Say whether settings, database and authorization servers are as they should be. Prints no secret.
    Check,
    /// Work once more on the events of installations that came within the last while, such as 2h. Each makes Handback look
    /// at its portal again; nothing is believed that is not there.
    Replay {
        /// How far back.
        #[arg(value_parser = humantime::parse_duration)]
        since: Duration,
    },
    /// Seal everything in the database anew under the first of HANDBACK_KEYS, while servers go on serving. To change the
    /// key: put the new one first and keep the old one behind it, restart the servers, `reseal`, drop the old one.
    Reseal,
    /// Print everything that is kept of a portal, or of one person in it, as JSON. No token is among it.
    Export {
        /// The portal's member_id.
        #[arg(long)]
        member_id: String,
        /// The person's number in that portal; without it everything of the portal.
        #[arg(long)]
        user: Option<i64>,
    },
    /// Erase everything of a portal at once, or the words of one person and what is theirs alone. Prints the receipt.
    Erase {
        /// The portal's member_id.
        #[arg(long)]
        member_id: String,
        /// The person's number in that portal; without it everything of the portal.
        #[arg(long)]
        user: Option<i64>,
        /// The member_id once more: what is erased does not come back.
        #[arg(long)]
        confirm: String,
    },
    /// Ask the running server's /healthz; for container health checks.
    Healthcheck,
}

/// How log lines look.
#[derive(Clone, Copy, ValueEnum, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object in a line.
    Json,
}

#[derive(clap::Args)]
struct Raw {
    /// Postgres, e.g. postgres://handback@db/handback (required)
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    database_url: Option<SecretString>,
    /// The address that Bitrix24 and browsers reach, no trailing slash (required)
    #[arg(long, env = "HANDBACK_PUBLIC_URL", global = true)]
    public_url: Option<String>,
    /// The application's client_id (required)
    #[arg(long, env = "HANDBACK_CLIENT_ID", global = true)]
    client_id: Option<String>,
    /// The application's client_secret (required)
    #[arg(long, env = "HANDBACK_CLIENT_SECRET", hide_env_values = true, global = true)]
    client_secret: Option<SecretString>,
    /// id:base64(32 bytes)[,id:base64...]; the first seals, all open (required)
    #[arg(long, env = "HANDBACK_KEYS", hide_env_values = true, global = true)]
    keys: Option<SecretString>,
    /// The only authorization servers ever spoken to; the first is the default
    #[arg(
        long,
        env = "HANDBACK_OAUTH_SERVERS",
        global = true,
        default_value = "https://oauth.bitrix.info,https://oauth.bitrix24.tech"
    )]
    oauth_servers: String,
    /// Public listener
    #[arg(long, env = "HANDBACK_LISTEN", global = true, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Listener of /healthz, /readyz and /metrics; keep it private
    #[arg(long, env = "HANDBACK_OPS_LISTEN", global = true, default_value = "127.0.0.1:9080")]
    ops_listen: SocketAddr,
    /// Private networks (CIDR, comma separated) in which self-hosted portals may live
    #[arg(long, env = "HANDBACK_PORTAL_NETWORKS", global = true, default_value = "", hide_default_value = true)]
    portal_networks: String,
    /// Reverse proxies (CIDR, comma separated) whose X-Forwarded-For tells the client's address
    #[arg(long, env = "HANDBACK_TRUSTED_PROXIES", global = true, default_value = "", hide_default_value = true)]
    trusted_proxies: String,
    /// PEM file of further certificate authorities
    #[arg(long, env = "HANDBACK_EXTRA_CA", global = true)]
    extra_ca: Option<PathBuf>,
    /// Where pages load Bitrix24's own script from
    #[arg(long, env = "HANDBACK_BX24_JS", global = true, default_value = "https://api.bitrix24.com/api/v1/")]
    bx24_js: Url,
    /// When "no trace of the change" becomes a final answer for an unconfirmed call; at least 60s, for so long Bitrix24 may
    /// still carry it out
    #[arg(long, env = "HANDBACK_SETTLE_AFTER", global = true, default_value = "65s", value_parser = humantime::parse_duration)]
    settle_after: Duration,
    /// How long a decision is held before it is sent; 0s = at once
    #[arg(long, env = "HANDBACK_UNDO", global = true, default_value = "7s", value_parser = humantime::parse_duration)]
    undo: Duration,
    /// How long after an uninstall event the authorization server is asked whether it is true, rising, comma separated;
    /// only a portal that it no longer knows is erased
    #[arg(long, env = "HANDBACK_UNINSTALL_CHECKS", global = true, default_value = "0s,1m,5m,30m")]
    uninstall_checks: String,
    /// Who runs this server, as the licence agreement and the privacy policy name them
    #[arg(long, env = "HANDBACK_OPERATOR", global = true)]
    operator: Option<String>,
    /// How people reach them: an e-mail address or an https address; also shown where something failed
    #[arg(long, env = "HANDBACK_SUPPORT", global = true)]
    support: Option<String>,
    /// Log filter
    #[arg(long, env = "RUST_LOG", global = true, default_value = "info,sqlx::postgres::notice=warn")]
    log_filter: String,
    /// Log format
    #[arg(long, env = "HANDBACK_LOG", global = true, default_value = "text")]
    log: LogFormat,
}

/// A key that seals secrets at rest, with the id under which its work is found again.
#[derive(Clone)]
pub struct SealingKey {
    /// At most 32 characters.
    pub id: String,
    /// 32 bytes.
    pub key: [u8; 32],
}

/// All settings, checked.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the setting of the same name, described in --help")]
pub struct Config {
    pub database_url: SecretString,
    pub public_url: Url,
    pub client_id: String,
    pub client_secret: SecretString,
    pub keys: Vec<SealingKey>,
    pub oauth_servers: Vec<Url>,
    /// Every authorization server is on this machine: plain http and loopback portals are accepted, and the mirrored
    /// language is spoken. There is no other
    /// switch between test and production.
    pub sandbox: bool,
    pub listen: SocketAddr,
    pub ops_listen: SocketAddr,
    pub portal_networks: Vec<IpNet>,
    pub trusted_proxies: Vec<IpNet>,
    pub extra_ca_pem: Option<Vec<u8>>,
    pub bx24_js: Url,
    pub settle_after: Duration,
    pub undo: Duration,
    pub uninstall_checks: Vec<Duration>,
    pub operator: Option<String>,
    pub support: Option<String>,
    pub log_filter: String,
    pub log: LogFormat,
}

/// A setting that stops the start.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct BadSetting {
    name: &'static str,
    problem: String,
}

fn bad(name: &'static str, problem: impl ToString) -> BadSetting {
    BadSetting { name, problem: problem.to_string() }
}

impl Cli {
    /// Log settings are needed before the others are judged.
    pub fn log(&self) -> (LogFormat, &str) {
        (self.settings.log, &self.settings.log_filter)
    }

    /// Where the health check asks.
    pub fn ops_listen(&self) -> SocketAddr {
        self.settings.ops_listen
    }

    /// Checks every value; the first bad one is named.
    pub fn config(self) -> Result<Config, BadSetting> {
        let raw = self.settings;
        let public_url = public_url(&required("HANDBACK_PUBLIC_URL", raw.public_url)?)?;
        let (oauth_servers, sandbox) = oauth_servers(&raw.oauth_servers)?;
        if !sandbox && public_url.scheme() != "https" {
            return Err(bad("HANDBACK_PUBLIC_URL", "must be https"));
        }
        Ok(Config {
            database_url: secret("DATABASE_URL", raw.database_url)?,
            public_url,
            client_id: required("HANDBACK_CLIENT_ID", raw.client_id)?,
            client_secret: secret("HANDBACK_CLIENT_SECRET", raw.client_secret)?,
            keys: keys(secret("HANDBACK_KEYS", raw.keys)?.expose_secret())?,
            oauth_servers,
            sandbox,
            listen: raw.listen,
            ops_listen: raw.ops_listen,
            portal_networks: networks("HANDBACK_PORTAL_NETWORKS", &raw.portal_networks)?,
            trusted_proxies: networks("HANDBACK_TRUSTED_PROXIES", &raw.trusted_proxies)?,
            extra_ca_pem: raw.extra_ca.map(|path| file("HANDBACK_EXTRA_CA", &path)).transpose()?,
            bx24_js: raw.bx24_js,
            settle_after: settle_after(raw.settle_after, sandbox)?,
            undo: raw.undo,
            uninstall_checks: uninstall_checks(&raw.uninstall_checks)?,
            operator: operator(raw.operator)?,
            support: support(raw.support)?,
            log_filter: raw.log_filter,
            log: raw.log,
        })
    }
}

fn required(name: &'static str, value: Option<String>) -> Result<String, BadSetting> {
    value.filter(|v| !v.trim().is_empty()).ok_or_else(|| bad(name, "is required"))
}

fn file(name: &'static str, path: &std::path::Path) -> Result<Vec<u8>, BadSetting> {
    std::fs::read(path).map_err(|e| bad(name, format!("{} cannot be read: {e}", path.display())))
}

fn secret(name: &'static str, value: Option<SecretString>) -> Result<SecretString, BadSetting> {
    if let Some(value) = value.filter(|v| !v.expose_secret().is_empty()) {
        return Ok(value);
    }
    let Some(path) = std::env::var_os(format!("{name}_FILE")) else {
        return Err(bad(name, format!("is required (or {name}_FILE)")));
    };
    let text = String::from_utf8(file(name, path.as_ref())?).map_err(|_| bad(name, "the file is not text"))?;
    Ok(text.trim().to_owned().into())
}

fn public_url(text: &str) -> Result<Url, BadSetting> {
    let url = Url::parse(text).map_err(|e| bad("HANDBACK_PUBLIC_URL", e))?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !plain || text.ends_with('/') || url.host().is_none() {
        return Err(bad("HANDBACK_PUBLIC_URL", "must be scheme://host[:port] without path or trailing slash"));
    }
    Ok(url)
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn oauth_servers(text: &str) -> Result<(Vec<Url>, bool), BadSetting> {
    const NAME: &str = "HANDBACK_OAUTH_SERVERS";
    let parse = |t: &str| Url::parse(t.trim()).map_err(|e| bad(NAME, format!("{t}: {e}")));
    let servers: Vec<Url> = text.split(',').map(parse).collect::<Result<_, _>>()?;
    let here = servers.iter().filter(|u| is_here(u)).count();
    if here != 0 && here != servers.len() {
        return Err(bad(
            NAME,
            "mixes this machine with others: either all are localhost or loopback (sandbox) or none",
        ));
    }
    let sandbox = here == servers.len();
    if let Some(url) = servers.iter().find(|u| u.scheme() != "https" && !(sandbox && u.scheme() == "http")) {
        return Err(bad(NAME, format!("{url} must be https")));
    }
    if let Some(url) = servers.iter().find(|u| u.path() != "/" || !u.username().is_empty()) {
        return Err(bad(NAME, format!("{url} must be scheme://host")));
    }
    Ok((servers, sandbox))
}

/// The vendor may still execute a call for 60 seconds after its answer was lost: "no trace" says nothing before.
fn settle_after(wanted: Duration, sandbox: bool) -> Result<Duration, BadSetting> {
    if !sandbox && wanted < Duration::from_secs(60) {
        return Err(bad("HANDBACK_SETTLE_AFTER", "must be at least 60s: Bitrix24 may still carry the call out"));
    }
    Ok(wanted)
}

fn uninstall_checks(text: &str) -> Result<Vec<Duration>, BadSetting> {
    const NAME: &str = "HANDBACK_UNINSTALL_CHECKS";
    let parse = |t: &str| humantime::parse_duration(t.trim()).map_err(|e| bad(NAME, format!("{t}: {e}")));
    let checks: Vec<Duration> = text.split(',').map(parse).collect::<Result<_, _>>()?;
    if !checks.is_sorted_by(|a, b| a < b) {
        return Err(bad(NAME, "must rise, such as 0s,1m,5m,30m"));
    }
    Ok(checks)
}

/// One line; what is empty was not said.
fn line(name: &'static str, said: Option<String>) -> Result<Option<String>, BadSetting> {
    let said = said.map(|said| said.trim().to_owned()).filter(|said| !said.is_empty());
    match said {
        Some(said) if said.chars().count() > 200 || said.contains(char::is_control) => {
            Err(bad(name, "must be one line of at most 200 characters"))
        }
        said => Ok(said),
    }
}

fn operator(said: Option<String>) -> Result<Option<String>, BadSetting> {
    line("HANDBACK_OPERATOR", said)
}

/// It becomes a link, so it is one thing or the other.
fn support(said: Option<String>) -> Result<Option<String>, BadSetting> {
    const NAME: &str = "HANDBACK_SUPPORT";
    let Some(said) = line(NAME, said)? else { return Ok(None) };
    let is_page = said.starts_with("https://") && Url::parse(&said).is_ok_and(|url| url.host().is_some());
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>\"?&:/@,".contains(c));
    let is_mail = said.split_once('@').is_some_and(|(who, host)| plain(who) && plain(host) && host.contains('.'));
    if is_page || is_mail { Ok(Some(said)) } else { Err(bad(NAME, "must be an e-mail address or begin with https://")) }
}

fn networks(name: &'static str, text: &str) -> Result<Vec<IpNet>, BadSetting> {
    let parts = text.split(',').map(str::trim).filter(|t| !t.is_empty());
    parts.map(|t| t.parse().map_err(|e| bad(name, format!("{t}: {e}")))).collect()
}

fn keys(text: &str) -> Result<Vec<SealingKey>, BadSetting> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    const NAME: &str = "HANDBACK_KEYS";
    let mut keys: Vec<SealingKey> = Vec::new();
    for (nth, part) in text.split(',').enumerate() {
        let nth = nth + 1;
        let (id, key) = part.trim().split_once(':').ok_or_else(|| bad(NAME, format!("key {nth} is not id:base64")))?;
        let named = !id.is_empty() && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !named || keys.iter().any(|k| k.id == id) {
            return Err(bad(NAME, format!("key {nth} needs an id of its own: at most 32 letters, digits or dashes")));
        }
        let bytes = STANDARD.decode(key).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
        let key = bytes.ok_or_else(|| bad(NAME, format!("key {nth} is not base64 of 32 bytes")))?;
        keys.push(SealingKey { id: id.to_owned(), key });
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_rule_knows_no_mixture() {
        assert!(oauth_servers("http://127.0.0.1:8090,http://localhost:1").unwrap().1);
        assert!(!oauth_servers("https://oauth.bitrix.info").unwrap().1);
        for refused in [
            "https://oauth.bitrix.info,http://127.0.0.1:8090",
            "http://oauth.bitrix.info",
            "http://localhost.example",
            "http://10.0.0.1",
            "https://user@oauth.bitrix.info",
            "",
        ] {
            assert!(oauth_servers(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn no_trace_is_no_answer_while_the_vendor_may_still_act() {
        let seconds = Duration::from_secs;
        assert!(settle_after(seconds(59), false).is_err());
        assert_eq!(settle_after(seconds(60), false).unwrap(), seconds(60));
        assert_eq!(settle_after(seconds(3), true).unwrap(), seconds(3), "the sandbox answers for itself");
    }

    #[test]
    fn keys_are_named_and_whole() {
        let good = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(keys(&format!("b:{good},a:{good}")).unwrap()[0].id, "b");
        for refused in [format!("a:{good},a:{good}"), "a:AAAA".into(), good.into(), format!(":{good}"), String::new()] {
            let error = keys(&refused).err().unwrap().to_string();
            assert!(error.starts_with("HANDBACK_KEYS: key "), "{error}");
            assert!(!error.contains("AAAA"), "a refusal must not show the key: {error}");
        }
    }

    #[test]
    fn a_departure_is_confirmed_at_rising_times() {
        assert_eq!(uninstall_checks("0s, 1m").unwrap(), [Duration::ZERO, Duration::from_secs(60)]);
        for refused in ["", "1m,0s", "1m,1m", "soon"] {
            assert!(uninstall_checks(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn whoever_runs_it_is_reached_by_mail_or_on_the_web() {
        for good in ["help@handback.example", "https://handback.example/help?from=app"] {
            assert_eq!(support(Some(format!(" {good} "))).unwrap().as_deref(), Some(good));
        }
        for refused in ["help", "http://handback.example", "https://", "javascript:alert(1)", "a@b", "a@b.c?subject=x"]
        {
            assert!(support(Some(refused.into())).is_err(), "{refused}");
        }
        assert_eq!((support(None).unwrap(), operator(Some("  ".into())).unwrap()), (None, None));
        assert!(operator(Some("Two\nlines".into())).is_err());
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert!(public_url("https://handback.example").is_ok());
        for refused in ["https://handback.example/", "https://handback.example/x", "handback", "https://h?x=1"] {
            assert!(public_url(refused).is_err(), "{refused}");
        }
    }
}
