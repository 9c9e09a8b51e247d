//! The two people: who refers, and who was invited.

use super::Invalid;
use super::attribution::Claimant;
use super::customer::{CustomerSync, LinkedCustomer};
use super::email::Email;
use super::erasure::Erased;
use super::id::{CampaignId, ReferralId, ReferrerId};
use super::qualification::{Decision, Override, State};
use super::rule::Rule;
use super::text::CustomFields;
use super::time::Time;

/// The shortest and the longest referrer code.
pub const CODE_LENGTHS: std::ops::RangeInclusive<usize> = 3..=64;
/// The longest phone number, in characters.
pub const PHONE_MAX: usize = 32;

/// What is known of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The address that tells people apart.
    pub email: Email,
    /// First name; a referrer may have none.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Phone number, as it was given.
    pub phone: Option<String>,
    /// The caller's own fields.
    pub custom: CustomFields,
}

/// The person referring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    /// Its id.
    pub id: ReferrerId,
    /// The alias of the account that it belongs to.
    pub account: String,
    /// What its referral links end with; unique in the account.
    pub code: String,
    /// Who it is; the email is unique in the account.
    pub person: Person,
    /// When the person was erased, if so.
    pub erased_at: Option<Time>,
    /// Grows with each change.
    pub revision: u64,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed.
    pub updated_at: Time,
}

/// One invited person, brought by one referrer in one campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// Its id.
    pub id: ReferralId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Who brought them.
    pub referrer_id: ReferrerId,
    /// Who it is; the email is unique in the campaign and never changes.
    pub person: Person,
    /// When they signed up, in whole seconds.
    pub registered_at: Time,
    /// The version of the campaign's rule that holds for it.
    pub rule_version: u32,
    /// What is kept of a person who was erased.
    pub erased: Option<Erased>,
    /// Whether the person who brought them was erased.
    pub is_referrer_erased: bool,
    /// Whether the person was the referrer when registered.
    pub self_referral: bool,
    /// The operator's word, if any.
    pub manual: Option<Override>,
    /// What became of the look at Stripe for the person.
    pub customer_sync: CustomerSync,
    /// The customer that was created, updated or found for it.
    pub customer: Option<LinkedCustomer>,
    /// The latest decision.
    pub decision: Decision,
    /// When the clock asks for the next decision: the window's end of a pending one, the past where something waits
    /// for a paused campaign.
    pub decide_at: Option<Time>,
    /// Grows with each change.
    pub revision: u64,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed.
    pub updated_at: Time,
}

impl Referral {
    /// The referral as attribution sees it.
    pub fn claimant(&self) -> Claimant {
        Claimant {
            id: self.id,
            email: self.person.email.identity().to_owned(),
            registered_at: self.registered_at,
            only_customer: self.customer.as_ref().filter(|linked| linked.only).map(|linked| linked.id.clone()),
            kept: self.erased.as_ref().map(|erased| erased.charges.clone()),
        }
    }

    /// The referral once the look at Stripe stands so, with the customer that is its own.
    #[must_use]
    pub fn synced(&self, sync: CustomerSync, customer: Option<LinkedCustomer>, now: Time) -> Self {
        Self { customer_sync: sync, customer, revision: self.revision + 1, updated_at: now, ..self.clone() }
    }

    /// The referral after a decision made at a time.
    #[must_use]
    pub fn decided(&self, decision: Decision, rule: &Rule, now: Time) -> Self {
        let waits = decision.state == State::Pending;
        let decide_at = waits.then(|| rule.window_end(self.registered_at));
        let changed = decision != self.decision;
        Self {
            decision,
            decide_at,
            revision: self.revision + u64::from(changed),
            updated_at: if changed { now } else { self.updated_at },
            ..self.clone()
        }
    }
}

