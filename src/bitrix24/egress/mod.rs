//! The one door through which every outgoing socket goes.
//!
//! Even an address that the authorization server names may be hostile: the owner of a self-hosted portal chooses it.
//! So the rule is applied where the connection is made: names are filtered inside the client's own resolver, address by
//! address (nothing is looked up twice, so rebinding finds no gap), IP literals never reach the client, redirects are
//! never followed, proxy variables are not read.

mod address;
mod gate;
mod lanes;
mod resolver;
#[cfg(test)]
mod tests;

use std::{
    error::Error as _,
    io, mem,
    sync::Arc,
    time::{Duration, Instant},
};

use ipnet::IpNet;
use reqwest::{
    Client, Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue, LOCATION},
};
use url::Url;

use super::error::{CallError, Refusal};
use gate::{Gate, Reach};
pub(in crate::bitrix24) use lanes::Lane;
use lanes::Lanes;
use resolver::{Blocked, Filter};
pub use resolver::{Lookup, SystemLookup};

/// Time for name, TCP and TLS together.
const CONNECT: Duration = Duration::from_secs(5);
/// An idle connection older than this is closed: a server that closes it just when it is used again costs an unknown outcome,
/// and each keeps as much memory as its largest answer took. Whoever works at a list asks again sooner.
const IDLE: Duration = Duration::from_secs(5);
/// Largest answer after decompression, in bytes. A batch of fifty pages of tasks with their rights has 3 to 4 MB.
pub const MAX_BODY: usize = 4 * 1024 * 1024;
/// An answer is gathered in pieces of about so many bytes; most fit into one.
const PIECE: usize = 256 * 1024;

/// Where calls may go.
#[derive(Clone, Default)]
pub struct EgressRules {
    /// Accept plain http, and `localhost` and loopback literals; nothing else private.
    pub sandbox: bool,
    /// Private networks that are open, exactly these.
    pub networks: Vec<IpNet>,
    /// Further roots, PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
}

/// The door could not be built: names the setting, holds no value.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// The further roots cannot be read as PEM, or none is among them.
    #[error("the further certificate authorities are not PEM certificates")]
    ExtraCa,
    /// The HTTP client could not be built, for example where the system has no CA certificates.
    #[error("the HTTP client cannot start (are CA certificates installed?)")]
    Client(#[source] reqwest::Error),
}

/// A request on its way out; secrets are in the body, never in the address.
pub(in crate::bitrix24) struct Outgoing {
    pub url: Url,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    pub idempotency_key: Option<String>,
    /// For all of it, waiting for a place included.
    pub deadline: Duration,
    pub lane: Lane,
}

/// What came back, read to the end.
pub(in crate::bitrix24) struct Incoming {
    pub http: u16,
    pub body: Vec<u8>,
    /// `Location`, with the request's own address as its base.
    pub location: Option<Url>,
}

/// The client behind the rules. Cheap to clone.
#[derive(Clone)]
pub struct Egress {
    everywhere: Client,
    inside: Client,
    gate: Arc<Gate>,
    lanes: Arc<Lanes>,
}

impl Egress {
    /// Builds the client. `lookup` answers names (see [`SystemLookup`]); what it answers is filtered.
    ///
    /// # Errors
    /// When the further roots are no PEM, or the system has no CA certificates.
    pub fn new(rules: EgressRules, lookup: Arc<dyn Lookup>) -> Result<Egress, EgressError> {
        let gate = Arc::new(Gate { sandbox: rules.sandbox, networks: rules.networks });
        let mut roots = Vec::new();
        if let Some(pem) = rules.extra_ca_pem {
            roots = reqwest::Certificate::from_pem_bundle(&pem).map_err(|_| EgressError::ExtraCa)?;
            if roots.is_empty() {
                return Err(EgressError::ExtraCa);
            }
        }
        let client = |reach| Egress::client(Filter::new(lookup.clone(), gate.clone(), reach), rules.sandbox, &roots);
        Ok(Egress {
            everywhere: client(Reach::Everywhere)?,
            inside: client(Reach::Inside)?,
            gate,
            lanes: Arc::default(),
        })
    }

