//! Names to addresses, filtered: the addresses that pass are the ones that are dialled.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Gate, Reach};

/// Answers a host name with addresses. A seam: what it answers is not trusted.
#[async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// Every address of the name, in any order.
    ///
    /// # Errors
    /// When the name has no address or cannot be asked for.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Every address of the name was refused.
#[derive(Debug)]
pub(super) struct Blocked;

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("address not allowed")
    }
}

impl std::error::Error for Blocked {}

/// The resolver inside the HTTP client.
pub(super) struct Filter {
    lookup: Arc<dyn Lookup>,
    gate: Arc<Gate>,
    reach: Reach,
}

impl Filter {
    pub(super) fn new(lookup: Arc<dyn Lookup>, gate: Arc<Gate>, reach: Reach) -> Filter {
        Filter { lookup, gate, reach }
    }
}

impl Resolve for Filter {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, gate, reach) = (self.lookup.clone(), self.gate.clone(), self.reach);
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            let any = !found.is_empty();
            let admitted: Vec<SocketAddr> = found
                .into_iter()
                .filter(|ip| gate.admits(reach, name.as_str(), *ip))
                .map(|ip| SocketAddr::new(ip, 0))
                .collect();
            if admitted.is_empty() && any {
                return Err(Blocked.into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}
