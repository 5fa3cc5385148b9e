//! Answers that are too slow, too large or too deep: made while they leave, so that they weigh nothing here.

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const MEGABYTE: usize = 1 << 20;
const HEAD: &[u8] = b"{\"result\":\"";
const TAIL: &[u8] = b"\"}";

#[derive(Debug, Clone, Copy)]
pub enum Made {
    Drip { ms: u64 },
    Large { megabytes: usize, gzip: bool },
    Deep { levels: usize },
}

impl Made {
    pub fn respond(self, content_type: &str) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.content_type(content_type);
        match self {
            Self::Drip { ms } => {
                let byte = move |nth: usize| async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    let byte = HEAD.get(nth).copied().unwrap_or(b'x');
                    Some((io::Result::Ok(Bytes::from(vec![byte])), nth + 1))
                };
                answer.streaming(Box::pin(stream::unfold(0, byte)))
            }
            Self::Large { megabytes, gzip: false } => {
                let filling = std::iter::repeat_n(Bytes::from(vec![b'x'; MEGABYTE]), megabytes);
                let parts = std::iter::once(Bytes::from_static(HEAD)).chain(filling).chain([Bytes::from_static(TAIL)]);
                answer.streaming(stream::iter(parts.map(io::Result::Ok)))
            }
            Self::Large { megabytes, gzip: true } => match packed(megabytes) {
                Ok(body) => answer.insert_header(("Content-Encoding", "gzip")).body(body),
                Err(_) => HttpResponse::InternalServerError().finish(),
            },
            Self::Deep { levels } => {
                answer.body(format!("{{\"result\":{}{}}}", "[".repeat(levels), "]".repeat(levels)))
            }
        }
    }
}

/// The last one is kept: packing takes longer than answering may.
fn packed(megabytes: usize) -> io::Result<Bytes> {
    static LAST: Mutex<Option<(usize, Bytes)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, body)) = last.as_ref().filter(|(size, _)| *size == megabytes) {
        return Ok(body.clone());
    }
    let body = Bytes::from(pack(megabytes)?);
    *last = Some((megabytes, body.clone()));
    Ok(body)
}

fn pack(megabytes: usize) -> io::Result<Vec<u8>> {
    let mut body = GzEncoder::new(Vec::new(), Compression::best());
    body.write_all(HEAD)?;
    let filling = vec![b'x'; MEGABYTE];
    for _ in 0..megabytes {
        body.write_all(&filling)?;
    }
    body.write_all(TAIL)?;
    body.finish()
}
