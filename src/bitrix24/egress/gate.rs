//! What an address must be like, and where a name may lead.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::{super::error::Refusal, address};

/// The parts of the rules that addresses are held against.
#[derive(Clone)]
pub(super) struct Gate {
    pub sandbox: bool,
    pub networks: Vec<IpNet>,
}

/// The port of every portal that is not in a network of ours.
const HTTPS: u16 = 443;

/// Where a name may lead to, which depends on the port.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The public internet and the listed networks.
    Everywhere,
    /// The listed networks alone.
    Inside,
}

impl Reach {
    pub(super) fn of(url: &Url) -> Reach {
        if url.port_or_known_default() == Some(HTTPS) { Reach::Everywhere } else { Reach::Inside }
    }
}

impl Gate {
    fn lists(&self, ip: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&ip))
    }

    /// Whether a name may lead to this address.
    pub(super) fn admits(&self, reach: Reach, name: &str, ip: IpAddr) -> bool {
        let own = self.sandbox && name.eq_ignore_ascii_case("localhost") && ip.is_loopback();
        own || self.lists(ip) || (reach == Reach::Everywhere && address::is_public(ip))
    }

    /// Whether this address may be written as the host itself.
    fn admits_literal(&self, ip: IpAddr) -> bool {
        self.lists(ip) || (self.sandbox && ip.is_loopback())
    }

    fn is_own_machine(host: &Host<&str>) -> bool {
        match host {
            Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        }
    }

    pub(super) fn check(&self, url: &Url) -> Result<(), Refusal> {
        let host = url.host().ok_or(Refusal::Host)?;
        let own = self.sandbox && Gate::is_own_machine(&host);
        let plain = url.scheme() == "http" && own;
        if url.scheme() != "https" && !plain {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Userinfo);
        }
        if url.fragment().is_some() || url.query().is_some() {
            return Err(Refusal::Suffix);
        }
        match host {
            Host::Domain("") => Err(Refusal::Host),
            Host::Ipv4(ip) if !self.admits_literal(ip.into()) => Err(Refusal::Literal),
            Host::Ipv6(ip) if !self.admits_literal(ip.into()) => Err(Refusal::Literal),
            // A literal is in a listed network, or this machine. A name is held against them when connecting.
            Host::Domain(_) if Reach::of(url) == Reach::Inside && !own && self.networks.is_empty() => {
                Err(Refusal::Port)
            }
            _ => Ok(()),
        }
    }
}
