//! Facts, payments and cases that the tests beside the rules begin with: 100.00 EUR in 30 days, registered on day 0.

use super::attribution::Claim;
use super::fact::{Charge, ChargeStatus, Dispute, DisputeStatus, Refund, RefundStatus, Seen};
use super::money::Currency;
use super::qualification::Case;
use super::rule::Rule;
use super::spend::{Ownership, Payment};
use super::time::Time;

/// When everybody is registered: 2026-01-01T00:00:00Z.
pub(crate) const REGISTERED: Time = Time::from_seconds(1_767_225_600);

pub(crate) fn day(days: i64) -> Time {
    REGISTERED.plus_days(days)
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::known(code).expect(code)
}

/// A captured charge in EUR by a guest.
pub(crate) fn charge(created_at: Time, captured_minor: i64) -> Charge {
    Charge {
        id: format!("ch_{}", created_at.seconds()),
        currency: currency("eur"),
        created_at,
        customer_id: None,
        payment_intent_id: None,
        status: ChargeStatus::Succeeded,
        amount_minor: captured_minor,
        captured_minor,
        released_minor: 0,
        refunded: Seen::new(),
        settlement: None,
        balance_transaction_id: None,
        refunds_known_at: None,
        emails: Seen::new(),
        referrals: Seen::new(),
    }
}

/// Such a charge that belongs to the referral.
pub(crate) fn payment(created_at: Time, captured_minor: i64) -> Payment {
    Payment {
        charge: charge(created_at, captured_minor),
        refunds: vec![],
        disputes: vec![],
        claim: Claim::ChargeEmail(created_at),
        ownership: Ownership::Own,
    }
}

/// A case that only its payments speak for.
pub(crate) fn case<'a>(rule: &'a Rule, payments: &'a [Payment]) -> Case<'a> {
    let (self_referral, existing, check_outstanding) = (false, false, false);
    Case { rule, registered_at: REGISTERED, self_referral, existing, manual: None, check_outstanding, payments }
}

impl Payment {
    /// With a refund object.
    pub(crate) fn refund(mut self, created_at: Time, amount_minor: i64, status: RefundStatus) -> Self {
        let id = format!("re_{}", self.refunds.len());
        self.refunds.push(Refund { id, charge_id: Some(self.charge.id.clone()), amount_minor, created_at, status });
        self
    }

    /// With a refund that reached the payer.
    pub(crate) fn refunded(self, created_at: Time, amount_minor: i64) -> Self {
        self.refund(created_at, amount_minor, RefundStatus::Succeeded)
    }

    /// With a snapshot of the charge that showed a cumulative amount.
    pub(crate) fn shown(mut self, at: Time, amount_refunded: i64) -> Self {
        self.charge.refunded.insert(amount_refunded, at);
        self
    }

    /// Of an authorisation for more, whose rest was released.
    pub(crate) fn released(mut self, at: Time, released_minor: i64) -> Self {
        self.charge.amount_minor += released_minor;
        self.charge.released_minor = released_minor;
        self.shown(at, released_minor)
    }

    /// With a dispute.
    pub(crate) fn disputed(mut self, created_at: Time, amount_minor: i64, status: DisputeStatus) -> Self {
        let id = format!("dp_{}", self.disputes.len());
        self.disputes.push(Dispute { id, charge_id: Some(self.charge.id.clone()), amount_minor, created_at, status });
        self
    }

    /// In another currency, settled at that, if at all.
    pub(crate) fn in_currency(mut self, code: &str, settlement: Option<(i64, &str)>) -> Self {
        self.charge.currency = currency(code);
        self.charge.settlement = settlement.map(|(minor, code)| (minor, currency(code)));
        self
    }
}
