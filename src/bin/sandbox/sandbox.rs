//! The running sandbox: the world behind its lock and the means to speak to the application.

use crate::state::World;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub struct Sandbox {
    world: Mutex<World>,
    /// Delivers events. No proxy and no redirects: an event goes to its handler or nowhere.
    pub http: reqwest::Client,
}

impl Sandbox {
    pub fn new(world: World) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        Self { world: Mutex::new(world), http: http.expect("a plain HTTP client") }
    }

    /// The world, for a piece of plain computing; a panic elsewhere must not stop everybody.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
