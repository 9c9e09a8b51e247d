//! Why a referral stands where it stands: what each of its payments counts, and how it came to it.

use std::collections::BTreeMap;

use super::event::{Cause, Logged, Subject};
use super::fact::{Dispute, ObjectKind, Refund, RefundStatus};
use super::id::ReferralId;
use super::job::Job;
use super::qualification::{Case, Contribution, Decision, Existing, State, Step, contributions, refunds_before};
use super::reward::Reward;
use super::spend::{Payment, counts_against};
use super::time::Time;
use super::world::{Enrolled, World, case};

/// How many refunds and how many disputes of a payment are shown: the latest.
pub const TAKEN_MAX: usize = 10;

/// What the facts say of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The referral as it stands.
    pub enrolled: Enrolled,
    /// What would be decided now.
    pub decision: Decision,
    /// Every payment that it has a claim on, by the time they were made.
    pub lines: Vec<Line>,
    /// What each fact of these payments did to the spend, by their own times.
    pub steps: Vec<Step>,
    /// What shows that the person was a customer before.
    pub existing: Option<Existing>,
    /// What is asked of Stripe about the payments and has no answer yet, by the charge.
    pub look_ups: BTreeMap<String, Job>,
    /// The latest of the rewards that it earned alone.
    pub rewards: Vec<Reward>,
    /// The latest of those that its referrer has for several referrals together.
    pub shared_rewards: Vec<Reward>,
    /// When its state last changed; not known where that event is not kept.
    pub last_change: Option<StateChange>,
    /// When this was asked.
    pub now: Time,
}

/// A change of the state of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// Where it stood before; `None` of a registration, or where that is not known any more.
    pub from: Option<State>,
    /// Where it stood after.
    pub to: State,
    /// The event that tells of it.
    pub sequence: u64,
    /// The name of its kind.
    pub kind: String,
    /// When it was decided.
    pub at: Time,
    /// What led to it.
    pub cause: Option<Cause>,
}

/// A payment that a referral has a claim on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The payment.
    pub payment: Payment,
    /// What it counts.
    pub contribution: Contribution,
    /// What it and those before it count in the end.
    pub running_minor: i64,
    /// The object that carries the claim.
    pub carrier: Option<(ObjectKind, String)>,
    /// Whose it is, where that is another referral.
    pub owner: Option<ReferralId>,
    /// What was given back, by its time, and whether it is looked at.
    pub refunds: Vec<(Refund, bool)>,
    /// What was contested, by its time, and whether it counts against it.
    pub disputes: Vec<(Dispute, bool)>,
}

/// The payments of a referral, line by line.
pub fn lines(world: &World, enrolled: &Enrolled) -> Vec<Line> {
    let payments = world.payments(enrolled);
    let case = case(enrolled, false, &payments);
    let contributions = contributions(&case);
    let mut running_minor: i64 = 0;
    let line = |(payment, contribution): (&Payment, Contribution)| {
        running_minor = running_minor.saturating_add(contribution.counted_minor);
        let (carrier, owner) = world.claim_on(enrolled, payment);
        let (refunds, disputes) = taken(&case, payment);
        Line { payment: payment.clone(), contribution, running_minor, carrier, owner, refunds, disputes }
    };
    payments.iter().zip(contributions).map(line).collect()
}

impl Explanation {
    /// The seconds until the window ends; 0 once it has.
    pub fn seconds_left(&self) -> i64 {
        let Enrolled { referral, rule, .. } = &self.enrolled;
        (rule.window_end(referral.registered_at).seconds() - self.now.seconds()).max(0)
    }
}

/// Things, each with whether it counts.
type Judged<T> = Vec<(T, bool)>;

/// What was taken from a payment, by its time, and whether it counts.
fn taken(case: &Case, payment: &Payment) -> (Judged<Refund>, Judged<Dispute>) {
    let before = refunds_before(case);
    let looked_at = |refund: &Refund| refund.status != RefundStatus::Failed && refund.created_at < before;
    let mut refunds: Vec<_> = payment.refunds.iter().map(|refund| (refund.clone(), looked_at(refund))).collect();
    refunds.sort_by(|(a, _), (b, _)| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    let counts = |dispute: &Dispute| counts_against(case.rule.dispute_policy, dispute);
    let mut disputes: Vec<_> = payment.disputes.iter().map(|dispute| (dispute.clone(), counts(dispute))).collect();
    disputes.sort_by(|(a, _), (b, _)| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    (refunds, disputes)
}

impl StateChange {
    /// The change that the latest of these events tells of, the latest first: those of one referral in which its state
    /// changed.
    pub fn latest(events: &[Logged]) -> Option<Self> {
        let state = |event: &Logged| match &event.subject {
            Subject::Referral(then) => Some(then.referral.decision.state),
            Subject::Reward(_) => None,
        };
        let latest = events.first()?;
        Some(Self {
            from: events.get(1).and_then(state),
            to: state(latest)?,
            sequence: latest.sequence,
            kind: latest.kind.clone(),
            at: latest.occurred_at,
            cause: latest.cause.clone(),
        })
    }
}
