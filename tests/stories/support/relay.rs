//! A wire between a replica and the database that a story can cut, or hold without cutting.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

/// How the wire is.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Open,
    /// What stands is cut, and what comes is cut at once.
    Cut,
    /// Connections stand, and nothing passes.
    Held,
}

struct Inner {
    target: String,
    way: Mutex<Way>,
    ends: Mutex<Vec<TcpStream>>,
    /// How often whoever connects here has said something.
    asked: AtomicUsize,
    /// How often what stood was lost: nothing passes on older connections any more.
    lost: AtomicUsize,
}

/// Listens on a port of its own and passes bytes on, in threads: a story that waits does not hold it up.
#[derive(Clone)]
pub struct Relay {
    pub port: u16,
    inner: Arc<Inner>,
}

impl Relay {
    /// To `host:port`.
    pub fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            target: target.to_owned(),
            way: Mutex::new(Way::Open),
            ends: Mutex::default(),
            asked: AtomicUsize::default(),
            lost: AtomicUsize::default(),
        });
        let own = inner.clone();
        std::thread::spawn(move || {
            for from in listener.incoming().flatten() {
                own.join(from);
            }
        });
        Self { port, inner }
    }

    /// Nobody answers behind it any more.
    pub fn cut(&self) {
        *self.inner.way.lock().unwrap() = Way::Cut;
        for end in self.inner.ends.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// Whoever is behind it falls silent.
    pub fn hold(&self) {
        *self.inner.way.lock().unwrap() = Way::Held;
    }

    /// What stands falls silent for ever, as behind a firewall that has forgotten it; new connections pass.
    pub fn lose(&self) {
        self.inner.lost.fetch_add(1, SeqCst);
    }

    /// How often whoever connects here has said something: questions and answers take turns, so these are round trips.
    pub fn asked(&self) -> usize {
        self.inner.asked.load(SeqCst)
    }

    /// All is well again.
    pub fn mend(&self) {
        *self.inner.way.lock().unwrap() = Way::Open;
    }
}

impl Inner {
    fn way(&self) -> Way {
        *self.way.lock().unwrap()
    }

    fn join(self: &Arc<Self>, from: TcpStream) {
        let Some(to) = TcpStream::connect(&self.target).ok().filter(|_| self.way() != Way::Cut) else { return };
        let _ = (from.set_nodelay(true), to.set_nodelay(true));
        {
            let mut ends = self.ends.lock().unwrap();
            ends.extend([from.try_clone().unwrap(), to.try_clone().unwrap()]);
        }
        // Cut between the look and the entry: it must not outlive that.
        if self.way() == Way::Cut {
            let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
        }
        let lost = self.lost.load(SeqCst);
        let asks = (from.try_clone().unwrap(), to.try_clone().unwrap(), true);
        for (mut from, mut to, asks) in [asks, (to, from, false)] {
            let own = self.clone();
            std::thread::spawn(move || own.pass(&mut from, &mut to, asks, lost));
        }
    }

    fn pass(&self, from: &mut TcpStream, to: &mut TcpStream, asks: bool, lost: usize) {
        let mut buffer = [0; 16 << 10];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            self.asked.fetch_add(usize::from(asks), SeqCst);
            if self.lost.load(SeqCst) > lost {
                continue;
            }
            while self.way() == Way::Held {
                std::thread::sleep(Duration::from_millis(20));
            }
            if to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }
}
