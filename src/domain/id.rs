//! Typed, prefixed ids that sort by creation: `ref_` and 32 hexadecimal digits.

use std::fmt;

use super::Invalid;
use super::time::Time;

/// The hexadecimal digits that follow the prefix.
const DIGITS: usize = 32;

/// 48 bits of milliseconds, then 80 random bits, so that ids sort by creation and cannot be guessed.
fn compose(now: Time, random: [u8; 10]) -> u128 {
    let millis = u128::try_from(now.micros() / 1000).unwrap_or(0) & 0xffff_ffff_ffff;
    random.iter().fold(millis, |bits, byte| bits << 8 | u128::from(*byte))
}

fn parse(prefix: &str, text: &str) -> Result<u128, Invalid> {
    let digits = text.strip_prefix(prefix).filter(|digits| {
        digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    });
    digits
        .and_then(|digits| u128::from_str_radix(digits, 16).ok())
        .ok_or_else(|| Invalid(format!("must be \"{prefix}\" and {DIGITS} hexadecimal digits, as the service gave it")))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// A new id from the time and random bits of the caller.
            pub fn new(now: Time, random: [u8; 10]) -> Self {
                Self(compose(now, random))
            }

            /// Reads an id back.
            ///
            /// # Errors
            /// Another prefix, another length, or anything but lower-case hexadecimal digits.
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                parse($prefix, text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{:032x}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

id!(/** Names a campaign. */ CampaignId, "cmp_");
id!(/** Names a referrer. */ ReferrerId, "rfr_");
id!(/** Names a referral. */ ReferralId, "ref_");
id!(/** Names a webhook signing secret, never the secret itself. */ SecretId, "sec_");
id!(/** Names a rule of a campaign by which rewards are earned. */ RewardRuleId, "rwr_");
id!(/** Names a reward. */ RewardId, "rwd_");
id!(/** Names a job, what is to be done at Stripe. */ JobId, "job_");
id!(/** Names an API key, never the key itself. */ KeyId, "key_");
id!(/** Names a line of the audit log. */ AuditLineId, "aud_");
id!(/** Names the erasure of a person. */ ErasureId, "era_");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        let id = ReferralId::new(Time::from_seconds(1_700_000_000), [7; 10]);
        assert_eq!(ReferralId::parse(&id.to_string()), Ok(id));
    }

    #[test]
    fn ids_sort_by_creation_as_values_and_as_text() {
        let early = CampaignId::new(Time::from_seconds(1_700_000_000), [0xff; 10]);
        let late = CampaignId::new(Time::from_seconds(1_700_000_001), [0; 10]);
        assert!(early < late && early.to_string() < late.to_string());
    }

    #[test]
    fn another_prefix_length_or_case_is_refused() {
        let id = ReferralId::new(Time::from_seconds(1_700_000_000), [0xab; 10]).to_string();
        for wrong in
            ["", "ref_", &id.replace("ref_", "cmp_"), &id[..35], &format!("{id}0"), &id.to_uppercase(), "ref_+1"]
        {
            assert!(ReferralId::parse(wrong).is_err(), "{wrong}");
        }
    }
}
