//! Who knocks, by address, and how many bad tokens an address may bring. An honest address pays nothing, however many
//! people sit behind it: only openings that the authorization server disowns are counted. Sign-ins from outside Bitrix24 are
//! counted whoever begins them: nothing is proved yet.

use crate::usecases::{Debts, Failure};
use actix_web::HttpRequest;
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    time::Instant,
};

/// Bad tokens of one address: forgiven each second, and at once.
const BAD_TOKENS: (f64, f64) = (1.0, 40.0);

/// Sign-ins that one address begins: forgiven each second, and at once; fewer than all may begin together.
const SIGN_INS: (f64, f64) = (1.0, 10.0);

/// The door of everything that has to be proved at the authorization server.
pub struct Door {
    proxies: Vec<IpNet>,
    debts: Debts<IpAddr>,
    sign_ins: Debts<IpAddr>,
}

impl Door {
    /// `proxies`: whose word about an address counts.
    pub fn new(proxies: Vec<IpNet>) -> Self {
        let (debts, sign_ins) = (Debts::new(BAD_TOKENS.0, BAD_TOKENS.1), Debts::new(SIGN_INS.0, SIGN_INS.1));
        Self { proxies, debts, sign_ins }
    }

    /// Whether this address may bring a token.
    pub(super) fn open(&self, request: &HttpRequest) -> Result<(), Failure> {
        let open = self.knows(request).is_none_or(|address| self.debts.is_open(&address, Instant::now()));
        if open { Ok(()) } else { Err(Failure::TooMany("bad tokens from one address")) }
    }

    /// The token was of no use.
    pub(super) fn note(&self, request: &HttpRequest, failure: &Failure) {
        let disowned = matches!(failure, Failure::NotGenuine(_) | Failure::OtherApplication);
        if let Some(address) = self.knows(request).filter(|_| disowned) {
            self.debts.note(address, Instant::now());
        }
    }

    /// Whether this address may begin one more sign-in from outside Bitrix24.
    pub(super) fn sign_in(&self, request: &HttpRequest) -> Result<(), Failure> {
        let Some(address) = self.knows(request) else { return Ok(()) };
        let now = Instant::now();
        if !self.sign_ins.is_open(&address, now) {
            return Err(Failure::TooMany("sign-ins from one address"));
        }
        self.sign_ins.note(address, now);
        Ok(())
    }

    fn knows(&self, request: &HttpRequest) -> Option<IpAddr> {
        let said = request.headers().get_all("X-Forwarded-For").filter_map(|line| line.to_str().ok());
        let said: Vec<&str> = said.flat_map(|line| line.split(',')).collect();
        let client = self.client(request.peer_addr()?.ip().to_canonical(), &said)?;
        Some(neighbourhood(client))
    }

    /// The last address that no proxy of ours has. What stands further left was written by the client itself. Nobody when
    /// the peer can only be a proxy that the settings do not name: behind it may be anybody, and all would pay for one.
    fn client(&self, peer: IpAddr, said: &[&str]) -> Option<IpAddr> {
        if self.proxies.is_empty() && is_inside(peer) {
            return None;
        }
        let mut known = peer;
        for text in said.iter().rev() {
            if !self.proxies.iter().any(|network| network.contains(&known)) {
                break;
            }
            let Some(next) = address(text) else { break };
            known = next;
        }
        Some(known)
    }
}

/// Proxies write an address alone, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let alone = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    alone.map(|ip: IpAddr| ip.to_canonical())
}

/// Of a private network or this machine.
fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// In IPv6 everybody has a whole /64.
fn neighbourhood(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn t33_only_a_proxy_of_ours_is_believed_about_an_address() {
        let door = Door::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let cases: [(&str, &[&str], &str); 11] = [
            ("203.0.113.5", &[], "203.0.113.5"),
            ("203.0.113.5", &["198.51.100.7"], "203.0.113.5"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["::ffff:198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["192.0.2.66", " 198.51.100.7 "], "198.51.100.7"),
            ("10.0.0.1", &["192.0.2.66", "198.51.100.7", "10.2.3.4"], "198.51.100.7"),
            ("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            ("10.0.0.1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("fd00::1", &["2001:db8::7"], "2001:db8::7"),
            ("10.0.0.1", &["nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.9", "10.0.0.8"], "10.0.0.9"),
        ];
        for (peer, said, expected) in cases {
            assert_eq!(door.client(ip(peer), said), Some(ip(expected)), "{peer} {said:?}");
        }
        let unnamed = Door::new(Vec::new());
        for proxy in ["127.0.0.1", "10.0.0.1", "100.64.0.1", "172.16.0.1", "fd00::1", "fe80::1"] {
            assert_eq!(unnamed.client(ip(proxy), &["198.51.100.7"]), None, "{proxy} is a proxy that nobody has named");
        }
        for client in ["198.51.100.7", "100.128.0.1", "2001:db8::7"] {
            assert_eq!(unnamed.client(ip(client), &["192.0.2.66"]), Some(ip(client)));
        }
        assert_eq!(neighbourhood(ip("2001:db8:1:2:3:4:5:6")), ip("2001:db8:1:2::"));
        assert_eq!(neighbourhood(ip("198.51.100.7")), ip("198.51.100.7"));
    }

    #[test]
    fn one_address_begins_few_sign_ins_and_takes_none_from_another() {
        let door = Door::new(Vec::new());
        let begun = |from: &str| {
            let request = TestRequest::get().peer_addr(SocketAddr::new(ip(from), 4711)).to_http_request();
            (0..100).filter(|_| door.sign_in(&request).is_ok()).count()
        };
        for address in ["198.51.100.7", "198.51.100.8"] {
            let begun = begun(address);
            // One or two may be forgiven meanwhile.
            assert!((10..13).contains(&begun), "{address}: {begun}");
        }
        assert_eq!(begun("127.0.0.1"), 100, "a proxy that nobody has named is everybody");
    }
}
