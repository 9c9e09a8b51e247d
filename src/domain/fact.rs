//! Facts: what a payment source says happened, each kept by its own object id.
//!
//! Deliveries come late, twice and in any order, so every field of a fact is joined by a rule that does not care:
//! the larger number, the higher rank, the earlier sighting. `merge` is commutative, associative and idempotent;
//! the laws are tested in `tests/laws`.

use std::collections::BTreeMap;

use super::id::ReferralId;
use super::money::Currency;
use super::time::Time;

/// Values that an object was ever seen with, each with the earliest event that showed it. It only grows: a customer
/// who changes address is still found by the old one.
pub type Seen<V> = BTreeMap<V, Time>;

/// One object of a payment source, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Money taken.
    Charge(Charge),
    /// Money given back.
    Refund(Refund),
    /// Money contested.
    Dispute(Dispute),
    /// A payer.
    Customer(Customer),
    /// Who stood behind a payment, where the payment itself does not say.
    Checkout(Checkout),
}

/// Where a charge stands; a later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeStatus {
    /// Not settled yet, as a bank debit.
    Pending,
    /// Paid, or authorised where `captured` is still 0.
    Succeeded,
    /// Never paid, or returned by the bank.
    Failed,
}

/// Where a refund stands; a later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefundStatus {
    /// On its way. Stripe's `requires_action` too.
    Pending,
    /// Paid back.
    Succeeded,
    /// It never reached the payer, or was canceled: as if it had never been.
    Failed,
}

/// Where a dispute stands; a later one wins, and a late win is known to follow a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeStatus {
    /// An inquiry; no money has moved.
    WarningNeedsResponse,
    /// An inquiry being looked at.
    WarningUnderReview,
    /// An inquiry that ended.
    WarningClosed,
    /// The money is withdrawn, the merchant may answer.
    NeedsResponse,
    /// The money is withdrawn, the bank decides.
    UnderReview,
    /// The money stays withdrawn.
    Lost,
    /// The money came back.
    Won,
    /// It was settled before it began.
    Prevented,
}

/// A charge: the only fact that is money. Amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The source's id, `ch_…` or `py_…` at Stripe.
    pub id: String,
    /// What was charged in.
    pub currency: Currency,
    /// When the source made it: the time that decides whether it counts.
    pub created_at: Time,
    /// Who paid, where the source has a record of them.
    pub customer_id: Option<String>,
    /// The payment intent it belongs to.
    pub payment_intent_id: Option<String>,
    /// Where it stands.
    pub status: ChargeStatus,
    /// What was asked for, or authorised.
    pub amount_minor: i64,
    /// What was taken; 0 until captured.
    pub captured_minor: i64,
    /// The part of `amount_refunded` that is no refund but the release of what was authorised and never captured:
    /// the largest `amount_refunded` that a `charge.captured` snapshot showed.
    pub released_minor: i64,
    /// Each cumulative `amount_refunded` that a captured snapshot showed, with the earliest event that did. On API
    /// versions that send no refund objects it is the only time a refund has.
    pub refunded: Seen<i64>,
    /// What it was settled at, where the source says so: amount and currency.
    pub settlement: Option<(i64, Currency)>,
    /// The source's record of the settlement, `txn_…` at Stripe, once it is told: by it the settlement is asked for.
    pub balance_transaction_id: Option<String>,
    /// Until when every refund of it is on record as an object, because the source was asked. No event says so.
    pub refunds_known_at: Option<Time>,
    /// Its own emails: billing and receipt.
    pub emails: Seen<String>,
    /// Our `referral_id` in its metadata.
    pub referrals: Seen<ReferralId>,
}

/// A refund of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The source's id, `re_…` at Stripe.
    pub id: String,
    /// The charge it gives back, once known.
    pub charge_id: Option<String>,
    /// How much, in minor units of the charge's currency.
    pub amount_minor: i64,
    /// When it was made.
    pub created_at: Time,
    /// Where it stands.
    pub status: RefundStatus,
}

/// A dispute of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The source's id, `dp_…` or `du_…` at Stripe.
    pub id: String,
    /// The charge it contests, once known.
    pub charge_id: Option<String>,
    /// How much, in minor units of the charge's currency; it may exceed the charge.
    pub amount_minor: i64,
    /// When it was opened.
    pub created_at: Time,
    /// Where it stands.
    pub status: DisputeStatus,
}

/// A payer's record at the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The source's id, `cus_…` at Stripe.
    pub id: String,
    /// When the record was made, once known: the note of a deletion may not say.
    pub created_at: Option<Time>,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Every email it had.
    pub emails: Seen<String>,
    /// Our `referral_id` in its metadata.
    pub referrals: Seen<ReferralId>,
    /// The referrals that our own work linked to it, as it was found. No payment source says so.
    pub linked: Seen<ReferralId>,
    /// The referrals that we created it for.
    pub created_for: Seen<ReferralId>,
}

