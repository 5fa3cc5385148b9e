//! Secrets at rest: XChaCha20-Poly1305 with a random nonce. The associated data binds what it is, whose it is and which
//! key sealed it, so that a row copied to another place does not open there.

use crate::domain::{PortalId, UserId};
use crate::world::World;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretString};

const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Keys by id. The first seals, all open.
pub struct Keyring {
    keys: Vec<(String, XChaCha20Poly1305)>,
}

/// What a sealed value is and whose.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    /// Table and column, e.g. `user.refresh`.
    pub kind: &'a str,
    /// Whose portal.
    pub portal: PortalId,
    /// Whose tokens; `None` for what belongs to the portal.
    pub user: Option<UserId>,
}

/// A secret that could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// No key was given.
    #[error("no sealing key")]
    NoKey,
    /// Not something that was sealed here.
    #[error("a sealed value is damaged")]
    Damaged,
    /// Sealed with a key that is no longer in the settings.
    #[error("sealed with key {0:?}, which is not in HANDBACK_KEYS")]
    UnknownKey(String),
    /// Changed, moved from another row, or sealed with another key under the same id.
    #[error("a sealed value does not belong where it stands")]
    Foreign,
}

impl Keyring {
    /// Key ids are at most 32 characters.
    pub fn new(keys: impl IntoIterator<Item = (String, [u8; 32])>) -> Self {
        Self { keys: keys.into_iter().map(|(id, key)| (id, XChaCha20Poly1305::new(&key.into()))).collect() }
    }

    /// How everything begins that the first key has sealed.
    pub(super) fn prefix(&self) -> Result<Vec<u8>, SealError> {
        let (id, _) = self.keys.first().ok_or(SealError::NoKey)?;
        let length = u8::try_from(id.len()).map_err(|_| SealError::NoKey)?;
        Ok([&[VERSION, length], id.as_bytes()].concat())
    }

    /// `version | length of key id | key id | nonce | ciphertext`
    ///
    /// # Errors
    /// Without a key, or without randomness.
    pub fn seal(&self, world: &World, label: Label<'_>, secret: &SecretString) -> Result<Vec<u8>, super::StoreError> {
        let (id, cipher) = self.keys.first().ok_or(SealError::NoKey)?;
        let nonce: [u8; NONCE] = world.bytes()?;
        let aad = associated(label, id);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &aad };
        let text = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Damaged)?;
        Ok([self.prefix()?.as_slice(), &nonce, &text].concat())
    }

    /// The secret, if it was sealed for exactly this place.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] when its key is not in the settings, [`SealError::Foreign`] when it belongs elsewhere,
    /// [`SealError::Damaged`] when it was never sealed here.
    pub fn open(&self, label: Label<'_>, sealed: &[u8]) -> Result<SecretString, SealError> {
        let (id, nonce, text) = split(sealed).ok_or(SealError::Damaged)?;
        let found = self.keys.iter().find(|(known, _)| known == id);
        let (_, cipher) = found.ok_or_else(|| SealError::UnknownKey(id.to_owned()))?;
        let payload = Payload { msg: text, aad: &associated(label, id) };
        let open = cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Foreign)?;
        Ok(String::from_utf8(open).map_err(|_| SealError::Damaged)?.into())
    }
}

fn associated(label: Label<'_>, key_id: &str) -> Vec<u8> {
    let user = label.user.map_or(0, UserId::get);
    format!("handback|{}|{}|{user}|{key_id}", label.kind, label.portal).into_bytes()
}

fn split(sealed: &[u8]) -> Option<(&str, [u8; NONCE], &[u8])> {
    let [VERSION, length, rest @ ..] = sealed else {
        return None;
    };
    let (id, rest) = rest.split_at_checked(usize::from(*length))?;
    let (nonce, text) = rest.split_first_chunk::<NONCE>()?;
    Some((std::str::from_utf8(id).ok()?, *nonce, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(kind: &str, portal: u128, user: i64) -> Label<'_> {
        Label { kind, portal: PortalId(uuid::Uuid::from_u128(portal)), user: UserId::new(user) }
    }

    #[test]
    fn opens_only_where_it_was_sealed() {
        let ring = Keyring::new([("new".to_owned(), [1; 32]), ("old".to_owned(), [2; 32])]);
        let world = World::system();
        let sealed = ring.seal(&world, label("user.access", 1, 7), &"token".into()).unwrap();
        assert_eq!(ring.open(label("user.access", 1, 7), &sealed).unwrap().expose_secret(), "token");
        for other in [label("user.refresh", 1, 7), label("user.access", 2, 7), label("user.access", 1, 8)] {
            assert!(matches!(ring.open(other, &sealed), Err(SealError::Foreign)));
        }
        assert!(!sealed.windows(5).any(|w| w == b"token"));
    }

    #[test]
    fn old_keys_open_and_unknown_ones_are_named() {
        let world = World::system();
        let old = Keyring::new([("old".to_owned(), [2; 32])]);
        let sealed = old.seal(&world, label("k", 1, 7), &"t".into()).unwrap();
        let both = Keyring::new([("new".to_owned(), [1; 32]), ("old".to_owned(), [2; 32])]);
        assert!(both.open(label("k", 1, 7), &sealed).is_ok());
        let new = Keyring::new([("new".to_owned(), [1; 32])]);
        assert!(matches!(new.open(label("k", 1, 7), &sealed), Err(SealError::UnknownKey(id)) if id == "old"));
        for n in 0..sealed.len() {
            assert!(new.open(label("k", 1, 7), &sealed[..n]).is_err());
        }
    }
}
