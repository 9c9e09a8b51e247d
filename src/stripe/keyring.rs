//! The keys of all accounts: which ledgers can be written to Stripe, and by what.

use std::collections::BTreeMap;
use std::fmt;

use super::client::{Stripe, Transport};
use super::key::{NotAKey, SecretKey};
use crate::domain::Invalid;
use crate::domain::campaign::{Ledger, Mode, account_alias};

/// A way to Stripe for each account and mode that has a key.
#[derive(Clone, Debug, Default)]
pub struct Keyring(BTreeMap<Ledger, Stripe>);

impl fmt::Display for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no key");
        }
        f.write_str(&self.ledgers().map(ToString::to_string).collect::<Vec<_>>().join(", "))
    }
}

/// Why keys cannot be taken. None of these repeats a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// An alias that no account can have.
    Alias(Invalid),
    /// What is given for this account is no key.
    Key(String, NotAKey),
    /// Two keys for one account and mode.
    Twice(Ledger),
    /// A live key that would be sent in the clear.
    Plain(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alias(problem) => write!(f, "the alias before a Stripe key {}", problem.0),
            Self::Key(account, problem) => write!(f, "the Stripe key of account \"{account}\" {problem}"),
            Self::Twice(ledger) => write!(f, "there are two Stripe keys for {ledger}"),
            Self::Plain(account) => {
                write!(
                    f,
                    "the live Stripe key of account \"{account}\" would be sent unencrypted: --stripe-url must begin with https://"
                )
            }
        }
    }
}

impl Keyring {
    /// Reads keys, separated by commas or line ends: `KEY`, or `ALIAS=KEY` where there are several accounts. A line that
    /// begins with `#` is left out. Each account is called so many times a second at most.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn read(text: &str, transport: &Transport, calls_per_second: u32) -> Result<Self, Problem> {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let entries = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|entry| !entry.is_empty());
        let mut keyring = Self::default();
        for entry in entries {
            let (alias, key) = entry.split_once('=').unwrap_or(("", entry));
            let account = account_alias(alias.trim()).map_err(Problem::Alias)?;
            let key = SecretKey::parse(key.trim()).map_err(|problem| Problem::Key(account.clone(), problem))?;
            if key.mode() == Mode::Live && !transport.is_encrypted() {
                return Err(Problem::Plain(account));
            }
            let ledger = Ledger { account, mode: key.mode() };
            if keyring.0.insert(ledger.clone(), Stripe::new(transport.clone(), key, calls_per_second)).is_some() {
                return Err(Problem::Twice(ledger));
            }
        }
        Ok(keyring)
    }

    /// The way to Stripe for a ledger, if it has a key.
    pub fn of(&self, ledger: &Ledger) -> Option<&Stripe> {
        self.0.get(ledger)
    }

    /// All ways to Stripe.
    pub fn all(&self) -> impl Iterator<Item = (&Ledger, &Stripe)> {
        self.0.iter()
    }

    /// The ledgers that have a key.
    pub fn ledgers(&self) -> impl Iterator<Item = &Ledger> {
        self.0.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, url: &str) -> Result<Keyring, Problem> {
        Keyring::read(text, &Transport::new(url).expect("TLS"), 20)
    }

    fn ledgers(text: &str) -> Result<Vec<(String, Mode)>, Problem> {
        let keyring = read(text, "https://stripe.example")?;
        Ok(keyring.ledgers().map(|ledger| (ledger.account.clone(), ledger.mode)).collect())
    }

    #[test]
    fn keys_are_given_with_commas_or_a_line_each() {
        assert_eq!(ledgers(""), Ok(vec![]));
        assert_eq!(Keyring::default().to_string(), "no key");
        assert_eq!(
            read("eu=sk_test_1,sk_live_2", "https://stripe.example").map(|all| all.to_string()),
            Ok("default LIVE, eu TEST".into())
        );
        assert_eq!(ledgers("sk_test_1"), Ok(vec![("default".into(), Mode::Test)]));
        let three = vec![("default".into(), Mode::Live), ("default".into(), Mode::Test), ("eu".into(), Mode::Test)];
        assert_eq!(ledgers("rk_test_1, sk_live_2,eu=sk_test_3"), Ok(three.clone()));
        assert_eq!(ledgers("# ours\nsk_test_1\n\n default = sk_live_2 \neu=sk_test_3\n"), Ok(three));
    }

    #[test]
    fn what_is_wrong_is_named_and_no_key_is_shown() {
        for (text, named) in [
            ("EU=sk_test_hidden", "alias"),
            ("eu=pk_test_hidden", "\"eu\""),
            ("hidden", "\"default\""),
            ("sk_test_hidden,default=rk_test_hidden", "two"),
        ] {
            let problem = ledgers(text).expect_err(text).to_string();
            assert!(problem.contains(named) && !problem.contains("hidden"), "{problem}");
        }
    }

    #[test]
    fn a_live_key_is_never_sent_in_the_clear() {
        assert!(read("sk_test_1", "http://127.0.0.1:1").is_ok());
        assert_eq!(read("eu=sk_live_1", "http://127.0.0.1:1").map(|_| ()), Err(Problem::Plain("eu".into())));
    }

    #[test]
    fn debug_shows_no_key() {
        let shown = format!("{:?}", read("sk_test_hidden", "https://stripe.example"));
        assert!(shown.contains("default") && !shown.contains("hidden"), "{shown}");
    }
}
