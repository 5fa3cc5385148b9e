//! The sandbox, checked over HTTP against the rules of the vendor's reference. Every refusal has its test.

mod batches;
mod by_hand;
mod comments;
mod events;
mod faults;
mod harness;
mod installs;
mod limits;
mod lists;
mod notices;
mod oauth;
mod pages;
mod requests;
mod rights;
mod shapes;
mod tls;
mod webhooks;
