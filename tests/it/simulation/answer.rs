//! The naive answer for a whole world: whose each payment is, who was a customer before, what the laws' model says of
//! everybody then, and what they have earned. It computes from what truly happened and knows nothing of deliveries.

use std::collections::BTreeMap;

use referrald::domain::qualification::{Decision, State, Verdict};
use referrald::domain::rule::{CurrencyPolicy, RefundPolicy, Rule};
use referrald::domain::spend::Reason;
use referrald::domain::time::Time;

use super::model;
use super::rewards::{Promise, When};
use super::truth::{Invited, Payment, World, address, moved};
use super::world::{self as laws, DAY, Fate, Money, REGISTERED, TrueCharge, Way};

const HOUR: i64 = 3_600;

/// What was decided by hand about somebody, and when the service took it.
pub type Manual = Option<(Verdict, Time)>;

/// What the service was told besides what happened: the rule that holds for each, and what was decided by hand.
#[derive(Clone, Debug)]
pub struct Standing {
    pub rule: Rule,
    pub manual: Manual,
}

/// What holds for somebody invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdicts {
    pub decision: Decision,
    /// For each charge that they have a claim on: why it does not count.
    pub reasons: BTreeMap<String, Option<Reason>>,
}

/// A claim, the strongest first: how near to the charge, and since when an address was seen there.
type Rank = (u8, i64);

/// How many rewards everybody has earned, by campaign, number of the rule, and address.
pub type Owed = BTreeMap<(usize, usize, String), usize>;

impl World {
    pub fn answer(&self, standings: &[Standing], now: i64) -> Vec<Verdicts> {
        (0..self.invited.len()).map(|number| self.answer_for(number, &standings[number], now)).collect()
    }

    fn answer_for(&self, number: usize, standing: &Standing, now: i64) -> Verdicts {
        let invited = &self.invited[number];
        let by = REGISTERED - invited.registered_at;
        let seen =
            |payment: &Payment| TrueCharge { way: self.way(payment, number), ..moved(payment.charge.clone(), by) };
        let case = laws::World {
            rule: standing.rule.clone(),
            now: now + by,
            self_referral: self.referrers[invited.referrer] == address(invited.email),
            check_outstanding: false,
            existing: self.existed(number, &standing.rule),
            manual: standing.manual.map(|(verdict, _)| verdict),
            only_own_customer: false,
            charges: self.payments.iter().map(seen).collect(),
        };
        let model::Answer { decision, reasons, .. } = model::answer(&case);
        let claimed = case.charges.iter().enumerate().filter(|(_, charge)| charge.way != Way::Stranger);
        let reasons = claimed.map(|(number, _)| format!("ch_{number}")).zip(reasons).collect();
        Verdicts { decision: back(decision, -by, standing.manual), reasons }
    }

    /// What leads from a payment to somebody, or away: the laws' model asks no more than that.
    fn way(&self, payment: &Payment, number: usize) -> Way {
        match (self.claim(payment, number), self.owner(payment, self.invited[number].campaign)) {
            (None, _) => Way::Stranger,
            (Some(_), Some(owner)) if owner == number => Way::GuestEmail,
            _ => Way::StrongerRival,
        }
    }

    fn owner(&self, payment: &Payment, campaign: usize) -> Option<usize> {
        let rivals = self.invited.iter().enumerate().filter(|(_, invited)| invited.campaign == campaign);
        let claims = rivals.filter_map(|(number, invited)| {
            self.claim(payment, number).map(|claim| (claim, invited.registered_at, number))
        });
        claims.min().map(|(.., number)| number)
    }

    /// The strongest claim of somebody on a payment.
    fn claim(&self, payment: &Payment, number: usize) -> Option<Rank> {
        let email = self.invited[number].email;
        let mut ranks: Vec<Rank> = Vec::new();
        let mut tell = |rank: u8, tag: Option<usize>| ranks.extend((tag == Some(number)).then_some((rank, 0)));
        tell(1, payment.tag);
        for checkout in &self.checkouts {
            if self.is_of(checkout.charge, payment) {
                tell(2, checkout.tag);
                tell(5, checkout.reference);
            }
            if checkout.customer.is_some() && checkout.customer == payment.customer {
                tell(3, checkout.tag);
                tell(6, checkout.reference);
            }
        }
        if let Some(customer) = payment.customer {
            tell(3, self.customers[customer].tag);
        }
        ranks.extend(self.addresses(payment).into_iter().filter(|(_, known)| *known == email).map(|(rank, _)| rank));
        ranks.into_iter().min()
    }

