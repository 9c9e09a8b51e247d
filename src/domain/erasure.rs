//! Erasure: what stays of a person who wants to be forgotten, and the receipt.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::customer::CustomerSync;
use super::email::Email;
use super::id::ErasureId;
use super::qualification::Override;
use super::referral::{Person, Referral, Referrer};
use super::reward::{Reward, RewardRule, State};
use super::text::{CustomFields, hex};
use super::time::Time;

/// What stands in the place of words that people wrote, which may name the person.
pub const ERASED: &str = "erased";

/// What is kept of the person of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// When they were erased.
    pub at: Time,
    /// The charges that they had a claim on then: these go on counting, and no other ever does.
    pub charges: Arc<BTreeSet<String>>,
}

/// How much was erased, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Referrers that lost their name and code.
    pub referrers: u64,
    /// Referrals that lost their name.
    pub referrals: u64,
    /// Charges that the email was taken from.
    pub charges: u64,
    /// Customers that the email was taken from.
    pub customers: u64,
    /// Checkouts that the email was taken from.
    pub checkouts: u64,
    /// Events of the log whose body was cleared.
    pub events: u64,
    /// Jobs at Stripe that were dropped.
    pub jobs: u64,
    /// Answers that were kept for repeated calls.
    pub answers: u64,
    /// Rewards that were called off.
    pub rewards_canceled: u64,
}

/// What a call erased; it says nothing of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its id.
    pub id: ErasureId,
    /// When it was done.
    pub erased_at: Time,
    /// When the person was erased for the first time, in any of the accounts.
    pub first_erased_at: Time,
    /// The accounts, by alias.
    pub accounts: Vec<String>,
    /// How much, in all of them.
    pub counts: Counts,
}

/// Whether somebody still waits for a reward, or for what is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// It is given, or will not be.
    No,
    /// It is still to be given, or to be taken back by the merchant; this is what it becomes when it is called off.
    Yes(Box<Reward>),
    /// Something is to be done about it at Stripe first.
    UnderWay,
}

/// An address that leads nowhere and tells nothing, from random bytes.
///
/// # Errors
/// Never: it has the form of an address.
pub fn pseudonym(random: [u8; 16]) -> Result<Email, super::Invalid> {
    Email::parse(&format!("erased-{}@erased.invalid", hex(&random)))
}

/// A person of whom nothing is left but that there was one.
pub fn nobody(pseudonym: &Email) -> Person {
    let (email, custom) = (pseudonym.clone(), CustomFields::new());
    Person { email, first_name: None, last_name: None, phone: None, custom }
}

impl Referral {
    /// The referral without its person. Its decision stays; a look at Stripe that had not answered never will.
    #[must_use]
    pub fn erased(&self, pseudonym: &Email, charges: BTreeSet<String>, now: Time) -> Self {
        let word = || ERASED.to_owned();
        let is_open = self.customer_sync.is_outstanding();
        Self {
            person: nobody(pseudonym),
            erased: Some(Erased { at: now, charges: Arc::new(charges) }),
            manual: self.manual.as_ref().map(|manual| Override { reason: word(), ..manual.clone() }),
            customer_sync: if is_open { CustomerSync::Failed(word()) } else { self.customer_sync.clone() },
            revision: self.revision + 1,
            updated_at: now,
            ..self.clone()
        }
    }
}

impl Referrer {
    /// The referrer without the person, and with a code that nobody has a link with.
    #[must_use]
    pub fn erased(&self, pseudonym: &Email, code: String, now: Time) -> Self {
        let (person, revision) = (nobody(pseudonym), self.revision + 1);
        Self { code, person, erased_at: Some(now), revision, updated_at: now, ..self.clone() }
    }
}

impl Reward {
    /// Whether its recipient may be erased without more ado.
    pub fn is_open(&self, rule: &RewardRule, now: Time) -> Open {
        match self.state {
            State::Issued | State::Canceled | State::Reversed => Open::No,
            _ => match self.cancel(rule, ERASED.to_owned(), now) {
                Ok(after) if after.state != State::Reversing => Open::Yes(Box::new(after)),
                _ => Open::UnderWay,
            },
        }
    }

    /// The reward without the words that somebody wrote about it.
    #[must_use]
    pub fn wordless(&self, now: Time) -> Self {
        if self.detail.as_deref().is_none_or(|detail| detail == ERASED) {
            return self.clone();
        }
        Self { detail: Some(ERASED.to_owned()), revision: self.revision + 1, updated_at: now, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::day;
    use super::super::qualification::Verdict;
    use super::super::referral::tests::referral;
    use super::*;

    fn gone() -> Email {
        pseudonym([0xab; 16]).expect("an address")
    }

    #[test]
    fn a_pseudonym_is_an_address_of_nobody() {
        assert_eq!(gone().identity(), "erased-abababababababababababababababab@erased.invalid");
    }

    #[test]
    fn an_erased_referral_keeps_its_decision_and_no_word_on_the_person() {
        let manual = Some(Override { verdict: Verdict::Qualified, reason: "Ada asked".into(), at: day(1) });
        let customer_sync = CustomerSync::Failed("no customer ada@example.com".into());
        let before = Referral { manual, customer_sync, ..referral() };
        let after = before.erased(&gone(), ["ch_1".to_owned()].into(), day(2));
        assert!(!format!("{after:?}").to_lowercase().contains("ada"));
        assert_eq!((after.decision, after.registered_at), (before.decision, before.registered_at));
        assert_eq!(after.manual.map(|manual| (manual.verdict, manual.at)), Some((Verdict::Qualified, day(1))));
        assert!(after.customer_sync.is_outstanding(), "nobody qualifies by an answer that never came");
        assert_eq!(after.revision, before.revision + 1);
    }

    #[test]
    fn what_was_looked_up_at_stripe_stays_looked_up() {
        let before = Referral { customer_sync: CustomerSync::Done, ..referral() };
        assert_eq!(before.erased(&gone(), BTreeSet::new(), day(2)).customer_sync, CustomerSync::Done);
    }
}
