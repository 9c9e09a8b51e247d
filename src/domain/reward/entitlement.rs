//! What somebody is entitled to under a rule: a pure function of what their referrals did, given what was issued.

use std::collections::{BTreeMap, BTreeSet};

use super::super::id::{CampaignId, ReferralId, ReferrerId};
use super::super::money::Currency;
use super::super::time::Time;
use super::rule::{Pattern, RewardRule, Role, Trigger};

/// What a reward is for. Under one rule a recipient gets one reward for each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A referral.
    Referral(ReferralId),
    /// So many referrals: the first slot, the second …
    Slot(u32),
    /// A payment, by its charge.
    Charge(String),
}

/// A payment that earns something: when it was made, and its charge.
pub type Paid = (Time, String);

/// Where a referral stands for its rewards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The referral.
    pub referral_id: ReferralId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Who brought it.
    pub referrer_id: ReferrerId,
    /// The currency of its spend.
    pub currency: Currency,
    /// When it signed up, where that may earn something: once checked, and not disqualified.
    pub registered_at: Option<Time>,
    /// Since when it is qualified, if it is.
    pub qualified_at: Option<Time>,
    /// Its payments from then on of which something is left.
    pub payments: BTreeSet<Paid>,
    /// Whether the person was erased.
    pub is_erased: bool,
    /// Whether who brought them was erased.
    pub is_referrer_erased: bool,
}

impl Standing {
    /// Whether there is nobody any more to whom something new could be given.
    pub const fn is_nobody(&self, role: Role) -> bool {
        match role {
            Role::Referrer => self.is_referrer_erased,
            Role::Referred => self.is_erased,
        }
    }
}

/// Everything that may earn a recipient something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merits {
    /// The referrals that are qualified, and since when.
    pub qualified: BTreeMap<ReferralId, Time>,
    /// Those that are registered, checked and not disqualified, and when they signed up.
    pub registered: BTreeMap<ReferralId, Time>,
    /// Their payments of which something is left.
    pub payments: BTreeMap<ReferralId, BTreeSet<Paid>>,
}

impl Merits {
    /// What one referral speaks for.
    pub fn of(standing: &Standing) -> Self {
        let id = standing.referral_id;
        Self {
            qualified: standing.qualified_at.map(|at| (id, at)).into_iter().collect(),
            registered: standing.registered_at.map(|at| (id, at)).into_iter().collect(),
            payments: BTreeMap::from([(id, standing.payments.clone())]),
        }
    }
}

/// The causes for which a recipient has a reward under a rule. What was issued stands before what was not, so that
/// nothing is taken back to be given for another.
pub fn earned(rule: &RewardRule, merits: &Merits, issued: &BTreeSet<Cause>) -> BTreeSet<Cause> {
    ranked(rule, merits, issued).into_iter().map(|(_, cause)| cause).collect()
}

/// As [`earned`], with what puts the causes in order.
pub(super) fn ranked(rule: &RewardRule, merits: &Merits, issued: &BTreeSet<Cause>) -> Vec<Ranked> {
    let causes = match rule.terms.trigger {
        Trigger::Registered => referrals(rule, &merits.registered),
        Trigger::Qualified => match &rule.terms.pattern {
            Pattern::Every(1) => referrals(rule, &merits.qualified),
            pattern => slots(pattern, referrals(rule, &merits.qualified).len()),
        },
        Trigger::Payment { payments_max, payment_days } => {
            let of = |(id, since): (&ReferralId, &Time)| {
                let paid = merits.payments.get(id).into_iter().flatten();
                first(payments_max, within(paid, *since, payment_days).collect(), issued)
            };
            merits.qualified.iter().filter(|(_, since)| rule.covers(**since)).flat_map(of).collect()
        }
    };
    match rule.terms.limit_per_recipient {
        Some(limit) => first(limit, causes, issued),
        None => causes,
    }
}

/// A cause with what it is put in order by.
pub(super) type Ranked = (Time, Cause);

fn referrals(rule: &RewardRule, since: &BTreeMap<ReferralId, Time>) -> Vec<Ranked> {
    let covered = since.iter().filter(|(_, at)| rule.covers(**at));
    covered.map(|(id, at)| (*at, Cause::Referral(*id))).collect()
}

/// A slot for each n referrals, or for each milestone that is reached; the order of slots is their number.
pub(super) fn slots(pattern: &Pattern, count: usize) -> Vec<Ranked> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let slots = match pattern {
        Pattern::Every(n) => count / (*n).max(1),
        Pattern::Milestones(at) => u32::try_from(at.range(..=count).count()).unwrap_or(u32::MAX),
    };
    (1..=slots).map(|slot| (Time::from_seconds(0), Cause::Slot(slot))).collect()
}

fn within<'a>(paid: impl Iterator<Item = &'a Paid>, since: Time, days: Option<u32>) -> impl Iterator<Item = Ranked> {
    let in_time = move |at: Time| since <= at && days.is_none_or(|days| at < since.plus_days(i64::from(days)));
    paid.filter(move |(at, _)| in_time(*at)).map(|(at, charge)| (*at, Cause::Charge(charge.clone())))
}

/// At most so many causes: those that were issued, then the earliest.
pub(super) fn first(limit: u32, mut causes: Vec<Ranked>, issued: &BTreeSet<Cause>) -> Vec<Ranked> {
    causes.sort_by(|a, b| (!issued.contains(&a.1), a).cmp(&(!issued.contains(&b.1), b)));
    causes.truncate(limit as usize);
    causes
}
