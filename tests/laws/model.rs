//! The naive answer: computed second by second from what truly happened, knowing nothing of deliveries, snapshots
//! or joins.

use std::collections::BTreeSet;

use referrald::domain::fact::DisputeStatus;
use referrald::domain::qualification::{Crossing, Decision, Disqualification, Setback, State, Unqualified, Verdict};
use referrald::domain::rule::{
    CurrencyPolicy, DisputePolicy, ExistingEmailMode, Method, Operator, RefundPolicy, RefundScope, Rule,
};
use referrald::domain::spend::Reason;
use referrald::domain::time::Time;

use super::world::{DAY, Fate, Money, REGISTERED, Style, TrueCharge, TrueDispute, TrueRefund, Way, World};

const NEVER: i64 = i64::MAX;

/// When an override was given, whoever gave it.
pub const OVERRIDDEN: i64 = REGISTERED + DAY;

/// What the walk through time ended with.
#[derive(Default)]
struct Walk {
    reached: Option<i64>,
    lost: Option<(i64, Setback)>,
    /// Refunds from here on are ignored.
    crossed: Option<i64>,
    /// Each time that the target was reached or lost.
    crossings: Vec<(i64, Crossing)>,
}

pub struct Answer {
    pub decision: Decision,
    /// For each charge that the person has a claim on: why it does not count.
    pub reasons: Vec<Option<Reason>>,
    /// Each time that the target was reached or lost.
    pub crossings: Vec<(i64, Crossing)>,
}

pub fn answer(world: &World) -> Answer {
    let walk = walk(world);
    let cut = walk.crossed.unwrap_or(NEVER);
    let spend_minor = world.charges.iter().map(|charge| worth(world, charge, NEVER, cut)).sum();
    let claimed = world.charges.iter().filter(|charge| charge.way != Way::Stranger);
    let reasons = claimed.map(|charge| reason(world, charge, cut)).collect();
    Answer { decision: decision(world, &walk, spend_minor), reasons, crossings: walk.crossings }
}

fn decision(world: &World, walk: &Walk, spend_minor: i64) -> Decision {
    let lenient = world.rule.existing_email_mode != ExistingEmailMode::SkipExisting;
    let plain = |state| Decision { state, spend_minor, qualified_at: None, unqualified: None };
    let barred = |why| plain(State::Disqualified(why));
    let since = |at| Decision { qualified_at: Some(Time::from_seconds(at)), ..plain(State::Qualified) };
    match world.manual {
        Some(Verdict::Qualified) => return since(OVERRIDDEN),
        Some(Verdict::Disqualified) => return barred(Disqualification::Manual),
        None => {}
    }
    if world.self_referral && !lenient {
        return barred(Disqualification::SelfReferral);
    }
    if world.existing && !lenient {
        return barred(Disqualification::ExistingCustomer);
    }
    if let (Some(at), false) = (walk.reached, world.check_outstanding) {
        return since(at);
    }
    let unqualified = walk.lost.map(|(at, cause)| Unqualified { at: Time::from_seconds(at), cause });
    let state = if world.now >= window_end(world) { State::Expired } else { State::Pending };
    Decision { unqualified, ..plain(state) }
}

fn walk(world: &World) -> Walk {
    let mut walk = Walk::default();
    let ignores = world.rule.refund_policy == RefundPolicy::Ignore;
    for second in seconds(world) {
        if ignores && walk.crossed.is_none() && is_enough(world, spend(world, second, second)) {
            walk.crossed = Some(second);
        }
        let cut = walk.crossed.unwrap_or(NEVER);
        let met = is_enough(world, spend(world, second, cut)) && !is_barred(world, second);
        if met && walk.reached.is_none() {
            (walk.reached, walk.lost) = (Some(second), None);
            walk.crossings.push((second, Crossing::Reached));
        }
        if !met && walk.reached.is_some() {
            (walk.reached, walk.lost) = (None, Some((second, setback(world, second, cut))));
            walk.crossings.push((second, Crossing::Lost));
        }
    }
    walk
}

/// Every second in which something happened; what came before the registration is seen at the registration.
fn seconds(world: &World) -> BTreeSet<i64> {
    let mut seconds = BTreeSet::new();
    for charge in &world.charges {
        seconds.insert(charge.at);
        seconds.extend(charge.refunds.iter().map(|refund| refund_time(charge, refund)));
        seconds.extend(charge.disputes.iter().map(|dispute| dispute.at));
    }
    seconds.into_iter().map(|second| second.max(REGISTERED)).collect()
}

fn spend(world: &World, until: i64, cut: i64) -> i64 {
    world.charges.iter().map(|charge| worth(world, charge, until, cut)).sum()
}

