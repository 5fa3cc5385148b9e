//! Applications known to the authorization server: ours, and others that tests play against it.

use crate::state::random_hex;
use std::collections::HashMap;

pub struct Clients {
    pub main: String,
    secrets: HashMap<String, String>,
}

impl Clients {
    pub fn new(main: &str, secret: &str) -> Self {
        Self { main: main.to_owned(), secrets: HashMap::from([(main.to_owned(), secret.to_owned())]) }
    }

    /// Another vendor's application appears the first time somebody names it.
    pub fn ensure(&mut self, client_id: &str) {
        self.secrets.entry(client_id.to_owned()).or_insert_with(|| random_hex(25));
    }

    pub fn knows(&self, client_id: &str) -> bool {
        self.secrets.contains_key(client_id)
    }

    pub fn secret_fits(&self, client_id: &str, secret: &str) -> bool {
        self.secrets.get(client_id).is_some_and(|known| known == secret)
    }
}
