//! Who connects and says little holds nobody up and is not waited for.

use crate::support::{Beside, List, Stack, assert_unmoved, decisions::*};
use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// Connections that have sent this and wait.
fn half_open(port: u16, count: usize, said: &str) -> Vec<TcpStream> {
    let open = |_| {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.write_all(said.as_bytes()).unwrap();
        socket
    };
    (0..count).map(open).collect()
}

/// How many of them the server has ended; the others still wait after a glance.
fn ended(sockets: &mut [TcpStream]) -> usize {
    let mut buffer = [0; 4096];
    let mut is_over = |socket: &mut TcpStream| {
        socket.set_nonblocking(true).unwrap();
        loop {
            match socket.read(&mut buffer) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() != ErrorKind::WouldBlock,
            }
        }
    };
    sockets.iter_mut().filter_map(|socket| is_over(socket).then_some(())).count()
}

fn head(port: u16) -> String {
    format!("POST /queue HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n")
}

/// Lists are opened while so many wait; then all of these are cut off.
async fn beside_half_open(port: u16, here: List<'_>, control: List<'_>) -> Beside {
    let (mut sockets, began) = (half_open(port, 2_000, &head(port)), Instant::now());
    let beside = Beside::of(here, control, 50).await;
    while ended(&mut sockets) < sockets.len() {
        assert!(began.elapsed() < Duration::from_secs(20), "{} of 2000 are still open", 2_000 - ended(&mut sockets));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!("figure: 2000 half-open connections are cut off after {:.1?} (target about 5 s)", began.elapsed());
    beside
}

#[tokio::test]
async fn t36_two_thousand_half_open_connections_are_cut_off_and_hold_nobody_up() {
    let (stack, at_rest) = tokio::join!(Stack::start(), Stack::start());
    let mut lists = Vec::new();
    for stack in [&stack, &at_rest] {
        let office = Office::with(stack, serde_json::json!({"limits": "off"})).await;
        office.waiting(3).await;
        let page = office.queue(CREATOR).await;
        lists.push((office, page));
    }
    let list = |nth: usize| (&lists[nth].0.visitor, &lists[nth].1);
    let port = stack.replicas[0].port;
    // To take two thousand in, and to end them, is work; in a round of fifty pages one meets it.
    let moment = Duration::from_millis(100);
    assert_unmoved(6, 2.0, moment, "2000 half-open connections", || beside_half_open(port, list(0), list(1))).await;
    at_rest.finish().await;
    stack.finish().await;
}

#[tokio::test]
async fn t36_a_body_that_drips_is_not_waited_for() {
    let stack = Stack::start().await;
    let port = stack.replicas[0].port;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n";
    let mut sockets = half_open(port, 50, &format!("{}{form}session=", head(port)));
    let began = Instant::now();
    while ended(&mut sockets) < sockets.len() {
        assert!(began.elapsed() < Duration::from_secs(20), "{} of 50 are still open", 50 - ended(&mut sockets));
        for socket in &mut sockets {
            let _ = socket.write_all(b"a");
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    println!("figure: bodies that drip are cut off after {:.1?} (target below 20 s)", began.elapsed());
    stack.finish().await;
}
