//! What another rule would make of the referrals of a campaign, added up one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::id::RewardRuleId;
use super::money::Currency;
use super::qualification::State;
use super::reward::{Costs, Earner, Owed, RewardRule};
use super::spend::Payment;
use super::time::Time;
use super::world::{Enrolled, World, earner};

/// Referrals counted, with what they spent and earned.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many are pending.
    pub pending: u64,
    /// How many are qualified.
    pub qualified: u64,
    /// How many are expired.
    pub expired: u64,
    /// How many are disqualified.
    pub disqualified: u64,
    /// What counts of their payments, in minor units by currency.
    pub spend_minor: BTreeMap<Currency, i64>,
    costs: Costs,
}

/// A referral that stands elsewhere under the other rule: as it is, and as it would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// As it is.
    pub before: Enrolled,
    /// As it would be.
    pub after: Enrolled,
}

/// The referrals so far, as they are and as they would be.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// As they are.
    pub current: Tally,
    /// As they would be.
    pub simulated: Tally,
    /// How many would be in another state, or disqualified for another reason.
    pub changing: u64,
}

impl Tally {
    fn new(rules: Arc<[RewardRule]>) -> Self {
        Self { costs: Costs::new(rules), ..Self::default() }
    }

    fn add(&mut self, enrolled: &Enrolled, earner: &Earner) {
        let decision = &enrolled.referral.decision;
        *match decision.state {
            State::Pending => &mut self.pending,
            State::Qualified => &mut self.qualified,
            State::Expired => &mut self.expired,
            State::Disqualified(_) => &mut self.disqualified,
        } += 1;
        let spend = self.spend_minor.entry(enrolled.rule.currency).or_default();
        *spend = spend.saturating_add(decision.spend_minor);
        self.costs.add(earner);
    }

    /// What the reward rules come to, each in each currency.
    pub fn costs(&self) -> BTreeMap<(RewardRuleId, Currency), Owed> {
        self.costs.clone().sums()
    }
}

impl Simulation {
    /// Nothing yet, with these reward rules.
    pub fn new(rules: &Arc<[RewardRule]>) -> Self {
        let tally = || Tally::new(rules.clone());
        Self { current: tally(), simulated: tally(), changing: 0 }
    }

    /// Decides a referral by the rule of `ruled` at a time, and adds it to both sides. Those of one referrer come one
    /// after the other.
    pub fn add(&mut self, world: &World, before: &Enrolled, ruled: &Enrolled, now: Time) -> Option<Shift> {
        // Whose a payment is asks for no rule, so both sides have the same.
        let payments = world.payments(before);
        let after = decided(world, ruled, &payments, now);
        self.current.add(before, &earner(before, &payments));
        self.simulated.add(&after, &earner(&after, &payments));
        let shift = shift(before, after)?;
        self.changing += 1;
        Some(shift)
    }
}

/// A referral as its rule decides it at a time.
pub fn simulated(world: &World, ruled: &Enrolled, now: Time) -> Enrolled {
    decided(world, ruled, &world.payments(ruled), now)
}

fn decided(world: &World, ruled: &Enrolled, payments: &[Payment], now: Time) -> Enrolled {
    let decision = world.decide_by(ruled, payments, now);
    Enrolled { referral: ruled.referral.decided(decision, &ruled.rule, now), ..ruled.clone() }
}

/// What changes for a referral, if anything does.
pub fn shift(before: &Enrolled, after: Enrolled) -> Option<Shift> {
    let moves = before.referral.decision.state != after.referral.decision.state;
    moves.then(|| Shift { before: before.clone(), after })
}
