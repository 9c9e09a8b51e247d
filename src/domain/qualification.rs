//! The decision: a pure function of the rule, the referral, all its facts and the time.

mod timeline;

pub use timeline::{Crossing, Step, steps};

use super::fact::{ChargeStatus, Customer, ObjectKind};
use super::rule::{ExistingEmailMode, RefundPolicy, RefundScope, Rule};
use super::spend::{FOREVER, Net, Payment, Reason, sum};
use super::time::Time;

/// Where a referral stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The target is not reached, and there is time left.
    Pending,
    /// The target is reached.
    Qualified,
    /// The window is over. A late delivery may still show that the money came in time.
    Expired,
    /// It does not qualify, whatever is paid.
    Disqualified(Disqualification),
}

impl State {
    /// Why it is disqualified, if it is.
    pub fn disqualification(self) -> Option<Disqualification> {
        match self {
            Self::Disqualified(reason) => Some(reason),
            _ => None,
        }
    }
}

/// Why a referral is disqualified: the first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disqualification {
    /// An operator said so.
    Manual,
    /// The person invited is the referrer.
    SelfReferral,
    /// The person was a customer before.
    ExistingCustomer,
}

/// What an operator decided against the rule; it holds until cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The verdict.
    pub verdict: Verdict,
    /// The operator's words.
    pub reason: String,
    /// When it was given.
    pub at: Time,
}

/// An operator's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Qualified, whatever the rule says.
    Qualified,
    /// Disqualified, whatever the rule says.
    Disqualified,
}

/// The target was reached once and is no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unqualified {
    /// The latest time at which the spend fell below the target.
    pub at: Time,
    /// What it fell by.
    pub cause: Setback,
}

/// What made the spend fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setback {
    /// A refund, with or without a dispute in the same second.
    Refund,
    /// A dispute.
    Dispute,
}

/// Everything that a decision is made from, but the time.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The version of the rule that the referral keeps.
    pub rule: &'a Rule,
    /// When the person was registered.
    pub registered_at: Time,
    /// Whether the person is the referrer.
    pub self_referral: bool,
    /// Whether the person was a customer before; see [`existing`].
    pub existing: bool,
    /// The operator's word.
    pub manual: Option<&'a Override>,
    /// Whether the look at Stripe for the person has not answered yet; until then nobody qualifies by the rule.
    pub check_outstanding: bool,
    /// Every payment that the referral has a claim on.
    pub payments: &'a [Payment],
}

/// The answer of the rule for one referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Where the referral stands.
    pub state: State,
    /// What counts, in minor units of the rule's currency.
    pub spend_minor: i64,
    /// When the target was reached for the last time; only of a qualified one.
    pub qualified_at: Option<Time>,
    /// When and why it ceased to be reached; not of a qualified one.
    pub unqualified: Option<Unqualified>,
}

/// What one payment counts, in the order of the case's payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// What it adds to the spend, in minor units of the rule's currency.
    pub counted_minor: i64,
    /// What is left of it, in minor units of its own currency.
    pub net: Net,
    /// Why it adds nothing; `None` where it adds something.
    pub reason: Option<Reason>,
}

/// What shows that a person was a customer before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// A customer or a charge.
    pub object: ObjectKind,
    /// Its id.
    pub id: String,
    /// When it was made.
    pub at: Time,
    /// What was made before this makes an existing customer.
    pub before: Time,
}

/// The first decision of a referral that has no facts yet.
pub const UNDECIDED: Decision =
    Decision { state: State::Pending, spend_minor: 0, qualified_at: None, unqualified: None };