    /// Every address that stands for a payment.
    fn addresses(&self, payment: &Payment) -> Vec<(Rank, usize)> {
        let own = payment.emails.iter().map(|email| ((7, payment.charge.at), *email));
        let mut all: Vec<(Rank, usize)> = own.collect();
        for checkout in &self.checkouts {
            if self.is_of(checkout.charge, payment) {
                all.push(((7, checkout.at), checkout.email));
            }
            if checkout.customer.is_some() && checkout.customer == payment.customer {
                all.push(((8, checkout.at), checkout.email));
            }
        }
        if let Some(customer) = payment.customer {
            all.extend(self.customers[customer].emails.iter().map(|(at, email)| ((8, *at), *email)));
        }
        all
    }

    fn is_of(&self, charge: Option<usize>, payment: &Payment) -> bool {
        charge.is_some_and(|charge| std::ptr::eq(&raw const self.payments[charge], payment))
    }

    /// Whether somebody was a customer more than an hour, or the days that count, before they were registered.
    fn existed(&self, number: usize, rule: &Rule) -> bool {
        let Invited { email, registered_at, .. } = self.invited[number];
        let before = registered_at - HOUR.max(i64::from(rule.count_prior_days) * DAY);
        let known = self
            .customers
            .iter()
            .any(|customer| customer.created_at < before && customer.emails.iter().any(|(_, known)| *known == email));
        let paid = self.payments.iter().any(|payment| {
            let succeeded = payment.charge.fate == Fate::Succeeded && payment.charge.at < before;
            succeeded && self.claim(payment, number).is_some()
        });
        known || paid
    }

    /// What everybody has earned under the promises of every campaign.
    pub fn owed(&self, standings: &[Standing], verdicts: &[Verdicts], promises: &[Promise]) -> Owed {
        let mut owed = Owed::new();
        for (number, invited) in self.invited.iter().enumerate() {
            for (rule, promise) in promises.iter().enumerate() {
                let who =
                    if promise.to_referrer { self.referrers[invited.referrer].clone() } else { address(invited.email) };
                let merit = self.merit(number, &standings[number], &verdicts[number].decision, promise);
                *owed.entry((invited.campaign, rule, who)).or_default() += merit;
            }
        }
        for ((_, rule, _), count) in &mut owed {
            let promise = &promises[*rule];
            *count = promise.given_for(*count).min(promise.limit.unwrap_or(usize::MAX));
        }
        owed.retain(|_, count| *count > 0);
        owed
    }

    /// How often somebody counts for a promise.
    fn merit(&self, number: usize, standing: &Standing, decision: &Decision, promise: &Promise) -> usize {
        match promise.when {
            When::Registered => usize::from(!matches!(decision.state, State::Disqualified(_))),
            When::Qualified => usize::from(decision.qualified_at.is_some()),
            When::Paid { payments_max, days } => {
                let Some(since) = decision.qualified_at else { return 0 };
                let within = |at: i64| {
                    Time::from_seconds(at) >= since
                        && days.is_none_or(|days| Time::from_seconds(at) < since.plus_days(days))
                };
                let paid = self.payments.iter().filter(|payment| {
                    within(payment.charge.at)
                        && self.way(payment, number) == Way::GuestEmail
                        && rest(&payment.charge, &standing.rule) > 0
                });
                paid.count().min(payments_max)
            }
        }
    }
}

/// What is left of a charge made once somebody had qualified, however late it was taken back.
fn rest(charge: &TrueCharge, rule: &Rule) -> i64 {
    let settles = rule.currency_policy == CurrencyPolicy::SettlementAmount;
    let worth = match charge.money {
        _ if charge.fate != Fate::Succeeded || charge.captured == 0 => return 0,
        Money::Own | Money::OwnSettledElsewhere(_) => charge.captured,
        Money::Settled(minor) if settles => minor,
        _ => return 0,
    };
    let ignores = rule.refund_policy == RefundPolicy::Ignore;
    let refunds = charge.refunds.iter().filter(|refund| refund.fails_at.is_none() && !ignores);
    let refunded: i64 = refunds.map(|refund| refund.amount).sum();
    let disputes = charge.disputes.iter().filter(|dispute| model::is_against(rule, dispute));
    let left = charge.captured - refunded - disputes.map(|dispute| dispute.amount).sum::<i64>();
    worth * left.max(0) / charge.captured
}

/// The decision in the world's own time, with the moment of a decision by hand.
fn back(decision: Decision, by: i64, manual: Manual) -> Decision {
    let moved = |at: Time| at.plus_seconds(by);
    let mut decision = Decision { qualified_at: decision.qualified_at.map(moved), ..decision };
    if let Some(unqualified) = &mut decision.unqualified {
        unqualified.at = moved(unqualified.at);
    }
    if let (Some(_), Some((_, at))) = (decision.qualified_at, manual) {
        decision.qualified_at = Some(at);
    }
    decision
}