/// A checkout: it says who paid, for its payment intent and for its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The source's id, `cs_…` at Stripe.
    pub id: String,
    /// The customer it was made for or created.
    pub customer_id: Option<String>,
    /// The payment intent it was paid with; none where it began a subscription.
    pub payment_intent_id: Option<String>,
    /// The emails that were typed in.
    pub emails: Seen<String>,
    /// Our `referral_id` in its metadata.
    pub referrals: Seen<ReferralId>,
    /// `client_reference_id`, where it is one of our referral ids.
    pub references: Seen<ReferralId>,
}

/// A kind of object at a payment source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// Money taken.
    Charge,
    /// Money given back.
    Refund,
    /// Money contested.
    Dispute,
    /// Somebody who pays.
    Customer,
    /// How they came to pay.
    Checkout,
}

impl Fact {
    /// What kind of object it is about.
    pub const fn kind(&self) -> ObjectKind {
        match self {
            Self::Charge(_) => ObjectKind::Charge,
            Self::Refund(_) => ObjectKind::Refund,
            Self::Dispute(_) => ObjectKind::Dispute,
            Self::Customer(_) => ObjectKind::Customer,
            Self::Checkout(_) => ObjectKind::Checkout,
        }
    }

    /// The id that the source gave the object.
    pub fn id(&self) -> &str {
        match self {
            Self::Charge(charge) => &charge.id,
            Self::Refund(refund) => &refund.id,
            Self::Dispute(dispute) => &dispute.id,
            Self::Customer(customer) => &customer.id,
            Self::Checkout(checkout) => &checkout.id,
        }
    }
}

impl Charge {
    /// Joins what another snapshot of the same charge said.
    pub fn merge(&mut self, other: &Self) {
        keep_smaller(&mut self.currency, other.currency);
        keep_smaller(&mut self.created_at, other.created_at);
        set_once(&mut self.customer_id, other.customer_id.as_ref());
        set_once(&mut self.payment_intent_id, other.payment_intent_id.as_ref());
        set_once(&mut self.settlement, other.settlement.as_ref());
        set_once(&mut self.balance_transaction_id, other.balance_transaction_id.as_ref());
        self.refunds_known_at = self.refunds_known_at.max(other.refunds_known_at);
        self.status = self.status.max(other.status);
        self.amount_minor = self.amount_minor.max(other.amount_minor);
        self.captured_minor = self.captured_minor.max(other.captured_minor);
        self.released_minor = self.released_minor.max(other.released_minor);
        see(&mut self.refunded, &other.refunded);
        see(&mut self.emails, &other.emails);
        see(&mut self.referrals, &other.referrals);
    }
}

impl Refund {
    /// Joins what another snapshot of the same refund said.
    pub fn merge(&mut self, other: &Self) {
        set_once(&mut self.charge_id, other.charge_id.as_ref());
        keep_smaller(&mut self.amount_minor, other.amount_minor);
        keep_smaller(&mut self.created_at, other.created_at);
        self.status = self.status.max(other.status);
    }
}

impl Dispute {
    /// Joins what another snapshot of the same dispute said.
    pub fn merge(&mut self, other: &Self) {
        set_once(&mut self.charge_id, other.charge_id.as_ref());
        self.amount_minor = self.amount_minor.max(other.amount_minor);
        keep_smaller(&mut self.created_at, other.created_at);
        self.status = self.status.max(other.status);
    }
}

impl Customer {
    /// A customer of whom nothing but the id is known yet.
    pub fn unknown(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            created_at: None,
            deleted: false,
            emails: Seen::new(),
            referrals: Seen::new(),
            linked: Seen::new(),
            created_for: Seen::new(),
        }
    }

    /// Joins what another snapshot of the same customer said.
    pub fn merge(&mut self, other: &Self) {
        set_once(&mut self.created_at, other.created_at.as_ref());
        self.deleted |= other.deleted;
        see(&mut self.emails, &other.emails);
        see(&mut self.referrals, &other.referrals);
        see(&mut self.linked, &other.linked);
        see(&mut self.created_for, &other.created_for);
    }
}

impl Checkout {
    /// Joins what another snapshot of the same checkout said.
    pub fn merge(&mut self, other: &Self) {
        set_once(&mut self.customer_id, other.customer_id.as_ref());
        set_once(&mut self.payment_intent_id, other.payment_intent_id.as_ref());
        see(&mut self.emails, &other.emails);
        see(&mut self.referrals, &other.referrals);
        see(&mut self.references, &other.references);
    }
}

/// A value that never changes at the source: should two differ all the same, the smaller stays, so that the order
/// of arrival does not matter.
fn keep_smaller<T: Ord>(mine: &mut T, other: T) {
    if other < *mine {
        *mine = other;
    }
}

/// Such a value that may be unknown yet.
fn set_once<T: Ord + Clone>(mine: &mut Option<T>, other: Option<&T>) {
    if let Some(other) = other
        && mine.as_ref().is_none_or(|mine| other < mine)
    {
        *mine = Some(other.clone());
    }
}

fn see<V: Ord + Clone>(mine: &mut Seen<V>, other: &Seen<V>) {
    for (value, at) in other {
        mine.entry(value.clone()).and_modify(|seen| keep_smaller(seen, *at)).or_insert(*at);
    }
}

#[cfg(test)]
mod tests;