/// Decides a case at a time.
pub fn decide(case: &Case, now: Time) -> Decision {
    let refunds_before = refunds_before(case);
    let fold = Fold::over(case, refunds_before, |_, _| {});
    let spend_minor = sum(contributions_before(case, refunds_before).iter().map(|c| c.counted_minor));
    let decision = |state, qualified_at, unqualified| Decision { state, spend_minor, qualified_at, unqualified };
    let skips = case.rule.existing_email_mode == ExistingEmailMode::SkipExisting;
    match (case.manual, fold.met_since) {
        (Some(Override { verdict: Verdict::Qualified, at, .. }), _) => decision(State::Qualified, Some(*at), None),
        (Some(Override { verdict: Verdict::Disqualified, .. }), _) => {
            decision(State::Disqualified(Disqualification::Manual), None, None)
        }
        _ if case.self_referral && !case.rule.allows_self_referral() => {
            decision(State::Disqualified(Disqualification::SelfReferral), None, None)
        }
        _ if case.existing && skips => decision(State::Disqualified(Disqualification::ExistingCustomer), None, None),
        (None, Some(at)) if !case.check_outstanding => decision(State::Qualified, Some(at), None),
        (None, _) if case.rule.window_end(case.registered_at) <= now => {
            decision(State::Expired, None, fold.unqualified)
        }
        (None, _) => decision(State::Pending, None, fold.unqualified),
    }
}

/// What each payment counts in the end.
pub fn contributions(case: &Case) -> Vec<Contribution> {
    contributions_before(case, refunds_before(case))
}

/// What shows that the person was a customer before, the oldest such object: a customer with this email, or a succeeded
/// payment with it, made long enough before the registration.
pub fn existing<'a>(
    rule: &Rule,
    registered_at: Time,
    customers: impl IntoIterator<Item = &'a Customer>,
    payments: &[Payment],
) -> Option<Existing> {
    let before = rule.existing_before(registered_at);
    let paid = payments.iter().filter(|payment| payment.charge.status == ChargeStatus::Succeeded);
    let paid = paid.map(|payment| (payment.charge.created_at, ObjectKind::Charge, &payment.charge.id));
    // Somebody for whom we created a customer in another campaign was none before.
    let theirs = customers.into_iter().filter(|customer| customer.created_for.is_empty());
    let known = theirs.filter_map(|customer| Some((customer.created_at?, ObjectKind::Customer, &customer.id)));
    let (at, object, id) = known.chain(paid).filter(|(at, ..)| *at < before).min()?;
    Some(Existing { object, id: id.clone(), at, before })
}

/// What counted at a time, in minor units of the rule's currency.
pub fn spend_at(case: &Case, at: Time) -> i64 {
    let refunds_before = refunds_before(case);
    let counts = |payment: &&Payment| payment.excluded(case.rule, case.registered_at).is_none();
    let counted = |payment: &Payment| payment.convert(case.rule, payment.net(case.rule, at, refunds_before).net_minor);
    sum(case.payments.iter().filter(counts).map(counted))
}

/// The payments made from a time on that would count but for the end of the window, with what is left of each in minor
/// units of the rule's currency. What is given back of them is looked at however late, or under `Ignore` never: the
/// time is that of a crossing.
pub fn left_since<'a>(case: &'a Case<'a>, since: Time) -> impl Iterator<Item = (&'a Payment, i64)> {
    let ignores = case.rule.refund_policy == RefundPolicy::Ignore;
    let refunds_before = if ignores { since } else { FOREVER };
    let counts = move |payment: &&Payment| payment.excluded_from(&(since..FOREVER), case.rule).is_none();
    let left =
        move |payment: &Payment| payment.convert(case.rule, payment.net(case.rule, FOREVER, refunds_before).net_minor);
    let left = case.payments.iter().filter(counts).map(move |payment| (payment, left(payment)));
    left.filter(|(_, minor)| *minor > 0)
}

fn contributions_before(case: &Case, refunds_before: Time) -> Vec<Contribution> {
    let contribution = |payment: &Payment| {
        let net = payment.net(case.rule, FOREVER, refunds_before);
        let excluded = payment.excluded(case.rule, case.registered_at);
        let counted_minor = if excluded.is_none() { payment.convert(case.rule, net.net_minor) } else { 0 };
        let reason = excluded.or_else(|| Net { net_minor: counted_minor, ..net }.reason());
        Contribution { counted_minor, net, reason }
    };
    case.payments.iter().map(contribution).collect()
}

/// Refunds made from this time on change nothing: those after the window where only it is looked at, and under
/// `Ignore` those at or after the first crossing.
pub fn refunds_before(case: &Case) -> Time {
    let scope = match case.rule.refund_scope {
        RefundScope::WithinWindow => case.rule.window_end(case.registered_at),
        RefundScope::AnyTime => FOREVER,
    };
    match case.rule.refund_policy {
        RefundPolicy::Ignore => first_crossing(case, scope).unwrap_or(FOREVER).min(scope),
        RefundPolicy::NetBelowTarget | RefundPolicy::AnyRefund => scope,
    }
}

