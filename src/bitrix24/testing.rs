//! A server of a few lines for this room's own tests: real sockets, scripted answers.

use std::{
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use url::Url;

use super::{Caller, Egress, EgressRules, PortalApi, Rest, egress::Lookup};

/// One scripted answer.
pub enum Act {
    /// Status, further header lines, body.
    Reply(u16, &'static str, Vec<u8>),
    /// Reads the request and closes without a word.
    Drop,
    /// Reads the request and answers nothing for this long.
    Hang(Duration),
    /// Sends the head and half of the promised body, and closes.
    Half,
    /// Sends the head and half of the promised body, and waits for this long.
    Drip(Duration),
}

pub fn json(body: impl Into<Vec<u8>>) -> Act {
    Act::Reply(200, "", body.into())
}

/// A listener that counts connections and keeps the requests it read.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn start(ip: &str, acts: Vec<Act>) -> Server {
        let listener = TcpListener::bind((ip.parse::<IpAddr>().unwrap(), 0)).unwrap();
        let server =
            Server { address: listener.local_addr().unwrap(), connections: Arc::default(), requests: Arc::default() };
        let (connections, requests) = (server.connections.clone(), server.requests.clone());
        thread::spawn(move || {
            let mut acts = acts.into_iter();
            for stream in listener.incoming() {
                connections.fetch_add(1, Ordering::SeqCst);
                let mut stream = stream.unwrap();
                if let Some(act) = acts.next() {
                    requests.lock().unwrap().push(read(&mut stream));
                    perform(&mut stream, act);
                }
            }
        });
        server
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The body of one request.
    pub fn body(&self, number: usize) -> String {
        self.requests()[number].split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }
}

fn read(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&seen).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return text,
            Ok(count) => seen.extend_from_slice(&buffer[..count]),
        }
    }
}

fn half(stream: &mut TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"result\":");
}

fn perform(stream: &mut TcpStream, act: Act) {
    match act {
        Act::Drop => {}
        Act::Hang(time) => thread::sleep(time),
        Act::Half => half(stream),
        Act::Drip(time) => {
            half(stream);
            thread::sleep(time);
        }
        Act::Reply(status, headers, body) => {
            let head =
                format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    }
}

/// Answers every name with the next of these lists; the last one stays.
pub struct Names(pub Mutex<Vec<Vec<IpAddr>>>);

impl Names {
    pub fn new(answers: &[&[&str]]) -> Arc<Names> {
        let answers = answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        Arc::new(Names(Mutex::new(answers)))
    }
}

#[async_trait::async_trait]
impl Lookup for Names {
    async fn lookup(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().unwrap();
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers.first().cloned().unwrap_or_default() })
    }
}

/// A client that may speak to this machine, as the sandbox rule allows.
pub fn sandbox() -> Rest {
    let rules = EgressRules { sandbox: true, ..EgressRules::default() };
    Rest::new(Egress::new(rules, Names::new(&[&["127.0.0.1"]])).unwrap())
}

pub fn portal(server: &Server) -> PortalApi {
    watched(server, sandbox())
}

pub const CALLER: Caller = Caller { portal: uuid::Uuid::from_u128(7), user: Some(3), installer: false };

pub fn watched(server: &Server, rest: Rest) -> PortalApi {
    rest.portal(server.url("/rest/"), "TOKEN-CANARY".to_owned().into(), CALLER)
}
