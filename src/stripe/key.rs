//! A secret key of Stripe's API. It says by its beginning whether money is real, and it never shows itself.

use std::fmt;

use http::HeaderValue;

use crate::domain::campaign::Mode;

/// How keys begin: secret ones, and restricted ones that may do only what they are given.
const BEGINNINGS: [(&str, Mode); 4] =
    [("sk_test_", Mode::Test), ("rk_test_", Mode::Test), ("sk_live_", Mode::Live), ("rk_live_", Mode::Live)];

/// The longest key, in characters; Stripe's have about a hundred.
const LENGTH_MAX: usize = 255;

/// A key that may act for an account in one mode.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey {
    authorization: HeaderValue,
    mode: Mode,
}

/// Why a text is no key. It does not repeat the text, which may be a key of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "must be a secret or restricted key of Stripe's API: sk_test_…, rk_test_…, sk_live_… or rk_live_…; a \
             publishable key (pk_…) or a signing secret (whsec_…) is none",
        )
    }
}

impl SecretKey {
    /// Takes a key as Stripe shows it.
    ///
    /// # Errors
    /// Another beginning, nothing after it, or a character that no key has.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let (beginning, mode) = BEGINNINGS.into_iter().find(|(start, _)| text.starts_with(start)).ok_or(NotAKey)?;
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !plain || text.len() == beginning.len() || text.len() > LENGTH_MAX {
            return Err(NotAKey);
        }
        let mut authorization = HeaderValue::try_from(format!("Bearer {text}")).map_err(|_| NotAKey)?;
        authorization.set_sensitive(true);
        Ok(Self { authorization, mode })
    }

    /// Whether money is real.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The header that carries it.
    pub(super) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({:?}, …)", self.mode)
    }
}

/// The text with every key in it struck out, since Stripe's own messages repeat parts of one.
pub(super) fn struck_out(text: &str) -> String {
    let outside = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '*');
    let shown = |piece: &str| {
        let rest = &piece[piece.trim_end_matches(outside).len()..];
        if is_secret(piece) { format!("(key){rest}") } else { piece.to_owned() }
    };
    text.split_inclusive(outside).map(shown).collect()
}

fn is_secret(piece: &str) -> bool {
    BEGINNINGS.iter().any(|(start, _)| piece.starts_with(start)) || piece.starts_with("whsec_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_its_mode_by_its_beginning() {
        for (text, mode) in BEGINNINGS {
            assert_eq!(SecretKey::parse(&format!("{text}51Abc_9")).map(|key| key.mode()), Ok(mode));
        }
    }

    #[test]
    fn what_is_no_secret_key_is_refused_without_being_repeated() {
        for wrong in
            ["", "sk_test_", "pk_test_51Abc", "whsec_51Abc", "sk_org_51", "sk_test_5 1", "sk_test_5\n", "Sk_test_5"]
        {
            let problem = SecretKey::parse(wrong).expect_err(wrong).to_string();
            assert!(!problem.contains("51"), "{problem}");
        }
        assert!(SecretKey::parse(&format!("sk_test_{}", "a".repeat(LENGTH_MAX))).is_err());
    }

    #[test]
    fn debug_shows_no_key() {
        let key = SecretKey::parse("rk_live_hidden").expect("a key");
        assert_eq!(format!("{key:?}"), "SecretKey(Live, …)");
    }

    #[test]
    fn keys_are_struck_out_of_a_text_and_permissions_are_not() {
        for (said, shown) in [
            ("Invalid API Key provided: sk_test_*********1234", "Invalid API Key provided: (key)"),
            ("The key 'rk_live_***abc' lacks 'rak_customer_write'.", "The key '(key)' lacks 'rak_customer_write'."),
            ("sk_live_abc, whsec_abc", "(key), (key)"),
            ("No such customer: 'cus_1'", "No such customer: 'cus_1'"),
        ] {
            assert_eq!(struck_out(said), shown);
        }
    }
}
