//! A text as an answer, piece by piece: what is longer than a kibibyte actix-web compresses on another thread, and each
//! answer that waits for one there holds a compressor of a third of a megabyte. A piece is compressed where it is.

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};
use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

/// Bytes; actix-web's own threshold is 1024.
const PIECE: usize = 1023;

/// What is left of a text.
pub(super) struct Pieces(Bytes);

impl Pieces {
    pub(super) fn of(text: String) -> Self {
        Self(text.into())
    }
}

impl MessageBody for Pieces {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let left = self.0.len();
        Poll::Ready((left > 0).then(|| Ok(self.0.split_to(left.min(PIECE)))))
    }
}
