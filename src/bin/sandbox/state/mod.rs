//! Everything the sandbox knows, in one struct behind one lock. The lock is held for a piece of plain computing and
//! never across a wait.

pub mod application;
pub mod clients;
pub mod limits;
pub mod people;
pub mod portal;
pub mod settings;
pub mod task;
pub mod tokens;

use crate::answer::Time;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::outbox::Outbox;
use crate::tls::Handshakes;
use chrono::{Duration, Utc};
use clients::Clients;
use portal::Portal;
use settings::Latency;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use tokens::Tokens;

/// What stands behind one loopback address.
#[derive(Debug, Clone, PartialEq)]
pub enum Address {
    Portal(String),
    /// The portal was renamed; its old name still answers with a redirect.
    Moved(String),
}

pub struct World {
    pub scheme: &'static str,
    pub port: u16,
    pub home: Ipv4Addr,
    pub app_url: String,
    pub clock_offset: Duration,
    pub free_addresses: VecDeque<Ipv4Addr>,
    pub addresses: HashMap<Ipv4Addr, Address>,
    pub portals: BTreeMap<String, Portal>,
    pub clients: Clients,
    pub tokens: Tokens,
    pub faults: Faults,
    pub journal: Journal,
    pub latency: Latency,
    pub outbox: Outbox,
    /// By address; none without TLS.
    pub handshakes: BTreeMap<String, Handshakes>,
}

impl World {
    pub fn now(&self) -> Time {
        Utc::now() + self.clock_offset
    }

    /// Host of the authorization server, as `domain` in its answers.
    pub fn oauth_domain(&self) -> String {
        format!("{}:{}", self.home, self.port)
    }

    /// Where the authorization server and control are.
    pub fn home_url(&self) -> String {
        format!("{}://{}", self.scheme, self.oauth_domain())
    }

    pub fn oauth_endpoint(&self) -> String {
        format!("{}/rest/", self.home_url())
    }

    pub fn note_handshake(&mut self, at: IpAddr, done: bool) {
        let seen = self.handshakes.entry(at.to_string()).or_default();
        if done { seen.done += 1 } else { seen.failed += 1 }
    }

    pub fn portal_at(&self, host: &str) -> Option<&Address> {
        let ip: Ipv4Addr = host.split(':').next()?.parse().ok()?;
        self.addresses.get(&ip)
    }

    /// Takes the next free loopback address for a portal; nothing when all are in use.
    pub fn take_address(&mut self, member_id: &str) -> Option<String> {
        let ip = self.free_addresses.pop_front()?;
        self.addresses.insert(ip, Address::Portal(member_id.to_owned()));
        Some(format!("{ip}:{}", self.port))
    }

    pub fn add_portal(&mut self, settings: settings::Settings) -> Option<&mut Portal> {
        self.add_portal_as(random_hex(16), settings)
    }

    /// A portal whose identity is known beforehand: to the application it is the same one after every start.
    pub fn add_portal_as(&mut self, member_id: String, settings: settings::Settings) -> Option<&mut Portal> {
        let domain = self.take_address(&member_id)?;
        let portal = Portal::new(member_id.clone(), self.scheme, domain, settings);
        Some(self.portals.entry(member_id).or_insert(portal))
    }

    /// A rename keeps the member id and every token; only the host changes.
    pub fn rename(&mut self, member_id: &str) -> Option<String> {
        let old = self.portals.get(member_id)?.domain.clone();
        let fresh = self.take_address(member_id)?;
        if let Some(ip) = old.split(':').next().and_then(|ip| ip.parse().ok()) {
            self.addresses.insert(ip, Address::Moved(member_id.to_owned()));
        }
        self.portals.get_mut(member_id)?.domain = fresh.clone();
        Some(fresh)
    }
}

pub fn random_hex(bytes: usize) -> String {
    let mut buffer = vec![0u8; bytes];
    getrandom::fill(&mut buffer).expect("the system gives randomness");
    hex::encode(buffer)
}
