//! What a payment counts, at any time and in the end, and why not.

mod effect;

use std::ops::Range;

pub use effect::{Effect, Idle};

use super::attribution::Claim;
use super::fact::{Charge, ChargeStatus, Dispute, DisputeStatus, Refund, RefundStatus};
use super::rule::{CurrencyPolicy, DisputePolicy, Rule};
use super::time::Time;

/// A charge with everything that was ever taken from it, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The money.
    pub charge: Charge,
    /// What was given back.
    pub refunds: Vec<Refund>,
    /// What was contested.
    pub disputes: Vec<Dispute>,
    /// How it came to the referral.
    pub claim: Claim,
    /// Whether it is the referral's.
    pub ownership: Ownership,
}

/// Whose a payment is that a referral has a claim on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ownership {
    /// The referral's.
    Own,
    /// Another customer's: a duplicate was created, and only its spend counts.
    OtherCustomer,
    /// Another referral's, by a stronger claim.
    OtherReferral,
}

/// Why a charge counts nothing: the first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It was never paid, or the bank returned it.
    Failed,
    /// Nothing has been taken yet.
    NotCaptured,
    /// A duplicate customer was created, and this is not its charge.
    OtherCustomer,
    /// A stronger claim leads it to another referral.
    OtherReferral,
    /// It was made before or after the time that counts.
    OutsideWindow,
    /// It is in another currency than the campaign.
    OtherCurrency,
    /// What it was settled at is not known yet.
    AwaitingRate,
    /// All of it was given back.
    Refunded,
    /// What was not given back is contested.
    Disputed,
}

/// What is left of a charge at some time, and what was taken; minor units of the charge's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Net {
    /// What counts.
    pub net_minor: i64,
    /// What was given back, in scope, after releases and failed refunds.
    pub refunded_minor: i64,
    /// What is contested, by the policy.
    pub disputed_minor: i64,
}

/// The end of time.
pub const FOREVER: Time = Time::from_micros(i64::MAX);

impl Payment {
    /// Why the payment cannot count for somebody registered then, whatever was given back of it.
    pub fn excluded(&self, rule: &Rule, registered_at: Time) -> Option<Reason> {
        self.excluded_from(&rule.window(registered_at), rule)
    }

    /// Why the payment cannot count where it must be made within that time.
    pub fn excluded_from(&self, window: &Range<Time>, rule: &Rule) -> Option<Reason> {
        let charge = &self.charge;
        match self.ownership {
            _ if charge.status == ChargeStatus::Failed => Some(Reason::Failed),
            _ if charge.status == ChargeStatus::Pending || charge.captured_minor == 0 => Some(Reason::NotCaptured),
            Ownership::OtherCustomer => Some(Reason::OtherCustomer),
            Ownership::OtherReferral => Some(Reason::OtherReferral),
            Ownership::Own if !window.contains(&charge.created_at) => Some(Reason::OutsideWindow),
            Ownership::Own => self.currency_problem(rule),
        }
    }

    fn currency_problem(&self, rule: &Rule) -> Option<Reason> {
        let same = |currency| if currency == rule.currency { None } else { Some(Reason::OtherCurrency) };
        match (same(self.charge.currency), rule.currency_policy, self.charge.settlement) {
            (None, _, _) => None,
            (other, CurrencyPolicy::SameCurrencyOnly, _) => other,
            (_, CurrencyPolicy::SettlementAmount, Some((1.., currency))) => same(currency),
            (_, CurrencyPolicy::SettlementAmount, _) => Some(Reason::AwaitingRate),
        }
    }

    /// What is left at a time, from the facts made until then. Refunds made at or after `refunds_before` are not
    /// looked at.
    pub fn net(&self, rule: &Rule, at: Time, refunds_before: Time) -> Net {
        if at < self.charge.created_at || self.charge.status == ChargeStatus::Failed {
            return Net::default();
        }
        let captured = self.charge.captured_minor;
        let refunded_minor = self.refunded_minor(at, refunds_before).min(captured);
        let counting = self.disputes.iter().filter(|d| d.created_at <= at && counts_against(rule.dispute_policy, d));
        let disputed_minor = sum(counting.map(|d| d.amount_minor)).min(captured - refunded_minor);
        Net { net_minor: captured - refunded_minor - disputed_minor, refunded_minor, disputed_minor }
    }

    /// Refund objects and the charge's own cumulative amounts tell of the same refunds, so the largest holds. A failed
    /// refund never was, but each cumulative amount shown after it was made has it in.
    pub(super) fn refunded_minor(&self, at: Time, before: Time) -> i64 {
        let in_scope = |made: Time| made <= at && made < before;
        let live = self.refunds.iter().filter(|r| r.status != RefundStatus::Failed && in_scope(r.created_at));
        let live = sum(live.map(|r| r.amount_minor));
        let shown = self.charge.refunded.iter().filter(|(_, shown_at)| in_scope(**shown_at));
        let shown = shown.map(|(amount, shown_at)| amount.saturating_sub(self.failed_minor(*shown_at)));
        (shown.fold(live, i64::max).saturating_sub(self.charge.released_minor)).max(0)
    }

    fn failed_minor(&self, until: Time) -> i64 {
        let failed = self.refunds.iter().filter(|r| r.status == RefundStatus::Failed && r.created_at <= until);
        sum(failed.map(|r| r.amount_minor))
    }

    /// A part of the charge in minor units of the campaign's currency: the amount itself, or its share of the
    /// settlement, rounded down.
    pub fn convert(&self, rule: &Rule, minor: i64) -> i64 {
        match self.charge.settlement {
            Some((settled, _)) if self.charge.currency != rule.currency => {
                let share = i128::from(settled) * i128::from(minor) / i128::from(self.charge.captured_minor.max(1));
                i64::try_from(share).unwrap_or(i64::MAX)
            }
            _ => minor,
        }
    }

    /// Every time at which the net may change.
    pub fn change_times(&self) -> impl Iterator<Item = Time> {
        let refunds = self.refunds.iter().map(|refund| refund.created_at);
        let disputes = self.disputes.iter().map(|dispute| dispute.created_at);
        let shown = self.charge.refunded.values().copied();
        refunds.chain(disputes).chain(shown).chain([self.charge.created_at]).map(|at| at.max(self.charge.created_at))
    }
}

impl Net {
    /// Why nothing is left, if so.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self { net_minor: 1.., .. } => None,
            Self { disputed_minor: 1.., .. } => Some(Reason::Disputed),
            _ => Some(Reason::Refunded),
        }
    }
}

/// Whether a dispute counts against its payment, by the policy.
pub fn counts_against(policy: DisputePolicy, dispute: &Dispute) -> bool {
    use DisputeStatus::{Lost, NeedsResponse, UnderReview};
    match policy {
        DisputePolicy::OpenCountsAgainst => matches!(dispute.status, NeedsResponse | UnderReview | Lost),
        DisputePolicy::LostCountsAgainst => dispute.status == Lost,
        DisputePolicy::Ignore => false,
    }
}

/// Amounts added up; beyond the largest number it is the largest number.
pub(super) fn sum(amounts: impl Iterator<Item = i64>) -> i64 {
    amounts.fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests;
