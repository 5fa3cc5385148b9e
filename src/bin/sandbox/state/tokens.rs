//! Access tokens, refresh tokens and codes of the authorization server.

use crate::answer::Time;
use crate::state::random_hex;
use chrono::Duration;
use std::collections::HashMap;

pub const ACCESS_SECONDS: i64 = 3600;
const REFRESH_DAYS: i64 = 180;
const CODE_SECONDS: i64 = 30;

/// Whose token it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    pub member_id: String,
    pub client_id: String,
    pub user_id: u64,
}

#[derive(Debug, Clone)]
pub struct Held {
    pub grant: Grant,
    pub expires: Time,
    /// The application was removed: the token is known, and good for nothing.
    pub dead: bool,
}

#[derive(Debug, Clone)]
pub struct Pair {
    pub access_token: String,
    pub refresh_token: String,
    pub expires: Time,
}

#[derive(Default)]
pub struct Tokens {
    mark: String,
    access: HashMap<String, Held>,
    refresh: HashMap<String, Held>,
    codes: HashMap<String, Held>,
}

impl Tokens {
    /// Every token and code begins with this.
    pub fn marked(mark: &str) -> Self {
        Self { mark: mark.to_owned(), ..Self::default() }
    }

    fn random(&self, bytes: usize) -> String {
        let whole = format!("{}{}", self.mark, random_hex(bytes));
        whole.chars().take(bytes * 2).collect()
    }

    /// Every opening of a page gets a pair of its own; earlier pairs stay good.
    pub fn mint(&mut self, grant: &Grant, now: Time) -> Pair {
        let access_token = self.mint_access(grant, now);
        let refresh_token = self.random(35);
        let held = Held { grant: grant.clone(), expires: now + Duration::days(REFRESH_DAYS), dead: false };
        self.refresh.insert(refresh_token.clone(), held);
        Pair { access_token, refresh_token, expires: now + Duration::seconds(ACCESS_SECONDS) }
    }

    /// Task events carry an access token only.
    pub fn mint_access(&mut self, grant: &Grant, now: Time) -> String {
        let token = self.random(35);
        let held = Held { grant: grant.clone(), expires: now + Duration::seconds(ACCESS_SECONDS), dead: false };
        self.access.insert(token.clone(), held);
        token
    }

    pub fn mint_code(&mut self, grant: &Grant, now: Time) -> String {
        let code = self.random(16);
        let held = Held { grant: grant.clone(), expires: now + Duration::seconds(CODE_SECONDS), dead: false };
        self.codes.insert(code.clone(), held);
        code
    }

    pub fn access(&self, token: &str) -> Option<&Held> {
        self.access.get(token)
    }

    pub fn refresh(&self, token: &str) -> Option<&Held> {
        self.refresh.get(token)
    }

    /// Spends a code: it is gone whether or not it was still good.
    pub fn spend_code(&mut self, code: &str, client_id: &str, now: Time) -> Option<Grant> {
        if self.codes.get(code)?.grant.client_id != client_id {
            return None;
        }
        self.codes.remove(code).filter(|held| !held.dead && held.expires >= now).map(|held| held.grant)
    }

    /// Spends a refresh token: each works once. One of another application is refused and left alone.
    pub fn spend_refresh(&mut self, token: &str, client_id: &str, now: Time) -> Option<Grant> {
        if self.refresh.get(token)?.grant.client_id != client_id {
            return None;
        }
        self.refresh.remove(token).filter(|held| !held.dead && held.expires >= now).map(|held| held.grant)
    }

    pub fn expire_access(&mut self, member_id: &str, user_id: Option<u64>, now: Time) -> usize {
        let mut count = 0;
        for held in self.access.values_mut().filter(|held| belongs(held, member_id, user_id)) {
            held.expires = now - Duration::seconds(1);
            count += 1;
        }
        count
    }

    pub fn revoke(&mut self, member_id: &str, user_id: Option<u64>, now: Time) -> usize {
        let before = self.refresh.len();
        self.refresh.retain(|_, held| !belongs(held, member_id, user_id));
        self.codes.retain(|_, held| !belongs(held, member_id, user_id));
        self.expire_access(member_id, user_id, now);
        before - self.refresh.len()
    }

    /// An employee left, and the vendor gives their refresh tokens to another account of the portal.
    pub fn rehome(&mut self, member_id: &str, from: u64, to: u64) -> usize {
        let held = self.refresh.values_mut().filter(|held| belongs(held, member_id, Some(from)));
        held.map(|held| held.grant.user_id = to).count()
    }

    /// The application left the portal: its tokens stay known, so that they can be refused by name.
    pub fn kill(&mut self, member_id: &str, client_id: &str) {
        for held in self.access.values_mut().chain(self.refresh.values_mut()).chain(self.codes.values_mut()) {
            if held.grant.member_id == member_id && held.grant.client_id == client_id {
                held.dead = true;
            }
        }
    }
}

fn belongs(held: &Held, member_id: &str, user_id: Option<u64>) -> bool {
    held.grant.member_id == member_id && user_id.is_none_or(|id| held.grant.user_id == id)
}
