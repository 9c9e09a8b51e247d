//! The `Stripe-Signature` header: who may tell us anything at all.
//!
//! `t=<seconds>,v1=<hex>[,v1=<hex>…]`, each `v1` an HMAC-SHA256 of `<t>.<body>` keyed with a whole signing secret,
//! `whsec_` included. Any `v1` may match any of the active secrets, since both sides rotate. The verdicts are those of
//! Stripe's own libraries.

use std::fmt;
use std::str::FromStr;

use ring::hmac;

use crate::domain::time::Time;

/// How old a signature may be, in seconds. Each retry of Stripe's is signed anew. A time in the future is accepted, as
/// Stripe's own libraries do: our clock may be behind.
pub const AGE_SECONDS_MAX: i64 = 300;

/// A signing secret, ready for use. It never shows itself.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl Key {
    /// Takes a secret as Stripe shows it: `whsec_…`.
    pub fn new(secret: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
    }

    fn sign(&self, signed_at: i64, body: &[u8]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(format!("{signed_at}.").as_bytes());
        context.update(body);
        hex(context.sign().as_ref())
    }

    /// Compares in a time that says nothing about where two signatures differ: the tags of both are compared, so that
    /// a long list of candidates costs no further pass over the body either.
    fn is_same(&self, expected: &str, given: &str) -> bool {
        let tag = hmac::sign(&self.0, expected.as_bytes());
        hmac::verify(&self.0, given.as_bytes(), tag.as_ref()).is_ok()
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Why a body is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There is no header.
    Missing,
    /// The header has no readable `t`.
    Malformed,
    /// The header has no `v1`.
    NoScheme,
    /// No signature is that of an active secret over this body.
    NoMatch,
    /// The signature is right and older than [`AGE_SECONDS_MAX`].
    TooOld,
}

impl Refusal {
    /// Its reason in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "SIGNATURE_MISSING",
            Self::Malformed => "SIGNATURE_MALFORMED",
            Self::NoScheme => "SIGNATURE_NO_SCHEME",
            Self::NoMatch => "SIGNATURE_NO_MATCH",
            Self::TooOld => "SIGNATURE_TOO_OLD",
        }
    }

    /// What is wrong, and what to do.
    pub fn message(self) -> &'static str {
        match self {
            Self::Missing => "the header Stripe-Signature is missing: only what Stripe signed is taken here",
            Self::Malformed => "the header Stripe-Signature has no readable t=<seconds>: pass it on unchanged",
            Self::NoScheme => "the header Stripe-Signature has no signature v1=<hex>: pass it on unchanged",
            Self::NoMatch => {
                "no active signing secret of this URL signed this body: check the URL, add the endpoint's secret \
                 (whsec_...) with AddWebhookSecret, and let no proxy change the body"
            }
            Self::TooOld => "the signature is more than 300 seconds old: check the clock of this machine, or send anew",
        }
    }
}

/// A header, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    signed_at: i64,
    signatures: Vec<String>,
}

impl FromStr for Header {
    type Err = Refusal;

    /// Reads the header's value. The last `t` counts; items of other schemes, and what is no item, are skipped.
    fn from_str(header: &str) -> Result<Self, Refusal> {
        if header.is_empty() {
            return Err(Refusal::Missing);
        }
        let items = || header.split(',').filter_map(|item| item.split_once('='));
        let signed_at = items().rfind(|(key, _)| *key == "t").map(|(_, value)| value);
        let signed_at = signed_at.and_then(|t| t.parse().ok()).ok_or(Refusal::Malformed)?;
        let signatures: Vec<String> =
            items().filter(|(key, _)| *key == "v1").map(|(_, value)| value.to_owned()).collect();
        if signatures.is_empty() { Err(Refusal::NoScheme) } else { Ok(Self { signed_at, signatures }) }
    }
}

impl Header {
    /// The place of the first key that signed the body.
    ///
    /// # Errors
    /// `NoMatch` where none did, `TooOld` where one did too long before `now`.
    pub fn verify<'k>(
        &self,
        body: &[u8],
        keys: impl IntoIterator<Item = &'k Key>,
        now: Time,
    ) -> Result<usize, Refusal> {
        let signed = |key: &Key| {
            let expected = key.sign(self.signed_at, body);
            self.signatures.iter().any(|given| key.is_same(&expected, given))
        };
        let place = keys.into_iter().position(signed).ok_or(Refusal::NoMatch)?;
        let age = now.seconds().saturating_sub(self.signed_at);
        if age > AGE_SECONDS_MAX { Err(Refusal::TooOld) } else { Ok(place) }
    }
}