    fn client(names: Filter, sandbox: bool, roots: &[reqwest::Certificate]) -> Result<Client, EgressError> {
        #[expect(clippy::disallowed_methods, reason = "this is the one place where a client is made")]
        let mut builder = Client::builder()
            .user_agent(concat!("handback/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .https_only(!sandbox)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .dns_resolver(names);
        if !roots.is_empty() {
            builder = builder.tls_certs_merge(roots.to_vec());
        }
        builder.build().map_err(EgressError::Client)
    }

    /// Whether a call to this address would be let out, as far as the address itself tells: scheme, host literal, port,
    /// user name, query, fragment. What a name leads to is seen only when connecting.
    ///
    /// # Errors
    /// The reason of the refusal.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        self.gate.check(url)
    }

    /// One POST, no redirects, no repetition; the deadline holds for all of it, and at most half of it is spent on waiting
    /// for a place among the calls to that address.
    pub(in crate::bitrix24) async fn post(&self, outgoing: Outgoing) -> Result<Incoming, CallError> {
        self.check(&outgoing.url).map_err(CallError::Refused)?;
        let (url, began) = (outgoing.url.clone(), Instant::now());
        let _place = self.lanes.enter(&url, outgoing.lane, outgoing.deadline / 2).await?;
        let client = match Reach::of(&url) {
            Reach::Everywhere => &self.everywhere,
            Reach::Inside => &self.inside,
        };
        let mut request = client
            .post(outgoing.url)
            .timeout(outgoing.deadline.saturating_sub(began.elapsed()))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, outgoing.content_type)
            .body(outgoing.body);
        if let Some(key) = outgoing.idempotency_key {
            let key = HeaderValue::from_str(&key).map_err(|_| CallError::Refused(Refusal::Request))?;
            request = request.header("Idempotency-Key", key);
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.and_then(|text| url.join(text).ok());
        let http = response.status().as_u16();
        Ok(Incoming { http, location, body: read(response, http).await? })
    }
}

/// Reads the body by chunks and stops at the limit, however well it was compressed. What needs more than one piece is put
/// together at its end: a buffer that doubles leaves behind all that it outgrew, also of an answer that is then refused.
async fn read(mut response: Response, http: u16) -> Result<Vec<u8>, CallError> {
    let (mut pieces, mut piece, mut size) = (Vec::new(), Vec::new(), 0);
    while let Some(chunk) = response.chunk().await.map_err(|error| body_failure(&error, http))? {
        size += chunk.len();
        if size > MAX_BODY {
            return Err(CallError::TooLarge { http });
        }
        if piece.len() + chunk.len() > PIECE {
            pieces.push(mem::replace(&mut piece, Vec::with_capacity(PIECE)));
        }
        piece.extend_from_slice(&chunk);
    }
    if pieces.is_empty() {
        return Ok(piece);
    }
    pieces.push(piece);
    Ok(pieces.concat())
}

/// What a failed sending proves. Only a failure to connect proves that nothing was sent.
fn failure(error: &reqwest::Error) -> CallError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<Blocked>() {
            return CallError::Refused(Refusal::Address);
        }
        cause = inner.source();
    }
    if error.is_connect() {
        CallError::Unreachable
    } else if error.is_builder() {
        CallError::Refused(Refusal::Request)
    } else {
        CallError::Lost
    }
}

/// A broken compression is a bad answer; a broken connection is a lost one.
fn body_failure(error: &reqwest::Error, http: u16) -> CallError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.downcast_ref::<io::Error>().is_some_and(|inner| inner.kind() == io::ErrorKind::InvalidData) {
            return CallError::bad(http, ".");
        }
        cause = inner.source();
    }
    CallError::Lost
}