/// What a charge is worth at the end of a second.
fn worth(world: &World, charge: &TrueCharge, until: i64, cut: i64) -> i64 {
    if cannot_count(world, charge).is_some() || charge.at > until {
        return 0;
    }
    let mut left = charge.captured - given_back(world, charge, until, cut);
    for dispute in &charge.disputes {
        if dispute.at <= until && is_against(&world.rule, dispute) {
            left -= dispute.amount;
        }
    }
    match charge.money {
        Money::Settled(settled) => settled * left.max(0) / charge.captured,
        _ => left.max(0),
    }
}

fn given_back(world: &World, charge: &TrueCharge, until: i64, cut: i64) -> i64 {
    let counts = |refund: &&TrueRefund| {
        let at = refund_time(charge, refund);
        refund.fails_at.is_none() && at <= until && at < cut && is_in_scope(world, at)
    };
    charge.refunds.iter().filter(counts).map(|refund| refund.amount).sum()
}

fn is_in_scope(world: &World, at: i64) -> bool {
    world.rule.refund_scope == RefundScope::AnyTime || at < window_end(world)
}

/// A refund that no object tells of has the time of the event that showed it.
fn refund_time(charge: &TrueCharge, refund: &TrueRefund) -> i64 {
    if charge.style == Style::Snapshots { refund.shown_at } else { refund.made_at }
}

/// Whether a dispute counts against its charge.
pub fn is_against(rule: &Rule, dispute: &TrueDispute) -> bool {
    use DisputeStatus::{Lost, NeedsResponse, UnderReview};
    let status = dispute.life.last().expect("a dispute has a status");
    match rule.dispute_policy {
        DisputePolicy::OpenCountsAgainst => [NeedsResponse, UnderReview, Lost].contains(status),
        DisputePolicy::LostCountsAgainst => *status == Lost,
        DisputePolicy::Ignore => false,
    }
}

fn is_enough(world: &World, spend: i64) -> bool {
    match world.rule.method {
        Method::Manual => false,
        Method::FirstPayment => spend >= 1,
        Method::TotalSpend if world.rule.operator == Operator::MoreThan => spend > world.rule.target_minor,
        Method::TotalSpend => spend >= world.rule.target_minor,
    }
}

fn is_barred(world: &World, until: i64) -> bool {
    world.rule.refund_policy == RefundPolicy::AnyRefund
        && counting(world).any(|charge| given_back(world, charge, until, NEVER) > 0)
}

fn setback(world: &World, second: i64, cut: i64) -> Setback {
    let before = |charge: &TrueCharge| given_back(world, charge, second - 1, cut);
    let refunded = counting(world).any(|charge| given_back(world, charge, second, cut) > before(charge));
    if refunded { Setback::Refund } else { Setback::Dispute }
}

fn counting(world: &World) -> impl Iterator<Item = &TrueCharge> {
    world.charges.iter().filter(|charge| cannot_count(world, charge).is_none())
}

fn cannot_count(world: &World, charge: &TrueCharge) -> Option<Reason> {
    if charge.fate == Fate::Failed {
        return Some(Reason::Failed);
    }
    if charge.fate == Fate::Pending || charge.captured == 0 {
        return Some(Reason::NotCaptured);
    }
    if world.only_own_customer && charge.way != Way::LinkedCustomer {
        return Some(Reason::OtherCustomer);
    }
    if matches!(charge.way, Way::StrongerRival | Way::RivalsCustomer | Way::Stranger) {
        return Some(Reason::OtherReferral);
    }
    let start = REGISTERED - i64::from(world.rule.count_prior_days) * DAY;
    if charge.at < start || charge.at >= window_end(world) {
        return Some(Reason::OutsideWindow);
    }
    match (charge.money, world.rule.currency_policy) {
        (Money::Own | Money::OwnSettledElsewhere(_), _) => None,
        (_, CurrencyPolicy::SameCurrencyOnly) | (Money::SettledElsewhere(_), _) => Some(Reason::OtherCurrency),
        (Money::Foreign, _) => Some(Reason::AwaitingRate),
        (Money::Settled(_), _) => None,
    }
}

fn reason(world: &World, charge: &TrueCharge, cut: i64) -> Option<Reason> {
    if let Some(reason) = cannot_count(world, charge) {
        return Some(reason);
    }
    if worth(world, charge, NEVER, cut) > 0 {
        return None;
    }
    let all_given_back = given_back(world, charge, NEVER, cut) == charge.captured;
    let contested = charge.disputes.iter().any(|dispute| is_against(&world.rule, dispute));
    Some(if contested && !all_given_back { Reason::Disputed } else { Reason::Refunded })
}

fn window_end(world: &World) -> i64 {
    REGISTERED + i64::from(world.rule.window_days) * DAY
}
