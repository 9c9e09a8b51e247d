//! Encryption of signing secrets at rest, and hashes.

use std::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};

use super::error::{Error, Result};
use crate::clock::random;
use crate::domain::text::hex;
use crate::store::{MadeWithKey, Tx};

/// The key that seals secrets. It is never shown.
pub struct Seal {
    key: LessSafeKey,
    digest_key: hmac::Key,
    person_key: PersonKey,
    own_digest: Vec<u8>,
}

/// By what a person who was erased is known again: a hash that nobody can make who has no secrets key.
#[derive(Clone)]
pub struct PersonKey(hmac::Key);

impl PersonKey {
    /// The hash of an email identity, in hexadecimal digits.
    pub fn digest(&self, email_identity: &str) -> String {
        hex(hmac::sign(&self.0, email_identity.as_bytes()).as_ref())
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// The bytes of a key.
    pub const KEY_BYTES: usize = 32;

    /// A seal from a key.
    ///
    /// # Panics
    /// Never: every key of this length is one.
    #[expect(clippy::expect_used, reason = "the length is right by its type")]
    pub fn new(key: &[u8; Self::KEY_BYTES]) -> Self {
        let sealing = UnboundKey::new(&CHACHA20_POLY1305, key).expect("32 bytes");
        // Another key for another use: a hash must say nothing about what is sealed.
        let derived = |of: &[u8]| {
            let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), of);
            hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())
        };
        let person_key = PersonKey(derived(b"digest of people erased"));
        let own_digest = hmac::sign(&derived(b"digest of the secrets key"), b"").as_ref().to_vec();
        let digest_key = derived(b"digest of webhook secrets");
        Self { key: LessSafeKey::new(sealing), digest_key, person_key, own_digest }
    }

    /// Reads a key written as 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim();
        let digit = |at: usize| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok();
        let key: Option<Vec<u8>> = (0..Self::KEY_BYTES).map(digit).collect();
        let key: [u8; Self::KEY_BYTES] = key?.try_into().ok()?;
        (text.len() == 2 * Self::KEY_BYTES).then(|| Self::new(&key))
    }

    /// Encrypts; what it belongs to is bound in, so that a row cannot be passed off as another.
    pub fn seal(&self, plain: &str, belongs_to: &str) -> Result<Vec<u8>> {
        let nonce = random::<NONCE_LEN>();
        let mut sealed = plain.as_bytes().to_vec();
        let aad = Aad::from(belongs_to.as_bytes());
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| Error::Internal)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Decrypts what was sealed with the same key for the same owner.
    pub fn open(&self, sealed: &[u8], belongs_to: &str) -> Result<String> {
        let plain = sealed.split_first_chunk::<NONCE_LEN>().and_then(|(nonce, rest)| {
            let mut buffer = rest.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let plain = self.key.open_in_place(nonce, Aad::from(belongs_to.as_bytes()), &mut buffer).ok()?;
            String::from_utf8(plain.to_vec()).ok()
        });
        plain.ok_or_else(|| {
            tracing::error!(%belongs_to, "a signing secret was sealed with another secrets key");
            Error::Internal
        })
    }

    /// What makes the hashes of people who were erased.
    pub const fn person_key(&self) -> &PersonKey {
        &self.person_key
    }

    /// By what this key itself is known again.
    pub fn own_digest(&self) -> &[u8] {
        &self.own_digest
    }

    /// Whether this key made what a database has; `None` where nothing there tells.
    pub fn made(&self, what: &MadeWithKey) -> Option<bool> {
        match &what.digest {
            Some(digest) => Some(*digest == self.own_digest),
            // Of before it was kept by what a key is known. An operator who had lost one may have gone on with another.
            None if what.sealed.is_empty() => None,
            None => Some(what.sealed.iter().any(|(id, sealed)| self.open(sealed, id).is_ok())),
        }
    }

    /// Refuses to make something with this key in a database that has another.
    pub(super) async fn check(&self, tx: &mut Tx) -> Result<()> {
        if tx.is_secrets_key(&self.own_digest).await? {
            return Ok(());
        }
        tracing::error!("another process serves this database with another secrets key; all must have the same");
        Err(Error::Internal)
    }

    /// A hash that only this key makes: the same secret is found by it.
    pub fn digest(&self, plain: &str) -> Vec<u8> {
        hmac::sign(&self.digest_key, plain.as_bytes()).as_ref().to_vec()
    }
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// SHA-256 in hexadecimal digits.
pub fn digest_hex(text: &str) -> String {
    hex(&sha256(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_owner_only() {
        let seal = Seal::new(&[7; 32]);
        let sealed = seal.seal("whsec_abc", "sec_1").expect("seals");
        assert_eq!(seal.open(&sealed, "sec_1").expect("opens"), "whsec_abc");
        assert!(seal.open(&sealed, "sec_2").is_err());
        assert!(Seal::new(&[8; 32]).open(&sealed, "sec_1").is_err());
        assert!(seal.open(&sealed[..5], "sec_1").is_err());
        assert!(!sealed.windows(5).any(|part| part == b"whsec"));
    }

    #[test]
    fn a_person_is_known_again_by_who_has_the_key_and_by_nobody_else() {
        let digest = |key: u8, email: &str| Seal::new(&[key; 32]).person_key().digest(email);
        assert_eq!(digest(7, "ada@example.com"), digest(7, "ada@example.com"));
        assert_ne!(digest(7, "ada@example.com"), digest(8, "ada@example.com"));
        assert_ne!(digest(7, "ada@example.com"), digest(7, "bob@example.com"));
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        let seal = Seal::from_hex(&format!(" {}\n", "07".repeat(32))).expect("a key");
        assert_eq!(seal.digest("a"), Seal::new(&[7; 32]).digest("a"));
        for wrong in ["", "07", &"07".repeat(33), &"zz".repeat(32), &"é".repeat(32)] {
            assert!(Seal::from_hex(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{seal:?}"), "Seal(…)");
    }
}
