//! What each fact of a payment did to what it counts: the same sums as its net, told one by one.

use super::super::fact::{Dispute, ObjectKind, Refund, RefundStatus};
use super::super::rule::Rule;
use super::super::time::Time;
use super::{FOREVER, Payment, Reason, counts_against};

/// What one fact did to a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// When it was made; what was taken from a payment is never older than the payment.
    pub at: Time,
    /// What kind of object tells of it.
    pub object: ObjectKind,
    /// Its id; `None` of a refund that only the amounts of the payment tell of.
    pub id: Option<String>,
    /// What it changed, in minor units of the rule's currency.
    pub change_minor: i64,
    /// Why it changed nothing, if so.
    pub idle: Option<Idle>,
}

/// Why a fact changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Idle {
    /// The payment counts nothing, for this reason.
    Excluded(Reason),
    /// The refund failed.
    RefundFailed,
    /// The rule does not look at refunds of that time.
    RefundNotLookedAt,
    /// The dispute does not count against the payment, by the rule and where it stands.
    DisputeNotAgainst,
    /// Nothing was left of the payment, or the money is told of by something else, or comes to less than a minor unit.
    NoDifference,
}

/// What is left of a payment from one fact to the next.
struct Rest<'a> {
    payment: &'a Payment,
    rule: &'a Rule,
    excluded: Option<Reason>,
    taken_minor: i64,
    effects: Vec<Effect>,
}

impl Payment {
    /// What each of its facts did to what it counts for somebody registered then, by their times. Refunds made at or
    /// after `refunds_before` are not looked at.
    pub fn effects(&self, rule: &Rule, registered_at: Time, refunds_before: Time) -> Vec<Effect> {
        let excluded = self.excluded(rule, registered_at);
        let mut rest = Rest { payment: self, rule, excluded, taken_minor: 0, effects: Vec::new() };
        rest.paid();
        let mut moments: Vec<Time> = self.change_times().collect();
        moments.sort_unstable();
        moments.dedup();
        let mut refunded = (0, 0);
        for at in moments {
            let until_now = (self.refunded_at(at, refunds_before), self.refunded_at(at, FOREVER));
            let looked_at = until_now.0 - refunded.0;
            rest.refunded(at, refunds_before, looked_at, until_now.1 - refunded.1 - looked_at);
            rest.disputed(at);
            refunded = until_now;
        }
        rest.effects
    }

    fn refunded_at(&self, at: Time, before: Time) -> i64 {
        self.refunded_minor(at, before).min(self.charge.captured_minor)
    }
}

impl Rest<'_> {
    fn counted_minor(&self) -> i64 {
        let left = self.payment.charge.captured_minor.saturating_sub(self.taken_minor).max(0);
        self.payment.convert(self.rule, left)
    }

    fn paid(&mut self) {
        let charge = &self.payment.charge;
        let change_minor = if self.excluded.is_none() { self.counted_minor() } else { 0 };
        let (at, id, idle) = (charge.created_at, Some(charge.id.clone()), self.excluded.map(Idle::Excluded));
        self.effects.push(Effect { at, object: ObjectKind::Charge, id, change_minor, idle });
    }

    /// What was given back at a time: each refund takes its part, and what is left was told by the charge alone.
    fn refunded(&mut self, at: Time, before: Time, mut looked_at: i64, mut overlooked: i64) {
        let payment = self.payment;
        for refund in sorted(payment.refunds.iter().filter(|refund| self.is_at(refund.created_at, at)), |r| &r.id) {
            let Refund { amount_minor, created_at, .. } = *refund;
            let (part, idle) = match refund.status {
                RefundStatus::Failed => (0, Some(Idle::RefundFailed)),
                _ if created_at < before => (amount_minor.min(looked_at), None),
                _ => {
                    overlooked -= amount_minor.min(overlooked);
                    (0, Some(Idle::RefundNotLookedAt))
                }
            };
            looked_at -= part;
            self.take(at, ObjectKind::Refund, Some(&refund.id), part, idle);
        }
        if looked_at > 0 {
            self.take(at, ObjectKind::Refund, None, looked_at, None);
        }
        if overlooked > 0 {
            self.take(at, ObjectKind::Refund, None, 0, Some(Idle::RefundNotLookedAt));
        }
    }

    fn disputed(&mut self, at: Time) {
        let payment = self.payment;
        for dispute in sorted(payment.disputes.iter().filter(|dispute| self.is_at(dispute.created_at, at)), |d| &d.id) {
            let Dispute { amount_minor, .. } = *dispute;
            let counts = counts_against(self.rule.dispute_policy, dispute);
            let (part, idle) = if counts { (amount_minor, None) } else { (0, Some(Idle::DisputeNotAgainst)) };
            self.take(at, ObjectKind::Dispute, Some(&dispute.id), part, idle);
        }
    }

    fn is_at(&self, made: Time, at: Time) -> bool {
        made.max(self.payment.charge.created_at) == at
    }

    fn take(&mut self, at: Time, object: ObjectKind, id: Option<&String>, part: i64, idle: Option<Idle>) {
        let before = self.counted_minor();
        self.taken_minor = self.taken_minor.saturating_add(part);
        let change_minor = if self.excluded.is_none() { self.counted_minor() - before } else { 0 };
        let idle = self.excluded.map(Idle::Excluded).or(idle);
        let idle = idle.or_else(|| (change_minor == 0).then_some(Idle::NoDifference));
        self.effects.push(Effect { at, object, id: id.cloned(), change_minor, idle });
    }
}

fn sorted<'a, T>(of: impl Iterator<Item = &'a T>, id: impl Fn(&T) -> &String) -> Vec<&'a T> {
    let mut all: Vec<&T> = of.collect();
    all.sort_by(|a, b| id(a).cmp(id(b)));
    all
}