/// A referrer's code: letters, digits, `_` and `-`.
///
/// # Errors
/// Another length than [`CODE_LENGTHS`], or any other character.
pub fn code(text: &str) -> Result<String, Invalid> {
    let fits =
        CODE_LENGTHS.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if fits { Ok(text.to_owned()) } else { Err(Invalid::new("must be 3 to 64 letters, digits, \"_\" and \"-\"")) }
}

/// The letters and digits of a code that the service makes: none that look alike.
const CODE_ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// A code from random bytes: ten of 31 letters and digits, so that guessing one is hopeless.
pub fn random_code(random: [u8; 10]) -> String {
    random.iter().map(|byte| char::from(CODE_ALPHABET[usize::from(*byte) % CODE_ALPHABET.len()])).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::examples::{REGISTERED, day};
    use super::super::qualification::{Disqualification, UNDECIDED};
    use super::super::rule::tests::rule;
    use super::*;

    /// Ada, registered on day 0 and not decided yet.
    pub(crate) fn referral() -> Referral {
        let person = Person {
            email: Email::parse("Ada@Example.com").expect("valid"),
            first_name: Some("Ada".into()),
            last_name: None,
            phone: None,
            custom: CustomFields::new(),
        };
        Referral {
            id: ReferralId::new(REGISTERED, [1; 10]),
            campaign_id: CampaignId::new(REGISTERED, [2; 10]),
            referrer_id: ReferrerId::new(REGISTERED, [3; 10]),
            person,
            registered_at: REGISTERED,
            rule_version: 1,
            erased: None,
            is_referrer_erased: false,
            self_referral: false,
            manual: None,
            customer_sync: CustomerSync::NotNeeded,
            customer: None,
            decision: UNDECIDED,
            decide_at: None,
            revision: 1,
            created_at: REGISTERED,
            updated_at: REGISTERED,
        }
    }

    #[test]
    fn the_clock_asks_again_at_the_windows_end_of_a_pending_referral_only() {
        for (state, decide_at) in [
            (State::Pending, Some(day(30))),
            (State::Qualified, None),
            (State::Expired, None),
            (State::Disqualified(Disqualification::SelfReferral), None),
        ] {
            let decided = referral().decided(Decision { state, ..UNDECIDED }, &rule(), day(1));
            assert_eq!(decided.decide_at, decide_at, "{state:?}");
        }
    }

    #[test]
    fn the_same_decision_again_is_no_change() {
        let again = referral().decided(UNDECIDED, &rule(), day(1));
        assert_eq!((again.revision, again.updated_at), (1, REGISTERED));
        let other = referral().decided(Decision { spend_minor: 1, ..UNDECIDED }, &rule(), day(1));
        assert_eq!((other.revision, other.updated_at), (2, day(1)));
    }

    #[test]
    fn a_referral_claims_by_its_email_identity() {
        let claimant = referral().claimant();
        assert_eq!((claimant.id, claimant.email.as_str()), (referral().id, "ada@example.com"));
        assert_eq!(claimant.only_customer, None);
        let with = |only| Referral { customer: Some(LinkedCustomer { id: "cus_1".into(), only }), ..referral() };
        assert_eq!(with(false).claimant().only_customer, None);
        assert_eq!(with(true).claimant().only_customer.as_deref(), Some("cus_1"), "a duplicate made on purpose");
    }

    #[test]
    fn a_code_is_3_to_64_letters_digits_and_dashes() {
        for right in ["abc", "Ada-1_x", &"a".repeat(64)] {
            assert_eq!(code(right), Ok(right.to_owned()));
        }
        for wrong in ["", "ab", "a b c", "ada!", "adä", " ada", &"a".repeat(65)] {
            assert!(code(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_random_code_is_a_code_for_every_byte() {
        for byte in 0..=255 {
            assert!(code(&random_code([byte; 10])).is_ok(), "{byte}");
        }
        assert_eq!(random_code([0, 1, 7, 8, 30, 31, 32, 255, 254, 100]), "239az23989");
    }
}
