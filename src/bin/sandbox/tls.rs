//! TLS for the whole sandbox: a private certificate authority made at start, a certificate for every address, and bad
//! ones to choose from. It stands before the plain server as a proxy does, so that nothing behind it changes.

use crate::sandbox::Sandbox;
use crate::state::{Address, World};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What an address shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    #[default]
    Valid,
    Expired,
    SelfSigned,
    WrongHost,
}

/// Handshakes at one address.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Handshakes {
    pub done: u64,
    pub failed: u64,
}

/// Every certificate, ready to be shown.
#[derive(Clone)]
pub struct Certificates(Arc<HashMap<(Ipv4Addr, Shown), TlsAcceptor>>);

impl Certificates {
    /// Makes the authority and its certificates; the authority's own goes to `file`, for clients to trust.
    pub fn make(addresses: impl Iterator<Item = Ipv4Addr>, file: &Path) -> io::Result<Self> {
        let mut params = CertificateParams::new([]).map_err(io::Error::other)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // A name of its own: OpenSSL takes a certificate whose issuer is called as itself for a self-signed one.
        params.distinguished_name.push(DnType::CommonName, "sandbox authority");
        let key = KeyPair::generate().map_err(io::Error::other)?;
        std::fs::write(file, params.self_signed(&key).map_err(io::Error::other)?.pem())?;
        let authority = Issuer::new(params, key);
        let mut ready = HashMap::new();
        for ip in addresses {
            for shown in [Shown::Valid, Shown::Expired, Shown::SelfSigned, Shown::WrongHost] {
                ready.insert((ip, shown), certificate(ip, shown, &authority).map_err(io::Error::other)?);
            }
        }
        Ok(Self(Arc::new(ready)))
    }
}

type Made<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn certificate(ip: Ipv4Addr, shown: Shown, authority: &Issuer<'_, KeyPair>) -> Made<TlsAcceptor> {
    let names = match shown {
        Shown::WrongHost => vec!["somebody-else.example".to_owned()],
        _ => vec![ip.to_string(), "localhost".to_owned()],
    };
    let mut params = CertificateParams::new(names)?;
    if shown == Shown::Expired {
        (params.not_before, params.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2021, 1, 1));
    }
    params.use_authority_key_identifier_extension = true; // Python's strict mode asks for it
    let key = KeyPair::generate()?;
    let certificate = match shown {
        Shown::SelfSigned => params.self_signed(&key)?,
        _ => params.signed_by(&key, authority)?,
    };
    let secret = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], secret)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Takes connections for ever and hands what is inside to the plain server.
pub async fn accept(sandbox: Arc<Sandbox>, own: TcpListener, certificates: Certificates, plain: SocketAddr) {
    let Ok(SocketAddr::V4(at)) = own.local_addr() else { return };
    let ip = *at.ip();
    loop {
        let Ok((outer, _)) = own.accept().await else { continue };
        let shown = shown_at(&sandbox.world(), ip);
        let Some(acceptor) = certificates.0.get(&(ip, shown)).cloned() else { continue };
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            let _ = outer.set_nodelay(true);
            let accepted = acceptor.accept(outer).await;
            sandbox.world().note_handshake(IpAddr::V4(ip), accepted.is_ok());
            let (Ok(mut outer), Ok(mut inner)) = (accepted, TcpStream::connect(plain).await) else { return };
            let _ = inner.set_nodelay(true);
            let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
        });
    }
}

fn shown_at(world: &World, ip: Ipv4Addr) -> Shown {
    let (Some(Address::Portal(member)) | Some(Address::Moved(member))) = world.addresses.get(&ip) else {
        return Shown::Valid;
    };
    world.portals.get(member).map(|portal| portal.settings.certificate).unwrap_or_default()
}