/// The first time at which the payments made until then, less the refunds made before it, are enough.
fn first_crossing(case: &Case, scope: Time) -> Option<Time> {
    let mut tally = Tally::new(case);
    for second in tally.seconds() {
        tally.advance(&second, scope.min(second.at));
        if case.rule.is_met_by(tally.total_minor()) {
            return Some(second.at);
        }
        tally.advance(&second, scope);
    }
    None
}

/// What the facts come to when they are taken along their own times.
#[derive(Default)]
struct Fold {
    met_since: Option<Time>,
    unqualified: Option<Unqualified>,
}

impl Fold {
    /// Tells of each time at which the target was reached or lost.
    fn over(case: &Case, refunds_before: Time, mut crossed: impl FnMut(Time, Crossing)) -> Self {
        let mut tally = Tally::new(case);
        let mut fold = Self::default();
        for second in tally.seconds() {
            let refunded_until_now = tally.refunded_minor();
            tally.advance(&second, refunds_before);
            let refund = tally.refunded_minor() > refunded_until_now;
            let cause = if refund { Setback::Refund } else { Setback::Dispute };
            if let Some(crossing) = fold.take(second.at, tally.is_met(), cause) {
                crossed(second.at, crossing);
            }
        }
        fold
    }

    fn take(&mut self, at: Time, met: bool, cause: Setback) -> Option<Crossing> {
        let (after, crossing) = match (self.met_since, met) {
            (None, true) => (Self { met_since: Some(at), unqualified: None }, Crossing::Reached),
            (Some(_), false) => {
                (Self { met_since: None, unqualified: Some(Unqualified { at, cause }) }, Crossing::Lost)
            }
            _ => return None,
        };
        *self = after;
        Some(crossing)
    }
}

/// The payments that can count, and what each counts at the second reached.
struct Tally<'a> {
    case: &'a Case<'a>,
    payments: Vec<&'a Payment>,
    nets: Vec<Net>,
    counted: Vec<i64>,
}

/// All changes of one second, by the positions of the payments that they change.
struct Second {
    at: Time,
    payments: Vec<usize>,
}

impl<'a> Tally<'a> {
    fn new(case: &'a Case<'a>) -> Self {
        let counts = |payment: &&Payment| payment.excluded(case.rule, case.registered_at).is_none();
        let payments: Vec<_> = case.payments.iter().filter(counts).collect();
        let (nets, counted) = (vec![Net::default(); payments.len()], vec![0; payments.len()]);
        Self { case, payments, nets, counted }
    }

    /// What happened before the registration is one second at the registration: nobody qualifies earlier.
    fn seconds(&self) -> Vec<Second> {
        let mut changes: Vec<(Time, usize)> = Vec::new();
        for (position, payment) in self.payments.iter().enumerate() {
            changes.extend(payment.change_times().map(|at| (at.max(self.case.registered_at), position)));
        }
        changes.sort_unstable();
        changes.dedup();
        let second =
            |of: &[(Time, usize)]| Second { at: of[0].0, payments: of.iter().map(|change| change.1).collect() };
        changes.chunk_by(|a, b| a.0 == b.0).map(second).collect()
    }

    fn advance(&mut self, second: &Second, refunds_before: Time) {
        for &position in &second.payments {
            let payment = self.payments[position];
            let net = payment.net(self.case.rule, second.at, refunds_before);
            self.counted[position] = payment.convert(self.case.rule, net.net_minor);
            self.nets[position] = net;
        }
    }

    fn total_minor(&self) -> i64 {
        sum(self.counted.iter().copied())
    }

    fn refunded_minor(&self) -> i64 {
        sum(self.nets.iter().map(|net| net.refunded_minor))
    }

    fn is_met(&self) -> bool {
        let barred = self.case.rule.refund_policy == RefundPolicy::AnyRefund && self.refunded_minor() > 0;
        !barred && self.case.rule.is_met_by(self.total_minor())
    }
}

#[cfg(test)]
mod tests;
