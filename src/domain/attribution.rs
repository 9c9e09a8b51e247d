//! Which referral a payment belongs to. It is computed from the facts each time and never stored, so a payment finds
//! its referral whichever of the two came first.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fact::{Charge, Checkout, Customer, ObjectKind, Seen};
use super::id::ReferralId;
use super::time::Time;

/// Everything that speaks for a payment's owner.
#[derive(Clone, Debug)]
pub struct Surroundings<'a> {
    /// The payment.
    pub charge: &'a Charge,
    /// The checkouts that were paid with its payment intent.
    pub checkouts: Vec<&'a Checkout>,
    /// Its customer.
    pub customer: Option<&'a Customer>,
    /// All checkouts of its customer: what they claim holds for later renewals too.
    pub customer_checkouts: Vec<&'a Checkout>,
}

/// How a payment came to a referral, the strongest first. What stands nearer to the payment is stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// Our referral id in the charge's metadata.
    ChargeMetadata,
    /// Our referral id in the metadata of its checkout.
    CheckoutMetadata,
    /// Our referral id in the metadata of its customer, or of a checkout of that customer.
    CustomerMetadata,
    /// The customer that was created or updated for the referral.
    LinkedCustomer,
    /// Our referral id as the reference of its checkout.
    CheckoutReference,
    /// Our referral id as the reference of a checkout of its customer.
    CustomerReference,
    /// The email of the charge or of its checkout, and when it was first seen there.
    ChargeEmail(Time),
    /// The email of its customer or of a checkout of that customer, and when it was first seen there.
    CustomerEmail(Time),
}

/// By what a referral is recognised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Its id.
    Referral(ReferralId),
    /// The identity of its email.
    Email(String),
}

/// A referral as far as attribution asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimant {
    /// Its id.
    pub id: ReferralId,
    /// The identity of its email.
    pub email: String,
    /// When it was registered.
    pub registered_at: Time,
    /// Set where a duplicate was created: no other customer's spend counts.
    pub only_customer: Option<String>,
    /// Set where the person was erased: no other payments are theirs than those that were then.
    pub kept: Option<Arc<BTreeSet<String>>>,
}

impl Surroundings<'_> {
    /// Every claim on the payment, with the key of the referral that may raise it.
    pub fn claims(&self) -> Vec<(Claim, Key)> {
        let mut claims = Vec::new();
        let mut ids = |claim: Claim, seen: &Seen<ReferralId>| {
            claims.extend(seen.keys().map(|id| (claim, Key::Referral(*id))));
        };
        ids(Claim::ChargeMetadata, &self.charge.referrals);
        for checkout in &self.checkouts {
            ids(Claim::CheckoutMetadata, &checkout.referrals);
            ids(Claim::CheckoutReference, &checkout.references);
        }
        for checkout in &self.customer_checkouts {
            ids(Claim::CustomerMetadata, &checkout.referrals);
            ids(Claim::CustomerReference, &checkout.references);
        }
        if let Some(customer) = self.customer {
            ids(Claim::CustomerMetadata, &customer.referrals);
            ids(Claim::LinkedCustomer, &customer.linked);
            ids(Claim::LinkedCustomer, &customer.created_for);
        }
        let near = self.checkouts.iter().map(|checkout| &checkout.emails).chain([&self.charge.emails]);
        let far = self.customer_checkouts.iter().map(|checkout| &checkout.emails);
        let far = far.chain(self.customer.map(|customer| &customer.emails));
        claims.extend(emails(near, Claim::ChargeEmail).chain(emails(far, Claim::CustomerEmail)));
        claims
    }
}

impl Surroundings<'_> {
    /// The object that carries a claim of this referral, the nearest to the payment.
    pub fn carrier(&self, claimant: &Claimant, claim: Claim) -> Option<(ObjectKind, String)> {
        let id = &claimant.id;
        let checkout = |checkouts: &[&Checkout], carries: &dyn Fn(&Checkout) -> bool| {
            let carrier = checkouts.iter().find(|checkout| carries(checkout));
            carrier.map(|checkout| (ObjectKind::Checkout, checkout.id.clone()))
        };
        let customer = |carries: &dyn Fn(&Customer) -> bool| {
            let carrier = self.customer.filter(|customer| carries(customer));
            carrier.map(|customer| (ObjectKind::Customer, customer.id.clone()))
        };
        let charge = (ObjectKind::Charge, self.charge.id.clone());
        let tagged = |checkout: &Checkout| checkout.referrals.contains_key(id);
        let referenced = |checkout: &Checkout| checkout.references.contains_key(id);
        let addressed = |checkout: &Checkout| checkout.emails.contains_key(&claimant.email);
        match claim {
            Claim::ChargeMetadata => Some(charge),
            Claim::CheckoutMetadata => checkout(&self.checkouts, &tagged),
            Claim::CustomerMetadata => customer(&|customer| customer.referrals.contains_key(id))
                .or_else(|| checkout(&self.customer_checkouts, &tagged)),
            Claim::LinkedCustomer => customer(&|_| true),
            Claim::CheckoutReference => checkout(&self.checkouts, &referenced),
            Claim::CustomerReference => checkout(&self.customer_checkouts, &referenced),
            Claim::ChargeEmail(_) if self.charge.emails.contains_key(&claimant.email) => Some(charge),
            Claim::ChargeEmail(_) => checkout(&self.checkouts, &addressed),
            Claim::CustomerEmail(_) => customer(&|customer| customer.emails.contains_key(&claimant.email))
                .or_else(|| checkout(&self.customer_checkouts, &addressed)),
        }
    }
}

fn emails<'a>(
    sets: impl Iterator<Item = &'a Seen<String>>,
    claim: impl Fn(Time) -> Claim,
) -> impl Iterator<Item = (Claim, Key)> {
    sets.flatten().map(move |(email, at)| (claim(*at), Key::Email(email.clone())))
}

impl Claimant {
    /// The strongest of the claims that this referral may raise.
    pub fn strongest(&self, claims: &[(Claim, Key)]) -> Option<Claim> {
        let mine = |key: &Key| match key {
            Key::Referral(id) => *id == self.id,
            Key::Email(email) => *email == self.email,
        };
        claims.iter().filter(|(_, key)| mine(key)).map(|(claim, _)| *claim).min()
    }

    /// Whether the payment may be known to be this referral's: of a person who was erased, no new one may.
    pub fn may_know(&self, charge: &Charge) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept.contains(&charge.id))
    }

    /// Whether the payment may count for this referral at all, by its customer and by whether the person was erased.
    pub fn admits(&self, charge: &Charge) -> bool {
        let is_of_customer = self.only_customer.is_none() || self.only_customer == charge.customer_id;
        is_of_customer && self.may_know(charge)
    }
}

/// Of the referrals of one campaign, the one that the payment belongs to: the strongest claim, then the earliest
/// registration, then the smallest id.
pub fn owner<'a>(
    charge: &Charge,
    claims: &[(Claim, Key)],
    claimants: impl IntoIterator<Item = &'a Claimant>,
) -> Option<(&'a Claimant, Claim)> {
    claimants
        .into_iter()
        .filter(|claimant| claimant.admits(charge))
        .filter_map(|claimant| claimant.strongest(claims).map(|claim| (claimant, claim)))
        .min_by_key(|(claimant, claim)| (*claim, claimant.registered_at, claimant.id))
}

#[cfg(test)]
mod tests;