/// The place of the first key that signed the body, by the header as it came.
///
/// # Errors
/// Every [`Refusal`].
pub fn verify<'k>(
    body: &[u8],
    header: Option<&str>,
    keys: impl IntoIterator<Item = &'k Key>,
    now: Time,
) -> Result<usize, Refusal> {
    header.ok_or(Refusal::Missing)?.parse::<Header>()?.verify(body, keys, now)
}

/// The header that Stripe would send with this body now.
pub fn sign(body: &[u8], secret: &str, now: Time) -> String {
    let signed_at = now.seconds();
    format!("t={signed_at},v1={}", Key::new(secret).sign(signed_at, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_seconds(1_700_000_000);
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn verdict(header: &str, now: Time) -> Result<usize, Refusal> {
        verify(BODY, Some(header), &[Key::new("whsec_old"), Key::new("whsec_new")], now)
    }

    #[test]
    fn a_known_signature_is_made_and_taken() {
        // openssl: printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_new
        let known = "t=1700000000,v1=f3ac0c93c23f69e2e6046d7f0e2c82c93d0403de0f8651457189ab70fbbfcaae";
        assert_eq!(sign(BODY, "whsec_new", NOW), known);
        assert_eq!(verdict(known, NOW), Ok(1));
    }

    #[test]
    fn any_signature_may_match_any_active_secret() {
        let (old, new) = (sign(BODY, "whsec_old", NOW), sign(BODY, "whsec_new", NOW));
        let other = sign(BODY, "whsec_other", NOW);
        assert_eq!(verdict(&old, NOW), Ok(0));
        assert_eq!(verdict(&format!("{other},{}", new.replace("t=1700000000,", "")), NOW), Ok(1));
        assert_eq!(verdict(&other, NOW), Err(Refusal::NoMatch));
        assert_eq!(verify(BODY, Some(&old), &[], NOW), Err(Refusal::NoMatch), "no secret is no permission");
    }

    #[test]
    fn a_signature_holds_for_five_minutes_and_for_one_body() {
        let header = sign(BODY, "whsec_new", NOW);
        for (later, verdict_then) in [(0, Ok(1)), (300, Ok(1)), (301, Err(Refusal::TooOld)), (-86_400, Ok(1))] {
            assert_eq!(verdict(&header, NOW.plus_seconds(later)), verdict_then, "{later}");
        }
        let keys = [Key::new("whsec_new")];
        assert_eq!(verify(b"{}", Some(&header), &keys, NOW), Err(Refusal::NoMatch));
    }

    #[test]
    fn a_header_that_says_nothing_is_refused_for_what_it_lacks() {
        let signature = sign(BODY, "whsec_new", NOW).replace("t=1700000000,", "");
        for (header, refusal) in [
            (String::new(), Refusal::Missing),
            (signature.clone(), Refusal::Malformed),
            (format!("t=abc,{signature}"), Refusal::Malformed),
            (format!("t=99999999999999999999,{signature}"), Refusal::Malformed),
            ("t=1700000000".into(), Refusal::NoScheme),
            (format!("t=1700000000, {signature}"), Refusal::NoScheme),
            (format!("t=1700000000,{}", signature.replace("v1=", "v0=")), Refusal::NoScheme),
            (format!("t=1700000000,v1={}", signature[3..].to_uppercase()), Refusal::NoMatch),
            (format!("t=1700000000,{}", &signature[..40]), Refusal::NoMatch),
            (format!("t={},{signature}", i64::MIN), Refusal::NoMatch),
        ] {
            assert_eq!(verdict(&header, NOW), Err(refusal), "{header}");
        }
        assert_eq!(verify(BODY, None, &[], NOW), Err(Refusal::Missing));
        assert_eq!(verdict(&format!("t=1,t=1700000000,junk,{signature},v0=x"), NOW), Ok(1), "the last t counts");
    }

    #[test]
    fn a_key_never_shows_itself() {
        assert_eq!(format!("{:?}", Key::new("whsec_secret")), "Key(…)");
    }
}
