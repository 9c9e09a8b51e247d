//! What the reward rules of a campaign come to for many referrals, added up referrer by referrer in bounded memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::id::{ReferrerId, RewardRuleId};
use super::super::money::Currency;
use super::entitlement::{Merits, Ranked, Standing, first, ranked, slots};
use super::rule::RewardRule;
use super::{Cause, Role};

/// What is owed under one rule in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owed {
    /// How many rewards.
    pub count: u64,
    /// What they are together, in minor units; nothing where they are no credits.
    pub amount_minor: i64,
}

/// A referral with that of which a reward may be a share, in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earner {
    /// Where it stands.
    pub standing: Standing,
    /// What had counted when it qualified.
    pub spent_minor: i64,
    /// What is left of each payment since then, by its charge.
    pub left_minor: BTreeMap<String, i64>,
}

/// What a reward is, with its currency.
type Priced = (Ranked, Currency, i64);

/// The sums so far. Whoever is rewarded for several referrals is known by these alone, so those of one referrer have to
/// come one after the other.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    rules: Arc<[RewardRule]>,
    owed: BTreeMap<(RewardRuleId, Currency), Owed>,
    referrer: Option<ReferrerId>,
    shared: BTreeMap<RewardRuleId, Shared>,
}

/// What one referrer has under a rule whose rewards depend on each other.
#[derive(Clone, Debug, Default)]
struct Shared {
    /// How many referrals are qualified, where their number is what counts.
    qualified: usize,
    /// The rewards within the limit so far, where each referral or payment is one.
    within: Vec<Priced>,
}

impl Costs {
    /// Nothing yet, under these rules.
    pub fn new(rules: Arc<[RewardRule]>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Adds what a referral earns; nothing for who was erased, since nothing could be given.
    pub fn add(&mut self, earner: &Earner) {
        let referrer = earner.standing.referrer_id;
        if self.referrer.replace(referrer) != Some(referrer) {
            self.end_referrer();
        }
        for rule in &*self.rules.clone() {
            self.add_under(rule, earner);
        }
    }

    fn add_under(&mut self, rule: &RewardRule, earner: &Earner) {
        if earner.standing.is_nobody(rule.terms.role) {
            return;
        }
        let merits = Merits::of(&earner.standing);
        if !rule.terms.pattern.is_every_first() {
            let counted = merits.qualified.values().filter(|at| rule.covers(**at)).count();
            self.shared.entry(rule.id).or_default().qualified += counted;
            return;
        }
        let earned = earner.priced(rule, ranked(rule, &merits, &BTreeSet::new()));
        match rule.terms.limit_per_recipient {
            Some(limit) if rule.terms.role == Role::Referrer => {
                let within = &mut self.shared.entry(rule.id).or_default().within;
                within.extend(earned);
                within.sort();
                within.truncate(limit as usize);
            }
            _ => self.owe(rule, earned),
        }
    }

    fn owe(&mut self, rule: &RewardRule, rewards: impl IntoIterator<Item = Priced>) {
        for (_, currency, amount_minor) in rewards {
            let owed = self.owed.entry((rule.id, currency)).or_default();
            owed.count += 1;
            owed.amount_minor = owed.amount_minor.saturating_add(amount_minor);
        }
    }

    fn end_referrer(&mut self) {
        for rule in &*self.rules.clone() {
            let Some(Shared { qualified, within }) = self.shared.remove(&rule.id) else { continue };
            let limit = rule.terms.limit_per_recipient.unwrap_or(u32::MAX);
            let slots = first(limit, slots(&rule.terms.pattern, qualified), &BTreeSet::new());
            let slots = slots.into_iter().map(|slot| (slot, rule.currency, rule.terms.kind.fixed_minor().unwrap_or(0)));
            self.owe(rule, if rule.terms.pattern.is_every_first() { within } else { slots.collect() });
        }
    }

    /// The sums of all that came.
    pub fn sums(mut self) -> BTreeMap<(RewardRuleId, Currency), Owed> {
        self.end_referrer();
        self.owed
    }
}

impl Earner {
    /// What rewards of this referral are. The earlier ones take their part of a cap first.
    fn priced(&self, rule: &RewardRule, mut causes: Vec<Ranked>) -> Vec<Priced> {
        causes.sort();
        let mut given_minor = 0;
        let price = |cause: Ranked| {
            let net_minor = match &cause.1 {
                Cause::Charge(charge) => self.left_minor.get(charge).copied().unwrap_or(0),
                Cause::Referral(_) | Cause::Slot(_) => self.spent_minor,
            };
            let Some(share) = rule.share_minor(net_minor, given_minor) else {
                return (cause, rule.currency, rule.terms.kind.fixed_minor().unwrap_or(0));
            };
            given_minor += share;
            (cause, self.standing.currency, share)
        };
        causes.into_iter().map(price).collect()
    }
}
